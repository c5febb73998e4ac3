"""Which rows? `session_for(engine, reader)` opens a session that returns only what the reader may see.

One condition is added to every ORM read of a guarded class, joins, aliases, subqueries and
lazy loads included. What the condition cannot reach is refused here at run time: plain text
and Core statements (but with the execution option `past_the_gate="why"`), bulk changes of
guarded rows outside the projection, INSERT … SELECT. `session.connection()` is looked for
by tests/test_architecture.py, because no listener sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Engine,
    Select,
    String,
    TableClause,
    and_,
    bindparam,
    event,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors

from memorial.db import Base, BigId, Utc
from memorial.domain.errors import NotPermitted
from memorial.gate.reader import Reader
from memorial.models.consent import PolicyWindow
from memorial.models.guarded import AtTheDesk, Guarded
from memorial.models.media import Derivative, Media

Rule = Callable[[Any], ColumnElement[bool]]


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
    bind = engine.execution_options(writes=True) if writes else engine
    info = {"reader": reader, "guard": _guard_of(_kind(reader)), "values": _values(reader), "writes": writes}
    return GatedSession(bind, info=info, autoflush=writes)


def _kind(reader: Reader) -> str:
    """Which of the rules below holds for a reader."""
    if reader.custody in ("keeper", "consent_officer"):
        return "all"
    if reader.custody:
        return reader.custody
    if reader.audiences != {"public"}:
        return "windows" if reader.use == "view" else "both"
    if reader.copies:
        return "copied" if reader.use == "reuse" else "kept"
    return "public" if reader.use == "view" else "taken"


# One rule per kind of reader, never `columns OR EXISTS`: PostgreSQL then walks everything. What
# differs between readers of a kind comes as values under these names with every execution, so
# that a guarded statement is built once; a name without a value is an error and not a yes.
LOW, HIGH = bindparam("gate_low", type_=Utc()), bindparam("gate_high", type_=Utc())
# An execution option of statements that PostgreSQL shall plan once and not for each moment. Of a moment that it is told
# it knows that nearly all is open by then, of one that it is not told it thinks that a ninth is; so it would plan
# such statements anew each time, which for a name search takes three times as long as all that it reads.
PLANNED_ONCE = "planned_once"
LOW_ONCE, HIGH_ONCE = select(LOW).scalar_subquery(), select(HIGH).scalar_subquery()
USE, FIRST, LAST = (bindparam(f"gate_{name}", type_=String()) for name in ("use", "first", "last"))
CONTRIBUTION = bindparam("gate_contribution", type_=BigId)


def _values(reader: Reader) -> dict[str, Any]:
    """A reader's values for the names in its rule."""
    if reader.custody:
        return {"gate_contribution": reader.contribution_id} if reader.custody == "family" else {}
    names = sorted(reader.audiences)
    moment = {"gate_low": reader.moment.low, "gate_high": reader.moment.high}
    return {**moment, "gate_use": reader.use, "gate_first": names[0], "gate_last": names[-1]}


def _nothing(cls: Any) -> ColumnElement[bool]:
    return false()


def _not_sealed(cls: Any) -> ColumnElement[bool]:
    return cls.sealed.is_(False)  # type: ignore[no-any-return]


def _of_contribution(cls: Any) -> ColumnElement[bool]:
    return cls.contribution_id == CONTRIBUTION  # type: ignore[no-any-return]


def _public_view(cls: Any) -> ColumnElement[bool]:
    return _open(cls, LOW, HIGH)


def _public_view_once(cls: Any) -> ColumnElement[bool]:
    return _open(cls, LOW_ONCE, HIGH_ONCE)


def _open(cls: Any, low: Any, high: Any) -> ColumnElement[bool]:
    return and_(cls.public_from <= low, cls.public_until > high)


def _window(cls: Any, use: Any) -> ColumnElement[bool]:
    return (
        exists()
        .where(PolicyWindow.policy_id == cls.policy_id)
        .where(or_(PolicyWindow.audience == FIRST, PolicyWindow.audience == LAST))
        .where(PolicyWindow.use == use)
        .where(PolicyWindow.opens <= LOW)
        .where(PolicyWindow.closes > HIGH)
        .correlate_except(PolicyWindow)
    )


