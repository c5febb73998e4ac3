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
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.models import Account, AuditEntry, Head


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
    """Append several acts at once; the head is locked, so the chain has no fork.

    Raises NotPermitted (`account_ended`): in the chain no act of an account comes after its end.
    """
    session.flush()
    head = session.execute(select(Head.audit_count, Head.audit_hash).with_for_update()).one()
    ended = select(Account.disabled_at).where(Account.id == actor.account_id)
    if actor.account_id and session.scalar(ended) is not None:
        raise NotPermitted("account_ended")
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
        count += 1
        if entry.id != count:
            yield f"audit {count}: missing"
            count = entry.id
        if not fits(values_of(entry), previous):
            yield f"audit {entry.id}: changed"
        previous = entry.hash
    head = session.scalars(select(Head)).one()
    if (head.audit_count, head.audit_hash) != (count, previous):
        yield f"audit: the chain ends at {count}, its head says {head.audit_count}"


def unfit(session: GatedSession, entries: Sequence[AuditEntry]) -> list[int]:
    """Which of these lines are not as they were written, or do not follow the line before them.

    For one page: each hash is computed again and held against its neighbour's, whatever was left out between.
    """
    hashes = {entry.id: entry.hash for entry in entries}
    wanted = [entry.id - 1 for entry in entries if entry.id > 1 and entry.id - 1 not in hashes]
    before = select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.id.in_(wanted))
    hashes |= {row[0]: row[1] for row in session.execute(before)} if wanted else {}
    return [entry.id for entry in entries if not fits(values_of(entry), hashes.get(entry.id - 1, ""))]


def values_of(entry: AuditEntry) -> dict[str, Any]:
    """A line as it is hashed, and its hash."""
    return {column: getattr(entry, column) for column in (*HASHED, "hash")}


def fits(row: Mapping[str, Any], previous: str) -> bool:
    """Whether the line says what it was hashed as, and follows the line with this hash."""
    return bool(row["prev_hash"] == previous and row["hash"] == entry_hash(row))
