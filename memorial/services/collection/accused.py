"""Nobody whom a file marks as accused has an entry: what may have gone in before is taken out again.

Statements by and about them stay, attributed. Their names leave the lists of people named in a
press account and the relations of others; the object as it was read stays beside them, so that
an export gives it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, select

from memorial.domain.names import fold
from memorial.domain.relations import named
from memorial.gate import GatedSession
from memorial.models import ImportedObject, Person, Press, Record, Relation, Statement
from memorial.services import search_index
from memorial.services.collection.batch import Thing
from memorial.services.collection.former import clear_persons


def without(names: Sequence[str], accused: set[str]) -> list[str]:
    return [name for name in names if fold(name) not in accused]


def strip(thing: Thing, accused: set[str]) -> None:
    """Before building: lists of this object without the names of accused persons."""
    narrowed: dict[str, Any] = {}
    for field, name_of in LISTS.get(thing.file, {}).items():
        given = thing.value.get(field) or []
        kept = [item for item in given if fold(name_of(item)) not in accused]
        if len(kept) != len(given):
            thing.leftovers[field] = given
            narrowed[field] = kept
    if narrowed:
        thing.value = {**thing.value, **narrowed}


LISTS: dict[str, dict[str, Callable[[Any], str]]] = {
    "press_accounts": {"persons_named": str},
    "people": {"relations": lambda relation: named(str(relation.get("person") or ""))},
}


def take_out(session: GatedSession, accused: set[str]) -> None:
    """After people were loaded: what earlier files brought of them."""
    if not accused:
        return
    session.flush()
    _from_press(session, accused)
    _from_relations(session, accused)


def _from_press(session: GatedSession, accused: set[str]) -> None:
    wanted = select(Press, Record.external_id).join(Record, Record.id == Press.record_id)
    for press, external_id in session.execute(wanted.execution_options(yield_per=500)):
        kept = without(press.persons_named, accused)
        if len(kept) != len(press.persons_named):
            _keep(session, "press_accounts", external_id, "persons_named", list(press.persons_named))
            press.persons_named = kept


def _from_relations(session: GatedSession, accused: set[str]) -> None:
    wanted = select(Relation, Person.external_id).join(Person, Person.id == Relation.person_id)
    theirs = [(r, e) for r, e in session.execute(wanted) if fold(named(r.other_as_given)) in accused]
    for relation, external_id in theirs:
        mine = select(Relation).where(Relation.person_id == relation.person_id).order_by(Relation.id)
        given = [{"relation": r.relation, "person": r.other_as_given} for r in session.scalars(mine)]
        _keep(session, "people", external_id, "relations", given)
    for relation, _ in theirs:
        session.delete(relation)


def _keep(session: GatedSession, file: str, external_id: str | None, field: str, given: list[Any]) -> None:
    told = session.get(ImportedObject, (file, external_id)) if external_id else None
    if told is not None and field not in told.leftovers:
        told.leftovers = {**told.leftovers, field: given}


def forget_person(session: GatedSession, person_id: int) -> None:
    """Somebody who was findable by name and is now marked as accused."""
    clear_persons(session, [person_id])
    for said in session.scalars(select(Statement).where(Statement.speaker_id == person_id)):
        said.speaker_id = None
    for relation in session.scalars(select(Relation).where(Relation.other_id == person_id)):
        relation.other_id = None
    session.flush()
    session.execute(
        delete(Person).where(Person.id == person_id),
        execution_options={"projection": True, "synchronize_session": False},
    )


def forget_words(session: GatedSession, person_id: int) -> None:
    """Take a person out of search; before the row goes, because search entries point to it."""
    person = session.get_one(Person, person_id)
    person.listed = "never"
    session.flush()
    search_index.index_persons(session, [person_id])
