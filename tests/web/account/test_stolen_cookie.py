"""A copy of somebody's cookie in another browser. All people here are synthetic."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorial.models import CustodyEvent
from tests.web.desk.people import (
    PASSWORD,
    a_colleague,
    an_item,
    leave_contact,
    send,
    signed_in,
    step_up,
    token_in,
)


@pytest.fixture
def work(house):
    made = an_item(house)
    leave_contact(house, made, "canary street 1")
    return made


def copied(app, client):
    """Another browser that somebody has put this one's cookie into."""
    thief = app.test_client()
    with client.session_transaction() as mine, thief.session_transaction() as theirs:
        theirs.update(mine)
    return thief


def reads(client, work) -> bool:
    """By the page and by its form, with the token that every page of this session carries."""
    with client.session_transaction() as cookie:
        known = "csrf_token" in cookie
    token = token_in(client.get("/en/account/sign-in", follow_redirects=True)) if known else ""
    pages = [
        client.get(f"{work.path}/contact", follow_redirects=True),
        client.post(f"{work.path}/contact", data={"csrf_token": token}, follow_redirects=True),
    ]
    return any("canary street" in page.get_data(as_text=True) for page in pages)


def opened(house) -> int:
    with house.session(house.keeper()) as session:
        return session.query(CustodyEvent).filter(CustodyEvent.verb == "contact_shown").count()


def test_a_stolen_session_cookie_reads_no_contact(app, house, clock, work):
    mine = signed_in(app, house, a_colleague(house, "moderator"))
    before = copied(app, mine)
    assert not reads(before, work)
    step_up(mine)
    assert not reads(before, work), "the owner's proof of presence is not the thief's"
    assert before.get("/en/desk").status_code == 302, "the copy is worth nothing from then on"
    assert opened(house) == 0
    assert reads(mine, work)
    after = copied(app, mine)
    clock.forward(timedelta(minutes=10))
    assert not reads(after, work)
    assert opened(house) == 1


@pytest.mark.parametrize("end", ["sign out", "password", "all others"])
def test_a_copy_ends_with_what_its_owner_ends(app, house, clock, work, end):
    colleague = a_colleague(house, "moderator")
    mine = signed_in(app, house, colleague)
    step_up(mine)
    thief = copied(app, mine) if end == "sign out" else _another_browser(app, house, clock, colleague)
    if end == "sign out":
        send(mine, "/en/account/sign-out", page="/en/account/sessions")
    elif end == "password":
        answer = send(mine, "/en/account/password", page="/en/account/sessions", password=f"{PASSWORD} anew")
        assert answer.status_code == 302
        assert mine.get("/en/desk").status_code == 200
    else:
        send(mine, "/en/account/sessions")
    assert not reads(thief, work)
    assert thief.get("/en/desk").status_code == 302


def _another_browser(app, house, clock, colleague):
    clock.forward(timedelta(seconds=30))  # a code counts once
    return signed_in(app, house, colleague)
