"""Two changes of one text brought together where they touch different places; where they do not, both are kept.

    merge("one two three", "ONE two three", "one two THREE")   # [Agreed("ONE two THREE")]
    merge("one", "mine", "theirs")                             # [Clash("one", "mine", "theirs")]

A merge of three (diff3, after Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007):
paragraphs first, then words in the paragraphs that both have changed. Two changes with no word
between them are one place. Nothing here is saved by itself: a person reads what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from memorial.domain.alignment import Match, Purse, matches
from memorial.domain.difference import paragraphs_of, words_of


@dataclass(frozen=True, slots=True)
class Agreed:
    """What stands in both, or in the one that changed it."""

    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """One place that both have changed, each in another way."""

    base: str
    mine: str
    theirs: str


Piece = Agreed | Clash


def merge(base: str, mine: str, theirs: str) -> list[Piece]:
    """The pieces in reading order, neighbours of one kind joined."""
    if theirs in (mine, base):
        return [Agreed(mine)] if mine else []
    if mine == base:
        return [Agreed(theirs)] if theirs else []
    purse = Purse()
    found: list[Piece] = []
    for place in _places([paragraphs_of(text) for text in (base, mine, theirs)], purse):
        if isinstance(place, Clash):
            words = [words_of(text) for text in (place.base, place.mine, place.theirs)]
            found += _places(words, purse, parting=_has_word)
        else:
            found.append(place)
    return _joined(found)


def settled(pieces: Sequence[Piece]) -> str | None:
    """The text, where nothing clashes."""
    return None if clashes(pieces) else "".join(piece.text for piece in pieces if isinstance(piece, Agreed))


def clashes(pieces: Sequence[Piece]) -> list[Clash]:
    return [piece for piece in pieces if isinstance(piece, Clash)]


def resolved(pieces: Sequence[Piece], chosen: Sequence[str]) -> str:
    """The text with what was chosen for each clash, in order."""
    left = iter(chosen)
    return "".join(piece.text if isinstance(piece, Agreed) else next(left) for piece in pieces)


def _anything(_pieces: Sequence[str]) -> bool:
    return True


def _has_word(pieces: Sequence[str]) -> bool:
    return any(piece[0].isalnum() for piece in pieces)


def _places(
    three: Sequence[Sequence[str]], purse: Purse, parting: Callable[[Sequence[str]], bool] = _anything
) -> Iterator[Piece]:
    """What stands in all three, and between two such stretches what changed: on one side, on both alike, or in a clash.

    `parting` says whether a stretch that stands keeps the changes around it apart.
    """
    base, mine, theirs = three
    a = b = c = 0
    stable = _stable(matches(base, mine, purse), matches(base, theirs, purse))
    kept = [each for each in stable if parting(base[each[0] : each[0] + each[3]])]
    for next_a, next_b, next_c, size in [*kept, (len(base), len(mine), len(theirs), 0)]:
        yield _place("".join(base[a:next_a]), "".join(mine[b:next_b]), "".join(theirs[c:next_c]))
        yield Agreed("".join(base[next_a : next_a + size]))
        a, b, c = next_a + size, next_b + size, next_c + size


def _stable(one: Sequence[Match], other: Sequence[Match]) -> list[tuple[int, int, int, int]]:
    """What of the base stands on both sides: (base, mine, theirs, size)."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start = max(one[i].a, other[j].a)
        end = min(one[i].a + one[i].size, other[j].a + other[j].size)
        if start < end:
            found.append((start, one[i].b + start - one[i].a, other[j].b + start - other[j].a, end - start))
        if one[i].a + one[i].size < other[j].a + other[j].size:
            i += 1
        else:
            j += 1
    return found


def _place(base: str, mine: str, theirs: str) -> Piece:
    if mine in (theirs, base):
        return Agreed(theirs)
    return Agreed(mine) if theirs == base else Clash(base, mine, theirs)


def _joined(found: Sequence[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in found:
        last = joined[-1] if joined else None
        if isinstance(piece, Agreed) and isinstance(last, Agreed):
            joined[-1] = Agreed(last.text + piece.text)
        elif isinstance(piece, Clash) or piece.text:
            joined.append(piece)
    return joined
