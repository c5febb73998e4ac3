"""Is the archive whole? Chains, projections, search and files, each fault named in words.

for fault in check(session, storage): print(fault)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.gate.policies import folded
from memorial.models import Enclosure, Evidence, Media, Part, Policy, Record, UploadPiece
from memorial.services import audit, consent, fixity, heads
from memorial.services.fixity import Stored
from memorial.storage import Storage


def check(
    session: GatedSession,
    storage: Storage,
    *,
    elsewhere: Iterable[Mapping[str, Any]] = (),
    put_aside: bool = False,
    wrong: list[tuple[Stored, str]] | None = None,
) -> Iterator[str]:
    """Every fault that is found. A keeper's session; reads everything, so it takes its time.

    `elsewhere` are the lines of the second place: the heads kept there show a chain that was
    rebuilt whole, which the chain itself cannot. `wrong` gets the files in which something is wrong.
    """
    yield from chains(session, elsewhere)
    yield from wrong_projections(session)
    yield from damaged_files(session, storage, wrong)
    yield from files_without_a_row(session, storage, put_aside=put_aside)


def chains(session: GatedSession, elsewhere: Iterable[Mapping[str, Any]] = ()) -> Iterator[str]:
    """Where the ledgers or the log of decisions are not as they were written."""
    yield from consent.broken_at(session)
    yield from audit.broken_at(session)
    yield from heads.other_heads(session, elsewhere)


def wrong_projections(session: GatedSession) -> Iterator[str]:
    """Parts, and guarded rows, whose stored policy is not what the ledger folds to."""
    hashes = {row[0]: row[1] for row in session.execute(select(Policy.id, Policy.hash))}
    tables = consent.guarded_tables()
    for record_id in session.scalars(select(Record.id).order_by(Record.id)).all():
        for part_id, policy in folded(session, record_id).items():
            stored = session.scalar(select(Part.policy_id).where(Part.id == part_id))
            wanted = policy.hash() if policy.windows else None
            if hashes.get(stored or 0) != wanted:
                yield f"record {record_id}: part {part_id} is not what its ledger says"
            for table in tables:
                other = select(table.part_id).where(
                    table.part_id == part_id, table.policy_id.is_distinct_from(stored)
                )
                if session.scalar(other.limit(1)) is not None:
                    yield f"record {record_id}: a row of {table.__tablename__} is not guarded as its part is"


def damaged_files(
    session: GatedSession, storage: Storage, wrong: list[tuple[Stored, str]] | None = None
) -> Iterator[str]:
    """Originals that are gone or are not what was written; `wrong` collects them for the desk."""
    for stored in fixity.every(session):
        if fault := fixity.verify(storage, stored):
            if wrong is not None:
                wrong.append((stored, fault))
            yield f"{stored.table} {stored.public_id}: {fault}"


def files_without_a_row(session: GatedSession, storage: Storage, *, put_aside: bool) -> Iterator[str]:
    """Originals that no row knows. They are never deleted, and moved only when that was asked for:
    a file whose upload is under way has no row yet. What a crash left half written is among them."""
    tables = (Media, UploadPiece, Evidence, Enclosure)
    known = {key for table in tables for key in session.scalars(select(table.storage_key))}
    for storage_key in sorted(set(storage.listing("originals")) - known):
        moved = f", now at {storage.set_aside(storage_key)}" if put_aside else ""
        yield f"file without a row: {storage_key}{moved}"
    if put_aside:
        yield from (
            f"unfinished file, now in {path.parent.name}: {path.name}" for path in storage.leftovers()
        )
    else:
        yield from (f"unfinished file: {name}" for name in storage.unfinished())
