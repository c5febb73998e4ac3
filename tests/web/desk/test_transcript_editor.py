"""The editor of a transcript in a browser: saved as one writes, split by a key, and nothing lost without the net."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Page, expect

from memorial.services.transcripts import drafts
from tests.services.transcripts.writing import a_draft, lines, the_recording, write
from tests.voices import a_copy, a_recording
from tests.web.desk.people import PASSWORD, Colleague, a_colleague, an_item

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def enter(page: Page, server: str, colleague: Colleague, code: str) -> None:
    page.goto(f"{server}/en/account/sign-in")
    page.fill("[name=email]", colleague.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.fill("[name=code]", code)
    page.click("main button[type=submit]")


@pytest.fixture
def at_work(house, live_server, page):
    editor, recording = a_colleague(house, "editor"), a_recording(house, an_item(house).made)
    a_copy(house, recording)
    draft = a_draft(house, editor.actor, recording, 120)
    enter(page, live_server, editor, pyotp.TOTP(editor.secret).at(house.clock.wall()))
    page.goto(f"{live_server}/en/desk/transcripts/{draft}")
    return house, editor, recording, draft


def test_words_are_saved_as_they_are_written_and_lines_split_and_joined_by_keys(at_work, page):
    house, editor, _, draft = at_work
    state = page.locator("#save-state")
    first = page.locator("#line-1 textarea")
    first.fill("One, two.")
    expect(state).to_have_text("Everything is saved.")
    assert lines(house, draft)[0] == "One, two."
    first.press("Home")
    for _ in range(4):
        first.press("ArrowRight")
    first.press("Alt+Enter")
    expect(page.locator("#line-121 textarea")).to_be_focused()
    expect(page.locator("#line-121 textarea")).to_have_value("two.")
    assert lines(house, draft)[:3] == ["One,", "two.", "Line 2."]
    page.locator("#line-1 textarea").press("Alt+m")
    expect(page.locator("#line-1 textarea")).to_have_value("One, two.")
    expect(page.locator("#line-121")).to_have_count(0)
    expect(page.locator("#lines .line")).to_have_count(120)  # with scripts there are two hundred at a time

    write(house, editor.actor, draft, 2, "Theirs.")
    page.locator("#line-2 textarea").fill("Mine.")
    expect(page.locator("#line-2 .clash")).to_contain_text("Somebody else has changed this line")
    assert lines(house, draft)[1] == "Theirs."
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#line-2 .clash")).to_have_count(0)
    expect(state).to_have_text("Everything is saved.")
    assert lines(house, draft)[1] == "Mine."

    page.locator("#move summary").click()
    for name, value in (("first", "1"), ("last", "120"), ("by", "0.5")):
        page.locator(f"#shift_{name}").fill(value)
    page.get_by_role("button", name="Move them").click()
    expect(page.locator("#line-2 .time").first).to_have_value("0:00:04.500")


def test_what_could_not_be_saved_stays_is_said_and_is_saved_when_the_net_is_back(at_work, page):
    house, _, recording, draft = at_work
    with the_recording(house, recording) as (session, medium):
        about = {"now": house.now(), "translates": drafts.find(session, draft)}
        editor = at_work[1].actor
        translation = drafts.begin(session, editor, medium, "translation", "ru", "", **about).public_id
    page.goto(page.url.replace(draft, translation))
    expect(page.locator("#line-2 .line-original")).to_have_text("Line 2.")
    page.route("**/changes", lambda route: route.abort())
    page.locator("#line-2 textarea").fill("Вторая строка.")
    expect(page.locator("#save-state")).to_contain_text("the archive cannot be reached")
    expect(page.locator("#line-2 textarea")).to_have_value("Вторая строка.")
    assert lines(house, translation)[1] == ""
    page.unroute("**/changes")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#save-state")).to_have_text("Everything is saved.")
    assert lines(house, translation)[1] == "Вторая строка."
