"""The ledger and what follows from it: append, fold, project. Everything that shows or hides goes here.

    party = party_of(session, "contributor", contribution_id)
    append(session, record, Said(party, "will", will), by=actor, at=now)   # projects at once

`append` locks the record's row, writes one entry to its chain and recomputes the policies of
its parts in the same transaction, so that the next request already sees it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select, union_all, update

from memorial.db import insert_new
from memorial.domain import consent as rules
from memorial.domain.consent import Grants, Window
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.gate.policies import folded
from memorial.models import (
    Boundary,
    Contribution,
    Guarded,
    Head,
    LedgerEntry,
    Part,
    Party,
    Policy,
    PolicyWindow,
    Record,
    Remembrance,
)
from memorial.services import harvest_marks, search_index, wall_index

PAGE = "page"


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be appended: who is needed, or what a party says."""

    party: Party
    act: rules.Act
    will: Mapping[str, Grants] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    authority: str = "self"
    method: str = "code"
    form_id: int | None = None
    language: str = ""
    interpreter: bool = False
    evidence: str = ""
    basis: str = "consent"
    second: str = ""  # the other person, where staff speak for a party


def archive_party(session: GatedSession) -> Party:
    """The archive itself: a party like any other."""
    party = session.scalars(select(Party).where(Party.kind == rules.ARCHIVE)).first()
    if party is None:
        party = Party(kind=rules.ARCHIVE)
        session.add(party)
        session.flush()
    return party


def party_of(session: GatedSession, kind: str, contribution_id: int) -> Party:
    """The party of this kind in a contribution, made when it is first needed."""
    wanted = select(Party).where(Party.kind == kind, Party.contribution_id == contribution_id)
    party = session.scalars(wanted).first()
    if party is None:
        party = Party(kind=kind, contribution_id=contribution_id)
        session.add(party)
        session.flush()
    return party


def add_part(
    session: GatedSession,
    record: Record,
    key: str,
    kind: str,
    *,
    root: Part | None = None,
    contribution_id: int | None = None,
) -> Part:
    """A new part of a record. An older blanket yes does not reach it, but a copy has its original's at once."""
    added = session.scalar(
        select(func.count()).select_from(LedgerEntry).where(LedgerEntry.record_id == record.id)
    )
    part = Part(
        record_id=record.id,
        key=key,
        kind=kind,
        root_id=root.id if root else None,
        added=added or 0,
        contribution_id=contribution_id,
    )
    session.add(part)
    session.flush()
    if added:
        part.policy_id = projection(session, folded(session, record.id)[part.id])["policy_id"]
    return part


def append(
    session: GatedSession, record: Record, said: Sequence[Said] | Said, *, by: Actor, at: datetime
) -> None:
    """Write entries to the record's chain and recompute what may be shown of it."""
    entries = [said] if isinstance(said, Said) else list(said)
    session.flush()
    lock(session, [record.id])
    before = folded(session, record.id) if any(_by_staff_alone(each, by) for each in entries) else {}
    position, previous = _chain_end(session, record.id)
    rows = []
    for one in entries:
        position += 1
        row = ledger_row(record.id, position, one, by.label, at, previous)
        previous = row["hash"]
        rows.append(row)
    session.execute(insert(LedgerEntry), rows)
    session.execute(update(Head).values(ledger_count=Head.ledger_count + len(rows)))
    if before and not _only_narrower(folded(session, record.id), before):
        raise NotPermitted("only_narrow")
    project(session, record.id)


def _by_staff_alone(said: Said, by: Actor) -> bool:
    """Staff speak for a party, or let one go, without evidence and a second person: that may only narrow."""
    if not by.account_id or (said.party.kind == rules.ARCHIVE and said.act == "will"):
        return False
    return not (said.evidence and said.second and said.second != by.label)


def _only_narrower(after: Mapping[int, rules.Policy], before: Mapping[int, rules.Policy]) -> bool:
    return all(
        rules.is_narrower(policy, before.get(part_id, rules.NOTHING)) for part_id, policy in after.items()
    )


def lock(session: GatedSession, record_ids: Iterable[int]) -> None:
    """Lock records in id order. Without it two writers on PostgreSQL end with a wrong projection."""
    wanted = select(Record.id).where(Record.id.in_(sorted(record_ids))).order_by(Record.id).with_for_update()
    session.execute(wanted)


