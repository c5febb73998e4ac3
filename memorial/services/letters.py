"""Letters that are due to families: written down in the transaction of what happened, sent by services/mailing.py.

    due(session, contribution.id, "question", now=now)     # one for each contribution: the last word is enough
    after(session, item, "ask", told=True, now=now)        # what an act of the desk tells the family

No address and no word stands here, and whether there is a way to write is not known here either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from memorial.gate import GatedSession
from memorial.models import Item, Letter

Kind = Literal["question", "message", "ready", "published", "draft"]

# What the desk's acts tell the family.
AFTER: Mapping[str, Kind] = {"ask": "question", "make_ready": "ready", "publish": "published"}


def due(session: GatedSession, contribution_id: int, kind: Kind, *, now: datetime) -> None:
    """A letter is to go. One that is still waiting becomes this one: the last word is enough."""
    waiting = session.scalars(select(Letter).where(Letter.contribution_id == contribution_id)).first()
    if waiting is None:
        session.add(Letter(contribution_id=contribution_id, kind=kind, since=now, due_at=now))
    else:
        waiting.kind, waiting.since, waiting.due_at, waiting.tries = kind, now, now, 0
    session.flush()


def after(session: GatedSession, item: Item, verb: str, *, told: bool, now: datetime) -> None:
    """What somebody did with an item; `told` says that words of it stand on the family's page."""
    kind = AFTER.get(verb) or ("message" if told else None)
    if kind is not None and item.contribution_id is not None:
        due(session, item.contribution_id, kind, now=now)


def waiting(session: GatedSession, now: datetime, limit: int = 200) -> list[int]:
    """What may be tried now, the longest due first."""
    wanted = select(Letter.id).where(Letter.due_at <= now).order_by(Letter.due_at, Letter.id)
    return list(session.scalars(wanted.limit(limit)))


def forget_all(session: GatedSession) -> None:
    """This archive sends no letters, or it was restored: what was due then is not due now."""
    session.execute(delete(Letter))
