"""What formats/record_json.py writes, as JSON Schema 2020-12, made from the views themselves so that it cannot fall behind.

    definitions("#/components/schemas/")["Record"]      # {"type": "object", "properties": {…}, "additionalProperties": False}

Whatever is empty is left out by the writer, so that of most views nothing is required but what they cannot be without.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from memorial.domain import views, voices
from memorial.formats.record_json import FILE, PAGE, members

NAMES: Mapping[type, str] = {
    views.RecordView: "Record", views.SourceView: "Source", views.QuestionView: "Question",
    views.Assertion: "Statement", views.Entry: "Entry", views.Prose: "Text", views.Picture: "Picture",
    voices.Spoken: "Transcript", voices.Line: "Line", views.Copy: "Copy",
}  # fmt: skip
REQUIRED: Mapping[type, tuple[str, ...]] = {
    views.RecordView: ("kind", "id", "address", "revision"),
    views.SourceView: ("id", "address"),
    views.QuestionView: ("id", "title", "address"),
    views.Assertion: ("id", "property"),
    views.Entry: ("kind", "id"),
    views.Memory: ("id", "form", "sent"),
    voices.Spoken: ("id", "kind", "language"),
    voices.Line: ("number", "starts", "ends"),
    voices.Recording: ("id", "role"),
}
PLAIN: Mapping[Any, Mapping[str, str]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"}, datetime: {"type": "string", "format": "date-time"},
}  # fmt: skip
KNOWN = {**vars(voices), **vars(views)}  # they name one another
ADDRESSES = {PAGE: "the whole address of a page", FILE: "the whole address of a file"}


def name_of(view: type) -> str:
    return NAMES.get(view, view.__name__)


def definitions(under: str) -> dict[str, dict[str, Any]]:
    """The views of records, works, questions and lists, and all that stands in them, by name."""
    found: dict[str, dict[str, Any]] = {}
    waiting: list[type] = [views.RecordView, views.SourceView, views.QuestionView, views.Entry, voices.Line]
    while waiting:
        view = waiting.pop()
        if name_of(view) not in found:
            found[name_of(view)] = _schema(view, under, waiting)
    return found


def _schema(view: type, under: str, waiting: list[type]) -> dict[str, Any]:
    hints = get_type_hints(view, KNOWN)
    found = {}
    for member in members(view):
        said = _kind(hints[member.attribute], under, waiting)
        if member.how in ADDRESSES:
            said = {**said, "description": ADDRESSES[member.how]}
        found[member.name] = said
    words = (view.__doc__ or "").split("\n\n")[0].replace("`", "")
    schema = {"type": "object", "description": " ".join(words.split()), "properties": found}
    needed = list(REQUIRED.get(view, ()))
    return {**schema, **({"required": needed} if needed else {}), "additionalProperties": False}


def _kind(hint: Any, under: str, waiting: list[type]) -> dict[str, Any]:
    if hint in PLAIN:
        return dict(PLAIN[hint])
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _kind(next(each for each in inside if each is not type(None)), under, waiting)
    if origin is Sequence:
        return {"type": "array", "items": _kind(inside[0], under, waiting)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _kind(inside[1], under, waiting)}
    waiting.append(hint)
    return {"$ref": f"{under}{name_of(hint)}"}
