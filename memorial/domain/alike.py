"""May two persons be one? A hint for a person at the desk, never a verdict.

    why_alike(known(names, born, lived), known(…))      # ("name", "year"), or () for no reason to ask

A name counts as a whole and in any order and script (domain/names.py); one word alone is no name
here, because half a village shares it. The same name alone is no reason either: the year of birth
or a place has to agree as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from memorial.domain.dates import from_words
from memorial.domain.names import fold, tokens

Pair = tuple[int, int]
NameKey = tuple[str, ...]
FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What a comparison reads of somebody."""

    names: frozenset[NameKey]
    years: frozenset[int] = frozenset()
    places: frozenset[str] = frozenset()


def known(names: Iterable[str], born: Iterable[str] = (), lived: Iterable[str] = ()) -> Known:
    """Out of the words as they stand: about a year is that year, a span of years is none."""
    years = (from_words(words) for words in born)
    return Known(
        frozenset(key for name in names if len(key := name_key(name)) >= FEWEST_WORDS),
        frozenset(
            when.earliest.year
            for when in years
            if when.earliest and when.latest and when.earliest.year == when.latest.year
        ),
        frozenset(place for words in lived if (place := fold(words))),
    )


def name_key(name: str) -> NameKey:
    return tuple(sorted(tokens(name)))


def why_alike(one: Known, other: Known) -> tuple[str, ...]:
    """What agrees, where that is enough to ask a person; else nothing."""
    agrees = [
        word
        for word, mine, theirs in (
            ("name", one.names, other.names),
            ("year", one.years, other.years),
            ("place", one.places, other.places),
        )
        if mine & theirs
    ]
    return tuple(agrees) if agrees[:1] == ["name"] and len(agrees) > 1 else ()


# -- pairs and unions -----------------------------------------------------------------------


def ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def key_of(one: int, other: int) -> str:
    """How an item names its pair."""
    return "{}-{}".format(*ordered(one, other))


def pair_of_key(key: str) -> Pair | None:
    one, _, other = key.partition("-")
    return ordered(int(one), int(other)) if one.isdigit() and other.isdigit() else None


def union_with(person: int, same: Iterable[Pair]) -> frozenset[int]:
    """Everyone who is this person by what was decided of pairs, in one step or in many."""
    beside: dict[int, set[int]] = {}
    for one, other in same:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    union, ahead = {person}, {person}
    while ahead:
        ahead = {other for each in ahead for other in beside.get(each, ())} - union
        union |= ahead
    return frozenset(union)
