"""What came in no file, as the objects of files: remembrances and testimonies that families gave.

    remembrances(session)    # objects of "people": they go in again as they came out
    testimonies(session)     # objects of "testimonies": to be read; what people allowed does not travel in a table

The session decides what is given: a public reader's with use `reuse` what that reader may have, the desk's what the desk
may read of what was sent. Each object holds what the record's page would show to that reader, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from memorial.domain.views import Assertion, Name, RecordView
from memorial.formats.csv_objects import Column
from memorial.formats.jsonl import Row
from memorial.gate import GatedSession, shown_all
from memorial.models import Contribution, Record
from memorial.services.collection.kinds import KINDS
from memorial.services.collection.people import NAME_KINDS, NOT_STATED, PROPERTIES

TESTIMONIES = "testimonies"
_AT_ONCE = 100
_WORD = {"role": Column(), "language": Column(), "translates": Column(), "text": Column()}
SHAPE: Mapping[str, Column] = {
    "id": Column(), "title": Column(), "language": Column(), "names": Column("list"), "stood": Column(),
    "stood_words": Column(), "told_at": Column(), "medium": Column(), "date": Column(), "date_as_given": Column(),
    "words": Column("objects", _WORD), "content_notes": Column("list"), "revision": Column("number"),
}  # fmt: skip


def remembrances(session: GatedSession) -> Iterator[dict[str, Any]]:
    """Persons whose page came in no file. Who has no name that this reader may have is left out."""
    for view in _views(session, "remembrance"):
        value = _person(view)
        if value["names"] and not KINDS["people"].faults(Row("", 0, value)):
            yield KINDS["people"].spare(value)


def testimonies(session: GatedSession) -> Iterator[dict[str, Any]]:
    return map(_testimony, _views(session, "testimony"))


def _views(session: GatedSession, kind: str) -> Iterator[RecordView]:
    last = 0
    while ids := _next(session, kind, last):
        wanted = select(Record).where(Record.id.in_(ids)).options(joinedload(getattr(Record, kind)))
        records = session.scalars(wanted.order_by(Record.id)).all()
        yield from shown_all(session, records, without=("memories",))
        session.expunge_all()
        last = ids[-1]


def _next(session: GatedSession, kind: str, last: int) -> list[int]:
    sent = select(Contribution.id).where(Contribution.sent_at.is_not(None), Contribution.erased_at.is_(None))
    wanted = select(Record.id).where(Record.kind == kind, Record.external_id.is_(None), Record.id > last)
    wanted = wanted.where(or_(Record.contribution_id.is_(None), Record.contribution_id.in_(sent)))
    return list(session.scalars(wanted.order_by(Record.id).limit(_AT_ONCE)))


def _person(view: RecordView) -> dict[str, Any]:
    return {
        "id": view.public_id,
        "label": view.title or None,
        "names": [_name(name) for name in view.names if name.kind != "pseudonym"],
        "roles": [],
        "fate": NOT_STATED,
        "relations": [
            {"relation": kin.words or kin.role, "person": kin.label}
            for kin in view.family
            if kin.words or kin.role
        ],
        "accused": False,
        "accusation_as_stated": None,
        "note": None,
        "seed_refs": [],
        "listed": "remembrance",
        "statements": [_said(view, said) for said in view.statements if said.property in PROPERTIES],
    }


def _name(name: Name) -> dict[str, Any]:
    value: dict[str, Any] = {"spelling": name.text, "seeds": []}
    if name.kind in NAME_KINDS[1:]:
        value["kind"] = name.kind
    return value | ({"language": name.language} if name.language != "und" else {})


def _said(view: RecordView, said: Assertion) -> dict[str, Any]:
    """The page itself is where it is said, as no work is."""
    value = {
        "property": said.property, "value": said.value, "claimant": said.stated_by or view.address,
        "ref": next((cite.label for cite in said.cites if cite.label), view.address), "reading": said.reading,
        "said": said.said.edtf, "as_of": said.as_of.edtf, "certainty": said.certainty,
        "corroboration": said.corroboration, "language": "" if said.language == "und" else said.language,
        "note": said.note,
    }  # fmt: skip
    return {name: part for name, part in value.items() if part}


def _testimony(view: RecordView) -> dict[str, Any]:
    value: dict[str, Any] = {"id": view.public_id, "title": view.title or None, "language": view.language}
    value["names"] = [name.text for name in view.names]
    for name in ("stood", "stood_words", "told_at", "medium"):
        value[name] = view.detail.get(name) or None
    return value | {
        "date": view.when.edtf or None,
        "date_as_given": view.when.words or None,
        "words": [
            {"role": t.role, "language": t.language, "translates": t.translates or None, "text": t.body}
            for t in view.texts
        ],
        "content_notes": list(view.content_notes),
        "revision": view.revision,
    }
