"""Signing in as people do it, in a browser of the test client. All people here are synthetic."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest

from memorial.gate import Actor
from memorial.models import Account
from memorial.services import accounts
from tests.builders import a_testimony
from tests.web.desk.people import (
    PASSWORD,
    a_colleague,
    an_item,
    by_password,
    leave_contact,
    send,
    signed_in,
    step_up,
    token_in,
)


def invitation_for(house, email="new@example.org", roles=("moderator",)):
    with house.writing(house.keeper()) as session:
        _, token = accounts.add(session, Actor.command("test"), email, roles, now=house.now())
    return f"/en/account/invitation/{token}"


def test_an_invitation_leads_to_the_queue_in_three_steps(client, house):
    link = invitation_for(house)
    answer = send(client, link, name="Synthetic New", password=PASSWORD)
    assert answer.location.endswith("/en/account/enrol")
    page = client.get("/en/account/enrol").get_data(as_text=True)
    assert "<svg" in page
    assert "style=" not in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.get("/en/desk").status_code == 302
    code = pyotp.TOTP(secret).at(house.clock.wall())
    codes = send(client, "/en/account/enrol", code=code).get_data(as_text=True)
    assert len(re.findall(r"<li>[0-9a-z]{4}(?:-[0-9a-z]{4}){3}</li>", codes)) == 10
    assert client.get("/en/desk").status_code == 200
    again = client.application.test_client().get(link)
    assert again.status_code == 404
    assert "no longer open" in again.get_data(as_text=True)


def test_a_weak_password_keeps_the_name_and_says_what_to_do(client, house):
    answer = send(client, invitation_for(house), name="Synthetic New", password="short")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Error:" in page
    assert "at least 12 characters" in page
    assert 'value="Synthetic New"' in page
    assert "short" not in re.sub(r"<[^>]+>", "", page)


def test_by_password_alone_nothing_of_the_desk_opens(app, house):
    colleague, work = a_colleague(house, "moderator"), an_item(house)
    client = app.test_client()
    assert by_password(client, colleague).location.endswith("/en/account/second-factor")
    for path in ("/en/desk", "/en/desk/log", work.path, f"{work.path}/proof", f"{work.path}/contact"):
        assert client.get(path).status_code == 302, path
    assert client.get("/en/account/sessions").status_code == 302


def test_wrong_password_and_unknown_address_are_the_same_page(app, house):
    colleague = a_colleague(house, "moderator")
    client = app.test_client()
    pages = []
    for email in (colleague.email, "nobody.at.all@example.org"):
        answer = send(client, "/en/account/sign-in", email=email, password="wrong wrong wrong")
        text = answer.get_data(as_text=True).replace(email, "")
        pages.append((answer.status_code, re.sub(r'csrf_token" value="[^"]+"', "", text)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


def test_a_recovery_code_stands_in_for_the_telephone_once(app, house):
    colleague = a_colleague(house, "moderator")
    for expected in (302, 422):
        client = app.test_client()
        by_password(client, colleague)
        assert send(client, "/en/account/second-factor", code=colleague.codes[0]).status_code == expected


def test_a_code_used_once_opens_no_second_browser(app, house):
    colleague = a_colleague(house, "moderator")
    signed_in(app, house, colleague)
    other = app.test_client()
    by_password(other, colleague)
    code = pyotp.TOTP(colleague.secret).at(house.clock.wall())
    assert send(other, "/en/account/second-factor", code=code).status_code == 422


def test_guessing_codes_is_stopped_for_the_account(app, house):
    colleague = a_colleague(house, "moderator")
    client = app.test_client()
    by_password(client, colleague)
    answers = [send(client, "/en/account/second-factor", code="000000").status_code for _ in range(6)]
    assert set(answers) == {422}
    code = pyotp.TOTP(colleague.secret).at(house.clock.wall())
    stopped = send(client, "/en/account/second-factor", code=code)
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0


def test_guessing_passwords_is_stopped_for_the_address(app, house):
    colleague = a_colleague(house, "moderator", name="Synthetic Guessed")
    client = app.test_client()
    for _ in range(10):
        send(client, "/en/account/sign-in", email=colleague.email, password="wrong wrong wrong")
    assert by_password(client, colleague).status_code == 429


def test_the_session_is_another_one_after_each_step(app, house):
    colleague = a_colleague(house, "moderator")
    client = app.test_client()
    client.get("/en/account/sign-in")
    cookies = []
    by_password(client, colleague)
    cookies.append(client.get_cookie("memorial_session").value)
    half = app.test_client()
    half.set_cookie("memorial_session", cookies[0])
    send(client, "/en/account/second-factor", code=pyotp.TOTP(colleague.secret).at(house.clock.wall()))
    assert client.get("/en/desk").status_code == 200
    assert half.get("/en/desk").status_code == 302
    assert half.get("/en/account/second-factor").status_code == 302


def test_signing_out_ends_the_session_for_whoever_copied_the_cookie(app, house):
    client = signed_in(app, house, a_colleague(house, "moderator"))
    thief = app.test_client()
    thief.set_cookie("memorial_session", client.get_cookie("memorial_session").value)
    assert thief.get("/en/desk").status_code == 200
    client.post("/en/account/sign-out", data={"csrf_token": token_in(client.get("/en/desk"))})
    assert thief.get("/en/desk").status_code == 302


def test_another_browser_can_be_ended_from_the_account_page(app, house):
    colleague = a_colleague(house, "moderator")
    client, other = signed_in(app, house, colleague), app.test_client()
    by_password(other, colleague)
    send(other, "/en/account/second-factor", code=colleague.codes[0])
    assert other.get("/en/desk").status_code == 200
    page = client.get("/en/account/sessions")
    number = re.search(r'name="session" value="(\d+)"', page.get_data(as_text=True))[1]
    client.post("/en/account/sessions", data={"csrf_token": token_in(page), "session": number})
    assert other.get("/en/desk").status_code == 302
    assert client.get("/en/desk").status_code == 200


def test_a_disabled_account_is_out_with_the_next_request(app, house):
    colleague = a_colleague(house, "moderator")
    client = signed_in(app, house, colleague)
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, colleague.account_id)
        accounts.disable(session, Actor.command("test"), account, now=house.now())
    assert client.get("/en/desk").status_code == 302
    assert by_password(app.test_client(), colleague).status_code == 422


def test_a_stolen_cookie_reads_no_contact(app, house, clock):
    colleague, work = a_colleague(house, "moderator"), an_item(house)
    leave_contact(house, work, "canary street 1")
    client = signed_in(app, house, colleague)
    thief = app.test_client()
    thief.set_cookie("memorial_session", client.get_cookie("memorial_session").value)
    asked = thief.get(f"{work.path}/contact")
    assert asked.status_code == 302
    assert "/en/account/step-up" in asked.location
    token = token_in(thief.get("/en/desk"))
    pressed = thief.post(f"{work.path}/contact", data={"csrf_token": token})
    assert pressed.status_code == 302
    assert send(thief, "/en/account/step-up", proof="wrong wrong wrong").status_code == 422
    step_up(client)
    shown = send(client, f"{work.path}/contact")
    assert "canary street 1" in shown.get_data(as_text=True)
    clock.forward(timedelta(minutes=10))
    assert client.get(f"{work.path}/contact").status_code == 302


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/en/desk/../../evil", "javascript:1",
        "/en/people", "/en/desk\r\nX: y", "/en/desk/%2f%2fevil",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(app, house, wish):
    client = app.test_client()
    colleague = a_colleague(house, "moderator")
    answer = send(client, "/en/account/sign-in", email=colleague.email, password=PASSWORD, next=wish)
    assert answer.location == "/en/account/second-factor"
    code = pyotp.TOTP(colleague.secret).at(house.clock.wall())
    answer = send(client, "/en/account/second-factor", code=code, next=wish)
    assert answer.location == "/en/desk"


def test_the_page_that_was_asked_for_comes_after_signing_in(app, house):
    colleague, work = a_colleague(house, "moderator"), an_item(house)
    client = app.test_client()
    first = client.get(f"{work.path}?done=take")
    answer = client.post(
        "/en/account/sign-in",
        data={
            "csrf_token": token_in(client.get(first.location)),
            "email": colleague.email,
            "password": PASSWORD,
            "next": f"{work.path}?done=take",
        },
    )
    assert work.public_id in answer.location


def test_an_approved_reader_reads_what_is_for_research_and_no_cache_keeps_it(app, house):
    from memorial.domain import consent as rules

    for_research = {rules.EVERY_PART: rules.chosen(["research"], ["view"])}
    made = a_testimony(house, contributor=for_research)
    reader = signed_in(app, house, a_colleague(house, "approved_reader", name="Synthetic Reader"))
    page = reader.get(f"/en{made.path}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers
    assert app.test_client().get(f"/en{made.path}").status_code == 404
    assert reader.get("/en/desk").status_code == 403


def test_pages_of_accounts_are_never_stored_and_forms_need_their_token(client):
    page = client.get("/en/account/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert client.post("/en/account/sign-in", data={"email": "a@example.org"}).status_code == 400


@pytest.mark.parametrize("text", ["\x00", "a\x00b@example.org", "é" * 5000, "' OR 1=1 --", "%s%n", "\ud7ff"])
def test_odd_input_is_refused_in_words(client, text):
    answer = send(client, "/en/account/sign-in", email=text, password=text)
    assert answer.status_code in (422, 429)
    assert client.get("/en/account/invitation/%00").status_code == 404
