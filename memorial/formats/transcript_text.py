"""A transcript as plain text: paragraphs, a name before a colon, a time in brackets where there is one.

    [00:00:04.000 - 00:00:29.000] SYNTHETIC NARRATOR: Yes.

    reading = read(data, language="az")       # Reading(Transcript, faults); raises Refused
    write(transcript).text                    # write(transcript, times=False) for reading on paper

A paragraph is a cue. A paragraph without a time begins with the one above it; where nothing has a time, the
transcript has none. No sign is a mark here: `<b>` is three letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from memorial.domain.transcript import UNKNOWN, Cue, Transcript, body_of, plain
from memorial.formats.faults import MOST_CUES, Faults, Reading, Refused, Written
from memorial.formats.moments import Lined, clock, in_order, loosely
from memorial.formats.speakers import taken, unheld, with_label
from memorial.formats.text_bytes import decoded

_TIME = r"(?:[0-9]{1,4}:)?[0-9]{1,2}:[0-9]{2}(?:[.,][0-9]{1,3})?"
_TIMES = re.compile(rf"[ ]*[\[(]({_TIME})(?:[ ]*(?:-|–|-->)[ ]*({_TIME}))?[\])][ ]*")

Paragraph = tuple[int, str]  # its first line, its words


def read(
    data: bytes, language: str = UNKNOWN, kind: str = "verbatim", *, speakers: bool = True
) -> Reading[Transcript]:
    if b"\x00\x00\x00" in data[:4096]:
        raise Refused("not_text", 1)
    faults = Faults()
    return read_text(decoded(data, faults), faults, language, kind, speakers=speakers)


def read_text(
    text: str, faults: Faults, language: str = UNKNOWN, kind: str = "verbatim", *, speakers: bool = True
) -> Reading[Transcript]:
    """Of a text that stands in another file too; `faults` knows in which line it begins."""
    found = [_cue(paragraph, faults, speakers) for paragraph in paragraphs(text.split("\n"))]
    kept = [one for one in found if one[1].body]
    if not kept:
        faults.add(0, "no_cues")
    if all(cue.begin < 0 for _, cue in kept):
        if kept:
            faults.add(kept[0][0], "no_times")
        untimed = tuple(replace(cue, begin=0, end=0) for _, cue in kept[:MOST_CUES])
        if len(kept) > MOST_CUES:
            faults.add(kept[MOST_CUES][0], "too_many", found=str(MOST_CUES))
        return Reading(Transcript(untimed, language, kind), faults.told())
    return Reading(Transcript(in_order(_filled(kept), faults), language, kind), faults.told())


def paragraphs(lines: Sequence[str]) -> Iterator[Paragraph]:
    """Between empty lines, and from each line that begins with a time."""
    begun, words = 0, list[str]()
    for number, line in enumerate(lines, 1):
        if words and (not line.strip(" \ufeff") or _TIMES.match(line)):
            yield begun, "\n".join(words)
            words = []
        if line.strip(" \ufeff"):
            begun = begun if words else number
            words.append(line.strip(" \ufeff"))
    if words:
        yield begun, "\n".join(words)


def _cue(paragraph: Paragraph, faults: Faults, speakers: bool) -> Lined:
    """An end of -1 is not known yet, and so is a beginning of -1."""
    line, words = paragraph
    begin = end = -1
    if times := _TIMES.match(words):
        first, last = loosely(times[1]), loosely(times[2] or "")
        if first is None or (times[2] and last is None):
            faults.add(line, "time", found=times[0])
        else:
            begin, end = first, -1 if last is None else last
        words = words[times.end() :]
    who, said = taken(words, line, faults) if speakers else ("", words)
    if not said.strip():
        faults.add(line, "empty")
    return line, Cue(begin, end, body_of(said), who)


def _filled(kept: Sequence[Lined]) -> list[Lined]:
    """What has no time begins with what is above it; what has no end ends where the next one begins."""
    filled: list[Lined] = []
    begin = 0
    for line, cue in kept:
        begin = cue.begin if cue.begin >= 0 else begin
        filled.append((line, replace(cue, begin=begin)))
    end = filled[-1][1].begin
    for place in range(len(filled) - 1, -1, -1):
        line, cue = filled[place]
        if cue.end < 0:
            filled[place] = line, replace(cue, end=max(end, cue.begin))
        if place and filled[place - 1][1].begin < cue.begin:
            end = cue.begin
    return filled


def write(transcript: Transcript, *, times: bool = True) -> Written:
    faults = Faults()
    timed = times and transcript.timed
    return Written(
        "\n".join(_paragraph(number, cue, timed, faults) for number, cue in enumerate(transcript.cues, 1)),
        faults.told(),
    )


def _paragraph(number: int, cue: Cue, timed: bool, faults: Faults) -> str:
    unheld(cue, number, faults, marks=True)
    for line in plain(cue.body).split("\n"):
        if _TIMES.match(line):
            faults.add(0, "reads_as_time", f"cue {number}", line)
    times = f"[{clock(cue.begin)} - {clock(cue.end)}] " if timed else ""
    return f"{times}{with_label(cue, number, faults)}\n"
