"""What the archive has of an object already: found before a change, and cleared of what is written anew.

A change keeps the thing's own row with its id and public id, and the public ids of its texts
and statements by their place. Whatever a family gave to the same record is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, delete, func, or_, select

from memorial.gate import GatedSession
from memorial.models import (
    AlsoAnswers,
    Citation,
    Part,
    Person,
    PersonName,
    Record,
    RecordLink,
    Relation,
    Remembrance,
    Revision,
    Rival,
    Source,
    Statement,
    Text,
    WallName,
    WallUnnamed,
)

_CLEARED = {"projection": True}


@dataclass
class Former:
    """One thing as it stands."""

    kind: str
    id: int
    public_id: str
    part_id: int
    public: bool
    revision: int = 0  # the highest number there is
    told: int = 0  # how often a visitor was told that it changed
    by_desk: bool = False
    kept: dict[Any, Any] = field(default_factory=dict)


def formers(session: GatedSession, things: Sequence[str]) -> dict[str, Former]:
    """By the name `imported_objects.thing` gives them, such as record:7."""
    wanted: dict[str, list[int]] = {}
    for thing in things:
        if thing:
            kind, number = thing.split(":")
            wanted.setdefault(kind, []).append(int(number))
    found: dict[str, Former] = {}
    for kind, ids in wanted.items():
        loaded = _records(session, ids) if kind == "record" else _others(session, kind, ids)
        found.update({f"{kind}:{former.id}": former for former in loaded})
    return found


_TABLES: dict[str, Any] = {"statement": Statement, "source": Source, "person": Person}


def _others(session: GatedSession, kind: str, ids: Sequence[int]) -> list[Former]:
    table = _TABLES[kind]
    rows = session.execute(
        select(table.id, table.public_id, table.part_id, table.policy_id).where(table.id.in_(ids))
    )
    kept = {"person_id", "person_public_id"} if kind == "person" else set()
    return [
        Former(
            kind,
            row[0],
            row[1],
            row[2],
            row[3] is not None,
            kept=dict(zip(sorted(kept), row[:2], strict=False)),
        )
        for row in rows
    ]


def _records(session: GatedSession, ids: Sequence[int]) -> list[Former]:
    # A family's proposal may wait under a number above the one that stands: the next is above both.
    last = select(func.max(Revision.number)).where(Revision.record_id == Record.id).correlate(Record)
    rows = session.execute(
        select(
            Record.id,
            Record.public_id,
            Record.part_id,
            Part.policy_id,
            last.scalar_subquery(),
            Revision.made_by,
            Record.revision - Record.skipped,
        )
        .join(Part, Part.id == Record.part_id)
        .outerjoin(Revision, and_(Revision.record_id == Record.id, Revision.number == Record.revision))
        .where(Record.id.in_(ids))
    )
    found: dict[int | None, Former] = {
        row[0]: Former(
            "record",
            row[0],
            row[1],
            row[2],
            row[3] is not None,
            row[4],
            row[6],
            not str(row[5]).startswith("command:"),
        )
        for row in rows
    }
    for table, name in ((Text, "role"), (Statement, "property")):
        wanted = select(table.record_id, getattr(table, name), table.position, table.public_id)
        for row in session.execute(wanted.where(table.record_id.in_(ids), table.contribution_id.is_(None))):
            found[row[0]].kept[row[1], row[2]] = row[3]
    for row in session.execute(
        select(Source.record_id, Source.id, Source.public_id).where(Source.record_id.in_(ids))
    ):
        found[row[0]].kept |= {"source_id": row[1], "source_public_id": row[2]}
    for row in session.execute(
        select(Remembrance.record_id, Person.id, Person.public_id)
        .join(Person, Person.id == Remembrance.person_id)
        .where(Remembrance.record_id.in_(ids))
    ):
        found[row[0]].kept |= {"person_id": row[1], "person_public_id": row[2]}
    return list(found.values())


def changed_at_desk(session: GatedSession, things: Sequence[str]) -> set[str]:
    """Which of these ("figures:fig-12"), none of which has a page, the desk has changed since they came."""
    collections = select(Record.id).where(Record.kind == "collection")
    wanted = select(Revision.thing).where(
        Revision.record_id.in_(collections), Revision.thing.in_(things), Revision.applied_at.is_not(None)
    )
    return set(session.scalars(wanted.distinct()))


def clear(session: GatedSession, among: Sequence[Former]) -> None:
    """Take away what hangs on these things and is written anew."""
    parts = [former.part_id for former in among if former.kind == "record"]
    if parts:
        named = select(PersonName.id).where(
            PersonName.part_id.in_(parts), PersonName.contribution_id.is_(None)
        )
        _delete(session, WallName, WallName.name_id.in_(named))
        _delete(session, WallUnnamed, WallUnnamed.part_id.in_(parts))
        for table in (Citation, RecordLink, Relation, Text, Statement, PersonName):
            _delete(session, table, and_(table.part_id.in_(parts), table.contribution_id.is_(None)))
    ids = {kind: [former.id for former in among if former.kind == kind] for kind in _TABLES}
    if ids["statement"]:
        _delete(session, Citation, Citation.statement_id.in_(ids["statement"]))
        _delete(session, Rival, Rival.statement_id.in_(ids["statement"]))
        _delete(session, AlsoAnswers, AlsoAnswers.statement_id.in_(ids["statement"]))
    if ids["source"]:
        _delete(session, Citation, Citation.cited_source_id.in_(ids["source"]))
    if ids["person"]:
        clear_persons(session, ids["person"])


def clear_persons(session: GatedSession, ids: Sequence[int]) -> None:
    """The names, relations and facts of persons without a page."""
    names = select(PersonName.id).where(PersonName.person_id.in_(ids))
    facts = select(Statement.id).where(Statement.person_id.in_(ids))
    _delete(
        session,
        Citation,
        or_(Citation.person_id.in_(ids), Citation.name_id.in_(names), Citation.statement_id.in_(facts)),
    )
    _delete(session, Relation, Relation.person_id.in_(ids))
    _delete(session, Statement, Statement.person_id.in_(ids))
    _delete(session, PersonName, PersonName.person_id.in_(ids))


def _delete(session: GatedSession, table: Any, which: Any) -> None:
    session.execute(delete(table).where(which), execution_options={**_CLEARED, "synchronize_session": False})
