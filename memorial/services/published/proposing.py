"""A change of one object, kept as a proposal until somebody publishes it.

    open_ = open_for(session, there)                          # the one amendment of an object, if there is one
    started, stands = behind(there, open_, base, seen)        # what changed since a form was made, or None
    item = save(session, actor, change, keys=keys, now=now)   # NotPermitted, Stale, Invalid

A form names the object it was made from (`base`) and the object that stood then (`seen`, its hash).
Whoever saves has the item from then on; each save is a revision with its reason. What a file proposes waits for anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from memorial.domain import workflow
from memorial.domain.content import canonical
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Account, Item, Record, Revision
from memorial.services import consent, review
from memorial.services.audit import Act, record_act
from memorial.services.collection.collection_record import collection_record
from memorial.services.collection.fields import is_language
from memorial.services.collection.pages import object_as_kept
from memorial.services.collection.running import DEFAULT_NAME
from memorial.services.custody import hash_note
from memorial.services.published import amending, objects
from memorial.services.published.objects import There

KIND = "amendment"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The open amendment of an object: its item, and the revision that it is about."""

    item: Item
    revision: Revision

    @property
    def given(self) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.revision.content["given"]
        return value

    @property
    def stood(self) -> Mapping[str, Any] | None:
        value: Mapping[str, Any] | None = self.revision.content["stood"]
        return value


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to keep. `base` is the object the form was made from, `seen` the hash of what stood."""

    kind: str
    id: str
    base: Mapping[str, Any]
    seen: str
    value: Mapping[str, Any]
    why: str
    verb: str = "edit"


def mark(value: Mapping[str, Any] | None) -> str:
    """What tells one state of an object from another; "" for none."""
    return "" if value is None else hashlib.sha256(objects.bytes_of(value)).hexdigest()[:32]


def open_for(session: GatedSession, there: There) -> Proposal | None:
    """The amendment of this object that nobody has decided."""
    wanted = (
        select(Item, Revision)
        .join(Revision, Revision.id == Item.revision_id)
        .where(Revision.record_id == there.record_id, Revision.thing == there.name)
        .where(Item.kind == KIND, Item.state.in_(workflow.OPEN_STATES))
        .order_by(Item.id)
    )
    found = session.execute(wanted).first() if there.record_id else None
    return Proposal(found[0], found[1]) if found else None


def proposal_of(session: GatedSession, item: Item) -> tuple[There, Mapping[str, Any]] | None:
    """The object an amendment is about and how it is proposed; None for any other item."""
    revision = session.get(Revision, item.revision_id) if item.kind == KIND and item.revision_id else None
    if revision is None or "given" not in revision.content:
        return None
    content = revision.content
    return objects.place_of(session, content["file"], content["id"]), content["given"]


def head(there: There, proposal: Proposal | None) -> Mapping[str, Any]:
    """What a form shows: the object as it is proposed, else as it stands."""
    return proposal.given if proposal else there.start


def seen(there: There, proposal: Proposal | None) -> str:
    """The mark of the standing object that the head takes into account."""
    return mark(proposal.stood if proposal else there.value)


Versions = tuple[Mapping[str, Any], Mapping[str, Any]]


def behind(
    there: There, proposal: Proposal | None, base: Mapping[str, Any], seen_then: str
) -> Versions | None:
    """What a form was begun from and what there is now, where somebody else changed it; None: nobody did."""
    now = head(there, proposal)
    if not objects.same(base, now):
        return base, now
    if proposal and seen_then != mark(there.value):
        return proposal.stood or {"id": there.id}, there.start
    return None


def who_has(session: GatedSession, item: Item, *, now: datetime) -> str:
    """The name of whoever has taken the item, "" for nobody."""
    taken = item.taken_until is not None and item.taken_until > now
    account = session.get(Account, item.taken_by_id) if taken and item.taken_by_id else None
    return (account.name or account.email) if account else ""


def save(session: GatedSession, actor: Actor, change: Change, *, keys: ArchiveKey, now: datetime) -> Item:
    """Keep a change as the next revision of the object's amendment, which is this account's from now on."""
    verdict = may(session, actor, "amend", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    there, record = _locked(session, change, now)
    proposal = open_for(session, there)
    if proposal is not None:
        _open_to(session, actor, proposal.item, now)
    if behind(there, proposal, change.base, change.seen):
        raise Stale("object_changed")
    if objects.same(change.value, head(there, proposal)):
        raise Invalid("nothing_changed", field="why")
    if not change.why.strip():
        raise Invalid("note", field="why")
    if there.value is None and objects.taken(session, there.kind, there.id):
        raise Invalid("id_taken", field="id")
    revision = _revision(session, actor, there, record, change, now)
    item = _item(session, actor, there, record, proposal, revision, keys, now)
    said = review.say(session, item, actor, change.why, now=now, keys=keys, direction="among_desk")
    said.revision_id = revision.id
    details = {"item": item.public_id, "revision": revision.id, "number": revision.number}
    note = hash_note(session, keys, None, change.why)
    act = Act(change.verb, f"item:{item.public_id}", note_hash=note, details=details)
    record_act(session, actor, act, now)
    session.flush()
    return item


def _locked(session: GatedSession, change: Change, now: datetime) -> tuple[There, Record]:
    """The object under its record's lock, as it is by then."""
    number = objects.place_of(session, change.kind, change.id).record_id
    if number is None:
        number = collection_record(session, DEFAULT_NAME, now).id
    session.flush()
    consent.lock(session, [number])
    session.expire_all()
    there = objects.place_of(session, change.kind, change.id)
    if there.record_id != number:
        raise Stale("object_changed")
    return there, session.get_one(Record, number)


