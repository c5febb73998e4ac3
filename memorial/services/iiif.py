"""What viewers of other houses take of a record beside its view: for a session of the use `reuse`.

timed(session, ["7b…"])                       # which transcripts can be captions
listed(session, "testimony", after=0)         # records with something to look at or to hear
kept(session, ["7b…"])                        # the copies of photographs and scans, the smallest first
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Cue, Derivative, Media, Record, Transcript
from memorial.services import lists

PER_PAGE = 100
PICTURES = ("photograph", "portrait", "scan")
JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Listed:
    entries: Sequence[Entry]
    after: int = 0  # where the next ones begin; 0 where that is all


def timed(session: GatedSession, public_ids: Collection[str]) -> frozenset[str]:
    """Those of these transcripts whose lines have times."""
    if not public_ids:
        return frozenset()
    has_times = select(Cue.id).where(Cue.transcript_id == Transcript.id, Cue.ends > 0).exists()
    return frozenset(
        session.scalars(select(Transcript.public_id).where(Transcript.public_id.in_(public_ids), has_times))
    )


def listed(session: GatedSession, kind: str, *, after: int = 0) -> Listed:
    """The next records of a kind that have a manifest, in the order of their numbers."""
    # From the files to their records: of most kinds nearly no record has any, and each would be looked at in vain.
    # As a value and not as EXISTS, which PostgreSQL may turn round again.
    own = (
        select(Record.kind)
        .where(Record.id == Media.record_id)
        # What others sent for a page stands beside it.
        .where(or_(Media.contribution_id.is_(None), Media.contribution_id == Record.contribution_id))
        .scalar_subquery()
    )
    copies = select(Derivative.id).where(Derivative.media_id == Media.id, _shown(kind)).exists()
    wanted = (
        select(Media.record_id)
        .where(Media.record_id > after, Media.position >= 0, Media.damaged_at.is_(None), copies, own == kind)
        .distinct()
    )
    found = list(session.scalars(wanted.order_by(Media.record_id).limit(PER_PAGE + 1)))
    entries = lists.entries(session, dict.fromkeys(found[:PER_PAGE], kind), lead=False)
    more = found[PER_PAGE - 1] if len(found) > PER_PAGE else 0
    return Listed([entries[number] for number in found[:PER_PAGE] if number in entries], more)


def _shown(kind: str) -> Any:
    pictures = and_(Media.role.in_(PICTURES), Derivative.mime.like("image/%"))
    heard = and_(
        Media.role.in_(("audio", "video")), Derivative.kind.in_(("audio", "video")), Media.length.is_not(None)
    )
    return or_(pictures, heard) if kind == "testimony" else pictures


def kept(session: GatedSession, public_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Of each of these pictures that is open, in this order, its copies: rows with width, height, mime, storage_key,
    sha256 and public_id, the smallest first. None of a picture of which a copy is no JPEG."""
    if not public_ids:
        return {}
    wanted = (
        select(
            Media.public_id.label("medium"), Derivative.width, Derivative.height, Derivative.mime,
            Derivative.storage_key, Derivative.sha256, Derivative.public_id,
        )
        .join(Media, Media.id == Derivative.media_id)
        .where(Media.public_id.in_(public_ids), Media.role.in_(PICTURES), Media.damaged_at.is_(None))
        .order_by(Derivative.width, Derivative.id)
    )  # fmt: skip
    found: dict[str, list[Any]] = {public_id: [] for public_id in public_ids}
    for row in session.execute(wanted):
        found[row.medium].append(row)
    return {each: rows for each, rows in found.items() if rows and all(row.mime == JPEG for row in rows)}
