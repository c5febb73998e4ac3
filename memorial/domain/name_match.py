"""Whether one name is another, as written by another hand; and the keys by which it is looked for.

    compare("Hajief", "Elman Hacıyev")     # Match(degree="variant", cost=0.5, …)
    keys("Elman Hacıyev")                  # what the index holds of a name
    asked("Hajief")                        # per word, what to look for, degree by degree

Degrees, each shown with its reason: `exact`, letter by letter but for marks and script; `variant`,
another spelling of the same sounds; `initial`, one of them has only the first letter; `nickname`, a short
name and its full one; `ending`, the same family name with another ending; `beginning`, a word that begins so; `near`, a letter differs.
The first two are "the same name"; the others are offered, never taken as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from memorial.domain.name_parts import Form, Word, forms, words
from memorial.domain.name_sounds import (
    APART,
    CLASSES,
    distance_of_sounds,
    has_no_vowels,
    heard,
    skeletons_of_sounds,
)

EXACT, VARIANT, INITIAL, NICKNAME, ENDING, BEGINNING, NEAR = DEGREES = (
    "exact", "variant", "initial", "nickname", "ending", "beginning", "near",
)  # fmt: skip
_SAME = 1.5  # a word: up to one vowel and one finer consonant
_PLACE = {degree: place for place, degree in enumerate(DEGREES)}
FEWEST = 3  # letters of a beginning
LONGER = 4  # letters by which two spellings of a joined name differ at most
_LOOSE = frozenset(("patronymic", "family"))


class Match(NamedTuple):
    """How a name answers what was asked. `cost` orders within a degree; `beyond` words of it were not asked, and of
    those that were asked it lacks `missing`."""

    degree: str
    cost: float
    beyond: int
    missing: int = 0

    @property
    def order(self) -> tuple[int, int, float, int]:
        """What sorts the best first."""
        return self.missing, _PLACE[self.degree], self.cost, self.beyond

    @property
    def same(self) -> bool:
        """Whether it is the same name."""
        return self.degree in (EXACT, VARIANT)


# -- comparing ------------------------------------------------------------------------------


def compare(asked_for: str, name: str) -> Match | None:
    """How `name` answers `asked_for`; None where some word that was asked for is not in it.

    The order of words does not matter. Titles that one side lacks do not matter.
    """
    mine, theirs = words(asked_for), words(name)
    if not mine or not theirs:
        return None
    if len(mine) == 1 and (found := _very_word(mine[0], theirs)) is not None:
        return found
    apart = _one_word(mine[0], theirs) if len(mine) == 1 else _each_word(mine, theirs)
    if apart is not None and apart.same:
        return apart
    together = _joined(mine, theirs)
    return min((each for each in (apart, together) if each), key=lambda match: match.order, default=None)


def compare_partly(asked_for: Sequence[Word], name: str) -> Match | None:
    """The same where some of the words are not in the name: how those that are answer; None where none is."""
    there = [word for word in asked_for if compare(word.text, name) is not None]
    match = compare(" ".join(word.text for word in there), name) if there else None
    return match and match._replace(missing=len(asked_for) - len(there))


def _very_word(one: Word, theirs: Sequence[Word]) -> Match | None:
    """The commonest search, and the quickest answer."""
    cost, beyond = APART, 0
    for other in theirs:
        if other.folded == one.folded:
            cost = min(cost, _marks(one, other))
        elif not other.optional:
            beyond += 1
    return Match(EXACT, cost, beyond) if cost < APART else None


def _one_word(one: Word, theirs: Sequence[Word]) -> Match | None:
    """By the word that answers it best."""
    answers = []
    for at, other in enumerate(theirs):
        degree, apart = _between(one, other)
        if apart < APART:
            answers.append((_PLACE[degree], apart, at))
    if not answers:
        return None
    place, apart, best = min(answers)
    return Match(
        DEGREES[place], apart, sum(not word.optional for at, word in enumerate(theirs) if at != best)
    )


def _each_word(mine: Sequence[Word], theirs: Sequence[Word]) -> Match | None:
    """Every word that is asked for by the one that answers it best; what is equal needs no hearing."""
    left, free, found = list(range(len(mine))), list(range(len(theirs))), list[tuple[str, float]]()
    for i in range(len(mine)):
        if (j := next((j for j in free if theirs[j].folded == mine[i].folded), None)) is not None:
            found.append((EXACT, _marks(mine[i], theirs[j])))
            left.remove(i)
            free.remove(j)
    pairs = [(*_between(mine[i], theirs[j]), i, j) for i in left for j in free]
    for degree, apart, i, j in sorted(pairs, key=lambda p: (_PLACE[p[0]], p[1], abs(p[2] - p[3]))):
        if apart < APART and i in left and j in free:
            found.append((degree, apart))
            left.remove(i)
            free.remove(j)
    if not found or any(not mine[i].optional for i in left):
        return None
    worst = max((degree for degree, _ in found), key=_PLACE.__getitem__)
    return Match(worst, sum(cost for _, cost in found), sum(not theirs[j].optional for j in free))


def _joined(mine: Sequence[Word], theirs: Sequence[Word]) -> Match | None:
    """Əli Zadə and Əlizadə, Nasr-Allah and Nəsrulla."""
    one, other = ([word for word in some if not word.optional] for some in (mine, theirs))
    folded, others = ("".join([word.folded for word in some]) for some in (one, other))
    if len(one) == len(other) or abs(len(folded) - len(others)) > LONGER:
        return None
    texts = ["".join([word.text for word in some]) for some in (one, other)]
    degree, cost = _between(Word(texts[0], folded), Word(texts[1], others))
    return Match(VARIANT, cost + 0.25, 0) if degree in (EXACT, VARIANT) else None


@lru_cache(maxsize=65536)
def _between(one: Word, other: Word) -> tuple[str, float]:
    if one.folded == other.folded:
        return EXACT, _marks(one, other)
    if one.folded.isdecimal() or other.folded.isdecimal():
        return NEAR, APART
    if len(one.folded) == 1 or len(other.folded) == 1:
        return (INITIAL, 1.0) if _initial(one) == _initial(other) else (NEAR, APART)
    vowels = not (has_no_vowels(one.text) or has_no_vowels(other.text))
    best = min(
        ((*_forms_apart(a, b, vowels),) for a in forms(one.text) for b in forms(other.text)),
        key=lambda found: (_PLACE[found[0]], found[1]),
    )
    if best[1] < APART and best[0] != NEAR:
        return best
    if len(one.folded) >= FEWEST and other.folded.startswith(one.folded):
        return BEGINNING, 1.0
    if best[1] < APART:
        return best
    return (NEAR, 2.0) if _letter_apart(one.folded, other.folded) else (NEAR, APART)


def _forms_apart(one: Form, other: Form, vowels: bool) -> tuple[str, float]:
    apart = distance_of_sounds(one.sounds, other.sounds, vowels=vowels)
    if apart >= APART:
        return NEAR, APART
    cost = apart + one.cost + other.cost
    if one.why in _LOOSE or other.why in _LOOSE:
        # What is left of a short name is so little that its vowels must agree.
        return (ENDING, cost) if apart <= 0.5 else (NEAR, APART)
    if "nickname" in (one.why, other.why) and cost <= _SAME:
        return NICKNAME, cost
    return (VARIANT, cost) if cost <= _SAME else (NEAR, cost)


def _marks(one: Word, other: Word) -> float:
    """A little for a difference of marks or script alone."""
    return 0.0 if one.text.casefold() == other.text.casefold() else 0.1


def _initial(word: Word) -> str:
    # Ə. is A. in a newspaper that has no ə.
    return word.folded[0].replace("e", "a")


def _letter_apart(one: str, other: str) -> bool:
    allowed = 1 if min(len(one), len(other)) < 8 else 2
    return (
        min(len(one), len(other)) >= 4
        and DamerauLevenshtein.distance(one, other, score_cutoff=allowed) <= allowed
    )


def misspelt(asked_for: str, name: str) -> bool:
    """Whether some word of the name is a word that was asked for with a letter wrong: quicker than to compare."""
    mine, theirs = words(asked_for), words(name)
    return any(_letter_apart(one.folded, other.folded) for one in mine for other in theirs)


# -- keys -----------------------------------------------------------------------------------

# What a key says: w a word as `fold` writes it, s its skeleton, e the skeleton without a family
# ending, i its initial, d the word with one of its letters left out, p the whole name of a place.
_NOTHING = "0"  # for a word without consonants


def keys(name: str) -> list[str]:
    """What the index holds of a name: words of a-z and 0-9, in no order that matters."""
    found: dict[str, None] = {}
    every = words(name)
    for word in every:
        found.update(dict.fromkeys(_keys_of(word)))
    for one, other in pairwise(every):
        joined = Word(one.text + other.text, one.folded + other.folded)
        found.update(dict.fromkeys(("w" + joined.folded, *_skeletons("s", heard(joined.text)))))
    return list(found)


def place_key(folded: str) -> str:
    """What the index holds besides of a place whose whole name is this one word: among a million persons' names there
    may be ten thousand of it."""
    return "p" + folded


@lru_cache(maxsize=65536)
def _keys_of(word: Word) -> tuple[str, ...]:
    found = ["w" + word.folded, "i" + _initial(word), *("d" + rest for rest in _one_letter_less(word.folded))]
    for form in forms(word.text):
        found += _skeletons("e" if form.why in _LOOSE else "s", form.sounds)
    return tuple(found)


def _skeletons(letter: str, sounds: str) -> list[str]:
    return [letter + (skeleton or _NOTHING) for skeleton in sorted(skeletons_of_sounds(sounds))]


def _one_letter_less(folded: str) -> list[str]:
    """The word with one letter left out: two words that differ in one letter share one of these, or one is the other's."""
    if not FEWEST < len(folded) <= LONGEST_WORD or folded.isdecimal():
        return []
    return _once(folded[:i] + folded[i + 1 :] for i in range(len(folded)))


