"""Sending the letters that are due: that there is something to see, and never what.

    envelope = take(session, keys, letter_id, now=now)       # claims it, finds the address
    settle(session, envelope, "sent", now=now)               # or "refused", "unreachable"

A letter goes only to a mail address that the family gave and said is safe; the address is
decrypted here at the moment of sending, which the custody log shows, and is kept nowhere.
Nothing else depends on mail: a letter that cannot be sent changes nothing but a line for the desk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select

from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Letter
from memorial.services import custody, review
from memorial.services.contribute import read
from memorial.services.letters import Kind

Outcome = Literal["sent", "refused", "unreachable"]

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 120, 360, 720, 1440))
GIVEN_UP_AFTER = timedelta(days=4)

# RFC 5321 without quoted names and without other scripts: nothing in it can end a line or begin another.
_ADDRESS = re.compile(
    r"(?<![\w.@+-])([A-Za-z0-9_][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])(?![\w@-])"
)
LONGEST = 254


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter that may go now: to whom, of which kind, in which language. Lives as long as the sending."""

    letter_id: int
    to: str
    kind: Kind
    language: str

    def __repr__(self) -> str:
        return f"<Envelope {self.letter_id} {self.kind}>"


def take(session: GatedSession, keys: ArchiveKey, letter_id: int, *, now: datetime) -> Envelope | None:
    """Claim a letter: until the next try is due nobody else sends it, whatever becomes of this worker.

    None where it is not due, or where there is no safe way to the family; then it is gone.
    """
    wanted = select(Letter).where(Letter.id == letter_id, Letter.due_at <= now).with_for_update()
    letter = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if letter is None:
        return None
    contribution = session.get_one(Contribution, letter.contribution_id)
    to = "" if _is_over(letter, contribution) else _address_of(keys, contribution)
    if not to:
        session.delete(letter)
        return None
    letter.due_at = now + PAUSES[min(letter.tries, len(PAUSES) - 1)]
    letter.tries += 1
    thing = f"contribution:{contribution.public_id}"
    custody.log(session, Actor.system(), "contact_used", thing, contribution.id, now=now)
    kind: Kind = letter.kind  # type: ignore[assignment]
    return Envelope(letter.id, to, kind, contribution.language)


def settle(session: GatedSession, envelope: Envelope, outcome: Outcome, *, now: datetime) -> None:
    """What became of it. Given up after some days, or at once where the address takes no letters."""
    letter = session.get(Letter, envelope.letter_id)
    if letter is None or letter.kind != envelope.kind:
        return  # something else is due to them by now
    if outcome == "unreachable" and now < letter.since + GIVEN_UP_AFTER:
        return
    if outcome != "sent":
        _tell_the_desk(session, letter, outcome, now)
    session.delete(letter)


def _tell_the_desk(session: GatedSession, letter: Letter, outcome: Outcome, now: datetime) -> None:
    """One open line for each family that could not be written to; a person finds another way."""
    contribution = session.get_one(Contribution, letter.contribution_id)
    same = select(Item.id).where(
        Item.contribution_id == contribution.id, Item.kind == "job", Item.ended_at.is_(None)
    )
    if session.scalars(same).first() is None:
        facts = {"job": "letter", "letter": letter.kind, "why": outcome}
        review.new_item(session, "job", now=now, contribution=contribution, facts=facts)


def _is_over(letter: Letter, contribution: Contribution) -> bool:
    erased = contribution.wrapped_key is None or contribution.answers is None
    return erased or (letter.kind == "draft" and contribution.sent_at is not None)


def _address_of(keys: ArchiveKey, contribution: Contribution) -> str:
    """By what the family wrote last, sent or not: a "no" counts from the moment it was saved."""
    return address_in(read(keys, contribution).answers)


def address_in(answers: Mapping[str, Any]) -> str:
    """The one mail address a family gave and said is safe; "" where there is none, or more than one."""
    if answers.get("safe") != "yes":
        return ""
    found = set(_ADDRESS.findall(str(answers.get("contact", ""))))
    address = found.pop() if len(found) == 1 else ""
    return address if len(address) <= LONGEST and ".." not in address and ".@" not in address else ""
