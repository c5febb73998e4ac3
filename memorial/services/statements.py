"""Statements by themselves, whatever page they stand on: one, and all of them by their ids.

    page = listed(session, asked("", ""), per_page=24)       # Statements, with cursors
    one(session, public_id)                                  # Assertion; NotOpen

Each says what it speaks of and where it is found, and of children and the living no more than their pages do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from memorial.domain.errors import NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.views import Assertion
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, together
from memorial.models import Source, Statement
from memorial.services.cursors import PER_PAGE, Asked, Order, page_rows
from memorial.services.questions import cited_for, rivals_of
from memorial.services.used_by import away

BY_ID = Order(Statement.public_id, Statement.id)
LISTED: Any = select(Statement, Statement.id, Statement.public_id.label("place")).options(
    defer(Statement.topics)
)


@dataclass(frozen=True, slots=True)
class Statements:
    statements: Sequence[Assertion]
    after: str = ""
    before: str = ""


def listed(session: GatedSession, asked: Asked, per_page: int = PER_PAGE) -> Statements:
    rows = page_rows(session, LISTED, BY_ID, asked, per_page)
    return Statements(_whole(session, [row[0] for row in rows.rows]), rows.after, rows.before)


def one(session: GatedSession, public_id: str) -> Assertion:
    wanted = select(Statement).where(Statement.public_id == public_id)
    found = session.scalars(wanted).all() if is_public_id(public_id) else ()
    said = _whole(session, found)
    if not said:
        raise NotOpen
    return said[0]


def _whole(session: GatedSession, statements: Sequence[Statement]) -> list[Assertion]:
    ids = {each.public_id: each for each in statements}
    numbers = [each.id for each in statements]
    works = {each.source_id for each in statements if each.source_id}
    wanted = select(Source).where(Source.id.in_(works))
    sources = {each.id: each for each in session.scalars(wanted)} if works else {}
    cited, rivals = cited_for(session, numbers), rivals_of(session, numbers)
    found = []
    for said in away(session, statements):
        statement = ids[said.public_id]
        own = assertion(statement, sources).cites
        cites = together([*own, *cited[statement.id]])
        found.append(replace(said, cites=cites, rivals=rivals[statement.id]))
    return found
