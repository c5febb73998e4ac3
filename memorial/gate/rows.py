"""The rows of a record as one session returns them, and the narrowing for a proof.

Loading asks for columns of guarded classes through the session, so the gate has already
taken out what its reader may not see; `keep` takes out more, never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, and_, bindparam, case, or_, select
from sqlalchemy.orm import selectinload

from memorial.db import BigId
from memorial.gate import voices
from memorial.gate.sessions import GatedSession
from memorial.gate.voices import Heard
from memorial.models import (
    Citation,
    Media,
    Person,
    PersonName,
    Question,
    Record,
    RecordLink,
    Relation,
    Remembrance,
    Source,
    Statement,
    Text,
    Tribute,
)
from memorial.models.record import ACCOUNT

# What each kind's page is made of, besides its own detail row and texts. Each word is one query.
MADE_OF = {
    "testimony": ("media", "voices", "names"),
    "remembrance": ("media", "names", "relations", "statements", "citations", "links", "memories"),
    "press": ("supports", "citations", "links", "media"),
    "document": ("statements", "citations", "supports", "media", "links"),
    "event": ("statements", "told", "citations"),
    "place": ("statements", "citations", "media"),
    "collection": (),
}


@dataclass(frozen=True)
class Rows:
    """What came through the gate for one record."""

    record: Record
    detail: Any
    texts: Sequence[Text] = ()
    names: Sequence[PersonName] = ()
    relations: Sequence[tuple[Relation, Record | None]] = ()
    media: Sequence[Media] = ()
    heard: Heard = field(default_factory=Heard)  # what belongs to its recordings
    statements: Sequence[Statement] = ()
    supports: Sequence[Statement] = ()
    told: Sequence[Statement] = ()  # of an event: what is said of it elsewhere
    told_under: Mapping[int, str] = field(
        default_factory=dict
    )  # statement id: slug of the question it answers
    citations: Sequence[tuple[Citation, Source | None]] = ()
    text_citations: Sequence[tuple[Citation, Source | None]] = ()
    statement_sources: dict[int, Source] = field(default_factory=dict)
    statement_citations: Mapping[int, Sequence[tuple[Citation, Source | None]]] = field(default_factory=dict)
    name_citations: Mapping[int, Sequence[tuple[Citation, Source | None]]] = field(default_factory=dict)
    kin_names: Mapping[int, tuple[str, str]] = field(
        default_factory=dict
    )  # of those who say how they are related
    links: Sequence[tuple[RecordLink, Record | None]] = ()
    memories: Sequence[Tribute] = ()  # one more than a page shows, where there are more
    signs: Sequence[Tribute] = ()
    beside: Sequence[Media] = ()  # the photographs sent with the memories
    proof: bool = False
    # Of persons who are read as one (gate/as_one.py): all of them, and all of their pages.
    persons: frozenset[int] = frozenset()
    pages: Sequence[Record] = ()


# Built once: a statement that is made anew for each page costs as much as its execution.
OF_RECORD: BindParameter[int] = bindparam("record")
OF_PERSON: BindParameter[int] = bindparam("person")
OF_SOURCE: BindParameter[int] = bindparam("source")
OF_CONTRIBUTION: BindParameter[int | None] = bindparam("contribution", type_=BigId)
QUIET: BindParameter[bool] = bindparam("quiet", type_=Boolean)
MOST_KIN = 200
FEW = 30  # of what was left on a page are shown with it; the others follow on pages of their own
TEXTS = select(Text).where(Text.record_id == OF_RECORD).order_by(Text.role, Text.position, Text.id)
NAMES = select(PersonName).where(PersonName.person_id == OF_PERSON).order_by(PersonName.rank, PersonName.id)
# How a person stands to others, whichever of the two it is said of, with the pages of those who have one.
OTHER = case((Relation.person_id == OF_PERSON, Relation.other_id), else_=Relation.person_id)
RELATIONS = (
    select(Relation, Record)
    .outerjoin(Person, Person.id == OTHER)
    .outerjoin(Remembrance, Remembrance.person_id == OTHER)
    .outerjoin(Record, Record.id == Remembrance.record_id)
    .where(or_(Relation.person_id == OF_PERSON, Relation.other_id == OF_PERSON))
    .where(or_(Person.id.is_(None), Person.listed != "never"))
    .order_by(Relation.id)
    .limit(MOST_KIN)
)
KIN_NAMES = (
    select(PersonName.person_id, PersonName.text, PersonName.language)
    .where(PersonName.person_id.in_(bindparam("ids", expanding=True)), PersonName.listed != "never")
    .order_by(PersonName.person_id, PersonName.rank.desc(), PersonName.id.desc())
)
MEDIA = (
    select(Media)
    .where(Media.record_id == OF_RECORD, Media.position >= 0)  # below nought: set aside, whoever looks
    # What others sent for the page stands beside their own words, never among its photographs.
    .where(or_(Media.contribution_id.is_(None), Media.contribution_id == OF_CONTRIBUTION))
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
TOLD = (
    select(Statement, Question.slug)
    .join(RecordLink, RecordLink.statement_id == Statement.id)
    .outerjoin(Question, Question.id == Statement.question_id)
    .where(RecordLink.record_id == OF_RECORD, RecordLink.relation == ACCOUNT)
    .order_by(Statement.said_earliest.is_(None), Statement.said_earliest, RecordLink.id)
)
IN_A_WORK = select(Citation, Source).outerjoin(Source, Source.id == Citation.source_id)
CITATIONS = IN_A_WORK.where(Citation.record_id == OF_RECORD).order_by(Citation.position, Citation.id)
CITED: BindParameter[Any] = bindparam("ids", expanding=True)
OF_STATEMENTS = IN_A_WORK.where(Citation.statement_id.in_(CITED)).order_by(
    Citation.statement_id, Citation.position, Citation.id
)
OF_TEXTS = IN_A_WORK.where(Citation.text_id.in_(CITED)).order_by(Citation.position, Citation.id)
CITED_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
OF_NAMES_TOO = IN_A_WORK.where(
    or_(Citation.statement_id.in_(CITED), Citation.name_id.in_(CITED_NAMES))
).order_by(Citation.statement_id, Citation.position, Citation.id)
LINKS = (
    select(RecordLink, Record)
    .outerjoin(Record, Record.id == RecordLink.other_id)
    .where(RecordLink.record_id == OF_RECORD)
    .order_by(RecordLink.id)
)


OF_RECORDS: BindParameter[Any] = bindparam("records", expanding=True)
LEFT = (
    select(Tribute)
    .where(Tribute.record_id.in_(OF_RECORDS), Tribute.quiet == QUIET)
    .order_by(Tribute.created_at, Tribute.public_id)
    .limit(FEW + 1)
)


def load(session: GatedSession, record: Record, without: Collection[str] = ()) -> Rows:
    """Everything of a record that this session's reader may see, but for what is named as not asked for."""
    detail = getattr(record, record.kind, None)
    rows = Rows(record, detail, session.scalars(TEXTS, {"record": record.id}).all())
    for name in MADE_OF[record.kind]:
        if name not in without:
            rows = LOADERS[name](session, rows)
    return with_citations(session, rows)


