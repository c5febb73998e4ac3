"""Finding somebody by name in Chromium: names are suggested while one types, and without scripts the same is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from memorial.domain.content import NameContent
from memorial.words import NAMES
from tests.builders import a_remembrance, some_content
from tests.walks import MEASURE

pytestmark = pytest.mark.browser


def _somebody(house) -> None:
    a_remembrance(
        house, content=replace(some_content("remembrance"), names=[NameContent("Sintetik Hacıyev")])
    )


def test_names_are_suggested_and_the_chosen_one_is_found(house, live_server, page: Page) -> None:
    _somebody(house)
    page.goto(f"{live_server}/az/people")
    box = page.locator("main input[name=q]")
    box.press_sequentially("sinte")
    expect(page.locator(f"#{box.get_attribute('id')}-names option")).to_have_attribute(
        "value", "Sintetik Hacıyev"
    )
    box.fill("Sintetik Hacıyev")
    box.press("Enter")
    expect(page.locator("main h2.entry-title")).to_have_text("Sintetik Hacıyev")


@pytest.mark.parametrize("width", [390, 1200])
def test_without_scripts_the_same_is_found_in_every_language(
    house, live_server, browser: Browser, width: int
) -> None:
    _somebody(house)
    viewport = {"width": width, "height": 900}
    with browser.new_context(java_script_enabled=False, viewport=viewport) as context:
        page = context.new_page()
        for language in NAMES:
            page.goto(f"{live_server}/{language}/people")
            page.fill("main input[name=q]", "гаджиев")
            page.click("main form.search button")
            expect(page.locator("main h2.entry-title a")).to_have_text("Sintetik Hacıyev")
    with browser.new_context(viewport=viewport) as context:
        page = context.new_page()
        for address in ("/az/people?q=hajief", "/ru/search?q=hajief", "/tr/people?q=zzzz"):
            page.goto(live_server + address)
            assert list(page.evaluate(MEASURE)) == [], address
