"""The one mover of items. Every act of the workflow goes through `advance`, and nothing else moves an item.

    outcome = advance(session, actor, item, "publish", now=now, note="…", expected=item_version, keys=keys)
    outcome.waits     # True: the act was right, and now waits for a second person

It asks `may`, writes what the table's `then` names (ledger, content, messages), the new state
and the audit row, in one transaction. Compare-and-swap: who read an older version gets `Stale`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import NotPermitted, Stale
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import beside, confirmed_by
from memorial.keys import ArchiveKey
from memorial.models import (
    Confirmation,
    Contribution,
    Item,
    LedgerEntry,
    Message,
    Party,
    Record,
    Revision,
)
from memorial.services import archive_word, consent, describe, letters
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said
from memorial.services.custody import hash_note, seal_words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the state now, and whether a second person is waited for."""

    state: str
    waits: bool = False


@dataclass
class Move:
    """What the effects of one step may need."""

    session: GatedSession
    actor: Actor
    item: Item
    verb: str
    now: datetime
    note: str
    keys: ArchiveKey
    said: Said | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    second: str = ""  # who has asked for it before
    note_hash: str = ""


def new_item(
    session: GatedSession,
    kind: str,
    *,
    now: datetime,
    state: str = workflow.SUBMITTED,
    record: Record | None = None,
    contribution: Contribution | None = None,
    **values: Any,
) -> Item:
    """A piece of work. Its first state comes from whoever makes it; afterwards only `advance` changes it.

    What needs a specialist in one item of a record needs one in all of them: each shows the same proof.
    """
    marks = sorted(marks_for_specialists(session, record, contribution) - set(values.get("flags", ())))
    item = Item(
        public_id=new_public_id(),
        kind=kind,
        state=state,
        record_id=record.id if record else None,
        contribution_id=contribution.id if contribution else None,
        waiting_since=now,
        created_at=now,
        **{
            "precedence": workflow.usual_precedence(kind),
            **values,
            "flags": [*values.get("flags", ()), *marks],
        },
    )
    session.add(item)
    session.flush()
    return item


def marks_for_specialists(
    session: GatedSession, record: Record | None, contribution: Contribution | None
) -> set[str]:
    """The marks of the record's and the contribution's other items that ask for a specialist."""
    same = _about(record.id if record else None, contribution.id if contribution else None)
    if not same:
        return set()
    return {flag for flags in session.scalars(select(Item.flags).where(or_(*same))) for flag in flags} & set(
        workflow.FOR_SPECIALISTS
    )


def items_beside(session: GatedSession, item: Item) -> Sequence[Item]:
    """This item and every other of its record and its contribution, locked in order."""
    return session.scalars(select(Item).where(beside([item])).order_by(Item.id).with_for_update()).all()


def _about(record_id: int | None, contribution_id: int | None) -> list[ColumnElement[bool]]:
    same = [Item.record_id == record_id] if record_id else []
    return same + ([Item.contribution_id == contribution_id] if contribution_id else [])


def advance(
    session: GatedSession,
    actor: Actor,
    item: Item,
    verb: str,
    *,
    now: datetime,
    keys: ArchiveKey,
    note: str = "",
    expected: int | None = None,
    said: Said | None = None,
    facts: Mapping[str, Any] | None = None,
    part_of: Mapping[str, str] | None = None,
) -> Outcome:
    """Move an item, or note that the act waits for a second person.

    `part_of` names what it was done with ({"bulk": id}), for the audit.

    Raises `Stale` when somebody else moved it first, `NotPermitted` with the reason `may` gave.
    """
    lock(session, item, expected)
    verdict = may(session, actor, verb, item, now=now, note=note, facts=facts)
    note_hash = hash_note(session, keys, item.contribution_id, note)
    if workflow.second_person_wanted(verdict):
        if note.strip():  # the second person reads why; what the family reads are the second one's words
            say(session, item, actor, note, now=now, keys=keys, direction="among_desk")
        return ask_second(session, actor, item, verb, now, note_hash)
    if not verdict:
        raise NotPermitted(verdict.reason)
    step = workflow.step_for(item.kind, item.state, verb)
    if step is None:
        raise NotPermitted("no_such_step")
    second = confirmed_by(session, item, verb, actor)
    move = Move(session, actor, item, verb, now, note, keys, said, facts or {}, second, note_hash)
    before = item.state
    _enter(item, step, now)
    if item.state != before:
        # What somebody asked for stood on what they saw; another state is another question.
        session.execute(delete(Confirmation).where(Confirmation.item_id == item.id))
    # Before the effects: a removal destroys the key that these words lie under, and they go with it.
    if note.strip():
        say(session, item, actor, note, now=now, keys=keys, direction=_direction(step.then))
    for effect in step.then:
        EFFECTS[effect](move)
    letters.after(session, item, verb, told="tell_family" in step.then, now=now)
    record_act(
        session,
        actor,
        Act(
            verb,
            f"item:{item.public_id}",
            before,
            item.state,
            note_hash=note_hash,
            details={
                "record": item.record_id,
                "revision": item.revision_id,
                "kind": item.kind,
                **(part_of or {}),
            },
            second=second,
        ),
        now,
    )
    return Outcome(item.state)


