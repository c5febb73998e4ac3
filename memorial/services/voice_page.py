"""The page of a recording: which transcript leads, what stands beside it, which stretch of it, and the moment asked for.

    page = opened(session, record, asked(request.args), "ru")     # VoicePage, or None where there is no recording

A page holds at most `MOST` lines: what is longer comes in stretches of equal length, each with an address of its own,
so that a recording of four hours opens as soon as one of an hour. A search within goes over all of them.
Addresses are the page's own path and a query, so that they work on a proof as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urlencode

from memorial.domain import aligning, voices
from memorial.domain.moments import seconds
from memorial.domain.names import fold
from memorial.domain.views import RecordView
from memorial.domain.voices import Chapter, Line, Recording, Spoken
from memorial.gate import GatedSession
from memorial.gate.voices import lines
from memorial.services.snippets import snippet

MOST = 900  # lines of the transcript that leads: an hour of calm speech, with its translation under 120 KB
MOST_HITS = 100
ALONE = "none"  # in `with`: no translation beside
ORIGINAL = ("verbatim", "edited")
PLAYS = ("audio", "720")
Named = TypeVar("Named", Recording, Spoken)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `find` is folded already; what nobody knows is as if it had not been asked."""

    moment: int | None = None  # seconds
    line: int | None = None  # a number, where a transcript has no times
    find: str = ""
    recording: str = ""
    read: str = ""  # public id of the transcript that leads
    beside: str = ""  # of the translation beside it, or ALONE
    play: str = ""  # audio: the sound of a film alone; 720: its larger copy


