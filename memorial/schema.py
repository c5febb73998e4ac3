"""Bringing a database to the shape the program expects, and telling whether it has it.

    migrate(engine)            # to the newest
    migrate(engine, "0001")    # to one revision, up or down
    current(engine) == head()  # asked at every start, without loading Alembic

Alembic is loaded where the schema changes and nowhere else: web workers never need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, inspect, select

import memorial.models  # noqa: F401  (fills the metadata)
from memorial.db import Base

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_MIGRATING = 19920226  # the number of a lock of PostgreSQL's; any would do
_REVISION = re.compile(r"""^revision = ["'](\w+)["']$""", re.MULTILINE)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, to: str = "head") -> None:
    """Take the schema up or down to a revision; all of it or nothing."""
    from alembic import command

    with (
        engine.connect().execution_options(writes=True) as connection,
        _tables_replaced(connection),
        connection.begin(),
    ):
        _one_at_a_time(connection)
        now = _current(connection)
        if to == "base" or (to != "head" and now is not None and to < now):
            command.downgrade(_config(connection), to)
        else:
            command.upgrade(_config(connection), to)
        _check_references(connection)


def _one_at_a_time(connection: Connection) -> None:
    """Programs of several machines that start together: one migrates, the others find it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


@contextmanager
def _tables_replaced(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by putting another in its place, which foreign keys would take for a loss of rows."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # counts outside a transaction alone
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    """Before the commit: no row may point at one that is not there."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if lost:
            tables = sorted({str(row[0]) for row in lost})
            raise ValueError(f"rows without what they point at, in {', '.join(tables)}")


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found) if found is not None else None


def head() -> str:
    """The newest revision the program knows."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """All revisions, oldest first. They are numbered, so their order is that of their names."""
    files = (MIGRATIONS / "versions").glob("*.py")
    return tuple(
        sorted(name for file in files for name in _REVISION.findall(file.read_text(encoding="utf-8")))
    )


def differences(engine: Engine) -> list[object]:
    """What differs between the database and the models; empty when they are equal."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, parents: not str(name).startswith("fts_")}
        )
        return list(compare_metadata(context, Base.metadata))
