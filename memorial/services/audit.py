"""The audit: one hash chain over everything people decided. Append-only; holds no words.

    record_act(session, actor, "publish", "item:abc", at=now, from_state="ready", to_state="done")

The chain's head lies in `heads`, updated last in the transaction, so that a cut tail shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from memorial.db import insert_many
from memorial.gate import Actor, GatedSession
from memorial.models import AuditEntry, Head


@dataclass(frozen=True, slots=True)
class Act:
    """One line to be written; `details` hold ids and numbers only."""

    verb: str
    thing: str
    from_state: str = ""
    to_state: str = ""
    note_hash: str = ""
    details: Mapping[str, Any] | None = None
    second: str = ""


def record_act(session: GatedSession, actor: Actor, act: Act, at: datetime) -> None:
    """Append one act to the chain."""
    record_acts(session, actor, [act], at)


def record_acts(session: GatedSession, actor: Actor, acts: Sequence[Act], at: datetime) -> None:
    """Append several acts at once; the head is locked, so the chain has no fork."""
    session.flush()
    head = session.execute(select(Head.audit_count, Head.audit_hash).with_for_update()).one()
    position, previous = head.audit_count, head.audit_hash
    rows = []
    for act in acts:
        position += 1
        row = _row(position, actor, act, at, previous)
        previous = row["hash"]
        rows.append(row)
    insert_many(session, AuditEntry, rows)
    session.execute(update(Head).values(audit_count=position, audit_hash=previous))


def _row(position: int, actor: Actor, act: Act, at: datetime, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": position,
        "at": at,
        "actor": actor.label,
        "second": act.second,
        "verb": act.verb,
        "thing": act.thing,
        "from_state": act.from_state,
        "to_state": act.to_state,
        "note_hash": act.note_hash,
        "details": json.dumps(act.details, sort_keys=True, separators=(",", ":")) if act.details else "",
        "prev_hash": previous,
    }
    row["hash"] = entry_hash(row)
    return row


HASHED = (
    "id", "at", "actor", "second", "verb", "thing", "from_state", "to_state", "note_hash", "details", "prev_hash",
)  # fmt: skip


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the row's own columns and the hash before it."""
    values = [
        value.isoformat() if isinstance(value, datetime) else value for value in (row[c] for c in HASHED)
    ]
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


def broken_at(session: GatedSession) -> Iterable[str]:
    """Every place where the chain does not hold, in words for `memorial check`."""
    previous, count = "", 0
    for entry in session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    ):
        row = {column: getattr(entry, column) for column in HASHED}
        count += 1
        if entry.id != count:
            yield f"audit {count}: missing"
            count = entry.id
        if entry.prev_hash != previous or entry.hash != entry_hash(row):
            yield f"audit {entry.id}: changed"
        previous = entry.hash
    head = session.scalars(select(Head)).one()
    if (head.audit_count, head.audit_hash) != (count, previous):
        yield f"audit: the chain ends at {count}, its head says {head.audit_count}"
