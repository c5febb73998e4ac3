"""Newspapers and broadcasts: the list by date or in groups, and the front pages day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, abort, current_app, request

from memorial.domain.views import When
from memorial.services import front_pages, press_lists
from memorial.services.cursors import asked
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages
from memorial.web.when import in_words


@door(pages, "/<lang>/press", audience="public")
def press() -> Response:
    session, args = reading(), request.args
    chosen = press_lists.chosen_of(args)
    by = args.get("by", "")
    by = by if by in press_lists.GROUPED else ""
    if by:
        grouped, listed = (
            press_lists.groups(session, by, press_lists.plain(args.get("after", "")), chosen),
            None,
        )
    else:
        listed = press_lists.by_date(session, asked(args.get("after", ""), args.get("before", "")), chosen)
        grouped = None
    return page(
        "press",
        page=listed,
        grouped=grouped,
        by=by,
        chosen=chosen,
        choices=press_lists.choices(session),
        query=urlencode(chosen),
        without=_without(chosen, by),
    )


def _without(chosen: Mapping[str, str], by: str) -> dict[str, str]:
    """The address's query without one of the things that narrow the list, for each of them."""
    kept = {"by": by} if by else {}
    return {
        name: urlencode({**kept, **{key: value for key, value in chosen.items() if key != name}})
        for name in chosen
    }


@door(pages, "/<lang>/press/front-pages", audience="public")
def front_pages_by_day() -> Response:
    session = reading()
    span = front_pages.span_of(session, current_app.extensions["site"](language()).event_dates)
    if span is None:
        return page("front_pages", span=None, month=None, which="", strip=[])
    counted = front_pages.counts(session, span)
    which = request.args.get("from", "") or _first_with_something(span, counted)
    if which not in span.months:
        abort(404)
    return page(
        "front_pages",
        span=span,
        which=which,
        month=front_pages.month(session, span, which, request.args.get("after", ""), counted),
        strip=_strip(span, counted),
        at=span.months.index(which),
        month_words={each: in_words(When(each), language()) for each in span.months},
    )


def _first_with_something(span: front_pages.Span, counted: front_pages.Counts) -> str:
    """The first month in which something was printed; without any, the first one."""
    months = {f"{day:%Y-%m}" for day in counted.accounts}
    return next((each for each in span.months if each in months), span.months[0])


Cell = tuple[date, int, int]


def _strip(span: front_pages.Span, counted: front_pages.Counts) -> list[tuple[str, list[Cell]]]:
    """Each month with its days: how many accounts and how many entries of the timeline each has."""
    found = []
    for which in span.months:
        day = max(span.first, date.fromisoformat(f"{which}-01"))
        cells: list[Cell] = []
        while f"{day:%Y-%m}" == which and day <= span.last:
            cells.append((day, counted.accounts.get(day, 0), counted.events.get(day, 0)))
            day += timedelta(days=1)
        found.append((which, cells))
    return found
