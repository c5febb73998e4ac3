"""Writing the persons of a list, some hundreds of lines at a time, and then putting before the desk who may be who.

    begin(session, actor, list_, expected=1, now=now)           # then, each in a transaction of its own,
    while write_next(session, list_id, keys=keys, now=now): …   # persons through the writer of collections
    sought = seek(desk_session, list_id, keys=keys)             # reads as the desk does: what is sealed is not searched
    match_next(session, list_id, sought, now=now)               # items for the desk; nobody is joined by itself

Each line is its own person, whoever bears the same name: two who may be one are an item of the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Stale
from memorial.formats.jsonl import Row
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Account, ImportedObject, NameList, Person, PersonName
from memorial.services import duplicates
from memorial.services.accounts import acting_later
from memorial.services.alike import candidates
from memorial.services.audit import Act, record_act
from memorial.services.collection import AT_ONCE, import_objects
from memorial.services.name_lists.keeping import (
    DONE,
    MATCHING,
    PREVIEWED,
    RUNNING,
    UNDOING,
    allowed,
    of,
    told,
)
from memorial.services.name_lists.reading import PEOPLE, kind_of

AT_WORK = (RUNNING, MATCHING, UNDOING)
MATCHED_AT_ONCE = 200


def begin(session: GatedSession, actor: Actor, list_: NameList, *, expected: int, now: datetime) -> None:
    """From now on its persons are written. Raises Stale where it was begun already."""
    allowed(session, actor, now)
    session.refresh(list_, with_for_update=True)
    if list_.version != expected or list_.state != PREVIEWED:
        raise Stale("name_list_changed", found=list_.version, expected=expected)
    list_.state, list_.version, list_.place = RUNNING, list_.version + 1, 0
    list_.account_id, list_.made_by, list_.made_at = actor.account_id or None, actor.label, now
    record(session, actor, list_, "list_begun", now, lines=list_.found.get("lines", 0))


def left_to_do(session: GatedSession) -> Sequence[int]:
    """The lists that are at work; what a queue forgot among them."""
    return session.scalars(select(NameList.id).where(NameList.state.in_(AT_WORK)).order_by(NameList.id)).all()


def actor_of(session: GatedSession, list_: NameList) -> Actor:
    """In whose name it goes on; the account is asked again each time (gate/standing.py)."""
    if list_.account_id is None:
        return Actor.command(list_.made_by.removeprefix("command:"))
    return acting_later(session.get(Account, list_.account_id))


def write_next(
    session: GatedSession,
    list_id: int,
    *,
    keys: ArchiveKey,
    now: datetime,
    signed: Mapping[str, Any] | None = None,
    most: int = AT_ONCE,
) -> bool:
    """The next lines; False when there are none left, and the list goes on to be matched.

    `signed` publishes at once: `publish`, `second`, `note_hash` of services/collection.
    """
    list_ = session.get_one(NameList, list_id, with_for_update=True, populate_existing=True)
    if list_.state != RUNNING:
        return False
    actor = actor_of(session, list_)
    some = list(islice(told(session, list_, keys, list_.place)[1], most))
    kind = kind_of(list_.plan)
    if not some and kind != PEOPLE:
        end(session, list_, now, objects=list_.added)
        return False
    if not some:
        list_.state, list_.place = MATCHING, 0
        record(session, actor, list_, "list_written", now, persons=list_.added)
        return False
    rows = [Row(list_.file_name, each.line, each.value) for each in some if each.value is not None]
    report = import_objects(
        session, actor, kind, rows, now=now, name=list_.name, run=list_.public_id, **(signed or {})
    )
    list_.place = some[-1].line
    list_.added += report.added
    if report.faults:
        refused = [*list_.found.get("refused", []), *([each.line, each.problem] for each in report.faults)]
        list_.found = {**list_.found, "refused": refused[:100]}
    return True


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found of the next persons of a list; `last` is the last line that was looked at, 0 for none."""

    pairs: Mapping[tuple[int, int], Any]
    last: int = 0


