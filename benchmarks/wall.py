"""The wall of names with a million on it: its first page, a page deep in it and a jump to a letter, beside hello.

The names are synthetic and say so. Written in bulk, with nothing but what the wall reads: a page, a person, a name
and its places on the shelves of English (the shelves of the other languages are indexes of the same size beside it).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, update

from benchmarks.load import Load
from benchmarks.pages import HELLO, Bench, Made
from benchmarks.report import Result
from benchmarks.serving import serving
from benchmarks.words import Words
from memorial.db import insert_many, next_ids
from memorial.domain import consent as rules
from memorial.domain import wall as shelves_of
from memorial.domain.ids import new_public_id
from memorial.domain.names import sort_key
from memorial.gate import GatedSession, Reader
from memorial.house import House
from memorial.models import Head, Part, Person, PersonName, Record, Remembrance, WallName, WallUnnamed
from memorial.services import consent, wall, wall_index, wall_numbers
from memorial.services.cursors import Place, write_cursor
from memorial.web_server import ARCHIVE

CHUNK = 5_000  # rows of an insert
UNNAMED = 200  # of so many one has a name that is not shown


def fill(
    session: GatedSession, house: House, count: int, homes: int = 0, seed: int = 1992, unnamed: int = 0
) -> None:
    """So many published remembrances of one name each, and where `homes` are given, each with one of so many.

    Where `unnamed` is given, of so many one is shown without the name.
    """
    view = consent.projection(session, rules.Policy(rules.everything()))
    guard = {**view, "contribution_id": None, "sealed": False}
    words, now = Words(seed), house.now()
    for start in range(0, count, CHUNK):
        _chunk(session, words, min(CHUNK, count - start), guard, now, homes, unnamed)
    session.execute(update(Head).values(epoch=Head.epoch + 1))


def _chunk(
    session: GatedSession, words: Words, count: int, guard: dict[str, Any], now: Any, homes: int, unnamed: int
) -> None:
    tables: tuple[Any, ...] = (Record, Part, Person, PersonName)
    ids = zip(*(next_ids(session, table, count) for table in tables), strict=True)
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (*tables, Remembrance, WallName, WallUnnamed)
    }
    for record, part, person, name in ids:
        given, family = words.some(2)
        text = f"{given.capitalize()} {family.capitalize()} (synthetic)"
        mine = {**guard, "part_id": part}
        rows[Record].append({
            **mine, "id": record, "public_id": (address := new_public_id()), "kind": "remembrance", "language": "en",
            "sort_key": "", "slug": "", "content_note": "", "revision": 1, "created_at": now, "changed_at": now,
        })  # fmt: skip
        rows[Part].append({
            "id": part, "record_id": record, "key": "page", "kind": "page", "policy_id": guard["policy_id"],
            "added": 0,
        })  # fmt: skip
        rows[Person].append({
            **mine, "id": person, "public_id": new_public_id(), "listed": "remembrance", "label": "", "roles": [],
            "note": "", "record_id": record,
        })  # fmt: skip
        called = {
            **mine, "id": name, "person_id": person, "record_id": record, "text": text, "script": "Latn",
            "language": "en", "kind": "full", "rank": 0, "listed": "remembrance", "sort_key": sort_key(text, "en"),
        }  # fmt: skip
        if unnamed and record % unnamed == 0:
            called |= {"policy_id": None, "public_from": None, "public_until": None}
            rows[WallUnnamed].append({**mine, "record_id": record, "public_id": address})
        rows[PersonName].append(called)
        rows[Remembrance].append({**mine, "record_id": record, "person_id": person})
        rows[WallName] += _places(
            record,
            called,
            {**mine, "property": "lived", "value_text": _home(record, homes), "value_number": None},
        )
    for table in (Record, Part, Person, Remembrance, PersonName, WallName, WallUnnamed):
        insert_many(session, table, [_whole(table, row) for row in rows[table]])


def _home(number: int, homes: int) -> str:
    """One of some towns that are not there, told apart by letters: a number would be taken for an address."""
    return f"Synthville {chr(97 + number % homes % 26)}{chr(97 + number % homes // 26)}" if homes else ""


def _places(record: int, called: dict[str, Any], home: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of English, whole or narrowed."""
    rows = wall_index.rows_of(record, [called], [home])
    return [row for row in rows if row["shelf"].startswith("en/")]


def _whole(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """With the defaults of the columns that nothing was said about."""
    for column in table.__table__.columns:
        if column.name not in row and column.default is not None and column.default.is_scalar:
            row[column.name] = column.default.arg
    return row


def pages(house: House, rounds: int, seconds: float) -> Iterator[Result]:
    """The first page, others and how they stand to it; `house` has the names of `fill`."""
    count, settings = _count(house), house.settings
    middle = deep_cursor(house, count // 2)
    # The page after the first of these has another behind it; the page after the second has none.
    last_but_one, last = (
        deep_cursor(house, max(1, count - far)) for far in (2 * wall.PER_PAGE, wall.PER_PAGE)
    )
    house.engine.dispose()
    with Load() as load, serving(HELLO) as hello, serving(ARCHIVE, settings, page_cache="0") as uncached:
        bench = Bench(Made(house, Words(1992)), load, hello, uncached, uncached, rounds, seconds)
        for name, what, path in (
            (
                "wall-first",
                f"first page of {count:,} names ({wall.PER_PAGE} of them), not cached",
                "/en/people",
            ),
            ("wall-middle", "a page in the middle, not cached", f"/en/people?after={middle}"),
            ("wall-deep", "the last page but one, not cached", f"/en/people?after={last_but_one}"),
            ("wall-letter", "a jump to a letter, not cached", "/en/people?letter=S"),
            ("wall-family", "the first page by family, not cached", "/en/people?by=family"),
            ("wall-unnamed", "whoever has no name to show, not cached", "/en/people?unnamed=1"),
        ):
            yield bench.beside_hello(name, what, uncached, path, None)
        for name, what, cursor in (
            ("wall-middle-first", "a page in the middle beside the first", middle),
            ("wall-deep-first", "the last page but one beside the first", last_but_one),
            ("wall-last-first", "the last page, with whoever has no name to show, beside the first", last),
        ):
            yield bench.beside(name, what, f"/en/people?after={cursor}", "/en/people")


def count_again(house: House) -> Result:
    """The worker's count of the wall, made now."""
    with house.writing(house.keeper()) as session:
        session.execute(update(Head).values(epoch=Head.epoch + 1))
    began = time.perf_counter()
    for shelf in wall_numbers.shelves():  # as jobs.count_wall does, which rests after it counted
        with house.session(Reader.public(house.moment())) as session:
            counted = wall_numbers.count(session, shelf)
        with house.writing(house.keeper()) as session:
            wall_numbers.keep(session, counted)
    took = time.perf_counter() - began
    what = f"counting the wall of {_count(house):,} names, in the worker"
    return Result("wall-count", what, took, "s")


def _count(house: House) -> int:
    """How many stand on the shelf of English, by name."""
    with house.session(Reader.public(house.moment())) as session:
        shelf = shelves_of.shelf_of("en")
        return session.scalar(select(func.count()).where(WallName.shelf == shelf)) or 0


def deep_cursor(house: House, place: int) -> str:
    """The cursor of the page that follows this place."""
    with house.session(Reader.public(house.moment())) as session:
        order = (WallName.sort_key, WallName.id)
        wanted = select(WallName.sort_key, WallName.id).where(WallName.shelf == shelves_of.shelf_of("en"))
        row = session.execute(wanted.order_by(*order).offset(place).limit(1)).one()
    return write_cursor(Place(row.sort_key, row.id))
