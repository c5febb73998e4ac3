"""The daily letter: numbers and nothing else, once a day, never in somebody's quiet time. People are synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from memorial import jobs
from memorial.models import Account, Confirmation, Item
from memorial.services import digest, preferences, review
from memorial.services.digest import Numbers, Written
from memorial.services.digest_words import composed
from memorial.services.post import Post
from memorial.services.preferences import Preferences
from tests.services.postbox import Postbox
from tests.web.desk.people import a_colleague, an_item


@pytest.fixture
def box():
    with Postbox() as opened:
        yield opened


@pytest.fixture
def house(house, box):
    """It is 09:00 UTC, and a mail server is there."""
    settings = house.settings
    settings.mail_host, settings.mail_port, settings.mail_tls = "127.0.0.1", box.port, "none"
    settings.mail_from, settings.public_url = "post@quiet.example", "https://quiet.example"
    return house


def someone(house, *roles, **chosen):
    """A colleague who asked for the letter, from 8 to 20 of a clock that is UTC."""
    found = a_colleague(house, *(roles or ("moderator",)))
    set_to(house, found.account_id, **chosen)
    return found


def set_to(house, account_id, **chosen):
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        languages = chosen.pop("languages", ["en"])
        preferences.save(account, replace(Preferences(digest=True), **chosen))
        account.languages = languages


def test_the_letter_holds_numbers_and_the_way_to_the_desk_and_nothing_they_are_numbers_of(house, box):
    me, work = someone(house), an_item(house, mark="canary")
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        item.assigned_to_id = me.account_id
        session.add(Confirmation(item_id=item.id, verb="publish", actor="account:99", at=house.now()))
        review.new_item(session, "promise", now=house.now(), due_on=house.now().date() - timedelta(days=1))
    assert jobs.send_digests(house) == 1
    (letter,) = box.letters
    assert (letter.to, letter.subject) == ([me.email], "What waits at the desk")
    assert letter.text.splitlines()[2:8] == [
        "2 items wait at the desk.", "1 is assigned to you.", "1 waits for a second person.",
        "1 answer that was promised is overdue.", "", "https://quiet.example/en/desk",
    ]  # fmt: skip
    for secret in ("canary", "ynthetic", work.public_id, work.made.public_id, work.made.ref):
        assert secret not in letter.subject + letter.text


def test_it_goes_once_a_day_however_often_the_round_comes_and_though_it_was_killed_on_its_way(
    house, box, clock, monkeypatch
):
    someone(house)
    an_item(house)
    deliver = Post.deliver

    def dies(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(Post, "deliver", dies)
    with pytest.raises(KeyboardInterrupt):
        jobs.send_digests(house)
    monkeypatch.setattr(Post, "deliver", deliver)
    for _ in range(23):
        jobs.send_digests(house)
        clock.forward(timedelta(hours=1))
    assert box.letters == []  # it may have gone already, and tomorrow is another day
    clock.forward(timedelta(hours=1))
    assert [jobs.send_digests(house) for _ in range(3)] == [1, 0, 0]
    assert len(box.letters) == 1


def test_two_rounds_at_once_take_one_letter(house, box):
    me = someone(house)
    an_item(house)
    with house.session(house.keeper()) as session:
        assert digest.due(session, now=house.now()) == [me.account_id]
    for wanted in (True, False):
        with house.writing(house.keeper()) as session:
            assert bool(digest.take(session, me.account_id, now=house.now())) is wanted


@pytest.mark.parametrize("chosen", [
    {"digest": False},
    {"paused": True},
    {"quiet_from": 9, "quiet_until": 10},
    {"zone": "America/New_York"},  # there it is 4 in the morning
    {"zone": "Asia/Vladivostok", "quiet_from": 18},  # and there 7 in the evening
])  # fmt: skip
def test_who_did_not_ask_who_pauses_and_who_has_quiet_time_gets_none(house, box, chosen):
    someone(house, **chosen)
    an_item(house)
    assert jobs.send_digests(house) == 0
    assert box.letters == []


def test_who_is_disabled_or_has_no_role_at_the_desk_gets_none(house, box):
    gone, reader = someone(house), someone(house, "approved_reader")
    an_item(house)
    with house.writing(house.keeper()) as session:
        session.get_one(Account, gone.account_id).disabled_at = house.now()
        assert reader.account_id not in digest.due(session, now=house.now())
    assert jobs.send_digests(house) == 0


def test_nothing_is_sent_when_there_is_nothing(house, box, clock):
    someone(house)
    assert jobs.send_digests(house) == 0
    an_item(house)
    assert jobs.send_digests(house) == 0  # the day had its look
    clock.forward(timedelta(days=1))
    assert jobs.send_digests(house) == 1


def test_a_mail_server_that_is_away_costs_one_letter_and_not_everybodys(house, box, clock):
    someone(house, "moderator")
    someone(house, "editor")
    an_item(house)
    box.answer = "451 later"
    assert jobs.send_digests(house) == 0
    box.answer = "250 OK"
    clock.forward(timedelta(hours=1))
    assert jobs.send_digests(house) == 1
    clock.forward(timedelta(hours=23))
    assert jobs.send_digests(house) == 2


def test_without_a_mail_server_no_day_is_used_up(house, box):
    someone(house)
    an_item(house)
    house.settings.mail_host = ""
    assert jobs.send_digests(house) == 0
    house.settings.mail_host = "127.0.0.1"
    assert jobs.send_digests(house) == 1


@pytest.mark.parametrize(("languages", "path"), [
    (("az", "ru"), "/az/desk"), (("fa", "ru"), "/ru/desk"), (("fa",), "/en/desk"), ((), "/en/desk"),
])  # fmt: skip
def test_it_is_written_in_the_first_of_their_languages_that_the_interface_has(languages, path):
    _subject, text = composed(
        Written("x@quiet.example", languages, Numbers(waiting=1)), "https://quiet.example"
    )
    assert f"https://quiet.example{path}\n" in text


@pytest.mark.parametrize(("begins", "ends", "hours"), [
    (20, 8, [*range(8), 20, 21, 22, 23]), (1, 3, [1, 2]), (0, 0, []), (8, 8, []), (0, 23, list(range(23))),
])  # fmt: skip
def test_quiet_time_goes_over_midnight_and_may_be_none(begins, ends, hours):
    mine = Preferences(quiet_from=begins, quiet_until=ends)
    found = [
        hour for hour in range(24) if preferences.is_quiet(mine, datetime(2026, 3, 29, hour, 59, tzinfo=UTC))
    ]
    assert found == hours


@pytest.mark.parametrize("zone", ["", "Nowhere/Else", "Europe", "../etc/passwd", "x" * 400, "a\x00b"])
def test_a_zone_that_is_none_counts_as_utc(zone):
    assert preferences.local(Preferences(zone=zone), datetime(2026, 3, 29, 5, tzinfo=UTC)).hour == 5
