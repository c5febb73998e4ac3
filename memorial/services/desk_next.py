"""The next item for somebody who has finished with one, by the filters they look at the queue with.

    after(session, actor, filters, item, now=now)       # a public id; "" where nothing more is free
    lighter(filters)                                    # the same without what is graphic or seen

What a colleague has taken, and what is closed to the account, is passed over; a bounded part of the
queue is looked through, first what comes after the item, then from the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from memorial.gate import Actor, GatedSession
from memorial.models import Item
from memorial.services import desk, desk_pages
from memorial.services.desk import Row
from memorial.services.desk_filters import Filters

PAGES = 3


def lighter(filters: Filters) -> Filters:
    """Text only and nothing graphic, whatever else was asked for."""
    return replace(filters, text_only=True, without_graphic=True, mine=False, second=False)


def after(
    session: GatedSession,
    actor: Actor,
    filters: Filters,
    item: Item | None,
    *,
    now: datetime,
    light: bool = False,
) -> str:
    """The public id of the next item that is free, or theirs. `light` prefers a remembrance among what it finds."""
    begin = desk_pages.place_of(item, filters.order) if item is not None and not light else ""
    here = item.public_id if item is not None else ""
    for start in dict.fromkeys((begin, "")):
        free = [row for row in _rows(session, actor, filters, now, start) if _is_free(row, here)]
        kind = next((row for row in free if light and row.record_kind == "remembrance"), None)
        if free:
            return (kind or free[0]).public_id
    return ""


def _rows(session: GatedSession, actor: Actor, filters: Filters, now: datetime, start: str) -> Iterator[Row]:
    for _ in range(PAGES):
        found = desk.part_of(session, actor, filters, now=now, after=start)
        yield from desk.rows_of(session, actor, found.items, now=now)
        start = found.after
        if not start:
            return


def _is_free(row: Row, here: str) -> bool:
    return row.public_id != here and not row.closed and (row.taken_by_me or row.taken_until is None)
