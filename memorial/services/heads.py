"""The heads of the chains, kept where nobody inside the database can rewrite them.

    line = heads_line(session, second_place.lines(folder), now=now)   # once a day; the caller appends it
    for fault in other_heads(session, lines): print(fault)            # `memorial check`

A chain sees neither that its end was cut nor that its last entry was written anew with a hash
that fits. So a line holds the audit's head and, for the ledgers of all records, one hash over
every entry that came since the line before: each entry is under exactly one line. Leaving the
heads costs what the day brought, checking them reads the ledger once, appending pays nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from memorial.db import settled
from memorial.gate import GatedSession
from memorial.models import AuditEntry, Head, LedgerEntry

Line = Mapping[str, Any]


def heads_line(session: GatedSession, known: Iterable[Line], *, now: datetime) -> dict[str, Any]:
    """What leaves the machine: the audit's head, and the ledger's entries since the line before.

    Without a word on the ledger where a writer does not come to an end; the next line has it then.
    """
    head = session.execute(select(Head.audit_count, Head.audit_hash)).one()
    line = {"kind": "heads", "audit": [head.audit_count, head.audit_hash], "at": now.isoformat()}
    last = settled(session, LedgerEntry)
    if last is not None:
        after = covered(known)
        line["ledger"] = [after, last, ledger_hash(session, after, last)]
    return line


def restored_line(session: GatedSession, now: datetime) -> dict[str, Any]:
    """After a restore: how far both chains reach now. What went beyond is lost and not a fault."""
    audit = session.scalar(select(func.max(AuditEntry.id))) or 0
    ledger = session.scalar(select(func.max(LedgerEntry.id))) or 0
    return {"kind": "restored", "audit": audit, "ledger": ledger, "at": now.isoformat()}


def covered(lines: Iterable[Line]) -> int:
    """Up to which entry of the ledger the lines reach."""
    reached = 0
    for line in lines:
        if line.get("kind") == "heads" and "ledger" in line:
            reached = line["ledger"][1]
        elif line.get("kind") == "restored":
            reached = min(reached, line["ledger"])
    return reached


def ledger_hash(session: GatedSession, after: int, last: int) -> str:
    """One SHA-256 over the entries of all records between two numbers, in the order they were written."""
    wanted = (
        select(LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.position, LedgerEntry.hash)
        .where(LedgerEntry.id > after, LedgerEntry.id <= last)
        .order_by(LedgerEntry.id)
    )
    digest = hashlib.sha256()
    for entry in session.execute(wanted.execution_options(yield_per=2000)):
        digest.update(f"{entry.id}:{entry.record_id}:{entry.position}:{entry.hash}\n".encode())
    return digest.hexdigest()


def other_heads(session: GatedSession, elsewhere: Iterable[Line]) -> Iterator[str]:
    """Where audit or ledger is not what it was when its head left the machine."""
    for line in _standing(elsewhere):
        position, kept = line["audit"]
        found = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == position))
        if position and found != kept:
            yield f"audit {position}: not what the second place says it was at {line['at']}"
        if "ledger" in line:
            after, last, digest = line["ledger"]
            if ledger_hash(session, after, last) != digest:
                span = f"entries {after + 1} to {last}"
                yield f"ledger: {span} are not what the second place says they were at {line['at']}"


def _standing(lines: Iterable[Line]) -> list[Line]:
    """The heads that still speak of what is here: a restore lets go of those that reach beyond it."""
    heads: list[Line] = []
    for line in lines:
        if line.get("kind") == "heads":
            heads.append(line)
        elif line.get("kind") == "restored":
            heads = [each for each in heads if _reach(each)[0] <= line["audit"]]
            heads = [each for each in heads if _reach(each)[1] <= line["ledger"]]
    return heads


def _reach(line: Line) -> tuple[int, int]:
    return line["audit"][0], line["ledger"][1] if "ledger" in line else 0
