"""What a page shows as plain JSON: records, works, questions, lines of lists, lines of transcripts.

    record(view, address="https://example.org", language="az")     # a dict; the same for `work`, `question`, `entry` …
    members(Assertion)          # what each view becomes, for formats/record_schema.py and the API's documentation

A view holds only what its reader may see, and nothing is added to it: names of fields are those of `domain/views.py`, but `id`
for a public id. What is empty is left out; false and nought are not. Addresses are whole: `address` is what they begin with,
pages are named in `language`, files have none. Times of recordings are milliseconds, dates are EDTF beside the words given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from memorial.domain import views, voices
from memorial.domain.views import Assertion, Entry, Link, Memory, QuestionView, RecordView, SourceView
from memorial.domain.voices import Line, Recording, Spoken

PAGE, FILE, TEXT, MARKED, BARE = "page", "file", "text", "marked", "bare"
# What never leaves: what only templates ask, and cursors of pages that are no pages of this.
LEFT_OUT: Mapping[type, frozenset[str]] = {
    RecordView: frozenset({"proof"}),
    Recording: frozenset({"proof"}),
    SourceView: frozenset({"more"}),
    QuestionView: frozenset({"measure"}),
    Line: frozenset({"spelled"}),
    views.Memories: frozenset({"after"}),
}
NAMED = {"public_id": "id", "slug": "id"}
FILES: Mapping[type, frozenset[str]] = {
    views.Copy: frozenset({"address"}),
    views.Paper: frozenset({"address"}),
    voices.Playable: frozenset({"address", "keep"}),
    Recording: frozenset({"poster", "peaks"}),
}
PAGES: Mapping[type, frozenset[str]] = {Assertion: frozenset({"question"})}
HIT = str.maketrans("", "", "\x02\x03")  # the signs around a hit


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a view: what it is called outside, where it stands in the view, and how its words are made."""

    name: str
    attribute: str
    how: str = ""


@cache
def members(view: type) -> tuple[Member, ...]:
    return tuple(
        Member(NAMED.get(each.name, each.name), each.name, _how(view, each.name))
        for each in fields(view)
        if each.name not in LEFT_OUT.get(view, ())
    )


def _how(view: type, name: str) -> str:
    if name in FILES.get(view, ()):
        return FILE
    if name == "address" or name in PAGES.get(view, ()):
        return PAGE
    if (view, name) == (Entry, "snippet"):
        return MARKED
    return BARE if (view, name) == (Line, "body") else TEXT


def record(view: RecordView, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def work(view: SourceView, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def question(view: QuestionView, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def statement(view: Assertion, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def memory(view: Memory, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def link(view: Link, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def transcript(view: Spoken, *, address: str, language: str) -> dict[str, Any]:
    """What is known of it; its lines come by themselves."""
    return _whole(view, address, language)


def line(view: Line) -> dict[str, Any]:
    """A line of a transcript: what is withheld in it stands as […]."""
    return _whole(view, "", "")


def entry(view: Entry, *, address: str, language: str) -> dict[str, Any]:
    return _whole(view, address, language)


def _whole(view: Any, address: str, language: str) -> dict[str, Any]:
    found = {}
    kind: type = type(view)
    for member in members(kind):
        value = getattr(view, member.attribute)
        if isinstance(value, str):
            said: Any = _worded(view, member, value, address, language)
        else:
            said = _plain(value, address, language)
        if said not in ("", None, [], {}):
            found[member.name] = said
    if (
        isinstance(view, Entry) and view.moment is not None
    ):  # its own place is only what follows the page's address
        found["moment"]["where"] = f"{address}/{language}{view.address}{view.moment.where}"
    return found


def _worded(view: Any, member: Member, value: str, address: str, language: str) -> str:
    if not value or member.how == TEXT:
        return value
    if member.how == BARE:
        return str(view.words)
    if member.how == MARKED:
        return value.translate(HIT)
    return f"{address}{value}" if member.how == FILE else f"{address}/{language}{value}"


def _plain(value: Any, address: str, language: str) -> Any:
    if isinstance(value, str | int | float) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value):
        return _whole(value, address, language)
    if isinstance(value, Mapping):
        return {str(name): said for name, each in value.items() if (said := _plain(each, address, language))}
    if isinstance(value, Sequence):
        return [_plain(each, address, language) for each in value]
    raise TypeError(f"no plain JSON for {type(value).__name__}")
