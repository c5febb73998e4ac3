"""Drafts that were never sent: kept behind their code, deleted when the family says so or when their time is over.

    discard(session, actor, contribution, keys=keys, now=now)    # gone for good with this commit
    remind(session, days=365, now=now)                           # the sweep: a letter before the end
    lapse(session, keys, days=365, now=now)                      # the sweep: those whose time is over

Nothing of a draft was received or shown to anyone, so nothing waits and nobody confirms: its
words go and its key is destroyed. No draft ends sooner than 14 days after its letter was due,
whether or not the archive knew a way to write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item
from memorial.services import letters, review
from memorial.services.contribute import OWN_KINDS

REMINDED_BEFORE = timedelta(days=30)
AFTER_A_REMINDER = timedelta(days=14)
AT_ONCE = 50


def opened(contribution: Contribution, *, now: datetime) -> None:
    """Somebody came back to it with the code: its time begins anew."""
    if contribution.sent_at is None:
        contribution.changed_at = now


def discard(
    session: GatedSession, actor: Actor, contribution: Contribution, *, keys: ArchiveKey, now: datetime
) -> None:
    """Delete a draft for good. Raises NotPermitted once it was sent: then it is `withdrawal.ask_erasure`."""
    if contribution.sent_at is not None:
        raise NotPermitted("was_sent")
    # Nothing of it was ever allowed to anybody, so there is nothing that the ledger would have to take back.
    contribution.hidden_at = contribution.hidden_at or now
    wanted = select(Item).where(Item.contribution_id == contribution.id, Item.kind.in_(OWN_KINDS))
    item = session.scalars(wanted.order_by(Item.id.desc())).first()
    if item is None:
        raise NotPermitted("no_item")
    review.advance(session, actor, item, "discard" if actor.contribution_id else "lapse", now=now, keys=keys)


def remind(session: GatedSession, *, days: int, now: datetime) -> int:
    """Write down a letter for every draft whose end is near; returns how many. The worker finds the safe ones."""
    if not days:
        return 0
    near = now - timedelta(days=days) + min(REMINDED_BEFORE, timedelta(days=days) / 2)
    wanted = (
        select(Contribution)
        .where(*_unsent(), Contribution.changed_at <= near, _not_reminded())
        .order_by(Contribution.changed_at)
        .limit(AT_ONCE)
        .with_for_update()
    )
    found = session.scalars(wanted).all()
    for contribution in found:
        contribution.reminded_at = now
        letters.due(session, contribution.id, "draft", now=now)
    return len(found)


def lapse(session: GatedSession, keys: ArchiveKey, *, days: int, now: datetime) -> int:
    """Delete the drafts whose time is over; returns how many."""
    if not days:
        return 0
    wanted = (
        select(Contribution)
        .where(*_unsent(), Contribution.changed_at <= now - timedelta(days=days))
        .where(Contribution.reminded_at >= Contribution.changed_at)
        .where(Contribution.reminded_at <= now - AFTER_A_REMINDER)
        .order_by(Contribution.changed_at)
        .limit(AT_ONCE)
        .with_for_update()
    )
    found = session.scalars(wanted).all()
    for contribution in found:
        discard(session, Actor.system(), contribution, keys=keys, now=now)
    return len(found)


def _unsent() -> list[ColumnElement[bool]]:
    held = Contribution.legal_hold == ""
    return [Contribution.sent_at.is_(None), Contribution.erased_at.is_(None), held]


def _not_reminded() -> ColumnElement[bool]:
    """Not since it was last opened."""
    return or_(Contribution.reminded_at.is_(None), Contribution.reminded_at < Contribution.changed_at)
