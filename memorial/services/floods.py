"""Floods of beginnings: whether very many begin at this moment, and what that means at the desk.

    if busy(session, most=120, now=now): …        # more than so many in the last hour, by all together
    note(session, item)                           # begun meanwhile: read last, never dropped

It is counted in the database, so that every process knows the same, and it ends by itself an
hour after the flood has.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from memorial.domain import workflow
from memorial.gate import GatedSession
from memorial.models import Contribution, Item

FLAG = "flood"
WITHIN = timedelta(hours=1)


def busy(session: GatedSession, *, most: int, now: datetime) -> bool:
    """Whether more contributions than this were begun in the last hour; counts no further than it must."""
    begun = select(Contribution.id).where(Contribution.created_at > now - WITHIN).limit(most + 1)
    return (session.scalar(select(func.count()).select_from(begun.subquery())) or 0) > most


def is_spent(session: GatedSession, challenge: str) -> bool:
    """Whether somebody has already begun with this challenge."""
    wanted = select(Contribution.id).where(Contribution.proof == challenge)
    return session.scalar(wanted) is not None


def note(session: GatedSession, item: Item) -> None:
    """Triage: what was begun in a flood comes after all else, but for what always comes first."""
    if FLAG not in item.flags:
        item.flags = [*item.flags, FLAG]
        item.precedence = workflow.usual_precedence(item.kind) or 1
        session.flush()
