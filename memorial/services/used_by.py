"""What rests on a work: the pages, people and works that cite it, and the statements found in it.

    rows, cursor = READERS["uses"](session, source, 0)       # from an id onwards; cursor "" where that is all

Each list is read in the order of its rows and along an index, so a work that a million pages cite costs
no more than another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select

from memorial.domain.addresses import address
from memorial.domain.views import Assertion, Cite, Entry, Link, Use, When
from memorial.gate import GatedSession
from memorial.gate.as_one import leaders
from memorial.gate.persons import spared
from memorial.gate.shown import assertion, source_label
from memorial.models import Citation, Person, PersonName, Question, Record, Source, Statement, Text
from memorial.services.cursors import Place, write_cursor
from memorial.services.lists import SOURCES, entries, source_entry

PER_LIST = 24
MOST_USES = 48  # of one page many may follow each other; they make one line


def pages(session: GatedSession, ids: Iterable[int]) -> dict[int, Entry]:
    """Lines for records of any kinds, of which only the number is known."""
    wanted = select(Record.id, Record.kind).where(Record.id.in_(sorted(set(ids))))
    return entries(session, {row.id: row.kind for row in session.execute(wanted)})


def link(entry: Entry) -> Link:
    return Link(entry.title, entry.address, entry.language)


def _stretch(
    session: GatedSession, wanted: Any, number: Any, start: int, most: int = PER_LIST
) -> tuple[list[Any], str]:
    """Rows from an id onwards, and the cursor of those that follow."""
    rows = list(session.execute(wanted.where(number > start).order_by(number).limit(most + 1)))
    more = write_cursor(Place(None, rows[most - 1].id)) if len(rows) > most else ""
    return rows[:most], more


@dataclass(frozen=True, slots=True)
class _Target:
    kind: str  # record, person or source
    id: int


def _uses(session: GatedSession, source: Source, start: int) -> tuple[Sequence[Use], str]:
    """Pages, people and works that cite it, each once for all the places in it that follow each other."""
    wanted = (
        select(
            Citation.id, Citation.record_id, Citation.person_id, Citation.cited_source_id, Citation.locator,
            Text.record_id.label("text_of"), PersonName.person_id.label("name_of"),
            PersonName.record_id.label("name_on"),
        )
        .outerjoin(Text, Text.id == Citation.text_id)
        .outerjoin(PersonName, PersonName.id == Citation.name_id)
        .where(Citation.source_id == source.id, Citation.statement_id.is_(None))
    )  # fmt: skip
    rows, more = _stretch(session, wanted, Citation.id, start, MOST_USES)
    targets = [(_target(row), row.locator) for row in rows]
    found = _entries(session, [target for target, _ in targets if target])
    uses: list[Use] = []
    for target, group in groupby(targets, key=lambda pair: pair[0]):
        places = list(dict.fromkeys(locator for _, locator in group if locator))
        if target not in found or target == _Target("source", source.id):
            continue
        if uses and uses[-1].entry == found[target]:  # two who are read as one
            before = uses.pop()
            places = list(dict.fromkeys([*before.locators, *places]))
        uses.append(Use(found[target], places))
    return uses, more


def _target(row: Any) -> _Target | None:
    person, record = row.person_id or row.name_of, row.record_id or row.text_of or row.name_on
    if person:
        return _Target("person", person)
    if record:
        return _Target("record", record)
    return _Target("source", row.cited_source_id) if row.cited_source_id else None


def _entries(session: GatedSession, targets: Iterable[_Target]) -> dict[_Target | None, Entry]:
    ids: dict[str, set[int]] = defaultdict(set)
    for target in targets:
        ids[target.kind].add(target.id)
    found: dict[_Target | None, Entry] = {}
    for kind, read in (("record", pages), ("person", people), ("source", _works)):
        if ids[kind]:
            found |= {_Target(kind, number): entry for number, entry in read(session, ids[kind]).items()}
    return found


def people(session: GatedSession, ids: Iterable[int]) -> dict[int, Entry]:
    """People by the best of their names that may be seen; an address where they have a page.

    Whoever is read as one with another has the name and the page of who leads.
    """
    led = leaders(session, set(ids))
    wanted = (
        select(PersonName.person_id, PersonName.text, PersonName.language, Record.public_id)
        .join(Person, Person.id == PersonName.person_id)
        .outerjoin(Record, Record.id == Person.record_id)
        .where(PersonName.person_id.in_(sorted({*ids, *led.values()})), Person.listed != "never")
        .order_by(PersonName.person_id, PersonName.rank.desc(), PersonName.id.desc())
    )
    found = {row.person_id: _person(row) for row in session.execute(wanted)}
    return found | {number: found[first] for number, first in led.items() if first in found}


def _person(row: Any) -> Entry:
    if not row.public_id:
        return Entry("person", "", "", row.text, row.language)
    return Entry("remembrance", row.public_id, address("remembrance", row.public_id), row.text, row.language)


def _works(session: GatedSession, ids: Iterable[int]) -> dict[int, Entry]:
    rows = session.execute(SOURCES.where(Source.id.in_(sorted(ids))))
    return {row.id: source_entry(row) for row in rows}


def _statements(session: GatedSession, source: Source, start: int) -> tuple[list[Assertion], str]:
    wanted = select(Statement, Statement.id, Statement.locator).where(Statement.source_id == source.id)
    rows, more = _stretch(session, wanted, Statement.id, start)
    return _told(session, source, rows), more


def _also(session: GatedSession, source: Source, start: int) -> tuple[list[Assertion], str]:
    """Statements whose first source is another, with the place in this one."""
    wanted = (
        select(Statement, Citation.id, Citation.locator)
        .join(Citation, Citation.statement_id == Statement.id)
        .where(Citation.source_id == source.id)
        .where(or_(Statement.source_id.is_(None), Statement.source_id != source.id))
    )
    rows, more = _stretch(session, wanted, Citation.id, start)
    return _told(session, source, rows), more


def _told(session: GatedSession, source: Source, rows: Sequence[Any]) -> list[Assertion]:
    """Statements found in this work, each with only the places in it."""
    places: dict[str, list[Cite]] = defaultdict(list)
    for statement, _, locator in rows:
        places[statement.public_id] += [Cite("", locator=locator)] if locator else []
    here = Cite(source_label(source), address("source", source.public_id))
    found = away(session, list(dict.fromkeys(row[0] for row in rows)))
    return [replace(said, cites=places[said.public_id] or [here]) for said in found]


def away(session: GatedSession, statements: Sequence[Statement]) -> list[Assertion]:
    """Statements away from their own page: each says what it speaks of, and no more than its page would say."""
    narrowed = spared(session, statements)
    shown = [each for each in statements if narrowed.get(each.id, each.property) is not None]
    records = pages(session, [each.record_id for each in shown if each.record_id])
    people_ids = {each.person_id for each in shown if each.person_id}
    named = people(session, people_ids) if people_ids else {}
    questions = _questions(session, {each.question_id for each in shown if each.question_id})

    def about(each: Statement) -> Link | None:
        asked = questions.get(each.question_id or 0)
        if asked is not None:
            return replace(asked, address=f"{asked.address}#s-{each.public_id}")
        page = records.get(each.record_id or 0) or named.get(each.person_id or 0)
        return link(page) if page else None

    return [replace(_said(each, narrowed.get(each.id)), about=about(each)) for each in shown]


def _said(statement: Statement, words: str | None) -> Assertion:
    """With other words where a rule spares somebody (domain/sparing.py)."""
    said = assertion(statement, {})
    return said if words is None else replace(said, value=words, as_printed="", note="", as_of=When())


def _questions(session: GatedSession, ids: Iterable[int]) -> dict[int, Link]:
    wanted = select(Question.id, Question.slug, Question.title).where(Question.id.in_(sorted(ids)))
    rows = session.execute(wanted) if ids else ()
    return {row.id: Link(row.title, address("question", row.slug)) for row in rows}


READERS: Mapping[str, Any] = {"uses": _uses, "statements": _statements, "also": _also}
