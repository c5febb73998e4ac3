"""Acts of the desk with particulars, that need two people: what the first asked for is what the second agrees to.

    proposal = ask_removal(session, actor, item, party_id, note, now=…, keys=…)
    agree(session, other, item, proposal.public_id, now=…, keys=…)     # another person; it is done
    drop(session, actor, item, proposal.public_id, now=…)              # either; nothing happens

A plain act (publish, erase) needs no row here: its item says all there is to say (services/review.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import NotOpen, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import counts_still
from memorial.keys import ArchiveKey
from memorial.models import Evidence, Item, Party, Proposal
from memorial.services import custody, evidence, masks, parties, review
from memorial.services.asking import ask_another
from memorial.services.audit import Act, record_act

DONE, DROPPED = "done", "dropped"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One act as the page shows it to whoever may agree."""

    public_id: str
    verb: str
    asked_by: str
    asked_at: datetime
    party: Party
    particulars: Mapping[str, Any]
    evidence: Evidence | None


def ask_removal(
    session: GatedSession,
    actor: Actor,
    item: Item,
    party_id: int,
    note: str,
    *,
    now: datetime,
    keys: ArchiveKey,
) -> Proposal:
    """The first of two people finds that a party's yes is not needed any longer, and says why."""
    review.lock(session, item)
    verdict = may(session, actor, "remove_party", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if not note.strip():
        raise NotPermitted("note")
    record = parties.record_of(session, item)
    found = [each for each in parties.parties_of(session, record) if each.id == party_id]
    if not found or found[0].kind not in parties.BY_DECISION:
        raise NotOpen("party")
    review.say(session, item, actor, note, now=now, keys=keys, direction="among_desk")
    digest = custody.hash_note(session, keys, item.contribution_id, note)
    return ask_another(
        session, actor, item, "remove_party", {"party": party_id, "reason": digest},
        thing=f"record:{record.public_id}", note_hash=digest, details={"party": party_id}, now=now,
    )  # fmt: skip


def agree(
    session: GatedSession, actor: Actor, item: Item, public_id: str, *, now: datetime, keys: ArchiveKey
) -> None:
    """Another person agrees, and it is done. Raises NotPermitted, NotOpen, Stale."""
    proposal = _locked(session, item, public_id)
    verdict = may(session, actor, "agree", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if proposal.asked_by == actor.label:
        raise NotPermitted("other_person")
    if not counts_still(session, item, proposal.asked_by):
        raise NotPermitted("asker_away")
    DOERS[proposal.verb](session, actor, item, proposal, keys, now)
    _end(item, proposal, actor, DONE, now)


def drop(session: GatedSession, actor: Actor, item: Item, public_id: str, *, now: datetime) -> None:
    """Nothing comes of it: whoever asked thinks better of it, or a colleague does not agree."""
    proposal = _locked(session, item, public_id)
    verdict = may(session, actor, "agree", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    _end(item, proposal, actor, DROPPED, now)
    record = parties.record_of(session, item)
    details = {"item": item.public_id, "verb": proposal.verb}
    record_act(session, actor, Act("drop_proposal", f"record:{record.public_id}", details=details), now)


def _locked(session: GatedSession, item: Item, public_id: str) -> Proposal:
    review.lock(session, item)
    wanted = select(Proposal).where(Proposal.public_id == public_id, Proposal.item_id == item.id)
    locking = wanted.with_for_update().execution_options(populate_existing=True)
    proposal = session.scalars(locking).first()
    if proposal is None:
        raise NotOpen("proposal")
    if proposal.outcome:
        raise NotPermitted("no_such_step")
    return proposal


def _end(item: Item, proposal: Proposal, actor: Actor, outcome: str, now: datetime) -> None:
    proposal.outcome, proposal.ended_by, proposal.ended_at = outcome, actor.label, now
    item.version += 1


def waiting(session: GatedSession, item: Item) -> list[Waiting]:
    """What waits for a second person on this item, the oldest first."""
    wanted = select(Proposal).where(Proposal.item_id == item.id, Proposal.outcome == "").order_by(Proposal.id)
    return [_waiting(session, each) for each in session.scalars(wanted)]


def _waiting(session: GatedSession, proposal: Proposal) -> Waiting:
    party = session.get_one(Party, proposal.particulars["party"])
    row = session.get(Evidence, proposal.evidence_id) if proposal.evidence_id else None
    return Waiting(
        proposal.public_id,
        proposal.verb,
        proposal.asked_by,
        proposal.asked_at,
        party,
        proposal.particulars,
        row,
    )


# -- what is done ---------------------------------------------------------------------------


def _enter_yes(
    session: GatedSession, actor: Actor, item: Item, proposal: Proposal, keys: ArchiveKey, now: datetime
) -> None:
    evidence.enter(session, actor, item, proposal, keys=keys, now=now)


def _remove_party(
    session: GatedSession, actor: Actor, item: Item, proposal: Proposal, _keys: ArchiveKey, now: datetime
) -> None:
    party = session.get_one(Party, proposal.particulars["party"])
    reason = str(proposal.particulars["reason"])
    parties.let_go(session, actor, item, party, second=proposal.asked_by, evidence=reason, now=now)


def _unmask(
    session: GatedSession, actor: Actor, item: Item, proposal: Proposal, keys: ArchiveKey, now: datetime
) -> None:
    masks.agreed(session, actor, item, proposal, keys, now)


Doer = Callable[[GatedSession, Actor, Item, Proposal, ArchiveKey, datetime], None]
DOERS: Mapping[str, Doer] = {"enter_yes": _enter_yes, "remove_party": _remove_party, "unmask": _unmask}
