"""The job that makes the copies of one recording: sound, film, peaks, and a still where somebody chose its moment.

    carry_out(storage, keys, house.writing, house.keeper, media_id, now=house.now)      # again is no harm

Each copy is a step of its own: made outside any transaction, kept in a short one, so that a crash costs one copy.
What a copy was made from (the original, the masks, the moment of the still) is compared before it is kept: a copy with
a name in it that was masked meanwhile is thrown away. The plain original lies in a file that has no name, and is gone
with its process.

`at` is called with a label at the moments between which a crash must lose nothing; tests replace it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy import select

from memorial.derivatives import recording, recording_making
from memorial.derivatives.recording import Probed, Wanted
from memorial.derivatives.recording_run import NotConverted
from memorial.domain.ids import new_public_id
from memorial.domain.masks import Span
from memorial.gate import GatedSession, Reader
from memorial.keys import ArchiveKey, CannotDecrypt, ContributionKey
from memorial.models import Contribution, Derivative, Mask, Media
from memorial.services import consent, custody, fixity
from memorial.services.photographs import BROKEN, CONVERT, copies_changed, guard_of
from memorial.storage import Damaged, Missing, Storage

FAILED: Final = "recording."  # before the reason in Media.failed; web/recording_words.py has the sentences
WEIGHTS: Final = {"peaks": 1, "audio": 2, "poster": 1, "video": 20}  # how the work of one copy compares
_EVERY: Final = 4.0  # seconds between two words about progress
_SHORTER: Final = 2_000  # milliseconds that the end of a file may fall short of what it claims

Writing = Callable[[Reader], AbstractContextManager[GatedSession]]


def at(label: str) -> None:
    """plain, copy-made, copy-kept, finished. Does nothing."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What copies are made from. Another basis, other copies."""

    storage_key: str
    spans: tuple[Span, ...]
    poster_at: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """What making copies needs, so that no session is open meanwhile."""

    media_id: int
    public_id: str
    mime: str
    key: ContributionKey | ArchiveKey
    basis: Basis
    there: frozenset[tuple[str, str, int, int]]


@dataclass(slots=True)
class Work:
    """The job on one recording as it goes on. `without`: copies that could not be made, and why."""

    storage: Storage
    writing: Writing
    keeper: Callable[[], Reader]
    now: Callable[[], datetime]
    due: Due
    ffmpeg: str = ""
    until: float = 0.0  # of `time.monotonic`, when the work has to be over
    length: int = 0
    without: dict[str, str] = field(default_factory=dict)


class Overtaken(Exception):
    """The recording is gone, or masked otherwise, since the work on it began."""


def carry_out(
    storage: Storage, keys: ArchiveKey, writing: Writing, keeper: Callable[[], Reader], media_id: int,
    *, now: Callable[[], datetime], ffmpeg: str = "",
) -> None:  # fmt: skip
    """The job: every copy of one recording that is not there yet. Raises NoRoom: later, then."""
    with writing(keeper()) as session:
        due = what_is_due(session, keys, media_id)
    if due is None:
        return
    work = Work(storage, writing, keeper, now, due, ffmpeg)
    try:
        with storage.open_nameless(due.basis.storage_key, due.key) as plain:
            at("plain")
            _convert(work, plain)
    except NotConverted as refused:
        _give_up(work, FAILED + refused.why)
    except (Damaged, Missing, CannotDecrypt) as wrong:
        _give_up(work, type(wrong).__name__.lower())
    except Overtaken:
        return  # what is due then is another piece of work
    _forget_strays(work)
    at("finished")


