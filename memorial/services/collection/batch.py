"""Rows of many objects, gathered as plain values and written with one insert a table.

    batch = Batch(session)
    row = batch.add(Text, thing, role="title", body="…")     # its id is known at once
    batch.refer("source", "src-1", row, "source_id", thing)  # filled before the rows are written
    batch.write()

A thing (`Thing`) is one object on its way in. Where it is in the archive already, its own row
keeps id and public id and is changed; whatever hangs on it is written anew.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import select

from memorial.db import Base, insert_many, next_ids
from memorial.domain.ids import new_public_id
from memorial.gate import GatedSession
from memorial.models import (
    AlsoAnswers,
    Citation,
    Document,
    Event,
    ImportedObject,
    Item,
    LedgerEntry,
    Part,
    Person,
    PersonName,
    Place,
    Press,
    Question,
    Record,
    RecordLink,
    Relation,
    Remembrance,
    Revision,
    Rival,
    Source,
    Statement,
    Text,
)
from memorial.services.collection.fields import is_language

# Whoever is pointed to comes before whoever points.
ORDER: tuple[type[Base], ...] = (
    Record, Part, LedgerEntry, Source, Press, Document, Event, Place, Person, Remembrance, PersonName, Relation,
    Question, Text, Statement, Rival, AlsoAnswers, RecordLink, Citation, Revision, Item, ImportedObject,
)  # fmt: skip

_CHUNK = 1_000
_REF = re.compile(r"(?P<file>(?P<number>\d{3})[^:]*)(?::L(?P<first>\d+)-L(?P<last>\d+))?")
_SOURCE = re.compile(r"(?P<source>[a-z][a-z0-9]*(?:-[a-z0-9._]+)+)(?:, (?P<locator>.+))?")


@dataclass
class Thing:
    """One object on its way in, and what it becomes."""

    file: str  # kind of file
    external_id: str
    value: Mapping[str, Any]
    guard: dict[str, Any] = field(default_factory=dict)
    kind: str = ""  # record, statement, source, person; "" has no entry anywhere
    id: int = 0
    public_id: str = ""
    record_id: int | None = None  # its page
    former: bool = False
    kept: dict[Any, Any] = field(default_factory=dict)  # ids of what hung on it before
    leftovers: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    unmatched: list[list[str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # what search finds it by
    page: dict[str, Any] = field(default_factory=dict)  # the record's row, where it has a page of its own
    detail: dict[str, Any] = field(default_factory=dict)
    texts: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)

    def get(self, name: str) -> str:
        """A text of the object; null, absent and empty are the same to a column."""
        return self.value.get(name) or ""

    def language(self) -> str:
        """The language as a tag; "und" where the object gives none that is one."""
        code = self.get("language")
        return code if code and is_language(code) else "und"

    def list(self, name: str) -> list[Any]:
        return self.value.get(name) or []


class Ids:
    """Numbers for new rows, a chunk at a time; on SQLite the writer's lock makes all that follow free."""

    def __init__(self, session: GatedSession) -> None:
        self._session = session
        self._ready: dict[type[Base], Iterator[int]] = {}

    def take(self, table: type[Base]) -> int:
        found = next(self._ready.get(table, iter(())), None)
        if found is None:
            chunk = next_ids(self._session, table, _CHUNK)
            self._ready[table] = itertools.count(chunk[0]) if isinstance(chunk, range) else iter(chunk)
            found = next(self._ready[table])
        return found


class Reference(NamedTuple):
    """A name of something else that a row wants as a number. `owner` is told when nothing answers to it."""

    kind: str
    name: str
    row: dict[str, Any] | None
    column: str
    owner: Thing | None


@lru_cache(maxsize=100_000)
def place_in_source(as_given: str) -> tuple[str, str]:
    """The source's external id and the locator: of FILE:Lx-Ly, of "src-one-1994, p. 23"; "" where it means none."""
    found = _REF.fullmatch(as_given)
    if found is None:
        work = _SOURCE.fullmatch(as_given)
        return (work["source"], work["locator"] or "") if work else ("", "")
    first, last = found["first"], found["last"]
    locator = "" if not first else f"L{first}" if first == last else f"L{first}–L{last}"
    return f"src-seed-{found['number']}", locator


