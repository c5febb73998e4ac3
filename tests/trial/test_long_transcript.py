"""A transcript of six thousand lines, in the editor: seconds from a key to what a person sees. Synthetic.

Prints them; counted besides is what a save reads and writes, which is the same as in a short one (asserted in
tests/services/transcripts/test_editing.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.services.transcripts.writing import a_draft
from tests.voices import a_copy, a_recording
from tests.web.desk.people import a_colleague, an_item
from tests.web.desk.test_transcript_editor import enter

pytestmark = pytest.mark.trial
LINES = 6_000  # of four seconds
BEARABLE = 5.0  # seconds, on a machine that others use as well


def timed(name: str, act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    took = time.perf_counter() - begun
    print(f"{name}: {took:.2f} s")
    return took


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text("Everything is saved.", timeout=30_000)


def test_six_thousand_lines_are_written_in_without_delay(house, live_server, browser):
    editor, recording = (
        a_colleague(house, "editor"),
        a_recording(house, an_item(house).made, length=14_400_000),
    )
    a_copy(house, recording)
    draft = a_draft(house, editor.actor, recording, LINES)
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    enter(page, live_server, editor, pyotp.TOTP(editor.secret).at(house.clock.wall()))
    address = f"{live_server}/en/desk/transcripts/{draft}"
    took = [timed("opened", lambda: page.goto(address))]
    first = page.locator("#line-1 textarea")
    first.fill("One, two.")
    took.append(timed("saved, with the second in which it waits for another key", lambda: saved(page)))

    def split() -> None:
        first.press("Home")
        for _ in range(4):
            first.press("ArrowRight")
        first.press("Alt+Enter")
        expect(page.locator(f"#line-{LINES + 1} textarea")).to_be_focused(timeout=30_000)

    took.append(timed("split, and two hundred lines drawn anew", split))

    def later() -> None:
        page.locator("#pager a[rel=next]").click()
        expect(page.locator("#line-250")).to_have_count(1, timeout=30_000)

    took.append(timed("the next two hundred lines", later))
    took.append(timed("opened at its last hour", lambda: page.goto(f"{address}?moment=21600000")))
    expect(page.locator("#lines .line").first).to_be_visible()
    line = page.locator("#lines textarea").nth(10)

    def typing() -> None:
        line.press_sequentially(" and sixty keys one after another, as somebody writes them down")

    took.append(timed("sixty-three keys", typing))
    took.append(timed("saved", lambda: saved(page)))
    took.append(timed("its history", lambda: page.goto(f"{address}/history")))
    took.append(timed("what to look at before it is shown", lambda: page.goto(f"{address}/release")))
    page.goto(address)
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    print(f"serious or critical by axe: {[v['id'] for v in found]}")
    page.context.close()
    assert not found
    assert max(took) < BEARABLE, took
