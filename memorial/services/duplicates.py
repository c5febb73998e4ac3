"""Two that may be one: raised by somebody or by the night's search, decided by a person, taken back by a person.

    item = flag(session, actor, "/people/…", "/people/…", now=now)   # by hand
    pairs, seen_to = found(session)                                  # the night's search, and then
    raise_found(session, pairs, seen_to, now=now)
    pair_of(session, item)                                           # both side by side, for the item's page

The decision is a step of the workflow (same, different, cannot_tell, undo_same). A union is one row
of `same_as`; parts and consent stay where they are, and no page changes by it. What was decided is
remembered by the item: a pair that has one is not raised again. Nobody who is marked `never` is
offered, and what is sealed is not searched: the search reads as the desk does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select, union

from memorial.domain import alike, workflow
from memorial.domain.addresses import KIND_OF, address
from memorial.domain.alike import Known, Pair, ordered
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.domain.views import Assertion
from memorial.gate import Actor, GatedSession, may
from memorial.gate.shown import assertion, source_label
from memorial.models import (
    ArchiveSetting,
    Citation,
    Item,
    Person,
    PersonName,
    Record,
    Remembrance,
    SameAs,
    Source,
    Statement,
    Testimony,
)
from memorial.services import review
from memorial.services.audit import Act, record_act
from memorial.services.finding import BORN, LIVED
from memorial.services.search import search
from memorial.services.unions import NEVER, pair_in

A_NIGHT = 1_000  # names looked at in one round
CANDIDATES = 20  # hits looked at for each name
MARK = "duplicates_searched_to"  # the last name the search has looked at


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as the desk may read it: without names where its words are closed to it."""

    names: Sequence[tuple[str, str]]  # (name, its kind)
    address: str
    facts: Sequence[Assertion]
    sources: Sequence[str]
    stood: str = ""  # how a narrator stood to the event
    own: bool = False  # sent by a family

    @property
    def title(self) -> str:
        return self.names[0][0] if self.names else ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A pair on its item's page."""

    sides: Sequence[Side]
    agrees: Sequence[str]
    joined: bool
    decision: str


# -- raising --------------------------------------------------------------------------------


