"""Base class, naming convention, column types, engines and their pragmas.

    engine = make_engine(settings.database)
    Base.metadata.create_all(engine)   # tests only; `memorial migrate` otherwise

Both engines behave alike for the rest of the program: times are aware UTC, writers take
their lock at BEGIN, foreign keys hold, and deleted words are overwritten on disk.
"""

from __future__ import annotations

import json
import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    event,
    insert,
)
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by INTEGER PRIMARY KEY alone; PostgreSQL needs 64 bits said.
BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """An instant. Aware in Python, UTC in the database; a naive value is refused.

    SQLite keeps text that sorts as time does: microseconds always, no zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the archive."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc, dict[str, Any]: Json, list[Any]: Json}


# PostgreSQL that does not answer: a new connection is given up after seconds, and one whose server is gone is noticed.
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "tcp_user_timeout": 30_000,
}


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for SQLite (WAL, full sync, immediate writers) or PostgreSQL. What a statement that fails was given, its
    error does not say: that may be somebody's words, and errors are logged."""
    options = {"hide_parameters": True, **options}
    if url.startswith("sqlite"):
        engine = _create_engine(url, connect_args={"timeout": 30}, pool_use_lifo=True, **options)
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    engine = _create_engine(url, pool_use_lifo=True, connect_args=PATIENCE, **options)
    event.listen(engine, "connect", _postgresql_settings)
    event.listen(engine, "checkout", _still_there)
    return engine


def _postgresql_settings(connection: Any, _record: object) -> None:
    # Pages read few rows of large tables. Compiling a statement takes longer than all of it, and so does making room to
    # remember the thousands of rows that the planner expects and a limit never reads (1.5 of 2 ms of a name search).
    connection.autocommit = True  # a rollback would take them back
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET enable_memoize = off")
    connection.autocommit = False


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """A server that went away has closed the line, and that is there to be read; else nothing is, between statements.

    Asking the server whether it is there (`pool_pre_ping`) takes as long as a statement, for each page.
    """
    try:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        if line.poll(0):  # or it has told of something
            connection.execute("SELECT 1")
            connection.rollback()
    except connection.OperationalError as gone:
        raise DisconnectionError("the server has closed this connection") from gone


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    # The driver's own transaction handling stands aside; `_sqlite_begin` says BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=30000",
        "cache_size=-16000",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    # A deferred BEGIN that later writes fails at once, whatever the busy timeout: writers say
    # so beforehand (execution option `writes`), readers stay deferred and never block.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # waits for nobody and cannot fail, so that it needs none of SQLAlchemy's care for errors
        connection.connection.driver_connection.execute("BEGIN")


def insert_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose keys are not there yet; the others stay as they are. Both engines say ON CONFLICT."""
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    statement = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table).on_conflict_do_nothing()
    session.execute(statement, list(rows))


def insert_many(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows by value, each with all it needs: no default is filled in.

    SQLAlchemy works out every row's parameters anew, which takes three times as long as SQLite
    takes to write them; here the columns' own processors are asked for once.
    """
    if not rows:
        return
    if session.get_bind().dialect.name != "sqlite":
        # Without it every row that lacks a value another has starts a statement of its own.
        session.execute(insert(table), list(rows), execution_options={"render_nulls": True})
        return
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for names, some in alike.items():
        order, processors = _insertion(table, names)
        session.connection().exec_driver_sql(order, _stored(some, processors))


Processors = Sequence[tuple[int, Callable[[Any], Any]]]


def _stored(rows: Sequence[Mapping[str, Any]], processors: Processors) -> list[tuple[Any, ...]]:
    """Rows with the same names in the same order, as the driver takes them: worked out a column at a time."""
    columns: list[Iterable[Any]] = list(zip(*(row.values() for row in rows), strict=True))
    for place, process in processors:
        columns[place] = [None if value is None else process(value) for value in columns[place]]
    return list(zip(*columns, strict=True))


@cache
def _insertion(table: type[Base], names: tuple[str, ...]) -> tuple[str, Processors]:
    dialect = sqlite.dialect(json_serializer=_json)
    stored = [table.__mapper__.columns[name] for name in names]
    order = (
        f"INSERT INTO {table.__tablename__} ({', '.join(f'{column.name!r}' for column in stored)})"
        f" VALUES ({', '.join('?' * len(stored))})"
    ).replace("'", '"')
    found = [(place, _processor(column.type, dialect)) for place, column in enumerate(stored)]
    return order, [(place, process) for place, process in found if process is not None]


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    # Rows written together carry the same few times.
    return lru_cache(maxsize=64)(process) if process is not None and isinstance(kind, Utc) else process