def _chain_end(session: GatedSession, record_id: int) -> tuple[int, str]:
    last = session.execute(
        select(LedgerEntry.position, LedgerEntry.hash)
        .where(LedgerEntry.record_id == record_id)
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    ).first()
    return (last.position, last.hash) if last else (0, "")


def ledger_row(
    record_id: int, position: int, said: Said, recorded_by: str, at: datetime, previous: str
) -> dict[str, Any]:
    """One line of the ledger as it is stored, its hash included."""
    will = rules.will_to_json(said.will) if said.act == "will" else json.dumps(sorted(said.parts))
    row: dict[str, Any] = {
        "record_id": record_id,
        "position": position,
        "party_id": said.party.id,
        "act": said.act,
        "will": will,
        "authority": said.authority,
        "method": said.method,
        "form_id": said.form_id,
        "language": said.language,
        "interpreter": said.interpreter,
        "evidence": said.evidence,
        "basis": said.basis,
        "recorded_by": recorded_by,
        "recorded_at": at,
        "prev_hash": previous,
    }
    row["hash"] = entry_hash(row)
    return row


HASHED = (
    "record_id", "position", "party_id", "act", "will", "authority", "method", "form_id", "language",
    "interpreter", "evidence", "basis", "recorded_by", "recorded_at", "prev_hash",
)  # fmt: skip


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the row's own columns and the hash before it."""
    values = [
        value.isoformat() if isinstance(value, datetime) else value for value in (row[c] for c in HASHED)
    ]
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


# -- fold and projection --------------------------------------------------------------------


def project(session: GatedSession, record_id: int) -> None:
    """Recompute the policies of a record's parts and write them beside every row they guard."""
    before = session.execute(
        select(Part.id, Part.policy_id, Part.key).where(Part.record_id == record_id)
    ).all()
    stood = {row[0]: row[1] for row in before}
    pages = {row[0] for row in before if row[2] == PAGE}
    moved: dict[int | None, tuple[list[int], dict[str, Any]]] = {}
    for part_id, policy in folded(session, record_id).items():
        values = projection(session, policy)
        if stood[part_id] != values["policy_id"]:
            moved.setdefault(values["policy_id"], ([], values))[0].append(part_id)
    holding = _holding(session, record_id) if moved else []
    for part_ids, values in moved.values():
        session.execute(update(Part).where(Part.id.in_(part_ids)).values(policy_id=values["policy_id"]))
        _write_projection(session, part_ids, values, holding)
        for part_id in pages & set(part_ids):
            harvest_marks.page_moved(session, record_id, stood[part_id], values["policy_id"])
    if Remembrance in holding:
        wall_index.index_unnamed(session, [record_id])
    move_epoch(session)


def _write_projection(
    session: GatedSession, part_ids: Sequence[int], values: Mapping[str, Any], holding: Sequence[Any]
) -> None:
    """The only place that changes the guard of rows."""
    before = search_index.before_projection(session, part_ids)
    given = {"moved_parts": list(part_ids), **{f"moved_{name}": value for name, value in values.items()}}
    for table in holding:
        session.execute(
            _moving(table), given, execution_options={"projection": True, "synchronize_session": False}
        )
    _read_again(session, set(part_ids), list(values))
    search_index.after_projection(session, before, values["public_from"] is not None)


def _holding(session: GatedSession, record_id: int) -> list[Any]:
    """The classes with rows of this record's parts: most records use five tables of nearly thirty.

    Asked of every row, also of those that the writer may not read: a guard left as it was would be a leak.
    """
    session.flush()  # plain SQL flushes nothing by itself
    found = session.execute(
        _in_which(), {"in_record": record_id}, execution_options={"past_the_gate": "the projection"}
    )
    return [guarded_tables()[number] for (number,) in found]


@cache
def _in_which() -> Any:
    """The numbers of the guarded tables that hold rows of a record's parts; built once."""
    parts = select(Part.id).where(Part.record_id == bindparam("in_record"))
    tables = [table.__table__ for table in guarded_tables()]
    return union_all(
        *(
            select(literal(number)).where(select(table.c.part_id).where(table.c.part_id.in_(parts)).exists())
            for number, table in enumerate(tables)
        )
    )


@cache
def _moving(table: Any) -> Any:
    """The change of one table's guards; built once."""
    return (
        update(table)
        .where(table.part_id.in_(bindparam("moved_parts", expanding=True)))
        .values({name: bindparam(f"moved_{name}") for name in ("policy_id", "public_from", "public_until")})
    )


