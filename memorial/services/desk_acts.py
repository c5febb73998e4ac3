"""What people at the desk do with an item, the steps of the workflow and everything besides.

    act(session, actor, item, "publish", now=now, keys=keys, note="…", expected=version)
    set_checks(session, actor, item, {"minors", "addresses"}, seen_revision=2, now=now)
    contacts(session, actor, item, keys=keys, now=now)     # logged, and no more than a day's share

Steps go to `review.advance`, the one mover. The others ask `may` as well and write their own
line in the audit. The caller opens the session as the keeper: who may act is not who reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from memorial.db import insert_new
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import checks_done, confirmed_by
from memorial.gate.permission import sees_words
from memorial.keys import ArchiveKey
from memorial.models import (
    Confirmation,
    Contribution,
    Item,
    ItemCheck,
    ItemPass,
    Record,
    Recusal,
)
from memorial.services import (
    contact_limits,
    custody,
    desk_assigning,
    desk_buttons,
    desk_hiding,
    desk_revisions,
    duplicates,
    enclosures,
    lost_codes,
    replies,
    review,
    withdrawal,
)
from memorial.services.audit import Act, record_act
from memorial.services.desk_buttons import PERMISSION
from memorial.services.photographs import Received
from memorial.services.review import Outcome

REFUSALS = ("not_the_holder", "legal_hold")


@dataclass(frozen=True, slots=True)
class Doing:
    """What one act is about."""

    session: GatedSession
    actor: Actor
    item: Item
    verb: str
    now: datetime
    keys: ArchiveKey
    note: str
    part: str = ""
    account: int | None = None  # a colleague whom the act is about; 0 for nobody


def act(
    session: GatedSession,
    actor: Actor,
    item: Item,
    verb: str,
    *,
    now: datetime,
    keys: ArchiveKey,
    note: str = "",
    expected: int | None = None,
    seen_revision: int | None = None,
    ground: str = "",
    part: str = "",
    account: int | None = None,
) -> Outcome:
    """Do it. Raises NotPermitted with the reason, Stale when somebody else was first or other content stands by now."""
    if verb not in workflow.VERBS and verb not in DEEDS:
        raise NotOpen("verb")
    review.lock(session, item, None if verb == "note" else expected)
    if seen_revision not in (None, desk_revisions.about(session, item)) and verb != "note":
        raise Stale("item_changed")
    replies.look(session, item, verb, note)
    if verb in workflow.VERBS:
        _keep_hold(actor, item, expected, now)
        if verb == "refuse":
            _refusal(session, item, ground)
        return review.advance(session, actor, item, verb, now=now, keys=keys, note=note, expected=expected)
    verdict = may(session, actor, PERMISSION.get(verb, verb), item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if desk_buttons.BESIDES[verb] and not note.strip():
        raise NotPermitted("note")
    return DEEDS[verb](Doing(session, actor, item, verb, now, keys, note, part, account)) or Outcome(
        item.state
    )


@contextmanager
def enclosing(
    session: GatedSession,
    actor: Actor,
    item: Item,
    files: Sequence[Received],
    *,
    keys: ArchiveKey,
    now: datetime,
) -> Iterator[None]:
    """Around an act: the files go with the words that it says, wherever those go; without words nowhere."""
    contribution = session.get(Contribution, item.contribution_id) if files else None
    before = enclosures.last_number(session, contribution) if contribution else 0
    yield
    if contribution is not None:
        session.flush()
        message = enclosures.said_since(session, contribution, actor.label, before)
        if message is not None:
            enclosures.enclose(session, keys, contribution, message, files, now=now)


def _keep_hold(actor: Actor, item: Item, expected: int | None, now: datetime) -> None:
    """A hold that ended while somebody wrote is theirs again, where nobody has touched the item since."""
    ended = item.taken_until is not None and item.taken_until <= now
    if expected is not None and ended and actor.account_id and item.taken_by_id == actor.account_id:
        item.taken_until = now + workflow.TAKEN_FOR


def _refusal(session: GatedSession, item: Item, ground: str) -> None:
    """Erasure is refused for two reasons and no other; the second person must mean the same one."""
    if ground not in REFUSALS:
        raise Invalid("refusal_ground", field="ground")
    asked = select(func.count()).select_from(Confirmation)
    asked = asked.where(Confirmation.item_id == item.id, Confirmation.verb == "refuse")
    if session.scalar(asked) and item.facts.get("refusal") != ground:
        raise Invalid("refusal_differs", field="ground")
    item.facts = {**item.facts, "refusal": ground}


# -- besides the workflow -------------------------------------------------------------------


def _note(doing: Doing) -> None:
    """A word among colleagues; the family never sees it."""
    _say(doing)
    _record(doing, f"item:{doing.item.public_id}")


def _go_through_form(doing: Doing) -> None:
    """Somebody has gone through the form of consent with the family; the note says how."""
    doing.item.facts = {**doing.item.facts, "form_gone_through": doing.actor.label}
    doing.item.version += 1
    _note(doing)


def _hiding(change: Callable[[desk_hiding.Doing], Record]) -> Callable[[Doing], None]:
    """An act that hides or shows again, with its reason and its line in the audit."""

    def do(doing: Doing) -> None:
        record = change(doing)
        doing.item.version += 1
        _say(doing)
        _record(doing, f"record:{record.public_id}")

    return do


def _write_to_sender(doing: Doing) -> None:
    """Words that whoever sent the page reads; colleagues find them with that contribution."""
    desk_hiding.write_to_sender(doing)
    doing.item.version += 1
    _say(doing)
    _record(doing, f"item:{doing.item.public_id}")


def _recuse(doing: Doing) -> None:
    """This account does not work on this item. Somebody else takes it."""
    doing.session.add(
        Recusal(
            item_id=doing.item.id,
            account_id=doing.actor.account_id,
            set_by=doing.actor.label,
            at=doing.now,
        )
    )
    desk_assigning.let_go(doing.session, doing.item, doing.actor.account_id)
    _record(doing, f"item:{doing.item.public_id}")


def _assign(doing: Doing) -> None:
    """Somebody is asked to see to it; others may still take it."""
    desk_assigning.assign(doing.session, doing.item, doing.account)
    doing.item.version += 1
    _record(doing, f"item:{doing.item.public_id}", account=doing.account)


def _exclude(doing: Doing) -> None:
    """The archive keeps a colleague from this and all of the family's; the note says why."""
    kept = desk_assigning.exclude(doing.session, doing.actor, doing.item, doing.account, now=doing.now)
    _say(doing)
    _record(doing, f"item:{doing.item.public_id}", account=kept.id)


