"""Describing: the content of a record as one value, made into rows and kept as revisions.

    record = create_record(session, "testimony", contribution_id=…, now=now)
    revision = propose(session, record, content, by=actor, now=now)   # kept, not yet shown
    apply(session, revision, now=now)                                 # what stands from now on

`Content` is what one contribution (or the archive itself) says in a record. Every row it
becomes belongs to a part, whose guard it carries; applying never widens what is shown.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select

from memorial.domain.content import (
    Content,
    StatementContent,
    TextContent,
    canonical,
)
from memorial.domain.dates import parse
from memorial.domain.ids import new_public_id
from memorial.domain.names import fold, script_of, sort_key
from memorial.gate import Actor, GatedSession
from memorial.models import (
    Document,
    Event,
    Part,
    Person,
    PersonName,
    Place,
    Press,
    Record,
    RecordLink,
    Remembrance,
    Revision,
    Statement,
    Testimony,
    Text,
    Tribute,
)
from memorial.services import consent, harvest_marks, search_index, standing, wall_index
from memorial.services.links import let_go

DETAIL_OF = {
    "press": Press,
    "testimony": Testimony,
    "remembrance": Remembrance,
    "document": Document,
    "event": Event,
    "place": Place,
}


def create_record(
    session: GatedSession,
    kind: str,
    *,
    now: datetime,
    contribution_id: int | None = None,
    language: str = "und",
) -> Record:
    """An empty record with its page; nothing of it is shown to anyone but custody."""
    record = Record(
        public_id=new_public_id(),
        kind=kind,
        part_id=0,
        language=language,
        contribution_id=contribution_id,
        revision=0,
        created_at=now,
        changed_at=now,
    )
    session.add(record)
    session.flush()
    page = consent.add_part(session, record, "page", "page", contribution_id=contribution_id)
    record.part_id = page.id
    session.add(_empty_detail(session, record, page))
    wall_index.index_records(session, [record.id])
    return record


def _empty_detail(session: GatedSession, record: Record, page: Part) -> Any:
    guard = consent.guard_of(session, page)
    if record.kind != "remembrance":
        return DETAIL_OF[record.kind](record_id=record.id, **guard)
    person = Person(public_id=new_public_id(), listed="remembrance", record_id=record.id, **guard)
    session.add(person)
    session.flush()
    return Remembrance(record_id=record.id, person_id=person.id, **guard)


def propose(
    session: GatedSession,
    record: Record,
    content: Content,
    *,
    by: Actor,
    now: datetime,
    contribution_id: int | None,
    digest: str = "",
    note: str = "",
) -> Revision:
    """Keep a content as the next revision. `digest` is keyed by the contribution's key where there is one."""
    last = session.scalar(select(func.max(Revision.number)).where(Revision.record_id == record.id)) or 0
    value = content.to_json()
    revision = Revision(
        record_id=record.id,
        contribution_id=contribution_id,
        number=last + 1,
        content=value,
        sha256=digest or hashlib.sha256(canonical(value)).hexdigest(),
        made_by=by.label,
        made_at=now,
        note=note,
    )
    session.add(revision)
    session.flush()
    return revision


