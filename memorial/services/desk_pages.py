"""Pages of the queue by keyset, at a cost that does not grow with what waits.

    found = page(session, way, "waits", after=cursor, size=30)
    found.items, found.after       # `after` may be there although the page is short: see below

The queue is read in stretches, each with an index that holds it in its order: what comes before all
else, everything, what comes last; by due date, what has one and then the rest. Where a row must be
asked more than its index knows, at most `WINDOW` rows are looked at for one page; the page then
ends early, and its cursor goes on from the last row that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, literal, select, true, tuple_, union_all

from memorial.db import BigId, Utc
from memorial.domain.errors import Invalid
from memorial.gate import GatedSession
from memorial.models import Item
from memorial.services.cursors import Place, read_cursor, write_cursor
from memorial.services.desk_filters import BY_DUE, Way

WINDOW = 300
PRECEDENCES = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of items. `after` leads on; empty at the end."""

    items: Sequence[Item]
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the queue in one order. `dated` is ordered by due date, the others by how long they wait."""

    name: str
    only: Sequence[ColumnElement[bool]]
    dated: bool = False

    @property
    def columns(self) -> tuple[Any, ...]:
        by_time = (Item.waiting_since, Item.id)
        return (Item.due_on, *by_time) if self.dated else by_time

    def cursor(self, item: Item) -> str:
        due = f" {item.due_on.isoformat()}" if self.dated and item.due_on else ""
        return write_cursor(Place(f"{self.name} {item.waiting_since.isoformat()}{due}", item.id))

    def beyond(self, words: Sequence[str], number: int) -> ColumnElement[bool]:
        """What comes after the place a cursor names. Raises Invalid for one that is none of ours."""
        try:
            since = datetime.fromisoformat(words[0])
            due = [literal(date.fromisoformat(words[1]), Date())] if self.dated else []
        except (ValueError, IndexError) as error:
            raise Invalid("cursor", field="cursor") from error
        if since.tzinfo is None or len(words) != 1 + self.dated:
            raise Invalid("cursor", field="cursor")
        return tuple_(*self.columns) > tuple_(*due, literal(since, Utc()), literal(number, BigId))


def page(session: GatedSession, way: Way, order: str, *, after: str, size: int) -> Found:
    """One page. Raises Invalid for a cursor that is none of ours."""
    if way.few is not None:
        return _of_few(session, way, order, after=after, size=size)
    items: list[Item] = []
    for stretch, beyond in _from(_stretches(order, dated_only=way.dated_only), after):
        asked = _Asked(way, stretch, beyond)
        found = asked.rows(session, size + 1 - len(items))
        if len(items) + len(found) > size:
            kept = [*items, *found[: size - len(items)]]
            return Found(kept, stretch.cursor(kept[-1]) if len(items) < size else _begin(stretch))
        items += found
        if way.outside and (edge := asked.edge(session)) is not None:
            return Found(items, stretch.cursor(edge))
    return Found(items)


def _of_few(session: GatedSession, way: Way, order: str, *, after: str, size: int) -> Found:
    """A handful of items, put into the queue's order here: no planner is tempted to walk the queue for them."""
    stretches = _stretches(order, dated_only=way.dated_only)
    found = session.scalars(select(Item).where(Item.id.in_(way.few or ()), *way.always, *way.outside)).all()
    placed = [(place, item) for item in found for place in _places(stretches, item)]
    begin = _place_in(stretches, after)
    items = [item for place, item in sorted(placed, key=lambda each: each[0]) if not begin or place > begin]
    shown = items[:size]
    return Found(shown, place_of(shown[-1], order) if len(items) > size else "")


def _places(stretches: Sequence[_Stretch], item: Item) -> Iterator[tuple[Any, ...]]:
    """Where an item stands: the number of its stretch, then what that is ordered by."""
    for number, stretch in enumerate(stretches):
        dated = stretch.dated and item.due_on is not None
        if dated or (stretch.name == str(item.precedence) and not (stretches[0].dated and item.due_on)):
            yield (
                number,
                item.due_on.isoformat() if dated and item.due_on else "",
                item.waiting_since,
                item.id,
            )


