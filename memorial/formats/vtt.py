"""WebVTT (https://www.w3.org/TR/webvtt1/): the form in which players have captions.

    reading = read(data, language="az")       # Reading(Transcript, faults); raises Refused
    write(transcript).text

Blocks are found as the standard has it. Two things are read besides, and said: times with digits missing, as meeting
programs write them, and cues that follow without the empty line. Language and kind stand in a comment behind the
heading; those that other programs put into the heading itself are understood. Where several people speak in one cue,
each has a cue of the same times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorial.domain.errors import Invalid
from memorial.domain.transcript import (
    KINDS,
    LANGUAGE,
    UNKNOWN,
    Cue,
    Run,
    Transcript,
    body,
    escaped,
    plain,
    runs,
)
from memorial.formats.cue_markup import bounded, cues_of, pieces, timed
from memorial.formats.faults import Fault, Faults, Reading, Refused, Written
from memorial.formats.moments import EXACT, LOOSE, Lined, clock, in_order, loosely, moment
from memorial.formats.text_bytes import decoded

ARROW = "-->"
_TIMES = re.compile(rf"[ \f]*({EXACT})[ \f]*-->[ \f]*({EXACT})(.*)")
_TIMES_LOOSELY = re.compile(rf"[ \f]*({LOOSE})[ \f]*-->[ \f]*({LOOSE})((?: .*)?)")
_SAID = re.compile(r"(Language|Kind):[ ]*(.*?)[ ]*", re.IGNORECASE)
# What the heading of other programs calls a kind of track, and what that is here.
_TRACKS = {
    "captions": "",
    "subtitles": "",
    "chapters": "",
    "metadata": "",
    "descriptions": "audio_description",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A cue as it stands in the file, before its marks are read."""

    line: int  # of the times
    name: str
    begin: int
    end: int
    payload: str


def read(data: bytes, language: str = UNKNOWN, kind: str = "verbatim") -> Reading[Transcript]:
    faults = Faults()
    return read_text(decoded(data, faults), faults, language, kind)


def read_text(
    text: str, faults: Faults, language: str = UNKNOWN, kind: str = "verbatim"
) -> Reading[Transcript]:
    """Of a text that stands in another file too; `faults` knows in which line it begins."""
    reader = _Reader(bounded(text), faults)
    found: list[Lined] = []
    for block in reader.blocks():
        spoken = pieces(block.payload, block.line + 1, faults)
        found.extend((block.line, cue) for cue in cues_of(spoken, block.begin, block.end, block.line, faults))
    cues = in_order(found, faults)
    if not cues:
        faults.add(0, "no_cues")
    transcript = Transcript(cues, reader.said.get("language", language), reader.said.get("kind", kind))
    return Reading(transcript, faults.told())


