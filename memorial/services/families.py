"""A family: everybody who is connected with a person through what sources say of kinship.

    connected(session, {person_id})    # [Connected], nearest first, beyond the person's own relatives

Nothing is worked out: each is there by a word of a source about two people, and the page says through whom.
Neighbours and colleagues make no family. Bounded, and read one step of kinship at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select

from memorial.domain.addresses import address
from memorial.domain.relations import FAMILY, role_of_other, role_of_owner
from memorial.gate import GatedSession
from memorial.gate.as_one import leaders
from memorial.models import PersonName, Record, Relation, Remembrance

MOST = 40  # people
STEPS = 6
AT_ONCE = 400  # relations read in one step


@dataclass(frozen=True, slots=True)
class Connected:
    name: str
    language: str
    address: str  # "" where they have no page
    role: str  # what they are to `through`
    through: str


Step = tuple[int, int, str]  # who, through whom, what they are to them


def connected(session: GatedSession, persons: Collection[int]) -> list[Connected]:
    """Of one person, or of several who are read as one: those beyond the direct relatives; who has no name to show is left out, and nobody is walked through."""
    near, seen, found = set(persons), set(persons), list[Step]()
    for step in range(STEPS):
        steps = [each for each in _steps(session, near) if each[0] not in seen]
        fresh: dict[int, Step] = {}
        for each in steps:
            fresh.setdefault(each[0], each)
        if not fresh or len(seen) > MOST:
            break
        if step:  # the first step is the family that the page shows by itself
            found += fresh.values()
        near, seen = set(fresh), seen | fresh.keys()
    return _named(session, [each for each in _led(session, found[:MOST]) if each[0] not in persons])


def _led(session: GatedSession, found: list[Step]) -> list[Step]:
    """Whoever is read as one with another stands once, as who leads."""
    led = leaders(session, {each for one in found for each in one[:2]})
    once: dict[int, Step] = {}
    for who, through, role in found:
        once.setdefault(led.get(who, who), (led.get(who, who), led.get(through, through), role))
    return list(once.values())


def _steps(session: GatedSession, near: set[int]) -> list[Step]:
    wanted = (
        select(Relation.person_id, Relation.other_id, Relation.relation)
        .where(or_(Relation.person_id.in_(near), Relation.other_id.in_(near)), Relation.other_id.is_not(None))
        .order_by(Relation.id)
        .limit(AT_ONCE)
    )
    found = []
    for person, other, words in session.execute(wanted):
        if other is None or role_of_owner(words) not in FAMILY:
            continue
        if person in near:
            found.append((other, person, role_of_other(words)))
        if other in near:
            found.append((person, other, role_of_owner(words)))
    return found


def _named(session: GatedSession, found: list[Step]) -> list[Connected]:
    if not found:
        return []
    ids = {each for one in found for each in one[:2]}
    wanted = (
        select(PersonName.person_id, PersonName.text, PersonName.language, Record.kind, Record.public_id)
        .outerjoin(Remembrance, Remembrance.person_id == PersonName.person_id)
        .outerjoin(Record, Record.id == Remembrance.record_id)
        .where(PersonName.person_id.in_(ids), PersonName.listed != "never")
        .order_by(PersonName.person_id, PersonName.rank.desc(), PersonName.id.desc())
    )
    rows = {row.person_id: row for row in session.execute(wanted)}
    return [
        Connected(
            rows[who].text,
            rows[who].language,
            address(rows[who].kind, rows[who].public_id) if rows[who].kind else "",
            role,
            rows[through].text,
        )
        for who, through, role in found
        if who in rows and through in rows
    ]
