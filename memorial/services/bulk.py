"""One act on many items: chosen, previewed, begun, stopped, taken back. Doing it is services/bulk_run.py.

    act = preview(session, actor, Wanted("decline", kind="import", run=run), "The note", keys=keys, now=now)
    begin(session, actor, act, expected=act.version, now=now)      # then the job "bulk"
    stop(…); go_on(…); take_back(…, note="Why")
    view = view_of(session, actor, act, now=now, after=line)       # for its page: numbers, a sample, refusals

The rule of what may be done so is domain/bulk.py. The preview asks `may` of every item, with the
reason where it is refused; what is begun asks again, item by item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from memorial.db import insert_many
from memorial.domain import bulk as rules
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import is_public_id, new_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import two_people
from memorial.gate.permission import may_in_turn
from memorial.keys import ArchiveKey
from memorial.models import BulkAct, BulkLine, BulkNote, Item
from memorial.services import desk
from memorial.services.audit import Act, record_act
from memorial.services.custody import hash_note

PREVIEWED, RUNNING, DONE, STOPPED, UNDOING, UNDONE = (
    "previewed", "running", "done", "stopped", "undoing", "undone",
)  # fmt: skip
AT_WORK = (RUNNING, UNDOING)
SAMPLE, PER_PAGE, LATELY = 10, 50, 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which act on which items; empty means all that allow it."""

    verb: str
    kind: str = ""
    language: str = ""
    run: str = ""  # the items of one import


@dataclass(frozen=True, slots=True)
class Import:
    """What came in with one run of the import, as far as it is open."""

    run: str
    file: str
    since: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Left:
    """An item that was not done, or not taken back, and why."""

    row: desk.Row
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """What the page of one act shows. `outcomes` counts lines by outcome, `reasons` the refused by reason."""

    act: BulkAct
    outcomes: dict[str, int]
    reasons: dict[str, int]
    sample: Sequence[desk.Row] = ()
    left: Sequence[Left] = ()
    after: int = 0
    names: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())


def imports(session: GatedSession) -> list[Import]:
    """The imports that wait at the desk, the newest first."""
    run, file = Item.facts["run"].as_string(), Item.facts["file"].as_string()
    wanted = (
        select(run, func.min(file), func.min(Item.created_at), func.count())
        .where(Item.kind == "import", Item.state.in_(rules.STATES), run.is_not(None))
        .group_by(run)
        .order_by(func.min(Item.created_at).desc())
        .limit(LATELY)
    )
    return [Import(*row) for row in session.execute(wanted)]


def needs_note(verb: str, *, back: bool = False) -> bool:
    """Whether the act (or taking it back) wants words."""
    wanted = rules.BACK.get(verb, "") if back else verb
    kinds = set(rules.kinds_for(verb))
    return any(
        "note" in step.needs for step in workflow.STEPS if step.verb == wanted and kinds & set(step.kinds)
    )


def find(session: GatedSession, public_id: str) -> BulkAct:
    """The act at this address. Raises NotOpen."""
    wanted = select(BulkAct).where(BulkAct.public_id == public_id)
    found = session.scalars(wanted).first() if is_public_id(public_id) else None
    if found is None:
        raise NotOpen("bulk")
    return found


def lately(session: GatedSession) -> list[BulkAct]:
    """The acts that were begun, the newest first."""
    wanted = select(BulkAct).where(BulkAct.state != PREVIEWED).order_by(BulkAct.id.desc()).limit(LATELY)
    return list(session.scalars(wanted))


# -- choosing -------------------------------------------------------------------------------


