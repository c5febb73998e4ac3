"""What each field of an imported object may hold, and whether its home can give it back exactly.

    faults = problems(FIELDS, row)          # empty: the row can go in
    leftovers, absent = unhoused(FIELDS, row.value)

A field that its home cannot give back as it was (an empty text where the table knows only
"nothing", an item with a name of its own) is kept beside it among the leftovers, and so is a
field nobody knows. Nothing of an object is lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from memorial.domain.dates import BadDate, parse
from memorial.domain.markup import is_allowed_address
from memorial.domain.views import When
from memorial.formats.jsonl import Fault, Row, kind_of

LINE = 2_000  # characters of a name, a title, a place in a source
PROSE = 200_000  # characters; PostgreSQL indexes about a megabyte of one text
LONGEST_ID = 200
LARGEST = 2**53  # beyond it two whole numbers are one in JSON

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Wrong = tuple[str, str]  # what is wrong, what to do


@dataclass(frozen=True, slots=True)
class Field:
    """A rule for one field: what is wrong with a value, and which values its home gives back."""

    wrong: Callable[[Any], Wrong | None]
    exact: Callable[[Any], bool]
    what: str = "line"  # how the desk's form asks for it (services/published/forms.py)
    shape: Mapping[str, Field] = field(default_factory=dict)  # of each object of a list
    to: str = ""  # the kind of file whose ids it holds; "source" for a place in any work
    may_lack: Sequence[str] = ()
    must: bool = False  # never empty
    later: bool = False  # asked for since archives were loaded without it
    choices: Sequence[str] = ()


def _words(limit: int, needed: bool = False) -> Callable[[Any], Wrong | None]:
    def wrong(value: Any) -> Wrong | None:
        if isinstance(value, str):
            if len(value) > limit:
                return f"{len(value):,} characters, more than {limit:,}", "shorten it"
            return ("it is empty", "write it, or leave the row out") if needed and not value.strip() else None
        if value is None:
            return ("it is null", "write it, or leave the row out") if needed else None
        return f"{kind_of(value)} where a text belongs", "put it between quotation marks"

    return wrong


def _list_of(wrong_item: Callable[[Any], Wrong | None]) -> Callable[[Any], Wrong | None]:
    def wrong(value: Any) -> Wrong | None:
        if not isinstance(value, list):
            return f"{kind_of(value)} where a list belongs", "write [ … ], also for one or none"
        return next((found for item in value if (found := wrong_item(item))), None)

    return wrong


def _items(shape: Mapping[str, Field]) -> Callable[[Any], Wrong | None]:
    def wrong(item: Any) -> Wrong | None:
        if not isinstance(item, dict):
            return f"{kind_of(item)} in a list of objects", "write { … }"
        for name, rule in shape.items():
            found = rule.wrong(item[name]) if name in item else None
            if found:
                return f"{name}: {found[0]}", found[1]
        return None

    return wrong


def _number(low: float, high: float, what: str) -> Callable[[Any], Wrong | None]:
    def wrong(value: Any) -> Wrong | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{kind_of(value)} where a number belongs", "write the number without quotation marks"
        if not math.isfinite(value) or not low <= value <= high:
            return f"{value} is no {what}", f"write a number from {low:,} to {high:,}, or null"
        return None

    return wrong


def _boolean(value: Any) -> Wrong | None:
    if isinstance(value, bool):
        return None
    return f"{kind_of(value)} where true or false belongs", "write true or false without quotation marks"


def _date(value: Any) -> Wrong | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return f"{kind_of(value)} where a date belongs", 'write it as EDTF, such as "1992-02-26"'
    try:
        when(value)
    except BadDate as bad:
        reason = {"no_such_day": "is no day of the calendar", "backwards": "ends before it begins"}
        return (
            f"“{value[:60]}” {reason.get(bad.reason, 'is no date in EDTF')}",
            'write "1992-02-26", "1992~" …',
        )
    return None


@lru_cache(maxsize=10_000)
def when(edtf: str) -> When:
    """A date of a file; the same ones come again and again."""
    return parse(edtf)


def _told(value: Any) -> bool:
    return bool(value != "")


def _always(_value: Any) -> bool:
    return True


def _is_list(value: Any) -> bool:
    return value is not None


def text(limit: int = LINE) -> Field:
    """A text or null."""
    return Field(_words(limit), _told)


def needed(limit: int = LINE) -> Field:
    """A text that must be there."""
    return Field(_words(limit, needed=True), _always, "line" if limit <= LINE else "prose", must=True)


def prose() -> Field:
    return Field(_words(PROSE), _told, "prose")


def web() -> Field:
    """An address on the web or null."""

    def wrong(value: Any) -> Wrong | None:
        found = _words(LINE)(value)
        if found is None and value and not (value.startswith("http") and is_allowed_address(value)):
            return f"“{value[:60]}” is no address on the web", 'write it whole, as "https://…", or null'
        return found

    return Field(wrong, _told, "web")


def texts(limit: int = LINE) -> Field:
    return Field(_list_of(_words(limit, needed=True)), _is_list, "lines")


def places_cited() -> Field:
    """Places in works, FILE:Lx-Ly or a source's id, a comma and where in it (batch.place_in_source)."""
    return replace(texts(), what="places", to="source")