def lock(session: GatedSession, item: Item, expected: int | None = None) -> None:
    """From here to the commit nobody else acts on the item, nor shows or hides anything of its record.

    The record is locked first, as everywhere, so that no two wait for each other. Raises `Stale`.
    """
    session.flush()
    if item.record_id is not None:
        consent.lock(session, [item.record_id])
    session.refresh(item, with_for_update=True)
    if expected is not None and item.version != expected:
        raise Stale("item_changed", found=item.version, expected=expected)


def _enter(item: Item, step: workflow.Step, now: datetime) -> None:
    if item.state != step.to:
        item.state = step.to
        item.waiting_since = now
        if step.verb in ("answer", "ask_change"):
            item.round += 1
        if workflow.decided_by_the_desk(step):
            item.precedence = workflow.usual_precedence(item.kind)
        item.ended_at = now if step.to in workflow.ENDED_STATES else None
    item.version += 1


def ask_second(
    session: GatedSession, actor: Actor, item: Item, verb: str, now: datetime, note_hash: str = ""
) -> Outcome:
    """The act stands as asked for by one person; it is done when another asks for the same."""
    already = select(Confirmation.id).where(
        Confirmation.item_id == item.id,
        Confirmation.verb == verb,
        Confirmation.actor == actor.label,
        Confirmation.revision_id.is_not_distinct_from(item.revision_id),
    )
    if session.scalar(already) is None:
        session.add(
            Confirmation(item_id=item.id, revision_id=item.revision_id, verb=verb, actor=actor.label, at=now)
        )
        details = {"revision": item.revision_id}
        act = Act(
            f"asked_{verb}",
            f"item:{item.public_id}",
            item.state,
            item.state,
            note_hash=note_hash,
            details=details,
        )
        record_act(session, actor, act, now)
    # Whoever asked has done their part: the item is free for the second person.
    item.version += 1
    item.taken_by_id, item.taken_until = None, None
    return Outcome(item.state, waits=True)


def say(
    session: GatedSession,
    item: Item,
    actor: Actor,
    words: str,
    *,
    now: datetime,
    keys: ArchiveKey,
    direction: str,
) -> Message:
    """Keep what was said, as ciphertext under the contribution's key where there is one."""
    message = Message(
        item_id=item.id,
        contribution_id=item.contribution_id,
        direction=direction,
        author="family" if "family" in actor.roles else actor.label,
        body=seal_words(session, keys, item.contribution_id, words),
        at=now,
    )
    session.add(message)
    return message


def _direction(then: tuple[str, ...]) -> str:
    return "to_family" if "tell_family" in then else "to_desk" if "tell_desk" in then else "among_desk"


# -- effects: what a step's `then` names ----------------------------------------------------


def _take(move: Move) -> None:
    move.item.taken_by_id = move.actor.account_id or None
    move.item.taken_until = move.now + workflow.TAKEN_FOR


def _lay_down(move: Move) -> None:
    move.item.taken_by_id, move.item.taken_until = None, None


def _record_will(move: Move) -> None:
    if move.said is None:
        raise ValueError("sending needs what was agreed to")
    consent.append(move.session, _record(move), move.said, by=move.actor, at=move.now)


def _offer_proof(move: Move) -> None:
    move.item.approved_revision_id = None


