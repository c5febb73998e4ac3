"""A proposed object comes to stand: written through the writer of imports, in the transaction that decided it.

against(session, item)                                   # why it cannot be published now; "" where it can
publish(session, actor, item, second=…, note_hash=…, now=now)      # the workflow's effect `amend`
apply(session, actor, there, value, now=now)             # the same without an item: a preview, never committed
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from memorial.domain.content import canonical
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import new_public_id
from memorial.formats.jsonl import Row
from memorial.gate import Actor, GatedSession
from memorial.models import ImportedObject, Item, Part, Record, Revision
from memorial.services import consent
from memorial.services.collection import accused, former
from memorial.services.collection.batch import Thing
from memorial.services.collection.collection_record import collection_record, publish_if_empty
from memorial.services.collection.former import Former
from memorial.services.collection.matching import finish
from memorial.services.collection.pages import content_of
from memorial.services.collection.running import DEFAULT_NAME
from memorial.services.collection.signed import Signed
from memorial.services.collection.writing import Writer
from memorial.services.published import attached, objects, standing_files
from memorial.services.published.objects import There

PEOPLE = "people"


def against(session: GatedSession, item: Item) -> str:
    """Why the item's proposal cannot stand now."""
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    if revision is None or "given" not in revision.content:
        return "no_content"
    content = revision.content
    there = objects.place_of(session, content["file"], content["id"])
    if not objects.same(there.value, content["stood"]):
        return "object_changed"
    if there.value is None and objects.taken(session, there.kind, there.id):
        return "id_taken"
    return "would_lose_page" if _loses_page(there, content["given"]) else ""


def _loses_page(there: There, value: Mapping[str, Any]) -> bool:
    return (
        there.kind.name == PEOPLE and there.thing.startswith("record:") and becomes(there, value) != "record"
    )


def becomes(there: There, value: Mapping[str, Any]) -> str:
    """What the object is once it stands: record, statement, source, person, or nothing at all."""
    return Writer.becomes_of(there.kind, value)


def publish(
    session: GatedSession, actor: Actor, item: Item, *, second: str, note_hash: str, now: datetime
) -> None:
    """What was proposed stands from now on. Raises NotPermitted with the reason, where it cannot."""
    if reason := against(session, item):
        raise NotPermitted(reason)
    revision = session.get_one(Revision, item.revision_id)
    value = revision.content["given"]
    there = objects.place_of(session, revision.content["file"], revision.content["id"])
    page_begins = becomes(there, value) == "record" and not there.thing.startswith("record:")
    number = _proposals(session, revision) if page_begins else revision.number
    thing = apply(session, actor, there, value, now=now, second=second, note_hash=note_hash, number=number)
    if page_begins:
        _move(session, revision, thing.id)
        item.record_id = thing.id
    if thing.kind == "record":
        revision.content = {**content_of(thing), **revision.content}
    else:
        _count(session.get_one(Record, revision.record_id), revision.number, now)
    revision.sha256 = hashlib.sha256(canonical(revision.content)).hexdigest()
    revision.applied_at = now
    session.flush()


def _proposals(session: GatedSession, revision: Revision) -> int:
    wanted = select(func.count()).select_from(Revision)
    mine = wanted.where(Revision.record_id == revision.record_id, Revision.thing == revision.thing)
    return session.scalar(mine) or 0


def _move(session: GatedSession, revision: Revision, record_id: int) -> None:
    """What was proposed before there was a page belongs to it."""
    mine = select(Revision).where(Revision.record_id == revision.record_id, Revision.thing == revision.thing)
    for number, each in enumerate(session.scalars(mine.order_by(Revision.number)).all(), start=1):
        each.record_id, each.number = record_id, number
    session.flush()


def _count(collection: Record, number: int, now: datetime) -> None:
    told = collection.revision - collection.skipped + 1
    collection.revision = max(collection.revision, number)
    collection.skipped = collection.revision - told
    collection.changed_at = now


def apply(
    session: GatedSession,
    actor: Actor,
    there: There,
    value: Mapping[str, Any],
    *,
    now: datetime,
    second: str = "",
    note_hash: str = "",
    number: int = 0,
) -> Thing:
    """Make the rows of an object. Without `number` a revision is written as an import would."""
    told = session.get(ImportedObject, (there.kind.name, there.id))
    row = Row("desk", told.line if told else _next_line(session, there), value)
    if faults := there.kind.faults(row):
        raise Invalid("fault", field=faults[0].field)
    writer = Writer(
        session,
        there.kind,
        Signed(actor, now, True, second, note_hash, new_public_id(), "amend", number),
    )
    pair = row, hashlib.sha256(canonical(value)).hexdigest()
    guard = _guard(session, actor, second, note_hash, now, writer.becomes(value))
    changed = [] if told is None else [(*pair, told, _former(session, told))]
    things = writer.write([pair] if told is None else [], changed, guard)
    session.flush()
    if there.kind.name == PEOPLE:
        accused.take_out(session, writer.references.accused)
    if told is None:
        finish(session, people=there.kind.name == PEOPLE, only=there.id)
    session.flush()
    if there.kind.name in attached.KINDS and things[0].kind == "record":
        standing_files.stand(session, actor, session.get_one(Record, things[0].id), value, now=now)
    return things[0]


def _former(session: GatedSession, told: ImportedObject) -> Former | None:
    return former.formers(session, [told.thing]).get(told.thing)


def _next_line(session: GatedSession, there: There) -> int:
    wanted = select(func.max(ImportedObject.line)).where(ImportedObject.file == there.kind.name)
    return (session.scalar(wanted) or 0) + 1


def _guard(
    session: GatedSession, actor: Actor, second: str, note_hash: str, now: datetime, kind: str
) -> dict[str, Any]:
    """What guards a thing without a page: its collection's one part. An empty one is published with it."""
    if kind in ("record", ""):
        return {}
    number = objects.collection_of(session)
    record = session.get(Record, number) if number else collection_record(session, DEFAULT_NAME, now)
    assert record is not None
    publish_if_empty(session, actor, record, second=second, note_hash=note_hash, now=now)
    part = session.get_one(Part, record.part_id)
    return {"sealed": False, **consent.guard_of(session, part)}
