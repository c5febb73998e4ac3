"""Times as files write them, and cues in the order in which they are said.

clock(4000)                 # "00:00:04.000"
clock(4000, ",")            # as SRT has it
moment("00:00:04.000")      # 4000, or None where it is not exactly that
loosely("0:0:4,0")          # 4000: what cannot be meant otherwise
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from memorial.domain.transcript import LATEST, Cue
from memorial.formats.faults import MOST_CUES, Faults

EXACT = r"(?:[0-9]{1,6}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"
LOOSE = r"[0-9]{1,6}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]{1,3})?|[0-9]{1,2}:[0-9]{1,2}[.,][0-9]{3}"
_EXACT = re.compile(r"(?:([0-9]+):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})")
_LOOSE = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,3}))?")


def clock(milliseconds: int, point: str = ".") -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{rest:03}"


def moment(text: str) -> int | None:
    """As WebVTT has it: minutes and seconds in two digits, three digits behind the point. Without hours, the
    minutes are fewer than sixty: whether 120:00.000 means hours or minutes, nobody can know."""
    found = _EXACT.fullmatch(text)
    return None if found is None else _sum(*found.groups())


def loosely(text: str) -> int | None:
    """With hours or without, digits missing, a comma for the point."""
    found = _LOOSE.fullmatch(text)
    return None if found is None else _sum(*found.groups())


def _sum(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int | None:
    if int(minutes) > 59 or int(seconds) > 59:
        return None
    whole = (int((hours or "0")[:9]) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


Lined = tuple[int, Cue]  # the line of the file in which its times stand


def in_order(found: Sequence[Lined], faults: Faults) -> tuple[Cue, ...]:
    """The cues by their beginning; whatever is odd about their times is said with its line."""
    kept = [(line, cue) for line, cue in found if not _late(line, cue, faults)]
    if len(kept) > MOST_CUES:
        faults.add(kept[MOST_CUES][0], "too_many", found=str(MOST_CUES))
        kept = kept[:MOST_CUES]
    latest = 0
    for line, cue in kept:
        if cue.begin < latest:
            faults.add(line, "out_of_order")
        latest = max(latest, cue.begin)
    kept.sort(key=lambda one: one[1].begin)
    return tuple(_ended(kept, faults))


def _late(line: int, cue: Cue, faults: Faults) -> bool:
    if max(cue.begin, cue.end) <= LATEST:
        return False
    faults.add(line, "too_late", found=clock(max(cue.begin, cue.end)))
    return True


def _ended(kept: Sequence[Lined], faults: Faults) -> list[Cue]:
    """An end before its beginning becomes the beginning of what follows, which is all that a file says of it."""
    cues: list[Cue] = []
    before: tuple[int, int, int] | None = None  # line, begin, end of the cue above
    for place, (line, cue) in enumerate(kept):
        if cue.end < cue.begin:
            faults.add(line, "backwards", found=f"{clock(cue.begin)} --> {clock(cue.end)}")
            later = (next_.begin for _, next_ in kept[place + 1 : place + 50] if next_.begin > cue.begin)
            cue = replace(cue, end=next(later, cue.begin))  # noqa: PLW2901
        if before and cue.begin < before[2] and not _of_one(before, line, cue):
            faults.add(line, "overlaps")
        if before is None or cue.end >= before[2]:
            before = (line, cue.begin, cue.end)
        cues.append(cue)
    return cues


def _of_one(before: tuple[int, int, int], line: int, cue: Cue) -> bool:
    """Several people in one cue of the file: not an overlap that anybody made."""
    return before[0] == line or before[1:] == (cue.begin, cue.end)