def _read_again(session: GatedSession, part_ids: set[int], names: Sequence[str]) -> None:
    """Rows that the session holds already say anew what guards them, at the next look."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Guarded) and row.__dict__.get("part_id") in part_ids:
            session.expire(row, names)


def guard_of(session: GatedSession, part: Part) -> dict[str, Any]:
    """The columns that a new row of this part carries, as things stand."""
    guard: dict[str, Any] = {"part_id": part.id, "contribution_id": part.contribution_id}
    if part.contribution_id is not None:
        guard["sealed"] = _is_sealed(session, part.contribution_id)
    if part.policy_id is None:
        return {**guard, "policy_id": None, "public_from": None, "public_until": None}
    window = session.get(PolicyWindow, (part.policy_id, "public", "view"))
    return {
        **guard,
        "policy_id": part.policy_id,
        "public_from": window.opens if window else None,
        "public_until": window.closes if window else None,
    }


def _is_sealed(session: GatedSession, contribution_id: int) -> bool:
    wanted = select(Contribution.sealed_at).where(Contribution.id == contribution_id)
    return session.scalar(wanted) is not None


@cache
def guarded_tables() -> list[Any]:
    """Every mapped class that carries a guard."""
    found: list[Any] = []
    waiting: list[type] = [Guarded]
    while waiting:
        child: type
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if hasattr(child, "__tablename__") and hasattr(child, "__mapper__"):
                found.append(child)
    return sorted(found, key=lambda table: str(table.__tablename__))


def projection(session: GatedSession, policy: rules.Policy) -> dict[str, Any]:
    """The guard's columns for a policy, which is interned."""
    view: Window | None = policy.window("public", "view")
    return {
        "policy_id": intern(session, policy) if policy.windows else None,
        "public_from": view.opens if view else None,
        "public_until": view.closes if view else None,
    }


def intern(session: GatedSession, policy: rules.Policy) -> int:
    """The id of this policy's one row; new policies bring their boundaries along."""
    digest = policy.hash()
    known: dict[str, int] = session.info.setdefault("policies", {})
    if digest not in known:
        found = session.scalar(select(Policy.id).where(Policy.hash == digest))
        known[digest] = found if found is not None else _new_policy(session, policy, digest)
    return known[digest]


def _new_policy(session: GatedSession, policy: rules.Policy, digest: str) -> int:
    insert_new(session, Policy, [{"hash": digest}])
    policy_id = session.scalars(select(Policy.id).where(Policy.hash == digest)).one()
    windows = [
        {"policy_id": policy_id, "audience": a, "use": u, "opens": w.opens, "closes": w.closes}
        for (a, u), w in policy.windows.items()
    ]
    insert_new(session, PolicyWindow, windows)
    moments = {m for w in policy.windows.values() for m in (w.opens, w.closes)} - {rules.BEGIN, rules.FOREVER}
    _note_boundaries(session, moments)
    return policy_id


def _note_boundaries(session: GatedSession, moments: set[datetime]) -> None:
    # SQLite's append-only trigger refuses a key that exists even where the insert would do nothing.
    known = set(session.scalars(select(Boundary.at).where(Boundary.at.in_(moments))))
    insert_new(session, Boundary, [{"at": moment} for moment in sorted(moments - known)])


def move_epoch(session: GatedSession) -> None:
    """What is public may have changed: every cached page is old from this commit on."""
    session.execute(update(Head).values(epoch=Head.epoch + 1))


def broken_at(session: GatedSession) -> Iterable[str]:
    """Every place where a ledger chain or a projection does not hold, in words for `memorial check`."""
    previous, position, record_id, count = "", 0, 0, 0
    rows = select(LedgerEntry).order_by(LedgerEntry.record_id, LedgerEntry.position)
    for entry in session.scalars(rows.execution_options(yield_per=1000)):
        if entry.record_id != record_id:
            record_id, position, previous = entry.record_id, 0, ""
        row = {column: getattr(entry, column) for column in HASHED}
        position, count = position + 1, count + 1
        if entry.position != position or entry.prev_hash != previous or entry.hash != entry_hash(row):
            yield f"ledger: record {record_id}, entry {entry.position}: changed or missing before it"
            position = entry.position
        previous = entry.hash
    stated = session.scalar(select(Head.ledger_count))
    if stated != count:
        yield f"ledger: {count} entries are there, the head says {stated}"
