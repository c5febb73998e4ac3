"""What is said in a record, as one plain value: its texts, names, statements, memories and links.

    content = Content(language="en", texts=[TextContent("testimony", "…")])
    Content.from_json(content.to_json()) == content
    canonical(content.to_json())          # the bytes that its hash is made of

Each piece names the part it belongs to. `services/describe.py` makes rows of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

# How a narrator stood to the event: `detail["stood"]` of a testimony.
STOOD = ("survivor", "eyewitness", "relative", "rescuer", "journalist", "official", "other")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class TextContent:
    role: str
    body: str
    part: str = "page"
    language: str = "und"
    markup: bool = False
    author: str = ""
    translator: str = ""


@dataclass(frozen=True, slots=True)
class NameContent:
    text: str
    part: str = "name"
    kind: str = "full"
    language: str = "und"
    script: str = ""


@dataclass(frozen=True, slots=True)
class StatementContent:
    """`value_text` is what is said; `edtf` gives it a place in time where it is a date."""

    property: str
    value_text: str
    part: str = "page"
    stated_by: str = ""
    source_as_given: str = ""
    as_of_edtf: str = ""
    certainty: str = ""
    corroboration: str = ""  # set at the desk alone, with a reason (domain/fates.py, CORROBORATIONS)


@dataclass(frozen=True, slots=True)
class TributeContent:
    """A memory or a quiet sign that somebody leaves on a page that is there."""

    form: str
    body: str
    part: str
    signed: str = ""
    language: str = "und"


@dataclass(frozen=True, slots=True)
class LinkContent:
    """This record points to another page: `other` is its public id."""

    relation: str
    other: str
    as_given: str
    part: str = "page"


@dataclass(frozen=True, slots=True)
class Content:
    """What is said in a record, whole: a change is a new content, never a patch."""

    language: str = "und"
    content_note: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    date_edtf: str = ""
    date_words: str = ""
    texts: Sequence[TextContent] = ()
    names: Sequence[NameContent] = ()
    statements: Sequence[StatementContent] = ()
    tributes: Sequence[TributeContent] = ()
    links: Sequence[LinkContent] = ()

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for name in ("tributes", "links"):
            if not value[name]:
                del value[name]
        for said in value["statements"]:
            if not said["corroboration"]:
                del said["corroboration"]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Content:
        # What has no page (a figure, an import as a whole) is kept as a revision too, and has none of these.
        plain = {
            name: value[name]
            for name in ("language", "content_note", "detail", "date_edtf", "date_words")
            if name in value
        }
        return cls(
            **plain,
            texts=[TextContent(**row) for row in value.get("texts", ())],
            names=[NameContent(**row) for row in value.get("names", ())],
            statements=[StatementContent(**row) for row in value.get("statements", ())],
            tributes=tuple(TributeContent(**row) for row in value.get("tributes", ())),
            links=tuple(LinkContent(**row) for row in value.get("links", ())),
        )

    def parts(self) -> set[str]:
        rows: list[TextContent | NameContent | StatementContent | TributeContent | LinkContent] = [
            *self.texts,
            *self.names,
            *self.statements,
            *self.tributes,
            *self.links,
        ]
        return {row.part for row in rows}


def canonical(value: Mapping[str, Any]) -> bytes:
    """The bytes that a hash is made of: the same value is always the same bytes, however it was written."""
    return _CANONICAL.encode(value).encode()
