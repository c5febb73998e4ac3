"""Migrations go up and down with data in every table, on both engines, and head is what the models say.

`fill` puts rows into every table of the metadata in dependency order, made from the columns
alone, so that a new table or column is filled without a word here. All of it is synthetic.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy import text as sql

from memorial import schema
from memorial.db import Base, Utc, make_engine
from memorial.domain.consent import Moment
from memorial.gate import Reader, session_for
from memorial.models import Guarded, PolicyWindow

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROWS = 4  # open to all, to research, to nobody, sealed
OPEN, SCHOLARS, NOBODY, SEALED = range(1, ROWS + 1)


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


# -- rows for every table -------------------------------------------------------------------


def _value(column: Column[Any], number: int) -> Any:
    kind = column.type
    if column.foreign_keys:
        return number
    if isinstance(kind, Utc):
        return NOW + timedelta(days=number)
    makers: list[tuple[type, Callable[[], Any]]] = [
        (JSON, lambda: [number]),
        (Boolean, lambda: False),
        (Date, lambda: date(1992, 2, number)),
        (LargeBinary, lambda: bytes([number])),
        (Integer, lambda: number),
        (Float, lambda: float(number)),
    ]
    found = next((make for sort, make in makers if isinstance(kind, sort)), None)
    return found() if found else f"synthetic {column.name} {number}"


def _row(table: Table, number: int) -> dict[str, Any]:
    row = {column.name: _value(column, number) for column in table.columns}
    if "public_until" in table.columns:
        row |= {"public_from": None, "public_until": None, "policy_id": number, "part_id": number}
        if number == OPEN:
            row |= {"public_from": NOW - timedelta(days=1), "public_until": NOW + timedelta(days=1)}
        row["policy_id"] = None if number == NOBODY else number
        row["sealed"] = number == SEALED
    if table.name == "policy_windows":
        row |= {"opens": NOW - timedelta(days=1), "closes": NOW + timedelta(days=1), "use": "view"}
        row["audience"] = "public" if number == OPEN else "research" if number == SCHOLARS else "nobody"
    return row


def fill(engine: Engine) -> dict[str, int]:
    """Rows for every table; returns how many each holds."""
    counts = {}
    with engine.execution_options(writes=True).begin() as connection:
        for table in Base.metadata.sorted_tables:
            numbers = range(1, 2) if table.name == "heads" else range(1, ROWS + 1)
            rows = [_row(table, number) for number in numbers]
            counts[table.name] = len(rows)
            connection.execute(insert(table), rows)
    return counts


Columns = dict[str, set[str]]
Rows = dict[str, list[dict[str, Any]]]


def columns_of(engine: Engine) -> Columns:
    """What the database has at the moment, by table."""
    found = inspect(engine)
    return {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}


def rows_of(engine: Engine) -> Rows:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def held(rows: Rows, columns: Columns) -> dict[str, list[str]]:
    """The rows as one comparable text each, as far as these tables and columns hold them."""
    return {
        name: sorted(
            json.dumps({k: v for k, v in row.items() if k in columns[name]}, default=str, sort_keys=True)
            for row in found
        )
        for name, found in rows.items()
        if name in columns
    }


def contents(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, as one comparable text each."""
    return held(rows_of(engine), columns_of(engine))


def seen(engine: Engine) -> dict[str, dict[str, list[Any]]]:
    """What each reader may see: the keys of every guarded table, and what the two indexes find."""
    at = Moment.exactly(NOW)
    readers = {
        "public": Reader.public(at),
        "research": Reader.research(at),
        "reuse": Reader.public(at, "reuse"),
        "family": Reader.family(NOBODY, at),
        "desk": Reader.desk(at),
        "officer": Reader.desk(at, consent_officer=True),
    }
    found: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for name, reader in readers.items():
        with session_for(engine, reader) as session:
            for mapper in Base.registry.mappers:
                if issubclass(mapper.class_, Guarded):
                    keys = session.execute(select(*mapper.primary_key).select_from(mapper.class_)).all()
                    found[name][mapper.local_table.name] = sorted(map(tuple, keys))
    found["search"] = {index: _hits(engine, index) for index in ("fts_public", "fts_desk")}
    return found


def of_tables(sight: dict[str, dict[str, list[Any]]], columns: Columns) -> dict[str, dict[str, list[Any]]]:
    """What readers see of the tables that a revision had."""
    return {
        reader: {name: keys for name, keys in tables.items() if reader == "search" or name in columns}
        for reader, tables in sight.items()
    }


def _hits(engine: Engine, index: str) -> list[int]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return list(
                connection.scalars(
                    sql(f"SELECT rowid FROM {index} WHERE {index} MATCH 'synthetic' ORDER BY rowid")
                )
            )
        only = " AND public_from IS NOT NULL" if index == "fts_public" else ""
        order = "SELECT id FROM search_entries WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'synthetic')"
        return list(connection.scalars(sql(f"{order}{only} ORDER BY id")))


def _index(engine: Engine) -> None:
    """As the program does when it writes entries (services/search_index.py)."""
    if engine.dialect.name == "sqlite":
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(sql("INSERT INTO fts_desk(rowid, body) SELECT id, body FROM search_entries"))
            connection.execute(
                sql(
                    "INSERT INTO fts_public(rowid, body) SELECT id, body FROM search_entries WHERE public_from IS NOT NULL"
                )
            )


