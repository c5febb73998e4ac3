"""A transcript of OHMS up to 5.4: text, and beside it after which word of which line each minute ends.

    1:|13(3)|19(14)      # every minute; the first ends behind the third word of line 13, the second in line 19

Nothing is said of what lies between, and nothing is made up: all that is said within a minute has the times of that
minute.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from memorial.domain.transcript import LATEST, Cue, Transcript, body_of
from memorial.formats.faults import MOST_CUES, Faults, Reading
from memorial.formats.speakers import labelled, taken
from memorial.formats.transcript_text import read_text

_SYNC = re.compile(r"\s*([0-9]{1,3}):((?:\|[^|]*)*)\s*")
_STAMP = re.compile(r"\s*([0-9]{1,7})(?:\(([0-9]{1,6})\))?\s*")

Stamp = tuple[int, int, int]  # line, words of it, milliseconds


def read_with_minutes(
    text: str, stamps: list[Stamp], every: int, faults: Faults, language: str, kind: str
) -> Reading[Transcript]:
    if not stamps:
        return read_text(text, faults, language, kind)
    cues = [cue for cue in _cues(text, stamps, every, faults) if cue.body]
    if len(cues) > MOST_CUES:
        faults.add(1, "too_many", found=str(MOST_CUES))
    return Reading(Transcript(tuple(cues[:MOST_CUES]), language, kind), faults.told())


def stamps_of(sync: str, faults: Faults) -> tuple[list[Stamp], int]:
    """Where minutes end, and how many milliseconds lie between two such places."""
    found = _SYNC.fullmatch(sync)
    every = int(found[1]) * 60_000 if found else 0
    if found is None or not every:
        faults.add(1, "sync", found=sync)
        return [], 0
    stamps: list[Stamp] = []
    for number, written in enumerate(found[2].split("|")):
        stamp = _STAMP.fullmatch(written)
        if not written.strip() or number * every > LATEST:
            continue
        place = (int(stamp[1]), int(stamp[2] or 0)) if stamp else (0, 0)
        if stamp is None or (stamps and place < stamps[-1][:2]):
            faults.add(1, "sync", found=written)
        else:
            stamps.append((*place, number * every))
    return stamps, every


def _cues(text: str, stamps: list[Stamp], every: int, faults: Faults) -> Iterator[Cue]:
    """A cue for each paragraph and each minute in it; who speaks goes on into the next minute."""
    minutes = [0, *(time for _, _, time in stamps)]
    ends = [*minutes[1:], minutes[-1] + every]
    for line, paragraph in _paragraphs(text):
        spoken, who = "", ""
        for number, (minute, words) in enumerate(_by_minute(line, paragraph, stamps)):
            spoken = " ".join(words)
            if number == 0:
                who, spoken = taken(spoken, line, faults)
            yield Cue(minutes[minute], ends[minute], body_of(spoken), who)


def _paragraphs(text: str) -> Iterator[tuple[int, list[list[str]]]]:
    """The first line and the words of each line, between empty lines and from each name in capitals on."""
    begun, lines = 0, list[list[str]]()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        who = labelled(line.strip())[0]
        if lines and (not words or who.isupper()):
            yield begun, lines
            lines = []
        if words:
            begun = begun if lines else number
            lines.append(words)
    if lines:
        yield begun, lines


def _by_minute(line: int, lines: list[list[str]], stamps: list[Stamp]) -> Iterator[tuple[int, list[str]]]:
    held: list[str] = []
    minute = _minute(line, 0, stamps)
    for number, words in enumerate(lines, line):
        for place, word in enumerate(words):
            now = _minute(number, place, stamps)
            if now != minute and held:
                yield minute, held
                held = []
            minute = now
            held.append(word)
    if held:
        yield minute, held


def _minute(line: int, word: int, stamps: list[Stamp]) -> int:
    """How many minutes have ended before this word."""
    return bisect_right(stamps, (line, word, LATEST + 1))