def _include(doing: Doing) -> None:
    """What the archive set is lifted again."""
    freed = desk_assigning.include(doing.session, doing.item, doing.account)
    doing.item.version += 1
    _say(doing)
    _record(doing, f"item:{doing.item.public_id}", account=freed.id)


def _pass_on(doing: Doing) -> None:
    """Not me, not today; no reason is asked and none is written down."""
    insert_new(doing.session, ItemPass, [{"account_id": doing.actor.account_id, "item_id": doing.item.id}])
    if doing.item.taken_by_id == doing.actor.account_id:
        doing.item.taken_by_id, doing.item.taken_until = None, None
    if doing.item.assigned_to_id == doing.actor.account_id:
        doing.item.assigned_to_id = None
    doing.item.version += 1


def _mark_violence(doing: Doing) -> None:
    """From now on for somebody trained for it, in every item that shows the same words."""
    shown_in = duplicates.pairs_with(doing.session, doing.item)
    for item in {*review.items_beside(doing.session, doing.item), *shown_in}:
        item.flags = sorted({*item.flags, workflow.VIOLENCE})
        item.version += 1
        mine = item.taken_by_id == doing.actor.account_id
        if mine and not may(doing.session, doing.actor, "read", item, now=doing.now):
            item.taken_by_id, item.taken_until = None, None
    _record(doing, f"item:{doing.item.public_id}")


def _unmark_violence(doing: Doing) -> None:
    """It is none, as somebody trained for it says, with the reason."""
    for item in review.items_beside(doing.session, doing.item):
        item.flags = [flag for flag in item.flags if flag != workflow.VIOLENCE]
        item.version += 1
    _note(doing)


def _legal_hold(doing: Doing) -> None:
    contribution = doing.session.get_one(Contribution, doing.item.contribution_id)
    contribution.legal_hold = doing.note.strip()[:500] if doing.verb == "set_legal_hold" else ""
    doing.item.version += 1
    _note(doing)


def _seal(doing: Doing) -> None:
    """Kept dark at the wish of whoever it belongs to; the note says whose, and how it was said."""
    contribution = _contribution(doing)
    if contribution.sealed_at is not None or contribution.erased_at is not None:
        raise NotPermitted("is_sealed")
    withdrawal.seal(doing.session, doing.actor, contribution, now=doing.now, method="desk")
    doing.item.version += 1
    _note(doing)


