"""The index of words of a copy: which words stand in titles and summaries, and on which pages. It needs no script.

    index = Words(folder)
    index.add("/press/abc", "A title", "en", ["its summary …"])
    for heading in index.headings(): index.under(heading)      # [(word, [Found, …]), …]

Words are gathered in a file for each beginning of two letters, so that only one of them is in memory at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from memorial.domain.names import fold

BEGINNING = 2
SHORTEST = 3
MOST = 200  # pages under a word; more say nothing
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Found:
    address: str
    title: str
    language: str


class Words:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._headings: dict[str, str] = {}
        folder.mkdir()

    def add(self, address: str, title: str, language: str, texts: Iterable[str]) -> None:
        found = Found(address, title, language)
        together: dict[str, dict[str, str]] = {}
        for word in _WORD.findall(" ".join([title, *texts])):
            key = fold(word)
            if len(key) >= SHORTEST:
                together.setdefault(_name(key), {}).setdefault(key, word.lower())
        for name, words in together.items():
            self._headings.setdefault(name, next(iter(words))[:BEGINNING])
            with (self._folder / name).open("a", encoding="utf-8") as file:
                file.writelines(
                    json.dumps([key, word, *astuple(found)]) + "\n" for key, word in words.items()
                )

    def headings(self) -> list[tuple[str, str]]:
        return sorted(self._headings.items(), key=lambda pair: pair[1])

    def under(self, name: str) -> list[tuple[str, list[Found]]]:
        words: dict[str, tuple[str, list[Found]]] = {}
        with (self._folder / name).open(encoding="utf-8") as file:
            for line in file:
                key, word, *found = json.loads(line)
                shown = words.setdefault(key, (word, []))[1]
                if len(shown) < MOST:
                    shown.append(Found(*found))
        return [words[key] for key in sorted(words)]


def _name(key: str) -> str:
    """A file's name for the beginning of a word: hexadecimal digits."""
    return key[:BEGINNING].encode().hex()
