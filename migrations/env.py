"""Alembic's entry: runs the migrations on the engine that `memorial.schema` hands over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

import memorial.models  # noqa: F401  (fills the metadata)
from memorial.db import Base, Utc


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column types as plain ones, so that old migrations do not change with the code."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The full-text tables belong to the migrations alone."""
    return not (kind == "table" and name is not None and name.startswith("fts_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render_item,
    include_name=include_name,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
