"""When what the public may reuse of a record changed: written in the transaction that changed it.

    page_moved(session, record_id, before, after)      # the policies of its page, by their numbers
    words_changed(session, record, part_ids)           # content that may be reused says something else

What time opens and closes by itself needs no writing: both stand in the mark, and services/harvest.py asks the clock.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import HarvestMark, Part, PolicyWindow, Record

VIEW, REUSE = ("public", "view"), ("public", "reuse")


def page_moved(session: GatedSession, record_id: int, before: int | None, after: int | None) -> None:
    """The page has another policy. Writes nothing about a record that never was and is not to be reused."""
    was, now = _window(session, before), _window(session, after)
    mark = session.get(HarvestMark, record_id)
    if was is None and now is None and mark is None:
        return
    at = session.reader.moment.low
    mark = mark or _new(session, record_id, at)
    mark.offered = mark.offered or (was is not None and was[0] <= at)
    mark.at = at
    mark.opens, mark.closes = now or (None, None)
    session.flush()


def words_changed(session: GatedSession, record: Record, part_ids: Collection[int], *, now: datetime) -> None:
    """Parts of a record say something else. Of one that may not be reused harvesters are told nothing, not even when."""
    open_ones = (
        select(Part.id)
        .join(PolicyWindow, PolicyWindow.policy_id == Part.policy_id)
        .where(Part.id.in_(part_ids), PolicyWindow.audience == REUSE[0], PolicyWindow.use == REUSE[1])
    )
    if not part_ids or session.scalars(open_ones.limit(1)).first() is None:
        return
    page = session.get(Part, record.part_id)
    window = _window(session, page.policy_id if page else None)
    if window is None:
        return
    mark = session.get(HarvestMark, record.id) or _new(session, record.id, now)
    mark.at, (mark.opens, mark.closes) = now, window
    session.flush()


def _new(session: GatedSession, record_id: int, at: datetime) -> HarvestMark:
    columns = Record.__table__.c
    wanted = select(columns.public_id, columns.kind, columns.language).where(columns.id == record_id)
    # Whoever takes something back may not be allowed to read the page any more.
    row = session.execute(wanted, execution_options={"past_the_gate": "the projection"}).one()
    mark = HarvestMark(
        record_id=record_id,
        public_id=row.public_id,
        kind=row.kind,
        language=row.language,
        at=at,
        offered=False,
    )
    session.add(mark)
    return mark


def _window(session: GatedSession, policy_id: int | None) -> tuple[datetime, datetime] | None:
    """From when until when it may be taken: as the gate has it, nobody takes what they may not look at."""
    found = [session.get(PolicyWindow, (policy_id, *use)) for use in (VIEW, REUSE)] if policy_id else []
    windows = [window for window in found if window is not None]
    if len(windows) < 2:
        return None
    opens, closes = max(each.opens for each in windows), min(each.closes for each in windows)
    return (opens, closes) if opens < closes else None
