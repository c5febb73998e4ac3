"""What the rounds over the files found, day by day, and how it stands: for the desk's page and `memorial check`.

    add_day(session, tally, standing, now=now)      # after a round
    for place in kept["places"]: place["known"], place["never"], place["overdue"], place["broken"]

Kept as a reckoning: numbers and times, no names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from memorial.gate import GatedSession
from memorial.models import Derivative, FileCheck
from memorial.services import reckonings
from memorial.services.fixity import COPY, ORIGINALS, OVERDUE, SECOND, UNCOPIED, address_of
from memorial.services.mending import Looked

NAME: Final = "files"
DAYS: Final = 35
PLACES: Final = ("originals", "copies", SECOND)  # in the order of pages; a database keeps none
WORDS: Final = ("checked", "copied", "damaged", "missing", "mended", "remade", "left", "deleted")


def tally_of(looked: Looked) -> Counter[str]:
    """One look as numbers of a day."""
    stored = looked.stored
    if stored.uncopied:
        return Counter(left=1) if looked.stays else Counter(copied=1)
    found = Counter(checked=1)
    if looked.fault:
        found[looked.fault] += 1
        found["left" if looked.stays else "remade" if stored.table == COPY else "mended"] += 1
    return found


def add_day(
    session: GatedSession, tally: Mapping[str, int], second: str, *, now: datetime
) -> Mapping[str, Any]:
    """The day's numbers grow by a round's; how it stands is counted anew. `second`: none, there or away."""
    kept = reckonings.kept(session, NAME)
    days = dict(kept.result.get("days", {})) if kept is not None else {}
    today = now.date().isoformat()
    days[today] = {word: days.get(today, {}).get(word, 0) + tally.get(word, 0) for word in WORDS}
    places = standing(session, now)
    if second == "none":
        del places[SECOND]
    result = {"days": dict(sorted(days.items())[-DAYS:]), "second": second, "places": places}
    reckonings.keep(session, NAME, result, at=now)
    return result


def standing(session: GatedSession, now: datetime) -> dict[str, dict[str, Any]]:
    """By place: originals, copies made of them, and the originals in the second storage."""
    return {
        "originals": _of(session, ORIGINALS, "", now),
        "copies": _of(session, ((COPY, Derivative),), "", now),
        SECOND: _of(session, ORIGINALS, SECOND, now),
    }


def _of(session: GatedSession, tables: Any, place: str, now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"known": 0, "never": 0, "overdue": 0, "broken": 0, "oldest": None}
    for _, table in tables:
        at, fault = FileCheck.checked_at, FileCheck.fault
        looked = FileCheck.storage_key.is_not(None) & (fault != UNCOPIED)
        wanted = select(
            func.count(),
            func.count().filter(~func.coalesce(looked, False)),
            func.count().filter(looked, at < now - OVERDUE),
            func.count().filter(looked, fault != ""),
            func.min(at).filter(looked),
        ).select_from(table)
        row = session.execute(
            wanted.outerjoin(FileCheck, FileCheck.storage_key == address_of(table, place))
        ).one()
        for name, number in zip(("known", "never", "overdue", "broken"), row[:4], strict=True):
            found[name] += number
        oldest = min(filter(None, (found["oldest"], row[4] and row[4].isoformat())), default=None)
        found["oldest"] = oldest
    return found
