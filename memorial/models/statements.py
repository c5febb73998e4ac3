"""Parts of statements that are built once and asked with other values each time.

    among(Record.id, "ids")        # the column is one of the numbers, or of the texts, given under that name
    in_the_text(60)                # a number or a word that stands in the statement itself
    tsquery(bindparam("asked"))    # what PostgreSQL's full-text index is asked

SQLite plans at no cost, but SQLAlchemy writes a list of parameters anew for every execution, which takes longer than to
look them up: numbers go there as one text of JSON. PostgreSQL plans a statement for every execution, unless its text is
the same as before and no value promises a better plan; so numbers go there as one array, limits stand in the text, and
arrays and the words that are looked for are given by a subselect. Given outright, an array of fewer than ten promises a
better plan each time, which takes longer than all the statement reads; and a common word would be looked up by the
planner, which then rather reads whole texts one after the other than ask the index.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Dialect,
    Integer,
    String,
    TypeDecorator,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import ScalarSelect
from sqlalchemy.types import TypeEngine


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    name = "among"
    _is_implicitly_boolean = True  # or SQLite is asked whether it equals 1, and walks the table


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Whole numbers, as ids are, or texts where the column holds such; of none none is one."""
    kind = String() if isinstance(column.type, String) else BigInteger()
    return _Among(column, bindparam(name, type_=kind))


class _AsJson(TypeDecorator[Any]):
    """A list as one text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return json.dumps(list(value))


@compiles(_Among)
def _in(element: Any, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    listed = compiler.process(bindparam(values.key, type_=_AsJson()), **options)
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({listed}))"


@compiles(_Among, "postgresql")
def _any(element: Any, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    # Cast, or it would be read as a subquery of rows.
    array = cast(array_of(values.key, values.type), ARRAY(values.type))
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(array, **options)})"


def array_of(name: str, kind: TypeEngine[Any]) -> ScalarSelect[Any]:
    """An array of PostgreSQL that is given under that name."""
    return select(bindparam(name, type_=ARRAY(kind))).scalar_subquery()


def in_the_text(value: int | str) -> ColumnElement[Any]:
    """For limits, for kinds, and to tell the parts of a UNION apart: the program's own numbers and words."""
    if isinstance(value, int):
        return literal_column(str(int(value)), Integer())
    if not value.isidentifier():
        raise ValueError(f"not a word of the program's own: {value!r}")
    return literal_column(f"'{value}'", String())


def tsquery(written: Any) -> Any:
    """What stands in this parameter, whose words are folded."""
    return select(func.to_tsquery(literal_column("'simple'"), written)).scalar_subquery()