def asked(word: Word, degree: str, wide: bool = False) -> list[str]:
    """The keys of which a name must have one to answer this word in this degree or a better one.

    A key that ends in * stands for all that begin with it. Near is first one letter, then (`wide`) one consonant off.
    """
    if degree == EXACT:
        return ["w" + word.folded]
    if len(word.folded) == 1:
        return ["i" + _initial(word)]
    kept = forms(word.text)
    found = ["w" + word.folded]
    for form in kept:
        if form.why not in _LOOSE:
            found += _skeletons("s", form.sounds)
    if degree == VARIANT:
        return _once(found)
    found.append("w" + word.folded[0])
    if degree in (INITIAL, NICKNAME):
        return _once(found)
    for form in kept:
        found += _skeletons("e", form.sounds)
        if form.why in _LOOSE:
            found += _skeletons("s", form.sounds)
    if degree == ENDING:
        return _once(found)
    if len(word.folded) >= FEWEST:
        found.append(f"w{word.folded}*")
    if degree == BEGINNING:
        return _once(found)
    if not wide:
        rests = _one_letter_less(word.folded)
        less = (key + rest for rest in rests for key in "wd")
        return _once([*found, *(["d" + word.folded] if rests else []), *less])
    skeletons = [key[1:] for key in found if key[0] == "s"][:MOST_NEAR]
    return _once([*found, *(key for skeleton in skeletons for key in _one_letter_off(skeleton))])


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


LONGEST_WORD = 20  # whose letters are left out one by one
LONGEST_SKELETON = 12
MOST_NEAR = 4  # skeletons of a word whose neighbours are asked for
_LETTERS = "".join(sorted(set(CLASSES.values())))


def _one_letter_off(skeleton: str) -> list[str]:
    """Every skeleton with one consonant more, less, exchanged or swapped with its neighbour."""
    if not 2 <= len(skeleton) <= LONGEST_SKELETON:
        return []
    places = range(len(skeleton) + 1)
    less = [skeleton[:i] + skeleton[i + 1 :] for i in places[:-1]]
    other = [skeleton[:i] + letter + skeleton[i + 1 :] for i in places[:-1] for letter in _LETTERS]
    more = [skeleton[:i] + letter + skeleton[i:] for i in places for letter in _LETTERS]
    swapped = [skeleton[:i] + skeleton[i + 1] + skeleton[i] + skeleton[i + 2 :] for i in places[:-2]]
    return _once("s" + each for each in (*less, *other, *more, *swapped) if each != skeleton)
