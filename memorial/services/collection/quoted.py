"""What belongs to words quoted from somebody: their translations, and by what right they are shown.

    FIELDS                                    # of every kind that quotes
    quoted(batch, thing, row)                 # row: the text that is translated, none where nothing is quoted
    given_back(texts, citations)              # the fields again

A translation is a text of the same role that names the one it translates, so that it is never taken for
the original. Where only a fragment is given, the translation is of the fragment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorial.gate import GatedSession
from memorial.models import Citation, Text
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    PROSE,
    is_language,
    language,
    later,
    needed,
    objects,
    places_cited,
    text,
)
from memorial.services.collection.pages import cited, cites, first, grouped, language_of

RIGHTS = "rights"  # the role of the text that says by what right others' words are shown
TRANSLATION = {
    "language": language(), "text": needed(PROSE), "translator": text(),
    "seed_refs": replace(places_cited(), exact=bool),
}  # fmt: skip
FIELDS = {
    "rights": later(text()),
    "translations": later(objects(TRANSLATION, ("translator", "seed_refs"))),
}


def quoted(batch: Batch, thing: Thing, original: Mapping[str, Any] | None) -> None:
    if thing.get("rights"):
        batch.text(thing, RIGHTS, thing.get("rights"))
    if original is None and thing.list("translations"):
        thing.leftovers["translations"] = thing.value["translations"]
    elif original is not None:
        for position, each in enumerate(thing.list("translations"), 1):
            _translation(batch, thing, original, each, position)


def _translation(
    batch: Batch, thing: Thing, original: Mapping[str, Any], each: Mapping[str, Any], position: int
) -> None:
    code = each.get("language") or ""
    row = batch.text(
        thing,
        original["role"],
        each.get("text") or "",
        position,
        language=code if is_language(code) else "und",
        translator=each.get("translator") or "",
        translates_id=original["id"],
    )
    cites(batch, thing, each.get("seed_refs") or [], "supports", text_id=row["id"])


def translated_in(session: GatedSession, texts: Mapping[int, Sequence[Text]]) -> Mapping[int, list[Citation]]:
    """Where the translations among these texts are printed, by the translation."""
    ids = [each.id for told in texts.values() for each in told if each.translates_id]
    return grouped(session, Citation, "text_id", ids) if ids else {}


def given_back(texts: Sequence[Text], citations: Mapping[int, Sequence[Citation]]) -> dict[str, Any]:
    return {
        "rights": first(texts, RIGHTS),
        "translations": [
            _given(each, cited(citations.get(each.id, ()), "supports"))
            for each in sorted(texts, key=lambda each: each.position)
            if each.translates_id
        ],
    }


def _given(each: Text, places: list[str]) -> dict[str, Any]:
    value: dict[str, Any] = {"language": language_of(each.language), "text": each.body}
    value |= {"translator": each.translator} if each.translator else {}
    return value | ({"seed_refs": places} if places else {})
