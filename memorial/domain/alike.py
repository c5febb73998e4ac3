"""May two persons be one? Reasons for and against, for a person at the desk; never a verdict.

    found = score(known(names, born=…, lived=…), known(…))
    found.agrees, found.against       # ("name_variant", "year"), ("age_apart",)
    found.ask                         # whether that is enough to ask somebody

Names are compared as domain/name_match.py does, in any order, spelling and script; one word alone is no name here,
because half a village shares it. No name alone is reason enough, so something else has to agree as well. What
speaks against it is counted and shown too: it may be the one thing that the desk has to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from memorial.domain.dates import from_words
from memorial.domain.name_match import ENDING, EXACT, INITIAL, NEAR, NICKNAME, VARIANT, Match, compare
from memorial.domain.name_parts import words
from memorial.domain.names import fold, tokens

Pair = tuple[int, int]
Passage = tuple[int, str]  # a work, and the place in it

# What counts for and against. An equal name and one more fact are enough to ask; a name that is only near needs
# two. That is the practice of record linkage: agreement weighs by how seldom it comes about by chance (Fellegi and
# Sunter, "A theory for record linkage", 1969). Weights are whole and half points, set by hand and not learnt: the
# desk has to be able to reckon them up. What each stands for is worded in desk/_pair.html.
FOR: Mapping[str, float] = {
    "name_exact": 3.0,  # letter by letter, but for marks, script and order
    "name_variant": 2.5,  # other letters for the same sounds: the rule in this archive, not the exception
    "name_initial": 1.5,  # E. Hacıyev: one village has many
    "name_nickname": 1.5,  # Sasha, Aleksandr: a family's name for somebody beside a paper's
    "name_ending": 1.5,  # Hacıyev, Hacılı: changed by many after 1991
    "name_near": 1.0,  # a letter differs: misprints of newspapers
    "father": 1.0,  # the father's name as well
    "year": 2.0,  # born in the same year
    "year_near": 1.0,  # papers of 1992 give ages, and ages are rounded: born within `NEAR_YEARS`
    "age": 1.0,  # of the same age
    "place": 1.5,  # home, in any script
    "relative": 2.0,  # somebody related to both
    "passage": 1.5,  # named in the very same place of a work
}
AGAINST: Mapping[str, float] = {
    "year_apart": -3.0,  # born more than `FAR_YEARS` apart: father and son, uncle and nephew share names
    "age_apart": -2.0,
    "father_apart": -3.0,  # the patronymic is what tells cousins of one name apart
    "sex_apart": -4.0,  # son of and daughter of, -ov and -ova
    "listed_twice": -2.0,  # one work names both, on different lines: it seldom counts the same person twice
}
ASK = 4.0
NEAR_YEARS, FAR_YEARS = 2, 5
FEWEST_WORDS = 2
MOST_NAMES = 12  # of one person are compared
DEGREES = {EXACT: "name_exact", VARIANT: "name_variant", INITIAL: "name_initial", NICKNAME: "name_nickname", ENDING: "name_ending", NEAR: "name_near"}  # fmt: skip

_SON = frozenset(["oglu", "oqlu", "ogli", "ogly", "oghlu"])
_DAUGHTER = frozenset(["qizi", "gizi", "kizi", "kyzy", "qyzy", "gyzy"])
_OF_FATHER = re.compile(r"^(?P<father>\w{2,}?)[yi]?[oe]v(?P<of>ich|ic|na)$")  # Гасанович, Гасановна
_HERS = re.compile(r"(?:[oe]va|skaya|inskaya)$")
_HIS = re.compile(r"(?:[oe]v|ski|skiy|skii)$")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
NOBODY_NAMED = "not named"  # how collections write that a relative has no name


@dataclass(frozen=True, slots=True)
class Known:
    """What a comparison reads of somebody."""

    names: tuple[str, ...]
    years: frozenset[int] = frozenset()
    ages: frozenset[int] = frozenset()
    places: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    passages: frozenset[Passage] = frozenset()
    fathers: tuple[str, ...] = ()
    sexes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for it. Each word is one of `FOR` or `AGAINST`."""

    agrees: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return sum(FOR[word] for word in self.agrees) + sum(AGAINST[word] for word in self.against)

    @property
    def ask(self) -> bool:
        return bool(self.agrees) and self.points >= ASK


