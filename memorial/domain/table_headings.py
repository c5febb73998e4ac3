"""Headings of catalogues' tables (Omeka, AtoM, CollectionBuilder, Dublin Core): which column fills which field.

    guessed(["Dublin Core:Title", "dcterms:creator", "tags"], "recognitions")     # ["title", "body", ""]

A guess is offered and never acted upon unseen. A field is named by itself as well ("dateline_place"). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from memorial.domain.names import fold

# What a heading means, whatever the catalogue calls it.
_MEANT: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "label", "name", "headline", "authorized form of name", "başlıq", "adı", "ad", "название", "заголовок",
              "başlık"),
    "alternative": ("alternative", "alternative title", "alternate title"),
    "creator": ("creator", "author", "authors", "by", "contributor", "interviewer", "director", "directors", "name access points",
                "müəllif", "автор", "yazar"),
    "body": ("body", "institution", "repository"),
    "date": ("date", "created", "issued", "date created", "event dates", "tarix", "tarixi", "дата", "tarih"),
    "description": ("description", "abstract", "note", "notes", "scope and content", "general note", "summary", "təsvir", "qeyd",
                    "описание", "примечание", "açıklama"),
    "text": ("text", "transcript", "transcription", "full text", "quotation", "bibliographic citation", "mətn", "текст", "metin"),
    "type": ("type", "item type", "resource class", "level of description", "genre", "növ", "тип", "tür"),
    "identifier": ("identifier", "number", "objectid", "reference code", "legacy id", "nömrə", "номер"),
    "language": ("language", "dil", "язык"),
    "publisher": ("publisher", "publication", "newspaper", "source", "nəşr", "издание", "yayın"),
    "place": ("spatial", "coverage", "spatial coverage", "location", "place", "place access points", "yer", "место"),
    "country": ("country", "ölkə", "страна", "ülke"),
    "latitude": ("latitude", "lat", "geolocation latitude"),
    "longitude": ("longitude", "lon", "lng", "long", "geolocation longitude"),
    "rights": ("rights", "rights statement", "rightsstatement", "license", "licence", "reproduction conditions"),
    "status": ("status", "condition"),
}  # fmt: skip
# Where each kind of object has it.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "recognitions": {
        "title": "title", "creator": "body", "body": "body", "date": "date", "description": "note", "text": "text_excerpt",
        "type": "kind", "identifier": "number", "place": "jurisdiction", "rights": "rights", "country": "country_code",
    },
    "press_accounts": {
        "title": "headline", "creator": "authors", "date": "date", "description": "summary", "text": "quotation",
        "language": "language", "publisher": "publication", "place": "dateline_place", "country": "country", "rights": "rights",
        "type": "medium",
    },
    "timeline": {"title": "title", "date": "date", "description": "note", "place": "place"},
    "places": {
        "title": "label", "type": "kind", "description": "note", "place": "within", "latitude": "lat", "longitude": "lon",
    },
    "memorial_sites": {
        "title": "name", "type": "kind", "date": "date", "description": "note", "place": "place", "country": "country",
        "creator": "initiator", "status": "status",
    },
}  # fmt: skip
TITLES: Mapping[str, str] = {kind: fields["title"] for kind, fields in FIELDS.items()}
_BEFORE = re.compile(
    r"^\s*(dublin core|dcterms|dc|item type metadata|schema|foaf|bibo|element)\s*[:./]\s*", re.IGNORECASE
)
_AFTER = re.compile(r"(@[a-z]{2,3}(-\w+)?|\s*\[[^\]]*\]|\s*\([^)]*\))\s*$", re.IGNORECASE)
_WORDS = {fold(word): meant for meant, words in _MEANT.items() for word in words}


def meant_by(heading: str) -> str:
    """title, creator, date …; "" where nothing tells it."""
    bare = _AFTER.sub("", _BEFORE.sub("", heading))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).replace("_", " ").replace("-", " ")
    return _WORDS.get(fold(parted)) or _WORDS.get(fold(bare)) or ""


def guessed(headings: Sequence[str], kind: str, fields: Sequence[str]) -> list[str]:
    """A field for each column, "" for none, each field once: what is called as the field is goes first."""
    found = [heading.strip() if heading.strip() in fields else "" for heading in headings]
    for column, heading in enumerate(headings):
        field = FIELDS[kind].get(meant_by(heading), "")
        if not found[column] and field in fields and field not in found:
            found[column] = field
    seen: set[str] = set()
    for column, field in enumerate(found):
        found[column] = "" if field in seen else field
        seen.add(field)
    return found
