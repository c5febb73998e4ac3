"""Two that may be one, side by side: field by field what each has, who says it, and what agrees or differs.

    pairs_of(session, items)            # one `Beside` for each item of the duplicates desk
    same_as(session, record_id)         # with whom the person of a page is read as one
    open_pairs(session, after)          # what waits

Each side is as far as this session may read it. A page of pairs costs as many statements as one pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from memorial.domain import workflow
from memorial.domain.addresses import address
from memorial.domain.alike import AGAINST, Pair, Score
from memorial.domain.views import Cite
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, source_label
from memorial.models import (
    Citation,
    Item,
    Person,
    PersonName,
    Record,
    Relation,
    SameAs,
    Source,
    Statement,
    Testimony,
)
from memorial.services.alike import scores
from memorial.services.duplicates import persons_of_records
from memorial.services.finding import BORN, DIED, LIVED
from memorial.services.unions import NEVER, pair_in

# The fields in the order of the page, and the reasons of domain/alike.py that each of them shows.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "names": ("name_exact", "name_variant", "name_initial", "name_ending", "name_near", "father", "father_apart", "sex_apart"),
    "born": ("year", "year_near", "year_apart"),
    "age": ("age", "age_apart"),
    "lived": ("place",),
    "fate": (),
    "died": (),
    "family": ("relative",),
    "stood": (),
    "else": (),
    "sources": ("passage", "listed_twice"),
}  # fmt: skip
FIELD_OF = {**dict.fromkeys(BORN, "born"), **dict.fromkeys(LIVED, "lived"), **dict.fromkeys(DIED, "died"), "age": "age", "fate": "fate"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that one side has: the words, who says so, and where. `kind` is a name's kind or a property."""

    words: str
    kind: str = ""
    by: str = ""
    cites: Sequence[Cite] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as the desk may read it: nothing where its words are closed to it."""

    title: str = ""
    address: str = ""
    own: bool = False  # sent by a family
    fields: Mapping[str, Sequence[Told]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both, and the reasons it gives for and against."""

    key: str
    cells: Sequence[Sequence[Told]]
    agrees: Sequence[str] = ()
    against: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """A pair on its item's page."""

    sides: Sequence[Side]
    lines: Sequence[Line]
    score: Score
    joined: bool
    decision: str

    @property
    def against(self) -> Sequence[str]:
        return self.score.against


def pair_of(session: GatedSession, item: Item) -> Beside:
    return pairs_of(session, [item])[0]


def pairs_of(session: GatedSession, items: Sequence[Item]) -> list[Beside]:
    pairs = [pair_in(item) if item.facts.get("pair") else None for item in items]
    persons = {number for pair in pairs for number in pair or ()}
    sides = _sides(session, persons) if persons else {}
    found = dict(scores(session, [pair for pair in pairs if pair]))
    return [_beside(item, pair, sides, found) for item, pair in zip(items, pairs, strict=True)]


def _beside(item: Item, pair: Pair | None, sides: Mapping[int, Side], found: Mapping[Pair, Score]) -> Beside:
    two = [sides.get(number, Side()) for number in pair or ()]
    score = found.get(pair, Score()) if pair else Score()
    lines = []
    for key, reasons in FIELDS.items():
        cells = [side.fields.get(key, ()) for side in two]
        said = [reason for reason in reasons if reason in (*score.agrees, *score.against)]
        if any(cells):
            for_it = [reason for reason in said if reason not in AGAINST]
            lines.append(Line(key, cells, for_it, [reason for reason in said if reason in AGAINST]))
    return Beside(two, lines, score, item.state == workflow.DONE, str(item.facts.get("decision", "")))


# -- what each side has ---------------------------------------------------------------------


def _sides(session: GatedSession, ids: Collection[int]) -> dict[int, Side]:
    """Seven statements, however many they are."""
    wanted = select(Person, Record.public_id).outerjoin(Record, Record.id == Person.record_id)
    persons = session.execute(wanted.where(Person.id.in_(ids), Person.listed != NEVER)).all()
    fields: dict[int, dict[str, list[Told]]] = defaultdict(lambda: defaultdict(list))
    offered = [row.Person.id for row in persons]
    for read in (_names, _said, _family, _works):
        for number, key, told in read(session, offered):
            fields[number or 0][key].append(told)
    tell = _testimonies(session, offered)
    for number, row in tell.items():
        fields[number]["stood"] += [Told(row.stood)] if row.stood else []
    return {row.Person.id: _side(row, fields[row.Person.id], tell.get(row.Person.id)) for row in persons}


