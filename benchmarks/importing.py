"""Import of press accounts beside `executemany` of the very same rows.

Ours reads a file of JSON Lines, checks every field, and writes record, work, texts, citations,
ledger, audit, revision, item and search entries, published. The other side is handed the finished
rows of all tables, full text included, and only inserts them with the bare driver, in one commit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import insert, select

from benchmarks.archive import empty_house
from benchmarks.report import Pairs, Result, at_least
from benchmarks.words import Words
from memorial.db import Base
from memorial.gate import Actor
from memorial.house import House
from memorial.services.collection import import_objects, open_file

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
FTS = ("fts_public", "fts_desk")


def measure(count: int, rounds: int, tell: Callable[[str], None]) -> Iterator[Result]:
    beside_driver, beside_core = Pairs(), Pairs()
    ours = bare = core = 0.0
    written = 0
    for number in range(rounds):
        with empty_house() as house:
            path = house.settings.data / "press_accounts.jsonl"
            write_objects(path, count)
            before = _tables(house)
            ours = _imported(house, path)
            rows, values = _read_back(house, before), _read_values(house, before)
        with empty_house() as house:
            bare = _inserted(house, rows)
        with empty_house() as house:
            core = _inserted_by_core(house, values, rows)
        written = sum(len(values) for _, values in rows.values())
        beside_driver.add(bare, ours)
        beside_core.add(core, ours)
        tell(
            f"  import {number + 1} of {rounds}: {count / ours:,.0f}, {count / bare:,.0f} by the driver,"
            f" {count / core:,.0f} by SQLAlchemy's insert"
        )
    told = (
        f"{count / ours:,.0f} objects a second beside {count / bare:,.0f}; {written / count:.1f} rows"
        " each, full text included"
    )
    yield Result(
        "import", "import with validation, ledger, audit, revision, index", beside_driver.median,
        "× executemany", at_least(0.6), beside_driver.spread, told,
    )  # fmt: skip
    yield Result(
        "import-core", "  the same beside SQLAlchemy's insert() of the rows", beside_core.median,
        "×", None, beside_core.spread, f"{count / core:,.0f} objects a second",
    )  # fmt: skip


def write_objects(path: Path, count: int) -> None:
    words = Words(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            json.dump(_account(words, number), file, ensure_ascii=False)
            file.write("\n")


def _account(words: Words, number: int) -> dict[str, Any]:
    quotation = words.prose(120)
    return {
        "id": f"synthetic-{number}", "kind": "quotation", "publication": f"Synthetic Gazette {number % 40}",
        "headline": words.prose(6), "authors": [words.name(number % 300)], "date": f"1992-03-{number % 28 + 1:02}",
        "country": "Nowhere", "city": "Synthetic town", "language": "en", "medium": "newspaper",
        "quotation": quotation, "summary": words.prose(30), "word_count": len(quotation.split()),
        "seed_refs": [f"999_synthetic.txt:L{number}-L{number + 3}"], "attribution_confidence": "high",
        "persons_named": [words.name(number % 500)], "places_named": ["Synthetic town"],
    }  # fmt: skip


def _imported(house: House, path: Path) -> float:
    """Seconds from the file to the commit."""
    begin = time.perf_counter()
    with house.writing(house.keeper()) as session:
        kind, rows = open_file(path)
        report = import_objects(
            session, Actor.command("bench"), kind, rows,
            publish=True, second="command:second", note_hash="synthetic", now=house.now(),
        )  # fmt: skip
    took = time.perf_counter() - begin
    if report.refused or not report.added:
        raise RuntimeError(f"{report.refused} refused: {report.faults[:1]}")
    return took


def _tables(house: House) -> dict[str, int]:
    connection = house.engine.raw_connection()
    cursor = connection.cursor()
    found = {}
    for table in Base.metadata.sorted_tables:
        cursor.execute(f"SELECT count(*) FROM {table.name}")
        found[table.name] = cursor.fetchall()[0][0]
    connection.close()
    return found


def _read_back(house: House, before: dict[str, int]) -> Rows:
    """What the import wrote, as the driver gives it. Tables that held rows before it are left out."""
    connection = house.engine.raw_connection()
    cursor = connection.cursor()
    rows: Rows = {}
    for table in Base.metadata.sorted_tables:
        if before[table.name]:
            continue
        names = [column.name for column in table.columns]
        cursor.execute(f"SELECT {_quoted(names)} FROM {table.name}")
        found = cursor.fetchall()
        if found:
            rows[table.name] = (names, [_plain(row) for row in found])
    if house.engine.dialect.name == "sqlite":
        for name, which in zip(FTS, (" WHERE public_from IS NOT NULL", ""), strict=True):
            cursor.execute(f"SELECT id, body FROM search_entries{which}")
            rows[name] = (["rowid", "body"], list(cursor.fetchall()))
    connection.close()
    return rows


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(Jsonb(value) if isinstance(value, dict | list) else value for value in row)


def _inserted(house: House, rows: Rows) -> float:
    """Seconds for the same rows by the bare driver: one `executemany` a table, one commit."""
    mark = "?" if house.engine.dialect.name == "sqlite" else "%s"
    connection = house.engine.raw_connection()
    cursor = connection.cursor()
    begin = time.perf_counter()
    if mark == "?":
        cursor.execute("BEGIN IMMEDIATE")
    for table, (names, values) in rows.items():
        marks = ", ".join([mark] * len(names))
        cursor.executemany(f"INSERT INTO {table} ({_quoted(names)}) VALUES ({marks})", values)
    connection.commit()
    took = time.perf_counter() - begin
    connection.close()
    return took


def _read_values(house: House, before: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """The same rows as Python values, for SQLAlchemy's own insert."""
    found = {}
    with house.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if not before[table.name]:
                rows = [dict(row) for row in connection.execute(select(table)).mappings()]
                if rows:
                    found[table.name] = rows
    return found


def _inserted_by_core(house: House, values: dict[str, list[dict[str, Any]]], rows: Rows) -> float:
    """Seconds for one `insert()` a table, and the driver's for full text, in one commit."""
    begin = time.perf_counter()
    with house.engine.connect().execution_options(writes=True) as connection:
        for name, found in values.items():
            connection.execute(insert(Base.metadata.tables[name]), found)
        for name in set(rows) & set(FTS):
            connection.exec_driver_sql(f"INSERT INTO {name} (rowid, body) VALUES (?, ?)", rows[name][1])
        connection.commit()
    return time.perf_counter() - begin
