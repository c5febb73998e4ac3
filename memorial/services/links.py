"""Letting go of rows that are about to be deleted: whatever points at them is emptied or goes with them.

    let_go(session, Text, Text.contribution_id == 7)    # then delete the texts themselves

A link that may be empty is emptied (a citation loses the text it supported, and stays). A row
that is nothing without what it points at goes too (the rivalry of a deleted statement).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from memorial.db import Base
from memorial.gate import GatedSession

OPTIONS = {"erasure": True, "synchronize_session": False}


def let_go(session: GatedSession, table: Any, which: ColumnElement[bool]) -> None:
    """Before rows of a guarded table are deleted: take back what points at them, whoever it belongs to."""
    ids = select(table.id).where(which)
    for other, name, may_be_empty in pointing_at(table):
        pointing = getattr(other, name).in_(ids)
        if may_be_empty:
            session.execute(update(other).where(pointing).values({name: None}), execution_options=OPTIONS)
            continue
        if hasattr(other, "id"):
            let_go(session, other, pointing)
        session.execute(delete(other).where(pointing), execution_options=OPTIONS)


@cache
def pointing_at(table: Any) -> Sequence[tuple[Any, str, bool]]:
    """Every mapped column with a foreign key to this table, and whether it may be empty."""
    return [
        (mapper.class_, column.name, bool(column.nullable))
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if any(key.column.table is table.__table__ for key in column.foreign_keys)
    ]