def apply(session: GatedSession, revision: Revision, *, now: datetime) -> None:
    """Make a revision what stands: its contribution's rows are replaced, the others' stay.

    Raises Invalid where those rows hold what no content can, as imported pages do.
    """
    consent.lock(session, [revision.record_id])  # rows are written with the guards that hold at the commit
    record = session.get_one(Record, revision.record_id)
    content = Content.from_json(revision.content)
    standing.refuse_to_lose(session, record, revision.contribution_id)
    before = standing.stood(session, record, revision.contribution_id)
    parts = parts_for(session, record, content, revision.contribution_id)
    addresses = _addresses(session, record, revision.contribution_id)
    _clear(session, record, revision.contribution_id)
    guards = {key: consent.guard_of(session, part) for key, part in parts.items()}
    if revision.contribution_id == record.contribution_id:
        _write_page(record, content, now)
    for position, text in enumerate(content.texts):
        session.add(_text(record, text, position, guards[text.part]))
    _write_names(session, record, content, guards)
    for position, statement in enumerate(content.statements):
        row = _statement(record, statement, position, guards[statement.part])
        if known := addresses[(row.part_id, row.property, row.value_text, row.stated_by)]:
            row.public_id = known.pop()
        session.add(row)
    _write_tributes(session, record, content, guards, revision.contribution_id, now)
    _write_links(session, record, content, guards)
    moved = standing.count_changes(record, parts, before, revision, now=now)
    harvest_marks.words_changed(session, record, moved, now=now)
    revision.applied_at = now
    session.flush()
    search_index.index_records(session, [record.id])
    wall_index.index_records(session, [record.id])
    consent.move_epoch(session)


def parts_for(
    session: GatedSession, record: Record, content: Content, contribution_id: int | None
) -> dict[str, Part]:
    """The parts that a content names, each of this contribution: nobody writes into another's part."""
    stored = {part.key: part for part in session.scalars(select(Part).where(Part.record_id == record.id))}
    found = {"page": stored["page"]}
    for key in sorted(content.parts()):
        own = part_key(key, stored.get(key), contribution_id)
        if own not in stored:
            kind = key.split(":", 1)[0]
            stored[own] = consent.add_part(session, record, own, kind, contribution_id=contribution_id)
        found[key] = stored[own]
    return found


def part_key(key: str, there: Part | None, contribution_id: int | None) -> str:
    """A part's name for one contribution; where another has the name already, its own number is added."""
    if there is None or there.contribution_id == contribution_id:
        return key
    return f"{key}:{contribution_id or 0}"


def _clear(session: GatedSession, record: Record, contribution_id: int | None) -> None:
    for table in (Text, PersonName, Statement):
        mine = and_(table.record_id == record.id, table.contribution_id.is_not_distinct_from(contribution_id))
        let_go(session, table, mine)
        session.execute(delete(table).where(mine), execution_options={"projection": True})
    if contribution_id is not None:
        mine = and_(RecordLink.record_id == record.id, RecordLink.contribution_id == contribution_id)
        session.execute(delete(RecordLink).where(mine), execution_options={"projection": True})


def _write_links(
    session: GatedSession, record: Record, content: Content, guards: Mapping[str, Mapping[str, Any]]
) -> None:
    """The links of a contribution; those of an import are no part of its content."""
    for link in content.links:
        wanted = select(Record.id).where(Record.public_id == link.other)
        session.add(
            RecordLink(
                record_id=record.id,
                other_id=session.scalar(wanted),
                relation=link.relation,
                as_given=link.as_given,
                **guards[link.part],
            )
        )


def _write_page(record: Record, content: Content, now: datetime) -> None:
    detail = getattr(record, record.kind)
    for name, value in content.detail.items():
        setattr(detail, name, value)
    if hasattr(detail, "date_edtf"):
        when = parse(content.date_edtf, content.date_words)
        detail.date_edtf, detail.date_words = when.edtf, when.words
        detail.date_earliest, detail.date_latest = when.earliest, when.latest
        record.sort_day = when.earliest
    record.language = content.language
    record.content_note = content.content_note
    title = next((text.body for text in content.texts if text.role == "title" and text.part == "page"), "")
    record.sort_key = key_of(record.kind, title, content.language)


def key_of(kind: str, title: str, language: str) -> str:
    """What lists sort by: places by the alphabet, as people look for them, all else as search folds it."""
    return (sort_key(title, language) if kind == "place" else fold(title))[:200]


def _text(record: Record, text: TextContent, position: int, guard: Mapping[str, Any]) -> Text:
    public_id = f"notice-{record.kind}-{record.public_id}" if text.role == "notice" else new_public_id()
    values = {
        name: getattr(text, name) for name in ("role", "body", "language", "markup", "author", "translator")
    }
    return Text(public_id=public_id, record_id=record.id, position=position, **values, **guard)


