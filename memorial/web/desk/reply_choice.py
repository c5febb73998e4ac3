"""Which reply texts an item's page offers, and the words of a message with one of them in it."""

from __future__ import annotations

from memorial.domain.replies import KEYS, LANGUAGES, begun
from memorial.models import Item
from memorial.services import replies
from memorial.web.desk import guard


def offered(item: Item) -> list[tuple[str, dict[str, str]]]:
    """For the item's page: languages, the family's first, each with its texts by key."""
    texts = replies.texts_of(guard.session())
    return [
        (code, {key: texts[key][code] for key in KEYS})
        for code in replies.languages_for(guard.session(), item)
    ]


def chosen(wish: str, typed: str = "") -> str:
    """The words of a message with this text ("az.received") in it; what was typed where there is none."""
    code, _, key = wish.partition(".")
    if key not in KEYS or code not in LANGUAGES:
        return typed
    return begun(typed, replies.texts_of(guard.session())[key][code])
