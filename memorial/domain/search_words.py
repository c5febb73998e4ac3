"""What somebody asks of the search, read out of what they typed.

    asked = parse('"hospital train" -Baku refug*')
    asked.wanted       # Term(("hospital", "train")), Term(("refug",), begins=True)
    asked.unwanted     # Term(("baku",))

Words are folded (domain/names.py), so that any script finds any script. Quotation marks make a phrase,
a minus before a word leaves out what has it, a star after it lets it be a beginning.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorial.domain.names import fold

MOST_WORDS = 12
LONGEST = 300
FEWEST_FORGIVEN, MOST_FORGIVEN = (
    4,
    20,
)  # letters: a shorter word with one changed is another word, a longer is none

_PIECE = re.compile(
    r"""(?:(?<=\s)|^)([-\u2212])?(?:["\u201c\u201d\u201e«»]([^"\u201c\u201d\u201e«»]*)["\u201c\u201d\u201e«»]|(\S+))"""
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that follow one another; `begins` where it may be the beginning of a word."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hit must have, and what it must not have."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that is wanted, once."""
        return tuple(dict.fromkeys(word for term in self.wanted for word in term.words))

    def as_beginnings(self) -> Asked:
        """The same with every word a beginning; a phrase stays one, and so does a single letter."""
        begun = (Term(term.words, len(term.words) == 1 and len(term.words[0]) > 1) for term in self.wanted)
        return Asked(tuple(dict.fromkeys(begun)), self.unwanted)


def parse(query: str) -> Asked:
    """Never fails: what makes no sense as a sign is read as words."""
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    left = MOST_WORDS
    for minus, phrase, word in _PIECE.findall(query[:LONGEST]):
        for term in _terms(phrase, word):
            left -= len(term.words)
            if left < 0:
                break
            (unwanted if minus else wanted)[term] = None
    return Asked(tuple(wanted), tuple(unwanted))


def _terms(phrase: str, word: str) -> list[Term]:
    if phrase:
        words = tuple(fold(phrase).split())[:MOST_WORDS]
        return [Term(words)] if words else []
    folded = fold(word).split()
    begins = word.endswith("*") and len(folded) == 1 and len(folded[0]) > 1
    return [Term((each,), begins) for each in folded]


def one_letter_off(word: str) -> list[str]:
    """The word with one letter more, less, exchanged or swapped with its neighbour; none of a very short or long word."""
    if not FEWEST_FORGIVEN <= len(word) <= MOST_FORGIVEN:
        return []
    letters, places = string.ascii_lowercase, range(len(word) + 1)
    less = [word[:i] + word[i + 1 :] for i in places[:-1]]
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-2]]
    other = [word[:i] + letter + word[i + 1 :] for i in places[:-1] for letter in letters]
    more = [word[:i] + letter + word[i:] for i in places for letter in letters]
    return [each for each in dict.fromkeys((*less, *swapped, *other, *more)) if each != word]


def in_sqlite(asked: Asked, instead: Mapping[str, Sequence[str]] | None = None) -> str:
    """The question in the language of FTS5. `instead` gives words that may stand for one."""
    # Words are a-z and 0-9 alone after the fold, so nothing in them is an operator.
    wanted = " AND ".join(
        _any([_sqlite(each) for each in _ways(term, instead)], " OR ") for term in asked.wanted
    )
    unwanted = [_sqlite(each) for term in asked.unwanted for each in _ways(term, instead)]
    return " NOT ".join([f"({wanted})", *unwanted]) if unwanted else wanted


def in_postgresql(asked: Asked, instead: Mapping[str, Sequence[str]] | None = None) -> str:
    """The question in the language of `to_tsquery('simple', …)`."""
    wanted = [_any([_postgresql(each) for each in _ways(term, instead)], " | ") for term in asked.wanted]
    unwanted = [f"!{_postgresql(each)}" for term in asked.unwanted for each in _ways(term, instead)]
    return " & ".join([*wanted, *unwanted])


def _ways(term: Term, instead: Mapping[str, Sequence[str]] | None) -> list[Term]:
    others = (instead or {}).get(term.words[0], ()) if len(term.words) == 1 else ()
    return [term, *(Term((each,)) for each in others)]


def _any(said: Sequence[str], sign: str) -> str:
    return said[0] if len(said) == 1 else f"({sign.join(said)})"


def _sqlite(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.begins else "")


def _postgresql(term: Term) -> str:
    if term.begins:
        return f"{term.words[0]}:*"
    return term.words[0] if len(term.words) == 1 else f"({' <-> '.join(term.words)})"
