"""How the archive is, in numbers for whoever watches the machines: what waits, what failed, whether time and rounds go on.

    for name, labels, value in figures(session, now=now): …

Sums of work and nothing of what it is about: no word, no id, no address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from memorial.gate import GatedSession
from memorial.models import Head, Item, Letter, Media, Reckoning

Figure = tuple[str, dict[str, str], float]


def figures(session: GatedSession, *, now: datetime) -> Iterator[Figure]:
    """A keeper's session."""
    trusted, distrusted = session.execute(select(Head.trusted_time, Head.time_distrusted)).one()
    yield "heartbeat_age_seconds", {}, (now - trusted).total_seconds()
    yield "clock_distrusted", {}, float(distrusted)
    due = select(Media.due, func.count()).where(Media.due != "", Media.failed == "").group_by(Media.due)
    waiting = {row[0]: row[1] for row in session.execute(due)}
    for kind in sorted({"assemble", "copies", "convert", "recognise"} | set(waiting)):
        yield "files_waiting", {"work": kind}, waiting.get(kind, 0)
    failed = select(func.count()).select_from(Media).where(Media.failed != "")
    yield "files_failed", {}, session.scalar(failed) or 0
    yield "letters_waiting", {}, session.scalar(select(func.count()).select_from(Letter)) or 0
    yield "items_open", {}, session.scalar(select(func.count()).where(Item.ended_at.is_(None))) or 0
    for kept in session.scalars(select(Reckoning).where(Reckoning.name.in_(("day", "chains")))):
        yield "round_age_seconds", {"round": kept.name}, (now - kept.at).total_seconds()
        if kept.name == "chains":
            yield "chain_faults", {}, float(kept.result.get("faults", 0))
