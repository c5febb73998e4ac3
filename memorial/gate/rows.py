"""The rows of a record as one session returns them, and the narrowing for a proof.

Loading asks for columns of guarded classes through the session, so the gate has already
taken out what its reader may not see; `keep` takes out more, never less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import selectinload

from memorial.gate.sessions import GatedSession
from memorial.models import (
    Citation,
    Media,
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
    media: Sequence[Media] = ()
    statements: Sequence[Statement] = ()
    supports: Sequence[Statement] = ()
    citations: Sequence[tuple[Citation, Source | None]] = ()
    statement_sources: dict[int, Source] = field(default_factory=dict)
    links: Sequence[tuple[RecordLink, Record | None]] = ()
    proof: bool = False


# Built once: a statement that is made anew for each page costs as much as its execution.
OF_RECORD: BindParameter[int] = bindparam("record")
OF_PERSON: BindParameter[int] = bindparam("person")
OF_SOURCE: BindParameter[int] = bindparam("source")
TEXTS = select(Text).where(Text.record_id == OF_RECORD).order_by(Text.role, Text.position, Text.id)
NAMES = select(PersonName).where(PersonName.person_id == OF_PERSON).order_by(PersonName.rank, PersonName.id)
MEDIA = (
    select(Media)
    .where(Media.record_id == OF_RECORD)
    .order_by(Media.position, Media.id)
    .options(selectinload(Media.derivatives))
)
ABOUT_RECORD = (
    select(Statement).where(Statement.record_id == OF_RECORD).order_by(Statement.position, Statement.id)
)
ABOUT_BOTH = (
    select(Statement)
    .where(or_(Statement.record_id == OF_RECORD, Statement.person_id == OF_PERSON))
    .order_by(Statement.position, Statement.id)
)
SUPPORTS = (
    select(Statement).where(Statement.source_id == OF_SOURCE).order_by(Statement.position, Statement.id)
)
CITATIONS = (
    select(Citation, Source)
    .outerjoin(Source, Source.id == Citation.source_id)
    .where(Citation.record_id == OF_RECORD)
    .order_by(Citation.position, Citation.id)
)
LINKS = (
    select(RecordLink, Record)
    .outerjoin(Record, Record.id == RecordLink.other_id)
    .where(RecordLink.record_id == OF_RECORD)
    .order_by(RecordLink.id)
)


def load(session: GatedSession, record: Record) -> Rows:
    """Everything of a record that this session's reader may see."""
    detail = getattr(record, record.kind, None)
    rows = Rows(record, detail, session.scalars(TEXTS, {"record": record.id}).all())
    for name in MADE_OF[record.kind]:
        rows = LOADERS[name](session, rows)
    return rows


def _names(session: GatedSession, rows: Rows) -> Rows:
    person_id = getattr(rows.detail, "person_id", None)
    if person_id is None:
        return rows
    return replace(rows, names=session.scalars(NAMES, {"person": person_id}).all())


def _media(session: GatedSession, rows: Rows) -> Rows:
    return replace(rows, media=session.scalars(MEDIA, {"record": rows.record.id}).all())


def _statements(session: GatedSession, rows: Rows) -> Rows:
    person_id = getattr(rows.detail, "person_id", None)
    about = ABOUT_RECORD if person_id is None else ABOUT_BOTH
    found = session.scalars(about, {"record": rows.record.id, "person": person_id}).all()
    return replace(_with_sources(session, rows, found), statements=found)


def _supports(session: GatedSession, rows: Rows) -> Rows:
    source_id = getattr(rows.detail, "source_id", None)
    if source_id is None:
        return rows
    found = session.scalars(SUPPORTS, {"source": source_id}).all()
    return replace(_with_sources(session, rows, found), supports=found)


def _with_sources(session: GatedSession, rows: Rows, found: Sequence[Statement]) -> Rows:
    wanted = {s.source_id for s in found if s.source_id} - rows.statement_sources.keys()
    more = {s.id: s for s in session.scalars(select(Source).where(Source.id.in_(wanted)))} if wanted else {}
    return replace(rows, statement_sources={**rows.statement_sources, **more})


def _citations(session: GatedSession, rows: Rows) -> Rows:
    found = session.execute(CITATIONS, {"record": rows.record.id})
    return replace(rows, citations=[(row[0], row[1]) for row in found])


def _links(session: GatedSession, rows: Rows) -> Rows:
    found = session.execute(LINKS, {"record": rows.record.id})
    return replace(rows, links=[(row[0], row[1]) for row in found])


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
