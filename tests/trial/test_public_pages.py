"""Every sort of public page of the whole collection, in two widths, light and dark: measured by LOOK, and read by axe.

What was read is written to docs/trials/. The pages that families fill in are walked in test_walks.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from memorial.words import NAMES
from tests.published import Published
from tests.test_valid_html import sample
from tests.walks import MEASURE, SERIOUS

pytestmark = [pytest.mark.trial, pytest.mark.browser]
TRIALS = Path(__file__).resolve().parents[2] / "docs" / "trials"
SEEN = [(390, "light"), (390, "dark"), (1200, "light"), (1200, "dark")]


@pytest.fixture(scope="module")
def address(published: Published) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, published.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_sort_of_public_page_is_right_by_look_and_by_axe(
    published: Published, address: str, browser: Browser
) -> None:
    chosen, wrong, read = sample(published), [], 0
    for number, (width, scheme) in enumerate(SEEN):
        language = list(NAMES)[number % len(NAMES)]
        with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
            page = context.new_page()
            for path in chosen:
                page.goto(f"{address}/{language}{path}")
                found = list(page.evaluate(MEASURE))
                told = Axe().run(page).response["violations"]
                found += [
                    f"axe: {each['id']} {each['nodes'][0]['target']}"
                    for each in told
                    if each["impact"] in SERIOUS
                ]
                wrong += [f"{width} {scheme} /{language}{path}: {what}" for what in found]
                read += 1
    _write_down(len(chosen), read, wrong)
    assert not wrong, "\n".join(wrong[:60])


def _write_down(sorts: int, read: int, wrong: list[str]) -> None:
    now = datetime.now(UTC)
    lines = [
        f"# Public pages by LOOK and by axe, {now:%Y-%m-%d}", "",
        f"- pages chosen, the longest two of each sort, of the whole collection: {sorts}",
        f"- read at 390 and 1200 px, light and dark, each in another language: {read}",
        f"- missed measures, and what axe found serious: {len(wrong)}", "",
    ]  # fmt: skip
    (TRIALS / f"{now:%Y-%m-%d}-public-pages.md").write_text("\n".join(lines), encoding="utf-8")
