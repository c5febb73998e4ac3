"""Files that families send: photographs, scans, recordings, and what nobody knows.

    received = receive(storage, key, upload, "photo.jpg", limit)   # on disk, hashed; before any lock
    medium = add(session, contribution, record, received, now=now) # then the row
    carry_out(storage, keys, writing, keeper, media_id, now=now)   # the job: copies; again is no harm

What a file is, its first bytes say (derivatives/kinds.py). Nothing that has bytes is refused for what
it is: it may be the only one there is. A photograph is decoded by the job, in a process of its own;
what cannot be decoded, or is nothing we know, is kept encrypted and the desk is told.

What is left to do stands in the row (`due`), so that a queue that forgets loses nothing. Files
are decoded and written outside the transaction, which would hold up everybody else's.
Files that come piece by piece are services/uploads.py.

`at` is called with a label at the moments between which a crash must lose nothing; tests replace it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO

from sqlalchemy import func, select

from memorial.derivatives import (
    HEAD,
    PAPER,
    CopyMade,
    Inspected,
    Kind,
    Limits,
    Refused,
    inspect,
    inspect_paper,
    kind_of,
    photograph_copies,
)
from memorial.domain.errors import TooMany
from memorial.domain.ids import new_public_id
from memorial.domain.lines import one_line
from memorial.gate import Actor, GatedSession, Reader
from memorial.keys import ArchiveKey, CannotDecrypt, ContributionKey
from memorial.models import Contribution, Derivative, Media, Record, Upload, UploadPiece
from memorial.services import consent, custody
from memorial.services.links import let_go
from memorial.storage import Damaged, Missing, Storage, Stored

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", PAPER: "pdf"}
# The part by which a file is shown or withheld. A file that nobody knows is never shown.
PARTS: Mapping[str, str] = {
    "photograph": "photograph",
    "scan": "scan",
    "audio": "recording",
    "video": "recording",
    "file": "file",
}
_LARGEST_PICTURE = Limits().file_bytes  # of which copies are made; a larger one is kept without
COPIES, ASSEMBLE, CONVERT = (
    "copies",
    "assemble",
    "convert",
)  # what can be due; the last is services/recordings.py
# Copies failed because of what is stored, and not because of what was sent: somebody has to see to it.
BROKEN = ("damaged", "missing", "cannotdecrypt")


def at(label: str) -> None:
    """copies-made, copies-kept. Does nothing."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is safely stored and that no row knows yet. `due` is what is left to do with it."""

    stored: Stored
    kind: Kind
    file_name: str
    due: str


def receive(
    storage: Storage, key: ContributionKey | ArchiveKey, upload: BinaryIO, name: str, limit: int
) -> Received:
    """Keep a file as it came, encrypted, while it streams by. Raises Refused (empty, too_large_bytes), NoRoom."""
    name = bare_name(name)
    head = upload.read(HEAD)
    if not head:
        raise Refused("empty", name=name)
    kind = kind_of(head)
    stored = storage.put_original(_Bounded(head, upload, limit, name), key)  # type: ignore[arg-type]
    return Received(stored, kind, name, due_of(kind.role))


def bare_name(name: str) -> str:
    """A file's name in one line, without the folders of the device it came from, and reading as it ends."""
    return PurePath(one_line(name).replace("\\", "/")).name[:200]


def due_of(role: str) -> str:
    """What is left to do once a file is whole."""
    return {"photograph": COPIES, "audio": CONVERT, "video": CONVERT}.get(role, "")


class _Bounded:
    """A stream whose first bytes were read already, and that ends in a refusal where it is too long."""

    def __init__(self, head: bytes, rest: BinaryIO, limit: int, name: str) -> None:
        self._head, self._rest, self._left, self._name, self._limit = head, rest, limit, name, limit

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._head or self._rest.read(size)
        self._head = b""
        self._left -= len(chunk)
        if self._left < 0:
            total = _length(self._rest, self._limit - self._left)
            raise Refused("too_large_bytes", name=self._name, bytes=total, limit=self._limit)
        return chunk