def what_is_due(session: GatedSession, keys: ArchiveKey, media_id: int) -> Due | None:
    """None once the copies are there, cannot be made, or the recording is gone."""
    medium = session.get(Media, media_id)
    if medium is None or medium.due != CONVERT or medium.failed:
        return None
    key: ContributionKey | ArchiveKey = keys
    if medium.contribution_id is not None:
        contribution = session.get_one(Contribution, medium.contribution_id)
        if contribution.wrapped_key is None:
            return None
        key = custody.contribution_key(keys, contribution)
    copies = session.scalars(select(Derivative).where(Derivative.media_id == media_id)).all()
    there = frozenset((copy.kind, copy.mime, copy.width, copy.height) for copy in copies)
    return Due(media_id, medium.public_id, medium.mime, key, basis_of(session, medium), there)


def basis_of(session: GatedSession, medium: Media) -> Basis:
    """A mask of words alone has no span."""
    wanted = select(Mask).where(Mask.media_id == medium.id, Mask.lifted_at.is_(None), Mask.ends > Mask.starts)
    rows = session.scalars(wanted.order_by(Mask.starts, Mask.id))
    spans = tuple(Span(m.starts, m.ends, m.sound, m.picture) for m in rows if m.sound or m.picture)
    return Basis(medium.storage_key, spans, medium.poster_at)


# -- the work -------------------------------------------------------------------------------


def _convert(work: Work, plain: BinaryIO) -> None:
    handle, basis, begun = plain.fileno(), work.due.basis, time.monotonic()
    probed = recording.probe(handle, work.due.mime)
    _say(work, lambda medium: _note_probed(medium, probed))
    shown = basis.poster_at is not None and not hidden(basis.spans, basis.poster_at)
    wanted = recording.copies_of(probed, shown)
    work.until = begun + probed.seconds
    missing = [copy for copy in wanted if identity(copy) not in work.due.there]
    for copy in missing:
        _step(work, handle, probed, copy, _Telling(work, probed, wanted, copy))
    if len(work.without) == len(wanted):
        raise NotConverted(next(iter(work.without.values()), "nothing_in_it"))
    _say(work, lambda medium: _note_finished(medium, work, probed))


def identity(copy: Wanted) -> tuple[str, str, int, int]:
    """By which a copy's row is told from the others of its recording."""
    return copy.kind, copy.mime, copy.width, copy.height


def hidden(spans: Sequence[Span], moment: int) -> bool:
    """Whether the picture is withheld at this moment."""
    return any(span.picture and span.starts <= moment <= span.ends for span in spans)


def _step(work: Work, handle: int, probed: Probed, copy: Wanted, tell: _Telling) -> None:
    """One copy, made and kept; one that cannot be made is noted, and the others are made all the same."""
    name = f"{work.due.public_id}/{copy.name}-{secrets.token_hex(6)}.{copy.suffix}"
    spans = work.due.basis.spans
    try:
        if copy.kind == "peaks":
            content, length = recording_making.peaks_of(
                handle, probed, spans, until=work.until, tell=tell, ffmpeg=work.ffmpeg
            )
            storage_key = work.storage.put_derived(name, content)
        else:
            with work.storage.making_derived(name) as path:
                length = recording_making.make(
                    handle, probed, copy, path,
                    spans=spans, poster_at=work.due.basis.poster_at, until=work.until, tell=tell, ffmpeg=work.ffmpeg,
                )  # fmt: skip
            storage_key = f"derived/{name}"
    except NotConverted as refused:
        work.without[copy.name] = refused.why
        return
    at("copy-made")
    try:
        _keep(work, copy, storage_key)
    except BaseException:
        work.storage.delete(storage_key)
        raise
    at("copy-kept")
    work.length = max(work.length, length if copy.kind != "poster" else 0)


def _keep(work: Work, copy: Wanted, storage_key: str) -> None:
    with work.storage.open_derived(storage_key) as made:
        size = made.seek(0, os.SEEK_END)
        made.seek(0)
        digest = hashlib.file_digest(made, "sha256").hexdigest()  # type: ignore[arg-type]
    with work.writing(work.keeper()) as session:
        medium = _still(session, work.due)
        rows = session.scalars(select(Derivative).where(Derivative.media_id == medium.id)).all()
        if any((row.kind, row.mime, row.width, row.height) == identity(copy) for row in rows):
            raise Overtaken
        told = {"bytes": size, "sha256": digest, "storage_key": storage_key, **guard_of(medium)}
        kind, mime, width, height = identity(copy)
        session.add(
            Derivative(
                public_id=new_public_id(),
                media_id=medium.id,
                kind=kind,
                mime=mime,
                width=width,
                height=height,
                **told,
            )
        )
        session.flush()
        copies_changed(session, medium)


