"""Who is meant by a name in a file: sources, press accounts, records, statements, persons, questions.

    References(session).fill(batch, things, guard)   # before the rows are written

A name that answers to nothing stays as it is written, and the object remembers it: matching.py
looks again at the end of a run.
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
    ImportedObject,
    PersonName,
    Press,
    Question,
    Record,
    Source,
    Statement,
)
from memorial.services.collection import questions
from memorial.services.collection.batch import Batch, Reference, Thing
from memorial.services.collection.people import spellings_of

Found = dict[str, Any]
AT_ONCE = 5_000


def by_name(session: GatedSession, name: Any, value: Any, names: Iterable[str], *more: Any) -> Found:
    waiting, found = iter(sorted(names)), {}
    while some := list(islice(waiting, AT_ONCE)):
        rows = session.execute(select(name, value).where(name.in_(some), *more))
        found.update({row[0]: row[1] for row in rows})
    return found


def _press(session: GatedSession, names: Iterable[str]) -> Found:
    known = by_name(session, Record.external_id, Record.id, names, Record.kind == "press")
    works = _by_number(session, Press.record_id, Press.source_id, known.values())
    return {name: works[record] for name, record in known.items() if works.get(record)}


def _works(session: GatedSession, names: Iterable[str]) -> Found:
    """Sources by their ids; a press account is a work as well."""
    known = by_name(session, Source.external_id, Source.id, names)
    left = set(names) - known.keys()
    return known | _press(session, left) if left else known


def _labels(session: GatedSession, names: Iterable[str]) -> Found:
    works = _works(session, names)
    labels = _by_number(session, Source.id, Source.label, works.values())
    return {name: labels[number] for name, number in works.items()}


def _by_number(session: GatedSession, key: Any, value: Any, keys: Iterable[int]) -> dict[int, Any]:
    waiting, found = iter(sorted(keys)), {}
    while some := list(islice(waiting, AT_ONCE)):
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


def persons_named(session: GatedSession, names: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    wanted = select(PersonName.text, PersonName.person_id).where(
        PersonName.text.in_(sorted(names)), PersonName.contribution_id.is_(None)
    )
    for name, number in session.execute(wanted):
        found[name].add(number)
    return found


LOOKUPS: Mapping[str, Callable[[GatedSession, Iterable[str]], Found]] = {
    "source": _works,
    "source_label": _labels,
    "source_title": _titles,
    "press": _press,
    "record": lambda session, names: by_name(session, Record.external_id, Record.id, names),
    "statement": lambda session, names: by_name(session, Statement.external_id, Statement.id, names),
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
        found = persons_named(self._session, {reference.name for reference in references})
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
        self._questions.update(by_name(self._session, Question.slug, Question.id, missing))
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
