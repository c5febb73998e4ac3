"""The record of an imported collection as a whole: what belongs to no page of its own hangs on its one part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Item, Part, Record, Revision
from memorial.services import consent, review
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said

COLLECTION = "collection"  # the kind of such a record, and what its external id begins with


def archive_yes(session: GatedSession, basis: str) -> Said:
    """What the archive says when a named person publishes an import."""
    return Said(
        consent.archive_party(session),
        "will",
        {"page": rules.of_its_own()},
        authority="archive",
        method="command",
        basis=basis,
    )


def collection_record(session: GatedSession, name: str, now: datetime) -> Record:
    """The collection's record with its page and its item, made when it is first needed."""
    external_id = f"{COLLECTION}:{name}"
    record = session.scalars(select(Record).where(Record.external_id == external_id)).first()
    if record is not None:
        return record
    record = Record(
        public_id=new_public_id(),
        kind="collection",
        part_id=0,
        external_id=external_id,
        revision=0,
        created_at=now,
        changed_at=now,
    )
    session.add(record)
    session.flush()
    record.part_id = consent.add_part(session, record, "page", "page").id
    review.new_item(session, "import", now=now, record=record)
    return record


def note_content(
    session: GatedSession, actor: Actor, record: Record, counts: Mapping[str, int], digest: str, now: datetime
) -> None:
    """One revision of the collection for what a run brought: numbers and a hash, the words lie in the rows."""
    content = {"counts": dict(counts), "sha256": digest}
    packed = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    # Changes that the desk proposes to what has no page use numbers up as well.
    last = session.scalar(select(func.max(Revision.number)).where(Revision.record_id == record.id)) or 0
    record.revision = max(record.revision, last) + 1
    record.changed_at = now
    session.add(
        Revision(
            record_id=record.id,
            number=record.revision,
            content=content,
            sha256=hashlib.sha256(packed).hexdigest(),
            made_by=actor.label,
            made_at=now,
            applied_at=now,
        )
    )
    act = Act(
        "import", f"record:{record.public_id}", details={"revision": record.revision, "counts": dict(counts)}
    )
    record_act(session, actor, act, now)


def publish_waiting(
    session: GatedSession,
    actor: Actor,
    record_ids: list[int],
    *,
    second: str,
    note_hash: str,
    now: datetime,
) -> int:
    """Publish records whose import still waits at the desk; what the desk has decided stands. Returns how many."""
    wanted = (
        select(Record, Item, Part.policy_id)
        .join(Item, Item.record_id == Record.id)
        .join(Part, Part.id == Record.part_id)
        .where(Record.id.in_(record_ids), Item.kind == "import", Item.state == workflow.SUBMITTED)
        .order_by(Record.id)
    )
    count = 0
    for record, item, policy_id in session.execute(wanted).all():
        if policy_id is None:
            said = archive_yes(session, basis_of(record.kind))
            consent.append(session, record, said, by=actor, at=now)
        item.state, item.ended_at, item.version = workflow.DONE, now, item.version + 1
        thing = f"record:{record.public_id}"
        act = Act("publish", thing, workflow.SUBMITTED, workflow.DONE, note_hash=note_hash, second=second)
        record_act(session, actor, act, now)
        count += 1
    return count


def publish_if_empty(
    session: GatedSession, actor: Actor, record: Record, *, second: str, note_hash: str, now: datetime
) -> None:
    """A collection that nothing came to yet waits for nobody: it is published with the first thing in it."""
    came = select(Revision.id).where(Revision.record_id == record.id, Revision.applied_at.is_not(None))
    part = session.get_one(Part, record.part_id)
    if part.policy_id is None and session.scalar(came.limit(1)) is None:
        publish_waiting(session, actor, [record.id], second=second, note_hash=note_hash, now=now)
        session.refresh(part)


def basis_of(kind: str) -> str:
    return "quotation_right" if kind == "press" else "public_record"


def keep_note(
    session: GatedSession, actor: Actor, name: str, note: str, *, keys: ArchiveKey, now: datetime
) -> None:
    """Keep the words of the note that signs a publication; the audit has their hash.

    They lie with the collection's item or, where nothing belongs to the collection itself, with
    the last record that was published.
    """
    done = select(Item).where(Item.kind == "import", Item.state == workflow.DONE)
    mine = done.join(Record, Record.id == Item.record_id).where(Record.external_id == f"collection:{name}")
    item = session.scalars(mine).first() or session.scalars(done.order_by(Item.id.desc()).limit(1)).first()
    if item is not None and note.strip():
        review.say(session, item, actor, note, now=now, keys=keys, direction="among_desk")
