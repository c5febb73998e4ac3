"""Files that come piece by piece over a bad line. They are put together afterwards (services/assembling.py).

    upload = begin(session, contribution, Wanted("film.mp4", 3 << 30, "recording"), limits, now=now)
    stored = storage.put_original(piece, key)                    # on disk, encrypted; before any lock
    kept = keep(session, contribution, record, upload_id, Piece(offset, stored, head), limits, now=now)

Each piece is a ciphertext of its own under the contribution's key, and `bytes_safe` grows in the
transaction that knows it: what was acknowledged is there. When the last piece is safe the file
becomes a part of the record at once: whole, if it is one piece, else with "assemble" as what is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from memorial.derivatives import HEAD, kind_of
from memorial.domain.errors import Invalid, NotOpen, Stale, TooMany
from memorial.domain.ids import new_public_id
from memorial.gate import GatedSession
from memorial.keys import ContributionKey
from memorial.models import Contribution, Media, Record, Upload, UploadPiece
from memorial.services import photographs
from memorial.services.photographs import ASSEMBLE, Received, bare_name, due_of
from memorial.storage import Storage, Stored

MOST_EMPTY = 40  # uploads that were announced and of which nothing came


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one file, of one contribution and of one day over the whole archive; files of a contribution."""

    file: int
    contribution: int
    day: int
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody is about to send, as their browser describes it."""

    name: str
    bytes: int
    page: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that is stored; `head` are the whole file's first bytes, needed with the last piece alone."""

    begins_at: int
    stored: Stored
    head: bytes = b""


# -- room -----------------------------------------------------------------------------------


def check_room(
    session: GatedSession, contribution_id: int, size: int, limits: Limits, *, now: datetime, besides: int = 0
) -> None:
    """Whether a file of this size still fits. Raises Invalid (file_empty) or TooMany with what is over.

    `besides` is the id of an upload that is this very file.
    """
    if size <= 0:
        raise Invalid("file_empty", field="files")
    if size > limits.file:
        raise TooMany("file_too_large", field="files", limit=limits.file)
    if _count(session, contribution_id, besides) >= limits.count:
        raise TooMany("too_many_files", field="files", limit=limits.count)
    if held(session, contribution_id, besides) + size > limits.contribution:
        raise TooMany("contribution_full", field="files", limit=limits.contribution)
    if received_since(session, now.replace(hour=0, minute=0, second=0, microsecond=0)) >= limits.day:
        raise TooMany("day_full", field="files", limit=limits.day)


def _count(session: GatedSession, contribution_id: int, besides: int) -> int:
    wanted = select(func.count()).select_from(Upload).where(*_under_way(contribution_id, besides))
    return photographs.number_of(session, contribution_id) + (session.scalar(wanted) or 0)


def held(session: GatedSession, contribution_id: int, besides: int = 0) -> int:
    """Bytes that a contribution has, and those that files under way will have."""
    kept = select(func.sum(Media.bytes)).where(Media.contribution_id == contribution_id)
    coming = select(func.sum(Upload.bytes_wanted)).where(*_under_way(contribution_id, besides))
    return int(session.scalar(kept) or 0) + int(session.scalar(coming) or 0)


def _under_way(contribution_id: int, besides: int = 0) -> Sequence[Any]:
    """Files of which something came. Those that were only announced take no room: anybody can announce."""
    mine = Upload.contribution_id == contribution_id
    return (mine, Upload.ended_at.is_(None), Upload.bytes_safe > 0, Upload.id != besides)


def received_since(session: GatedSession, start: datetime) -> int:
    """Bytes that the whole archive took since then; a keeper's session."""
    whole = select(func.sum(Media.bytes)).where(Media.received_at >= start)
    growing = select(func.sum(Upload.bytes_safe)).where(Upload.changed_at >= start, Upload.ended_at.is_(None))
    return int(session.scalar(whole) or 0) + int(session.scalar(growing) or 0)


# -- on their way ---------------------------------------------------------------------------


