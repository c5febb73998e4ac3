"""Persons whom the desk reads as one, as far as this reader may see them: one page for what stands on several.

    as_one(session, record)                     # the view of the page that leads, with what the others have
    pages_of(session, record)                   # [record, …], the one that leads first
    leaders(session, {7, 9})                    # {9: 7}: who is led, and by whom
    is_second(Remembrance.person_id)            # a condition for lists: somebody leads this person

`same_as` holds a row for each two of a union (services/unions.py), so one look finds all of them. Somebody takes
part for a reader who sees their page and a real name of theirs. Whoever is known by a pseudonym alone stays by
themselves: a pseudonym read beside another's name would tell who it is. What is hidden adds nothing, leads nobody
and leaves the others as they are; each row on the page has come through the gate by its own policy.

Who leads: a page before none, and of two pages the one that was here first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, joinedload

from memorial.domain.rights import shown_labels
from memorial.domain.views import Name, RecordView
from memorial.gate.left import with_memories
from memorial.gate.loading import LOADERS, load, load_all, with_citations, with_sources
from memorial.gate.persons import DESCRIBED
from memorial.gate.rows import Rows
from memorial.gate.selects import ABOUT_BOTH
from memorial.gate.sessions import GatedSession
from memorial.gate.shown import told, view_of
from memorial.models import Citation, Person, PersonName, Record, Remembrance, SameAs, Source
from memorial.models.statements import among

PSEUDONYM = "pseudonym"
OF_PERSON: BindParameter[int] = bindparam("person")


@dataclass(frozen=True, slots=True)
class Standing:
    """One of a union whom this reader may see; without a page where nobody wrote one."""

    person_id: int
    record: Record | None


def _named(person: Any) -> Any:
    """A real name of theirs is there for this reader."""
    name = aliased(PersonName)
    return select(name.id).where(name.person_id == person, _is_real(name)).exists()


def _is_real(name: Any) -> Any:
    """No pseudonym; of somebody unidentified, how the archive itself describes them."""
    described = and_(name.kind == DESCRIBED, name.contribution_id.is_(None))
    return or_(name.kind.not_in((PSEUDONYM, DESCRIBED)), described)


LINKS = select(SameAs.person_id, SameAs.other_id).where(
    or_(SameAs.person_id == OF_PERSON, SameAs.other_id == OF_PERSON), SameAs.undone_at.is_(None)
)
LINKS_OF_MANY = select(SameAs.person_id, SameAs.other_id).where(
    or_(among(SameAs.person_id, "persons"), among(SameAs.other_id, "persons")), SameAs.undone_at.is_(None)
)
LINKED = (
    select(Person.id, Person.record_id)
    .join(SameAs, or_(SameAs.person_id == Person.id, SameAs.other_id == Person.id))
    .where(or_(among(Person.record_id, "records"), among(Person.id, "persons")))
    .where(SameAs.undone_at.is_(None))
)
PERSON_CITATIONS = (
    select(Citation, Source)
    .outerjoin(Source, Source.id == Citation.source_id)
    .where(Citation.person_id == OF_PERSON)
    .order_by(Citation.position, Citation.id)
)


@cache
def _standing(*columns: Any) -> Any:
    """Those of whom this reader sees a real name and the page, where there is one; who leads comes first."""
    return (
        select(*columns)
        .outerjoin(Record, Record.id == Person.record_id)
        .where(among(Person.id, "persons"), Person.listed != "never")
        .where(or_(Person.record_id.is_(None), Record.id.is_not(None)), _named(Person.id))
        .order_by(Person.record_id.is_(None), Person.id)
    )


@cache
def _standing_pages() -> Any:
    return _standing(Person.id, Record).options(joinedload(Record.remembrance))


def is_second(person: Any, *also: Callable[[Any], Any]) -> Any:
    """A condition: this person, who has a page, is read with somebody whose page leads, of whom this holds too.

    One EXISTS of joins: of two, or of one within another, PostgreSQL makes tables of everybody.
    """
    link, page, record = aliased(SameAs), aliased(Remembrance), aliased(Record)
    leading, own = aliased(PersonName), aliased(PersonName)
    return (
        select(link.id)
        .join(page, page.person_id == link.person_id)
        .join(record, record.id == page.record_id)
        .join(leading, and_(leading.person_id == link.person_id, _is_real(leading)))
        .join(own, and_(own.person_id == link.other_id, _is_real(own)))
        .where(link.other_id == person, link.undone_at.is_(None))
        .where(*(holds(link.person_id) for holds in also))
        .exists()
    )


def leaders(session: GatedSession, persons: Collection[int]) -> dict[int, int]:
    """Of these persons whoever is led by another, and by whom. At most two statements."""
    links = session.execute(LINKS_OF_MANY, {"persons": list(persons)}).all() if persons else ()
    if not links:
        return {}
    everyone = {number for link in links for number in link}
    order = [row.id for row in session.execute(_standing(Person.id), {"persons": list(everyone)})]
    place = {number: at for at, number in enumerate(order)}
    found: dict[int, int] = {}
    for one, other in links:
        if one in place and other in place:
            for number, beside in ((one, other), (other, one)):
                first = found.get(number, number)
                found[number] = min(first, beside, key=lambda each: place[each])
    return {number: first for number, first in found.items() if number in persons and first != number}


def leading_things(session: GatedSession, things: Iterable[str]) -> dict[str, str]:
    """The same of what indexes name ("record:7", "person:9"): whoever is led, and what leads it."""
    numbers: dict[str, set[int]] = {"record": set(), "person": set()}
    for thing in things:
        sort, _, number = thing.partition(":")
        numbers.get(sort, set()).add(int(number))
    if not any(numbers.values()):
        return {}
    asked = {"records": list(numbers["record"]), "persons": list(numbers["person"])}
    thing_of = {row.id: _thing(row) for row in session.execute(LINKED, asked)}
    led = leaders(session, thing_of) if thing_of else {}
    if not led:
        return {}
    leading = select(Person.id, Person.record_id).where(Person.id.in_(set(led.values())))
    by = {row.id: _thing(row) for row in session.execute(leading)}
    return {thing_of[number]: by[first] for number, first in led.items() if first in by}


def _thing(row: Any) -> str:
    return f"record:{row.record_id}" if row.record_id else f"person:{row.id}"


def union_of(session: GatedSession, record: Record) -> Sequence[Standing]:
    """All who are read as one with the person of this page, the one that leads first; nobody for a page alone."""
    person_id = record.remembrance.person_id if record.kind == "remembrance" and record.remembrance else None
    links = session.execute(LINKS, {"person": person_id}).all() if person_id else ()
    if not links:
        return ()
    everyone = {number for link in links for number in link}
    rows = session.execute(_standing_pages(), {"persons": list(everyone)})
    union = [Standing(row[0], row[1]) for row in rows]
    return union if len(union) > 1 and person_id in {each.person_id for each in union} else ()


def pages_of(session: GatedSession, record: Record) -> list[Record]:
    """The pages that are read as one with this one, itself among them; the one that leads first."""
    return _pages(union_of(session, record)) or [record]


def _pages(union: Iterable[Standing]) -> list[Record]:
    return [each.record for each in union if each.record is not None]


def as_one(session: GatedSession, record: Record, without: Collection[str] = ()) -> RecordView:
    """The record as this reader may see it, together with whoever it is read as one with."""
    union = union_of(session, record)
    if not union:
        return view_of(load(session, record, without))
    pages = _pages(union)
    rows = load_all(session, pages, {*without, "memories"})
    changes = [told(each) for each in rows]
    rows += [_without_a_page(session, each.person_id, pages[0]) for each in union if each.record is None]
    one = replace(_joined(rows), persons=frozenset(each.person_id for each in union), pages=pages)
    if "memories" not in without:
        one = with_memories(session, one, [page.id for page in pages])
    notes = [page.content_note for page in pages if page.content_note]
    view = view_of(one)
    return replace(
        view,
        names=_once(view.names),
        content_notes=list(dict.fromkeys(notes)),
        labels=list(dict.fromkeys(label for page in pages for label in shown_labels(page.labels))),
        revision=sum(number for number, _ in changes),
        changed=max(day for _, day in changes),
        read_with=[page.public_id for page in pages[1:]],
    )


LISTS = ("texts", "names", "relations", "media", "statements", "citations", "links")
MAPS = ("text_citations", "statement_sources", "statement_citations", "name_citations", "kin_names")


def _joined(rows: Sequence[Rows]) -> Rows:
    """One after the other: each row keeps its own source and has its own policy behind it."""
    lists: dict[str, Any] = {name: [row for each in rows for row in getattr(each, name)] for name in LISTS}
    maps: dict[str, Any] = {
        name: {key: value for each in rows for key, value in getattr(each, name).items()} for name in MAPS
    }
    names = sorted(
        lists.pop("names"), key=lambda name: (name.kind in (DESCRIBED, PSEUDONYM), name.kind == PSEUDONYM)
    )
    return replace(rows[0], names=names, **lists, **maps)


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """In the place of the details that a page has."""

    person_id: int


def _without_a_page(session: GatedSession, person_id: int, page: Record) -> Rows:
    """What is known of somebody who is only named in sources: names, statements, kin, and the works."""
    several: Sequence[Rows] = [Rows(page, _Nowhere(person_id))]
    for name in ("names", "relations"):
        several = LOADERS[name](session, several)
    statements = session.scalars(ABOUT_BOTH, {"records": (), "persons": [person_id]}).all()
    cited = [(row[0], row[1]) for row in session.execute(PERSON_CITATIONS, {"person": person_id})]
    several = [replace(rows, statements=statements, citations=cited) for rows in several]
    return with_citations(session, with_sources(session, several))[0]


def _once(names: Sequence[Name]) -> list[Name]:
    """A name that both have stands once, with the works of both."""
    found: dict[tuple[str, str, str, str], Name] = {}
    for name in names:
        key = (name.text, name.language, name.script, name.kind)
        before = found.get(key)
        found[key] = name if before is None else replace(before, cites=[*before.cites, *name.cites])
    return list(found.values())
