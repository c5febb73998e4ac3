"""Which lines of a translation stand beside which lines of what it translates.

    beside(lines, translated)       # for each line of the first, those of the second: [(line,), (), (line, line), …]

A translation that was written beside its original has the original's numbers. One that came as a file has numbers of
its own: its lines then stand where most of their time is. None is lost, and none stands twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from memorial.domain.voices import Line


def beside(lines: Sequence[Line], others: Sequence[Line]) -> list[Sequence[Line]]:
    """The other lines in their order, by number where all of them are known by theirs, else by time."""
    found: list[list[Line]] = [[] for _ in lines]
    if not lines:
        return []
    places = {line.number: place for place, line in enumerate(lines)}
    if all(other.number in places for other in others):
        for other in others:
            found[places[other.number]].append(other)
        return [tuple(each) for each in found]
    place = 0
    for other in others:
        place = _most_shared(lines, other, place)
        found[place].append(other)
    return [tuple(each) for each in found]


def _most_shared(lines: Sequence[Line], other: Line, place: int) -> int:
    """The line that shares the most time with the other, from `place` on; else the last that had begun by then."""
    best, most = place, 0
    while place < len(lines) and (lines[place].starts < other.ends or place == best):
        shared = min(lines[place].ends, other.ends) - max(lines[place].starts, other.starts)
        if shared > most or (most <= 0 and lines[place].starts <= other.starts):
            best, most = place, max(shared, most)
        place += 1
    return best
