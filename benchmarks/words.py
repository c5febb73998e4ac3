"""Synthetic prose: made-up words in the uneven frequencies of a language, the same for the same seed.

words = Words(seed=1992)
words.prose(300)          # three hundred words in sentences and paragraphs
words.common              # stands in nearly every longer text
"""

from __future__ import annotations

import itertools
import random
from itertools import accumulate

VOCABULARY = 20_000
RARE = "zyxquorelin"  # put into a few texts by hand
_BEGIN = [
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "gr",
    "kl",
    "pl",
    "st",
    "tr",
]
_MIDDLE = ["a", "e", "i", "o", "u"]
_END = ["", "", "l", "m", "n", "r", "s", "t"]


class Words:
    """One generator for one archive."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.vocabulary = self._vocabulary()
        # Zipf: the word of rank n is said 1/n as often as the first.
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self.vocabulary) + 1)))

    @property
    def common(self) -> str:
        return self.vocabulary[0]

    def _vocabulary(self) -> list[str]:
        syllables = ["".join(parts) for parts in itertools.product(_BEGIN, _MIDDLE, _END)]
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            found["".join(self._random.choices(syllables, k=2 + len(found) % 3 // 2))] = None
        return list(found)

    def some(self, count: int) -> list[str]:
        return self._random.choices(self.vocabulary, cum_weights=self._weights, k=count)

    def prose(self, count: int) -> str:
        """Sentences of twelve words, paragraphs of ninety-six, `count` words in all."""
        words = self.some(count)
        sentences = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, count, 12)]
        return "\n\n".join(" ".join(sentences[at : at + 8]) for at in range(0, len(sentences), 8))

    def name(self, number: int) -> str:
        """A name that says of itself that nobody bears it."""
        return f"Synthetic {self.some(1)[0].capitalize()} {number}"
