"""What tests spare themselves (once.py), the archive does in earnest."""

from __future__ import annotations

import sqlite3

from memorial.services.slow_hash import HASHER
from tests import once


def test_a_password_costs_what_a_stolen_database_must_not_come_cheap_of():
    assert once.IN_EARNEST.time_cost >= 2
    assert once.IN_EARNEST.memory_cost >= 19 * 1024
    assert once.IN_EARNEST.hash_len >= 32
    assert HASHER._parameters != once.IN_EARNEST


def test_sqlite_waits_until_what_it_committed_is_on_the_disk():
    connection = sqlite3.connect(":memory:")
    once.sqlite_pragmas(connection, None)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()
