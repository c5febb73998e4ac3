"""Which place a name means: every spelling that a source uses, folded, and none that two places share.

    known = Gazetteer([("Agdam", 2), ("Aghdam", 2), ("Askeran", 4), ("Askeran Gap", 5)])
    known.named("Agdam")                         # 2
    known.within("hills near Askeran and Agdam")  # [("Askeran", 4), ("Agdam", 2)]

A spelling that belongs to two places means neither of them. In running words the longest spelling
counts, so that the Askeran Gap is not Askeran.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from memorial.domain.names import fold

Key = TypeVar("Key")
LONGEST = 2_000  # characters of running words that are looked through
_WORD = re.compile(r"[\w'’ʼ]+")


class Gazetteer(Generic[Key]):
    """Places by their spellings."""

    def __init__(self, spellings: Iterable[tuple[str, Key]]) -> None:
        among: dict[str, set[Key]] = {}
        for spelling, key in spellings:
            if folded := fold(spelling):
                among.setdefault(folded, set()).add(key)
        self._known = {folded: next(iter(keys)) for folded, keys in among.items() if len(keys) == 1}
        self._most = max((folded.count(" ") + 1 for folded in self._known), default=0)

    def named(self, name: str) -> Key | None:
        """The one place that somebody spells like this."""
        return self._known.get(fold(name))

    def spellings_of(self, key: Key) -> list[str]:
        """The folded spellings that mean this place and no other."""
        return [folded for folded, other in self._known.items() if other == key]

    def within(self, words: str) -> list[tuple[str, Key]]:
        """The places that running words name, as they are written there, in order."""
        words = words[:LONGEST]
        found, pieces = [], list(_WORD.finditer(words))
        folded = [fold(piece[0]) for piece in pieces]
        place = 0
        while place < len(pieces):
            end = self._longest(folded, place)
            if end > place:
                written = words[pieces[place].start() : pieces[end - 1].end()]
                found.append((written, self._known[" ".join(filter(None, folded[place:end]))]))
            place = max(end, place + 1)
        return found

    def _longest(self, folded: Sequence[str], place: int) -> int:
        """Where the longest spelling that begins here ends; `place` where none does."""
        for end in range(min(len(folded), place + self._most), place, -1):
            if folded[place] and " ".join(filter(None, folded[place:end])) in self._known:
                return end
        return place