def asked(given: Mapping[str, str]) -> Asked:
    words = " ".join(given.get("find", "")[:200].split())
    line = given.get("line", "")
    return Asked(
        moment=seconds(given.get("t", "")),
        line=int(line) if line.isdecimal() and line.isascii() and len(line) < 10 else None,
        find=words,
        recording=given.get("recording", "")[:40],
        read=given.get("read", "")[:40],
        beside=given.get("with", "")[:40],
        play=given.get("play", "")[:10],
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what stands beside it. `speaker` is "" where the same person goes on."""

    line: Line
    beside: Sequence[Line] = ()
    speaker: str = ""
    chapter: Chapter | None = None  # begins here
    current: bool = False
    hit: bool = False
    note: Note | None = None  # what it says begins here


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some lines of a long transcript, from when until when, and what follows the page's address to open them."""

    begins: int
    ends: int
    where: str
    number: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A line in which the words are that were looked for."""

    line: Line
    where: str
    snippet: str
    language: str


@dataclass(frozen=True, slots=True)
class Note:
    """What hard matter comes, from when until when where that is said, and where "skip this part" leads."""

    words: str
    starts: int | None = None
    ends: int | None = None
    past: str = ""


Begins = TypeVar("Begins", Chapter, Note)


@dataclass(frozen=True, slots=True)
class VoicePage:
    recording: Recording
    recordings: Sequence[Recording]
    asked: Asked
    lead: Spoken | None = None
    beside: Spoken | None = None
    rows: Sequence[Row] = ()
    stretches: Sequence[Stretch] = ()
    found: Sequence[Found] = ()
    found_all: int = 0
    timed: bool = True
    current: Line | None = None
    notes: Sequence[Note] = ()
    kept: Mapping[str, str] = field(default_factory=dict)  # of the address, what every link keeps
    leads: Sequence[Spoken] = ()  # what can be read by itself
    translations: Sequence[Spoken] = ()  # what can stand beside it

    @property
    def spelled(self) -> bool:
        return any(row.line.spelled for row in self.rows)

    def link(self, **more: str) -> str:
        """What follows the page's address; what is "" is left out."""
        return query_of({**self.kept, **more})

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(fold(self.asked.find).split())


def query_of(values: Mapping[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value}, safe=":")


def opened(session: GatedSession, record: RecordView, asked: Asked, language: str) -> VoicePage | None:
    """What a page shows of the recordings of its record; of transcripts, those lines that it shows are read."""
    if not record.recordings:
        return None
    recording = _recording(record.recordings, asked)
    leads, translations = choices(recording)
    lead = _named([*leads, *translations], asked.read) or next(iter(leads or translations), None)
    translations = [
        each for each in translations if lead and each.public_id != lead.public_id and _fits(each, lead)
    ]
    beside = _beside(translations, lead, asked.beside, language)
    page = VoicePage(
        recording, record.recordings, asked, lead, beside,
        kept=_kept(asked, record.recordings, leads, translations), leads=[*leads, *translations] if leads else [],
        translations=translations,
    )  # fmt: skip
    notes = [note for text in (*record.content_notes, recording.content_note) for note in notes_of(text)]
    page = replace(page, notes=notes)
    return _with_lines(session, page) if lead else page


def _recording(among: Sequence[Recording], asked: Asked) -> Recording:
    """The one that is named, or whose transcript is; else the first."""
    named = _named(among, asked.recording)
    return named or next((each for each in among if _named(each.transcripts, asked.read)), among[0])


def choices(recording: Recording) -> tuple[list[Spoken], list[Spoken]]:
    """What can be read by itself, and the translations."""
    translated = [each for each in recording.transcripts if each.kind == voices.TRANSLATION]
    return [each for each in recording.transcripts if each.kind != voices.TRANSLATION], translated


def _named(among: Sequence[Named], public_id: str) -> Named | None:
    return next((each for each in among if each.public_id == public_id), None)


def _fits(translation: Spoken, lead: Spoken) -> bool:
    """Whether it may stand beside: it translates this, or nobody says what."""
    return translation.translates in ("", lead.public_id) or lead.kind in ORIGINAL


def _beside(among: Sequence[Spoken], lead: Spoken | None, wanted: str, language: str) -> Spoken | None:
    """The translation asked for; where none is, that into the reader's language, if the original is not in it."""
    if lead is None or wanted == ALONE:
        return None
    if (named := _named(among, wanted)) is not None:
        return named
    if lead.kind not in ORIGINAL or lead.language.split("-")[0] == language:
        return None
    return next((each for each in among if each.language.split("-")[0] == language), None)


def _kept(
    asked: Asked, recordings: Sequence[Recording], leads: Sequence[Spoken], translations: Sequence[Spoken]
) -> dict[str, str]:
    """What every link of the page keeps: only what was asked for and is there."""
    kept = {}
    if _named(recordings, asked.recording):
        kept["recording"] = asked.recording
    if _named([*leads, *translations], asked.read):
        kept["read"] = asked.read
    if asked.beside == ALONE or _named(translations, asked.beside):
        kept["with"] = asked.beside
    if asked.play in PLAYS:
        kept["play"] = asked.play
    return kept


# -- lines ----------------------------------------------------------------------------------


def _with_lines(session: GatedSession, page: VoicePage) -> VoicePage:
    assert page.lead is not None
    both = [page.lead.public_id, *([page.beside.public_id] if page.beside else [])]
    read = lines(session, both)
    mine, others = read[both[0]], read[both[-1]] if page.beside else []
    aligned = aligning.beside(mine, others) if others else []
    timed = any(line.ends for line in mine)
    place = _place(mine, page.asked, timed)
    first, last = _window(len(mine), place or 0)
    current = mine[place] if place is not None and mine else None
    hits = _hits(page, mine, aligned)
    page = replace(page, notes=[_past(page, note, mine) for note in page.notes])
    return replace(
        page,
        rows=_rows(page, mine, aligned, first, last, current, {line.number for line, _, _ in hits}),
        stretches=_stretches(page, mine, first, timed),
        found=[_found(page, *hit) for hit in hits[:MOST_HITS]],
        found_all=len(hits),
        timed=timed,
        current=current,
    )


def _place(mine: Sequence[Line], asked: Asked, timed: bool) -> int | None:
    """The line that is being said at the moment asked for: the last that had begun."""
    if asked.line is not None:
        found = [place for place, line in enumerate(mine) if line.number == asked.line]
        return found[0] if found else None
    if asked.moment is None or not timed or not mine:
        return None
    exact = [place for place, line in enumerate(mine) if line.starts // 1000 == asked.moment]
    begun = [place for place, line in enumerate(mine) if line.starts <= asked.moment * 1000]
    return exact[0] if exact else (begun or [0])[-1]


def _cuts(count: int) -> list[int]:
    """Where stretches of equal length begin."""
    several = max(1, -(-count // MOST))
    return [count * number // several for number in range(several)]


def _window(count: int, place: int) -> tuple[int, int]:
    ends = [*_cuts(count)[1:], count]
    begins = _cuts(count)
    return next((pair for pair in zip(begins, ends, strict=True) if place < pair[1]), (begins[-1], count))


def _rows(
    page: VoicePage, mine: Sequence[Line], aligned: Sequence[Sequence[Line]], first: int, last: int,
    current: Line | None, hits: set[int],
) -> list[Row]:  # fmt: skip
    from_here = mine[first].starts if first < len(mine) and first else 0
    chapters = [each for each in page.recording.chapters if each.starts >= from_here]
    notes = [each for each in page.notes if each.ends is not None and (each.starts or 0) >= from_here]
    rows, speaker = [], ""
    for place in range(first, last):
        line = mine[place]
        chapter, note = _begun(chapters, line), _begun(notes, line)
        said = line.speaker if line.speaker != speaker or chapter else ""
        speaker = line.speaker or speaker
        beside = aligned[place] if aligned else ()
        rows.append(Row(line, beside, said, chapter, line is current, line.number in hits, note))
    return rows


def _begun(waiting: list[Begins], line: Line) -> Begins | None:
    """The last of those that begin with this line or before it, taken away."""
    found = None
    while waiting and (waiting[0].starts or 0) <= line.starts:
        found = waiting.pop(0)
    return found


def _stretches(page: VoicePage, mine: Sequence[Line], first: int, timed: bool) -> list[Stretch]:
    begins = _cuts(len(mine))
    if len(begins) == 1:
        return []
    found = []
    for number, (begin, end) in enumerate(zip(begins, [*begins[1:], len(mine)], strict=True), 1):
        line = mine[begin]
        place = {"t": str(line.starts // 1000)} if timed and begin else {"line": str(line.number)}
        where = page.link(**place) if begin else page.link()
        found.append(Stretch(line.starts, mine[end - 1].ends, where, number, begin == first))
    return found


# -- what hard matter comes -----------------------------------------------------------------

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}"
_SPAN = re.compile(rf"({_CLOCK})(?:\s*(?:[-–—]|to)\s*({_CLOCK}))?")


def notes_of(text: str) -> list[Note]:
    """A content note in its pieces, each with the span that it names: "12:04–13:30 describes a killing"."""
    found = []
    for piece in filter(None, (each.strip() for each in re.split(r"[\n;]", text))):
        span = _SPAN.search(piece)
        begins, ends = (seconds(span[1]), seconds(span[2] or "")) if span else (None, None)
        found.append(Note(piece, _thousand(begins), _thousand(ends)))
    return found


def _thousand(at: int | None) -> int | None:
    return None if at is None else at * 1000


def _past(page: VoicePage, note: Note, mine: Sequence[Line]) -> Note:
    """With the way to the first line that begins after what it names."""
    if note.ends is None:
        return note
    after = next((line for line in mine if line.starts >= note.ends and line.ends), None)
    place = f"#c-{after.number}" if after else ""
    return replace(note, past=f"{page.link(t=str(note.ends // 1000))}{place}")


# -- search within --------------------------------------------------------------------------


def _hits(
    page: VoicePage, mine: Sequence[Line], aligned: Sequence[Sequence[Line]]
) -> list[tuple[Line, Line, str]]:
    """(the line of the transcript that leads, the line with the words, its language), in order."""
    wanted = page.words
    if not wanted or page.lead is None:
        return []
    found = []
    language = page.beside.language if page.beside else ""
    for place, line in enumerate(mine):
        if _has(line, wanted):
            found.append((line, line, page.lead.language))
            continue
        said = next((each for each in (aligned[place] if aligned else ()) if _has(each, wanted)), None)
        if said is not None:
            found.append((line, said, language))
    return found


def _has(line: Line, wanted: Sequence[str]) -> bool:
    """Every word that was asked for begins a word of the line."""
    spaced = f" {fold(line.words)}"
    return all(f" {word}" in spaced for word in wanted)


def _found(page: VoicePage, line: Line, said: Line, language: str) -> Found:
    where = page.link(**moment_of(line), find=page.asked.find)
    return Found(line, f"{where}#c-{line.number}", snippet(said.words, page.words, begins=True), language)


def moment_of(line: Line) -> dict[str, str]:
    """The address of a line: its second, or its number where it has no times."""
    return {"t": str(line.starts // 1000)} if line.ends else {"line": str(line.number)}


# -- the words alone ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alone:
    """A transcript by itself, whole. `others` are what else can be read so."""

    recording: Recording
    spoken: Spoken
    lines: Sequence[Line] = ()
    others: Sequence[Spoken] = ()


def alone(session: GatedSession, record: RecordView, asked: Asked) -> Alone | None:
    """The transcript asked for; else, of its recording, the original."""
    if not record.recordings:
        return None
    recording = _recording(record.recordings, asked)
    every = [each for some in choices(recording) for each in some]
    spoken = _named(every, asked.read) or next(iter(every), None)
    if spoken is None:
        return None
    read = lines(session, [spoken.public_id])[spoken.public_id]
    return Alone(recording, spoken, read, [each for each in every if each is not spoken])
