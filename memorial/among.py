"""Rows by their numbers, in a statement that is the same for one number and for three hundred.

    select(Record).where(among(Record.id, "ids"))        # executed with {"ids": [7, 9]}

`column.in_(…)` writes a statement with as many marks as there are numbers: SQLAlchemy makes it anew each time, and
the driver's cache of prepared statements keeps none for long. Here the numbers are one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Numbers(TypeDecorator[Iterable[int]]):
    """Numbers as one value: an array, or JSON where there are none."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = ARRAY(BigInteger()) if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> Any:
        numbers = list(value or ())
        return numbers if dialect.name == "postgresql" else json.dumps(numbers)


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True


@compiles(_Among)
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(_Among, "sqlite")
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


def among(column: Any, name: str) -> ColumnElement[bool]:
    """A condition: it is one of the numbers that the statement is executed with under this name."""
    return _Among(column, bindparam(name, type_=Numbers()))
