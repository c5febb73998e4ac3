"""Who is meant by a name in a file: sources, press accounts, records, statements, persons, questions.

    References(session).fill(batch, things, guard)   # before the rows are written
    left = finish(session)                           # what an earlier file named and a later one brought

A name that answers to nothing stays as it is written, and the object remembers it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import (
    Citation,
    ImportedObject,
    PersonName,
    Press,
    Question,
    Record,
    RecordLink,
    Relation,
    Rival,
    Source,
    Statement,
)
from memorial.services.collection import questions
from memorial.services.collection.batch import Batch, Reference, Thing, place_in_source
from memorial.services.collection.people import spellings_of

Found = dict[str, Any]
_AT_ONCE = 5_000


def _by(session: GatedSession, name: Any, value: Any, names: Iterable[str], *more: Any) -> Found:
    waiting, found = iter(sorted(names)), {}
    while some := list(islice(waiting, _AT_ONCE)):
        rows = session.execute(select(name, value).where(name.in_(some), *more))
        found.update({row[0]: row[1] for row in rows})
    return found


def _press(session: GatedSession, names: Iterable[str]) -> Found:
    known = _by(session, Record.external_id, Record.id, names, Record.kind == "press")
    works = _by_number(session, Press.record_id, Press.source_id, known.values())
    return {name: works[record] for name, record in known.items() if works.get(record)}


def _by_number(session: GatedSession, key: Any, value: Any, keys: Iterable[int]) -> dict[int, Any]:
    waiting, found = iter(sorted(keys)), {}
    while some := list(islice(waiting, _AT_ONCE)):
        found.update({row[0]: row[1] for row in session.execute(select(key, value).where(key.in_(some)))})
    return found


def _titles(session: GatedSession, names: Iterable[str]) -> Found:
    """A work by its whole title, where exactly one has it and it is no press account."""
    found: dict[str, list[int]] = defaultdict(list)
    wanted = select(Source.title, Source.id).where(
        Source.title.in_(sorted(names)), Source.record_id.is_(None)
    )
    for title, number in session.execute(wanted):
        found[title].append(number)
    return {title: numbers[0] for title, numbers in found.items() if len(numbers) == 1}


def _persons(session: GatedSession, names: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    wanted = select(PersonName.text, PersonName.person_id).where(
        PersonName.text.in_(sorted(names)), PersonName.contribution_id.is_(None)
    )
    for name, number in session.execute(wanted):
        found[name].add(number)
    return found


LOOKUPS: Mapping[str, Callable[[GatedSession, Iterable[str]], Found]] = {
    "source": lambda session, names: _by(session, Source.external_id, Source.id, names),
    "source_label": lambda session, names: _by(session, Source.external_id, Source.label, names),
    "source_title": _titles,
    "press": _press,
    "record": lambda session, names: _by(session, Record.external_id, Record.id, names),
    "statement": lambda session, names: _by(session, Statement.external_id, Statement.id, names),
}
LISTED = frozenset({"source", "press", "record", "statement"})  # an unmatched one is the desk's business


class References:
    """What names mean, remembered for one run."""

    def __init__(self, session: GatedSession) -> None:
        self._session = session
        self._known: dict[str, Found] = defaultdict(dict)
        self._questions: dict[str, int] = {}
        self.accused = accused_spellings(session)

    def fill(self, batch: Batch, things: Sequence[Thing], guard: Mapping[str, Any]) -> None:
        """Put numbers where rows have names."""
        self._learn(batch)
        by_kind: dict[str, list[Reference]] = defaultdict(list)
        for reference in batch.references:
            by_kind[reference.kind].append(reference)
        self._fill_persons(batch, by_kind.pop("person", []))
        self._fill_questions(batch, by_kind.pop("question", []), guard)
        for kind, references in by_kind.items():
            self._fill(kind, references)
        batch.references.clear()
        for thing in things:
            thing.unmatched = [list(pair) for pair in dict.fromkeys(map(tuple, thing.unmatched))]

    def _learn(self, batch: Batch) -> None:
        """What this very batch brings."""
        for row in [*batch.rows[Source], *batch.changes[Source]]:
            if row["external_id"]:
                self._known["source"][row["external_id"]] = row["id"]
                self._known["source_label"][row["external_id"]] = row["label"]
        for table, kind in ((Record, "record"), (Statement, "statement")):
            for row in [*batch.rows[table], *batch.changes[table]]:
                if row["external_id"]:
                    self._known[kind][row["external_id"]] = row["id"]

    def _fill(self, kind: str, references: Sequence[Reference]) -> None:
        known = self._known[kind]
        missing = {reference.name for reference in references} - known.keys()
        if missing:
            known.update(LOOKUPS[kind](self._session, missing))
        for reference in references:
            value = known.get(reference.name)
            if value is None:
                if kind in LISTED and reference.owner is not None:
                    reference.owner.unmatched.append([kind, reference.name])
            elif reference.row is not None:
                reference.row[reference.column] = value

    def _fill_persons(self, batch: Batch, references: Sequence[Reference]) -> None:
        """A name means a person when exactly one person has it, and nobody accused."""
        if not references:
            return
        found = _persons(self._session, {reference.name for reference in references})
        for row in batch.rows[PersonName]:
            found.setdefault(row["text"], set()).add(row["person_id"])
        for reference in references:
            numbers = found.get(reference.name, set())
            if len(numbers) == 1 and reference.row is not None and fold(reference.name) not in self.accused:
                reference.row[reference.column] = next(iter(numbers))

    def _fill_questions(
        self, batch: Batch, references: Sequence[Reference], guard: Mapping[str, Any]
    ) -> None:
        slugs = {questions.slug_of(reference.name.split(":", 1)[1]) for reference in references}
        missing = slugs - self._questions.keys()
        self._questions.update(_by(self._session, Question.slug, Question.id, missing))
        for reference in references:
            kind, key = reference.name.split(":", 1)
            slug = questions.slug_of(key)
            if slug not in self._questions:
                self._questions[slug] = self._ask(batch, kind, key, slug, guard)
            if reference.row is not None:
                reference.row[reference.column] = self._questions[slug]

    def _ask(self, batch: Batch, kind: str, key: str, slug: str, guard: Mapping[str, Any]) -> int:
        title = questions.TERMS_TITLE if key == questions.TERMS else questions.title_of(key)
        number = batch.ids.take(Question)
        batch.row(
            Question,
            **guard,
            id=number,
            slug=slug,
            kind=kind,
            title=title,
            position=questions.position_of(key),
        )
        return number


def accused_spellings(session: GatedSession) -> set[str]:
    """Folded names of whoever a file marks as accused: nobody is found by them."""
    wanted = select(ImportedObject.leftovers).where(
        ImportedObject.file == "people", ImportedObject.thing == ""
    )
    return {name for leftovers in session.scalars(wanted) for name in spellings_of(leftovers)}


# -- at the end of a run --------------------------------------------------------------------


def finish(session: GatedSession, *, people: bool = True) -> list[tuple[str, str, list[list[str]]]]:
    """Match what earlier files named and later ones brought; returns what matches nothing still.

    Each entry is the kind of file, the object's id, and pairs of what was meant and the name given.
    """
    session.flush()
    waiting = session.scalars(select(ImportedObject).where(ImportedObject.unmatched != [])).all()
    wanted: dict[str, set[str]] = defaultdict(set)
    for told in waiting:
        for kind, name in told.unmatched:
            wanted[kind].add(name)
    found = {kind: LOOKUPS[kind](session, names) for kind, names in wanted.items()}
    for kind, known in found.items():
        for names in _some(sorted(known)):
            MATCHERS[kind](session, {name: known[name] for name in names})
    for told in waiting:
        told.unmatched = [pair for pair in told.unmatched if pair[1] not in found[pair[0]]]
    if people:
        _match_persons(session)
    session.flush()
    return [(told.file, told.external_id, told.unmatched) for told in waiting if told.unmatched]


def _some(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def _match_sources(session: GatedSession, known: Found) -> None:
    labels = _by(session, Source.external_id, Source.label, known)
    rows = session.scalars(
        select(Citation).where(Citation.source_id.is_(None), Citation.as_given != "")
    ).all()
    statements: dict[int, tuple[int, str]] = {}
    names: dict[int, int] = {}
    for citation in rows:
        source = place_in_source(citation.as_given)[0]
        if source not in known:
            continue
        citation.source_id = known[source]
        if citation.position == 0 and citation.statement_id:
            statements[citation.statement_id] = (known[source], labels.get(source, ""))
        if citation.position == 0 and citation.name_id:
            names[citation.name_id] = known[source]
    for said in _entities(session, Statement, statements):
        if said.external_id is None and said.source_id is None:
            said.source_id, said.stated_by = statements[said.id][0], said.stated_by or statements[said.id][1]
    for name in _entities(session, PersonName, names):
        name.source_id = names[name.id]


def _match_press(session: GatedSession, known: Found) -> None:
    wanted = select(Citation).where(Citation.relation == "press_account", Citation.as_given.in_(known))
    works: dict[int, int] = {}
    for citation in session.scalars(wanted.where(Citation.source_id.is_(None))):
        citation.source_id = known[citation.as_given]
        if citation.statement_id:
            works[citation.statement_id] = known[citation.as_given]
    for said in _entities(session, Statement, works):
        said.source_id = works[said.id]


def _match_links(session: GatedSession, known: Found) -> None:
    wanted = select(RecordLink).where(RecordLink.other_id.is_(None), RecordLink.as_given.in_(known))
    for link in session.scalars(wanted):
        link.other_id = known[link.as_given]


def _match_rivals(session: GatedSession, known: Found) -> None:
    for rival in session.scalars(select(Rival).where(Rival.other_id.is_(None), Rival.as_given.in_(known))):
        rival.other_id = known[rival.as_given]


MATCHERS: Mapping[str, Callable[[GatedSession, Found], None]] = {
    "source": _match_sources,
    "press": _match_press,
    "record": _match_links,
    "statement": _match_rivals,
}


def _entities(session: GatedSession, table: Any, ids: Iterable[int]) -> Iterable[Any]:
    waiting = iter(sorted(ids))
    while some := list(islice(waiting, _AT_ONCE)):
        yield from session.scalars(select(table).where(table.id.in_(some)))


def _match_persons(session: GatedSession) -> None:
    """Speakers and relatives who came with a later file."""
    accused = accused_spellings(session)
    speakers = session.scalars(
        select(Statement).where(
            Statement.property == "account",
            Statement.speaker_id.is_(None),
            Statement.speaker_accused.is_(False),
            Statement.external_id.is_not(None),
        )
    ).all()
    relations = session.scalars(select(Relation).where(Relation.other_id.is_(None))).all()
    names = {said.stated_by for said in speakers} | {relation.other_as_given for relation in relations}
    found: dict[str, set[int]] = {}
    for some in _some(sorted(names)):
        found.update(_persons(session, some))
    only = {
        name: next(iter(numbers))
        for name, numbers in found.items()
        if len(numbers) == 1 and fold(name) not in accused
    }
    for said in speakers:
        said.speaker_id = only.get(said.stated_by)
    for relation in relations:
        relation.other_id = only.get(relation.other_as_given)
