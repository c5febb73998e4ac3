"""What approved readers opened that the public does not see: one line in the custody log for each thing and day.

    note(session, account_id, "record:7bkmw2q9x4", now=now)      # before it is shown; the caller commits
    opened_by(session, actor, account_id, now=now)               # the newest first, with the titles of today

The log holds ids and times, never what was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import select

from memorial.domain.addresses import address
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.models import CustodyEvent, Record
from memorial.services import custody, desk

VERB = "research_read"
MOST = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """`title` and `address` are empty where the desk does not see the record any more."""

    at: datetime
    thing: str
    title: str = ""
    address: str = ""


def note(session: GatedSession, account_id: int, thing: str, *, now: datetime) -> None:
    """Once for each account, thing and day (UTC)."""
    actor = Actor(f"account:{account_id}", account_id=account_id)
    since = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    wanted = select(CustodyEvent.id).where(
        CustodyEvent.actor == actor.label,
        CustodyEvent.verb == VERB,
        CustodyEvent.thing == thing,
        CustodyEvent.at >= since,
    )
    if session.scalars(wanted.limit(1)).first() is None:
        custody.log(session, actor, VERB, thing, None, now=now)


def opened_by(session: GatedSession, actor: Actor, account_id: int, *, now: datetime) -> Sequence[Opened]:
    """What this reader opened, the newest first."""
    verdict = may(session, actor, "see_readers", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    wanted = select(CustodyEvent.at, CustodyEvent.thing).where(
        CustodyEvent.actor == f"account:{account_id}", CustodyEvent.verb == VERB
    )
    lines = session.execute(wanted.order_by(CustodyEvent.id.desc()).limit(MOST)).all()
    ids = {thing.partition(":")[2] for _, thing in lines if thing.startswith("record:")}
    known = select(Record.public_id, Record.id, Record.kind).where(Record.public_id.in_(ids))
    records = {public_id: (number, kind) for public_id, number, kind in session.execute(known)}
    titles = desk.titles(session, {number for number, _ in records.values()})
    return [_line(at, thing, records, titles) for at, thing in lines]


def _line(at: datetime, thing: str, records: dict[str, tuple[int, str]], titles: dict[int, str]) -> Opened:
    number, kind = records.get(thing.partition(":")[2], (0, ""))
    where = address(kind, thing.partition(":")[2]) if number else ""
    return Opened(at, thing, titles.get(number, ""), where)