def preview(
    session: GatedSession, actor: Actor, wanted: Wanted, note: str, *, keys: ArchiveKey, now: datetime
) -> BulkAct:
    """What would be done with which items, and what is refused and why. Nothing happens to any of them.

    Raises NotPermitted, and Invalid for an act that is not done in bulk.
    """
    allowed(session, actor, now)
    if wanted.verb not in rules.offered(wanted.kind):
        raise Invalid("not_in_bulk", field="verb")
    if needs_note(wanted.verb) and not note.strip():
        raise NotPermitted("note")
    _forget_previews(session, actor)
    chosen = _chosen(session, wanted)
    if not chosen:
        raise Invalid("nothing_chosen", field="verb")
    act = BulkAct(
        public_id=new_public_id(),
        verb=wanted.verb,
        state=PREVIEWED,
        particulars={"kind": wanted.kind, "language": wanted.language, "run": wanted.run},
        account_id=actor.account_id,
        made_by=actor.label,
        made_at=now,
        note_hash=hash_note(session, keys, None, note),
    )
    session.add(act)
    session.flush()
    keep_note(session, act, note, keys)
    insert_many(session, BulkLine, [_line(session, actor, act, item, note, now) for item in chosen])
    return act


def _forget_previews(session: GatedSession, actor: Actor) -> None:
    """One preview at a time: what somebody looked at and left is nothing."""
    mine = BulkAct.made_by == actor.label, BulkAct.state == PREVIEWED
    old = select(BulkAct.id).where(*mine)
    for table in (BulkLine, BulkNote):
        session.execute(delete(table).where(table.bulk_id.in_(old)))
    session.execute(delete(BulkAct).where(*mine))


def _chosen(session: GatedSession, wanted: Wanted) -> Sequence[Item]:
    kinds = [wanted.kind] if wanted.kind else rules.kinds_for(wanted.verb)
    states = [
        state
        for state in rules.STATES
        if any(not rules.why_not(kind, state, wanted.verb, two_people=False) for kind in kinds)
    ]
    found = select(Item).where(Item.kind.in_(kinds), Item.state.in_(states))
    if wanted.language:
        found = found.where(Item.language == wanted.language)
    if wanted.run:
        found = found.where(Item.facts["run"].as_string() == wanted.run)
    return session.scalars(found.order_by(Item.id).limit(rules.MOST)).all()


def _line(
    session: GatedSession, actor: Actor, act: BulkAct, item: Item, note: str, now: datetime
) -> dict[str, Any]:
    reason = why_not(session, actor, act.verb, item, note=note, now=now)
    return {
        "bulk_id": act.id, "item_id": item.id, "outcome": "refused" if reason else "", "reason": reason,
        "found": item.version, "left": 0, "before": {}, "at": None,
    }  # fmt: skip


def why_not(session: GatedSession, actor: Actor, verb: str, item: Item, *, note: str, now: datetime) -> str:
    """Why this item is left out; "" where the act may be done with it now."""
    reason = rules.why_not(item.kind, item.state, verb, two_people=two_people(session, item, verb))
    if reason:
        return reason
    steps = rules.route(item.state, verb, is_mine(actor, item, now))
    return may_in_turn(session, actor, steps, item, now=now, note=note).reason


def is_mine(actor: Actor, item: Item, now: datetime) -> bool:
    return item.taken_by_id == actor.account_id and item.taken_until is not None and item.taken_until > now


# -- deciding about it ----------------------------------------------------------------------


def begin(session: GatedSession, actor: Actor, act: BulkAct, *, expected: int, now: datetime) -> None:
    """It is done from now on, in the background. Only whoever previewed it begins it."""
    _own(actor, act)
    _turn(session, actor, act, expected, (PREVIEWED,), RUNNING, now)
    act.begun_at = now
    left = session.scalar(select(func.count()).where(BulkLine.bulk_id == act.id, BulkLine.outcome == ""))
    _record(session, actor, act, "bulk_begun", now, items=left or 0)


def stop(session: GatedSession, actor: Actor, act: BulkAct, *, expected: int, now: datetime) -> None:
    """What is done is done; the rest stays as it is."""
    _turn(session, actor, act, expected, (RUNNING,), STOPPED, now)
    act.ended_at = now
    _record(session, actor, act, "bulk_stopped", now)


def go_on(session: GatedSession, actor: Actor, act: BulkAct, *, expected: int, now: datetime) -> None:
    """A stopped act takes up its rest."""
    _own(actor, act)
    _turn(session, actor, act, expected, (STOPPED,), RUNNING, now)
    act.ended_at = None
    _record(session, actor, act, "bulk_gone_on", now)


