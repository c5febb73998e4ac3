"""The family's own page after sending: where it stands, what was said, and every act that is theirs.

    page = my_page(session, keys, contribution)            # plain values for the template
    approve(session, keys, contribution, revision_id, now=now)
    hide(…), show_again(…), ask_removal(…), call_off_removal(…), answer(…)

Whoever holds the code may do these, and nobody else: `may` says so for every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from memorial.domain import workflow
from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen, NotPermitted, Stale
from memorial.domain.ids import is_public_id
from memorial.domain.tasks import Way, kept
from memorial.domain.views import RecordView
from memorial.gate import Actor, GatedSession, may, proof
from memorial.keys import ArchiveKey
from memorial.models import AuditEntry, Contribution, Item, Message, Record, Revision
from memorial.services import (
    consent_forms,
    describe,
    distress,
    enclosures,
    photographs,
    review,
    sending,
    withdrawal,
)
from memorial.services import contribution_content as content
from memorial.services.contribute import Draft, item_of, read, record_of, was_published
from memorial.services.custody import open_words
from memorial.services.enclosures import Enclosed
from memorial.services.photographs import Received
from memorial.services.recordings import ROLES


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message, in the words it was written in."""

    to_family: bool
    words: str
    at: datetime
    files: Sequence[Enclosed] = ()


@dataclass(frozen=True, slots=True)
class MyPage:
    """What the family sees of its contribution."""

    ref: str
    task: str
    state: str  # of the workflow
    version: int
    published: bool
    hidden: bool
    way: Way  # a record of its own, something left on another's page, or something said about one
    address: str  # where visitors find it once it is published, or the page it is about
    due_on: date | None
    revision: int | None  # what a yes to the proof would be about
    approved: bool
    is_revision: bool
    messages: Sequence[Spoken]
    erase_asked_at: datetime | None
    erase_on: datetime | None
    copies_due: int  # photographs of which copies are being made
    recordings_due: int
    allows_anything: bool
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """After erasure: what went, when, and until when a backup may still hold it."""

    ref: str
    erased_at: datetime
    files: int
    backups_until: datetime


def actor_of(contribution: Contribution) -> Actor:
    return Actor.family(contribution.public_id, contribution.id)


def my_page(session: GatedSession, keys: ArchiveKey, contribution: Contribution) -> MyPage:
    """Everything for the family's page, read in custody of this contribution alone."""
    item, draft = item_of(session, contribution.id), read(keys, contribution)
    asked = contribution.erase_asked_at
    due = [medium for medium in photographs.of(session, contribution.id) if medium.due and not medium.failed]
    return MyPage(
        ref=contribution.public_id,
        task=contribution.task,
        state=item.state,
        version=item.version,
        published=was_published(session, contribution),
        hidden=contribution.hidden_at is not None,
        way=kept(contribution.task).way,
        address=_address(session, contribution, draft),
        due_on=item.due_on,
        revision=item.revision_id,
        approved=item.approved_revision_id is not None and item.approved_revision_id == item.revision_id,
        is_revision=item.kind == "revision",
        messages=messages_of(session, keys, contribution),
        erase_asked_at=asked,
        erase_on=asked + workflow.ERASURE_WAITS if asked else None,
        copies_due=sum(medium.role not in ROLES for medium in due),
        recordings_due=sum(medium.role in ROLES for medium in due),
        allows_anything=bool(content.grants_of(draft.sent)),
        sent_at=contribution.sent_at,
    )


def _address(session: GatedSession, contribution: Contribution, draft: Draft) -> str:
    """Of what it began; else the page of others that it is about, which this session does not see."""
    own = select(Record).where(Record.contribution_id == contribution.id).order_by(Record.id)
    record = session.scalars(own).first()
    if record is not None:
        return address(record.kind, record.public_id)
    about = str(draft.sent.get("about") or draft.answers.get("about") or "")
    return address("remembrance", about) if is_public_id(about) else str(draft.answers.get("page", ""))


def messages_of(session: GatedSession, keys: ArchiveKey, contribution: Contribution) -> list[Spoken]:
    """What both sides said to each other, oldest first. Notes among colleagues are not the family's."""
    wanted = (
        select(Message)
        .join(Item, Item.id == Message.item_id)
        .where(Item.contribution_id == contribution.id)
        .where(or_(Message.direction == "to_family", Message.direction == "to_desk"))
        .order_by(Message.id)
    )
    messages = session.scalars(wanted).all()
    files = enclosures.beside(session, keys, [message.id for message in messages])
    return [
        Spoken(
            message.direction == "to_family",
            open_words(session, keys, message.contribution_id, message.body),
            message.at,
            files.get(message.id, ()),
        )
        for message in messages
    ]


def receipt_of(session: GatedSession, contribution: Contribution, backup_days: int) -> Receipt:
    """What was erased, from the audit. Raises NotOpen where nothing was."""
    if contribution.erased_at is None:
        raise NotOpen("not_erased")
    thing = f"contribution:{contribution.public_id}"
    wanted = select(AuditEntry.details).where(AuditEntry.thing == thing, AuditEntry.verb == "erase")
    details: dict[str, Any] = json.loads(session.scalars(wanted).first() or "{}")
    until = contribution.erased_at + timedelta(days=backup_days)
    return Receipt(contribution.public_id, contribution.erased_at, int(details.get("files", 0)), until)


