"""The daily letter to whoever works at the desk and asked for it: numbers, and nothing that they are numbers of.

    for account_id in due(session, now=now): …      # whose day has one, and who is not in their quiet time
    written = take(session, account_id, now=now)    # claimed and committed before anything is sent

Claimed first: a letter that was lost on its way is made up for tomorrow, and none goes twice in one
day, whoever dies in between. Where there is nothing to say nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, union

from memorial.domain import workflow
from memorial.gate import Actor, GatedSession, may
from memorial.models import Account, Confirmation, Item, Proposal
from memorial.services import accounts, preferences

# Of two letters: whoever changes their zone or their quiet time has a new day sooner than that.
APART = timedelta(hours=12)
DESKS_TURN = (workflow.SUBMITTED, workflow.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one account is told."""

    waiting: int = 0
    assigned: int = 0
    second: int = 0  # somebody else has asked for an act that needs another person
    overdue: int = 0  # answers that were promised to families

    def __bool__(self) -> bool:
        return bool(self.waiting or self.assigned or self.second or self.overdue)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter that may go now. Lives as long as the sending."""

    to: str = field(repr=False)
    languages: tuple[str, ...]
    numbers: Numbers


def due(session: GatedSession, *, now: datetime) -> list[int]:
    """Accounts whose day has none yet, by id."""
    wanted = select(Account).where(
        Account.disabled_at.is_(None), or_(Account.digest_at.is_(None), Account.digest_at <= now - APART)
    )
    return [
        account.id for account in session.scalars(wanted.order_by(Account.id)) if _gets(session, account, now)
    ]


def take(session: GatedSession, account_id: int, *, now: datetime) -> Written | None:
    """Claim the day's letter; None where it is not due any more, or there is nothing to say."""
    wanted = select(Account).where(Account.id == account_id).with_for_update()
    account = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if account is None or account.disabled_at is not None or not _gets(session, account, now):
        return None
    account.digest_at = now
    numbers = numbers_for(session, accounts.itself(account), now=now)
    return Written(account.email, tuple(account.languages), numbers) if numbers else None


def _gets(session: GatedSession, account: Account, now: datetime) -> bool:
    mine, last = preferences.of(account), account.digest_at
    if not mine.digest or mine.paused or preferences.is_quiet(mine, now):
        return False
    if last is not None and (now < last + APART or _day(mine, now) <= _day(mine, last)):
        return False
    return bool(may(session, accounts.itself(account), "open_desk", now=now))


def _day(mine: preferences.Preferences, at: datetime) -> int:
    return preferences.local(mine, at).toordinal()


def numbers_for(session: GatedSession, actor: Actor, *, now: datetime) -> Numbers:
    """Counted over what is open, which no archive lets grow without end."""
    open_ones = Item.state.in_(workflow.OPEN_STATES)
    count = select(func.count()).select_from(Item)
    overdue = count.where(Item.kind == "promise", open_ones, Item.due_on < now.date())
    return Numbers(
        waiting=session.scalar(count.where(Item.state.in_(DESKS_TURN))) or 0,
        assigned=session.scalar(count.where(Item.assigned_to_id == actor.account_id, open_ones)) or 0,
        second=_second(session, actor),
        overdue=session.scalar(overdue) or 0,
    )


def _second(session: GatedSession, actor: Actor) -> int:
    """Items for which somebody else asked for something, and this account did not."""
    mine = select(Confirmation.item_id).where(Confirmation.actor == actor.label)
    asked = (
        select(Confirmation.item_id)
        .join(Item, Item.id == Confirmation.item_id)
        .where(Item.state.in_(workflow.OPEN_STATES), Confirmation.item_id.not_in(mine))
    )
    proposed = select(Proposal.item_id).where(Proposal.outcome == "", Proposal.asked_by != actor.label)
    both = union(asked, proposed).subquery()
    return session.scalar(select(func.count()).select_from(both)) or 0