def _json(value: Any) -> str:
    """Most lists are empty, and an encoder begins anew for each."""
    return "[]" if value == [] else "{}" if value == {} else json.dumps(value)


def next_ids(session: Session, table: type[Base], count: int) -> range | list[int]:
    """Numbers for `count` new rows, taken under the writer's lock, so that bulk inserts know their ids."""
    name = table.__tablename__
    if session.get_bind().dialect.name == "sqlite":
        first = (
            session.connection().exec_driver_sql(f"SELECT coalesce(max(id), 0) + 1 FROM {name}").scalar_one()
        )
        return range(first, first + count)
    rows = session.connection().exec_driver_sql(
        f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) FROM generate_series(1, {int(count)})"
    )
    return [row[0] for row in rows]


WRITERS_END = "2s"


def settled(session: Session, table: type[Base]) -> int | None:
    """The highest number in an append-only table below which no row can appear any more.

    PostgreSQL gives numbers before it commits, so the writers under way are waited for; None
    where one of them takes too long. The lock is given back at once.
    """
    name = table.__tablename__
    connection, wanted = session.connection(), f"SELECT coalesce(max(id), 0) FROM {name}"
    if session.get_bind().dialect.name == "sqlite":
        return int(connection.exec_driver_sql(wanted).scalar_one())
    point = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WRITERS_END}'")
        connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE MODE")
        return int(connection.exec_driver_sql(wanted).scalar_one())
    except OperationalError:
        return None
    finally:
        point.rollback()


def restart_numbers(session: Session) -> None:
    """After rows came with their own ids: PostgreSQL's sequences go on behind the highest of them."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for table in Base.metadata.sorted_tables:
        column = table.columns.get("id")
        if column is not None and column.autoincrement is not False and isinstance(column.type, BigInteger):
            session.connection().exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" (SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
            )


LOCK_WAITS = "5s"
BESIDE = ("fts_name_keys",)  # tables of PostgreSQL that follow others by themselves (migrations)


def rewrite(engine: Engine) -> list[str]:
    """Everything written anew, so that no deleted word stays in a page's free space.

    Each table is locked meanwhile (SQLite: writers wait): a job of the night, in a process that reads
    nothing. Returns what somebody held too long, or had no room; the next night comes to it.
    """
    return _rewrite_file(engine) if engine.dialect.name == "sqlite" else _rewrite_tables(engine)


def _rewrite_file(engine: Engine) -> list[str]:
    # `secure_delete` overwrites a deleted row where it lies, but not the copies of it that stay in the
    # gaps of pages which SQLite rebuilt while rows came and went.
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except engine.dialect.loaded_dbapi.OperationalError as refused:
        return [f"the database ({refused})"]
    finally:
        connection.close()
    return []


def _rewrite_tables(engine: Engine) -> list[str]:
    left = []
    connection = engine.raw_connection()
    refused = engine.dialect.loaded_dbapi.OperationalError
    try:
        connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = '{LOCK_WAITS}'")
        for name in (*(table.name for table in Base.metadata.sorted_tables), *BESIDE):
            try:
                cursor.execute(f'VACUUM (FULL, ANALYZE) "{name}"')
            except refused:
                left.append(name)
        cursor.execute("RESET lock_timeout")
        connection.driver_connection.autocommit = False  # type: ignore[union-attr]
    finally:
        connection.close()
    return left


def scrub(engine: Engine) -> None:
    """After an erasure: what was deleted is overwritten, also in the log of the database.

    SQLite overwrites as it deletes (`secure_delete`); its write-ahead log is emptied here.
    PostgreSQL keeps old versions of rows until VACUUM. What either keeps in its pages goes with `rewrite`.
    """
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            # Whoever reads just now may hold it up: the sweep comes again (jobs.py).
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=2000")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            cursor.execute("PRAGMA busy_timeout=30000")
        else:
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            connection.cursor().execute("VACUUM")
            connection.driver_connection.autocommit = False  # type: ignore[union-attr]
    finally:
        connection.close()
