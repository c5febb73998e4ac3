"""Phrases in a text, and where they stand: what hints and the notice of harm to oneself are made of.

    text = words_of("Bəzən düşünürəm ki, özümü öldürəcəyəm.")
    for found in phrases_of(("özümü öldür*",)).find(text):
        text.of[found.start : found.end]        # the text's own letters

Text and phrases are compared after the fold of domain/names.py, word by word, so that it does not
matter which keyboard somebody has (dotted or dotless i, Cyrillic, capitals, accents). In a phrase
`öldür*` stands for any ending, `#` for a number, and a `*` alone, between two words, for any one word.

A text of 300 pages is read once: each word is looked up in a table, however many phrases there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from memorial.domain.names import fold, without_signs

ENDING, NUMBER, ANY = "*", "#", "*"
_RUN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Words:
    """A text as folded words. The word at `i` is the text's own `of[starts[i]:ends[i]]`."""

    of: str
    words: list[str]
    starts: list[int]
    ends: list[int]


def words_of(text: str) -> Words:
    """The words of a text with their places. One run of letters can fold to two words, which share its place."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    known: dict[str, list[str]] = {}  # a long text says the same words again and again
    for run in _RUN.finditer(without_signs(text)):
        letters = run[0]
        folded = known.get(letters)
        if folded is None:
            folded = known[letters] = fold(letters).split()
        for word in folded:
            words.append(word)
            starts.append(run.start())
            ends.append(run.end())
    return Words(text, words, starts, ends)


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that stands in a text: `start` and `end` count the text's own characters, the others its words."""

    phrase: str
    start: int
    end: int
    first: int
    last: int
    number: int | None = None  # what stood for `#`


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: itself, a beginning, a number, or whatever there is."""

    letters: str = ""
    begins: bool = False
    number: bool = False

    def fits(self, word: str) -> bool:
        if self.number:
            return word.isdecimal()
        return word.startswith(self.letters) if self.begins else word == self.letters


_Phrase = tuple[str, tuple[_Word, ...]]


def _always(_found: Found) -> bool:
    return True


class Phrases:
    """Many phrases, found in one walk over a text."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_beginning: dict[str, list[_Phrase]] = {}
        self._by_number: list[_Phrase] = []
        for phrase in dict.fromkeys(listed):
            if words := parsed(phrase):
                self._file((phrase, words))

    def _file(self, phrase: _Phrase) -> None:
        first = phrase[1][0]
        if first.number:
            self._by_number.append(phrase)
        else:
            where = self._by_beginning if first.begins else self._by_word
            where.setdefault(first.letters, []).append(phrase)

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(letters) for letters in self._by_beginning})

    def find(self, text: Words, meant: Callable[[Found], bool] = _always) -> Iterator[Found]:
        """From the first to the last; where two begin at one word the longer, and none within another.

        What is not `meant` was not found, and stands in the way of nothing.
        """
        known: dict[str, list[_Phrase]] = {}
        words, free = text.words, 0
        for place, word in enumerate(words):
            begun = known.get(word)
            if begun is None:
                begun = known[word] = self._begun_by(word)
            if not begun or place < free:
                continue
            for name, phrase in begun:
                last = place + len(phrase) - 1
                if last < len(words) and _fits(phrase, words, place):
                    found = _found(name, phrase, text, place, last)
                    if meant(found):
                        yield found
                        free = last + 1
                        break

    def _begun_by(self, word: str) -> list[_Phrase]:
        """Which phrases can begin with this word, the longest first. Asked once for each word of a text."""
        begun = list(self._by_word.get(word, ()))
        for length in self._lengths:
            if length <= len(word):
                begun += self._by_beginning.get(word[:length], ())
        if word.isdecimal():
            begun += self._by_number
        return sorted(begun, key=lambda phrase: -len(phrase[1]))


def _fits(phrase: tuple[_Word, ...], words: list[str], place: int) -> bool:
    return all(word.fits(words[place + further]) for further, word in enumerate(phrase))


def _found(name: str, phrase: tuple[_Word, ...], text: Words, first: int, last: int) -> Found:
    numbers = (text.words[first + further] for further, word in enumerate(phrase) if word.number)
    number = next(numbers, None)
    return Found(
        name,
        text.starts[first],
        text.ends[last],
        first,
        last,
        int(number) if number is not None and len(number) < 10 else None,
    )


def parsed(phrase: str) -> tuple[_Word, ...]:
    """The words of a phrase as they are looked for; empty where nothing of it can be."""
    words: list[_Word] = []
    for written in phrase.split():
        if written == NUMBER:
            words.append(_Word(number=True))
        elif written == ANY:
            words.append(_Word(begins=True))
        else:
            words += _written(written)
    while words and words[0] == _Word(begins=True):
        del words[0]
    while words and words[-1] == _Word(begins=True):
        del words[-1]
    return tuple(words)


def _written(written: str) -> list[_Word]:
    folded = fold(written).split()
    words = [_Word(letters) for letters in folded]
    if words and written.endswith(ENDING):
        words[-1] = _Word(folded[-1], begins=True)
    return words


def letters_in(phrase: str) -> int:
    """How many letters and figures of a phrase are looked for: with too few it would be found everywhere."""
    return sum(len(word.letters) for word in parsed(phrase))


@lru_cache(maxsize=64)
def phrases_of(listed: tuple[str, ...]) -> Phrases:
    """The same list is made ready once."""
    return Phrases(listed)


def joined(lists: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The lists of all languages as one, for what people write in several at once."""
    return tuple(phrase for code in sorted(lists) for phrase in lists[code])
