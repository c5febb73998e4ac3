"""Which rows? `session_for(engine, reader)` opens a session that returns only what the reader may see.

One condition is added to every ORM read of a guarded class, joins, aliases, subqueries and
lazy loads included. What the condition cannot reach is refused here at run time: plain text
and Core statements (but with the execution option `past_the_gate="why"`), bulk changes of
guarded rows outside the projection, INSERT … SELECT. `session.connection()` is looked for
by tests/test_architecture.py, because no listener sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Engine,
    Select,
    TableClause,
    and_,
    event,
    exists,
    false,
    or_,
)
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors

from memorial.db import Base
from memorial.domain.errors import NotPermitted
from memorial.gate.reader import Reader
from memorial.models.consent import PolicyWindow
from memorial.models.guarded import AtTheDesk, Guarded

Rule = Callable[[Any], ColumnElement[bool]]

_writers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


class GatedSession(Session):
    """A session of one reader. Views and services get theirs from `session_for` alone."""

    @property
    def reader(self) -> Reader:
        reader: Reader = self.info["reader"]
        return reader


def session_for(engine: Engine, reader: Reader, *, writes: bool = False) -> GatedSession:
    """Open a session for a reader. With `writes` SQLite takes its lock at BEGIN.

    A row just written is invisible to a public session: writers use custody.
    """
    bind = _writer(engine) if writes else engine
    rule = rule_for(reader)
    info = {"reader": reader, "rule": rule, "criteria": _criteria(reader, rule)}
    return GatedSession(bind, info=info, autoflush=writes)


def _writer(engine: Engine) -> Engine:
    if engine not in _writers:
        _writers[engine] = engine.execution_options(writes=True)
    return _writers[engine]


def rule_for(reader: Reader) -> Rule | None:
    """The one condition of a reader; None for the keeper and the consent officer, who see all.

    One rule per reader, never `columns OR EXISTS`: PostgreSQL then walks everything. The
    closures hold plain values only, which SQLAlchemy turns into bound parameters.
    """
    if reader.custody in ("keeper", "consent_officer"):
        return None
    if reader.custody == "desk":
        return _not_sealed
    if reader.custody == "family":
        return _of_contribution(reader.contribution_id)
    if reader.audiences == {"public"} and reader.use == "view":
        return _public_view(reader)
    return _by_windows(reader)


def _criteria(reader: Reader, rule: Rule | None) -> list[Any]:
    """The options every SELECT of this reader gets.

    They must propagate to loaders: without it joinedload() leaves its table unguarded
    (SQLAlchemy 2.1, strategies.py, `if ae.propagate_to_loaders`).
    """
    if rule is None:
        return []
    criteria: list[Any] = [with_loader_criteria(Guarded, rule, include_aliases=True)]
    if not reader.custody:
        criteria.append(with_loader_criteria(AtTheDesk, _nothing, include_aliases=True))
    return criteria


def _nothing(cls: Any) -> ColumnElement[bool]:
    return false()


def _not_sealed(cls: Any) -> ColumnElement[bool]:
    return cls.sealed.is_(False)  # type: ignore[no-any-return]


def _of_contribution(contribution_id: int) -> Rule:
    def rule(cls: Any) -> ColumnElement[bool]:
        return cls.contribution_id == contribution_id  # type: ignore[no-any-return]

    return rule


def _public_view(reader: Reader) -> Rule:
    low, high = reader.moment.low, reader.moment.high

    def rule(cls: Any) -> ColumnElement[bool]:
        return and_(cls.public_from <= low, cls.public_until > high)

    return rule


def _by_windows(reader: Reader) -> Rule:
    low, high, use = reader.moment.low, reader.moment.high, reader.use
    names = sorted(reader.audiences)
    first, last = names[0], names[-1]

    def rule(cls: Any) -> ColumnElement[bool]:
        return (
            exists()
            .where(PolicyWindow.policy_id == cls.policy_id)
            .where(or_(PolicyWindow.audience == first, PolicyWindow.audience == last))
            .where(PolicyWindow.use == use)
            .where(PolicyWindow.opens <= low)
            .where(PolicyWindow.closes > high)
            .correlate_except(PolicyWindow)
        )

    return rule


@event.listens_for(GatedSession, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    if not state.is_orm_statement or state.is_from_statement:
        if not state.execution_options.get("past_the_gate"):
            raise NotPermitted("read_past_the_gate")
        return
    if state.is_select:
        _guard_select(state)
    elif not _is_lawful_change(state):
        raise NotPermitted("change_past_the_gate")


def _is_lawful_change(state: ORMExecuteState) -> bool:
    """The projection writes guards in bulk; rows are inserted by value, never from a SELECT.

    A change of other rows may not look at guarded ones on behalf of a reader who does not see all.
    """
    if state.is_insert:
        return not _selects(state)
    if state.execution_options.get("projection") or state.execution_options.get("erasure"):
        return True
    if _touches_guarded(state):
        return False
    return state.session.info["rule"] is None or not any(_reads_guarded(each) for each in _selects(state))


def _selects(state: ORMExecuteState) -> list[Select[Any]]:
    return [
        each for each in visitors.iterate(cast(ClauseElement, state.statement)) if isinstance(each, Select)
    ]


def _reads_guarded(select: Select[Any]) -> bool:
    tables = {each.name for each in visitors.iterate(select) if isinstance(each, TableClause)}
    return not tables.isdisjoint(_guarded_names())


@cache
def _guarded_names() -> frozenset[str]:
    return frozenset(table.name for table in Base.metadata.tables.values() if "public_until" in table.columns)


def _guard_select(state: ORMExecuteState) -> None:
    rule: Rule | None = state.session.info["rule"]
    if rule is None:
        return
    if state.is_column_load:
        # A refresh or an expired attribute ignores loader criteria: ask again. Where the row
        # is no longer the reader's, SQLAlchemy finds nothing and raises.
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, Guarded):
            state.statement = state.statement.where(rule(mapper.class_))  # type: ignore[attr-defined]
        return
    state.statement = state.statement.options(*state.session.info["criteria"])


def _touches_guarded(state: ORMExecuteState) -> bool:
    mapper = state.bind_mapper
    return mapper is not None and issubclass(mapper.class_, Guarded)
