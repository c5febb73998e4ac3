"""Ages and years of birth that cannot both be: they stay side by side, and the page says that they do not agree.

    age_of("a carpenter of 51")                       # (51, 51)
    disagreeing([Said("born", parse("1930")), Said("age", When(), "51", on=parse("1992-03-01"))])    # {"born", "age"}

Nothing is worked out from them and nothing is corrected. An age is laid against a year of birth only where its
source says when it was said; "about" is taken with five years on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from memorial.domain.views import When

ABOUT = 5  # years
LOOSE = re.compile(
    r"~|≈|\b(about|around|some|circa|ca|approximately|təxminən|около|примерно|yaklaşık)\b", re.I
)
_RANGE = re.compile(r"\b(\d{1,3})\s*(?:[–—-]|to|or)\s*(\d{1,3})\b")
_NUMBER = re.compile(r"\b(\d{1,3})\b")
OLDEST = 130


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: `born` with its date, or `age` with its words and the day it speaks of."""

    property: str
    when: When = field(default_factory=When)
    words: str = ""


def age_of(words: str) -> tuple[int, int] | None:
    """The years of an age or a band; None where the words give no number that is one."""
    pair = _RANGE.search(words)
    numbers = (
        [int(each) for each in pair.groups()] if pair else [int(each) for each in _NUMBER.findall(words)]
    )
    if not numbers or (not pair and len(numbers) > 1) or max(numbers) > OLDEST:
        return None
    room = ABOUT if LOOSE.search(words) else 0
    return max(0, min(numbers) - room), max(numbers) + room


def years_of_birth(said: Said) -> tuple[int, int] | None:
    """The first and last year in which somebody was born, if this is so."""
    if said.when.earliest is None or said.when.latest is None:
        return None
    first, last = said.when.earliest.year, said.when.latest.year
    if said.property == "born":
        room = ABOUT if "~" in said.when.edtf else 0
        return first - room, last + room
    years = age_of(said.words)
    return (first - years[1] - 1, last - years[0]) if years else None


def disagreeing(statements: Iterable[Said]) -> frozenset[str]:
    """The properties of two statements that cannot both be so."""
    spans = [(said.property, span) for said in statements if (span := years_of_birth(said))]
    found: set[str] = set()
    for (one, (low, high)), (other, (least, most)) in combinations(spans, 2):
        if high < least or most < low:
            found |= {one, other}
    return frozenset(found)
