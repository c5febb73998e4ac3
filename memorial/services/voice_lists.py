"""What a list says of the recordings behind its lines.

heard(session, ["7b…", "9c…"])      # {public id: Heard("az", "audio", 3_120_000)}, one statement
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select

from memorial.gate import GatedSession
from memorial.gate.voices import RECORDINGS
from memorial.models import Media, Record

WANTED = (
    select(Record.public_id, Record.language, Media.role, Media.length)
    .outerjoin(Media, and_(Media.record_id == Record.id, Media.role.in_(RECORDINGS), Media.position >= 0))
    .where(Record.public_id.in_(bindparam("ids", expanding=True)))
    .order_by(Record.id, Media.position, Media.id)
)


@dataclass(frozen=True, slots=True)
class Heard:
    """The language of a testimony, and whether it is heard, seen or read (""), for how many milliseconds."""

    language: str
    role: str = ""
    length: int = 0


def heard(session: GatedSession, public_ids: Sequence[str]) -> dict[str, Heard]:
    found: dict[str, Heard] = {}
    for row in session.execute(WANTED, {"ids": list(public_ids)}) if public_ids else ():
        before = found.get(row.public_id, Heard(row.language))
        role = "video" if "video" in (row.role, before.role) else row.role or before.role
        found[row.public_id] = replace(before, role=role, length=before.length + (row.length or 0))
    return found
