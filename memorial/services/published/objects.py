"""The objects of a collection as the desk finds them: by kind, by id, by words.

    there = find(session, "figures", "fig-12")       # NotOpen
    there.value                                      # as its file would hold it
    page = listed(session, "figures", words="", after="")

The page of an object without one of its own is the question, source or entry that shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from memorial.domain.addresses import address
from memorial.domain.content import canonical
from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.models import (
    ImportedObject,
    Part,
    Person,
    PersonName,
    Question,
    Record,
    Source,
    Statement,
    Text,
)
from memorial.services import search
from memorial.services.collection.collection_record import COLLECTION
from memorial.services.collection.export import one
from memorial.services.collection.kinds import KINDS, Kind
from memorial.services.collection.running import DEFAULT_NAME
from memorial.services.collection.writing import TABLES

PER_PAGE = 30
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class There:
    """One object, or the empty place of a new one."""

    kind: Kind
    id: str
    value: Mapping[str, Any] | None  # None: there is none yet
    thing: str = ""  # what it became: record:7
    record_id: int | None = None  # whose lock it stands under: its page, else its collection

    @property
    def name(self) -> str:
        """How revisions name it."""
        return f"{self.kind.name}:{self.id}"

    @property
    def start(self) -> dict[str, Any]:
        """What a form begins with."""
        return dict(self.value) if self.value is not None else {"id": self.id}


@dataclass(frozen=True, slots=True)
class Line:
    """One object in a list."""

    kind: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: Sequence[Line]
    after: str = ""


def same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two objects are the same, to the byte of their canonical form."""
    if one is None or other is None:
        return one is other
    return bytes_of(one) == bytes_of(other)


