"""After a mask: every page, index and cache forgets the words; the copies are made anew by services/recordings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from memorial.domain.content import canonical
from memorial.domain.transcript import masks_in
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Cue, Record, Revision, Text, Transcript
from memorial.services import consent, custody, describe, search_index
from memorial.services.masks.kept import Standing


def settle(session: GatedSession, record: Record, changed: Sequence[str]) -> None:
    """What follows from other words in these places: the order of lists, the index, the pages that are kept."""
    if any(place.startswith("text:") for place in changed):
        title = select(Text.body).where(
            Text.record_id == record.id, Text.role == "title", Text.part_id == record.part_id
        )
        found = session.scalars(title.order_by(Text.position)).first()
        record.sort_key = describe.key_of(record.kind, found or "", record.language)
    for row in session.scalars(select(Transcript).where(Transcript.record_id == record.id)):
        bodies = session.scalars(
            select(Cue.body).where(Cue.transcript_id == row.id, Cue.body.contains("<mask "))
        )
        row.masked = any(masks_in(body) for body in bodies)
    session.flush()
    search_index.index_records(session, [record.id])
    search_index.let_nothing_stay(session)
    session.info.setdefault("files_to_delete", [])  # the log of the database is emptied after the commit
    consent.move_epoch(session)


def hash_again(
    session: GatedSession, keys: ArchiveKey, one: Standing, others: Sequence[Standing], changed: Sequence[str]
) -> None:
    """A hash says what the content is; of the content before it would tell whoever guesses that they guessed right.

    The mask keeps it. It stands again when nothing of the content is withheld any more.
    """
    numbers = {int(place.split(":")[1]) for place in changed if place.startswith("revision:")}
    for row in session.scalars(select(Revision).where(Revision.id.in_(numbers))).all() if numbers else ():
        number, everyone = str(row.id), [one, *others]
        kept = [each.kept.hashes.pop(number) for each in everyone if number in each.kept.hashes]
        holders = [
            each
            for each in everyone
            if any(slot.place.startswith(f"revision:{number}:") for slot in each.kept.slots)
        ]
        if not holders:
            row.sha256 = kept[0] if kept else _hash(session, keys, row)
            continue
        holders[-1].kept.hashes[number] = kept[0] if kept else row.sha256
        row.sha256 = _hash(session, keys, row)


def _hash(session: GatedSession, keys: ArchiveKey, row: Revision) -> str:
    content = canonical(row.content)
    if row.contribution_id is None:
        return hashlib.sha256(content).hexdigest()
    return custody.hasher(session, keys, row.contribution_id)(content.decode())
