"""Front pages by day: what was printed and broadcast from the first day of the event to the end of the fourth month after.

    span = span_of(session, ["1992-02-25/1992-02-26"])     # Span or None, where nothing is dated
    month(session, span, "1992-03", after)                 # Month: its days, and what else of it has no day

A month is a page. Of a day that has something there are the accounts, each with its first words, and whether the
timeline has entries for it. The strip of all days counts what this reader may see, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from memorial.domain.dates import BadDate, parse
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Event, Press, Record, Text
from memorial.services.cursors import Asked, Order, page_rows, read_cursor
from memorial.services.lists import entries_of, statement_of

MONTHS = 4
PER_PAGE = 40
WORDS = 40
IN_ORDER = Order(Record.sort_day, Record.id)


@dataclass(frozen=True, slots=True)
class Span:
    first: date
    last: date

    @property
    def months(self) -> list[str]:
        """ "1992-02" and so on, each with at least one day in it."""
        found, at = [], self.first.replace(day=1)
        while at <= self.last:
            found.append(f"{at:%Y-%m}")
            at = _next_month(at)
        return found


@dataclass(frozen=True, slots=True)
class FrontPage:
    """One account as a card: the masthead, the headline, whose it is, and its first words."""

    entry: Entry
    publication: str
    byline: str
    dateline: str
    medium: str
    words: str = ""
    language: str = "und"
    whole: bool = False  # no more words than these
    fragment: bool = False  # the words are out of the middle


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    pages: Sequence[FrontPage] = ()
    events: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    days: Sequence[Day]
    in_the_month: Sequence[FrontPage] = ()  # what is dated no finer than the month
    after: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    accounts: Mapping[date, int] = field(default_factory=dict)
    events: Mapping[date, int] = field(default_factory=dict)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def span_of(session: GatedSession, event_dates: Sequence[str]) -> Span | None:
    """From the first day that the archive is about, else of the first account with a date, to the end of a month."""
    first = min(filter(None, map(_begins, event_dates)), default=None) or _first_dated(session)
    if first is None:
        return None
    end = first
    for _ in range(MONTHS + 1):
        end = _next_month(end)
    return Span(first, end - timedelta(days=1))


def _begins(edtf: str) -> date | None:
    try:
        return parse(edtf).earliest
    except BadDate:
        return None


def _first_dated(session: GatedSession) -> date | None:
    wanted = select(Record.sort_day).where(Record.kind == "press", Record.sort_day.is_not(None))
    return session.execute(wanted.order_by(Record.sort_day, Record.id).limit(1)).scalar()


def _counted(detail: type[Press] | type[Event]) -> Any:
    return (
        select(Record.sort_day, func.count())
        .join(detail, detail.record_id == Record.id)
        .where(Record.sort_day >= bindparam("first"), Record.sort_day <= bindparam("last"))
        .where(detail.date_earliest == detail.date_latest)
        .group_by(Record.sort_day)
    )


COUNTED = [_counted(detail) for detail in (Press, Event)]


def counts(session: GatedSession, span: Span) -> Counts:
    """By day; what is dated less finely is of no day."""
    values = {"first": span.first, "last": span.last}
    accounts, events = (dict(map(tuple, session.execute(each, values))) for each in COUNTED)
    return Counts(accounts, events)


def month(session: GatedSession, span: Span, which: str, after: str, counted: Counts) -> Month:
    begins = date.fromisoformat(f"{which}-01")
    ends = min(span.last, _next_month(begins) - timedelta(days=1))
    wanted = (
        statement_of("press")
        .add_columns(
            Press.dateline,
            Press.medium,
            Press.medium_general_knowledge,
            Press.date_earliest,
            Press.date_latest,
        )
        .where(Record.sort_day >= begins, Record.sort_day <= ends)
    )
    asked = Asked(read_cursor(after)) if after else Asked()
    rows = page_rows(session, wanted, IN_ORDER, asked, PER_PAGE)
    cards = _cards(session, rows.rows)
    by_day: dict[date, list[FrontPage]] = defaultdict(list)
    vague: list[FrontPage] = []
    for row, card in zip(rows.rows, cards, strict=True):
        if row.date_earliest != row.date_latest:
            vague.append(card)
        elif row.place >= span.first:
            by_day[row.place].append(card)
    quiet = [] if after or rows.after else [day for day in counted.events if begins <= day <= ends]
    quiet = [day for day in quiet if day >= span.first]
    days = sorted({*by_day, *quiet})
    shown = [Day(day, by_day[day], counted.events.get(day, 0)) for day in days]
    return Month(shown, vague, rows.after)


def _cards(session: GatedSession, rows: Sequence[Any]) -> list[FrontPage]:
    words = _first_words(session, [row.id for row in rows])
    lines = entries_of(session, "press", rows)
    return [_card(row, entry, words.get(row.id)) for row, entry in zip(rows, lines, strict=True)]


def _card(row: Any, entry: Entry, text: Any) -> FrontPage:
    body = text.body.split() if text is not None else []
    return FrontPage(
        entry,
        row.publication,
        row.byline,
        row.dateline,
        row.medium or row.medium_general_knowledge,
        " ".join(body[:WORDS]),
        text.language if text is not None else "und",
        text is not None and text.role == "quotation" and len(body) <= WORDS,
        text is not None and text.role == "fragment",
    )


FIRST_WORDS = (
    select(Text.record_id, Text.role, Text.body, Text.language)
    .where(Text.record_id.in_(bindparam("ids", expanding=True)), Text.role.in_(("quotation", "fragment")))
    .where(Text.markup.is_(False), Text.translates_id.is_(None))
    # The last one read stands: the whole quotation before a fragment of it.
    .order_by(Text.record_id, Text.role, Text.position.desc(), Text.id.desc())
)


def _first_words(session: GatedSession, ids: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(FIRST_WORDS, {"ids": ids}).all() if ids else []
    return {row.record_id: row for row in rows}
