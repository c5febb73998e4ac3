"""How the archive's sources spell a place that is named in a search, so that a text is found by any of them.

    of_places(session, parse("Ходжалы fire"))      # {"xocali": ["xojaly", "xocaly", "hocali"]}

Letters alone lead from Агдам to Aghdam, but not from Ходжалы to Khojaly; the page of the place says that they are one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from memorial.domain.name_match import place_key
from memorial.domain.names import fold
from memorial.domain.search_words import Asked
from memorial.gate import GatedSession
from memorial.models import WrittenName
from memorial.models.statements import among, in_the_text
from memorial.services.name_candidates import Asking, candidates

MOST_WORDS = 6  # of a question
MOST_NAMED = 24  # that have the word in their name; of places few do
MOST_SPELLINGS = 16
SPELLINGS: Any = (
    select(WrittenName.thing, WrittenName.text)
    .where(among(WrittenName.record_id, "records"))
    .order_by(WrittenName.id)
    .limit(in_the_text(500))
)


def of_places(session: GatedSession, asked: Asked) -> dict[str, list[str]]:
    """Folded words that may stand for a word, wanted or not, that is the whole name of a place; as this reader sees it."""
    terms = (*asked.wanted, *asked.unwanted)
    sought = [term.words[0] for term in terms if len(term.words) == 1 and not term.begins][:MOST_WORDS]
    if not sought:
        return {}
    askings = [Asking([[place_key(word)]], (), MOST_NAMED) for word in sought]
    places: dict[str, set[str]] = {}
    for word, rows in zip(sought, candidates(session, askings, ()), strict=True):
        if named := {row.thing for row in rows or ()}:
            places[word] = named
    if not places:
        return {}
    spelled: dict[str, dict[str, None]] = defaultdict(dict)
    numbers = [int(thing.partition(":")[2]) for thing in set().union(*places.values())]
    for thing, text in session.execute(SPELLINGS, {"records": numbers}):
        if " " not in (folded := fold(text)):
            spelled[thing][folded] = None
    return {
        word: [
            other
            for other in dict.fromkeys(each for thing in named for each in spelled[thing])
            if other != word
        ][:MOST_SPELLINGS]
        for word, named in places.items()
    }
