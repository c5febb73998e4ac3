"""Keyset paging: a cursor is the place of one row in its order, never a number of rows to skip.

    place = read_cursor(text)                        # Invalid when it is none of ours
    rows, more = page_rows(session, statement, order, …)

A cursor is opaque to readers but no secret: it holds only what the row it came from showed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from memorial.domain.errors import Invalid
from memorial.gate import GatedSession

PER_PAGE = 24
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its sorting value (None comes after every value) and its id."""

    value: str | None
    id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asked for: from a place onwards, or backwards from it."""

    place: Place | None = None
    backwards: bool = False


def write_cursor(place: Place) -> str:
    raw = json.dumps([place.value, place.id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_cursor(text: str) -> Place:
    """The place a cursor names. Raises Invalid for anything that we did not write."""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        value, number = json.loads(raw)
        if not (value is None or isinstance(value, str)) or type(number) is not int:
            raise ValueError
        if not 0 <= number < 2**63 or "\x00" in (value or ""):
            raise ValueError
        (value or "").encode()  # JSON can spell halves of surrogate pairs, which no database holds
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("cursor", field="cursor") from error
    return Place(value, number)


def asked(after: str, before: str) -> Asked:
    """From the query string of a list."""
    if after:
        return Asked(read_cursor(after))
    return Asked(read_cursor(before), True) if before else Asked()


@dataclass(frozen=True, slots=True)
class Order:
    """A column and the id behind it; `nullable` columns put rows without a value last."""

    column: Any
    id: Any
    nullable: bool = False

    def typed(self, value: str) -> Any:
        if self.column.type.python_type is date:
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise Invalid("cursor", field="cursor") from error
        return value


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows in reading order, and the cursors of its neighbours ("" for none)."""

    rows: Sequence[Any]
    after: str = ""
    before: str = ""


def page_rows(
    session: GatedSession,
    statement: Any,
    order: Order,
    asked: Asked,
    per_page: int = PER_PAGE,
    values: Mapping[str, Any] | None = None,
) -> Rows:
    """A page. The statement must have the columns `id` and `place` (the sorting value); `values` are its own."""
    found: list[Any] = []
    for wanted in _stretches(statement, order, asked, per_page + 1):
        found += session.execute(wanted, values).all()
        if len(found) > per_page:
            break
    more = len(found) > per_page
    rows = found[:per_page]
    if asked.backwards:
        rows.reverse()
    return _with_cursors(rows, asked, more)


def _stretches(statement: Any, order: Order, asked: Asked, limit: int) -> Sequence[Any]:
    if asked == Asked():
        return _beginning(statement, order, limit)
    return [
        statement.where(*block).order_by(*sorting).limit(limit) for block, sorting in _blocks(order, asked)
    ]


@lru_cache(maxsize=128)
def _beginning(statement: Any, order: Order, limit: int) -> Sequence[Any]:
    """First pages are asked for most: their statements are made once, where the caller's is."""
    return [
        statement.where(*block).order_by(*sorting).limit(limit) for block, sorting in _blocks(order, Asked())
    ]


def _with_cursors(rows: list[Any], asked: Asked, more: bool) -> Rows:
    if not rows:
        return Rows(rows)
    has_after = more if not asked.backwards else True
    has_before = asked.place is not None if not asked.backwards else more
    first, last = _place(rows[0]), _place(rows[-1])
    return Rows(rows, write_cursor(last) if has_after else "", write_cursor(first) if has_before else "")


def _place(row: Any) -> Place:
    value = row.place
    return Place(value.isoformat() if isinstance(value, date) else value, row.id)


def _blocks(order: Order, asked: Asked) -> list[tuple[list[ColumnElement[bool]], list[Any]]]:
    """The stretches of the order that still lie ahead, each one walk along an index.

    Rows without a value are a stretch of their own: SQLite and PostgreSQL put NULL at
    different ends, and one condition for both would keep either from using its index.
    """
    column, number, back = order.column, order.id, asked.backwards
    sorting = [column.desc(), number.desc()] if back else [column, number]
    bare = [number.desc()] if back else [number]
    place = asked.place
    if not order.nullable:
        value = order.typed(place.value or "") if place else None
        return [([_beyond(column, number, value, place.id, back)] if place else [], sorting)]
    with_value: list[ColumnElement[bool]] = [column.is_not(None)]
    without: list[ColumnElement[bool]] = [column.is_(None)]
    if place is not None and place.value is None:
        without.append(number < place.id if back else number > place.id)
        return [(without, bare), (with_value, sorting)] if back else [(without, bare)]
    if place is not None:
        with_value.append(_beyond(column, number, order.typed(place.value or ""), place.id, back))
        if back:
            return [(with_value, sorting)]
    return [(with_value, sorting), (without, bare)]


def _beyond(column: Any, number: Any, value: Any, at: int, back: bool) -> ColumnElement[bool]:
    # `column >= value AND (column > value OR id > at)`: the first half walks the index on both engines.
    if back:
        return and_(column <= value, or_(column < value, number < at))
    return and_(column >= value, or_(column > value, number > at))