def flag(session: GatedSession, actor: Actor, one: str, other: str, *, now: datetime) -> Item:
    """Somebody asks whether two are one. The item that there is already, where this was asked before.

    Raises NotPermitted, and Invalid with the field of the address that names nobody.
    """
    verdict = may(session, actor, "flag_duplicate", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    pair = ordered(_person_at(session, one, "one"), _person_at(session, other, "other"))
    if pair[0] == pair[1]:
        raise Invalid("same_page", field="other")
    return _raise(session, actor, pair, (), now)[0]


def found(session: GatedSession) -> tuple[dict[Pair, tuple[str, ...]], int]:
    """What the search finds among the names that are new since its last round, and the last it looked at.

    The session reads as the desk does. At most `A_NIGHT` names; what is left comes the next night.
    """
    newest = session.scalar(select(func.max(PersonName.id))) or 0
    mark = session.get(ArchiveSetting, MARK)
    after = int(mark.value) if mark is not None else max(0, newest - A_NIGHT)
    wanted = select(PersonName.id, PersonName.person_id, PersonName.text, PersonName.kind)
    rows = session.execute(wanted.where(PersonName.id > after).order_by(PersonName.id).limit(A_NIGHT)).all()
    pairs: dict[Pair, tuple[str, ...]] = {}
    for row in rows:
        if row.kind != "pseudonym" and len(alike.name_key(row.text)) >= alike.FEWEST_WORDS:
            pairs.update(_alike(session, row.person_id, row.text))
    return pairs, rows[-1].id if rows else after


def raise_found(
    session: GatedSession, pairs: Mapping[Pair, tuple[str, ...]], seen_to: int, *, now: datetime
) -> int:
    """Items for what was found, where there is none; how many. The round is over with the same commit."""
    made = sum(_raise(session, Actor.system(), pair, pairs[pair], now)[1] for pair in sorted(pairs))
    mark = session.get(ArchiveSetting, MARK)
    if mark is None:
        session.add(ArchiveSetting(key=MARK, value=seen_to))
    else:
        mark.value = max(int(mark.value), seen_to)
    return made


def _alike(session: GatedSession, person_id: int, name: str) -> dict[Pair, tuple[str, ...]]:
    others = _named(session, name) - {person_id}
    of = _known(session, {person_id, *others}) if others else {}
    agreeing = {
        other: alike.why_alike(of[person_id], of[other])
        for other in others
        if {person_id, other} <= of.keys()
    }
    return {ordered(person_id, other): agrees for other, agrees in agreeing.items() if agrees}


def _named(session: GatedSession, name: str) -> set[int]:
    """Persons whom the desk's own search finds by these words."""
    hits = search(session, name).entries[:CANDIDATES]
    ids = [hit.public_id for hit in hits]
    persons = select(Person.id).where(Person.public_id.in_(ids))
    return {*session.scalars(persons), *_of_records(session, Record.public_id.in_(ids))}


def _of_records(session: GatedSession, which: Any) -> set[int]:
    """The persons of remembrances and the narrators of testimonies."""
    found: set[int] = set()
    for table in (Remembrance, Testimony):
        wanted = select(table.person_id).join(Record, Record.id == table.record_id).where(which)
        found |= {number for number in session.scalars(wanted) if number is not None}
    return found


def _pages_of(session: GatedSession, persons: Iterable[int]) -> set[int]:
    """The remembrances of persons, and the testimonies that they tell."""
    wanted = union(
        *(select(table.record_id).where(table.person_id.in_(persons)) for table in (Remembrance, Testimony))
    )
    return set(session.execute(wanted).scalars())


def pairs_with(session: GatedSession, item: Item) -> Sequence[Item]:
    """The pairs that show somebody of this item's page."""
    persons = _of_records(session, Record.id == item.record_id)
    pair = Item.facts["pair"].as_string()
    sides = [shape for number in persons for shape in (pair.like(f"{number}-%"), pair.like(f"%-{number}"))]
    return session.scalars(
        select(Item).where(Item.kind == "duplicate", or_(false(), *sides)).with_for_update()
    ).all()


def _known(session: GatedSession, ids: Iterable[int]) -> dict[int, Known]:
    """What the comparison reads, of those who may be offered at all."""
    wanted = select(Person.id).where(Person.id.in_(ids), Person.listed != NEVER)
    offered = set(session.scalars(wanted))
    words: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    names = select(PersonName.person_id, PersonName.text).where(PersonName.kind != "pseudonym")
    for row in session.execute(names.where(PersonName.person_id.in_(offered))):
        words[row[0]]["names"].append(row[1])
    facts = select(Statement.person_id, Statement.property, Statement.value_text).where(
        Statement.person_id.in_(offered), Statement.property.in_((*BORN, *LIVED))
    )
    for said in session.execute(facts):
        words[said[0] or 0]["born" if said[1] in BORN else "lived"].append(said[2])
    return {number: alike.known(**words[number]) for number in offered if words[number]["names"]}


def _person_at(session: GatedSession, page: str, field: str) -> int:
    """The person at an address (with language or without), or with this id."""
    *_, room, public_id = ["", *page.strip().split("?")[0].rstrip("/").split("/")]
    ids: set[int] = set()
    if is_public_id(public_id):
        if KIND_OF.get(f"/{room}") in ("remembrance", "testimony"):
            ids = _of_records(session, Record.public_id == public_id)
        else:
            ids = set(session.scalars(select(Person.id).where(Person.public_id == public_id)))
    if not ids:
        raise Invalid("no_such_person", field=field)
    number = ids.pop()
    if session.scalar(select(Person.listed).where(Person.id == number)) == NEVER:
        raise Invalid("not_listed", field=field)
    return number


def _raise(
    session: GatedSession, actor: Actor, pair: Pair, agrees: Sequence[str], now: datetime
) -> tuple[Item, bool]:
    """The pair's item, and whether it is new: there is one for each pair, whatever became of it."""
    wanted = select(Person).where(Person.id.in_(pair)).order_by(Person.id).with_for_update()
    persons = session.scalars(wanted).all()
    key = f"{pair[0]}-{pair[1]}"
    there = select(Item).where(Item.kind == "duplicate", Item.facts["pair"].as_string() == key)
    item = session.scalars(there).first()
    if item is not None:
        return item, False
    pages = _pages_of(session, pair)
    records = session.scalars(select(Record).where(Record.id.in_(pages)).order_by(Record.id)).all()
    marks = {mark for record in records for mark in review.marks_for_specialists(session, record, None)}
    own = {person.record_id for person in persons}
    item = review.new_item(
        session, "duplicate", now=now, record=next((each for each in records if each.id in own), None),
        flags=sorted(marks), facts={"pair": key, "agrees": list(agrees), "records": sorted(pages)},
    )  # fmt: skip
    record_act(session, actor, Act("flag_duplicate", f"item:{item.public_id}", "", item.state), now)
    return item, True


# -- for the desk's pages -------------------------------------------------------------------


def pair_of(session: GatedSession, item: Item) -> Beside:
    """The two of an item side by side, each as far as this session may read it."""
    pair = pair_in(item) if item.facts.get("pair") else ()
    return Beside(
        [_side(session, number) for number in pair],
        [str(word) for word in item.facts.get("agrees", ())],
        item.state == workflow.DONE,
        str(item.facts.get("decision", "")),
    )


def _side(session: GatedSession, person_id: int) -> Side:
    person = session.scalars(select(Person).where(Person.id == person_id)).first()
    if person is None or person.listed == NEVER:
        return Side((), "", (), ())
    named = (
        select(PersonName).where(PersonName.person_id == person_id).order_by(PersonName.rank, PersonName.id)
    )
    names = [(name.text, name.kind) for name in session.scalars(named)]
    said = (
        select(Statement).where(Statement.person_id == person_id).order_by(Statement.position, Statement.id)
    )
    statements = session.scalars(said).all()
    told = select(Citation, Source).outerjoin(Source, Source.id == Citation.source_id)
    cited = session.execute(told.where(Citation.person_id == person_id).order_by(Citation.id)).all()
    wanted = {each.source_id for each in statements if each.source_id}
    sources = {each.id: each for each in session.scalars(select(Source).where(Source.id.in_(wanted)))}
    labels = [source_label(source) if source else citation.as_given for citation, source in cited]
    page, stood = _page(session, person)
    return Side(
        names, page, [assertion(each, sources) for each in statements], list(dict.fromkeys(labels)), stood,
        person.contribution_id is not None,
    )  # fmt: skip


def _page(session: GatedSession, person: Person) -> tuple[str, str]:
    """Where their page is, and how they stood to the event where they tell of it."""
    told = (
        select(Record.public_id, Testimony.stood)
        .join(Testimony, Testimony.record_id == Record.id)
        .where(Testimony.person_id == person.id)
    )
    row = session.execute(told.order_by(Record.id)).first()
    if person.record_id is not None:
        public_id = session.scalar(select(Record.public_id).where(Record.id == person.record_id))
        return (address("remembrance", public_id) if public_id else ""), (row.stood if row else "")
    return (address("testimony", row.public_id), row.stood) if row else ("", "")


def same_as(session: GatedSession, record_id: int) -> list[tuple[str, str]]:
    """With whom the person of a record is read as one: (name, address)."""
    mine = _of_records(session, Record.id == record_id)
    if not mine:
        return []
    wanted = select(SameAs.person_id, SameAs.other_id).where(
        or_(SameAs.person_id.in_(mine), SameAs.other_id.in_(mine)), SameAs.undone_at.is_(None)
    )
    others = {number for link in session.execute(wanted) for number in link} - mine
    sides = [_side(session, number) for number in sorted(others)]
    return [(side.title, side.address) for side in sides if side.title]


def open_pairs(
    session: GatedSession, after: int = 0, most: int = 20
) -> tuple[list[tuple[Item, Beside]], int]:
    """The pairs that wait, the longest waiting first; and after which the next page begins, 0 for none."""
    wanted = select(Item).where(
        Item.kind == "duplicate", Item.state.in_(workflow.OPEN_STATES), Item.id > after
    )
    items = session.scalars(wanted.order_by(Item.id).limit(most + 1)).all()
    shown = items[:most]
    return [(item, pair_of(session, item)) for item in shown], shown[-1].id if len(items) > most else 0
