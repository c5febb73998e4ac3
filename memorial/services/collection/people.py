"""People: those whom a source calls killed, missing or a victim are remembered, others are findable by name.

Whoever the file marks as accused gets no row here at all: the object is kept as it is beside
the collection, so that an export gives it back, and nothing finds it (DESIGN, "Person").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from memorial.domain.names import fold, script_of, sort_key
from memorial.gate import GatedSession
from memorial.models import Citation, Person, PersonName, Record, Relation, Remembrance, Statement
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    boolean,
    needed,
    objects,
    only,
    place_cited,
    places_cited,
    prose,
    text,
    texts,
    whole,
)
from memorial.services.collection.pages import (
    Objects,
    cited,
    cites,
    first_source,
    given,
    grouped,
    page,
)
from memorial.services.collection.places import seeds, seeds_back

SEED = {"seed": text(), "occurrences": whole(), "first_ref": place_cited()}
NAME = {"spelling": needed(), "seeds": objects(SEED, a_line_each=True)}
RELATION = {"relation": needed(), "person": needed()}
FIELDS = {
    "id": needed(), "label": text(), "names": objects(NAME), "roles": texts(), "fate": needed(),
    "relations": objects(RELATION, a_line_each=True), "accused": boolean(), "accusation_as_stated": only(None),
    "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
REQUIRED = ("names", "accused")

NOT_STATED = "not stated"
_LOST = re.compile(r"\b(killed|missing|died|dead|victims?)\b")
_LIVES = re.compile(r"\b(survived|alive|not killed|released)\b")


def is_remembered(fate: str) -> bool:
    """Whether a source says of somebody that they were killed, are missing, or are among the victims."""
    return bool(_LOST.search(fate.lower())) and not _LIVES.search(fate.lower())


def build(batch: Batch, thing: Thing) -> None:
    """The person under the collection's guard, or with a remembrance of their own (`thing.kind` says)."""
    remembered = thing.kind == "record"
    person_id = thing.kept.get("person_id") or (batch.ids.take(Person) if remembered else thing.id)
    spellings = [name.get("spelling") or "" for name in thing.list("names")]
    if remembered:
        detail = {"person_id": person_id}
        page(batch, thing, "remembrance", Remembrance, title=spellings[0], detail=detail)
        thing.detail = {}
    batch.own(
        Person,
        thing,
        id=person_id,
        public_id=thing.kept.get("person_public_id") or thing.kept["new_person_public_id"],
        listed="remembrance" if remembered else "authority",
        record_id=thing.record_id,
        external_id=thing.external_id,
        label=thing.get("label"),
        roles=thing.list("roles"),
        note=thing.get("note"),
    )
    for rank, name in enumerate(thing.list("names")):
        _name(batch, thing, person_id, rank, name)
    _fate(batch, thing, person_id)
    for relation in thing.list("relations"):
        row = batch.add(
            Relation,
            thing,
            person_id=person_id,
            relation=relation.get("relation") or "",
            other_as_given=relation.get("person") or "",
        )
        batch.refer("person", row["other_as_given"], row, "other_id")
    cites(batch, thing, thing.list("seed_refs"), "supports", person_id=person_id, record_id=thing.record_id)


def _name(batch: Batch, thing: Thing, person_id: int, rank: int, name: dict[str, Any]) -> None:
    words = name.get("spelling") or ""
    thing.words.append(words)
    row = batch.add(
        PersonName,
        thing,
        person_id=person_id,
        record_id=thing.record_id,
        text=words,
        script=script_of(words),
        kind="printed",
        rank=rank,
        listed="remembrance" if thing.kind == "record" else "authority",
        sort_key=sort_key(words, "und")[:200],
    )
    thing.names.append(row)
    seeds(batch, thing, row, name.get("seeds") or [], "occurrences", name_id=row["id"])


def _fate(batch: Batch, thing: Thing, person_id: int) -> None:
    fate, refs = thing.get("fate"), thing.list("seed_refs")
    if not fate or fate == NOT_STATED:
        return
    row = batch.statement(thing, "fate", 0, value_text=fate, person_id=person_id)
    first_source(batch, row, refs)


def spellings_of(value: Any) -> set[str]:
    """Every spelling of a person of the file, folded."""
    return {fold(name.get("spelling") or "") for name in value.get("names") or [] if isinstance(name, dict)}


def give_back(session: GatedSession, ids: Sequence[int]) -> Objects:
    """The persons with these ids, every field from its home."""
    persons = session.scalars(select(Person).where(Person.id.in_(ids))).all()
    names = grouped(session, PersonName, "person_id", ids)
    told = grouped(session, Citation, "name_id", [name.id for some in names.values() for name in some])
    relations = grouped(session, Relation, "person_id", ids)
    citations = grouped(session, Citation, "person_id", ids)
    fates = {
        row[0]: row[1]
        for row in session.execute(
            select(Statement.person_id, Statement.value_text)
            .where(Statement.person_id.in_(ids), Statement.property == "fate", Statement.position == 0)
            .order_by(Statement.id.desc())
        )
    }
    return {
        person.id: {
            "label": given(person.label),
            "names": [
                {"spelling": name.text, "seeds": seeds_back(told[name.id], "occurrences")}
                for name in sorted(names[person.id], key=lambda name: (name.rank, name.id))
                if name.kind == "printed"
            ],
            "roles": list(person.roles),
            "fate": fates.get(person.id, NOT_STATED),
            "relations": [
                {"relation": relation.relation, "person": relation.other_as_given}
                for relation in relations[person.id]
            ],
            "accused": False,
            "accusation_as_stated": None,
            "note": given(person.note),
            "seed_refs": cited(citations[person.id], "supports"),
        }
        for person in persons
    }


def persons_of(session: GatedSession, record_ids: Sequence[int]) -> dict[int, int]:
    """The person of each remembrance, by the record's id."""
    wanted = select(Remembrance.record_id, Remembrance.person_id).join(
        Record, Record.id == Remembrance.record_id
    )
    return {row[0]: row[1] for row in session.execute(wanted.where(Remembrance.record_id.in_(record_ids)))}