def _still(session: GatedSession, due: Due) -> Media:
    """The recording, locked, if it is what the work began with. Raises Overtaken."""
    found = session.execute(select(Media.record_id).where(Media.id == due.media_id)).first()
    if found is None:
        raise Overtaken
    consent.lock(session, [found.record_id])  # whoever hides or masks it now waits, or has already done so
    wanted = select(Media).where(Media.id == due.media_id).with_for_update()
    medium = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if medium is None or medium.due != CONVERT or medium.failed or basis_of(session, medium) != due.basis:
        raise Overtaken
    return medium


def _say(work: Work, change: Callable[[Media], None]) -> None:
    with work.writing(work.keeper()) as session:
        change(_still(session, work.due))


class _Telling:
    """Progress in hundredths of all copies, written down every few seconds in a transaction of its own."""

    def __init__(self, work: Work, probed: Probed, wanted: Sequence[Wanted], copy: Wanted) -> None:
        whole = sum(_weight(each) for each in wanted)
        before = sum(_weight(each) for each in wanted[: wanted.index(copy)])
        self._begin, self._share = 100 * before / whole, 100 * _weight(copy) / whole
        self._length = max(1, probed.likely)
        self._work, self._told = work, time.monotonic()

    def __call__(self, done: int) -> None:
        if (now := time.monotonic()) - self._told < _EVERY:
            return
        self._told = now
        progress = int(self._begin + self._share * min(1.0, done / self._length))
        _say(self._work, lambda medium: setattr(medium, "progress", min(99, progress)))


def _weight(copy: Wanted) -> int:
    return WEIGHTS[copy.kind] * (2 if min(copy.width, copy.height) > recording.SIDES[0] else 1)


def _note_probed(medium: Media, probed: Probed) -> None:
    kept = medium.probed.get("without", {})
    medium.probed = {**probed.kept(), "without": kept}
    medium.role = "audio" if probed.film is None else "video"
    if probed.film is not None:
        medium.width, medium.height = probed.film.width, probed.film.height
    if medium.length is None:
        medium.length = probed.length


def _note_finished(medium: Media, work: Work, probed: Probed) -> None:
    claimed = probed.length or 0
    notes = list(probed.notes)
    if work.length:  # else all copies were there already
        medium.length = work.length
    if (medium.length or 0) < claimed - max(_SHORTER, claimed // 20):
        notes.append("cut_short")
    medium.probed = {**replace(probed, notes=tuple(notes)).kept(), "without": work.without}
    medium.due, medium.progress = "", 100


def _give_up(work: Work, why: str) -> None:
    with work.writing(work.keeper()) as session:
        medium = session.get(Media, work.due.media_id, with_for_update=True)
        if medium is None or medium.due != CONVERT:
            return
        medium.failed = why
        if why in BROKEN:
            fixity.job_failed(session, medium, CONVERT, why, now=work.now())


def _forget_strays(work: Work) -> None:
    """Copies of this recording that no row names: what a worker that was killed had just made."""
    listed = list(work.storage.listing("derived", work.due.public_id))
    with work.writing(work.keeper()) as session:
        medium = session.get(Media, work.due.media_id)
        if medium is not None and medium.due == CONVERT and not medium.failed:
            return  # made anew at this moment
        known = set(
            session.scalars(select(Derivative.storage_key).where(Derivative.media_id == work.due.media_id))
        )
    for storage_key in listed:
        if storage_key not in known:
            work.storage.delete(storage_key)
