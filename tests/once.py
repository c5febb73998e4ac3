"""What is worked out once a run instead of once a test: compiled statements, addresses and templates.

Every test has an archive and an application of its own. What their code says is the same for all of them,
and turning it into SQL, into functions that build addresses and into templates took most of the run.
Nothing here holds a row, a setting or a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from memorial import db
from memorial.services.slow_hash import HASHER

# What a password costs in earnest (test_accounts.py), and here: tests sign in by the thousand.
IN_EARNEST = HASHER._parameters
HASHER._parameters = replace(IN_EARNEST, time_cost=1, memory_cost=8)

_create_engine = db._create_engine
sqlite_pragmas = db._sqlite_pragmas
_compile_builder = Rule._compile_builder
_statements: dict[str, tuple[Dialect, LRUCache]] = {}
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


def engine_with_known_statements(url: str, **options: Any) -> Engine:
    """SQLAlchemy keeps compiled statements by engine and dialect, so that every test began with none."""
    engine = _create_engine(url, **options)
    kind = engine.dialect.name
    if kind in _statements:
        engine.dialect.initialize = lambda _connection: None  # the shared one has asked the database
        engine.dialect, engine._compiled_cache = _statements[kind]
        engine.pool._dialect = engine.dialect
        return engine
    engine._compiled_cache = LRUCache(5000)

    def keep(_connection: object, _record: object) -> None:  # after SQLAlchemy's own first questions
        _statements.setdefault(kind, (engine.dialect, engine._compiled_cache))

    event.listen(engine, "connect", keep, once=True)
    return engine


def pragmas_without_waiting(connection: Any, record: object) -> None:
    """As in earnest, but a test's database need not survive a power cut (nor does PostgreSQL's)."""
    sqlite_pragmas(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


def address_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Compiled from the rule's words alone; what it is bound to, it is given when it is called."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


class Compiled(BytecodeCache):
    """Templates are compiled once a run for each language, and not once a test."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if self._name(bucket) in self.kept:
            bucket.bytecode_from_string(self.kept[self._name(bucket)])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[self._name(bucket)] = bucket.bytecode_to_string()

    def _name(self, bucket: Bucket) -> tuple[str, str, str]:
        return bucket.key, bucket.checksum, bucket.environment.globals.get("lang", "")


COMPILED = Compiled()
db._create_engine = engine_with_known_statements
db._sqlite_pragmas = pragmas_without_waiting
Rule._compile_builder = address_builder