def _place_in(stretches: Sequence[_Stretch], after: str) -> tuple[Any, ...]:
    """The same of a cursor. Raises Invalid for one that is none of ours."""
    if not after:
        return ()
    (stretch, beyond), *_ = _from(list(stretches), after)
    number = next(place for place, each in enumerate(stretches) if each.name == stretch.name)
    if not beyond:
        return (number,)
    place = read_cursor(after)
    _, since, *due = (place.value or "").split(" ")
    return (number, due[0] if due else "", datetime.fromisoformat(since), place.id)


def _stretches(order: str, *, dated_only: bool) -> list[_Stretch]:
    if order != BY_DUE:
        return [_Stretch(str(rank), [Item.precedence == rank]) for rank in PRECEDENCES]
    dated = _Stretch("due", [Item.due_on.is_not(None)], dated=True)
    if dated_only:
        return [dated]
    rest = [Item.due_on.is_(None)]
    return [dated, *(_Stretch(str(rank), [Item.precedence == rank, *rest]) for rank in PRECEDENCES)]


def place_of(item: Item, order: str) -> str:
    """The cursor behind this item, wherever it stands now."""
    dated = order == BY_DUE and item.due_on is not None
    stretch = _Stretch("due", [], dated=True) if dated else _Stretch(str(item.precedence), [])
    return stretch.cursor(item)


def _begin(stretch: _Stretch) -> str:
    return write_cursor(Place(stretch.name, 0))


def _from(stretches: list[_Stretch], after: str) -> Iterator[tuple[_Stretch, list[ColumnElement[bool]]]]:
    """The stretches from the cursor on, the first of them from its place."""
    if not after:
        yield from ((stretch, []) for stretch in stretches)
        return
    place = read_cursor(after)
    name, *words = (place.value or "").split(" ")
    names = [stretch.name for stretch in stretches]
    if name not in names:
        raise Invalid("cursor", field="cursor")
    first, *others = stretches[names.index(name) :]
    yield first, [first.beyond(words, place.id)] if words else []
    yield from ((stretch, []) for stretch in others)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the database for one stretch."""

    way: Way
    stretch: _Stretch
    beyond: Sequence[ColumnElement[bool]]

    def rows(self, session: GatedSession, most: int) -> Sequence[Item]:
        """The first rows that fit, as far as may be looked."""
        if len(self.way.inside) == 1 and not self.way.outside:
            return session.scalars(self._within(select(Item), self.way.inside[0]).limit(most)).all()
        found = self._candidates(WINDOW if self.way.outside else most)
        ordered = [found.c[column.key] for column in self.stretch.columns]
        wanted = select(found.c.id).where(found.c.fits).order_by(*ordered).limit(most)
        return self._these(session, session.scalars(wanted).all())

    def edge(self, session: GatedSession) -> Item | None:
        """The last row that was looked at, where there may be more behind it."""
        found = self._candidates(WINDOW)
        ordered = [found.c[column.key] for column in self.stretch.columns]
        wanted = select(found.c.id).order_by(*ordered).offset(WINDOW - 1).limit(1)
        return next(iter(self._these(session, session.scalars(wanted).all())), None)

    def _these(self, session: GatedSession, ids: Sequence[int]) -> list[Item]:
        found = (
            {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))} if ids else {}
        )
        return [found[number] for number in ids if number in found]

    def _within(self, wanted: Select[Any], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        every = (*self.way.always, *conditions, *self.stretch.only, *self.beyond)
        return wanted.where(*every).order_by(*self.stretch.columns)

    def _candidates(self, most: int) -> Any:
        """The first rows that the alternatives find, each by its own index, put into one order, and whether they fit."""
        asked = select(*self.stretch.columns, and_(true(), *self.way.outside).label("fits"))
        each = [self._within(asked, conditions).limit(most).subquery() for conditions in self.way.inside]
        if len(each) == 1:
            return each[0]
        together = union_all(*(select(*one.c) for one in each)).subquery()
        ordered = [together.c[column.key] for column in self.stretch.columns]
        return select(*together.c).order_by(*ordered).limit(most).subquery()