def bytes_of(value: Mapping[str, Any]) -> bytes:
    """An object's canonical form; 7.0 is 7, as a column gives it back."""
    return canonical(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def kind_of(name: str) -> Kind:
    if name not in KINDS:
        raise NotOpen("kind")
    return KINDS[name]


def find(session: GatedSession, kind: str, external_id: str) -> There:
    """Raises NotOpen where there is no such object, or this reader does not see it."""
    there = place_of(session, kind, external_id)
    if there.value is None:
        raise NotOpen("object")
    return there


def place_of(session: GatedSession, kind: str, external_id: str) -> There:
    """The object, or where a new one of this id would be."""
    known = kind_of(kind)
    told = session.get(ImportedObject, (kind, external_id), populate_existing=True)
    if told is None:
        return There(known, external_id, None, record_id=collection_of(session))
    value = one(session, told)
    if value is None:
        raise NotOpen("object")
    home = home_of(session, told.thing) or collection_of(session)
    return There(known, external_id, value, told.thing, home)


def home_of(session: GatedSession, thing: str) -> int | None:
    """The record whose part guards a thing: its own page, or its collection."""
    if not thing:
        return None
    word, number = thing.split(":")
    if word == "record":
        return int(number)
    table = TABLES[word]
    wanted = select(Part.record_id).join(table, table.part_id == Part.id).where(table.id == int(number))
    return session.scalar(wanted)


def collection_of(session: GatedSession) -> int | None:
    """The collection that new things join: the archive's own where there is one, else the first."""
    wanted = select(Record.id).where(Record.kind == COLLECTION)
    own = Record.external_id == f"{COLLECTION}:{DEFAULT_NAME}"
    return session.scalar(wanted.order_by(own.desc(), Record.id).limit(1))


def taken(session: GatedSession, kind: Kind, external_id: str) -> bool:
    """Whether a thing of another file has this id."""
    tables: dict[str, list[Any]] = {
        "record": [Record], "source": [Source], "statement": [Statement], "person": [Person, Record],
    }  # fmt: skip
    return any(
        session.scalar(select(table.id).where(table.external_id == external_id)) is not None
        for table in tables[kind.thing]
    )


# -- where it is shown ------------------------------------------------------------------------


def shown_at(session: GatedSession, thing: str) -> str:
    """The public address on which visitors find it, "" where there is none."""
    word, _, number = thing.partition(":")
    if word == "record":
        row = session.execute(select(Record.kind, Record.public_id).where(Record.id == int(number))).first()
        return address(row.kind, row.public_id) if row else ""
    if word == "statement":
        slug = session.scalar(
            select(Question.slug)
            .join(Statement, Statement.question_id == Question.id)
            .where(Statement.id == int(number))
        )
        return address("question", slug) if slug else ""
    if word == "source":
        public_id = session.scalar(select(Source.public_id).where(Source.id == int(number)))
        return address("source", public_id) if public_id else ""
    return ""


# -- lists ------------------------------------------------------------------------------------


def listed(session: GatedSession, kind: str, words: str = "", after: str = "", size: int = PER_PAGE) -> Page:
    """Objects of one kind by their ids; with words those whose id begins so, or that hold all of them."""
    wanted = select(ImportedObject.external_id, ImportedObject.thing).where(
        ImportedObject.file == kind_of(kind).name, ImportedObject.external_id > after
    )
    if words.strip():
        wanted = wanted.where(or_(_begins(words.strip()), _holds(session, KINDS[kind], words)))
    rows = session.execute(wanted.order_by(ImportedObject.external_id).limit(size + 1)).all()
    titles = titles_of(session, [row.thing for row in rows])
    lines = [Line(kind, row.external_id, titles.get(row.thing, "")) for row in rows[:size]]
    return Page(lines, rows[size - 1].external_id if len(rows) > size else "")


def _begins(words: str) -> ColumnElement[bool]:
    return ImportedObject.external_id.startswith(words, autoescape=True)


def _holds(session: GatedSession, kind: Kind, words: str) -> ColumnElement[bool]:
    if kind.thing != "statement":
        return ImportedObject.thing.in_(search.things(session, words))
    each = [
        or_(
            *(
                column.icontains(word, autoescape=True)
                for column in (
                    Statement.value_text, Statement.stated_by, Statement.as_printed, Statement.source_as_given,
                    Statement.property,
                )
            )
        )
        for word in words.split()[:8]
    ]  # fmt: skip
    found = select(Statement.external_id).where(Statement.external_id.is_not(None), and_(*each))
    return ImportedObject.external_id.in_(found)


def titles_of(session: GatedSession, things: Sequence[str]) -> dict[str, str]:
    """What heads each thing in a list, by its name."""
    ids: dict[str, list[int]] = {}
    for thing in filter(None, things):
        word, number = thing.split(":")
        ids.setdefault(word, []).append(int(number))
    found: dict[str, str] = {}
    for word, numbers in ids.items():
        for number, title in TITLES[word](session, numbers).items():
            found[f"{word}:{number}"] = title[:LONGEST_TITLE]
    return found


def _records(session: GatedSession, ids: Sequence[int]) -> dict[int, str]:
    wanted = select(Text.record_id, Text.body).where(Text.record_id.in_(ids), Text.role == "title")
    found = {row[0] or 0: row[1] for row in session.execute(wanted.order_by(Text.position.desc()))}
    names = select(PersonName.record_id, PersonName.text).where(PersonName.record_id.in_(ids))
    return found | {row[0] or 0: row[1] for row in session.execute(names.order_by(PersonName.rank.desc()))}


def _statements(session: GatedSession, ids: Sequence[int]) -> dict[int, str]:
    wanted = select(
        Statement.id, Statement.property, Statement.value_text, Statement.value_number, Statement.value_low,
        Statement.value_high, Statement.stated_by, Statement.said_edtf,
    ).where(Statement.id.in_(ids))  # fmt: skip
    return {row.id: _said(row) for row in session.execute(wanted)}


def _said(row: Any) -> str:
    low, high = row.value_low, row.value_high
    span = "–".join(f"{end:g}" for end in (low, high) if end is not None)
    number = f"{row.value_number:g}" if row.value_number is not None else span
    what = f"{row.property.replace('_', ' ')} {number}" if number else row.value_text
    return " · ".join(part for part in (row.stated_by, row.said_edtf, what) if part)


def _sources(session: GatedSession, ids: Sequence[int]) -> dict[int, str]:
    wanted = select(Source.id, func.coalesce(func.nullif(Source.label, ""), Source.title))
    return {row[0]: row[1] for row in session.execute(wanted.where(Source.id.in_(ids)))}


def _persons(session: GatedSession, ids: Sequence[int]) -> dict[int, str]:
    names = select(PersonName.person_id, PersonName.text).where(PersonName.person_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(names.order_by(PersonName.rank.desc()))}


TITLES: Mapping[str, Any] = {
    "record": _records, "statement": _statements, "source": _sources, "person": _persons,
}  # fmt: skip
