"""Is it there already? Objects of the same kind that a new or changed one may be the same as; never a verdict.

    for each in near(session, there, value): each.id, each.why

Looked for are those that agree in what makes a thing of its kind one (publication and day, measure and
claimant, a spelling); of these only whose words are nearly the same are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import (
    Document,
    Event,
    ImportedObject,
    Person,
    PersonName,
    Place,
    Press,
    Record,
    Source,
    Statement,
)
from memorial.services.collection.export import one
from memorial.services.published.objects import There
from memorial.services.published.spelling import lines_of

MOST = 40  # that are looked at
SHOWN = 5
ALIKE = 0.88  # of the words of both, in order
LONGEST = 4_000  # signs of each that are compared

Value = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Near:
    """An object that may be the same one."""

    kind: str
    id: str
    value: Value
    share: float  # of the words that are the same


@dataclass(frozen=True, slots=True)
class Sameness:
    """Where those of a kind are looked for, and which fields are its words."""

    table: Any
    agree: Callable[[Value], Sequence[ColumnElement[bool]]]
    words: Sequence[str]
    alike: float = ALIKE


def _text(value: Value, name: str) -> str:
    return str(value.get(name) or "")


def _key(value: Value, *names: str) -> str:
    return fold(next((_text(value, name) for name in names if value.get(name)), ""))[:200]


def _press(value: Value) -> Sequence[ColumnElement[bool]]:
    same_issue = and_(
        Press.publication == _text(value, "publication"), Press.date_edtf == _text(value, "date")
    )
    return [same_issue, Record.sort_key == _key(value, "headline", "publication")]


def _figure(value: Value) -> Sequence[ColumnElement[bool]]:
    return [and_(Statement.property == _text(value, "measure"), or_(
        Statement.stated_by == _text(value, "claimant"), Statement.source_as_given == (value.get("source_title") or "-"),
    ))]  # fmt: skip


def _account(value: Value) -> Sequence[ColumnElement[bool]]:
    said = Statement.property == "account"
    same_day = and_(said, Statement.said_edtf == (_text(value, "date") or "-"))
    return [and_(said, Statement.stated_by == _text(value, "speaker")), same_day]


def _place(value: Value) -> Sequence[ColumnElement[bool]]:
    spellings = [_text(value, "label"), *(_text(row, "spelling") for row in value.get("variants") or [])]
    named = select(Statement.record_id).where(
        Statement.property == "name", Statement.value_text.in_(spellings)
    )
    return [Record.sort_key.in_([fold(name)[:200] for name in spellings if name]), Record.id.in_(named)]


def _person(value: Value) -> Sequence[ColumnElement[bool]]:
    spellings = [_text(row, "spelling") for row in value.get("names") or []]
    return [Person.id.in_(select(PersonName.person_id).where(PersonName.text.in_(spellings)))]


SAME: Mapping[str, Sameness] = {
    "press_accounts": Sameness(Press, _press, ("publication", "headline", "date", "quotation", "fragment"), 0.75),
    "figures": Sameness(Statement, _figure, ("measure", "claimant", "value", "min", "max", "source_date", "as_of"), 0.93),
    "accounts": Sameness(Statement, _account, ("speaker", "statement"), 0.9),
    "places": Sameness(Place, _place, (), 0.0),
    "people": Sameness(Person, _person, (), 0.0),
    "memorial_sites": Sameness(
        Place, lambda value: [Record.sort_key == _key(value, "name"), Place.within == (_text(value, "place") or "-")],
        ("name", "place", "kind"),
    ),
    "recognitions": Sameness(
        Document, lambda value: [Document.body == _text(value, "body"), Record.sort_key == _key(value, "title", "body")],
        ("body", "title", "number", "date"),
    ),
    "timeline": Sameness(
        Event, lambda value: [Event.date_edtf == (_text(value, "date") or "-"), Record.sort_key == _key(value, "title")],
        ("title",), 0.8,
    ),
    "sources": Sameness(
        Source, lambda value: [Source.title == (_text(value, "title") or "-")], ("title", "authors", "year"), 0.8
    ),
    "films": Sameness(
        Source, lambda value: [Source.sort_key == _key(value, "title")], ("title", "directors", "year"), 0.8
    ),
    "terminology": Sameness(
        Statement, lambda value: [and_(Statement.property == "term", Statement.value_text == _text(value, "term"))],
        ("term", "language_code", "used_by"), 0.9,
    ),
}  # fmt: skip


def near(session: GatedSession, there: There, value: Value) -> list[Near]:
    """The nearest first."""
    rule = SAME[there.kind.name]
    ids = _ids(session, rule, value)
    wanted = select(ImportedObject).where(
        ImportedObject.file == there.kind.name, ImportedObject.external_id.in_(ids - {there.id})
    )
    found = []
    for told in session.scalars(wanted).all():
        other = one(session, told)
        share = _share(rule, value, other) if other else 0.0
        if other and share >= rule.alike:
            found.append(Near(there.kind.name, told.external_id, other, share))
    return sorted(found, key=lambda each: (-each.share, each.id))[:SHOWN]


def _ids(session: GatedSession, rule: Sameness, value: Value) -> set[str]:
    """External ids of those that agree in what makes them one."""
    own = rule.table in (Statement, Source, Person)
    wanted = select(rule.table.external_id) if own else select(Record.external_id)
    if not own:
        wanted = wanted.join(rule.table, rule.table.record_id == Record.id)
    found: set[str] = set()
    for condition in rule.agree(value):
        found |= {name for name in session.scalars(wanted.where(condition).limit(MOST)) if name}
    return found


def _share(rule: Sameness, one: Value, other: Value) -> float:
    if not rule.words:
        return 1.0
    return SequenceMatcher(None, _words(rule, one), _words(rule, other), autojunk=False).ratio()


def _words(rule: Sameness, value: Value) -> str:
    lines = [str(value[name]) if isinstance(value.get(name), int | float) else " ".join(lines_of(value.get(name)))
             for name in rule.words]  # fmt: skip
    return "\n".join(lines)[:LONGEST]
