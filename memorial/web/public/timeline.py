"""The timeline: by year, by day or by hour; and some days on a page of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

from flask import Response, current_app, request
from flask_babel import gettext as _

from memorial.domain.dates import BadDate, parse
from memorial.domain.errors import NotOpen
from memorial.domain.views import Entry, When
from memorial.services import days as service
from memorial.services import lists
from memorial.services.cursors import asked
from memorial.services.days import Told, stamp
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public.periods import hours, picture
from memorial.web.public.rooms import page, pages
from memorial.web.when import in_words

# The timeline is read as a whole; a longer one goes on over pages.
TIMELINE_PAGE = 200
# A day, month or year with more entries than this is parted further.
TOGETHER = 12
# How much of a date stands in a heading: 1992, 1992-02, 1992-02-25, 1992-02-25T23.
_FINER = {4: 7, 7: 10}
SCALES = {"year": 4, "day": 10, "hour": 13}

T = TypeVar("T")


@door(pages, "/<lang>/timeline", audience="public")
def timeline() -> Response:
    scale = request.args.get("by", "year")
    if scale not in SCALES:
        raise NotOpen
    shown = lists.shelf(
        reading(), "event", asked(request.args.get("after", ""), request.args.get("before", "")),
        filters=request.args.to_dict(), per_page=TIMELINE_PAGE,
    )  # fmt: skip
    dates = current_app.extensions["site"](language()).event_dates
    return page(
        "timeline",
        page=shown,
        groups=grouped(shown.entries, language(), scale),
        scale=scale,
        panels=picture(shown.entries, dates, language()),
        days=[(_path(*found), _title(*found)) for text in dates if (found := _days(text))],
    )


@door(pages, "/<lang>/timeline/days/<first>", audience="public")
def day(first: str) -> Response:
    return _some_days(first, first)


@door(pages, "/<lang>/timeline/days/<first>/<last>", audience="public")
def days(first: str, last: str) -> Response:
    return _some_days(first, last)


def _some_days(first: str, last: str) -> Response:
    """Days as their EDTF: 1992-02-25. What is no day, runs backwards or is longer than a month is no page."""
    found = _days(f"{first}/{last}")
    if found is None:
        raise NotOpen
    told = service.days(reading(), *found)
    entries = [each.entry for each in told.within]
    return page(
        "days",
        told=told,
        heading=_title(*found),
        groups=by_hour(told.within, language()),
        panel=hours(entries, *found, language()),
    )


def _days(text: str) -> tuple[date, date] | None:
    try:
        meant = parse(text)
    except BadDate:
        return None
    if meant.earliest is None or meant.latest is None or meant.latest - meant.earliest > service.LONGEST:
        return None
    return meant.earliest, meant.latest


def _path(first: date, last: date) -> str:
    return f"/timeline/days/{first}" + (f"/{last}" if last != first else "")


def _title(first: date, last: date) -> str:
    return in_words(When(f"{first}" if first == last else f"{first}/{last}"), language())


def grouped(entries: Sequence[Entry], code: str, scale: str = "year") -> list[tuple[str, list[Entry]]]:
    """Entries under a year, day or hour; a full year is parted into months, a full month into days."""
    if scale == "year":
        return _parted(list(entries), SCALES["year"], code)
    return [(heading(key, code), found) for key, found in _by(entries, stamp, SCALES[scale])]


def by_hour(told: Sequence[Told], code: str) -> list[tuple[str, list[Told]]]:
    found = _by(told, lambda each: stamp(each.entry), SCALES["hour"])
    return [(heading(key, code), group) for key, group in found]


def _by(rows: Sequence[T], key: Callable[[T], str], length: int) -> list[tuple[str, list[T]]]:
    found = groupby(sorted(rows, key=key), key=lambda row: key(row)[:length])
    return [(name, list(group)) for name, group in found]


def _parted(entries: list[Entry], length: int, code: str) -> list[tuple[str, list[Entry]]]:
    found: list[tuple[str, list[Entry]]] = []
    for key, group in groupby(entries, key=lambda entry: stamp(entry)[:length]):
        together = sorted(group, key=stamp)
        if len(together) > TOGETHER and len(key) == length and length in _FINER:
            found += _parted(together, _FINER[length], code)
        else:
            found.append((heading(key, code), together))
    return found


def heading(key: str, code: str) -> str:
    """A year, month, day or hour in words."""
    if not key:
        return _("Date not known")
    return in_words(When(f"{key}:00" if "T" in key else key), code)