def _unseal(doing: Doing) -> Outcome | None:
    """The desk reads it again; that is wider, so a second person asks for the same. Nothing is shown by it."""
    contribution, item = _contribution(doing), doing.item
    if contribution.sealed_at is None:
        raise NotPermitted("not_sealed")
    second = confirmed_by(doing.session, item, doing.verb, doing.actor)
    _say(doing)
    if not second:
        return review.ask_second(doing.session, doing.actor, item, doing.verb, doing.now)
    withdrawal.unseal(doing.session, doing.actor, contribution, now=doing.now)
    asked = delete(Confirmation).where(Confirmation.item_id == item.id, Confirmation.verb == doing.verb)
    doing.session.execute(asked)
    item.version += 1
    _record(doing, f"item:{item.public_id}", second)
    return None


def _contribution(doing: Doing) -> Contribution:
    if doing.item.contribution_id is None:
        raise NotOpen("contribution")
    return doing.session.get_one(Contribution, doing.item.contribution_id)


DEEDS: Mapping[str, Callable[[Doing], Outcome | None]] = {
    "note": _note,
    "go_through_form": _go_through_form,
    "hold": _hiding(desk_hiding.hold),
    "lift_hold": _hiding(desk_hiding.lift_hold),
    "hide_part": _hiding(desk_hiding.hide_part),
    "show_part": _hiding(desk_hiding.show_part),
    "write_to_sender": _write_to_sender,
    "recuse": _recuse,
    "assign": _assign,
    "exclude": _exclude,
    "include": _include,
    "pass_on": _pass_on,
    "mark_violence": _mark_violence,
    "unmark_violence": _unmark_violence,
    "set_legal_hold": _legal_hold,
    "lift_legal_hold": _legal_hold,
    "seal": _seal,
    "unseal": _unseal,
}


def _say(doing: Doing) -> None:
    words = (doing.note, doing.now, doing.keys)
    review.say(
        doing.session, doing.item, doing.actor, words[0], now=words[1], keys=words[2], direction="among_desk"
    )


def _record(doing: Doing, thing: str, second: str = "", **more: object) -> None:
    digest = custody.hash_note(doing.session, doing.keys, doing.item.contribution_id, doing.note)
    details = {"item": doing.item.public_id, "revision": doing.item.revision_id, **more}
    record_act(
        doing.session,
        doing.actor,
        Act(doing.verb, thing, note_hash=digest, details=details, second=second),
        doing.now,
    )


# -- checklist and contacts -----------------------------------------------------------------


def set_checks(
    session: GatedSession,
    actor: Actor,
    item: Item,
    looked_at: set[str],
    *,
    seen_revision: int,
    now: datetime,
) -> None:
    """Which lines of the checklist somebody has looked at, for the content they had before them."""
    review.lock(session, item)
    verdict = may(session, actor, "check", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if desk_revisions.about(session, item) != seen_revision:
        raise Stale("item_changed")
    wanted = frozenset(looked_at) & frozenset(workflow.KINDS[item.kind].checks)
    mine = (ItemCheck.item_id == item.id, ItemCheck.revision_id.is_not_distinct_from(item.revision_id))
    before = checks_done(session, item)
    session.execute(delete(ItemCheck).where(*mine, ItemCheck.check.in_(before - wanted)))
    for name in sorted(wanted - before):
        session.add(
            ItemCheck(
                item_id=item.id, revision_id=item.revision_id, check=name, account_id=actor.account_id, at=now
            )
        )
    if before != wanted:
        details = {
            "looked_at": sorted(wanted - before),
            "taken_back": sorted(before - wanted),
            "revision": item.revision_id,
        }
        record_act(session, actor, Act("check", f"item:{item.public_id}", details=details), now)


def contacts(
    session: GatedSession, actor: Actor, item: Item, *, keys: ArchiveKey, now: datetime, an_hour: int = 10
) -> dict[str, str]:
    """The contacts left with the item's contribution, by kind of party.

    Logged before they are returned; the caller commits before anything is shown. A taken
    account reads a day's share at most, and that within ten minutes of proved presence; more than
    `an_hour` are told to the consent officers and administrators.
    """
    contact_limits.hold(session, actor, now=now)
    verdict = may(session, actor, "see_contact", item, now=now)
    verdict = verdict and sees_words(session, actor, item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    asks = item.kind == "lost_code"
    if item.contribution_id is not None:
        contribution = session.get_one(Contribution, item.contribution_id)
        found = custody.show_contact(session, actor, keys, contribution, now=now)
    elif asks:
        found = {}
        custody.log(session, actor, "contact_shown", f"item:{item.public_id}", None, now=now)
    else:
        raise NotOpen("contribution")
    if asks and (left := lost_codes.contact_of(session, keys, item)):
        found["asks"] = left
    contact_limits.tell(session, actor, an_hour=an_hour, now=now)
    return found
