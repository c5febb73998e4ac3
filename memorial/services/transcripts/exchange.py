"""Files of transcripts, in and out: WebVTT, SRT, plain text, OHMS, the JSON of recognisers.

    come = read_in(session, actor, medium, data, "interview.vtt", Wish("verbatim", "az"), now=now)
    come.drafts, come.faults                         # Refused, Invalid, NotPermitted
    written(session, draft, "vtt").text              # of a draft, or of a released transcript
    written_whole(session, medium, on=day).text      # OHMS: the words, their translation and the chapters

Which reader a file goes to, its content says, and its name where the content does not. An OHMS file makes up to three
drafts at once. What its fields say of the interview is not taken over, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid
from memorial.domain.transcript import UNKNOWN, Interview, Transcript, Word
from memorial.domain.transcript import Cue as CueValue
from memorial.formats import ohms, srt, transcript_text, vtt, whisper_json
from memorial.formats.faults import LARGEST, Fault, Faults, Reading, Refused, Written
from memorial.gate import Actor, GatedSession
from memorial.models import Cue, Draft, Media
from memorial.models import Transcript as Released
from memorial.services.transcripts import chaptering, drafts
from memorial.services.transcripts.drafts import CHAPTERS

# What a file is called and what it is; OHMS holds a whole recording.
ENDINGS: Mapping[str, str] = {"vtt": "text/vtt", "srt": "application/x-subrip", "txt": "text/plain", "json": "application/json"}  # fmt: skip
WHOLE = "xml"
_SRT_TIMES = re.compile(rb"\d{1,2}:\d{2}[:.,]\d{2,3}.{0,8}-->")
_AT_ONCE = 4096  # bytes that say what a file is


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever brings a file says of it. What the file says of itself goes before."""

    kind: str = "verbatim"
    language: str = UNKNOWN
    made_by: str = ""
    translates: Draft | None = None
    speakers: bool = True  # a name before a colon, in forms that have no other way to say who speaks


@dataclass(frozen=True, slots=True)
class Come:
    drafts: Sequence[Draft]
    faults: Sequence[Fault]


def form_of(data: bytes, name: str) -> str:
    """vtt, srt, txt, json or xml."""
    head = data[:_AT_ONCE].removeprefix(b"\xef\xbb\xbf").lstrip()
    ending = name.rpartition(".")[2].lower()
    if head.startswith(b"WEBVTT"):
        return "vtt"
    if head.startswith(b"<") and (ending == "xml" or b"<ROOT" in head or head.startswith(b"<?xml")):
        return WHOLE
    if head.startswith(b"{") and ending not in ("srt", "vtt"):
        return "json"
    if ending in (*ENDINGS, WHOLE):
        return ending
    return "srt" if _SRT_TIMES.search(head) else "txt"


def read_in(
    session: GatedSession, actor: Actor, medium: Media, data: bytes, name: str, wish: Wish, *, now: datetime
) -> Come:
    """A draft from a file, or several. Raises Refused where it is none of these forms, or holds nothing."""
    drafts.demand(session, actor, "transcribe", medium, now=now)
    if len(data) > LARGEST:
        raise Refused("too_large", 0, str(LARGEST >> 20))
    form = form_of(data, name)
    if form == WHOLE:
        return _whole(session, actor, medium, data, wish, now)
    reading = _read(form, data, wish)
    if not reading.value.cues:
        raise Refused("no_cues")
    draft = _begin(session, actor, medium, reading.value, wish, now)
    return Come([draft], reading.faults)


def _read(form: str, data: bytes, wish: Wish) -> Reading[Transcript]:
    if form == "srt":
        return srt.read(data, wish.language, wish.kind, speakers=wish.speakers)
    if form == "txt":
        return transcript_text.read(data, wish.language, wish.kind, speakers=wish.speakers)
    reader = vtt.read if form == "vtt" else whisper_json.read
    return reader(data, wish.language, wish.kind)