def _side(row: Any, fields: Mapping[str, Sequence[Told]], tells: Any) -> Side:
    names = fields.get("names", ())
    page = address("remembrance", row.public_id) if row.public_id else ""
    if not page and tells is not None:
        page = address("testimony", tells.public_id)
    return Side(names[0].words if names else "", page, row.Person.contribution_id is not None, fields)


Found = Iterable[tuple[int | None, str, Told]]


def _names(session: GatedSession, ids: Collection[int]) -> Found:
    wanted = select(PersonName, Source).outerjoin(Source, Source.id == PersonName.source_id)
    wanted = wanted.where(PersonName.person_id.in_(ids)).order_by(PersonName.rank, PersonName.id)
    for name, source in session.execute(wanted):
        yield name.person_id, "names", Told(name.text, name.kind, cites=_cites(source))


def _said(session: GatedSession, ids: Collection[int]) -> Found:
    wanted = select(Statement, Source).outerjoin(Source, Source.id == Statement.source_id)
    wanted = wanted.where(Statement.person_id.in_(ids)).order_by(Statement.position, Statement.id)
    for said, source in session.execute(wanted):
        view = assertion(said, {source.id: source} if source else {})
        told = Told(view.value, said.property, view.stated_by, view.cites)
        yield said.person_id, FIELD_OF.get(said.property, "else"), told


def _family(session: GatedSession, ids: Collection[int]) -> Found:
    wanted = select(Relation, Source).outerjoin(Source, Source.id == Relation.source_id)
    for relation, source in session.execute(wanted.where(Relation.person_id.in_(ids)).order_by(Relation.id)):
        words = f"{relation.relation} {relation.other_as_given}".strip()
        yield relation.person_id, "family", Told(words, cites=_cites(source))


def _works(session: GatedSession, ids: Collection[int]) -> Found:
    wanted = select(Citation, Source).outerjoin(Source, Source.id == Citation.source_id)
    once: set[tuple[int | None, str, str]] = set()
    for citation, source in session.execute(wanted.where(Citation.person_id.in_(ids)).order_by(Citation.id)):
        label = source_label(source) if source else citation.as_given
        key = (citation.person_id, label, citation.locator)
        if key not in once:
            once.add(key)
            yield citation.person_id, "sources", Told(label, by=citation.locator)


def _cites(source: Source | None) -> list[Cite]:
    return [Cite(source_label(source), address("source", source.public_id))] if source else []


def _testimonies(session: GatedSession, ids: Collection[int]) -> dict[int, Any]:
    """Where they tell of it themselves, and how they stood to it."""
    wanted = select(Testimony.person_id, Record.public_id, Testimony.stood)
    wanted = wanted.join(Record, Record.id == Testimony.record_id).where(Testimony.person_id.in_(ids))
    return {row.person_id: row for row in session.execute(wanted.order_by(Record.id.desc()))}


# -- for the desk's pages -------------------------------------------------------------------


def same_as(session: GatedSession, record_id: int) -> list[tuple[str, str]]:
    """With whom the person of a record is read as one: (name, address)."""
    mine = persons_of_records(session, Record.id == record_id)
    if not mine:
        return []
    wanted = select(SameAs.person_id, SameAs.other_id).where(
        or_(SameAs.person_id.in_(mine), SameAs.other_id.in_(mine)), SameAs.undone_at.is_(None)
    )
    others = {number for link in session.execute(wanted) for number in link} - mine
    sides = _sides(session, others) if others else {}
    return [(sides[each].title, sides[each].address) for each in sorted(sides) if sides[each].title]


def open_pairs(
    session: GatedSession, after: int = 0, most: int = 20
) -> tuple[list[tuple[Item, Beside]], int]:
    """The pairs that wait, the longest waiting first; and after which the next page begins, 0 for none."""
    wanted = select(Item).where(
        Item.kind == "duplicate", Item.state.in_(workflow.OPEN_STATES), Item.id > after
    )
    items = session.scalars(wanted.order_by(Item.id).limit(most + 1)).all()
    shown = items[:most]
    return list(zip(shown, pairs_of(session, shown), strict=True)), shown[-1].id if len(items) > most else 0
