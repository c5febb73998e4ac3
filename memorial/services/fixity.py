"""Are the files still what was stored? Some of them every night, those looked at longest ago first.

    for thing in due(session, most=500): found = verify(storage, thing)     # no session open meanwhile
    note(session, thing, found, now=now)        # when it was looked at, and one item where something is wrong
    job_failed(session, medium, "copies", "damaged", now=now)   # work on a file ended for good: one item

Whoever is at the desk brings the file back from a backup, or finds that it is gone, and closes the
item with a word about it. The same fault of the same file makes no second item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from memorial.gate import Actor, GatedSession
from memorial.models import Contribution, Enclosure, Evidence, FileCheck, Item, Media, Record
from memorial.services import custody, review
from memorial.services.audit import Act, record_act
from memorial.storage import Damaged, Missing, Storage

A_NIGHT = 500
TABLES: tuple[tuple[str, Any], ...] = (("media", Media), ("evidence", Evidence), ("enclosure", Enclosure))


@dataclass(frozen=True, slots=True)
class Stored:
    """An original by what it belongs to: "media", its public id."""

    table: str
    public_id: str
    storage_key: str

    @property
    def thing(self) -> str:
        return f"{self.table}:{self.public_id}"


def every(session: GatedSession) -> Iterator[Stored]:
    """Every original that a row knows."""
    for name, table in TABLES:
        for row in session.execute(select(table.public_id, table.storage_key)).all():
            yield Stored(name, row[0], row[1])


def due(session: GatedSession, *, most: int = A_NIGHT) -> list[Stored]:
    """What was never looked at, then what was looked at longest ago; what is gone with its row is forgotten."""
    found: list[Stored] = []
    for name, table in TABLES:
        never = (
            select(table.public_id, table.storage_key)
            .outerjoin(FileCheck, FileCheck.storage_key == table.storage_key)
            .where(FileCheck.storage_key.is_(None))
            .order_by(table.id)
            .limit(most - len(found))
        )
        found += [Stored(name, row[0], row[1]) for row in session.execute(never)] if most > len(found) else []
    oldest = select(FileCheck.storage_key).order_by(FileCheck.checked_at, FileCheck.storage_key)
    keys = session.scalars(oldest.limit(most - len(found))).all() if most > len(found) else []
    known = {each.storage_key: each for each in _of(session, keys)}
    gone = [key for key in keys if key not in known]
    session.execute(delete(FileCheck).where(FileCheck.storage_key.in_(gone)))
    return found + [known[key] for key in keys if key in known]


def _of(session: GatedSession, keys: Any) -> Iterator[Stored]:
    for name, table in TABLES:
        wanted = select(table.public_id, table.storage_key).where(table.storage_key.in_(keys))
        yield from (Stored(name, row[0], row[1]) for row in session.execute(wanted))


def verify(storage: Storage, stored: Stored) -> str:
    """What is wrong with it: damaged, missing, or nothing."""
    try:
        storage.verify(stored.storage_key)
    except (Damaged, Missing) as wrong:
        return type(wrong).__name__.lower()
    return ""


def note(session: GatedSession, stored: Stored, fault: str, *, now: datetime) -> Item | None:
    """Write down that it was looked at. Returns the item, where a fault is new."""
    row = _row_of(session, stored)
    if row is None:
        return None  # it went while it was read
    before = session.get(FileCheck, stored.storage_key, with_for_update=True)
    known = before.fault if before is not None else ""
    session.merge(FileCheck(storage_key=stored.storage_key, checked_at=now, fault=fault))
    digest = fault or row.sha256
    custody.log(session, Actor.system(), "checked", stored.thing, row.contribution_id, now=now, digest=digest)
    session.flush()
    if not fault or fault == known:
        return None
    facts = {"thing": stored.thing, "file": stored.storage_key, "fault": fault}
    record_id = getattr(row, "record_id", None)
    return _item(session, "fixity", facts, record_id, row.contribution_id, now)


def _row_of(session: GatedSession, stored: Stored) -> Any:
    table = dict(TABLES)[stored.table]
    return session.scalars(select(table).where(table.storage_key == stored.storage_key)).first()


def job_failed(session: GatedSession, medium: Media, job: str, why: str, *, now: datetime) -> Item | None:
    """One item for each file with which nothing more can be done by itself, however often it is found so."""
    thing = f"media:{medium.public_id}"
    wanted = select(Item).where(
        Item.kind == "job", Item.contribution_id.is_not_distinct_from(medium.contribution_id)
    )
    same = wanted.where(Item.record_id == medium.record_id)
    if any(item.facts.get("thing") == thing for item in session.scalars(same)):
        return None
    facts = {"job": job, "thing": thing, "why": why}
    return _item(session, "job", facts, medium.record_id, medium.contribution_id, now)


def _item(
    session: GatedSession,
    kind: str,
    facts: dict[str, str],
    record_id: int | None,
    contribution_id: int | None,
    now: datetime,
) -> Item:
    item = review.new_item(
        session,
        kind,
        now=now,
        record=session.get(Record, record_id) if record_id else None,
        contribution=session.get(Contribution, contribution_id) if contribution_id else None,
        facts=facts,
        due_on=review.due_on(now),
    )
    record_act(session, Actor.system(), Act(kind, f"item:{item.public_id}", to_state=item.state), now)
    return item