def _approve_proof(move: Move) -> None:
    move.item.approved_revision_id = move.item.revision_id


def _apply_revision(move: Move) -> None:
    revision = move.session.get(Revision, move.item.revision_id) if move.item.revision_id else None
    if revision is not None:
        describe.apply(move.session, revision, now=move.now)


def _archive_yes(move: Move) -> None:
    """The archive's will so far, and now also every part of this contribution (or of an import)."""
    record, rested = _record(move), move.item.facts.get("rested")
    archive_word.publish(move.session, record, move.item.contribution_id, by=move.actor, at=move.now)
    if rested:
        move.item.facts = {name: fact for name, fact in move.item.facts.items() if name != "rested"}
        archive_word.show_again(move.session, record, rested, by=move.actor, at=move.now)
        _elsewhere(move, "shown_again", record)


def _archive_rests(move: Move) -> None:
    """What the archive says of this page now it says no longer; publishing anew says exactly that again."""
    record = _record(move)
    stood = sorted(archive_word.standing(move.session, record.id))
    if stood:
        archive_word.hide(move.session, record, [archive_word.PAGE], by=move.actor, at=move.now)
        _elsewhere(move, "hidden", record)
    move.item.facts = {**move.item.facts, "rested": stood}


def _elsewhere(move: Move, kind: str, record: Record) -> None:
    from memorial.services import withdrawal

    withdrawal.second_place(move.session, kind=kind, record=record.public_id, at=move.now.isoformat())


def _amend(move: Move) -> None:
    from memorial.services.published import amending

    amending.publish(
        move.session, move.actor, move.item, second=move.second, note_hash=move.note_hash, now=move.now
    )


def _join(move: Move) -> None:
    from memorial.services import unions

    unions.join(move.session, move.actor, move.item, now=move.now)


def _part(move: Move) -> None:
    from memorial.services import unions

    unions.part(move.session, move.item, now=move.now)


def _keep_apart(move: Move) -> None:
    from memorial.services import unions

    unions.keep_apart(move.session, move.item, move.verb)


def archive_will(session: GatedSession, record_id: int) -> dict[str, Any]:
    """The archive's latest entry about a record, which is its whole will."""
    wanted = (
        select(LedgerEntry.will)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == record_id, LedgerEntry.act == "will", Party.kind == rules.ARCHIVE)
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    )
    found = session.scalar(wanted)
    return rules.will_from_json(found) if found else {}


def _withdraw(move: Move) -> None:
    from memorial.services import withdrawal

    contribution = move.session.get_one(Contribution, move.item.contribution_id)
    withdrawal.hide(move.session, move.actor, contribution, now=move.now)


def _erase(move: Move) -> None:
    from memorial.services import withdrawal

    contribution = move.session.get_one(Contribution, move.item.contribution_id)
    withdrawal.erase(move.session, move.actor, contribution, now=move.now)


def _new_code(move: Move) -> None:
    from memorial.services import lost_codes

    lost_codes.new_code(move.session, move.keys, move.actor, move.item, now=move.now)


def _make_reader(move: Move) -> None:
    from memorial.services import applications

    applications.make_reader(move.session, move.actor, move.item, move.keys, now=move.now)


def _nothing_more(_move: Move) -> None:
    """The message itself, written by `advance`, is the effect."""


def _record(move: Move) -> Record:
    return move.session.get_one(Record, move.item.record_id)


EFFECTS: Mapping[str, Callable[[Move], None]] = {
    "lock": _take,
    "unlock": _lay_down,
    "record_will": _record_will,
    "offer_proof": _offer_proof,
    "approve_proof": _approve_proof,
    "apply_revision": _apply_revision,
    "archive_yes": _archive_yes,
    "amend": _amend,
    "archive_rests": _archive_rests,
    "join": _join,
    "part": _part,
    "keep_apart": _keep_apart,
    "withdraw": _withdraw,
    "erase": _erase,
    "new_code": _new_code,
    "make_reader": _make_reader,
    "tell_family": _nothing_more,
    "tell_desk": _nothing_more,
}


def due_on(now: datetime, days: int = 5) -> date:
    """When an item should have been looked at."""
    return (now + timedelta(days=days)).date()