def take_back(
    session: GatedSession,
    actor: Actor,
    act: BulkAct,
    note: str = "",
    *,
    expected: int,
    keys: ArchiveKey,
    now: datetime,
) -> None:
    """All of it as one: each item that nobody has touched since goes back to where it was."""
    if needs_note(act.verb, back=True) and not note.strip():
        raise NotPermitted("note")
    _turn(session, actor, act, expected, (DONE, STOPPED), UNDOING, now)
    act.account_id, act.undone_by, act.undone_at = actor.account_id, actor.label, now
    keep_note(session, act, note, keys)
    _record(session, actor, act, "bulk_taken_back", now)


def allowed(session: GatedSession, actor: Actor, now: datetime) -> None:
    verdict = may(session, actor, "bulk", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)


def _own(actor: Actor, act: BulkAct) -> None:
    if act.made_by != actor.label:
        raise NotPermitted("not_yours")


def _turn(
    session: GatedSession,
    actor: Actor,
    act: BulkAct,
    expected: int,
    sources: Iterable[str],
    to: str,
    now: datetime,
) -> None:
    allowed(session, actor, now)
    session.refresh(act, with_for_update=True)
    if act.version != expected or act.state not in sources:
        raise Stale("bulk_changed", found=act.version, expected=expected)
    act.state, act.version = to, act.version + 1


def _record(
    session: GatedSession, actor: Actor, act: BulkAct, verb: str, now: datetime, **numbers: int
) -> None:
    details = {"verb": act.verb, **numbers}
    record_act(
        session, actor, Act(verb, f"bulk:{act.public_id}", note_hash=act.note_hash, details=details), now
    )


def keep_note(session: GatedSession, act: BulkAct, note: str, keys: ArchiveKey) -> None:
    """The words wait as ciphertext until it is over; then they lie with each item, and here no more."""
    session.execute(delete(BulkNote).where(BulkNote.bulk_id == act.id))
    if note.strip():
        session.add(BulkNote(bulk_id=act.id, body=keys.encrypt(note.strip().encode())))
        session.flush()


# -- its page -------------------------------------------------------------------------------


def view_of(session: GatedSession, actor: Actor, act: BulkAct, *, now: datetime, after: int = 0) -> View:
    """Numbers, some of the items it goes to, and a page of those that it leaves out."""
    mine = BulkLine.bulk_id == act.id
    counted = session.execute(
        select(BulkLine.outcome, BulkLine.reason, func.count())
        .where(mine)
        .group_by(BulkLine.outcome, BulkLine.reason)
    ).all()
    outcomes: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for outcome, reason, number in counted:
        outcomes[outcome] = outcomes.get(outcome, 0) + number
        if reason:
            reasons[reason] = reasons.get(reason, 0) + number
    goes = select(BulkLine.item_id).where(mine, BulkLine.outcome == "").order_by(BulkLine.id).limit(SAMPLE)
    refused = select(BulkLine).where(mine, BulkLine.reason != "", BulkLine.id > after).order_by(BulkLine.id)
    lines = session.scalars(refused.limit(PER_PAGE + 1)).all()
    shown = lines[:PER_PAGE]
    rows = _rows(session, actor, [line.item_id for line in shown], now)
    return View(
        act,
        outcomes,
        reasons,
        list(_rows(session, actor, session.scalars(goes).all(), now).values())
        if act.state == PREVIEWED
        else (),
        [Left(rows[line.item_id], line.reason) for line in shown],
        shown[-1].id if len(lines) > PER_PAGE else 0,
        desk.names_of(session, [label for label in (act.made_by, act.undone_by) if label]),
    )


def _rows(session: GatedSession, actor: Actor, items: Sequence[int], now: datetime) -> dict[int, desk.Row]:
    found = session.scalars(select(Item).where(Item.id.in_(items)).order_by(Item.id)).all() if items else []
    rows = desk.rows_of(session, actor, found, now=now)
    return {item.id: row for item, row in zip(found, rows, strict=True)}