def with_citations(session: GatedSession, rows: Rows) -> Rows:
    """Where else its statements are found, where translations are printed, where its names are written so."""
    translations = [text.id for text in rows.texts if text.translates_id]
    if translations:
        rows = replace(rows, text_citations=_pairs(session.execute(OF_TEXTS, {"ids": translations})))
    ids = [row.id for row in (*rows.statements, *rows.supports, *rows.told)]
    names = [row.id for row in rows.names] if rows.record.kind == "remembrance" else []
    found: dict[int, list[tuple[Citation, Source | None]]] = defaultdict(list)
    written: dict[int, list[tuple[Citation, Source | None]]] = defaultdict(list)
    wanted, asked = (OF_NAMES_TOO, {"ids": ids, "names": names}) if names else (OF_STATEMENTS, {"ids": ids})
    for citation, source in session.execute(wanted, asked) if ids or names else ():
        if citation.name_id:
            written[citation.name_id].append((citation, source))
        else:
            found[citation.statement_id or 0].append((citation, source))
    return replace(rows, statement_citations=found, name_citations=written)


def _names(session: GatedSession, rows: Rows) -> Rows:
    person_id = getattr(rows.detail, "person_id", None)
    if person_id is None:
        return rows
    return replace(rows, names=session.scalars(NAMES, {"person": person_id}).all())


def _relations(session: GatedSession, rows: Rows) -> Rows:
    found = session.execute(RELATIONS, {"person": rows.detail.person_id})
    both = [(row[0], row[1]) for row in found]
    ids = {relation.person_id for relation, _ in both} - {rows.detail.person_id}
    names = session.execute(KIN_NAMES, {"ids": list(ids)}) if ids else ()
    return replace(rows, relations=both, kin_names={row[0]: (row[1], row[2]) for row in names})


def _media(session: GatedSession, rows: Rows) -> Rows:
    asked = {"record": rows.record.id, "contribution": rows.record.contribution_id}
    return replace(rows, media=session.scalars(MEDIA, asked).all())


def _voices(session: GatedSession, rows: Rows) -> Rows:
    return replace(rows, heard=voices.load(session, rows.media))


def _statements(session: GatedSession, rows: Rows) -> Rows:
    person_id = getattr(rows.detail, "person_id", None)
    about = ABOUT_RECORD if person_id is None else ABOUT_BOTH
    found = session.scalars(about, {"record": rows.record.id, "person": person_id}).all()
    return replace(with_sources(session, rows, found), statements=found)


def _supports(session: GatedSession, rows: Rows) -> Rows:
    source_id = getattr(rows.detail, "source_id", None)
    if source_id is None:
        return rows
    found = session.scalars(SUPPORTS, {"source": source_id}).all()
    return replace(with_sources(session, rows, found, source_id), supports=found)