class _Reader:
    """Walks over the blocks of a file. `said` is what the file says of itself."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.lines = text.split("\n")
        self.faults = faults
        self.said: dict[str, str] = {}
        self._at = 0
        self._cues = 0

    def blocks(self) -> Iterator[Block]:
        self._heading()
        while self._at < len(self.lines):
            if not self.lines[self._at]:
                self._at += 1
                continue
            block = self._block()
            if block is not None:
                self._cues += 1
                yield block

    def _heading(self) -> None:
        first = self.lines[0]
        if not re.match(r"WEBVTT(?: |$)", first):
            raise Refused("not_vtt", 1 + self.faults.offset, first)
        if first[6:].strip():
            self.faults.add(1, "heading", found=first)
        self._at = 1
        while self._at < len(self.lines) and self.lines[self._at]:
            line = self.lines[self._at]
            if ARROW in line:
                self.faults.add(self._at + 1, "no_blank_line")
                return
            if not self._says(line, self._at + 1):
                self.faults.add(self._at + 1, "heading", found=line)
            self._at += 1

    def _says(self, line: str, number: int) -> bool:
        """Whether the line says what language or kind this is; what nobody knows by that name is said."""
        found = _SAID.fullmatch(line)
        if found is None:
            return False
        name, value = found[1].lower(), found[2]
        if name == "language" and LANGUAGE.fullmatch(value):
            self.said[name] = value
        elif name == "kind" and (value in KINDS or value.lower() in _TRACKS):
            if known := _TRACKS.get(value.lower(), value):
                self.said[name] = known
        else:
            self.faults.add(number, name, found=value)
        return True

    def _block(self) -> Block | None:
        """The lines up to an empty one, or up to times that belong to the next cue."""
        before: list[str] = []
        payload: list[str] = []
        times = first = self._at
        arrow = False
        while self._at < len(self.lines) and self.lines[self._at]:
            line = self.lines[self._at]
            if ARROW in line:
                if arrow or len(before) > 1:
                    if arrow:
                        self.faults.add(self._at + 1, "no_blank_line")
                    break
                arrow, times = True, self._at
            else:
                (payload if arrow else before).append(line)
            self._at += 1
        if arrow:
            return self._cue(times, before, payload)
        self._aside(first + 1, before)
        return None

    def _cue(self, at: int, before: Sequence[str], payload: Sequence[str]) -> Block | None:
        line = self.lines[at]
        found = _TIMES.fullmatch(line)
        begin, end = (moment(found[1]), moment(found[2])) if found else (None, None)
        if found is None and (found := _TIMES_LOOSELY.fullmatch(line)):
            begin, end = loosely(found[1]), loosely(found[2])
            if begin is not None and end is not None:
                self.faults.add(at + 1, "time_form", found=line)
        if found is None or begin is None or end is None:
            self.faults.add(at + 1, "time", found=" ".join([line, *payload]))
            return None
        if found[3].strip():
            self.faults.add(at + 1, "place_on_screen", found=found[3])
        name = before[0] if before else ""
        if name and not name.isdecimal():
            self.faults.add(at, "name_of_cue", found=name)
        return Block(at + 1, name, begin, end, "\n".join(payload))

    def _aside(self, number: int, lines: Sequence[str]) -> None:
        """A block without times: a comment, a style, a region, or words that belong to no cue."""
        first, rest = lines[0], lines[1:]
        if first == "NOTE" or first.startswith("NOTE "):
            if not self._cues and first == "NOTE" and all(_SAID.fullmatch(line) for line in rest) and rest:
                for place, line in enumerate(rest, number + 1):
                    self._says(line, place)
                return
            self.faults.add(number, "comment", found=" ".join([first[5:], *rest]))
        elif first.rstrip(" ") in ("STYLE", "REGION") and not self._cues:
            self.faults.add(number, first.strip(" ").lower(), found=" ".join(rest))
        else:
            self.faults.add(number, "stray", found=" ".join(lines))


# -- writing --------------------------------------------------------------------------------


def write(transcript: Transcript) -> Written:
    """A file that every check of WebVTT accepts. Raises Invalid where nothing has a time."""
    if not transcript.timed:
        raise Invalid("transcript_without_times")
    faults = Faults()
    note = f"WEBVTT\n\nNOTE\nLanguage: {transcript.language}\nKind: {transcript.kind}\n"
    cues = [_cue(number, cue, faults) for number, cue in enumerate(transcript.cues, 1)]
    return Written("\n".join([note, *cues]), faults.told())


def _cue(number: int, cue: Cue, faults: Faults) -> str:
    end = cue.end
    if end <= cue.begin:
        end = cue.begin + 1
        faults.add(0, "lengthened", f"cue {number}")
    marks, whole = timed(plain(cue.body), cue)
    if not whole:
        faults.add(0, "word_rest", f"cue {number}", plain(cue.body))
    name = escaped(cue.speaker)
    if name.endswith("--"):  # with the end of its mark that would be an arrow
        name = f"{name[:-1]}&#45;"
    voice = f"<v {name}>" if name else ""
    return f"{number}\n{clock(cue.begin)} {ARROW} {clock(end)}\n{voice}{_marked(cue.body, marks)}\n"


def _marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """The body with the times of its words between its marks."""
    written, at, waiting, whole = [], 0, list(marks), len(plain(text))
    for run in runs(text):
        begin = at
        at += len(run.text)
        cuts = [begin]
        times = [""]
        while waiting and (waiting[0][0] < at or waiting[0][0] == at == whole):
            place, moment_ = waiting.pop(0)
            cuts.append(place)
            times.append(f"<{clock(moment_)}>")
        for time, start, end in zip(times, cuts, [*cuts[1:], at], strict=True):
            piece = run.text[start - begin : end - begin]
            written.append(time + _set(run, piece))
    return "".join(written)


def _set(run: Run, piece: str) -> str:
    """One stretch in the marks of its run, blanks at its ends as they are."""
    text = escaped(piece)
    for name, open_ in (("i", run.italic), ("b", run.bold)):
        if open_ and text:
            text = f"<{name}>{text}</{name}>"
    return f"<lang {run.language}>{text}</lang>" if run.language and text else text


def chapters(segments: Sequence[tuple[int, int, str]]) -> str:
    """A track of chapters for players: (begin, end, title), those without length or title left out."""
    cues = (
        f"{clock(begin)} {ARROW} {clock(end)}\n{escaped(plain(body([Run(title)]))).replace(chr(10), ' ')}\n"
        for begin, end, title in segments
        if end > begin and title.strip()
    )
    return "\n".join(["WEBVTT\n", *cues])


def blocks(data: bytes) -> tuple[list[Block], tuple[Fault, ...]]:
    """The cues as they stand in the file, with their marks: what conformance suites compare."""
    faults = Faults()
    found = list(_Reader(decoded(data, faults), faults).blocks())
    return found, faults.told()
