"""Whether a file is one that this archive received, told by the hash of the file alone.

    received(session, "9f86d0…")     # Received, or None: not known, or not shown to this reader
    digest_of("9F86 D081 …")         # the hash as it is kept, or "" where the text is none

The hash is of the original as it came, which is never altered and never served. It is answered only through the
gate: what is hidden gives the same answer as what never was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Media, Record
from memorial.services.lists import entries

_HASH = re.compile(r"[0-9a-f]{64}")
_NOISE = re.compile(r"(?i)sha-?256|[\s:=()\u200b\ufeff]")
UNSHOWN = "file"  # of a kind that nobody knows: kept, and never shown


@dataclass(frozen=True, slots=True)
class Received:
    """What may be said of an original: when it came, in UTC, and the page that it belongs to."""

    sha256: str
    bytes: int
    received_at: datetime
    role: str
    entry: Entry


def digest_of(text: str) -> str:
    """However it was copied: with spaces, capitals, its name before it."""
    bare = _NOISE.sub("", text).lower()
    return bare if _HASH.fullmatch(bare) else ""


def received(session: GatedSession, sha256: str) -> Received | None:
    """The earliest, where several families sent the same file."""
    wanted = (
        select(Media, Record.id, Record.kind)
        .join(Record, Record.id == Media.record_id)
        .where(Media.sha256 == sha256, Media.position >= 0, Media.role != UNSHOWN)
        .order_by(Media.received_at, Media.id)
    )
    for medium, record_id, kind in session.execute(wanted):
        entry = entries(session, {record_id: kind}).get(record_id)
        if entry is not None:
            return Received(sha256, medium.bytes, medium.received_at, medium.role, entry)
    return None