# -- the proof ------------------------------------------------------------------------------


def waits_as_revision(session: GatedSession, contribution: Contribution) -> bool:
    """Whether what was sent last does not stand yet, because something published stands there."""
    item = item_of(session, contribution.id)
    return item.kind == "revision" and item.state in workflow.OPEN_STATES and item.revision_id is not None


def proof_of(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, now: datetime
) -> RecordView:
    """What visitors would see if the archive said yes now.

    For a revision that waits the session must be one that writes and is rolled back: there it is
    made to stand, with the whole will it was sent with, so that the proof goes through the same
    gate and the same templates as the page itself.
    """
    record = record_of(session, contribution)
    if waits_as_revision(session, contribution):
        item = item_of(session, contribution.id)
        describe.apply(session, session.get_one(Revision, item.revision_id), now=now)
        sending.widen(session, keys, contribution, now=now)
    return proof(session, record)


# -- acts -----------------------------------------------------------------------------------


def approve(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    seen: int | None,
    *,
    now: datetime,
) -> None:
    """Yes to the proof that was seen. Raises Stale when something else stands there by now."""
    item = item_of(session, contribution.id)
    review.lock(session, item)
    if item.revision_id != seen:
        raise Stale("proof_changed")
    review.advance(session, actor_of(contribution), item, "approve", now=now, keys=keys)
    sending.widen(session, keys, contribution, now=now)


def speak(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    words: str,
    *,
    now: datetime,
    files: Sequence[Received] = (),
) -> None:
    """Words to the desk: the answer to a question, a wish for a change of the proof, or simply a message."""
    before = enclosures.last_number(session, contribution)
    item = item_of(session, contribution.id)
    review.lock(session, item)
    verb = {workflow.READY: "ask_change"}.get(item.state, "answer")
    actor = actor_of(contribution)
    if workflow.step_for(item.kind, item.state, verb) is not None:
        review.advance(session, actor, item, verb, now=now, keys=keys, note=words)
    else:
        item = item if item.state in workflow.OPEN_STATES else _case(session, contribution, item, now)
        review.say(session, item, actor, words, now=now, keys=keys, direction="to_desk")
    distress.look(session, item, [words])
    session.flush()
    message = enclosures.said_since(session, contribution, "family", before)
    if files and message is not None:
        enclosures.enclose(session, keys, contribution, message, files, now=now)


def _case(session: GatedSession, contribution: Contribution, about: Item, now: datetime) -> Item:
    """Words about what is decided, or not sent yet, wait at the desk as an answer that is owed."""
    wanted = select(Item).where(
        Item.contribution_id == contribution.id, Item.kind == "promise", Item.ended_at.is_(None)
    )
    record = session.get(Record, about.record_id) if about.record_id else None
    return session.scalars(wanted).first() or review.new_item(
        session, "promise", now=now, record=record, contribution=contribution, language=contribution.language
    )


def hide(session: GatedSession, contribution: Contribution, *, now: datetime, notice: bool = False) -> None:
    """At once, without a reason and without anybody's approval."""
    _must(session, contribution, "hide", now)
    withdrawal.hide(session, actor_of(contribution), contribution, now=now, notice=notice)


def show_again(session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime) -> None:
    """The family's own yes anew, as far as it was agreed. Not while a removal is waiting."""
    _must(session, contribution, "change", now)
    if contribution.erase_asked_at is not None:
        raise NotPermitted("removal_waits")
    draft = read(keys, contribution)
    form = consent_forms.form_id(session, str(draft.agreed.get("form_language") or contribution.language))
    will = sending.will_while_open(draft)
    withdrawal.show_again(session, actor_of(contribution), contribution, will, now=now, form_id=form)


def take_back(session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime) -> None:
    """What was said about a page is not to be looked into any more. Nothing of it was ever shown."""
    item = item_of(session, contribution.id)
    review.advance(session, actor_of(contribution), item, "take_back", now=now, keys=keys)


def ask_removal(session: GatedSession, contribution: Contribution, *, now: datetime) -> None:
    """Hidden at once; erased after the waiting time and two people's word that it was the code's holder."""
    _must(session, contribution, "ask_erasure", now)
    withdrawal.ask_erasure(session, actor_of(contribution), contribution, now=now)


def call_off_removal(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime
) -> None:
    """Nothing will be erased. It stays hidden until the family shows it again."""
    wanted = select(Item).where(
        Item.contribution_id == contribution.id, Item.kind == "erasure", Item.ended_at.is_(None)
    )
    item = session.scalars(wanted).first()
    if item is not None:
        review.advance(session, actor_of(contribution), item, "take_back", now=now, keys=keys)
    contribution.erase_asked_at = None


def _must(session: GatedSession, contribution: Contribution, verb: str, now: datetime) -> None:
    verdict = may(session, actor_of(contribution), verb, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
