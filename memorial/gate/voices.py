"""What belongs to the recordings of a record, from rows that came through the gate.

    heard = load(session, [media, others])     # [Heard, …]: four statements where there is a recording, none else
    recordings(media, heard)                   # [Recording, …], all but their lines
    lines(session, ["7b…", "9c…"])             # {public id: [Line, …]}: one statement for all of them

`lines` is asked for transcripts of a view: which of them may be seen, the view has decided, and a cue is guarded
as its transcript is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import String, bindparam, cast, select

from memorial.domain import voices
from memorial.domain.views import When
from memorial.domain.voices import Chapter, Line, Playable, Recording, Sitting, Spoken, Told, Withheld
from memorial.gate.sessions import GatedSession
from memorial.models import Cue, Derivative, Interview, Mask, Media, PolicyWindow, Segment, Transcript

RECORDINGS = ("audio", "video")
IDS: Any = bindparam("ids", expanding=True)
TRANSCRIPTS = select(Transcript).where(Transcript.media_id.in_(IDS)).order_by(Transcript.id)
SEGMENTS = (
    select(Segment).where(Segment.media_id.in_(IDS)).order_by(Segment.media_id, Segment.position, Segment.id)
)
MASKS = (
    select(Mask)
    .where(Mask.media_id.in_(IDS), Mask.lifted_at.is_(None))
    .order_by(Mask.media_id, Mask.starts, Mask.id)
)
INTERVIEWS = select(Interview).where(Interview.id.in_(IDS))
SPELLED = cast(Cue.words, String) != "[]"  # their times themselves come with the captions
LINES = (
    select(Transcript.public_id, Cue.number, Cue.starts, Cue.ends, Cue.body, Cue.speaker, SPELLED)
    .join(Transcript, Transcript.id == Cue.transcript_id)
    .where(Transcript.public_id.in_(IDS))
    .order_by(Cue.transcript_id, Cue.position)
)
GRANTED = select(PolicyWindow.policy_id).where(
    PolicyWindow.policy_id.in_(IDS),
    PolicyWindow.use == "download",
    PolicyWindow.audience.in_(bindparam("audiences", expanding=True)),
    PolicyWindow.opens <= bindparam("low"),
    PolicyWindow.closes > bindparam("high"),
)
KINDS = ("verbatim", "edited", voices.TRANSLATION, "summary", voices.DESCRIPTION)  # in this order


@dataclass(frozen=True)
class Heard:
    """The rows of a record's recordings. `granted` are policies that allow this reader to keep a copy."""

    transcripts: Sequence[Transcript] = ()
    segments: Sequence[Segment] = ()
    masks: Sequence[Mask] = ()
    interviews: Sequence[Interview] = ()
    granted: frozenset[int] = field(default_factory=frozenset)


def load(session: GatedSession, of_records: Sequence[Sequence[Media]]) -> list[Heard]:
    """Of each record's media what belongs to them, in their order."""
    media = [medium for of_one in of_records for medium in of_one]
    ids = [medium.id for medium in media if medium.role in RECORDINGS]
    if not ids:
        return [Heard() for _ in of_records]
    transcripts = session.scalars(TRANSCRIPTS, {"ids": ids}).all()
    kept: list[Derivative | Transcript] = [*transcripts]
    for medium in media:
        kept += medium.derivatives if medium.role in RECORDINGS else ()
    granted = _granted(session, {row.policy_id for row in kept if row.policy_id})
    sittings = {medium.interview_id for medium in media if medium.interview_id}
    held = session.scalars(INTERVIEWS, {"ids": list(sittings)}) if sittings else ()
    interviews = {row.id: row for row in held}
    spoken = _by_medium(transcripts)
    segments = _by_medium(session.scalars(SEGMENTS, {"ids": ids}))
    masks = _by_medium(session.scalars(MASKS, {"ids": ids}))
    return [
        Heard(
            [row for medium in of_one for row in spoken[medium.id]],
            [row for medium in of_one for row in segments[medium.id]],
            [row for medium in of_one for row in masks[medium.id]],
            [
                interviews[at]
                for at in sorted({medium.interview_id or 0 for medium in of_one})
                if at in interviews
            ],
            granted,
        )
        for of_one in of_records
    ]


def keep(heard: Heard, allowed: Callable[[Any], bool]) -> Heard:
    """Only the rows whose part passes."""
    return replace(
        heard,
        transcripts=[row for row in heard.transcripts if allowed(row)],
        segments=[row for row in heard.segments if allowed(row)],
        masks=[row for row in heard.masks if allowed(row)],
        interviews=[row for row in heard.interviews if allowed(row)],
    )


