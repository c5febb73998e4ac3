"""Words that speak of harm to oneself: a hint that puts an item before a person first, never a verdict.

    look(session, item, [words, …])      # after sending, and after each message

Nothing is blocked and nothing is answered by it; nobody is told. The phrases of each language
are a setting of the archive (`distress`: {"az": […], …}, in place of those below); `*` stands
for any ending. They are compared after the fold of domain/names.py, in every language at once,
because people write in several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import ArchiveSetting, Item

FLAG = "distress"

PHRASES: Mapping[str, tuple[str, ...]] = {
    "az": (
        "özümü öldür*", "özümü as*", "özümə qəsd", "canıma qəsd", "intihar*", "yaşamaq istəmirəm", "ölmək istəyirəm",
        "həyatıma son", "yaşamağın mənası yoxdur", "daha yaşaya bilmirəm", "ölsəm yaxşıdır", "kaş öləydim",
    ),
    "en": (
        "kill myself", "killing myself", "end my life", "ending my life", "take my own life", "suicid*", "hurt myself",
        "harm myself", "hang myself", "want to die", "wish i was dead", "wish i were dead", "do not want to live",
        "dont want to live", "cannot go on living", "cant go on living", "no reason to live",
    ),
    "ru": (
        "убью себя", "убить себя", "покончу с собой", "покончить с собой", "покончить с жизнью", "самоубийств*",
        "суицид*", "не хочу жить", "не хочется жить", "хочу умереть", "повешусь", "повеситься", "незачем жить",
        "не могу больше жить", "наложить на себя руки", "лучше бы я умер*",
    ),
    "tr": (
        "kendimi öldür*", "kendimi as*", "canıma kıy*", "intihar*", "yaşamak istemiyorum", "ölmek istiyorum",
        "hayatıma son", "yaşamanın anlamı yok", "keşke ölsem", "keşke ölseydim", "artık yaşayamıyorum",
        "kendime zarar",
    ),
}  # fmt: skip


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
    """The archive's own list of each language, else the one above."""
    row = session.get(ArchiveSetting, FLAG)
    chosen: Any = row.value if row is not None else {}
    own = chosen if isinstance(chosen, Mapping) else {}
    lists = {**PHRASES, **{code: listed for code, listed in own.items() if isinstance(listed, list)}}
    return tuple(str(phrase) for code in sorted(lists) for phrase in lists[code])


def speaks_of_harm(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, as whole words."""
    pattern = _compiled(wanted)
    return pattern is not None and pattern.search(fold(text)) is not None


@lru_cache(maxsize=8)
def _compiled(wanted: tuple[str, ...]) -> re.Pattern[str] | None:
    forms = [found for phrase in wanted if (found := _form(phrase))]
    return re.compile(rf"(?<![^ ])(?:{'|'.join(forms)})(?![^ ])") if forms else None


def _form(phrase: str) -> str:
    words = []
    for word in phrase.split():
        folded = re.escape(fold(word))
        words.append(f"{folded}[^ ]*" if folded and word.endswith("*") else folded)
    return " ".join(word for word in words if word)
