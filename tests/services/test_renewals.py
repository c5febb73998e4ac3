"""A yes for some years: the desk is reminded once, it ends by itself, and the family renews it with its code."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.domain import lapses
from memorial.domain.errors import Invalid, NotPermitted
from memorial.models import AuditEntry, Contribution, Item, LedgerEntry, Message
from memorial.services import contribute, family, lost_codes, renewals
from memorial.services.contribute import Draft
from tests.builders import a_testimony
from tests.services.test_contribute import TOLD, begun, published, seen, sent

HALF_A_YEAR = timedelta(days=180)
ENDS = date(2031, 11, 22)
FOR_FIVE = {"ask_again": "5", "ask_again_on": ENDS.isoformat()}
SECOND = timedelta(seconds=1)


def a_timed_yes(house, **answers):
    contribution_id, _ = begun(house, {**TOLD, **FOR_FIVE, **answers})
    sent(house, contribution_id, send_key=f"key-{contribution_id}")
    published(house, contribution_id)
    return contribution_id


def remind(house):
    with house.writing(house.keeper()) as session:
        return renewals.due(session, now=house.now(), ahead=HALF_A_YEAR)


def items(house):
    with house.session(house.keeper()) as session:
        wanted = select(Item).where(Item.kind == "renewal").order_by(Item.id)
        return [(item.state, item.facts["why"], item.due_on) for item in session.scalars(wanted)]


def renew(house, contribution_id, years):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        renewals.renew(session, house.keys, contribution, years, now=house.now())


def until(house, clock, moment):
    clock.forward(moment - house.now())


def test_it_is_shown_until_the_day_and_not_a_second_longer(house, clock):
    contribution_id = a_timed_yes(house)
    until(house, clock, lapses.ends(ENDS) - SECOND)
    assert seen(house, contribution_id)
    clock.forward(SECOND)
    assert seen(house, contribution_id) is None


def test_the_desk_is_reminded_once_and_in_time(house, clock):
    a_timed_yes(house)
    a_testimony(house)
    assert remind(house) == 0
    until(house, clock, lapses.ends(ENDS) - HALF_A_YEAR)
    assert remind(house) == 1
    assert remind(house) == 0
    assert items(house) == [("submitted", "term", lapses.ends(ENDS).date())]


def test_what_is_over_or_hidden_reminds_nobody(house, clock):
    a_timed_yes(house)
    hidden = a_timed_yes(house)
    with house.writing(house.keeper()) as session:
        family.hide(session, session.get_one(Contribution, hidden), now=house.now())
    until(house, clock, lapses.ends(ENDS) - SECOND)
    assert remind(house) == 1
    clock.forward(SECOND)
    assert remind(house) == 0


def test_the_day_s_round_reminds_and_forgets(house, clock):
    a_timed_yes(house)
    with house.writing(house.keeper()) as session:
        item = lost_codes.request(session, house.keys, "synthetic words", "contact", "en", now=house.now())
        item.state, item.ended_at = "declined", house.now()
    until(house, clock, lapses.ends(ENDS) - timedelta(days=1))
    jobs.TASKS["renewals_due"](house)
    assert len(items(house)) == 1
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Message.id).where(Message.contribution_id.is_(None))).all() == []


def test_the_family_renews_it_for_ten_years_and_the_desk_need_not_ask(house, clock):
    contribution_id = a_timed_yes(house)
    until(house, clock, lapses.ends(ENDS) - timedelta(days=20))
    remind(house)
    renew(house, contribution_id, "10")
    assert items(house)[0][0] == "done"
    until(house, clock, lapses.ends(ENDS))
    assert seen(house, contribution_id)
    until(house, clock, lapses.ends(date(2041, 11, 1)) - SECOND)
    assert seen(house, contribution_id)
    clock.forward(SECOND)
    assert seen(house, contribution_id) is None


def test_what_has_ended_is_shown_again_when_the_family_renews_it(house, clock):
    contribution_id = a_timed_yes(house)
    until(house, clock, lapses.ends(ENDS) + timedelta(days=300))
    assert seen(house, contribution_id) is None
    renew(house, contribution_id, "never")
    assert seen(house, contribution_id)
    clock.forward(timedelta(days=36_500))
    assert seen(house, contribution_id)


def test_renewing_widens_nothing_but_the_time(house, clock):
    contribution_id = a_timed_yes(house, audience="researchers")
    renew(house, contribution_id, "25")
    assert seen(house, contribution_id) is None
    with house.session(house.keeper()) as session:
        entry = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
        assert '"public"' not in entry.will
        assert session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id.desc())).first() == "renew"


def test_what_the_family_has_hidden_stays_hidden_when_it_is_renewed(house):
    contribution_id = a_timed_yes(house)
    with house.writing(house.keeper()) as session:
        family.hide(session, session.get_one(Contribution, contribution_id), now=house.now())
    renew(house, contribution_id, "never")
    assert seen(house, contribution_id) is None
    with house.writing(house.keeper()) as session:
        family.show_again(
            session, house.keys, session.get_one(Contribution, contribution_id), now=house.now()
        )
    assert seen(house, contribution_id)


def test_a_childs_yes_ends_when_it_is_grown_however_long_the_family_renews_it(house, clock):
    grown = date(2028, 5, 3)
    answers = {"children": "me", "majority": grown.isoformat(), "guardian_agrees": "here"}
    contribution_id = a_timed_yes(house, **answers)
    assert seen(house, contribution_id)
    renew(house, contribution_id, "never")
    until(house, clock, lapses.ends(grown) - SECOND)
    assert seen(house, contribution_id)
    assert remind(house) == 1
    assert {why for _, why, _ in items(house)} <= {"majority", "term"}
    clock.forward(SECOND)
    assert seen(house, contribution_id) is None


@pytest.mark.parametrize("years", ["", "3", "x", "-5", "100"])
def test_only_the_years_that_are_offered_can_be_chosen(house, years):
    contribution_id = a_timed_yes(house)
    with pytest.raises(Invalid):
        renew(house, contribution_id, years)


def test_nothing_is_renewed_that_does_not_end_or_waits_to_be_removed(house):
    endless = a_timed_yes(house, ask_again="never", ask_again_on="")
    with pytest.raises(NotPermitted, match="nothing_ends"):
        renew(house, endless, "5")
    waiting = a_timed_yes(house)
    with house.writing(house.keeper()) as session:
        family.ask_removal(session, session.get_one(Contribution, waiting), now=house.now())
    with pytest.raises(NotPermitted, match="removal_waits"):
        renew(house, waiting, "5")


def test_the_page_knows_when_it_ends_and_when_it_has_ended(house, clock):
    contribution_id = a_timed_yes(house)

    def ending():
        with house.session(house.keeper()) as session:
            draft = contribute.read(house.keys, session.get_one(Contribution, contribution_id))
            return renewals.ending_of(draft, house.now())

    assert (ending().on, ending().over, ending().asked_years) == (ENDS, False, "5")
    until(house, clock, lapses.ends(ENDS))
    assert ending().over
    renew(house, contribution_id, "never")
    assert ending() is None
    assert renewals.ending_of(Draft({}, {}, {}), house.now()) is None
