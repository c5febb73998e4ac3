"""How a date in EDTF is understood: a line of words for the form, asked for while somebody writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask import render_template, request
from markupsafe import Markup

from memorial.domain.editing import plain
from memorial.services.collection.fields import when
from memorial.services.published.forms import Group
from memorial.services.published.spelling import date_problem
from memorial.web.context import language
from memorial.web.desk import pages
from memorial.web.doors import door
from memorial.web.when import in_words

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """Its words, and the first and last day that it can stand for; "" where that is open."""

    words: str
    first: str = ""
    last: str = ""


@door(pages, "/<lang>/desk/edtf", audience="desk")
def edtf() -> str:
    """A fragment: nothing for nothing."""
    return line_of(request.args.get("kind", ""), request.args.get("value", ""))


def line_of(kind: str, value: str) -> str:
    text = plain(value[: LONGEST + 1], long=False)
    if not text:
        return ""
    problem = date_problem(text)
    found = None if problem else _understood(text)
    return render_template("desk/_edtf.html", kind=kind, problem=problem, understood=found)


def _understood(text: str) -> Understood:
    meant = when(text)
    return Understood(in_words(meant, language()), _day(meant.earliest), _day(meant.latest))


def _day(day: date | None) -> str:
    return format_date(day, "d MMMM y", locale=language()) if day else ""


def all_of(kind: str, groups: Iterable[Group]) -> dict[str, str]:
    """For every date of a form, by its key."""
    return {
        entry.key: Markup(line_of(kind, entry.value))  # noqa: S704  (a template of ours, escaped there)
        for group in groups
        for row in group.rows
        for entry in row
        if entry.what == "date" and entry.value
    }
