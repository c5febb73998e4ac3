"""Words that speak of harm to oneself: a hint that puts an item before a person first, never a verdict.

    look(session, item, [words, …])      # after sending, and after each message

Nothing is blocked and nothing is answered by it; nobody is told. The phrases of each language
are a list that the archive edits (services/word_lists.py). They are compared in every language
at once (domain/phrases.py), because people write in several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from memorial.domain.phrases import joined, phrases_of, words_of
from memorial.gate import GatedSession
from memorial.models import Item
from memorial.services import word_lists

FLAG = "distress"


def look(session: GatedSession, item: Item, words: Iterable[str]) -> None:
    """Mark the item where its words hold one of the phrases; it stays marked until a person has decided it."""
    if FLAG not in item.flags and speaks_of_harm("\n".join(words), phrases(session)):
        item.flags = [*item.flags, FLAG]
        item.precedence = -1
        session.flush()


def said_in(answers: Mapping[str, Any]) -> list[str]:
    """What a family wrote in a contribution, but for how to reach it."""
    return [value for name, value in answers.items() if isinstance(value, str) and name != "contact"]


def phrases(session: GatedSession) -> tuple[str, ...]:
    """The archive's own list of each language, else the one that ships with the program."""
    return joined(word_lists.chosen(session, (FLAG,))[FLAG])


def speaks_of_harm(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, as whole words."""
    return any(phrases_of(wanted).find(words_of(text)))