def _write_names(
    session: GatedSession, record: Record, content: Content, guards: Mapping[str, Mapping[str, Any]]
) -> None:
    if not content.names:
        return
    person_id = record.remembrance.person_id if record.remembrance else _narrator(session, record, guards)
    for rank, name in enumerate(content.names):
        session.add(
            PersonName(
                person_id=person_id,
                record_id=record.id,
                text=name.text,
                script=name.script or script_of(name.text),
                language=name.language,
                kind=name.kind,
                # A pseudonym stands instead of a name, so it comes after every name there is.
                rank=rank + (100 if name.kind == "pseudonym" else 0),
                listed="remembrance" if record.kind == "remembrance" else "authority",
                sort_key=sort_key(name.text, name.language),
                **guards[name.part],
            )
        )


def _narrator(session: GatedSession, record: Record, guards: Mapping[str, Mapping[str, Any]]) -> int:
    testimony = record.testimony
    if testimony is None:
        raise ValueError(f"{record.kind} has no narrator")
    if testimony.person_id is None:
        person = Person(public_id=new_public_id(), listed="authority", roles=["narrator"], **guards["page"])
        session.add(person)
        session.flush()
        testimony.person_id = person.id
    return testimony.person_id


def _write_tributes(
    session: GatedSession,
    record: Record,
    content: Content,
    guards: Mapping[str, Mapping[str, Any]],
    contribution_id: int | None,
    now: datetime,
) -> None:
    """What somebody left on the page. Said anew, it keeps its address and its place among the others."""
    mine = and_(Tribute.record_id == record.id, Tribute.contribution_id.is_not_distinct_from(contribution_id))
    stood = {row.quiet: row for row in session.scalars(select(Tribute).where(mine).order_by(Tribute.id))}
    # The day alone: when in the day it was sent is nobody's business, and decides no order.
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = min((row.created_at for row in stood.values()), default=day)
    kept = {quiet: row.public_id for quiet, row in stood.items()}
    if stood:
        let_go(session, Tribute, mine)
        session.execute(delete(Tribute).where(mine), execution_options={"projection": True})
    for said in content.tributes:
        quiet = said.form != "memory"
        session.add(
            Tribute(
                public_id=kept.get(quiet) or new_public_id(),
                record_id=record.id,
                quiet=quiet,
                created_at=first,
                **{name: getattr(said, name) for name in ("form", "body", "signed", "language")},
                **guards[said.part],
            )
        )


def _addresses(
    session: GatedSession, record: Record, contribution_id: int | None
) -> dict[tuple[Any, ...], list[str]]:
    """Where statements were found: one that is said again keeps its address."""
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    wanted = select(Statement).where(
        Statement.record_id == record.id, Statement.contribution_id.is_not_distinct_from(contribution_id)
    )
    for row in session.scalars(wanted.order_by(Statement.position.desc(), Statement.id.desc())):
        found[(row.part_id, row.property, row.value_text, row.stated_by)].append(row.public_id)
    return found


def _statement(record: Record, said: StatementContent, position: int, guard: Mapping[str, Any]) -> Statement:
    person_id = record.remembrance.person_id if record.remembrance else None
    return Statement(
        public_id=new_public_id(), record_id=record.id, person_id=person_id, position=position,
        **{name: value for name, value in asdict(said).items() if name != "part"}, **guard,
    )  # fmt: skip


def latest(session: GatedSession, record_id: int, contribution_id: int | None) -> Content:
    """The content one contribution proposed last, applied or not."""
    wanted = (
        select(Revision)
        .where(
            Revision.record_id == record_id, Revision.contribution_id.is_not_distinct_from(contribution_id)
        )
        .order_by(Revision.number.desc())
    )
    found = session.scalars(wanted).first()
    return Content.from_json(found.content) if found else Content()