def known(
    names: Iterable[str],
    born: Iterable[str] = (),
    lived: Iterable[str] = (),
    age: Iterable[str] = (),
    relatives: Iterable[str] = (),
    passages: Iterable[Passage] = (),
) -> Known:
    """Out of the words as they stand: about a year is that year, a span of years is none."""
    years = (from_words(said) for said in born)
    whole = [name for name in names if _is_whole(name)]
    lineage = [_lineage(name) for name in whole]
    compared = [rest if _is_whole(rest) else name for name, (_, _, rest) in zip(whole, lineage, strict=True)]
    return Known(
        tuple(dict.fromkeys(compared))[:MOST_NAMES],
        frozenset(
            when.earliest.year
            for when in years
            if when.earliest and when.latest and when.earliest.year == when.latest.year
        ),
        frozenset(int(said) for said in age if said.strip().isdigit()),
        frozenset(place for said in lived if (place := fold(said))),
        frozenset(key for said in relatives if (key := _relative(said))),
        frozenset(passages),
        tuple(dict.fromkeys(father for father, _, _ in lineage if father)),
        frozenset(sex for _, sex, _ in lineage if sex),
    )


def _is_whole(name: str) -> bool:
    return sum(not word.optional for word in words(name)) >= FEWEST_WORDS


def _relative(said: str) -> str:
    """Somebody related, by their number ("#7") or by their name in any order."""
    if said.startswith("#"):
        return said
    bare = _IN_BRACKETS.sub("", said)
    return "" if NOBODY_NAMED in bare else " ".join(sorted(tokens(bare)))


def _lineage(name: str) -> tuple[str, str, str]:
    """The father's name, whether somebody is called a son or a daughter, and the name without the father's.

    "" where the name does not say.
    """
    pieces = name.split()
    folded = [fold(piece) for piece in pieces]
    for at, word in enumerate(folded):
        if at and (word in _SON or word in _DAUGHTER):
            rest = pieces[: at - 1] + pieces[at + 1 :]
            return pieces[at - 1], "son" if word in _SON else "daughter", " ".join(rest)
        found = _OF_FATHER.search(word)
        if found:
            rest = pieces[:at] + pieces[at + 1 :]
            return found["father"], "daughter" if found["of"] == "na" else "son", " ".join(rest)
    if any(_HERS.search(word) for word in folded):
        return "", "daughter", name
    return "", "son" if any(_HIS.search(word) for word in folded) else "", name


# -- comparing ------------------------------------------------------------------------------


def score(one: Known, other: Known) -> Score:
    """The reasons; nothing at all where no name of the one answers a name of the other."""
    match = _best(one.names, other.names)
    if match is None or match.degree not in DEGREES:
        return Score()
    said = [
        DEGREES[match.degree],
        _fathers(one.fathers, other.fathers),
        _numbers(one.years, other.years, {0: "year", NEAR_YEARS: "year_near"}, "year_apart"),
        _numbers(one.ages, other.ages, {0: "age"}, "age_apart"),
        "place" if one.places & other.places else "",
        "relative" if one.relatives & other.relatives else "",
        _passages(one.passages, other.passages),
        "sex_apart" if len(one.sexes) == len(other.sexes) == 1 and one.sexes != other.sexes else "",
    ]
    return Score(tuple(word for word in said if word in FOR), tuple(word for word in said if word in AGAINST))


def _best(mine: Iterable[str], theirs: Iterable[str]) -> Match | None:
    """The nearest two of their names; a name answers one that has more words than it, not fewer."""
    found = (_between(one, other) for one, other in product(mine, theirs))
    return min((match for match in found if match), key=lambda match: match.order, default=None)


def _between(one: str, other: str) -> Match | None:
    shorter, longer = sorted((one, other), key=lambda name: (len(words(name)), name))
    return compare(shorter, longer)


def _fathers(mine: Iterable[str], theirs: Iterable[str]) -> str:
    pairs = [compare(one, other) for one, other in product(mine, theirs)]
    if not pairs:
        return ""
    return "father" if any(match and match.same for match in pairs) else "father_apart"


def _numbers(mine: Iterable[int], theirs: Iterable[int], near: Mapping[int, str], apart: str) -> str:
    between = min((abs(one - other) for one, other in product(mine, theirs)), default=None)
    if between is None:
        return ""
    return next(
        (word for most, word in near.items() if between <= most), apart if between > FAR_YEARS else ""
    )


def _passages(mine: Iterable[Passage], theirs: Iterable[Passage]) -> str:
    """In the same place of a work, or in one work on different lines."""
    placed = [{each for each in some if each[1]} for some in (mine, theirs)]
    if placed[0] & placed[1]:
        return "passage"
    works = [{work for work, _ in some} for some in placed]
    return "listed_twice" if works[0] & works[1] else ""


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
