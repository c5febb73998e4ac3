"""The rows of a record as one session returns them, and the narrowing for a proof.

Loading asks for columns of guarded classes through the session, so the gate has already
taken out what its reader may not see; `keep` takes out more, never less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from memorial.gate.sessions import GatedSession
from memorial.models import (
    Citation,
    Media,
    Person,
    PersonName,
    Record,
    RecordLink,
    Source,
    Statement,
    Text,
)

# What each kind's page is made of, besides its own detail row and texts. Each word is one query.
MADE_OF = {
    "testimony": ("media", "names"),
    "remembrance": ("media", "names", "statements", "citations", "links"),
    "press": ("supports", "citations", "links", "media"),
    "document": ("statements", "citations", "supports"),
    "event": ("statements", "citations"),
    "place": ("statements", "citations"),
    "collection": (),
}


@dataclass(frozen=True)
class Rows:
    """What came through the gate for one record."""

    record: Record
    detail: Any
    texts: Sequence[Text] = ()
    names: Sequence[PersonName] = ()
    person: Person | None = None
    media: Sequence[Media] = ()
    statements: Sequence[Statement] = ()
    supports: Sequence[Statement] = ()
    citations: Sequence[tuple[Citation, Source | None]] = ()
    statement_sources: dict[int, Source] = field(default_factory=dict)
    links: Sequence[tuple[RecordLink, Record | None]] = ()
    proof: bool = False


def load(session: GatedSession, record: Record) -> Rows:
    """Everything of a record that this session's reader may see."""
    made_of = MADE_OF[record.kind]
    detail = getattr(record, record.kind, None)
    texts = session.scalars(
        select(Text).where(Text.record_id == record.id).order_by(Text.role, Text.position, Text.id)
    ).all()
    rows = Rows(record, detail, texts)
    for name in made_of:
        rows = LOADERS[name](session, rows)
    return rows


def _names(session: GatedSession, rows: Rows) -> Rows:
    person_id = getattr(rows.detail, "person_id", None)
    if person_id is None:
        return rows
    names = session.scalars(
        select(PersonName).where(PersonName.person_id == person_id).order_by(PersonName.rank, PersonName.id)
    ).all()
    return replace(rows, names=names, person=session.get(Person, person_id))


def _media(session: GatedSession, rows: Rows) -> Rows:
    wanted = select(Media).where(Media.record_id == rows.record.id).order_by(Media.position, Media.id)
    return replace(rows, media=session.scalars(wanted.options(selectinload(Media.derivatives))).all())


def _statements(session: GatedSession, rows: Rows) -> Rows:
    about = [Statement.record_id == rows.record.id]
    if getattr(rows.detail, "person_id", None) is not None:
        about.append(Statement.person_id == rows.detail.person_id)
    found = session.scalars(
        select(Statement).where(or_(*about)).order_by(Statement.position, Statement.id)
    ).all()
    return replace(_with_sources(session, rows, found), statements=found)


def _supports(session: GatedSession, rows: Rows) -> Rows:
    source_id = getattr(rows.detail, "source_id", None)
    if source_id is None:
        return rows
    wanted = (
        select(Statement).where(Statement.source_id == source_id).order_by(Statement.position, Statement.id)
    )
    found = session.scalars(wanted).all()
    return replace(_with_sources(session, rows, found), supports=found)


def _with_sources(session: GatedSession, rows: Rows, found: Sequence[Statement]) -> Rows:
    wanted = {s.source_id for s in found if s.source_id} - rows.statement_sources.keys()
    more = {s.id: s for s in session.scalars(select(Source).where(Source.id.in_(wanted)))} if wanted else {}
    return replace(rows, statement_sources={**rows.statement_sources, **more})


def _citations(session: GatedSession, rows: Rows) -> Rows:
    wanted = (
        select(Citation, Source)
        .outerjoin(Source, Source.id == Citation.source_id)
        .where(Citation.record_id == rows.record.id)
        .order_by(Citation.position, Citation.id)
    )
    return replace(rows, citations=[(row[0], row[1]) for row in session.execute(wanted)])


def _links(session: GatedSession, rows: Rows) -> Rows:
    wanted = (
        select(RecordLink, Record)
        .outerjoin(Record, Record.id == RecordLink.other_id)
        .where(RecordLink.record_id == rows.record.id)
        .order_by(RecordLink.id)
    )
    return replace(rows, links=[(row[0], row[1]) for row in session.execute(wanted)])


LOADERS: dict[str, Callable[[GatedSession, Rows], Rows]] = {
    "names": _names,
    "media": _media,
    "statements": _statements,
    "supports": _supports,
    "citations": _citations,
    "links": _links,
}


def keep(rows: Rows, allowed: Callable[[Any], bool]) -> Rows:
    """Only the rows whose part passes; used for a proof, where custody loaded more than a visitor gets."""
    kept: dict[str, Any] = {"proof": True}
    for spec in fields(Rows):
        value = getattr(rows, spec.name)
        if spec.name in ("texts", "names", "media", "statements", "supports"):
            kept[spec.name] = [row for row in value if allowed(row)]
    return replace(rows, **kept)
