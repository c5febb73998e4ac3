"""Which pieces of two sequences are the same ones, found in time that grows with their length.

    matches(["a", "b"], ["b", "c"])     # [Match(1, 0, 1)]: b stands at 1 here and at 0 there

Ends that are equal are set aside; pieces that occur once on both sides are fixed points (the
"patience" rule of Bram Cohen); what lies between two of them is compared piece by piece while
that is cheap. A stretch that would be dear has no matches: it is then shown as changed as a whole.
Several comparisons of one text share a `Purse`, so that no text costs more than that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

# What comparing piece by piece may cost in pairs, one stretch; and how often a piece may be looked
# at for fixed points, on average.
DEAREST_STRETCH = 250_000
LOOKS = 30


@dataclass
class Purse:
    """What comparing piece by piece may still cost, in pairs."""

    left: int = 1_000_000


class Match(NamedTuple):
    """`size` pieces from `a` on are those from `b` on."""

    a: int
    b: int
    size: int


class _Span(NamedTuple):
    a: int
    a_end: int
    b: int
    b_end: int

    @property
    def length(self) -> int:
        return self.a_end - self.a + self.b_end - self.b

    @property
    def pairs(self) -> int:
        return (self.a_end - self.a) * (self.b_end - self.b)


def matches(before: Sequence[str], after: Sequence[str], purse: Purse | None = None) -> list[Match]:
    """Matches in order, neighbours joined; none overlaps another on either side."""
    found: list[Match] = []
    purse = purse or Purse()
    looks = LOOKS * (len(before) + len(after))
    waiting = [_Span(0, len(before), 0, len(after))]
    while waiting:
        span = _ends(before, after, waiting.pop(), found)
        looks -= span.length
        fixed = _fixed_points(before, after, span) if span.pairs and looks > 0 else []
        if fixed:
            found += (Match(a, b, 1) for a, b in fixed)
            waiting += _between(span, fixed)
        elif 0 < span.pairs <= min(DEAREST_STRETCH, purse.left):
            purse.left -= span.pairs
            found += _by_piece(before, after, span)
    return _joined(sorted(found))


def _ends(before: Sequence[str], after: Sequence[str], span: _Span, found: list[Match]) -> _Span:
    """What is left of a span when the equal pieces at its beginning and its end are noted."""
    a, a_end, b, b_end = span
    while a < a_end and b < b_end and before[a] == after[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and before[a_end - 1] == after[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    if a > span.a:
        found.append(Match(span.a, span.b, a - span.a))
    if a_end < span.a_end:
        found.append(Match(a_end, b_end, span.a_end - a_end))
    return _Span(a, a_end, b, b_end)


def _fixed_points(before: Sequence[str], after: Sequence[str], span: _Span) -> list[tuple[int, int]]:
    """Pieces that occur once on each side, as many as keep their order (the longest rising sequence)."""
    here, there = before[span.a : span.a_end], after[span.b : span.b_end]
    once = {piece for piece, times in Counter(here).items() if times == 1}
    once &= {piece for piece, times in Counter(there).items() if times == 1}
    if not once:
        return []
    where = {piece: span.b + at for at, piece in enumerate(there) if piece in once}
    return _rising([(span.a + at, where[piece]) for at, piece in enumerate(here) if piece in once])


def _rising(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers rise; n log n."""
    tails: list[int] = []
    ends: list[int] = []  # index of the point that ends each length
    came_from: list[int] = []
    for at, (_, b) in enumerate(points):
        length = bisect_left(tails, b)
        came_from.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [b]
        ends[length : length + 1] = [at]
    found, at = [], ends[-1]
    while at >= 0:
        found.append(points[at])
        at = came_from[at]
    return found[::-1]


def _between(span: _Span, fixed: Sequence[tuple[int, int]]) -> Iterator[_Span]:
    a, b = span.a, span.b
    for next_a, next_b in [*fixed, (span.a_end, span.b_end)]:
        if next_a > a and next_b > b:
            yield _Span(a, next_a, b, next_b)
        a, b = next_a + 1, next_b + 1


def _by_piece(before: Sequence[str], after: Sequence[str], span: _Span) -> Iterator[Match]:
    here, there = before[span.a : span.a_end], after[span.b : span.b_end]
    for a, b, size in SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks():
        if size:
            yield Match(span.a + a, span.b + b, size)


def _joined(found: Sequence[Match]) -> list[Match]:
    joined: list[Match] = []
    for match in found:
        last = joined[-1] if joined else Match(-1, -1, 0)
        if (last.a + last.size, last.b + last.size) == (match.a, match.b) and last.size:
            joined[-1] = Match(last.a, last.b, last.size + match.size)
        else:
            joined.append(match)
    return joined
