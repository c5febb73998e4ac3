"""A real browser and a real server for tests: fixtures `browser`, `page` and `live_server`.

Where Chromium is missing the tests that need it say so; with MEMORIAL_TEST_STRICT that is a failure.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the run."""
    if CHROMIUM is None:
        missing = "Chromium is not installed: the tests in a real browser cannot run here"
        pytest.fail(missing) if strict() else pytest.skip(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser context with one page."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def live_server(app) -> Iterator[str]:
    """The application behind a real socket; its address without a slash at the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def strict() -> bool:
    return bool(os.environ.get("MEMORIAL_TEST_STRICT"))
