"""Which language a text seems to be in, by its commonest words, and whether that is the one it says.

    guessed = guess(words_of(text))            # "az", or "" where it is not plain
    mismatch("ru", guessed)                    # "az": it says ru and reads like az

Only the languages that have lists here are told apart; in doubt, and of a short text, nothing is said.
"""

from __future__ import annotations

import re
from collections import Counter

from memorial.domain.names import fold
from memorial.domain.phrases import Words
from memorial.domain.word_lists import LANGUAGES

FEWEST_WORDS = 40
LEAST_SHARE = 0.08  # of the words are among the commonest, where a text is in that language
CLEARLY = 2  # times as many of its own as of the one next to it
FEWEST_OWN = 4  # words that the one next to it does not share

# As they come out of the fold. What two languages share (ve, bu, bir) tells them apart from the others only.
_COMMON = {
    "az": "və bu bir da də o ilə üçün idi sonra biz mən onun hər heç çox kimi amma onlar var yox deyil isə həm bizim "
    "ki olan olub nə qədər indi belə elə bizi məni mənim onu həmin sonra artıq yalnız görə olur edir",
    "en": "the of and to in a is was were that it he she they we i with for on at by from this had have not be as his "
    "her their our my but there who which all been",
    "ru": "и в на не что с я он она они мы как это но был была были у по из за к от же так все его ее их для о мне нас "
    "нам бы то уже только когда если или ни до",
    "tr": "ve bu bir da de o ile için idi sonra biz ben onun her hiç çok gibi ama onlar var yok değil ise hem bizim ki "
    "olan oldu ne kadar şimdi böyle öyle bizi beni benim onu daha olarak göre olur eder",
}


def _table() -> dict[str, frozenset[str]]:
    """Which languages each common word speaks for."""
    table: dict[str, set[str]] = {}
    for code, words in _COMMON.items():
        for word in words.split():
            table.setdefault(fold(word), set()).add(code)
    return {word: frozenset(codes) for word, codes in table.items()}


_SPEAKS_FOR = _table()
_CYRILLIC = re.compile("[\u0400-\u052f]{3}")


def guess(words: Words) -> str:
    """The language whose common words are plainly the most frequent; "" where none is."""
    if len(words.words) < FEWEST_WORDS:
        return ""
    said = Counter(word for word in words.words if word in _SPEAKS_FOR)
    possible = ("ru", "az") if is_cyrillic(words.of) else ("az", "en", "tr")
    votes = {
        code: sum(times for word, times in said.items() if code in _SPEAKS_FOR[word]) for code in possible
    }
    best, second = sorted(possible, key=lambda code: -votes[code])[:2]
    if votes[best] < LEAST_SHARE * len(words.words):
        return ""
    own, others = _own(said, best, second), _own(said, second, best)
    return best if own >= FEWEST_OWN and own >= CLEARLY * others else ""


def _own(said: Counter[str], code: str, beside: str) -> int:
    return sum(
        times for word, times in said.items() if code in _SPEAKS_FOR[word] and beside not in _SPEAKS_FOR[word]
    )


def is_cyrillic(text: str) -> bool:
    """Whether most of the letters at its beginning are."""
    letters = [character for character in text[:5_000] if character.isalpha()]
    return 2 * sum("\u0400" <= letter <= "\u052f" for letter in letters) > len(letters)


def spoken(said: str, guessed: str, text: str) -> tuple[str, ...]:
    """Whose lists a text is held against: of what it says, of what it reads like, of all where neither is known.

    Cyrillic letters bring the Russian lists with them, because people who write Azerbaijani quote Russian.
    """
    known = {code for code in (_primary(said), guessed) if code in LANGUAGES}
    if known and _CYRILLIC.search(text):
        known.add("ru")
    return tuple(sorted(known)) or LANGUAGES


def mismatch(said: str, guessed: str) -> str:
    """The language it reads like, where it says another one of those that are told apart."""
    code = _primary(said)
    return guessed if code in LANGUAGES and guessed and guessed != code else ""


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
