"""Who else has said something about the page of an item, or about the person it is of.

    others_of(session, item)        # other items, open ones and those that are decided

Two of one family may each send a page, a memory, a correction or a request against the other's.
The desk sees all of them beside each other; who came first decides nothing, so the order is
that of the kinds and then of the items' own addresses, which are drawn by lot.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from memorial.domain import workflow
from memorial.gate import GatedSession
from memorial.models import Item, PersonName, Record, Remembrance, SameAs

KINDS = ("contribution", "revision", "tribute", "report", "take_down", "duplicate", "erasure")
MOST = 30


def others_of(session: GatedSession, item: Item) -> list[Item]:
    """At most `MOST` of them, those that are open first."""
    if item.record_id is None:
        return []
    about = {item.record_id, *_same_person(session, item.record_id)}
    wanted = select(Item).where(
        Item.record_id.in_(about), Item.id != item.id, Item.kind.in_(KINDS), Item.state != workflow.DRAFT
    )
    found = session.scalars(
        wanted.order_by(Item.ended_at.is_not(None), Item.kind, Item.public_id).limit(MOST)
    )
    return list(found)


def _same_person(session: GatedSession, record_id: int) -> set[int]:
    """Other remembrances of somebody of the same name, or of whom the archive says that it is the same person."""
    names = select(PersonName.sort_key).where(PersonName.record_id == record_id, PersonName.sort_key != "")
    keys = set(session.scalars(names).all())
    named = (
        select(PersonName.record_id)
        .join(Record, Record.id == PersonName.record_id)
        .where(PersonName.sort_key.in_(keys), Record.kind == "remembrance")
        .distinct()
        .limit(MOST)
    )
    found = set(session.scalars(named)) if keys else set()
    person = session.scalars(select(Remembrance.person_id).where(Remembrance.record_id == record_id)).first()
    if person is not None:
        found |= _said_to_be_the_same(session, person)
    return {number for number in found if number is not None and number != record_id}


def _said_to_be_the_same(session: GatedSession, person_id: int) -> set[int]:
    pairs = select(SameAs.person_id, SameAs.other_id).where(
        or_(SameAs.person_id == person_id, SameAs.other_id == person_id), SameAs.undone_at.is_(None)
    )
    people = {number for pair in session.execute(pairs) for number in pair} - {person_id}
    return set(session.scalars(select(Remembrance.record_id).where(Remembrance.person_id.in_(people))))
