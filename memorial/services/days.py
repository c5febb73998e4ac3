"""What is told of some days: each event with its accounts side by side, what lasted longer, what was printed then.

    told = days(session, date(1992, 2, 25), date(1992, 2, 26))

A fixed number of statements, however many events there are. Whose date is not known to the day stands among what
lasted longer, where it is not longer than a season.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from memorial.domain.addresses import address
from memorial.domain.views import Assertion, Cite, Entry
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, cite
from memorial.models import Citation, Event, Question, Record, RecordLink, Source, Statement, Text
from memorial.models.record import ACCOUNT
from memorial.services.lists import entries_of, statement_of
from memorial.services.questions import cited_for

LONGEST = timedelta(days=31)
A_SEASON = timedelta(days=93)
MOST_EVENTS = 60
MOST_AROUND = 12
MOST_PRINTED = 24


@dataclass(frozen=True, slots=True)
class Told:
    """One event: its entry in the list, what notes say, what is said of it, where it is found."""

    entry: Entry
    notes: Sequence[str] = ()
    accounts: Sequence[Assertion] = ()
    cites: Sequence[Cite] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """`within` begins and ends in these days, by date and hour; `around` reaches beyond them."""

    first: date
    last: date
    within: Sequence[Told] = ()
    around: Sequence[Entry] = ()
    printed: Sequence[Entry] = ()


def days(session: GatedSession, first: date, last: date) -> Days:
    """What is told of the days from `first` to `last`, both included."""
    wanted = statement_of("event").where(Record.sort_day <= last).order_by(Record.sort_day, Record.id)
    inside = session.execute(
        wanted.where(Record.sort_day >= first, Event.date_latest <= last).limit(MOST_EVENTS)
    ).all()
    reaching = (Event.date_latest >= first) & ((Record.sort_day < first) | (Event.date_latest > last))
    beyond = session.execute(
        wanted.where(
            Record.sort_day >= first - A_SEASON, Event.date_latest <= last + A_SEASON, reaching
        ).limit(MOST_AROUND)
    ).all()
    press = statement_of("press").where(Record.sort_day.between(first, last))
    printed = session.execute(press.order_by(Record.sort_day, Record.id).limit(MOST_PRINTED)).all()
    within = _told(session, inside)
    return Days(
        first, last, sorted(within, key=lambda told: stamp(told.entry)),
        entries_of(session, "event", beyond), entries_of(session, "press", printed),
    )  # fmt: skip


def stamp(entry: Entry) -> str:
    """What the date begins with, for order and grouping: 1992, 1992-02, 1992-02-25T23:00."""
    edtf = entry.when.edtf.lstrip("[{").split("/")[0].split(",")[0].rstrip("?~%]}")
    return edtf if edtf[:4].isdigit() else ""


def _told(session: GatedSession, rows: Sequence[Any]) -> list[Told]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    said, notes, cites = _said(session, ids), _notes(session, ids), _cites(session, Citation.record_id, ids)
    return [
        Told(entry, notes[row.id], said[row.id], cites[row.id])
        for row, entry in zip(rows, entries_of(session, "event", rows), strict=True)
    ]


def _notes(session: GatedSession, ids: Sequence[int]) -> dict[int, list[str]]:
    wanted = select(Text.record_id, Text.body).where(Text.record_id.in_(ids), Text.role == "note")
    return _by_first(session.execute(wanted.order_by(Text.record_id, Text.position, Text.id)))


def _said(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Assertion]]:
    """Rival accounts of each event, then what is said of it elsewhere, in the order it was said."""
    own = select(Statement.record_id, Statement, Source).outerjoin(Source, Source.id == Statement.source_id)
    own = own.where(Statement.record_id.in_(ids)).order_by(Statement.position, Statement.id)
    elsewhere = (
        select(RecordLink.record_id, Statement, Source, Question.slug)
        .join(Statement, Statement.id == RecordLink.statement_id)
        .outerjoin(Source, Source.id == Statement.source_id)
        .outerjoin(Question, Question.id == Statement.question_id)
        .where(RecordLink.record_id.in_(ids), RecordLink.relation == ACCOUNT)
        .order_by(Statement.said_earliest.is_(None), Statement.said_earliest, RecordLink.id)
    )
    found: dict[int, list[Assertion]] = defaultdict(list)
    rows: list[tuple[Any, ...]] = [(*row, "") for row in session.execute(own)]
    rows += [tuple(row) for row in session.execute(elsewhere)]
    cited = cited_for(session, [statement.id for _, statement, _, _ in rows])
    for record_id, statement, source, slug in rows:
        said = assertion(statement, {source.id: source} if source else {}, cited[statement.id])
        found[record_id or 0].append(replace(said, question=address("question", slug) if slug else ""))
    return found


def _cites(session: GatedSession, column: Any, ids: Sequence[int]) -> dict[int, list[Cite]]:
    wanted = select(column, Citation, Source).outerjoin(Source, Source.id == Citation.source_id)
    rows = session.execute(wanted.where(column.in_(ids)).order_by(column, Citation.position, Citation.id))
    return _by_first((row[0], cite(row[1], row[2])) for row in rows)


def _by_first(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for number, value in rows:
        found[number].append(value)
    return found