def _begin(
    session: GatedSession, actor: Actor, medium: Media, value: Transcript, wish: Wish, now: datetime
) -> Draft:
    """The file may say that it is a translation; of what, only whoever brings it can."""
    kind = "translation" if wish.translates is not None else value.kind
    return drafts.begin(
        session, actor, medium, kind, value.language, wish.made_by,
        translates=wish.translates, cues=value.cues, now=now,
    )  # fmt: skip


# -- OHMS -----------------------------------------------------------------------------------


def _whole(
    session: GatedSession, actor: Actor, medium: Media, data: bytes, wish: Wish, now: datetime
) -> Come:
    reading = ohms.read(data)
    if not reading.value or not (reading.value[0].transcripts or reading.value[0].segments):
        raise Refused("no_cues")
    interview, faults = reading.value[0], Faults()
    if len(reading.value) > 1:
        faults.add(0, "one_interview", found=str(len(reading.value)))
    if interview.facts:
        faults.add(0, "facts_left", found=", ".join(interview.facts))
    made: list[Draft] = []
    for one in interview.transcripts[:2]:
        side = replace(wish, translates=made[0] if made else None)
        made.append(_begin(session, actor, medium, one if made else _main(one, wish, faults), side, now))
    if interview.segments:
        made.append(_chapters(session, actor, medium, interview, wish, now))
    return Come(made, [*reading.faults, *faults.told()])


def _main(value: Transcript, wish: Wish, faults: Faults) -> Transcript:
    """The first transcript of a file translates nothing that the file holds."""
    if value.kind == "translation":
        faults.add(0, "kind", found=value.kind)
        value = replace(value, kind="verbatim")
    return value if value.language != UNKNOWN else replace(value, language=wish.language)


def _chapters(
    session: GatedSession, actor: Actor, medium: Media, interview: Interview, wish: Wish, now: datetime
) -> Draft:
    draft = drafts.begin(session, actor, medium, CHAPTERS, UNKNOWN, wish.made_by, now=now)
    draft.chapters = chaptering.stored(interview.segments)
    draft.version += 1
    drafts.step(session, draft, actor, [[CHAPTERS, [], draft.chapters]], now)
    return draft


# -- out ------------------------------------------------------------------------------------


def value_of(session: GatedSession, given: Draft | Released) -> Transcript:
    """A draft, or what was released, as a value. Lines that are still empty are none."""
    if isinstance(given, Draft):
        cues = [line.cue for line in drafts.lines_of(session, given)]
    else:
        wanted = select(Cue).where(Cue.transcript_id == given.id).order_by(Cue.position)
        cues = [_cue(row) for row in session.scalars(wanted)]
    spoken = sorted((cue for cue in cues if cue.body), key=lambda cue: cue.begin)
    return Transcript(tuple(spoken), given.language, given.kind)


def _cue(row: Cue) -> CueValue:
    words = tuple(Word(text, begin, end) for text, begin, end in row.words)
    return CueValue(row.starts, row.ends, row.body, row.speaker, words)


def written(session: GatedSession, given: Draft | Released, form: str) -> Written:
    """One of `ENDINGS`. Raises Invalid where the form needs times and there are none."""
    writers: Mapping[str, Any] = {
        "vtt": vtt.write, "srt": srt.write, "txt": transcript_text.write, "json": whisper_json.write,
    }  # fmt: skip
    if form not in writers:
        raise Invalid("no_such_choice", field="form")
    result: Written = writers[form](value_of(session, given))
    return result


def written_whole(
    session: GatedSession, medium: Media, *, on: date, chosen: Sequence[Draft] | None = None
) -> Written:
    """OHMS 6.0 of a recording: its first transcript, the first translation of that, and its chapters."""
    there = drafts.of_recordings(session, [medium]).get(medium.id, []) if chosen is None else list(chosen)
    main = next((one for one in there if one.kind not in (CHAPTERS, "translation")), None)
    other = next((one for one in there if main is not None and one.translates_id == main.id), None)
    told = next((one for one in there if one.kind == CHAPTERS), None)
    sides = [value_of(session, one) for one in (main, other) if one is not None]
    segments = chaptering.segments(told.chapters) if told else ()
    if not sides and not segments:
        raise Invalid("nothing_written", field="form")
    return ohms.write(Interview({}, tuple(sides), segments), on=on)