def _trusted_indexes(engine: Engine) -> None:
    """SQLite looks whether a full-text index agrees with the rows it stands for."""
    if engine.dialect.name == "sqlite":
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(sql("INSERT INTO fts_desk(fts_desk, rank) VALUES('integrity-check', 1)"))


# -- the tests ---------------------------------------------------------------------------------


def test_head_is_what_the_models_say(engine):
    assert schema.current(engine) == schema.head()
    assert schema.differences(engine) == []


def test_a_missing_column_would_be_seen(engine):
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sql("ALTER TABLE texts DROP COLUMN note"))
        connection.execute(sql("ALTER TABLE boundaries ADD COLUMN extra INTEGER"))
    assert len(schema.differences(engine)) == 2


def test_every_migration_is_dated_named_and_stands_in_one_line():
    files = sorted(path.name for path in (schema.MIGRATIONS / "versions").glob("*.py"))
    assert files
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}_[a-z0-9_]+\.py", name) for name in files), files
    revisions = schema.revisions()
    assert len(files) == len(revisions)
    assert list(revisions) == sorted(revisions)
    assert revisions[-1] == schema.head()


def test_an_empty_database_goes_down_to_nothing_and_up_again(engine):
    schema.migrate(engine, "base")
    left = set(inspect(engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    assert schema.current(engine) is None
    schema.migrate(engine)
    assert schema.differences(engine) == []


def test_the_made_up_rows_fill_every_table(engine):
    counts = fill(engine)
    assert set(counts) == set(Base.metadata.tables)
    assert {name for name, rows in contents(engine).items() if len(rows) != counts[name]} == set()
    assert schema.current(engine) == schema.head()


def test_readers_differ_in_what_they_see_of_the_made_up_rows(engine):
    """Otherwise the comparison of before and after below would say nothing."""
    fill(engine)
    _index(engine)
    found = seen(engine)
    guarded = {
        mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, Guarded)
    }
    assert {name: set(tables) for name, tables in found.items() if name != "search"} == dict.fromkeys(
        ("public", "research", "reuse", "family", "desk", "officer"), guarded
    )
    assert found["public"]["texts"] == [(OPEN,)]
    assert found["research"]["texts"] == [(OPEN,), (SCHOLARS,)]
    assert found["reuse"]["texts"] == []
    assert found["family"]["texts"] == [(NOBODY,)]
    assert found["desk"]["texts"] == [(OPEN,), (SCHOLARS,), (NOBODY,)]
    assert found["officer"]["texts"] == [(OPEN,), (SCHOLARS,), (NOBODY,), (SEALED,)]
    assert found["search"] == {"fts_public": [OPEN], "fts_desk": [1, 2, 3, 4]}


# Every revision on one engine, the first and the latest on the other: the way down is the longer the older it is.
EACH = [*(("sqlite", each) for each in schema.revisions()),
        *(("postgresql", each) for each in sorted({schema.revisions()[0], schema.revisions()[-1], *schema.revisions()[:4], *schema.revisions()[-4:]}))]  # fmt: skip


@pytest.mark.parametrize(("engine_name", "revision"), EACH, indirect=["engine_name"])
def test_down_to_each_revision_and_up_with_data_keeps_every_row_and_what_each_reader_sees(engine, revision):
    fill(engine)
    _index(engine)
    rows, sight = rows_of(engine), seen(engine)
    schema.migrate(engine, revision)
    assert schema.current(engine) == revision
    # What a later revision brought is gone with it; all else must come back as it was.
    columns = columns_of(engine)
    schema.migrate(engine)
    assert held(rows_of(engine), columns) == held(rows, columns)
    assert of_tables(seen(engine), columns) == of_tables(sight, columns)
    _trusted_indexes(engine)
    assert schema.differences(engine) == []


def test_with_data_in_every_table_it_goes_down_to_nothing_and_up(engine):
    fill(engine)
    schema.migrate(engine, "base")
    schema.migrate(engine)
    assert all(rows == [] for rows in contents(engine).values())


def test_a_failed_migration_leaves_nothing_half_done(engine, monkeypatch):
    from alembic import op

    fill(engine)
    rows = contents(engine)
    monkeypatch.setattr(
        op, "drop_table", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("synthetic failure"))
    )
    with pytest.raises(RuntimeError, match="synthetic failure"):
        schema.migrate(engine, "base")
    assert schema.current(engine) == schema.head()
    assert contents(engine) == rows
    assert _triggers(engine) == EXPECTED[engine.dialect.name]


def _triggers(engine: Engine) -> set[str]:
    query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with engine.connect() as connection:
        return set(connection.scalars(sql(query)))


_TABLES = ("ledger", "audit", "custody_events", "destroyed_keys", "boundaries")
EXPECTED = {
    "sqlite": {f"{table}_no_{verb}" for table in _TABLES for verb in ("update", "delete", "replace_0")}
    | {"ledger_no_replace_1", "destroyed_keys_no_replace_1"},
    "postgresql": {f"{table}_no_{verb}" for table in _TABLES for verb in ("change", "truncate")}
    | {f"written_names_{verb}" for verb in ("come", "gone", "changed")},
}


def test_append_only_tables_have_their_triggers_at_head_and_none_before(engine):
    assert _triggers(engine) == EXPECTED[engine.dialect.name]
    schema.migrate(engine, "0001")
    assert _triggers(engine) == set()
    schema.migrate(engine)
    assert _triggers(engine) == EXPECTED[engine.dialect.name]


def test_policy_windows_never_end_in_nothing():
    assert not PolicyWindow.__table__.c.closes.nullable
    assert not PolicyWindow.__table__.c.opens.nullable