def _length(upload: BinaryIO, read: int) -> int:
    with suppress(OSError, ValueError):
        return upload.seek(0, 2)
    return read


def add(
    session: GatedSession,
    contribution: Contribution,
    record: Record,
    received: Received,
    *,
    now: datetime,
    most: int,
) -> Media:
    """The row of an original, as a part of its own: an older blanket yes does not reach it. Raises TooMany."""
    count = number_of(session, contribution.id)
    if count >= most:
        raise TooMany("too_many_files", field="files", limit=most)
    public_id, kind = new_public_id(), PARTS[received.kind.role]
    part = consent.add_part(session, record, f"{kind}:{public_id}", kind, contribution_id=contribution.id)
    medium = Media(
        public_id=public_id,
        record_id=record.id,
        role=received.kind.role,
        position=count,
        sha256=received.stored.sha256_plain,
        bytes=received.stored.bytes_plain,
        mime=received.kind.mime,
        storage_key=received.stored.storage_key,
        file_name=received.file_name,
        received_at=now,
        due=received.due,
        **consent.guard_of(session, part),
    )
    session.add(medium)
    session.flush()
    log(session, contribution, medium, "received", now=now)
    return medium


def log(
    session: GatedSession, contribution: Contribution, medium: Media, verb: str, *, now: datetime
) -> None:
    """One line of custody about a file, with its hash once that is known."""
    actor = Actor.family(contribution.public_id, contribution.id)
    thing = f"media:{medium.public_id}"
    custody.log(session, actor, verb, thing, contribution.id, now=now, digest=medium.sha256)


def number_of(session: GatedSession, contribution_id: int) -> int:
    """How many files a contribution holds."""
    wanted = select(func.count()).select_from(Media).where(Media.contribution_id == contribution_id)
    return session.scalar(wanted) or 0


def of(session: GatedSession, contribution_id: int) -> Sequence[Media]:
    """The files of a contribution in their order."""
    wanted = select(Media).where(Media.contribution_id == contribution_id).order_by(Media.position, Media.id)
    return session.scalars(wanted).all()


def discard(session: GatedSession, medium: Media) -> None:
    """Take a file out of a draft that was never sent: row, copies, files, and words that were made of it."""
    files = [medium.storage_key]
    for upload in session.scalars(select(Upload).where(Upload.media_id == medium.id)):
        files += forget_pieces(session, upload)
        session.delete(upload)
    for copy in session.scalars(select(Derivative).where(Derivative.media_id == medium.id)):
        files.append(copy.storage_key)
        session.delete(copy)
    session.flush()
    let_go(session, Media, Media.id == medium.id)
    session.delete(medium)
    session.info.setdefault("files_to_delete", []).extend(dict.fromkeys(files))


def forget_pieces(session: GatedSession, upload: Upload) -> list[str]:
    """Delete the rows of an upload's pieces; returns the files they named."""
    pieces = session.scalars(select(UploadPiece).where(UploadPiece.upload_id == upload.id)).all()
    for piece in pieces:
        session.delete(piece)
    session.flush()
    return [piece.storage_key for piece in pieces]


# -- copies ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What making copies needs, so that no session is open meanwhile."""

    media_id: int
    public_id: str
    storage_key: str
    file_name: str
    key: ContributionKey | ArchiveKey
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Copies:
    """What came of it: the copies and where they were stored, or why there are none."""

    made: Sequence[tuple[CopyMade, str]] = ()
    failed: str = ""
    seen: Inspected | None = None


def carry_out(
    storage: Storage,
    keys: ArchiveKey,
    writing: Callable[[Reader], AbstractContextManager[GatedSession]],
    keeper: Callable[[], Reader],
    media_id: int,
    *,
    now: datetime,
) -> None:
    """The job: copies of one photograph, if they are still due."""
    with writing(keeper()) as session:
        due = what_is_due(session, keys, media_id)
    if due is None:
        return
    copies = make(storage, due)
    at("copies-made")
    with writing(keeper()) as session:
        kept = write_copies(session, due, copies, now=now)
    at("copies-kept")
    if not kept:
        for _copy, storage_key in copies.made:
            storage.delete(storage_key)


