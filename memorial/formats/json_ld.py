"""A record as linked data: JSON-LD 1.1 in the words of schema.org, its context written out so that nothing has to be fetched.

    value = described(card)         # a dict for `application/ld+json`

Says what a catalogue card holds and no more. A date goes out as schema.org's only where it is a plain day, month or year; else
as it is written, under `temporalCoverage`, which takes EDTF's intervals and words alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from memorial.formats.catalogue_xml import Card

MEDIA_TYPE = "application/ld+json"
CONTEXT: Mapping[str, Any] = {
    "@vocab": "https://schema.org/",
    "url": {"@type": "@id"},
    "isPartOf": {"@type": "@id"},
    "license": {"@type": "@id"},
    "startDate": {"@type": "https://schema.org/Date"},
    "datePublished": {"@type": "https://schema.org/Date"},
}
TYPES: Mapping[str, str] = {
    "testimony": "ArchiveComponent", "press": "NewsArticle", "remembrance": "Person", "document": "CreativeWork",
    "event": "Event", "place": "Place",
}  # fmt: skip
_PLAIN = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def described(card: Card) -> dict[str, Any]:
    name = _spoken(card.title, card.language) if card.title else None
    found: dict[str, Any] = {"@context": dict(CONTEXT), "@id": card.address, "@type": TYPES[card.kind]}
    found |= {"url": card.address, "name": name}
    found["identifier"] = [each for each in (card.permanent, card.number) if each]
    if card.kind in ("testimony", "press", "document"):
        found |= {
            "inLanguage": "" if card.language == "und" else card.language,
            "creator": [{"@type": "Thing", "name": agent} for _, agent in card.agents],
            "publisher": {"@type": "Organization", "name": card.publication} if card.publication else None,
            "locationCreated": {"@type": "Place", "name": card.where} if card.where else None,
        }
    if card.kind == "event":
        found["location"] = {"@type": "Place", "name": card.where} if card.where else None
    if card.kind == "place":
        found["containedInPlace"] = {"@type": "Place", "name": card.where} if card.where else None
    found["description" if card.kind != "press" else "abstract"] = [
        _spoken(words, language) for language, words in card.abstracts
    ]
    found |= _dated(card) | _rights(card)
    return {key: value for key, value in found.items() if value}


def _rights(card: Card) -> dict[str, Any]:
    """Of a work itself; of a person, an event or a place they are said of what is written about it."""
    said: dict[str, Any] = {
        "license": card.rights,
        "conditionsOfAccess": [_spoken(label.said(), label.language) for label in card.labels],
    }
    said = {key: value for key, value in said.items() if value}
    if card.kind in ("testimony", "press", "document") or not said:
        return said
    return {"subjectOf": {"@type": "WebPage", "url": card.address, **said}}


def _dated(card: Card) -> dict[str, str]:
    if card.kind in ("remembrance", "place") or not (card.date or card.date_words):
        return {}
    if _PLAIN.fullmatch(card.date):
        return {"startDate" if card.kind == "event" else "datePublished": card.date}
    return {"temporalCoverage": card.date or card.date_words}


def _spoken(words: str, language: str) -> Any:
    return words if language in ("", "und") else {"@value": words, "@language": language}
