"""The quick exit and the small task of a flood, in a real browser. People are synthetic."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def writing(page, live_server):
    """Somebody has begun, and words of theirs stand on the page."""
    page.goto(f"{live_server}/en/contribute")
    page.locator('input[value="testimony"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{live_server}/en/contribute/words")
    page.fill('textarea[name="words"]', "Synthetic canary words")
    return page


def leaves_by(how, page):
    if how == "button":
        page.locator(".quick-exit a[data-quick-exit]").click()
    elif how == "hidden link":
        page.locator("a.skip[data-quick-exit]").focus()
        page.keyboard.press("Enter")
    else:
        page.locator("h1").first.click()
        for _ in range(3):
            page.keyboard.press("Shift")


@pytest.mark.parametrize("how", ["button", "hidden link", "Shift ×3"])
def test_whoever_leaves_is_on_an_empty_page_and_back_shows_nothing(writing, live_server, how):
    asked = []
    writing.on("request", lambda request: asked.append(request.url))
    leaves_by(how, writing)
    writing.wait_for_url(f"{live_server}/en/left")
    assert writing.title() == "Closed"
    assert "memorial" not in writing.content().lower()
    for _ in range(3):
        # A page that is gone from the history answers nothing: there may be none to go back to.
        writing.go_back(wait_until="load")
        assert "canary" not in writing.content()
        assert "To your page" not in writing.content()
        assert "Go on with it" not in writing.content()
    assert not [url for url in asked if not url.startswith((live_server, "about:"))]


def test_without_scripts_the_button_leads_out_as_well(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}/en/contribute")
    page.locator(".quick-exit a[data-quick-exit]").click()
    assert page.url == f"{live_server}/en/left"
    context.close()


def test_in_a_flood_a_browser_solves_the_task_by_itself_and_goes_on(page, live_server, house):
    house.settings.attack_drafts, house.settings.proof_bits = -1, 11
    page.goto(f"{live_server}/en/contribute")
    page.locator('input[value="testimony"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/contribute/*")
    assert page.locator("form[data-challenge]").count() == 0


def test_while_the_task_is_being_solved_the_page_says_so_and_the_way_out_answers(page, live_server, house):
    house.settings.attack_drafts, house.settings.proof_bits = -1, 200
    page.goto(f"{live_server}/en/contribute")
    page.locator('input[value="testimony"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Your device is solving a small task").wait_for()
    assert not page.get_by_text("Please wait 2 minutes").is_visible()
    page.locator(".quick-exit a[data-quick-exit]").click()
    page.wait_for_url(f"{live_server}/en/left")


def test_in_a_flood_somebody_without_scripts_is_told_to_wait_and_gets_in(browser, live_server, house, clock):
    house.settings.attack_drafts = -1
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}/en/contribute")
    page.locator('input[value="testimony"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_text("Please wait 2 minutes and then press Continue").is_visible()
    clock.forward(timedelta(minutes=2))
    page.get_by_role("button", name="Continue").click()
    assert page.locator("form[data-challenge]").count() == 0
    context.close()


def test_the_way_out_does_not_lie_over_what_was_looked_for(page, live_server):
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto(f"{live_server}/en/contribute")
    page.locator('input[value="remembrance"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=looked]", "Nobody Synthetic")
    page.get_by_role("button", name="Look").click()
    page.wait_for_url("**#found")
    heading = page.locator("#found legend").bounding_box()
    way_out = page.locator(".quick-exit a").bounding_box()
    assert heading["y"] >= way_out["y"] + way_out["height"]
