"""Is the archive whole? Chains, projections, search and files, each fault named in words.

for fault in check(session, storage): print(fault)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.gate.policies import folded_many
from memorial.models import Enclosure, Evidence, FileCheck, Media, Part, Policy, Record, UploadPiece
from memorial.services import audit, consent, file_report, fixity, heads, mending
from memorial.services.mending import Looked
from memorial.storage import Storage

AT_ONCE = 500


def check(
    session: GatedSession,
    storage: Storage,
    second: Storage | None = None,
    *,
    now: datetime,
    elsewhere: Iterable[Mapping[str, Any]] = (),
    put_aside: bool = False,
    wrong: list[Looked] | None = None,
    moved: list[str] | None = None,
) -> Iterator[str]:
    """Every fault that is found. A keeper's session; reads everything, so it takes its time.

    `elsewhere` are the lines of the second place: the heads kept there show a chain that was
    rebuilt whole, which the chain itself cannot. A file that is whole in the other of its two places is
    mended from there. `wrong` gets every file in which something was wrong, and `moved` what was put aside,
    to be written down.
    """
    yield from chains(session, elsewhere)
    yield from wrong_projections(session)
    yield from damaged_files(session, storage, second, wrong)
    yield from late(session, now)
    yield from files_without_a_row(session, storage, put_aside=put_aside, moved=moved)
    if second is not None:
        for key in _unknown(session, second):
            yield f"file without a row in the second storage: {key}"


def chains(session: GatedSession, elsewhere: Iterable[Mapping[str, Any]] = ()) -> Iterator[str]:
    """Where the ledgers or the log of decisions are not as they were written."""
    yield from consent.broken_at(session)
    yield from audit.broken_at(session)
    yield from heads.other_heads(session, elsewhere)


def wrong_projections(session: GatedSession) -> Iterator[str]:
    """Parts, and guarded rows, whose stored policy is not what the ledger folds to."""
    hashes = {row[0]: row[1] for row in session.execute(select(Policy.id, Policy.hash))}
    records = session.scalars(select(Record.id).order_by(Record.id)).all()
    for number in range(0, len(records), AT_ONCE):
        some = records[number : number + AT_ONCE]
        columns = select(Part.id, Part.policy_id).where(Part.record_id.in_(some))
        stored = {row.id: row.policy_id for row in session.execute(columns)}
        for record_id, policies in folded_many(session, some):
            for part_id, policy in policies.items():
                wanted = policy.hash() if policy.windows else None
                if hashes.get(stored[part_id] or 0) != wanted:
                    yield f"record {record_id}: part {part_id} is not what its ledger says"
    for table in consent.guarded_tables():
        other = select(Part.record_id).join(table, table.part_id == Part.id).distinct()
        for record_id in session.scalars(other.where(table.policy_id.is_distinct_from(Part.policy_id))):
            yield f"record {record_id}: a row of {table.__tablename__} is not guarded as its part is"


def damaged_files(
    session: GatedSession,
    storage: Storage,
    second: Storage | None = None,
    wrong: list[Looked] | None = None,
) -> Iterator[str]:
    """Files that are gone or are not what was written. What was never copied yet is no fault: the rounds come to it."""
    copied = set(session.scalars(select(FileCheck.storage_key).where(FileCheck.fault != fixity.UNCOPIED)))
    for stored in fixity.every(session, second is not None):
        if stored.place and stored.address not in copied:
            continue
        looked = mending.look(storage, second, stored)
        if not looked.fault:
            continue
        if wrong is not None:
            wrong.append(looked)
        where = " in the second storage" if stored.place else ""
        yield f"{stored.table} {stored.public_id}{where}: {looked.fault}{_what_came(looked)}"


def _what_came(looked: Looked) -> str:
    if not looked.mended:
        return ""
    return ", is made anew" if looked.stored.table == fixity.COPY else ", mended from the other place"


def late(session: GatedSession, now: datetime) -> Iterator[str]:
    """Files that nobody looked at in time: the worker does not run, or does not get through."""
    for place, found in file_report.standing(session, now).items():
        if found["overdue"]:
            days = fixity.OVERDUE.days
            yield f"{found['overdue']} of {found['known']} {place}: not looked at for {days} days"


def files_without_a_row(
    session: GatedSession, storage: Storage, *, put_aside: bool, moved: list[str] | None = None
) -> Iterator[str]:
    """Originals that no row knows. They are never deleted, and moved only when that was asked for:
    a file whose upload is under way has no row yet. What a crash left half written is among them."""
    for storage_key in _unknown(session, storage):
        where = f", now at {storage.set_aside(storage_key)}" if put_aside else ""
        if put_aside and moved is not None:
            moved.append(storage_key)
        yield f"file without a row: {storage_key}{where}"
    if put_aside:
        yield from (
            f"unfinished file, now in {path.parent.name}: {path.name}" for path in storage.leftovers()
        )
    else:
        yield from (f"unfinished file: {name}" for name in storage.unfinished())


def _unknown(session: GatedSession, storage: Storage) -> list[str]:
    tables = (Media, UploadPiece, Evidence, Enclosure)
    known = {key for table in tables for key in session.scalars(select(table.storage_key))}
    return sorted(set(storage.listing("originals")) - known)