def _told(session: GatedSession, rows: Rows) -> Rows:
    found = session.execute(TOLD, {"record": rows.record.id}).all()
    told, under = [row[0] for row in found], {row[0].id: row[1] for row in found if row[1]}
    return replace(with_sources(session, rows, told), told=told, told_under=under)


def with_sources(session: GatedSession, rows: Rows, found: Sequence[Statement], *own: int) -> Rows:
    """Also the works that the statements are in, and the record's own."""
    wanted = {*own, *(s.source_id for s in found if s.source_id)} - rows.statement_sources.keys()
    more = {s.id: s for s in session.scalars(select(Source).where(Source.id.in_(wanted)))} if wanted else {}
    return replace(rows, statement_sources={**rows.statement_sources, **more})


def _citations(session: GatedSession, rows: Rows) -> Rows:
    return replace(rows, citations=_pairs(session.execute(CITATIONS, {"record": rows.record.id})))


def _pairs(found: Iterable[Any]) -> Sequence[tuple[Citation, Source | None]]:
    return [(row[0], row[1]) for row in found]


def _links(session: GatedSession, rows: Rows) -> Rows:
    found = session.execute(LINKS, {"record": rows.record.id})
    return replace(rows, links=[(row[0], row[1]) for row in found])


def _memories(session: GatedSession, rows: Rows) -> Rows:
    return with_memories(session, rows, [rows.record.id])


def with_memories(session: GatedSession, rows: Rows, pages: Sequence[int]) -> Rows:
    """What others left on the page, or on pages that are read as one: the first ones, by the day they were sent."""
    words = left(session, pages, quiet=False)
    signs = left(session, pages, quiet=True)
    return replace(rows, memories=words, signs=signs, beside=beside(session, words))


def left(
    session: GatedSession, pages: Sequence[int], *, quiet: bool, after: tuple[datetime, str] | None = None
) -> Sequence[Tribute]:
    """Memories, or with `quiet` signs, from a place in their order onwards; one more than is shown."""
    wanted = LEFT
    if after is not None:
        day, public_id = after
        later = and_(Tribute.created_at == day, Tribute.public_id > public_id)
        wanted = LEFT.where(or_(Tribute.created_at > day, later))
    return session.scalars(wanted, {"records": list(pages), "quiet": quiet}).all()


def sent_by(session: GatedSession, record_id: int, contribution_id: int) -> Sequence[Tribute]:
    """All that one contribution left on a page."""
    wanted = select(Tribute).where(Tribute.record_id == record_id, Tribute.contribution_id == contribution_id)
    return session.scalars(wanted.order_by(Tribute.quiet, Tribute.id)).all()


def with_sent(session: GatedSession, rows: Rows, contribution_id: int) -> Rows:
    """Also what this contribution left, wherever it stands in the order."""
    known = {row.id for row in (*rows.memories, *rows.signs)}
    more = [row for row in sent_by(session, rows.record.id, contribution_id) if row.id not in known]
    words = [*(row for row in more if not row.quiet), *rows.memories]
    signs = [*(row for row in more if row.quiet), *rows.signs]
    return replace(rows, memories=words, signs=signs, beside=beside(session, words))


def beside(session: GatedSession, memories: Sequence[Tribute]) -> Sequence[Media]:
    """The photographs that were sent together with these memories."""
    senders = {memory.contribution_id for memory in memories[:FEW]} - {None}
    if not senders:
        return ()
    wanted = (
        select(Media)
        .where(Media.record_id.in_({memory.record_id for memory in memories[:FEW]}))
        .where(Media.contribution_id.in_(senders))
        .order_by(Media.position, Media.id)
        .options(selectinload(Media.derivatives))
    )
    return session.scalars(wanted).all()


LOADERS: dict[str, Callable[[GatedSession, Rows], Rows]] = {
    "names": _names,
    "relations": _relations,
    "media": _media,
    "voices": _voices,
    "statements": _statements,
    "supports": _supports,
    "told": _told,
    "citations": _citations,
    "links": _links,
    "memories": _memories,
}
# Rows of guarded classes, which a proof keeps or leaves out one by one.
GUARDED_ROWS = ("texts", "names", "media", "statements", "supports", "told", "memories", "signs", "beside")


def keep(rows: Rows, allowed: Callable[[Any], bool]) -> Rows:
    """Only the rows whose part passes; used for a proof, where custody loaded more than a visitor gets."""
    kept: dict[str, Any] = {"proof": True}
    for spec in fields(Rows):
        value = getattr(rows, spec.name)
        if spec.name in GUARDED_ROWS:
            kept[spec.name] = [row for row in value if allowed(row)]
    kept["heard"] = voices.keep(rows.heard, allowed)
    mine = getattr(rows.detail, "person_id", None)
    # What others' pages say of this person is not this page's to promise.
    kept["relations"] = [pair for pair in rows.relations if pair[0].person_id == mine]
    return replace(rows, **kept)
