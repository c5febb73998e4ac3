"""Reading persons as one: what was decided of pairs, made into unions, and taken back.

    join(session, actor, item, now=now)     # the item's two are one, with whoever each is one with already
    part(session, item, now=now)            # they are not, as if it had never been decided
    keep_apart(session, item, verb)         # "different" or "cannot_tell": remembered by the item

The decisions lie with the items. `same_as` follows from them: a live row for each two of a union, so that readers
find all of it by one look (gate/as_one.py), however the union came about. Nothing else is written, so taking a
decision back leaves everything as it was. A row holds ids and no words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import combinations

from sqlalchemy import Select, or_, select

from memorial.domain import workflow
from memorial.domain.alike import Pair, key_of, pair_of_key, union_with
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.models import Contribution, Item, Part, Person, SameAs
from memorial.services import consent

NEVER = "never"
MOST = 20  # persons read as one: a page has room for no more
IMPLIED = "union"  # two that are one because each is one with a third


def pair_in(item: Item) -> Pair:
    """The two persons. Raises NotPermitted for an item that names none."""
    pair = pair_of_key(str(item.facts.get("pair", "")))
    if pair is None:
        raise NotPermitted("no_pair")
    return pair


def join(session: GatedSession, actor: Actor, item: Item, *, now: datetime) -> None:
    """From now on read as one. The reason's words lie with the item; here stands which item it is.

    Raises NotPermitted for whoever is listed nowhere, for two of a union who were found to be different, and for
    a union that a page has no room for.
    """
    consent.move_epoch(session)  # also the lock: whoever decides at the same time reads what this has written
    pair = pair_in(item)
    listed = session.scalars(select(Person.listed).where(Person.id.in_(pair))).all()
    if len(listed) < len(pair) or NEVER in listed:
        raise NotPermitted("not_listed")
    item.facts = {**item.facts, "decision": "same"}
    decided = _decided(session, pair)
    union = union_with(pair[0], decided)
    if len(union) > MOST:
        raise NotPermitted("too_many_as_one")
    if _found_different(session, union):
        raise NotPermitted("found_different")
    _settle(session, actor.label, union, decided, now)


def part(session: GatedSession, item: Item, *, now: datetime) -> None:
    """They are two again, as if they had never been joined; that they were is kept."""
    consent.move_epoch(session)
    item.facts = {name: fact for name, fact in item.facts.items() if name != "decision"}
    pair = pair_in(item)
    decided = _decided(session, pair)
    for person in pair:
        _settle(session, "", union_with(person, decided), decided, now)


def keep_apart(session: GatedSession, item: Item, verb: str) -> None:
    """The item itself remembers it: a pair that has one is not found again."""
    consent.move_epoch(session)
    if verb == "different" and _live(session, pair_in(item), pair_in(item)):
        raise NotPermitted("one_through_others")
    item.facts = {**item.facts, "decision": verb}


def _decided(session: GatedSession, pair: Pair) -> dict[Pair, str]:
    """The pairs that were found to be one, as far as they reach from these two; each with its item."""
    reached: set[int] = set()
    ahead: set[int] = set(pair)
    found: dict[Pair, str] = {}
    session.flush()
    while ahead:
        reached |= ahead
        for item in session.scalars(_items_with(ahead).where(Item.state == workflow.DONE)):
            found[pair_in(item)] = item.public_id
        ahead = {person for two in found for person in two} - reached
    return found


def _items_with(persons: Iterable[int]) -> Select[Item]:
    key = Item.facts["pair"].as_string()
    sides = [
        shape for number in sorted(persons) for shape in (key.like(f"{number}-%"), key.like(f"%-{number}"))
    ]
    return select(Item).where(Item.kind == "duplicate", or_(*sides))


def _found_different(session: GatedSession, union: Collection[int]) -> bool:
    keys = [key_of(*two) for two in combinations(sorted(union), 2)]
    wanted = select(Item).where(
        Item.kind == "duplicate", Item.state == workflow.DECLINED, Item.facts["pair"].as_string().in_(keys)
    )
    return any(item.facts.get("decision") == "different" for item in session.scalars(wanted))


def _settle(
    session: GatedSession, label: str, union: Collection[int], decided: dict[Pair, str], now: datetime
) -> None:
    """The rows of one union: those that are missing come, those that follow from nothing any more end."""
    wanted = set(combinations(sorted(union), 2))
    there = {(row.person_id, row.other_id): row for row in _live(session, union)}
    for two, row in there.items():
        if two not in wanted:
            row.undone_at = now
    there_still = select(Person).outerjoin(Contribution, Contribution.id == Person.contribution_id)
    there_still = there_still.where(Person.id.in_(union), Contribution.erased_at.is_(None))
    persons = {each.id: each for each in session.scalars(there_still)}
    for one, other in sorted(wanted - there.keys()):
        if one in persons and other in persons:
            item = decided.get((one, other))
            session.add(
                _row(session, persons[one], persons[other], f"item:{item}" if item else IMPLIED, label, now)
            )
    session.flush()


def _row(session: GatedSession, one: Person, other: Person, reason: str, label: str, now: datetime) -> SameAs:
    # What a family sent can be removed for good: the link hangs on such a side, and goes with it.
    side = other if other.contribution_id is not None else one
    guard = consent.guard_of(session, session.get_one(Part, side.part_id))
    return SameAs(person_id=one.id, other_id=other.id, reason=reason, made_by=label, made_at=now, **guard)


def _live(session: GatedSession, persons: Collection[int], others: Collection[int] = ()) -> list[SameAs]:
    wanted = select(SameAs).where(SameAs.undone_at.is_(None))
    if others:
        return list(session.scalars(wanted.where(SameAs.person_id.in_(persons), SameAs.other_id.in_(others))))
    either = or_(SameAs.person_id.in_(persons), SameAs.other_id.in_(persons))
    return list(session.scalars(wanted.where(either).order_by(SameAs.id)))