def what_is_due(session: GatedSession, keys: ArchiveKey, media_id: int) -> Due | None:
    """None once the copies are there, cannot be made, or the photograph is gone."""
    medium = session.get(Media, media_id)
    if medium is None or medium.due != COPIES or medium.failed:
        return None
    if medium.contribution_id is None:  # attached by an editor (services/published/attaching.py)
        return _due(medium, keys)
    contribution = session.get_one(Contribution, medium.contribution_id)
    if contribution.wrapped_key is None:
        return None
    return _due(medium, custody.contribution_key(keys, contribution))


def _due(medium: Media, key: ContributionKey | ArchiveKey) -> Due:
    return Due(medium.id, medium.public_id, medium.storage_key, medium.file_name, key, medium.mime)


def make(storage: Storage, due: Due) -> Copies:
    """Decode the original and store its copies under names of our making. Raises NoRoom: later, then."""
    try:
        with storage.open_original(due.storage_key, due.key) as original:
            content = original.read(_LARGEST_PICTURE + 1)
        seen, made = _copies(content, due)
    except Refused as refused:
        return Copies(failed=refused.message_key)
    except (Damaged, Missing, CannotDecrypt) as wrong:
        return Copies(failed=type(wrong).__name__.lower())
    return Copies([(copy, storage.put_derived(_name(due, copy), copy.data)) for copy in made], seen=seen)


def _copies(content: bytes, due: Due) -> tuple[Inspected | None, Sequence[CopyMade]]:
    """Of a PDF the one copy is the file itself, once it was looked at: a download, never drawn."""
    if due.mime == PAPER:
        inspect_paper(content, due.file_name)
        return None, [CopyMade(0, 0, PAPER, content)]
    return inspect(content, due.file_name), photograph_copies(content, name=due.file_name)


def _name(due: Due, copy: CopyMade) -> str:
    # Two workers that make the same copies never write to one name.
    return f"{due.public_id}/{copy.width}-{secrets.token_hex(6)}.{SUFFIXES[copy.mime]}"


def write_copies(session: GatedSession, due: Due, copies: Copies, *, now: datetime) -> bool:
    """The rows of the copies, guarded as their photograph is at this moment; False if it is gone or done."""
    found = session.execute(select(Media.record_id).where(Media.id == due.media_id)).first()
    if found is None:
        return False
    consent.lock(session, [found.record_id])  # whoever hides it now waits, or has already done so
    wanted = select(Media).where(Media.id == due.media_id).with_for_update()
    medium = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if medium is None or medium.due != COPIES or medium.failed:
        return False
    if copies.failed:
        medium.failed = copies.failed
        if copies.failed in BROKEN:
            _tell_the_desk(session, medium, now)
        return True
    if copies.seen is not None:
        medium.width, medium.height, medium.mime = copies.seen.width, copies.seen.height, copies.seen.mime
    guard = guard_of(medium)
    for copy, storage_key in copies.made:
        session.add(_row(medium, copy, storage_key, guard))
    medium.due = ""
    session.flush()
    copies_changed(session, medium)
    return True


def copies_changed(session: GatedSession, medium: Media) -> None:
    """Pages that are kept are old where the copies of something public have changed."""
    if medium.public_from is not None:
        consent.move_epoch(session)


def _tell_the_desk(session: GatedSession, medium: Media, now: datetime) -> None:
    from memorial.services import fixity

    fixity.job_failed(session, medium, "copies", medium.failed, now=now)


def guard_of(medium: Media) -> dict[str, Any]:
    """The columns that a copy carries as its original does."""
    names = ("part_id", "policy_id", "public_from", "public_until", "contribution_id", "sealed")
    return {name: getattr(medium, name) for name in names}


def _row(medium: Media, copy: CopyMade, storage_key: str, guard: dict[str, Any]) -> Derivative:
    return Derivative(
        public_id=new_public_id(),
        media_id=medium.id,
        width=copy.width,
        height=copy.height,
        bytes=len(copy.data),
        mime=copy.mime,
        sha256=hashlib.sha256(copy.data).hexdigest(),
        storage_key=storage_key,
        **guard,
    )
