"""What a job of the night counted or looked through, kept until it does so again.

    keep(session, "reports", counted, at=now)
    found = kept(session, "reports")         # Reckoning or None

No page counts what grows with the archive: it shows what stands here, and as of when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from memorial.gate import GatedSession
from memorial.models import Head, Reckoning

MOST_FAULTS = 20


def keep(session: GatedSession, name: str, result: Mapping[str, Any], *, at: datetime) -> None:
    """The result takes the place of the one before."""
    session.merge(Reckoning(name=name, at=at, result=dict(result)))
    session.flush()


def kept(session: GatedSession, name: str) -> Reckoning | None:
    """What was kept last, or None where it was never counted."""
    return session.get(Reckoning, name)


def keep_chains(session: GatedSession, faults: Sequence[str], reached: int, *, at: datetime) -> None:
    """The whole chain was gone through as far as line `reached`: whether it held, and what was found."""
    result = {"reached": reached, "faults": len(faults), "first": list(faults[:MOST_FAULTS])}
    keep(session, "chains", result, at=at)


def reached(session: GatedSession) -> int:
    """How many lines the chain has now, by its head."""
    return session.query(Head.audit_count).scalar() or 0
