"""What the desk sees of a recording: how far its copies are, what it consists of, and the copies to be heard and seen.

for each in of_item(session, item): each.progress, each.notes, each.sounds
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorial.models import Derivative, Media
from memorial.services.photographs import CONVERT
from memorial.services.recordings import ROLES


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy by the custody route."""

    address: str
    mime: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Recording:
    """`length` and `still_at` are milliseconds. `notes` and `without` name sentences of desk/_recording_words.html."""

    public_id: str
    file_name: str
    role: str
    length: int | None
    waits: bool
    progress: int
    failed: str
    notes: Sequence[str]
    without: Mapping[str, str]
    still_at: int | None
    graphic: bool
    sounds: Sequence[Copy] = ()
    films: Sequence[Copy] = ()
    still: Copy | None = None


def of(media: Sequence[Media]) -> list[Recording]:
    return [seen(medium) for medium in media if medium.role in ROLES]


def seen(medium: Media) -> Recording:
    copies: dict[str, list[Copy]] = {"audio": [], "video": [], "poster": []}
    for row in medium.derivatives:
        if row.kind in copies:
            copies[row.kind].append(_copy(row))
    return Recording(
        medium.public_id, medium.file_name, medium.role, medium.length, medium.due == CONVERT and not medium.failed,
        medium.progress, medium.failed, medium.probed.get("notes", ()), medium.probed.get("without", {}),
        medium.poster_at, medium.graphic, copies["audio"], copies["video"], next(iter(copies["poster"]), None),
    )  # fmt: skip


def _copy(row: Derivative) -> Copy:
    return Copy(f"/media-proof/{row.public_id}", row.mime, row.bytes, row.width, row.height)
