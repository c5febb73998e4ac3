"""Two that may be one: raised by somebody or by the night's search, decided by a person, taken back by a person.

    item = flag(session, actor, "/people/…", "/people/…", now=now)   # by hand
    pairs, seen_to = found(session)                                  # the night's search, and then
    raise_found(session, pairs, seen_to, now=now)

The decision is a step of the workflow (same, different, cannot_tell, undo_same); what follows from it is in
services/unions.py, how two look side by side in services/pairs.py. What was decided is remembered by the item: a
pair that has one is not raised again. Nobody who is marked `never` is offered, and what is sealed is not
searched: the search reads as the desk does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select, union

from memorial.domain.addresses import KIND_OF
from memorial.domain.alike import Pair, Score, key_of, ordered
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.models import (
    ArchiveSetting,
    Item,
    Person,
    PersonName,
    Record,
    Remembrance,
    Testimony,
)
from memorial.services import review
from memorial.services.alike import candidates, score_of
from memorial.services.audit import Act, record_act
from memorial.services.unions import NEVER

A_NIGHT = 1_000  # names looked at in one round
MARK = "duplicates_searched_to"  # the last name the search has looked at


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
    return _raise(session, actor, pair, score_of(session, pair), now)[0]


def found(session: GatedSession, most: int = A_NIGHT) -> tuple[dict[Pair, Score], int]:
    """What the search finds among the names that are new since its last round, and the last it looked at.

    The session reads as the desk does. At most `most` names; what is left comes the next night.
    """
    newest = session.scalar(select(func.max(PersonName.id))) or 0
    mark = session.get(ArchiveSetting, MARK)
    after = int(mark.value) if mark is not None else max(0, newest - A_NIGHT)
    wanted = select(PersonName.id, PersonName.person_id, PersonName.text, PersonName.kind)
    rows = session.execute(wanted.where(PersonName.id > after).order_by(PersonName.id).limit(most)).all()
    return candidates(session, rows), rows[-1].id if rows else after


def raise_found(session: GatedSession, pairs: Mapping[Pair, Score], seen_to: int, *, now: datetime) -> int:
    """Items for what was found, where there is none; how many. The round is over with the same commit."""
    made = raise_pairs(session, pairs, now=now)
    mark = session.get(ArchiveSetting, MARK)
    if mark is None:
        session.add(ArchiveSetting(key=MARK, value=seen_to))
    else:
        mark.value = max(int(mark.value), seen_to)
    return made


def raise_pairs(
    session: GatedSession,
    pairs: Mapping[Pair, Score],
    *,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Items for these pairs, where there is none; how many. `more` goes with the facts of each that is new."""
    made = 0
    for pair in _new(session, pairs):
        item, new = _raise(session, Actor.system(), pair, pairs[pair], now)
        made += new
        if new and more:
            item.facts = {**item.facts, **more}
    return made


def names_wait(session: GatedSession) -> bool:
    """Whether there are names that no round has looked at."""
    session.flush()
    mark = session.get(ArchiveSetting, MARK)
    return (session.scalar(select(func.max(PersonName.id))) or 0) > (int(mark.value) if mark else 0)


def _new(session: GatedSession, pairs: Iterable[Pair]) -> list[Pair]:
    """Those that have no item yet: what was decided once is not asked again, whatever has changed since."""
    keys = {key_of(*pair): pair for pair in pairs}
    pair = Item.facts["pair"].as_string()
    there = select(pair).where(Item.kind == "duplicate", pair.in_(list(keys)))
    asked = set(session.scalars(there)) if keys else set()
    return sorted(keys[key] for key in keys.keys() - asked)


def persons_of_records(session: GatedSession, which: Any) -> set[int]:
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
    persons = persons_of_records(session, Record.id == item.record_id)
    pair = Item.facts["pair"].as_string()
    sides = [shape for number in persons for shape in (pair.like(f"{number}-%"), pair.like(f"%-{number}"))]
    return session.scalars(
        select(Item).where(Item.kind == "duplicate", or_(false(), *sides)).with_for_update()
    ).all()


def _person_at(session: GatedSession, page: str, field: str) -> int:
    """The person at an address (with language or without), or with this id."""
    *_, room, public_id = ["", *page.strip().split("?")[0].rstrip("/").split("/")]
    ids: set[int] = set()
    if is_public_id(public_id):
        if KIND_OF.get(f"/{room}") in ("remembrance", "testimony"):
            ids = persons_of_records(session, Record.public_id == public_id)
        else:
            ids = set(session.scalars(select(Person.id).where(Person.public_id == public_id)))
    if not ids:
        raise Invalid("no_such_person", field=field)
    number = ids.pop()
    if session.scalar(select(Person.listed).where(Person.id == number)) == NEVER:
        raise Invalid("not_listed", field=field)
    return number


def _raise(session: GatedSession, actor: Actor, pair: Pair, score: Score, now: datetime) -> tuple[Item, bool]:
    """The pair's item, and whether it is new: there is one for each pair, whatever became of it."""
    wanted = select(Person).where(Person.id.in_(pair)).order_by(Person.id).with_for_update()
    persons = session.scalars(wanted).all()
    key = key_of(*pair)
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
        flags=sorted(marks),
        facts={"pair": key, "agrees": list(score.agrees), "against": list(score.against), "records": sorted(pages)},
    )  # fmt: skip
    record_act(session, actor, Act("flag_duplicate", f"item:{item.public_id}", "", item.state), now)
    return item, True
