"""Doing a bulk act, one item at a time: the act on the item and its line are one transaction.

    for line in open_lines(session, act_id):                            # a session that only reads
        carry_out(session, act_id, line, keys=keys, now=now)            # a transaction of its own
    finish(session, act_id, now=now)                                    # over, where nothing is left

So a cut anywhere leaves lines that are done and lines that are open, and whoever goes on takes
the open ones. Two that run at once take turns at the act's row. Who it is done for is read anew
each time: an account that ended or lost its role does nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from memorial.domain import bulk as rules
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.gate.permission import may_in_turn
from memorial.keys import ArchiveKey
from memorial.models import Account, BulkAct, BulkLine, BulkNote, Item
from memorial.services import bulk, review
from memorial.services.accounts import acting_later
from memorial.services.audit import Act, record_act

# Which lines are open, by what the act is at.
OPEN = {bulk.RUNNING: "", bulk.UNDOING: "done"}


def left_to_do(session: GatedSession) -> Sequence[int]:
    """The acts that are at work; what a queue forgot among them."""
    return session.scalars(
        select(BulkAct.id).where(BulkAct.state.in_(bulk.AT_WORK)).order_by(BulkAct.id)
    ).all()


def open_lines(session: GatedSession, act_id: int, most: int = 100) -> Sequence[int]:
    """The next lines of an act; none where it is stopped or over."""
    act = session.get(BulkAct, act_id)
    if act is None or act.state not in OPEN:
        return []
    wanted = select(BulkLine.id).where(BulkLine.bulk_id == act_id, BulkLine.outcome == OPEN[act.state])
    return session.scalars(wanted.order_by(BulkLine.id).limit(most)).all()


def carry_out(session: GatedSession, act_id: int, line_id: int, *, keys: ArchiveKey, now: datetime) -> bool:
    """Do it with one item, or write down why not. False where the act is no longer at work.

    Raises what the mover raises; then nothing of it is written, and the caller leaves the line out (`leave`).
    """
    act, line = _locked(session, act_id, line_id)
    if act.state not in OPEN:
        return False
    if line.outcome != OPEN[act.state]:
        return True
    actor = acting_later(session.get(Account, act.account_id))
    item = session.get_one(Item, line.item_id)
    review.lock(session, item)
    line.at = now
    work = _Work(session, actor, act, line, item, words_of(session, act, keys), keys, now)
    if act.state == bulk.RUNNING:
        line.reason = _do(work)
        line.outcome = "refused" if line.reason else "done"
    else:
        line.reason = _undo(work)
        line.outcome = "kept" if line.reason else "undone"
    return True


def leave(session: GatedSession, act_id: int, line_id: int, reason: str, *, now: datetime) -> None:
    """This item did not go; the others do."""
    act, line = _locked(session, act_id, line_id)
    if act.state in OPEN and line.outcome == OPEN[act.state]:
        line.outcome = "refused" if act.state == bulk.RUNNING else "kept"
        line.reason, line.at = reason, now


def finish(session: GatedSession, act_id: int, *, now: datetime) -> bool:
    """Whether it is over; then that is written down and the note is no longer kept here."""
    act = session.get_one(BulkAct, act_id, with_for_update=True, populate_existing=True)
    if act.state not in OPEN:
        return True
    if open_lines(session, act_id, 1):
        return False
    over = bulk.DONE if act.state == bulk.RUNNING else bulk.UNDONE
    act.state, act.version, act.ended_at = over, act.version + 1, now
    session.execute(delete(BulkNote).where(BulkNote.bulk_id == act_id))
    record_act(
        session, Actor.system(), Act(f"bulk_{over}", f"bulk:{act.public_id}", details={"verb": act.verb}), now
    )
    return True


def _locked(session: GatedSession, act_id: int, line_id: int) -> tuple[BulkAct, BulkLine]:
    act = session.get_one(BulkAct, act_id, with_for_update=True, populate_existing=True)
    return act, session.get_one(BulkLine, line_id, populate_existing=True)


@dataclass(frozen=True, slots=True)
class _Work:
    """One item of an act, locked, with whoever it is done for and the words that go with it."""

    session: GatedSession
    actor: Actor
    act: BulkAct
    line: BulkLine
    item: Item
    note: str
    keys: ArchiveKey
    now: datetime


def _do(work: _Work) -> str:
    """The reason against it, or "" once it is done."""
    item, line, verb = work.item, work.line, work.act.verb
    if item.version != line.found:
        return "changed_since"
    reason = bulk.why_not(work.session, work.actor, verb, item, note=work.note, now=work.now)
    if reason:
        return reason
    before = {
        "state": item.state,
        "waiting_since": item.waiting_since.isoformat(),
        "precedence": item.precedence,
    }
    _walk(work, rules.route(item.state, verb, bulk.is_mine(work.actor, item, work.now)))
    line.before, line.left = before, item.version
    return ""


def _undo(work: _Work) -> str:
    """The reason why it stays, or "" once the item is back where it was, at its place in the queue too."""
    item, line = work.item, work.line
    if item.version != line.left:
        return "touched_since"
    steps = rules.way_back(work.act.verb, line.before["state"])
    verdict = may_in_turn(work.session, work.actor, steps, item, now=work.now, note=work.note)
    if not verdict:
        return verdict.reason
    _walk(work, steps, first=True)
    item.waiting_since = datetime.fromisoformat(line.before["waiting_since"])
    item.precedence = line.before["precedence"]
    return ""


def _walk(work: _Work, steps: Sequence[str], *, first: bool = False) -> None:
    """Each step through the one mover; the words go with the step that decides."""
    decides = 0 if first else len(steps) - 1
    part_of = {"bulk": work.act.public_id}
    for number, verb in enumerate(steps):
        words = work.note if number == decides else ""
        outcome = review.advance(
            work.session,
            work.actor,
            work.item,
            verb,
            now=work.now,
            keys=work.keys,
            note=words,
            part_of=part_of,
        )
        if outcome.waits:
            raise NotPermitted("two_people")


def words_of(session: GatedSession, act: BulkAct, keys: ArchiveKey) -> str:
    """The words that go with it; once it is over they lie with each item, and here are none."""
    kept = session.scalars(select(BulkNote.body).where(BulkNote.bulk_id == act.id)).first()
    return keys.decrypt(kept).decode() if kept is not None else ""
