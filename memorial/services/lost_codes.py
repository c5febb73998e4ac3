"""Somebody has lost the code: a request that a person decides, after proof, and never alone.

    request(session, keys, "words about what was sent", "how to reach me", "en", now=now)
    match(session, actor, item, "the contribution's number", now=now, keys=keys)      # the desk found it
    # then the workflow's own step `new_code`: two people, a note that says what the proof was

The answer to the request is the same whatever the archive holds: nothing tells whether there is a
contribution. What was written lies under the archive's key until the contribution is found, then
under its own, so that it goes with it; if none is found it goes some weeks after the item's end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Confirmation, Contribution, Item, Message, Record
from memorial.services import codes, custody, handing_on, review
from memorial.services.audit import Act, record_act

KEPT_AFTER_THE_END = timedelta(days=30)
SOMEBODY = Actor("somebody")  # nobody has shown a code here
TO_REACH = "to_reach"  # a message that is a contact: opened as contacts are, and in no list of what was said


def request(
    session: GatedSession, keys: ArchiveKey, words: str, contact: str, language: str, *, now: datetime
) -> Item:
    """A piece of work for the desk; it belongs to no contribution yet."""
    item = review.new_item(session, "lost_code", now=now, language=language, due_on=review.due_on(now))
    for said, direction in ((words, "among_desk"), (contact, TO_REACH)):
        if said.strip():
            review.say(session, item, SOMEBODY, said, now=now, keys=keys, direction=direction)
    record_act(session, SOMEBODY, Act("lost_code", f"item:{item.public_id}", to_state=item.state), now)
    return item


def match(
    session: GatedSession, actor: Actor, item: Item, number: str, *, now: datetime, keys: ArchiveKey
) -> Contribution:
    """The desk found what the code was for. Who had asked for a new code before did so for another one.

    Raises Invalid (`no_such_contribution`), NotPermitted.
    """
    review.lock(session, item)
    verdict = may(session, actor, "find_holder", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if item.kind != "lost_code" or item.ended_at is not None:
        raise NotPermitted("no_such_step")
    contribution = _found(session, number)
    session.execute(delete(Confirmation).where(Confirmation.item_id == item.id))
    _seal_anew(session, keys, item, contribution)
    item.contribution_id = contribution.id
    item.version += 1
    custody.log(session, actor, "code_matched", f"item:{item.public_id}", contribution.id, now=now)
    details = {"contribution": contribution.public_id}
    record_act(session, actor, Act("match", f"item:{item.public_id}", details=details), now)
    session.flush()
    return contribution


def _found(session: GatedSession, number: str) -> Contribution:
    """By the contribution's own number, or by that of its page."""
    number = number.strip().rstrip("/").rsplit("/", 1)[-1]
    found = None
    if is_public_id(number):
        found = session.scalars(select(Contribution).where(Contribution.public_id == number)).first()
        found = (
            found
            or session.scalars(
                select(Contribution)
                .join(Record, Record.contribution_id == Contribution.id)
                .where(Record.public_id == number)
            ).first()
        )
    if found is None or found.erased_at is not None:
        raise Invalid("no_such_contribution", field="number")
    return found


def _seal_anew(session: GatedSession, keys: ArchiveKey, item: Item, contribution: Contribution) -> None:
    for message in session.scalars(select(Message).where(Message.item_id == item.id)):
        words = custody.open_words(session, keys, message.contribution_id, message.body)
        message.body = custody.seal_words(session, keys, contribution.id, words)
        message.contribution_id = contribution.id


def contact_of(session: GatedSession, keys: ArchiveKey, item: Item) -> str:
    """How to reach whoever asks, "" where they left nothing. The caller has asked and written it down."""
    wanted = select(Message).where(Message.item_id == item.id, Message.direction == TO_REACH)
    left = session.scalars(wanted).first()
    return custody.open_words(session, keys, left.contribution_id, left.body) if left is not None else ""


def new_code(session: GatedSession, keys: ArchiveKey, actor: Actor, item: Item, *, now: datetime) -> None:
    """The effect of the step `new_code`. The code is left in `session.info["code_made"]` for the one page that shows it."""
    contribution = session.get_one(Contribution, item.contribution_id)
    issued = codes.issue(keys)
    made = handing_on.replace(session, keys, contribution, issued, handing_on.LOST, by=actor, now=now)
    session.info["code_made"] = made.code.printed


def forget(session: GatedSession, now: datetime) -> int:
    """What was written in requests that led to nothing, some weeks after their end; returns how many messages."""
    over = select(Item.id).where(
        Item.kind == "lost_code",
        Item.contribution_id.is_(None),
        Item.ended_at.is_not(None),
        Item.ended_at <= now - KEPT_AFTER_THE_END,
    )
    gone = session.scalars(select(Message.id).where(Message.item_id.in_(over))).all()
    session.execute(delete(Message).where(Message.id.in_(gone)))
    return len(gone)
