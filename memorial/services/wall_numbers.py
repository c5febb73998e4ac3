"""The numbers on the wall: "1,001–1,060 of 5,021,334", counted now and then, and read for as long as they stand.

    for shelf in shelves(): counted = count(session, shelf)     # a public session; the worker alone
    keep(session, counted)                                      # a writing session
    found = of_page(session, shelf, row_ids)                    # Numbers or None, by any page

Counting walks a whole shelf. A page never does: among its rows is one whose number is kept (an anchor stands at
every `PER_PAGE`th row and at both ends of each letter), and the others are next to it. What was counted holds for
one epoch, and until something opens or closes; after that pages have no numbers until it is counted again.
Approved readers see more than the public, so theirs have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select

from memorial.db import insert_many
from memorial.domain import wall
from memorial.domain.names import heading_of
from memorial.gate import GatedSession
from memorial.models import Boundary, Head, WallAnchor, WallCount, WallName
from memorial.services import reckonings
from memorial.services.wall import PER_PAGE, joined

REST = 20  # the worker rests so many times as long as it counted


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a page: its first and last number, how many there are in all, and the headings there are."""

    first: int
    last: int
    total: int
    letters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counted:
    shelf: str
    epoch: int
    opens: datetime | None
    closes: datetime | None
    total: int
    letters: Sequence[str]
    anchors: Sequence[tuple[int, int]]  # row and number


def shelves() -> Iterable[str]:
    """Those that hold the whole wall."""
    return (wall.shelf_of(language, way) for language in wall.LANGUAGES for way in wall.WAYS)


# -- read -----------------------------------------------------------------------------------


@cache
def _of_page() -> Any:
    near = and_(WallAnchor.shelf == WallCount.shelf, WallAnchor.row_id.in_(bindparam("rows", expanding=True)))
    return (
        select(
            WallCount.total, WallCount.letters, WallCount.opens, WallCount.closes,
            WallAnchor.row_id, WallAnchor.number,
        )
        .join(Head, Head.epoch == WallCount.epoch)
        .outerjoin(WallAnchor, near)
        .where(WallCount.shelf == bindparam("shelf"))
        .limit(1)
    )  # fmt: skip


def of_page(session: GatedSession, shelf: str, row_ids: Sequence[int]) -> Numbers | None:
    """The numbers of a page of a whole shelf; None where nothing is counted that holds for this reader now."""
    if not _is_public(session):
        return None
    row = session.execute(_of_page(), {"shelf": shelf, "rows": row_ids or [0]}).first()
    if row is None or not _stands(session, row):
        return None
    first = row.number - row_ids.index(row.row_id) if row.row_id else 0
    language = shelf.split("/", 1)[0]
    letters = frozenset(heading_of(figures, language) for figures in row.letters)
    return Numbers(first, first + len(row_ids) - 1, row.total, letters)


def _is_public(session: GatedSession) -> bool:
    reader = session.reader
    return not reader.custody and reader.audiences == {"public"} and reader.use == "view"


def _stands(session: GatedSession, row: Any) -> bool:
    """Nothing has opened or closed since it was counted."""
    now = session.reader.moment
    return (row.opens is None or now.low < row.opens) and (row.closes is None or now.high < row.closes)


# -- counted --------------------------------------------------------------------------------


def due(session: GatedSession, *, now: datetime) -> bool:
    """Whether some shelf has no count that stands, and the worker has rested since it counted last."""
    kept = reckonings.kept(session, "wall")
    if kept is not None and kept.at <= now < kept.at + timedelta(seconds=REST * kept.result["took"]):
        return False
    rows = session.execute(
        select(WallCount.shelf, WallCount.opens, WallCount.closes).join(Head, Head.epoch == WallCount.epoch)
    )
    return not {row.shelf for row in rows if _stands(session, row)} >= set(shelves())


def count(session: GatedSession, shelf: str) -> Counted:
    """Walk a whole shelf as the public sees it."""
    epoch = session.execute(select(Head.epoch)).scalar_one()
    now = session.reader.moment
    opens, closes = (
        session.execute(select(func.min(Boundary.at)).where(Boundary.at > bound)).scalar()
        for bound in (now.low, now.high)
    )
    total, letters, anchors = 0, [], []
    for row in session.execute(_walk(), {"shelf": shelf}):
        anchors.append((row.id, row.number))
        if row.figures != row.before:
            letters.append(row.figures)
        total = row.number  # the last row of the last letter comes last
    return Counted(shelf, epoch, opens, closes, total, letters, anchors)


@cache
def _walk() -> Any:
    """Of the rows of a shelf, numbered in their order, those that become anchors."""
    order: dict[str, Any] = {"order_by": (WallName.sort_key, WallName.id)}
    figures = func.substr(WallName.sort_key, 1, 2)
    rows = joined(
        select(
            WallName.id,
            figures.label("figures"),
            func.row_number().over(**order).label("number"),
            func.lag(figures, 1, "-").over(**order).label("before"),
            func.lead(figures, 1, "-").over(**order).label("following"),
        ),
        narrowed=False,
    )
    every = rows.where(WallName.shelf == bindparam("shelf")).subquery()
    at = every.c
    ends = or_(at.figures != at.before, at.figures != at.following)
    return select(every).where(or_(at.number % PER_PAGE == 0, ends)).order_by(at.number)


def keep(session: GatedSession, counted: Counted) -> None:
    """In the place of what was counted before."""
    for table in (WallAnchor, WallCount):
        session.execute(delete(table).where(table.shelf == counted.shelf))
    shelf = counted.shelf
    session.add(
        WallCount(
            shelf=shelf, epoch=counted.epoch, opens=counted.opens, closes=counted.closes,
            total=counted.total, letters=list(counted.letters),
        )
    )  # fmt: skip
    session.flush()
    rows = [{"shelf": shelf, "row_id": row_id, "number": number} for row_id, number in counted.anchors]
    insert_many(session, WallAnchor, rows)
