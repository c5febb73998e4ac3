"""What was never sent: deleted by its family at once, or when its time is over and not before. People are synthetic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial import jobs, second_place
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor
from memorial.models import AuditEntry, Contribution, DestroyedKey, Item, LedgerEntry, Letter
from memorial.services import audit, consent, contribute, drafts, family
from tests.services.test_contribute import REMEMBERED, TOLD, begun, sent


def discarded(house, contribution_id):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        by = family.actor_of(contribution)
        drafts.discard(session, by, contribution, keys=house.keys, now=house.now())


def state(house, contribution_id):
    """Whether its key is there, and the state of its item."""
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        item = session.scalars(select(Item).where(Item.contribution_id == contribution_id)).one()
        return contribution.wrapped_key is not None, item.state


def letters_due(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Letter.kind)).all()


@pytest.mark.parametrize("answers", [TOLD, REMEMBERED], ids=["testimony", "remembrance"])
def test_a_draft_is_gone_for_good_the_moment_its_family_deletes_it(house, answers):
    contribution_id, _ = begun(house, answers)
    discarded(house, contribution_id)
    assert state(house, contribution_id) == (False, "taken_back")
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert contribution.answers is None
        assert session.scalars(select(DestroyedKey.contribution)).one() == contribution.public_id
        assert session.scalars(select(LedgerEntry)).all() == []
        assert {"discard", "erase"} <= set(session.scalars(select(AuditEntry.verb)))
        assert list(audit.broken_at(session)) == list(consent.broken_at(session)) == []
    lines = list(second_place.lines(house.settings.second_folder))
    assert [line["kind"] for line in lines if line["kind"] != "heads"] == ["destroyed_key"]


def test_what_was_sent_is_not_deleted_like_a_draft(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    with pytest.raises(NotPermitted):
        discarded(house, contribution_id)
    assert state(house, contribution_id) == (True, "submitted")


def test_a_legal_hold_stands_against_deleting_a_draft(house):
    contribution_id, _ = begun(house, TOLD)
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, contribution_id).legal_hold = "synthetic ground"
    with pytest.raises(NotPermitted):
        discarded(house, contribution_id)
    assert state(house, contribution_id)[0]


def test_an_unsent_draft_is_kept_for_its_time_reminded_of_once_and_then_deleted(house, clock):
    contribution_id, _ = begun(house, TOLD)
    clock.forward(timedelta(days=334))
    jobs.tidy_drafts(house)
    assert letters_due(house) == []
    clock.forward(timedelta(days=1))
    for _ in range(3):
        jobs.tidy_drafts(house)
    assert letters_due(house) == ["draft"]
    clock.forward(timedelta(days=29))
    assert jobs.tidy_drafts(house) == 0
    assert state(house, contribution_id) == (True, "draft")
    clock.forward(timedelta(days=1))
    assert jobs.tidy_drafts(house) == 1
    assert state(house, contribution_id) == (False, "taken_back")
    with house.session(house.keeper()) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.verb == "lapse"))
        assert entry.actor == "system"


def test_whoever_comes_back_to_a_draft_has_its_whole_time_again(house, clock):
    contribution_id, _ = begun(house, TOLD)
    clock.forward(timedelta(days=360))
    jobs.tidy_drafts(house)
    with house.writing(house.keeper()) as session:
        drafts.opened(contribute.locked(session, contribution_id), now=house.now())
    clock.forward(timedelta(days=300))
    assert jobs.tidy_drafts(house) == 0
    assert state(house, contribution_id)[0]
    clock.forward(timedelta(days=40))
    jobs.tidy_drafts(house)
    clock.forward(timedelta(days=30))
    assert jobs.tidy_drafts(house) == 1


def test_a_shorter_time_chosen_later_takes_no_draft_without_a_reminder_two_weeks_before(house, clock):
    contribution_id, _ = begun(house, TOLD)
    clock.forward(timedelta(days=200))
    house.settings.draft_days = 60
    assert jobs.tidy_drafts(house) == 0
    assert letters_due(house) == ["draft"]
    clock.forward(timedelta(days=13))
    assert jobs.tidy_drafts(house) == 0
    clock.forward(timedelta(days=1))
    assert jobs.tidy_drafts(house) == 1
    assert not state(house, contribution_id)[0]


@pytest.mark.parametrize("days", [365, 0])
def test_what_was_sent_and_what_is_held_and_with_nought_every_draft_stays(house, clock, days):
    house.settings.draft_days = days
    told, _ = begun(house, TOLD)
    sent(house, told)
    held, _ = begun(house, TOLD)
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, held).legal_hold = "synthetic ground"
    free = [begun(house, TOLD)[0]] if days == 0 else []
    for _ in range(3):
        clock.forward(timedelta(days=400))
        assert jobs.tidy_drafts(house) == 0
    assert all(state(house, each)[0] for each in [told, held, *free])


def test_the_programs_own_work_deletes_nothing_that_was_sent_or_is_a_family_s_to_delete(house):
    contribution_id, _ = begun(house, TOLD)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        moderator = Actor("account:1", frozenset({"moderator", "admin"}), account_id=1)
        with pytest.raises(NotPermitted):
            drafts.discard(session, moderator, contribution, keys=house.keys, now=house.now())
