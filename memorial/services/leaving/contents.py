"""What of each record leaves: for the public what it may view and take away, for the desk what is not sealed.

    for some in batches(archive, Reader.mirror(…), asked):      # a few records at a time
        for record in some: record.header, record.about, record.files

A file of a recording or a scan leaves for the public where it may be reused and downloaded. Originals and the evidence of a
yes leave for the desk alone, decrypted, each written in the custody log before it is opened. What is sealed never leaves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from memorial.domain import transcript as words_of
from memorial.domain.addresses import ROOMS
from memorial.domain.consent import Moment
from memorial.domain.errors import Invalid
from memorial.domain.transcript import Word
from memorial.domain.views import RecordView
from memorial.formats import premis, record_json, transcript_text, vtt
from memorial.gate import Actor, GatedSession, Reader, shown_all
from memorial.keys import ArchiveKey, ContributionKey
from memorial.models import (
    Contribution,
    Cue,
    CustodyEvent,
    Derivative,
    Evidence,
    HarvestMark,
    Media,
    Record,
    Transcript,
)
from memorial.services import custody, harvest, lists, tributes
from memorial.services.harvest import Asked, Described, Header
from memorial.storage import Storage

AT_ONCE = 50
ENDINGS: Mapping[str, str] = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif", "audio/ogg": "ogg",
    "audio/mp4": "m4a", "video/mp4": "mp4", "application/pdf": "pdf", "audio/mpeg": "mp3", "audio/x-wav": "wav",
    "video/quicktime": "mov", "image/tiff": "tif", "image/heic": "heic",
}  # fmt: skip
ALIKE = ("received", "checked", "assembled", "copied", "repaired")  # what the public is told of a file
NOBODY = "the archive"


@dataclass(frozen=True)
class Archive:
    """What an export needs of the running archive. `describe` makes the linked data of a record's catalogue card, `cite` its citation as CSL."""

    opened: Callable[[Reader], AbstractContextManager[GatedSession]]
    writing: Callable[[], AbstractContextManager[GatedSession]]
    moment: Callable[[], Moment]
    now: Callable[[], datetime]
    storage: Storage
    keys: ArchiveKey
    describe: Callable[[Header, Described], dict[str, Any]]
    cite: Callable[[RecordView], dict[str, Any]]
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that is to leave. `opened` gives its content; what it must be is known before that for stored files."""

    path: str
    mime: str
    opened: Callable[[], BinaryIO] | None = None
    body: bytes = b""
    sha256: str = ""
    size: int = 0


@dataclass(slots=True)
class Leaving:
    header: Header
    about: Mapping[str, Any]
    files: list[Piece] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return f"{ROOMS[self.header.kind].strip('/')}/{self.header.public_id}"


# -- which ----------------------------------------------------------------------------------


def how_many(session: GatedSession) -> int:
    return session.scalar(select(func.count(Record.id)).where(Record.kind.in_(lists.SHELVES))) or 0


def for_public(archive: Archive, since: datetime | None = None) -> Iterator[list[Leaving]]:
    after, more = 0, True
    while more:
        reader = Reader.mirror(archive.moment())
        with archive.opened(reader) as session, archive.opened(reader.for_use("download")) as kept:
            found = harvest.some(session, Asked(), after=after, most=AT_ONCE)
            live = [
                header
                for header in found.headers
                if not header.gone and (since is None or header.stamp >= since)
            ]
            yield _described(archive, session, kept, live)
        more, after = found.more, found.headers[-1].record_id if found.headers else 0


def for_desk(archive: Archive, actor: Actor) -> Iterator[list[Leaving]]:
    after = 0
    while True:
        with archive.opened(Reader.desk(archive.moment())) as session:
            headers = _any_headers(session, after)
            if not headers:
                return
            some = _described(archive, session, session, headers)
            _originals(archive, session, actor, some)
            yield some
        after = headers[-1].record_id


def _any_headers(session: GatedSession, after: int) -> list[Header]:
    wanted = (
        select(Record.id, Record.public_id, Record.kind, Record.language, Record.changed_at, HarvestMark.at)
        .outerjoin(HarvestMark, HarvestMark.record_id == Record.id)
        .where(Record.id > after, Record.kind.in_(lists.SHELVES))
        .order_by(Record.id)
        .limit(AT_ONCE)
    )
    return [
        Header(row.id, row.public_id, row.kind, row.language, max(filter(None, (row.changed_at, row.at))))
        for row in session.execute(wanted)
    ]


# -- what -----------------------------------------------------------------------------------


def _described(
    archive: Archive, session: GatedSession, kept: GatedSession, headers: Sequence[Header]
) -> list[Leaving]:
    ids = [header.record_id for header in headers]
    said = harvest.described(session, headers)
    details = [joinedload(getattr(Record, kind)) for kind in sorted({header.kind for header in headers})]
    wanted = select(Record).where(Record.id.in_(ids)).options(*details)
    records = {row.id: row for row in session.scalars(wanted)}
    here = [header for header in headers if header.record_id in said and header.record_id in records]
    views = shown_all(session, [records[header.record_id] for header in here])
    found: dict[int, Leaving] = {}
    for header, view in zip(here, views, strict=True):
        about = archive.describe(header, said[header.record_id])
        plain = record_json.record(view, address=archive.address, language="en")
        found[header.record_id] = Leaving(
            header,
            about,
            [
                _json("metadata.jsonld", about, "application/ld+json"),
                _json("record.json", plain, "application/json"),
                _json("citation.csl.json", [archive.cite(view)], "application/vnd.citationstyles.csl+json"),
            ],
        )
        found[header.record_id].files += _left_there(archive, session, view)
    _words(kept, found)
    _copies(archive, session, found)
    return list(found.values())


def _left_there(archive: Archive, session: GatedSession, view: RecordView) -> Iterator[Piece]:
    """Memories and signs beyond those that the page itself shows."""
    for name, quiet, first in (("memories", False, view.memories), ("signs", True, view.signs)):
        after, more = first.after, []
        while after:
            record, left = tributes.some(session, view.public_id, quiet=quiet, after=after)
            if record.public_id != view.public_id:
                break
            more += [record_json.memory(each, address=archive.address, language="en") for each in left.shown]
            after = left.after
        if more:
            yield _json(f"{name}.json", more, "application/json")


def _json(path: str, value: Any, mime: str) -> Piece:
    return Piece(path, mime, body=json.dumps(value, ensure_ascii=False).encode() + b"\n")


def _words(kept: GatedSession, found: Mapping[int, Leaving]) -> None:
    """Transcripts that may be kept, one file a language."""
    ids = [number for number, each in found.items() if each.header.kind == "testimony"]
    if not ids:
        return
    wanted = (
        select(
            Transcript.record_id, Transcript.public_id, Transcript.kind, Transcript.language, Cue.starts, Cue.ends,
            Cue.body, Cue.speaker, Cue.words,
        )
        .join(Cue, Cue.transcript_id == Transcript.id)
        .where(Transcript.record_id.in_(ids))
        .order_by(Transcript.record_id, Transcript.id, Cue.position)
    )  # fmt: skip
    together: dict[tuple[int, str, str, str], list[words_of.Cue]] = {}
    for row in kept.execute(wanted):
        key = (row.record_id, row.public_id, row.kind, row.language)
        line = words_of.Cue(
            row.starts, row.ends, row.body, row.speaker, tuple(Word(*word) for word in row.words)
        )
        together.setdefault(key, []).append(line)
    for (number, public_id, kind, language), cues in together.items():
        value = words_of.Transcript(tuple(cues), language, kind)
        try:
            text, ending, mime = vtt.write(value).text, "vtt", "text/vtt"
        except Invalid:  # no line has a time
            text, ending, mime = transcript_text.write(value).text, "txt", "text/plain"
        name = f"transcripts/{public_id}.{_tag(language)}.{ending}"
        found[number].files.append(Piece(name, mime, body=text.encode()))


def _tag(language: str) -> str:
    return language if language.replace("-", "").isalnum() and language.isascii() else "und"


def _copies(archive: Archive, session: GatedSession, found: Mapping[int, Leaving]) -> None:
    """Files that may be carried away, and what is written of them."""
    wanted = (
        select(Media, Derivative)
        .outerjoin(Derivative, and_(Derivative.media_id == Media.id, Derivative.mime.in_(ENDINGS)))
        .where(Media.record_id.in_(list(found)))
        .order_by(Media.record_id, Media.id, Derivative.id)
    )
    files: dict[int, list[premis.File]] = {}
    for medium, copy in session.execute(wanted):
        of = files.setdefault(medium.record_id, [])
        original = f"media:{medium.public_id}"
        if not any(each.name == original for each in of):
            of.append(premis.File(original, medium.sha256, medium.bytes, medium.mime))
        if copy is None:
            continue
        path = f"media/{copy.public_id}.{ENDINGS[copy.mime]}"
        of.append(premis.File(f"copy:{copy.public_id}", copy.sha256, copy.bytes, copy.mime, path, original))
        found[medium.record_id].files.append(_stored(archive, path, copy))
    events = _events(session, [file.name for of in files.values() for file in of if not file.made_of])
    for number, of in files.items():
        told = [event for file in of for event in events.get(file.name, ())]
        found[number].files.append(Piece("premis.xml", "application/xml", body=premis.written(of, told)))


def _stored(archive: Archive, path: str, copy: Derivative) -> Piece:
    key = copy.storage_key
    return Piece(path, copy.mime, lambda: archive.storage.open_derived(key), b"", copy.sha256, copy.bytes)


def _events(session: GatedSession, names: Sequence[str]) -> dict[str, list[premis.Event]]:
    """What became of files. The public is told what and when, the desk also by whom."""
    desk = bool(session.reader.custody)
    wanted = select(CustodyEvent).where(CustodyEvent.thing.in_(names)).order_by(CustodyEvent.id)
    found: dict[str, list[premis.Event]] = {}
    for row in session.scalars(wanted) if names else ():
        if desk or row.verb in ALIKE:
            found.setdefault(row.thing, []).append(
                premis.Event(f"{row.thing}/{len(found.get(row.thing, ())) + 1}", row.verb, row.at, row.thing,
                             row.actor if desk else NOBODY, row.digest)
            )  # fmt: skip
    return found


# -- for the desk alone ---------------------------------------------------------------------


def _originals(archive: Archive, session: GatedSession, actor: Actor, some: Sequence[Leaving]) -> None:
    found = {each.header.record_id: each for each in some}
    media = session.scalars(select(Media).where(Media.record_id.in_(list(found)))).all()
    open_ones = (
        select(Evidence)
        .outerjoin(Contribution, Contribution.id == Evidence.contribution_id)
        .where(
            Evidence.record_id.in_(list(found)),
            or_(Evidence.contribution_id.is_(None), Contribution.sealed_at.is_(None)),
        )
    )
    evidence = session.scalars(open_ones).all()
    for medium in media:
        ending = ENDINGS.get(medium.mime, "bin")
        _original(archive, session, found, f"originals/{medium.public_id}.{ending}", medium, medium.bytes)
    for each in evidence:
        _original(archive, session, found, f"consent/{each.public_id}.bin", each, each.length)
        about = {"method": each.method, "agreed_on": each.agreed_on.isoformat(), "language": each.language,
                 "interpreter": each.interpreter, "sha256": each.sha256, "added_by": each.added_by}  # fmt: skip
        found[each.record_id].files.append(_json(f"consent/{each.public_id}.json", about, "application/json"))
    _log(archive, actor, [*(("media", each) for each in media), *(("evidence", each) for each in evidence)])


def _original(
    archive: Archive, session: GatedSession, found: Mapping[int, Leaving], path: str, row: Any, size: int
) -> None:
    key = _key(archive, session, row.contribution_id)
    if key is None:
        return
    storage_key = row.storage_key

    def opened() -> BinaryIO:
        return archive.storage.open_original(storage_key, key)

    mime = getattr(row, "mime", "application/octet-stream")
    found[row.record_id].files.append(Piece(path, mime, opened, b"", row.sha256, size))


def _key(
    archive: Archive, session: GatedSession, contribution_id: int | None
) -> ArchiveKey | ContributionKey | None:
    if contribution_id is None:
        return archive.keys
    wrapped = session.get_one(Contribution, contribution_id).wrapped_key
    return None if wrapped is None else archive.keys.unwrap(wrapped)


def _log(archive: Archive, actor: Actor, rows: Sequence[tuple[str, Any]]) -> None:
    """Before the first byte of them is opened."""
    if not rows:
        return
    with archive.writing() as session:
        for table, row in rows:
            thing = f"{table}:{row.public_id}"
            custody.log(
                session, actor, "exported", thing, row.contribution_id, now=archive.now(), digest=row.sha256
            )
