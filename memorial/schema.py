"""Bringing a database to the shape the program expects, and telling whether it has it.

    migrate(engine)            # to the newest
    migrate(engine, "0001")    # to one revision, up or down
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import memorial.models  # noqa: F401  (fills the metadata)
from memorial.db import Base

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, to: str = "head") -> None:
    """Take the schema up or down to a revision; all of it or nothing."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        current = MigrationContext.configure(connection).get_current_revision()
        if to == "base" or (to != "head" and current is not None and to < current):
            command.downgrade(_config(connection), to)
        else:
            command.upgrade(_config(connection), to)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision the program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def differences(engine: Engine) -> list[object]:
    """What differs between the database and the models; empty when they are equal."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, parents: not str(name).startswith("fts_")}
        )
        return list(compare_metadata(context, Base.metadata))
