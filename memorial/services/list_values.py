"""The values that a list can be narrowed by, found by the index: what it costs is how many there are, not how many rows.

    values = values_of(session, Press.publication)      # Values: those that this reader may see, `MOST` at most
    values.more                                         # there are more than a form could list: it is typed there

From each value the database steps to the next in the index (`ix_…` of models/record.py), and no row in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from memorial.gate import GatedSession
from memorial.models import Record

MOST = 200


@dataclass(frozen=True, slots=True)
class Values:
    values: Sequence[str] = ()
    more: bool = False


def values_of(session: GatedSession, column: InstrumentedAttribute[str], kind: str = "") -> Values:
    """What rows say in this column; nothing said is no value. `kind` for a column that records of all kinds have."""
    found = [value for value in session.scalars(_steps(column, kind)) if value is not None]
    return Values(sorted(found[:MOST]), len(found) > MOST)


@lru_cache(maxsize=16)
def _steps(column: InstrumentedAttribute[str], kind: str) -> Select[Any]:
    mine = [Record.kind == kind] if kind else []
    least = func.min(column)
    first = select(least.label("value"), literal(1).label("step")).where(*mine, column > "")
    found = first.cte("found", recursive=True)
    after = select(least).where(*mine, column > found.c.value).scalar_subquery()
    following = select(after, found.c.step + 1).where(found.c.value.is_not(None), found.c.step <= MOST)
    return select(found.union_all(following).c.value)
