"""The wall of names with a million on it: its first page, a page deep in it and a jump to a letter, beside hello.

The names are synthetic and say so. Written in bulk, with nothing but what the wall reads: a page, a person, a name
and its places on the shelves of English (the shelves of the other languages are indexes of the same size beside it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select, update

from benchmarks.archive import empty_house
from benchmarks.load import Load
from benchmarks.pages import HELLO, Bench, Made
from benchmarks.report import Result
from benchmarks.serving import serving
from benchmarks.words import Words
from memorial import jobs
from memorial.db import insert_many, next_ids
from memorial.domain import consent as rules
from memorial.domain import wall as shelves_of
from memorial.domain.ids import new_public_id
from memorial.domain.names import sort_key
from memorial.gate import GatedSession, Reader
from memorial.house import House
from memorial.models import Head, Part, Person, PersonName, Record, Remembrance, WallName
from memorial.services import consent, wall, wall_index
from memorial.services.cursors import Place, write_cursor
from memorial.web_server import ARCHIVE

NAMES = 1_000_000
CHUNK, AT_ONCE = 5_000, 50_000  # rows of an insert, names of a transaction


def fill(session: GatedSession, house: House, count: int, homes: int = 0, seed: int = 1992) -> None:
    """So many published remembrances of one name each, and where `homes` are given, each with one of so many."""
    view = consent.projection(session, rules.Policy(rules.everything()))
    guard = {**view, "contribution_id": None, "sealed": False}
    words, now = Words(seed), house.now()
    for start in range(0, count, CHUNK):
        _chunk(session, words, min(CHUNK, count - start), guard, now, homes)
    session.execute(update(Head).values(epoch=Head.epoch + 1))


def _chunk(
    session: GatedSession, words: Words, count: int, guard: dict[str, Any], now: Any, homes: int
) -> None:
    tables: tuple[Any, ...] = (Record, Part, Person, PersonName)
    ids = zip(*(next_ids(session, table, count) for table in tables), strict=True)
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in (*tables, Remembrance, WallName)}
    for record, part, person, name in ids:
        given, family = words.some(2)
        text = f"{given.capitalize()} {family.capitalize()} (synthetic)"
        mine = {**guard, "part_id": part}
        rows[Record].append({
            **mine, "id": record, "public_id": new_public_id(), "kind": "remembrance", "language": "en",
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
        rows[PersonName].append(called)
        rows[Remembrance].append({**mine, "record_id": record, "person_id": person})
        rows[WallName] += _places(
            record,
            called,
            {**mine, "property": "lived", "value_text": _home(record, homes), "value_number": None},
        )
    for table in (Record, Part, Person, Remembrance, PersonName, WallName):
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


def measure(rounds: int, seconds: float, tell: Callable[[str], None], count: int = NAMES) -> Iterator[Result]:
    with empty_house() as house:
        tell(f"  writing {count:,} names; this takes a while")
        for start in range(0, count, AT_ONCE):
            with house.writing(house.keeper()) as session:
                fill(session, house, min(AT_ONCE, count - start))
        if house.engine.dialect.name == "postgresql":
            with house.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        began = house.now()
        jobs.count_wall(house)
        took = (house.now() - began).total_seconds()
        yield Result("wall-count", f"counting the wall of {count:,} names, in the worker", took, "s")
        yield from _pages(house, rounds, seconds, count)


def _pages(house: House, rounds: int, seconds: float, count: int) -> Iterator[Result]:
    deep, settings = deep_cursor(house, count), house.settings
    house.engine.dispose()
    with Load() as load, serving(HELLO) as hello, serving(ARCHIVE, settings, page_cache="0") as uncached:
        bench = Bench(Made(house, Words(1992)), load, hello, uncached, uncached, rounds, seconds)
        for name, what, path in (
            (
                "wall-first",
                f"first page of {count:,} names ({wall.PER_PAGE} of them), not cached",
                "/en/people",
            ),
            ("wall-deep", "a page in the middle, not cached", f"/en/people?after={deep}"),
            ("wall-letter", "a jump to a letter, not cached", "/en/people?letter=S"),
            ("wall-family", "the first page by family, not cached", "/en/people?by=family"),
        ):
            yield bench.beside_hello(name, what, uncached, path, None)
        yield bench.beside(
            "wall-deep-first",
            "a page in the middle beside the first",
            f"/en/people?after={deep}",
            "/en/people",
        )


def deep_cursor(house: House, count: int) -> str:
    """The cursor of the page in the middle."""
    with house.session(Reader.public(house.moment())) as session:
        order = (WallName.sort_key, WallName.id)
        wanted = select(WallName.sort_key, WallName.id).where(WallName.shelf == shelves_of.shelf_of("en"))
        row = session.execute(wanted.order_by(*order).offset(count // 2).limit(1)).one()
    return write_cursor(Place(row.sort_key, row.id))
