"""What changed since a moment, by the stamps themselves: what it costs is how much changed, however large the archive.

    page = changed(session, Asked(since=…, kind="press"), after=None)
    page = changed(session, …, after=place(page.headers[-1]))

A stamp is the latest of a record's day of change and of the moments of its mark, and each of them has an index. Rows are read
along each index, a reading at a time; whatever lies before the end of the shortest reading is complete, and is put in
order. A record that changes while somebody reads the list comes again at its end, as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select

from memorial.gate import GatedSession
from memorial.models import HarvestMark, Record
from memorial.services import lists
from memorial.services.harvest import (
    PER_PAGE,
    Asked,
    Header,
    Headers,
    header_of,
    narrowed,
    on_offer,
    tombstones,
)

READING = 4 * PER_PAGE


class Place(NamedTuple):
    """Where in the order of stamps."""

    stamp: datetime
    record_id: int


def place(header: Header) -> Place:
    return Place(header.stamp, header.record_id)


def changed(
    session: GatedSession, asked: Asked, *, after: Place | None = None, most: int = PER_PAGE
) -> Headers:
    """The next headers after a place in the order of stamps."""
    assert asked.since is not None
    at = after or Place(asked.since, -1)
    found: list[Header] = []
    while len(found) <= most:
        headers, end = _reading(session, asked, at)
        found += sorted(
            (each for each in headers if at < place(each) and (end is None or place(each) <= end)), key=place
        )
        if end is None:
            break
        at = end
    return Headers(found[:most], len(found) > most)


def _reading(session: GatedSession, asked: Asked, at: Place) -> tuple[Iterable[Header], Place | None]:
    """Headers whose rows come next along an index, and up to where none is missing; None: all that there are."""
    ends: list[Place] = []
    found: dict[int, Header] = {}
    kinds = [asked.kind] if asked.kind else list(lists.SHELVES)
    for kind in kinds:
        wanted = narrowed(on_offer().where(Record.kind == kind), asked, Record)
        rows = session.execute(_next(wanted, Record.changed_at, Record.id, at, asked.until)).all()
        ends += [Place(rows[-1].changed_at, rows[-1].id)] if len(rows) == READING else []
        found |= {row.id: header_of(row) for row in rows}
    marked: set[int] = set()
    moment = session.reader.moment
    for column, latest in (
        (HarvestMark.at, None),
        (HarvestMark.opens, moment.low),
        (HarvestMark.closes, moment.high),
    ):
        until = min(filter(None, (asked.until, latest)), default=None)
        wanted = narrowed(select(HarvestMark.record_id, column.label("stamp")), asked, HarvestMark)
        rows = session.execute(_next(wanted, column, HarvestMark.record_id, at, until)).all()
        ends += [Place(rows[-1].stamp, rows[-1].record_id)] if len(rows) == READING else []
        marked |= {row.record_id for row in rows}
    found |= _of_marks(session, sorted(marked - found.keys()))
    headers = [each for each in found.values() if asked.until is None or each.stamp <= asked.until]
    return headers, min(ends, default=None)


def _next(wanted: Any, column: Any, number: Any, at: Place, until: datetime | None) -> Any:
    """Written out, for an index is only entered at the first of two columns where that stands alone."""
    later = and_(column >= at.stamp, or_(column > at.stamp, number > at.record_id))
    if until is not None:
        later = and_(later, column <= until)
    return wanted.where(later).order_by(column, number).limit(READING)


def _of_marks(session: GatedSession, ids: Sequence[int]) -> dict[int, Header]:
    if not ids:
        return {}
    rows = session.execute(on_offer().where(Record.id.in_(ids), Record.kind.in_(lists.SHELVES)))
    found = {row.id: header_of(row) for row in rows}
    return {header.record_id: header for header in tombstones(session, ids)} | found