def _granted(session: GatedSession, policies: set[int]) -> frozenset[int]:
    """Those of these policies that allow the reader's audiences to download at this moment."""
    reader = session.reader
    if not policies or not reader.audiences:
        return frozenset()
    asked = {
        "ids": list(policies), "audiences": list(reader.audiences),
        "low": reader.moment.low, "high": reader.moment.high,
    }  # fmt: skip
    return frozenset(session.scalars(GRANTED, asked))


def lines(session: GatedSession, public_ids: Sequence[str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {public_id: [] for public_id in public_ids}
    for row in session.execute(LINES, {"ids": list(public_ids)}) if public_ids else ():
        found[row[0]].append(Line(row[1], row[2], row[3], row[4], row[5], bool(row[6])))
    return found


# -- views ----------------------------------------------------------------------------------


def recordings(media: Sequence[Media], heard: Heard, proof: bool = False) -> list[Recording]:
    """In the order of the page; what is found damaged is not among them."""
    sittings = {row.id: _sitting(row) for row in heard.interviews}
    names = {row.id: row.public_id for row in heard.transcripts}
    spoken, segments, masks = (_by_medium(rows) for rows in (heard.transcripts, heard.segments, heard.masks))
    return [
        replace(
            _recording(medium, heard.granted, proof),
            transcripts=sorted(
                (_spoken(row, names, heard.granted) for row in spoken[medium.id]),
                key=lambda each: KINDS.index(each.kind) if each.kind in KINDS else len(KINDS),
            ),
            chapters=_chapters(segments[medium.id]),
            withheld=[_withheld(row) for row in masks[medium.id]],
            sitting=sittings.get(medium.interview_id or 0),
        )
        for medium in media
        if medium.role in RECORDINGS and not medium.damaged_at
    ]


def _by_medium(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.media_id].append(row)
    return found


def _recording(medium: Media, granted: frozenset[int], proof: bool) -> Recording:
    room = "/media-proof" if proof else "/media"
    first = {copy.kind: f"{room}/{copy.public_id}" for copy in reversed(medium.derivatives)}
    return Recording(
        public_id=medium.public_id,
        role=medium.role,
        length=medium.length,
        language=medium.language,
        content_note=medium.content_note,
        graphic=medium.graphic,
        credit=medium.credit,
        rights=medium.rights,
        copies=[_playable(copy, room, granted) for copy in medium.derivatives if copy.kind in RECORDINGS],
        poster=first.get("poster", "") if medium.poster_at is not None and not medium.graphic else "",
        peaks="" if proof else first.get("peaks", ""),
        sha256=medium.sha256,
        received=medium.received_at,
        proof=proof,
    )


def _playable(copy: Derivative, room: str, granted: frozenset[int]) -> Playable:
    keep = f"/media/{copy.public_id}/recording" if copy.policy_id in granted else ""
    where = f"{room}/{copy.public_id}"
    return Playable(where, copy.kind, copy.mime, copy.bytes, copy.height, keep, copy.width)


def _spoken(row: Transcript, names: Mapping[int, str], granted: frozenset[int]) -> Spoken:
    return Spoken(
        public_id=row.public_id,
        kind=row.kind,
        language=row.language,
        made_by=row.made_by,
        machine=row.machine,
        translates=names.get(row.translates_id or 0, ""),
        version=row.version,
        released=row.released_at.date() if row.released_at else None,
        download=row.policy_id in granted,
    )


def _chapters(rows: Sequence[Segment]) -> list[Chapter]:
    """Tellings of one chapter share their position."""
    found: dict[int, list[Segment]] = {}
    for row in rows:
        found.setdefault(row.position, []).append(row)
    chapters = [
        Chapter(
            told[0].starts,
            [
                Told(
                    row.language,
                    row.title,
                    row.synopsis,
                    *(tuple(map(str, each)) for each in (row.keywords, row.persons, row.places)),
                )
                for row in told
            ],
            told[0].ends,
        )
        for told in found.values()
    ]
    return sorted(chapters, key=lambda chapter: chapter.starts)


def _withheld(row: Mask) -> Withheld:
    return Withheld(row.public_id, row.starts, row.ends, row.reason, row.sound, row.picture)


def _sitting(row: Interview) -> Sitting:
    return Sitting(
        public_id=row.public_id,
        when=When(row.date_edtf, row.date_words, row.date_earliest, row.date_latest, row.date_note),
        interviewers=tuple(map(str, row.interviewers)),
        others_present=row.others_present,
        place=row.place,
        languages=tuple(map(str, row.languages)),
        equipment=row.equipment,
        summary=row.summary,
        agreed=row.agreed,
    )