def _by_windows(cls: Any) -> ColumnElement[bool]:
    return _window(cls, USE)


def _taken_away(cls: Any) -> ColumnElement[bool]:
    """No use implies another; but nobody is handed what they may not look at, whatever was said of taking it away."""
    return and_(_public_view(cls), _window(cls, USE))


def _both_windows(cls: Any) -> ColumnElement[bool]:
    """The same for an approved reader."""
    return and_(_window(cls, "view"), _window(cls, USE))


def _downloaded(cls: Any) -> ColumnElement[bool]:
    return _window(cls, "download")


def _copied_and_kept(cls: Any) -> ColumnElement[bool]:
    return and_(_taken_away(cls), _window(cls, "reuse"))


RULES: Mapping[str, Rule | None] = {
    "all": None, "desk": _not_sealed, "family": _of_contribution, "public": _public_view, "windows": _by_windows,
    "taken": _taken_away, "both": _both_windows, "copied": _taken_away, "kept": _copied_and_kept,
}  # fmt: skip
# What lies in a copy of the archive as a file has left to be kept.
FILES: tuple[Any, ...] = (Media, Derivative)


@dataclass(frozen=True, slots=True)
class Guard:
    """A rule, the options that every SELECT under it gets, and the statements that have got them."""

    rule: Rule | None
    criteria: list[Any]
    files: Rule | None = None
    once: list[Any] = field(default_factory=list)  # the same, for what is planned once
    guarded: WeakKeyDictionary[Any, Any] = field(default_factory=WeakKeyDictionary)

    def put_on(self, statement: Any) -> Any:
        found = self.guarded.get(statement)
        if found is None:
            once = self.once and statement.get_execution_options().get(PLANNED_ONCE)
            found = self.guarded[statement] = statement.options(*(self.once if once else self.criteria))
        return found


@cache
def _guard_of(kind: str) -> Guard:
    """The guard of a kind of reader, made once.

    The options must propagate to loaders: without it joinedload() leaves its table unguarded
    (SQLAlchemy 2.1, strategies.py, `if ae.propagate_to_loaders`).
    """
    rule = RULES[kind]
    if rule is None:
        return Guard(None, [])
    criteria: list[Any] = [with_loader_criteria(Guarded, rule, include_aliases=True)]
    if kind not in ("desk", "family"):
        criteria.append(with_loader_criteria(AtTheDesk, _nothing, include_aliases=True))
    if kind == "public":
        once = [with_loader_criteria(Guarded, _public_view_once, include_aliases=True), *criteria[1:]]
        return Guard(rule, criteria, once=once)
    if kind != "copied":
        return Guard(rule, criteria)
    criteria += [with_loader_criteria(each, _downloaded, include_aliases=True) for each in FILES]
    return Guard(rule, criteria, _downloaded)


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
    return state.session.info["guard"].rule is None or not any(
        _reads_guarded(each) for each in _selects(state)
    )


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
    guard: Guard = state.session.info["guard"]
    if guard.rule is None:
        return
    state.parameters = {**_given(state), **state.session.info["values"]}
    if state.is_column_load:
        # A refresh or an expired attribute ignores loader criteria: ask again. Where the row
        # is no longer the reader's, SQLAlchemy finds nothing and raises.
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, Guarded):
            state.statement = state.statement.where(guard.rule(mapper.class_))  # type: ignore[attr-defined]
            if guard.files is not None and issubclass(mapper.class_, FILES):
                state.statement = state.statement.where(guard.files(mapper.class_))  # type: ignore[attr-defined]
        return
    state.statement = guard.put_on(state.statement)


def _given(state: ORMExecuteState) -> Mapping[str, Any]:
    """The statement's own values; a SELECT is never executed with a list of them."""
    if not state.parameters:
        return {}
    if not isinstance(state.parameters, Mapping):
        raise NotPermitted("read_past_the_gate")
    return state.parameters


def _touches_guarded(state: ORMExecuteState) -> bool:
    mapper = state.bind_mapper
    return mapper is not None and issubclass(mapper.class_, Guarded)
