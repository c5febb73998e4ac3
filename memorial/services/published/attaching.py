"""Scans and photographs that an editor gives to an object of the published record (docs/decisions/0014).

    kept = receive(storage, keys, stream, "page-3.pdf", "scan")          # looked at, encrypted, on disk; before any lock
    item = attach(session, actor, there, kept, told, why, keys=keys, now=now)        # proposed; returns the item
    item = tell(session, actor, there, entry, mark, why, keys=keys, now=now)          # other words
    item = take_away(session, actor, there, public_id, why, keys=keys, now=now)

Every file is a part of its own, to which the archive says yes when the change that names it is published, for
looking at and keeping alone: whose rights it is shown by need not have allowed more. Until then, and when it was
taken away again, it is set aside (its position is below nought): kept and encrypted, and shown to the desk alone.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from memorial.derivatives import HEAD, PAPER, Limits, Refused, inspect, inspect_paper, kind_of
from memorial.domain.content import canonical
from memorial.domain.errors import Invalid, NotOpen, Stale, TooMany
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Item, Media, Record
from memorial.services import consent, custody, photographs
from memorial.services.archive_word import ATTACHED, SET_ASIDE
from memorial.services.photographs import COPIES, Received
from memorial.services.published import proposing
from memorial.services.published.attached import FIELD, KINDS, MOST, Entry, entries, with_entry, without
from memorial.services.published.objects import There
from memorial.services.published.proposing import Change
from memorial.services.published.standing_files import describe
from memorial.storage import Storage

LARGEST = Limits().file_bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What an editor says of a file."""

    alt: str
    rights: str
    basis: str
    credit: str = ""
    date: str = ""
    content_note: str = ""
    graphic: bool = False


def receive(storage: Storage, keys: ArchiveKey, upload: BinaryIO, name: str, role: str) -> Received:
    """Keep a file once it was looked at, as whoever attaches it can choose another. Raises Refused and NoRoom."""
    name = photographs.bare_name(name)
    content = upload.read(LARGEST + 1)
    if not content:
        raise Refused("empty", name=name)
    if len(content) > LARGEST:
        raise Refused("too_large_bytes", name=name, bytes=len(content), limit=LARGEST)
    kind = kind_of(content[:HEAD])
    if kind.mime == PAPER and role == "scan":
        inspect_paper(content, name)
    else:
        inspect(content, name)  # whatever is no picture is refused with its reason
        kind = replace(kind, role=role)  # type: ignore[arg-type]
    received = photographs.receive(storage, keys, io.BytesIO(content), name, LARGEST)
    return replace(received, kind=kind, due=COPIES)


def attach(
    session: GatedSession, actor: Actor, there: There, kept: Received, told: Told, why: str, *,
    keys: ArchiveKey, now: datetime,
) -> tuple[Item, int]:  # fmt: skip
    """The object with one file more, as a proposal. Returns its item, and whose copies are due."""
    if there.kind.name not in KINDS or not there.thing.startswith("record:"):
        raise NotOpen("object")
    head = proposing.head(there, proposing.open_for(session, there))
    _room(head, kept)
    entry = Entry(
        new_public_id(), kept.stored.sha256_plain, kept.kind.mime, kept.stored.bytes_plain, **asdict(told)
    )
    item = _propose(session, actor, there, with_entry(head, entry), why, keys, now)
    record = session.get_one(Record, there.record_id)
    medium = _row(session, record, kept, entry, now)
    thing = f"media:{entry.id}"
    custody.log(session, actor, "received", thing, None, now=now, digest=entry.sha256)
    return item, medium.id


def _room(head: Mapping[str, Any], kept: Received) -> None:
    there = entries(head)
    if len(there) >= MOST:
        raise TooMany("too_many_files", field="files", limit=MOST)
    if any(each.sha256 == kept.stored.sha256_plain for each in there):
        raise Invalid("file_there", field="files")


def _row(session: GatedSession, record: Record, kept: Received, entry: Entry, now: datetime) -> Media:
    part = consent.add_part(session, record, f"{ATTACHED}{entry.id}", kept.kind.role)
    medium = Media(
        public_id=entry.id,
        record_id=record.id,
        role=kept.kind.role,
        position=SET_ASIDE,
        sha256=entry.sha256,
        bytes=entry.bytes,
        mime=entry.mime,
        storage_key=kept.stored.storage_key,
        file_name=kept.file_name,
        received_at=now,
        due=kept.due,
        **consent.guard_of(session, part),
    )
    describe(medium, entry)
    session.add(medium)
    session.flush()
    return medium


def mark(entry: Entry) -> str:
    """What tells one state of a file's words from another."""
    return hashlib.sha256(canonical(asdict(entry))).hexdigest()[:32]


def entry_of(head: Mapping[str, Any], public_id: str) -> Entry:
    """Raises NotOpen where the object does not name such a file."""
    found = next((each for each in entries(head) if each.id == public_id), None)
    if found is None:
        raise NotOpen("file")
    return found


def tell(
    session: GatedSession, actor: Actor, there: There, public_id: str, told: Told, seen: str, why: str, *,
    keys: ArchiveKey, now: datetime,
) -> Item:  # fmt: skip
    """Other words for a file, as a proposal. Raises Stale where somebody else changed them since `seen`."""
    head = proposing.head(there, proposing.open_for(session, there))
    entry = entry_of(head, public_id)
    if mark(entry) != seen:
        raise Stale("object_changed")
    return _propose(session, actor, there, with_entry(head, replace(entry, **asdict(told))), why, keys, now)


def take_away(
    session: GatedSession, actor: Actor, there: There, public_id: str, why: str, *,
    keys: ArchiveKey, now: datetime,
) -> Item:  # fmt: skip
    """The object without a file, as a proposal. The file itself stays where it is kept."""
    head = proposing.head(there, proposing.open_for(session, there))
    entry_of(head, public_id)
    return _propose(session, actor, there, without(head, public_id), why, keys, now)


def _propose(
    session: GatedSession, actor: Actor, there: There, value: Mapping[str, Any], why: str,
    keys: ArchiveKey, now: datetime,
) -> Item:  # fmt: skip
    proposal = proposing.open_for(session, there)
    base, seen = proposing.head(there, proposal), proposing.seen(there, proposal)
    item = proposing.save(
        session, actor, Change(there.kind.name, there.id, base, seen, value, why), keys=keys, now=now
    )
    graphic = any(each.graphic for each in entries(value))
    item.flags = [*(flag for flag in item.flags if flag not in ("media", "graphic")), *_flags(value, graphic)]
    session.flush()
    return item


def _flags(value: Mapping[str, Any], graphic: bool) -> list[str]:
    return ["media", *(["graphic"] if graphic else [])] if value.get(FIELD) else []
