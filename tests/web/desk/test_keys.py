"""Single keys on the desk's pages: they lead about, decide nothing, and can be switched off. People are synthetic."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from memorial.models import Account, AuditEntry
from memorial.services import preferences
from tests.walking import signed_in
from tests.web.desk.people import a_colleague, an_item, move, token_in


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def desk(app, house):
    return signed_in(app, house, "moderator")


def acts(house) -> int:
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def focus(page) -> str:
    """What has the focus: its id, else its words."""
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def into(page, live_server, client):
    cookie = client.get_cookie("memorial_session")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])


def test_the_keys_lead_through_the_queue_and_an_item_and_press_nothing(desk, house, page, live_server):
    works = [an_item(house, mark=mark) for mark in ("synthetic first", "synthetic second")]
    move(house, works[0], a_colleague(house, "moderator", name="Synthetic Other").actor, "take")
    into(page, live_server, desk)
    page.goto(f"{live_server}/en/desk")
    before = acts(house)
    titles = page.locator(".queue-title").all_inner_texts()
    for key, at in (("j", titles[0]), ("j", titles[1]), ("j", titles[1]), ("k", titles[0]), ("f", "kind")):
        page.keyboard.press(key)
        assert focus(page) == at, key
    page.keyboard.press("j")
    assert focus(page) == "kind"  # a list to choose from hears its letters itself
    page.locator(".queue-title").nth(1).focus()
    page.keyboard.press("o")
    page.wait_for_url(f"**{works[1].path}")
    page.keyboard.press("c")
    assert focus(page) == "check-consent_fits"
    page.keyboard.press("r")
    assert focus(page) == "Take for 20 minutes"
    page.keyboard.press("a")
    assert focus(page) == "note"
    page.keyboard.type("jokacq rf?")
    assert page.input_value("#note") == "jokacq rf?"
    page.locator("#check-consent_fits").focus()
    page.keyboard.press("Control+a")
    assert focus(page) == "check-consent_fits"
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()
    page.keyboard.press("q")
    assert page.url.endswith(works[1].path)
    page.keyboard.press("Escape")
    assert focus(page) == "check-consent_fits"
    page.keyboard.press("q")
    page.wait_for_url("**/en/desk")
    assert acts(house) == before


def test_the_keys_are_the_same_under_a_cyrillic_layout_and_the_decision_is_one_tab_away(
    desk, house, page, live_server
):
    work = an_item(house)
    into(page, live_server, desk)
    page.goto(live_server + work.path)
    cyrillic = "new KeyboardEvent('keydown', {key: 'с', code: 'KeyC', bubbles: true})"
    page.evaluate(f"document.body.dispatchEvent({cyrillic})")
    assert focus(page) == "check-consent_fits"
    page.goto(live_server + work.path)
    for _ in range(2):
        page.keyboard.press("Tab")
    assert focus(page) == "Skip to the decision"
    page.keyboard.press("Enter")
    assert focus(page) == "acts"


def test_who_switches_the_keys_off_has_none_and_finds_the_switch_again(desk, house):
    an_item(house)
    here = "/en/desk?kind=contribution"
    opened = desk.get(here)
    assert "desk-keys" in opened.get_data(as_text=True)
    sent = desk.post("/en/desk/keys", data={"csrf_token": token_in(opened), "keys": "off", "next": here})
    assert sent.location == here
    page = desk.get(here).get_data(as_text=True)
    assert "desk-keys" not in page
    assert "<kbd>" not in page
    assert 'href="/en/desk/keys"' in page
    with house.session(house.keeper()) as session:
        account = session.scalars(select(Account)).one()
        assert preferences.of(account).keys is False
    opened = desk.get("/en/desk/keys")
    assert "They are off." in opened.get_data(as_text=True)
    desk.post(
        "/en/desk/keys",
        data={"csrf_token": token_in(opened), "keys": "on", "next": "https://elsewhere.example"},
    )
    assert "They are on." in desk.get("/en/desk/keys").get_data(as_text=True)