def begin(
    session: GatedSession, contribution: Contribution, wanted: Wanted, limits: Limits, *, now: datetime
) -> Upload:
    """A place for a file to come. Raises Invalid and TooMany as `check_room` does."""
    check_room(session, contribution.id, wanted.bytes, limits, now=now)
    _forget_announced(session, contribution.id)
    upload = Upload(
        public_id=new_public_id(),
        contribution_id=contribution.id,
        page=wanted.page,
        file_name=bare_name(wanted.name),
        fingerprint=wanted.fingerprint,
        bytes_wanted=wanted.bytes,
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def _forget_announced(session: GatedSession, contribution_id: int) -> None:
    """An answer that got lost is announced again: of those without a byte only the newest are kept."""
    wanted = select(Upload).where(Upload.contribution_id == contribution_id, Upload.bytes_safe == 0)
    for upload in session.scalars(wanted.order_by(Upload.id.desc()).offset(MOST_EMPTY - 1)).all():
        session.delete(upload)


def find(session: GatedSession, contribution_id: int, public_id: str) -> Upload:
    """An upload of this contribution. Raises NotOpen for any other's, and for none."""
    wanted = select(Upload).where(Upload.public_id == public_id, Upload.contribution_id == contribution_id)
    upload = session.scalars(wanted).first()
    if upload is None:
        raise NotOpen("no_upload")
    return upload


def unfinished(session: GatedSession, contribution_id: int, page: str = "") -> Sequence[Upload]:
    """Files of which a part is safe, the oldest first."""
    wanted = select(Upload).where(*_under_way(contribution_id)).order_by(Upload.id)
    return session.scalars(wanted.where(Upload.page == page) if page else wanted).all()


def head_of(
    session: GatedSession, storage: Storage, key: ContributionKey, upload: Upload, last: bytes
) -> bytes:
    """The first bytes of a file whose last piece is at hand and not kept yet."""
    head = b""
    for piece in pieces_of(session, upload.id):
        if len(head) >= HEAD:
            return head[:HEAD]
        with storage.open_original(piece.storage_key, key) as plain:
            head += plain.read(HEAD)
    return (head + last[:HEAD])[:HEAD]


def pieces_of(session: GatedSession, upload_id: int) -> Sequence[UploadPiece]:
    wanted = select(UploadPiece).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.begins_at)
    return session.scalars(wanted).all()


def keep(
    session: GatedSession,
    contribution: Contribution,
    record: Record,
    public_id: str,
    piece: Piece,
    limits: Limits,
    *,
    now: datetime,
) -> Upload:
    """A piece that is stored becomes part of its file; with the last one the file becomes a medium.

    The contribution is locked by the caller. Raises NotOpen, Stale (the piece does not begin where
    the file ends), Invalid (it goes beyond what was announced) and TooMany; the piece is then nobody's.
    """
    upload = find(session, contribution.id, public_id)
    session.refresh(upload, with_for_update=True)
    size = piece.stored.bytes_plain
    if upload.bytes_safe != piece.begins_at or upload.ended_at is not None:
        raise Stale("wrong_offset")
    if upload.bytes_safe + size > upload.bytes_wanted:
        raise Invalid("beyond_the_end", field="files")
    check_room(session, contribution.id, upload.bytes_wanted, limits, now=now, besides=upload.id)
    session.add(
        UploadPiece(
            upload_id=upload.id,
            begins_at=piece.begins_at,
            bytes=size,
            storage_key=piece.stored.storage_key,
        )
    )
    upload.bytes_safe += size
    upload.changed_at = now
    session.flush()
    if upload.bytes_safe == upload.bytes_wanted:
        _end(session, contribution, record, upload, piece, limits, now)
    return upload


def _end(
    session: GatedSession,
    contribution: Contribution,
    record: Record,
    upload: Upload,
    last: Piece,
    limits: Limits,
    now: datetime,
) -> None:
    """All of it is safe: a part of the record from now on, by whatever name its bytes still lie."""
    first = pieces_of(session, upload.id)[0]
    kind, alone = kind_of(last.head), first.begins_at == last.begins_at
    whole = Stored(first.storage_key, last.stored.sha256_plain if alone else "", upload.bytes_wanted, "")
    due = due_of(kind.role) if alone else ASSEMBLE
    if alone:
        session.delete(first)
    upload.ended_at = now
    medium = photographs.add(
        session,
        contribution,
        record,
        Received(whole, kind, upload.file_name, due),
        now=now,
        most=limits.count,
    )
    upload.media_id = medium.id
    session.flush()


def drop(session: GatedSession, upload: Upload) -> None:
    """Give up a file that is not whole yet: its row now, its pieces after the commit."""
    files = photographs.forget_pieces(session, upload)
    session.delete(upload)
    session.info.setdefault("files_to_delete", []).extend(files)
