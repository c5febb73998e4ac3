"""Putting a file together that came in pieces: one original, then the pieces deleted. A job.

    carry_out(storage, keys, house.writing, house.keeper, media_id, now=now)   # again is no harm
    left_to_do(session)                                                       # what a lost queue forgot

The plain file streams from its pieces into one ciphertext and is hashed on the way; no plain byte
touches the disk and memory stays bounded. The row names the new original before the pieces go, and
their rows go after their files: killed anywhere, the next round ends what was begun.

`at` is called with a label at the moments between which a crash must lose nothing; tests replace it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.gate import GatedSession, Reader
from memorial.keys import ArchiveKey, CannotDecrypt, ContributionKey
from memorial.models import Contribution, Media, Upload, UploadPiece
from memorial.services import custody, fixity, photographs
from memorial.services.photographs import ASSEMBLE, due_of
from memorial.storage import Damaged, Missing, Storage, Stored

Writing = Callable[[Reader], AbstractContextManager[GatedSession]]


def at(label: str) -> None:
    """assembled, put-together, pieces-gone. Does nothing."""


@dataclass(frozen=True, slots=True)
class Due:
    """What putting a file together needs, so that no session is open meanwhile."""

    media_id: int
    bytes: int
    pieces: Sequence[str]
    key: ContributionKey


def left_to_do(session: GatedSession) -> Sequence[int]:
    """Media whose file still lies in pieces; of whole ones, those whose pieces are not deleted yet."""
    wanted = (
        select(Media.id)
        .join(Upload, Upload.media_id == Media.id)
        .join(UploadPiece, UploadPiece.upload_id == Upload.id)
        .where(Media.failed == "")
        .distinct()
        .order_by(Media.id)
    )
    return session.scalars(wanted.limit(200)).all()


def carry_out(
    storage: Storage,
    keys: ArchiveKey,
    writing: Writing,
    keeper: Callable[[], Reader],
    media_id: int,
    now: datetime,
) -> None:
    """The job: one original out of the pieces, then the pieces deleted. Killed anywhere, it begins again."""
    with writing(keeper()) as session:
        due = what_is_due(session, keys, media_id)
    if due is not None:
        _assemble(storage, writing, keeper, due, now)
    with writing(keeper()) as session:
        files = superfluous(session, media_id)
    for storage_key in files:
        storage.delete(storage_key)
    at("pieces-gone")
    if files:
        with writing(keeper()) as session:
            forget(session, media_id)


def what_is_due(session: GatedSession, keys: ArchiveKey, media_id: int) -> Due | None:
    """None once the file is whole, or gone."""
    medium = session.get(Media, media_id)
    if medium is None or medium.due != ASSEMBLE or medium.failed or medium.contribution_id is None:
        return None
    contribution = session.get_one(Contribution, medium.contribution_id)
    if contribution.wrapped_key is None:
        return None
    pieces = [piece.storage_key for piece in _of_medium(session, media_id)]
    return Due(media_id, medium.bytes, pieces, custody.contribution_key(keys, contribution))


def _of_medium(session: GatedSession, media_id: int) -> Sequence[UploadPiece]:
    wanted = select(UploadPiece).join(Upload, Upload.id == UploadPiece.upload_id)
    return session.scalars(wanted.where(Upload.media_id == media_id).order_by(UploadPiece.begins_at)).all()


def _assemble(
    storage: Storage, writing: Writing, keeper: Callable[[], Reader], due: Due, now: datetime
) -> None:
    stored: Stored | None = None
    try:
        stored = storage.put_original(_Joined(storage, due), due.key)  # type: ignore[arg-type]
        failed = "" if stored.bytes_plain == due.bytes else "damaged"
    except (Damaged, Missing, CannotDecrypt) as wrong:
        failed = type(wrong).__name__.lower()
    at("assembled")
    with writing(keeper()) as session:
        kept = put_together(session, due, stored, failed, now)
    at("put-together")
    if stored is not None and not kept:
        storage.delete(stored.storage_key)


def put_together(session: GatedSession, due: Due, stored: Stored | None, failed: str, now: datetime) -> bool:
    """The row now names the one original; False where it was done meanwhile, is gone, or failed."""
    wanted = select(Media).where(Media.id == due.media_id).with_for_update()
    medium = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if medium is None or medium.due != ASSEMBLE or medium.failed:
        return False
    if failed or stored is None:
        medium.failed = failed or "damaged"
        fixity.job_failed(session, medium, "assemble", medium.failed, now=now)
        return False
    medium.storage_key, medium.sha256 = stored.storage_key, stored.sha256_plain
    medium.due = due_of(medium.role)
    contribution = session.get_one(Contribution, medium.contribution_id)
    photographs.log(session, contribution, medium, "assembled", now=now)
    return True


def superfluous(session: GatedSession, media_id: int) -> Sequence[str]:
    """Files of pieces that an original has taken the place of. Their rows go after the files do."""
    medium = session.get(Media, media_id)
    if medium is None or medium.due == ASSEMBLE:
        return []
    return [piece.storage_key for piece in _of_medium(session, media_id)]


def forget(session: GatedSession, media_id: int) -> None:
    """The rows of pieces whose files are gone."""
    for piece in _of_medium(session, media_id):
        session.delete(piece)


class _Joined:
    """The plain file, read from its pieces one after the other. Holds one megabyte at a time."""

    def __init__(self, storage: Storage, due: Due) -> None:
        self._chunks = _chunks(storage, due)

    def read(self, _size: int = -1, /) -> bytes:
        return next(self._chunks, b"")


def _chunks(storage: Storage, due: Due) -> Iterator[bytes]:
    for storage_key in due.pieces:
        with storage.open_original(storage_key, due.key) as plain:
            while chunk := plain.read(1 << 20):
                yield chunk