@lru_cache(maxsize=64)
def _template(table: type[Base]) -> dict[str, Any]:
    """Every column with its default, so that all rows of a table go in one statement."""
    row: dict[str, Any] = {}
    for attribute in table.__mapper__.column_attrs:
        default = attribute.columns[0].default
        if default is None:
            row[attribute.key] = None
        else:
            made = default.arg
            row[attribute.key] = made(None) if callable(made) else made
    return row


class Batch:
    """What is to be written for some hundreds of objects."""

    def __init__(self, session: GatedSession, ids: Ids | None = None) -> None:
        self.session = session
        self.ids = ids or Ids(session)
        self.rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.changes: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.references: list[Reference] = []

    def row(self, table: type[Base], **values: Any) -> dict[str, Any]:
        """A new row that belongs to no thing; its number is given, or the database's own."""
        row = {**_template(table), **values}
        if row.get("id", 0) is None:
            del row["id"]
        self.rows[table].append(row)
        return row

    def add(self, table: type[Base], thing: Thing, **values: Any) -> dict[str, Any]:
        """A new row under the thing's guard."""
        row = {**_template(table), **thing.guard, "id": self.ids.take(table), **values}
        self.rows[table].append(row)
        return row

    def own(self, table: type[Base], thing: Thing, **values: Any) -> dict[str, Any]:
        """The thing's own row, or its detail: new, or changed where the archive has it already."""
        row = {**_template(table), **thing.guard, **values}
        (self.changes if thing.former else self.rows)[table].append(row)
        return row

    def refer(
        self, kind: str, name: str, row: dict[str, Any] | None, column: str, owner: Thing | None = None
    ) -> None:
        self.references.append(Reference(kind, name, row, column, owner))

    def text(self, thing: Thing, role: str, body: str, position: int = 0, **values: Any) -> dict[str, Any]:
        thing.words.append(body)
        row = self.add(
            Text,
            thing,
            public_id=thing.kept.get((role, position)) or new_public_id(),
            record_id=thing.record_id,
            role=role,
            position=position,
            body=body,
            **values,
        )
        thing.texts.append(row)
        return row

    def statement(self, thing: Thing, name: str, position: int, **values: Any) -> dict[str, Any]:
        """A statement that belongs to another thing, such as a spelling or a rival account."""
        thing.words.append(values.get("value_text", ""))
        row = self.add(
            Statement,
            thing,
            public_id=thing.kept.get((name, position)) or new_public_id(),
            record_id=thing.record_id,
            property=name,
            position=position,
            **values,
        )
        thing.statements.append(row)
        return row

    def cite(
        self, thing: Thing, as_given: str, relation: str, position: int = 0, **about: Any
    ) -> dict[str, Any]:
        """Where something is supported; the source is looked for, the words given stay."""
        source, locator = place_in_source(as_given)
        row = self.add(
            Citation,
            thing,
            relation=relation,
            position=position,
            as_given=as_given,
            locator=locator,
            **about,
        )
        if source:
            self.refer("source", source, row, "source_id", thing)
        else:
            thing.unmatched.append(["source", as_given])
        return row

    def write(self) -> None:
        """Change the rows that are there, insert the others, one statement a table."""
        if self.changes and self.rows[Question]:  # a changed statement may answer a new question
            insert_many(self.session, Question, self.rows.pop(Question))
        for table, rows in self.changes.items():
            _change(self.session, table, rows)
        self.session.flush()
        for table in ORDER:
            insert_many(self.session, table, self.rows.pop(table, []))
        if self.rows:
            raise ValueError(f"no place in the order for {sorted(t.__tablename__ for t in self.rows)}")
        self.changes.clear()


def _change(session: GatedSession, table: Any, rows: list[dict[str, Any]]) -> None:
    key = table.__mapper__.primary_key[0].key
    wanted = select(table).where(getattr(table, key).in_([row[key] for row in rows]))
    found = {getattr(entity, key): entity for entity in session.scalars(wanted)}
    for row in rows:
        entity = found[row[key]]
        for name, value in row.items():
            if name not in KEPT.get(table, ()):
                setattr(entity, name, value)


# What a change of content leaves alone.
KEPT: dict[type[Base], frozenset[str]] = {
    Record: frozenset(
        {
            "id",
            "public_id",
            "part_id",
            "created_at",
            "content_note",
            "slug",
            "part_changes",
            "rights_statement",
            "labels",
        }
    ),
    Statement: frozenset({"id", "public_id", "corroboration"}),
    Source: frozenset({"id", "public_id"}),
    Person: frozenset({"id", "public_id"}),
}
