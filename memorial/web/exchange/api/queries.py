"""What may be asked of the API in the query of an address, and what is said to whoever asks otherwise.

    @api.arguments(listed(Entry), location="query")         # limit, after, before, fields, lang

Every parameter is known, given once and checked, or the answer is 422 with its place, its name, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema
from webargs.fields import DelimitedList
from webargs.flaskparser import FlaskParser

from memorial.domain.errors import Invalid
from memorial.formats.record_json import members
from memorial.formats.record_schema import REQUIRED
from memorial.services import cursors
from memorial.services.cursors import PER_PAGE, Asked, read_cursor
from memorial.web.languages import DEFAULT, NAMES, offered
from memorial.web.problems import Fault, Faulty

MOST = 100  # entries of one answer
ADVICE = "Take it out, or look in /api/v1/openapi.json for what it may be."


class Parser(FlaskParser):
    """Nothing that nobody knows, nothing twice; what is wrong becomes problem details."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"query": RAISE}

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise Faulty(
                [Fault("query", each, "Is given more than once.", "Give it once.") for each in twice]
            )
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        found = error.normalized_messages().get("query", {})
        known = ", ".join(sorted(schema.fields))
        raise Faulty([_fault(name, said, known) for name, said in sorted(found.items())])


def _fault(name: str, said: Any, known: str) -> Fault:
    words = " ".join(_flat(said))
    if name == "_schema":
        return Fault("query", "after", words, "Give one of the two.")
    if words == "Unknown field.":
        return Fault("query", name[:100], "There is no such parameter here.", f"There are: {known}.")
    return Fault("query", name, words, ADVICE)


def _flat(said: Any) -> list[str]:
    if isinstance(said, Mapping):
        return list(dict.fromkeys(word for each in said.values() for word in _flat(each)))
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]


class Cursor(fields.String):
    """The place of one line in its list, as an answer's `next` and `previous` have it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **more))
        try:
            read_cursor(text)
        except Invalid as error:
            raise ValidationError("Leads to no place of this list.") from error
        return text


class Count(fields.Integer):
    """Digits as they stand in an address, and not all that Python reads as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if re.fullmatch(r"-?[0-9]{1,9}", str(value)) is None:
            raise ValidationError("Not a whole number.")
        return super()._deserialize(value, attr, data, **more)


def _offered(code: str) -> None:
    if code not in offered():
        raise ValidationError("This archive does not speak it.")


class Nothing(Schema):
    """No parameter at all."""

    class Meta:
        unknown = RAISE


class Query(Nothing):
    """What every address of records takes."""

    lang = fields.String(
        load_default=DEFAULT,
        validate=[validate.OneOf(list(NAMES)), _offered],
        metadata={"description": "In which language `labels` are said and pages are named."},
    )


class Paged(Query):
    after = Cursor(metadata={"description": "Entries that follow this place, as `next` has it."})
    before = Cursor(metadata={"description": "Entries that go before this place, as `previous` has it."})
    limit = Count(
        load_default=PER_PAGE,
        validate=validate.Range(1, MOST),
        metadata={"description": f"How many entries at most, {MOST} at the highest.", "example": 10},
    )

    @validates_schema
    def _one_way(self, given: dict[str, Any], **_: Any) -> None:
        if given.get("after") and given.get("before"):
            raise ValidationError("Goes forwards and backwards at once.")

    @post_load
    def _place(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked: Asked = cursors.asked(given.pop("after", ""), given.pop("before", ""))
        return {**given, "asked": asked}


def sparse(view: type, *more: str) -> DelimitedList:
    """Only these fields of what is listed, with those that it cannot be without."""
    names = sorted({member.name for member in members(view)} | {"labels", *more})
    always = ", ".join(REQUIRED.get(view, ("id",)))
    said = f"Only these fields, separated by commas. Always there: {always}."
    return DelimitedList(
        fields.String(validate=validate.OneOf(names)),
        validate=validate.Length(1, len(names)),
        metadata={"description": said, "example": [names[0]]},
    )


def words(description: str, *, most: int = 200, **more: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, most), metadata={"description": description}, **more)


def query(base: type[Schema], **named: fields.Field) -> type[Schema]:
    """The base with these parameters besides."""
    return type(base)(base.__name__, (base,), dict(named))


def listed(view: type, **named: fields.Field) -> type[Schema]:
    return query(Paged, fields=sparse(view), **named)


def one(view: type, **named: fields.Field) -> type[Schema]:
    return query(Query, fields=sparse(view), **named)