def _open_to(session: GatedSession, actor: Actor, item: Item, now: datetime) -> None:
    """Whether this account goes on with a colleague's proposal: it reads the item, and nobody has it."""
    review.lock(session, item)
    verdict = may(session, actor, "amend", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    taken = item.taken_until is not None and item.taken_until > now
    if not actor.account_id or (taken and item.taken_by_id != actor.account_id):
        raise NotPermitted("free")


def _revision(
    session: GatedSession, actor: Actor, there: There, record: Record, change: Change, now: datetime
) -> Revision:
    last = session.scalar(select(func.max(Revision.number)).where(Revision.record_id == record.id)) or 0
    stood = None if there.value is None else dict(there.value)
    content = {**object_as_kept(there.kind.name, change.value), "stood": stood}
    revision = Revision(
        record_id=record.id,
        number=max(last, record.revision) + 1,
        thing=there.name,
        content=content,
        sha256=hashlib.sha256(canonical(content)).hexdigest(),
        made_by=actor.label,
        made_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def _item(
    session: GatedSession, actor: Actor, there: There, record: Record, proposal: Proposal | None,
    revision: Revision, keys: ArchiveKey, now: datetime,
) -> Item:  # fmt: skip
    value = revision.content["given"]
    remembered = there.kind.name == amending.PEOPLE and amending.becomes(there, value) == "record"
    language = str(value.get("language") or "")
    about: dict[str, Any] = {
        "revision_id": revision.id,
        "language": language if is_language(language) else "und",
        "taken_by_id": actor.account_id or None,
        "taken_until": now + workflow.TAKEN_FOR if actor.account_id else None,
    }
    if proposal is None:
        return review.new_item(
            session, KIND, now=now, state=workflow.IN_REVIEW if actor.account_id else workflow.SUBMITTED, record=record,
            flags=["death"] if remembered else [],
            facts={"thing": there.name, "title": title_of(value)}, **about,
        )  # fmt: skip
    item = proposal.item
    if item.taken_by_id != actor.account_id or item.state == workflow.SUBMITTED:
        review.advance(session, actor, item, "take", now=now, keys=keys)
    for name, each in about.items():
        setattr(item, name, each)
    if remembered and "death" not in item.flags:
        item.flags = [*item.flags, "death"]
    item.facts = {**item.facts, "title": title_of(value)}
    item.version += 1
    return item


TITLES = ("title", "headline", "label", "name", "term", "publication", "body", "speaker", "claimant")


def title_of(value: Mapping[str, Any]) -> str:
    """A line for the queue."""
    if value.get("measure"):
        counted = str(value["measure"]).replace("_", " ")
        return f"{counted} · {value.get('claimant') or value['id']}"[: objects.LONGEST_TITLE]
    said = next((str(value[name]) for name in TITLES if value.get(name)), str(value["id"]))
    return said[: objects.LONGEST_TITLE]
