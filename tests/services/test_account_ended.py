"""An account that ends while it acts: what it does counts wholly before, or not at all. All people are synthetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from memorial.domain.errors import NotPermitted
from memorial.domain.workflow import READER, SUBMITTED
from memorial.gate import Actor, may
from memorial.gate.standing import roles_now
from memorial.models import Account, AccountSession, AuditEntry, Item
from memorial.services import account_sessions, accounts, review
from tests.services.colleagues import an_actor
from tests.web.desk.people import an_item

BOSS = Actor.command("test")


def signed_in(house, actor) -> Actor:
    """The same person in a browser."""
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, actor.account_id)
        account_sessions.begin(session, account, now=house.now())
        opened = session.scalars(select(AccountSession.id)).one()
    return Actor(actor.label, actor.roles, actor.account_id, stepped_up=True, session_id=opened)


def end_sessions(session, account, now):
    account_sessions.revoke_all(session, account, now=now)


ENDS = {
    "disabled": (lambda session, account, now: accounts.disable(session, BOSS, account, now=now), "account_ended"),
    "sessions ended": (end_sessions, "account_ended"),
    "invited anew": (lambda session, account, now: accounts.reset(session, BOSS, account, now=now), "account_ended"),
    "other roles": (
        lambda session, account, now: accounts.change_roles(session, BOSS, account, ["editor"], [], now=now),
        "account_ended",
    ),
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_who_was_ended_since_the_form_was_opened_acts_no_more(house, end):
    work, actor = an_item(house), signed_in(house, an_actor(house, "one", "moderator"))
    change, reason = ENDS[end]
    with house.writing(house.keeper()) as session:
        change(session, session.get_one(Account, actor.account_id), house.now())
    with house.session(house.keeper()) as session:
        before = session.scalars(select(AuditEntry.id)).all()
    with pytest.raises(NotPermitted) as refused, house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        review.advance(session, actor, item, "take", now=house.now(), keys=house.keys)
    assert refused.value.key == reason
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert (item.state, item.taken_by_id) == (SUBMITTED, None)
        assert session.scalars(select(AuditEntry.id)).all() == before


def test_a_role_that_was_taken_away_no_longer_counts_whatever_the_request_began_with(house):
    actor = signed_in(house, an_actor(house, "one", "consent_officer", "editor"))
    with house.writing(house.keeper()) as session:
        session.get_one(Account, actor.account_id).roles = ["editor"]
    with house.writing(house.keeper()) as session:
        assert may(session, actor, "see_contact", now=house.now()).reason == "role"
        assert may(session, actor, "see_leftovers", now=house.now())


NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ends_at", "there"),
    [(None, True), (NOW + timedelta(seconds=1), True), (NOW, False), (NOW - timedelta(seconds=1), False)],
)
def test_an_approved_reader_reads_until_the_moment_it_ends_and_what_else_the_account_may_goes_on(
    ends_at, there
):
    kept = {READER} if there else set()
    assert roles_now(["editor", READER], ends_at, NOW) == {"editor", *kept}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_whoever_ends_an_account_waits_until_what_it_is_doing_is_written(house):
    """On SQLite there is one writer at a time; here the rows are held."""
    actor = signed_in(house, an_actor(house, "one", "moderator"))
    with house.writing(house.keeper()) as acting:
        assert may(acting, actor, "see_contact", now=house.now())
        for row in (
            select(Account.id).where(Account.id == actor.account_id),
            select(AccountSession.id).where(AccountSession.id == actor.session_id),
        ):
            with pytest.raises(OperationalError), house.writing(house.keeper()) as ending:
                ending.execute(row.with_for_update(nowait=True))


def test_whoever_was_in_the_middle_of_signing_in_or_of_a_new_password_is_outside_after_an_end(house):
    actor = signed_in(house, an_actor(house, "one", "moderator"))
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, actor.account_id)
        account.password_hash = "synthetic"
        accounts.reset(session, BOSS, account, now=house.now())
    for late in (
        lambda session, account, opened: accounts.change_password(
            session, account, "the password of a thief", now=house.now()
        ),
        lambda session, account, opened: account_sessions.confirm(session, opened, now=house.now()),
    ):
        with pytest.raises(NotPermitted) as refused, house.writing(house.keeper()) as session:
            account = session.get_one(Account, actor.account_id)
            late(session, account, session.get_one(AccountSession, actor.session_id))
        assert refused.value.key == "account_ended"
    with house.session(house.keeper()) as session:
        assert session.get_one(Account, actor.account_id).password_hash == ""
        assert all(each.revoked_at for each in session.scalars(select(AccountSession)))