def seek(session: GatedSession, list_id: int, *, keys: ArchiveKey) -> Sought:
    """Looks for the next persons of the list among those who were there. The session reads as the desk does."""
    list_ = session.get_one(NameList, list_id)
    persons, last = persons_of(session, list_, keys, list_.place, MATCHED_AT_ONCE)
    mine = set(persons.values())
    names = select(PersonName.person_id, PersonName.text, PersonName.kind)
    rows = session.execute(names.where(PersonName.person_id.in_(mine))).all()
    found = candidates(session, rows)
    others = {number for pair in found for number in pair} - mine
    wanted = select(Person.id, Person.external_id).where(Person.id.in_(others))
    prefix = f"{list_.name}:"
    same_list = mine | {row[0] for row in session.execute(wanted) if str(row[1]).startswith(prefix)}
    # Two lines of one list are two people: whoever made the list says so.
    return Sought({pair: why for pair, why in found.items() if not set(pair) <= same_list}, last)


def is_matching(session: GatedSession, list_id: int) -> bool:
    return session.get_one(NameList, list_id).state == MATCHING


def match_next(session: GatedSession, list_id: int, sought: Sought, *, now: datetime) -> bool:
    """Puts what was found before the desk; False when all persons of the list are looked at."""
    list_ = session.get_one(NameList, list_id, with_for_update=True, populate_existing=True)
    if list_.state != MATCHING:
        return False
    if not sought.last:
        end(session, list_, now, matches=list_.matches)
        return False
    list_.matches += duplicates.raise_pairs(session, sought.pairs, now=now, more={"list": list_.public_id})
    list_.place = sought.last
    return True


def end(session: GatedSession, list_: NameList, now: datetime, **numbers: int) -> None:
    list_.state, list_.ended_at, list_.version = DONE, now, list_.version + 1
    record(session, Actor.system(), list_, "list_done", now, **numbers)


def leave(session: GatedSession, list_id: int, reason: str, *, now: datetime) -> None:
    """It cannot go on, for instance because the account has ended: what is written stays, and can be taken back."""
    list_ = session.get_one(NameList, list_id, with_for_update=True, populate_existing=True)
    if list_.state in AT_WORK:
        list_.found = {**list_.found, "stopped": reason}
        end(session, list_, now)


def persons_of(
    session: GatedSession, list_: NameList, keys: ArchiveKey, after: int, most: int
) -> tuple[Mapping[int, int], int]:
    """The persons of the next lines, by line; and the last of those lines, 0 for none."""
    work = of(session, list_)
    lines = [each.line for each in islice(told(session, list_, keys, after)[1], most)]
    ids = {work.id_of(line): line for line in lines}
    wanted = select(Person.external_id, Person.id).where(Person.external_id.in_(ids))
    found = {ids[str(row[0])]: row[1] for row in session.execute(wanted)}
    return found, lines[-1] if lines else 0


def objects_of(
    session: GatedSession, list_: NameList, keys: ArchiveKey, after: int, most: int
) -> tuple[Mapping[int, ImportedObject], int]:
    """What the next lines became, by line; and the last of those lines, 0 for none."""
    work = of(session, list_)
    lines = [each.line for each in islice(told(session, list_, keys, after)[1], most)]
    ids = {work.id_of(line): line for line in lines}
    wanted = select(ImportedObject).where(
        ImportedObject.file == kind_of(list_.plan), ImportedObject.external_id.in_(ids)
    )
    found = {ids[each.external_id]: each for each in session.scalars(wanted)}
    return found, lines[-1] if lines else 0


def record(
    session: GatedSession, actor: Actor, list_: NameList, verb: str, now: datetime, **numbers: int
) -> None:
    """A line of the log: which list, and numbers; no words."""
    act = Act(verb, f"name_list:{list_.public_id}", note_hash=list_.note_hash, details=numbers)
    record_act(session, actor, act, now)