def works() -> Field:
    """Whole works: file names, or ids of sources."""
    return replace(texts(), what="works", to="source")


def work() -> Field:
    return replace(text(), what="work", to="source")


def place_cited(must: bool = True) -> Field:
    """One place in a work."""
    return replace(needed() if must else text(), what="place", to="source")


def thing_ids(to: str) -> Field:
    """Ids of other objects."""
    return replace(texts(), what="ids", to=to)


def thing_id(to: str) -> Field:
    return replace(text(), what="id", to=to)


def date() -> Field:
    """EDTF or null."""
    return Field(_date, _told, "date")


def number(low: float = -LARGEST, high: float = LARGEST, what: str = "number") -> Field:
    return Field(_number(low, high, what), _always, "number")


def count() -> Field:
    return number(0, LARGEST, "count, which is never below nought")


def counted() -> Field:
    """How many words a text has: nobody types it."""
    return replace(count(), what="fixed")


def whole() -> Field:
    """How often something stands somewhere."""

    def wrong(value: Any) -> Wrong | None:
        found = _number(0, 2**31 - 1, "count")(value)
        if found is None and isinstance(value, float):
            return f"{value} is no whole number", "write how often it was counted, or null"
        return found

    return Field(wrong, _always, "number")


def language() -> Field:
    """A BCP 47 tag or null; anything else is a leftover and the language is not known."""
    return Field(_words(LINE), lambda value: value is None or is_language(value), "language")


@lru_cache(maxsize=1_000)
def is_language(code: str) -> bool:
    return code != "und" and _LANGUAGE.fullmatch(code) is not None


def boolean() -> Field:
    return Field(_boolean, _always, "boolean")


def objects(shape: Mapping[str, Field], may_lack: Sequence[str] = (), *, a_line_each: bool = False) -> Field:
    """A list of objects of one shape; whatever else one holds makes the list a leftover as well.

    Short ones are written `a_line_each` at the desk.
    """

    def exact_item(item: Mapping[str, Any]) -> bool:
        lacking = shape.keys() - item.keys()
        if not lacking.issubset(may_lack) or any(item.get(name, "told") is None for name in may_lack):
            return False
        return all(name in shape and shape[name].exact(part) for name, part in item.items())

    def exact(value: Any) -> bool:
        return value is not None and all(exact_item(item) for item in value)

    what = "rows" if a_line_each else "objects"
    return Field(_list_of(_items(shape)), exact, what, shape, may_lack=may_lack)


def later(rule: Field) -> Field:
    """A field that older files and older archives do not have: only what says something has a home, so that an
    object without it comes out without it, whenever it went in."""
    return replace(rule, exact=lambda value: bool(value) and rule.exact(value), later=True)


def choice(*values: str, must: bool = False) -> Field:
    """One of these words, or null."""

    def wrong(value: Any) -> Wrong | None:
        if value is None and not must:
            return None
        return (
            None
            if value in values
            else (f"“{value}” is none of the choices", f"write one of {', '.join(values)}")
        )

    return Field(wrong, _told, "choice", must=must, choices=values)


def only(*values: Any) -> Field:
    """A field whose home is the kind itself: any other text is a leftover."""
    return Field(_words(LINE), lambda value: value in values, "fixed")


Fields = Mapping[str, Field]


def problems(fields: Fields, row: Row, required: Sequence[str] = ()) -> list[Fault]:
    """Everything that keeps a row out, one fault a field."""
    found = [_fault(row, "id", wrong) for wrong in [_wrong_id(row.value.get("id"))] if wrong]
    missing = ("the field is missing", "add it")
    found += [_fault(row, name, missing) for name in required if name not in row.value]
    for name, value in row.value.items():
        if name == "id":
            continue
        rule = fields.get(name)
        wrong = rule.wrong(value) if rule else _unknown(name)
        if wrong:
            found.append(_fault(row, name, wrong))
    return found


def _fault(row: Row, field: str, wrong: Wrong) -> Fault:
    return Fault(row.file, row.line, field, *wrong)


def _unknown(name: str) -> Wrong | None:
    return None if len(name) <= LONGEST_ID else ("a field's name is too long", "shorten it")


def _wrong_id(value: Any) -> Wrong | None:
    advice = "give each object an id of its own"
    if value is None:
        return "the object has no id", advice
    if not isinstance(value, str):
        return f"{kind_of(value)} where the id belongs", "put it between quotation marks"
    if not value.strip():
        return "the id is empty", advice
    if not value.isprintable() or value != value.strip() or len(value) > LONGEST_ID:
        return "the id holds control characters, outer spaces, or is too long", "write letters, digits and -"
    return None


def unhoused(fields: Fields, value: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What has no exact home, and which known fields the object does not have."""
    leftovers = {
        name: part
        for name, part in value.items()
        if name != "id" and ((rule := fields.get(name)) is None or not rule.exact(part))
    }
    absent = (
        [name for name in fields if name not in value] if len(value) - len(leftovers) <= len(fields) else []
    )
    return leftovers, absent
