"""People: those whom a source calls killed, missing or a victim are remembered, others are findable by name.

Whoever the file marks as accused gets no row here at all: the object is kept as it is beside
the collection, so that an export gives it back, and nothing finds it (DESIGN, "Person").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from memorial.domain import fates
from memorial.domain.names import fold, script_of, sort_key
from memorial.domain.relations import named
from memorial.domain.sparing import Fact, may_show, whose
from memorial.gate import GatedSession
from memorial.models import Citation, Person, PersonName, Record, Relation, Remembrance, Statement
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    boolean,
    choice,
    date,
    language,
    later,
    needed,
    objects,
    only,
    place_cited,
    places_cited,
    prose,
    text,
    texts,
    when,
    whole,
)
from memorial.services.collection.pages import (
    Objects,
    cited,
    cites,
    first_source,
    given,
    grouped,
    language_of,
    page,
    said_in,
)
from memorial.services.collection.places import seeds, seeds_back

SEED = {"seed": text(), "occurrences": whole(), "first_ref": place_cited()}
PRINTED = "printed"
# How somebody is called; `described` is not a name: "a daughter", where a source does not name her.
NAME_KINDS = (PRINTED, "full", "birth", "married", "nickname", "patronymic", "described")
NAME_LATER = ("kind", "language")
NAME = {
    "spelling": needed(), "seeds": objects(SEED, a_line_each=True),
    "kind": later(choice(*NAME_KINDS[1:])), "language": later(language()),
}  # fmt: skip
# One source's word on one thing, beside what others say of it; `reading` where the words of a fate need one.
PROPERTIES = ("fate", "born", "age", "sex", "lived", "occupation", "family", "school", "died")
STATEMENT = {
    "property": choice(*PROPERTIES, must=True), "value": needed(), "reading": choice(*fates.FATES),
    "claimant": needed(), "ref": place_cited(), "said": date(), "as_of": date(), "certainty": choice(*fates.CERTAINTIES),
    "corroboration": choice(*fates.CORROBORATIONS), "language": language(), "note": prose(),
}  # fmt: skip
RELATION = {"relation": needed(), "person": needed()}
FIELDS = {
    "id": needed(), "label": text(), "names": objects(NAME, NAME_LATER), "roles": texts(), "fate": needed(),
    "relations": objects(RELATION, a_line_each=True), "accused": boolean(), "accusation_as_stated": only(None),
    "note": prose(), "seed_refs": places_cited(), "fate_corroboration": later(choice(*fates.CORROBORATIONS)),
    # Whether they have a page, where no words of a fate decide it, as for a list of names; kept as it is given.
    "listed": replace(later(choice("authority", "remembrance")), exact=lambda _given: False),
    "statements": later(objects(STATEMENT, tuple(name for name, rule in STATEMENT.items() if not rule.must))),
}  # fmt: skip
REQUIRED = ("names", "accused")

NOT_STATED = "not stated"
_LOST = re.compile(r"\b(killed|missing|died|dead|victims?)\b")
_LIVES = re.compile(r"\b(survived|alive|not killed|released)\b")


def is_remembered(fate: str) -> bool:
    """Whether a source says of somebody that they were killed, are missing, or are among the victims."""
    return bool(_LOST.search(fate.lower())) and not _LIVES.search(fate.lower())


def somebody_is_remembered(value: Any) -> bool:
    """Whether any source of the object says so of them."""
    said = [each for each in value.get("statements") or [] if each.get("property") == "fate"]
    return any(
        is_remembered(words or "") for words in [value.get("fate"), *(each.get("value") for each in said)]
    )


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
    whom = whose(_facts(thing.value))
    for position, said in enumerate(thing.list("statements"), start=1):
        _statement(batch, thing, person_id, position, said)
        # Search finds nobody by what their page does not show.
        thing.words[-1] = may_show(whom, said["property"], said["value"], said.get("language") or "und") or ""
    for relation in thing.list("relations"):
        row = batch.add(
            Relation,
            thing,
            person_id=person_id,
            relation=relation.get("relation") or "",
            other_as_given=relation.get("person") or "",
        )
        if name := named(row["other_as_given"]):
            batch.refer("person", name, row, "other_id")
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
        language=name.get("language") or "und",
        kind=name.get("kind") or PRINTED,
        rank=rank,
        listed="remembrance" if thing.kind == "record" else "authority",
        sort_key=sort_key(words, name.get("language") or "und")[:200],
    )
    thing.names.append(row)
    seeds(batch, thing, row, name.get("seeds") or [], "occurrences", name_id=row["id"])


def _fate(batch: Batch, thing: Thing, person_id: int) -> None:
    fate, refs = thing.get("fate"), thing.list("seed_refs")
    if not fate or fate == NOT_STATED:
        return
    status = thing.get("fate_corroboration")
    row = batch.statement(thing, "fate", 0, value_text=fate, person_id=person_id, corroboration=status)
    first_source(batch, row, refs)


def _facts(value: Mapping[str, Any]) -> list[Fact]:
    """What an object says, for the rules that spare children and the living."""
    fate = value.get("fate") or ""
    said = [(each["property"], each["value"], each.get("reading")) for each in value.get("statements") or []]
    return [
        Fact("fate", fate, fates.read(fate)),
        *(
            Fact(name, words, reading or (fates.read(words) if name == "fate" else ""))
            for name, words, reading in said
        ),
    ]


def spare(value: dict[str, Any]) -> dict[str, Any]:
    """The object as it leaves for everybody: as their page shows them (domain/sparing.py)."""
    if not value.get("statements"):
        return value
    whom, kept = whose(_facts(value)), []
    for said in value["statements"]:
        words = may_show(whom, said["property"], said["value"], said.get("language") or "und")
        if words == said["value"]:
            kept.append(said)
        elif words is not None:
            kept.append(
                {name: part for name, part in said.items() if name not in ("note", "as_of")}
                | {"value": words}
            )
    return {**value, "statements": kept}


def _statement(batch: Batch, thing: Thing, person_id: int, position: int, said: dict[str, Any]) -> None:
    columns = {column: said.get(name) or "" for name, column in COLUMNS.items()}
    columns["said_earliest"] = when(columns["said_edtf"]).earliest
    row = batch.statement(
        thing,
        said["property"],
        position,
        person_id=person_id,
        language=said.get("language") or "und",
        **columns,
    )
    said_in(batch, thing, row, [said["ref"]])


# Where each value of a statement lives. A fate's reading is kept beside its words.
COLUMNS = {
    "value": "value_text", "reading": "qualifier", "claimant": "stated_by", "said": "said_edtf", "as_of": "as_of_edtf",
    "certainty": "certainty", "corroboration": "corroboration", "note": "note",
}  # fmt: skip


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
    said = _own(grouped(session, Statement, "person_id", ids))
    places = grouped(session, Citation, "statement_id", [each.id for some in said.values() for each in some])
    return {
        person.id: {
            "label": given(person.label),
            "names": [
                {"spelling": name.text, "seeds": seeds_back(told[name.id], "occurrences"), **_name_back(name)}
                for name in sorted(names[person.id], key=lambda name: (name.rank, name.id))
                if name.contribution_id is None
            ],
            "roles": list(person.roles),
            "fate": next((each.value_text for each in said[person.id] if each.position == 0), NOT_STATED),
            "relations": [
                {"relation": relation.relation, "person": relation.other_as_given}
                for relation in relations[person.id]
            ],
            "accused": False,
            "accusation_as_stated": None,
            "note": given(person.note),
            "seed_refs": cited(citations[person.id], "supports"),
            "fate_corroboration": next(
                (given(each.corroboration) for each in said[person.id] if each.position == 0), None
            ),
            "listed": None,  # kept beside the tables as it was given
            "statements": [
                _statement_back(each, places[each.id]) for each in said[person.id] if each.position
            ],
        }
        for person in persons
    }


def _own(statements: dict[int, list[Statement]]) -> dict[int, list[Statement]]:
    """The archive's own statements about each person: the one of `fate` at 0, those of `statements` from 1 on."""
    found = defaultdict(list)
    for person_id, some in statements.items():
        found[person_id] = [
            each for each in some if each.contribution_id is None and each.external_id is None
        ]
    return found


def _name_back(name: PersonName) -> dict[str, Any]:
    back = {
        "kind": None if name.kind == PRINTED else name.kind,
        "language": language_of(name.language),
    }
    return {field: value for field, value in back.items() if value is not None}


def _statement_back(said: Statement, places: Sequence[Citation]) -> dict[str, Any]:
    back: dict[str, Any] = {field: given(getattr(said, column)) for field, column in COLUMNS.items()}
    back |= {"language": language_of(said.language)}
    kept = {field: value for field, value in back.items() if value is not None}
    return {"property": said.property, "ref": next(iter(cited(places, "supports")), ""), **kept}


def persons_of(session: GatedSession, record_ids: Sequence[int]) -> dict[int, int]:
    """The person of each remembrance, by the record's id."""
    wanted = select(Remembrance.record_id, Remembrance.person_id).join(
        Record, Record.id == Remembrance.record_id
    )
    return {row[0]: row[1] for row in session.execute(wanted.where(Remembrance.record_id.in_(record_ids)))}
