"""Whose turn it is, where several machines run the same program: one at a time over all of them.

    with taken(house, "minute") as mine:
        if mine: …

On PostgreSQL a lock of the database's own, which ends with its connection, so that a machine that dies holds up
nobody. On SQLite the archive is one machine with one worker, and it is always its turn. A database that is started
anew gives every turn back: what is done in one must be harmless when it is done twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from memorial.house import House


@contextmanager
def taken(house: House, name: str) -> Iterator[bool]:
    """Whether it is ours; nobody waits for a turn."""
    if house.engine.dialect.name == "sqlite":
        yield True
        return
    number = _number(name)
    with house.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        mine = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
        try:
            yield mine
        finally:
            try:
                if mine:
                    connection.execute(select(func.pg_advisory_unlock(number)))
            except DBAPIError:
                connection.invalidate()  # its end gives the turn back


def _number(name: str) -> int:
    digest = hashlib.blake2b(f"memorial {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
