"""A limit that somebody set for themselves: how many items marked graphic they open in a day.

    open_graphic(session, account, item, now=now)            # False: the limit is reached, and this one is not among today's
    open_graphic(session, account, item, now=now, anyway=True)   # they say that they will read it today
    forget(session, now)                                     # in the night

Without a limit nothing is written down. With one, the items of the day are, so that none counts
twice, for as long as that day lasts by the account's own clock. Nobody is ever shown them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, select

from memorial.gate import GatedSession
from memorial.models import Account, GraphicDay, Item
from memorial.services import preferences

LAST_CLOCK = timedelta(hours=12)  # a day ends last at UTC-12


def today(chosen: preferences.Preferences, now: datetime) -> date:
    """The day by the account's own clock."""
    try:
        return now.astimezone(ZoneInfo(chosen.zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return now.date()


def is_new_today(session: GatedSession, account: Account, item: Item, *, now: datetime) -> bool:
    """Whether opening this item counts: it is marked graphic, they have a limit, and it is not among today's."""
    chosen = preferences.of(account)
    if not chosen.graphic_a_day or not item.graphic:
        return False
    row = session.get(GraphicDay, account.id)
    return row is None or row.day != today(chosen, now) or item.id not in row.items


def open_graphic(
    session: GatedSession, account: Account, item: Item, *, now: datetime, anyway: bool = False
) -> bool:
    """Count it as opened today, unless that would be more than they wished for; `anyway` is their own word."""
    chosen, day = preferences.of(account), today(preferences.of(account), now)
    if not is_new_today(session, account, item, now=now):
        return True
    wanted = select(GraphicDay).where(GraphicDay.account_id == account.id).with_for_update()
    row = session.scalars(wanted).first()
    if row is None:
        row = GraphicDay(account_id=account.id, day=day)
        session.add(row)
    opened = row.items if row.day == day and row.items else []
    if len(opened) >= chosen.graphic_a_day and not anyway:
        return False
    row.day, row.items = day, [*opened, item.id]
    session.flush()
    return True


def forget(session: GatedSession, now: datetime) -> None:
    """Days that are over everywhere go."""
    session.execute(delete(GraphicDay).where(GraphicDay.day < (now - LAST_CLOCK).date()))
