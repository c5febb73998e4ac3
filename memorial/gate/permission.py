"""What may I do? Verdict and reason for every verb; the desk draws its buttons from it.

    verdict = may(session, actor, "publish", item, now=now, note="…")
    if not verdict: verdict.reason   # a key that the faces put into words

Verbs on items come from the workflow table; the others from `GENERAL` below. Nothing else
in the program looks at a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain import workflow
from memorial.domain.workflow import Facts, Verdict
from memorial.gate.facts import Known, contribution_of, facts_of, is_sealed, what_closes, works_here
from memorial.gate.reader import Actor
from memorial.gate.sessions import GatedSession
from memorial.gate.standing import as_it_stands
from memorial.models import Account, Item

# Verbs that are not steps of an item: who may, and whether a fresh proof of presence is asked.
GENERAL: Mapping[str, tuple[frozenset[str], bool]] = {
    "open_desk": (frozenset(workflow.DESK_ROLES), False),
    "read": (frozenset(workflow.DESK_ROLES), False),
    "pass_on": (frozenset(workflow.DESK_ROLES), False),
    "note": (frozenset(workflow.DESK_ROLES), False),
    "check": (frozenset({"moderator", "specialist", "editor", "second_reader"}), False),
    # A hint was looked at and is none here; the lists that hints go by.
    "dismiss_hint": (frozenset({"moderator", "specialist", "editor", "second_reader"}), False),
    "edit_word_lists": (frozenset({"moderator", "editor", "admin"}), False),
    "go_through_form": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    # The content of what a family sent; who has taken the item, and where it stands: services/desk_edit.py.
    "edit": (frozenset({"moderator", "specialist", "editor"}), False),
    # The published record: any object of a collection, as a proposal (services/published).
    "amend": (frozenset({"editor", "moderator", "command"}), False),
    # Words of a recording: written at the desk, read whole by somebody, and then shown (services/transcripts). A
    # second reader may be the one who reads.
    "transcribe": (frozenset({"editor", "moderator", "specialist", "command"}), False),
    "read_transcript": (frozenset({"editor", "moderator", "specialist", *workflow.CONFIRMS}), False),
    "release_transcript": (frozenset({"editor", "moderator", "specialist"}), False),
    "recuse": (frozenset(workflow.DESK_ROLES), False),
    "assign": (frozenset({"moderator", "editor", "specialist", "consent_officer", "admin"}), False),
    # Somebody is kept away by the archive; what people said of themselves, it does not lift.
    "exclude": (frozenset({"consent_officer", "admin"}), False),
    "include": (frozenset({"consent_officer", "admin"}), False),
    # The moment of a film whose picture stands for it; never chosen by itself.
    "choose_still": (frozenset({"moderator", "specialist", "editor"}), False),
    # Whoever comes upon it passes it on; that it is none is said by those trained for it alone (`barred`).
    "mark_violence": (frozenset(workflow.DESK_ROLES), False),
    "unmark_violence": (frozenset({"specialist", "consent_officer"}), False),
    "see_history": (frozenset(workflow.DESK_ROLES), False),
    "see_log": (frozenset({"consent_officer", "admin", "moderator"}), False),
    # The log as a file leaves the archive: it says who did what to which thing.
    "export_log": (frozenset({"consent_officer", "admin"}), True),
    "see_reports": (frozenset({"moderator", "editor", "consent_officer", "admin"}), False),
    # One act on many items, begun, stopped or taken back; each item is asked about by itself as well.
    "bulk": (frozenset({"moderator", "specialist", "editor", "consent_officer", "admin"}), False),
    "open_case": (frozenset({"moderator", "consent_officer", "admin"}), False),
    "flag_duplicate": (frozenset({"moderator", "specialist", "editor", "consent_officer", "admin"}), False),
    "edit_replies": (frozenset({"moderator", "editor", "admin"}), False),
    "see_leftovers": (frozenset({"editor", "moderator", "admin"}), False),
    "see_contact": (frozenset({"moderator", "specialist", "consent_officer"}), True),
    "read_sealed": (frozenset({"consent_officer"}), True),
    "seal": (frozenset({"consent_officer"}), True),
    "unseal": (frozenset({"consent_officer"}), True),
    "set_legal_hold": (frozenset({"consent_officer", "admin"}), True),
    "hold": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    "lift_hold": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    "hide_part": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    "show_part": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    "write_to_sender": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    # Whose yes is needed, and a yes that staff enter. Who confirms (`agree`) may be a second reader.
    "require_party": (frozenset({"moderator", "specialist", "consent_officer"}), False),
    "remove_party": (frozenset({"moderator", "specialist", "consent_officer"}), True),
    "enter_yes": (frozenset({"moderator", "specialist", "consent_officer"}), True),
    "agree": (frozenset({"moderator", "specialist", "consent_officer", *workflow.CONFIRMS}), True),
    # A statement of rights and labels of communities, which open and close nothing (services/labels.py).
    "label": (frozenset({"moderator", "editor", "consent_officer"}), False),
    "describe_interview": (frozenset({"moderator", "specialist", "editor"}), False),
    # Words of a recording are withheld by one person, and given back by two, on the party's own word.
    "mask": (frozenset({"moderator", "specialist", "editor", "consent_officer"}), False),
    "unmask": (frozenset({"moderator", "specialist", "consent_officer"}), True),
    "see_evidence": (frozenset({"moderator", "specialist", "consent_officer", *workflow.CONFIRMS}), True),
    "find_holder": (frozenset({"moderator", "consent_officer", "admin"}), False),
    "approve_form": (frozenset({"consent_officer", "admin"}), False),
    "change_settings": (frozenset({"admin"}), True),
    "manage_accounts": (frozenset({"admin"}), True),
    "see_roles": (frozenset(workflow.DESK_ROLES), False),
    "see_readers": (frozenset(workflow.OFFICERS), False),
    "end_reader": (frozenset(workflow.OFFICERS), False),
    "confirm_time": (frozenset({"admin"}), True),
    "import": (frozenset({"editor", "admin", "command"}), False),
    "export": (frozenset({"admin", "command"}), False),
    # All that is held of one person, for that person: by whoever answers for it at the machine, or with one's own code.
    "subject_export": (frozenset({"command", "family"}), False),
    # Two custodians with their sheets of the archive's key (services/succession.py).
    "succession": (frozenset({"command"}), False),
    "hide": (frozenset({"family"}), False),
    "change": (frozenset({"family"}), False),
    "ask_erasure": (frozenset({"family"}), False),
}


def may(
    session: GatedSession,
    actor: Actor,
    verb: str,
    item: Item | None = None,
    *,
    now: datetime,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    known: Known | None = None,
) -> Verdict:
    """May this actor do this now? `facts` adds what only the caller knows (a draft's completeness).

    A page that asks for many acts hands over what it knows of the item. A transaction that writes
    reads it anew each time, whatever it is handed, and the account as well (`gate/standing.py`).
    """
    standing = as_it_stands(session, actor, now)
    if standing is None:
        return Verdict(False, "account_ended")
    actor = standing
    if item is None:
        return _general(actor, verb, None)
    if known is None or known.item is not item or session.info["writes"]:
        known = Known(session, actor, item)
    if verb in workflow.VERBS:
        step = workflow.step_for(item.kind, item.state, verb)
        if not _is_theirs(actor, item):
            return Verdict(False, "role")
        return workflow.judge(step, actor.roles, facts_of(known, actor, step, now, note, facts or {}))
    return _general(actor, verb, known)


def _general(actor: Actor, verb: str, known: Known | None) -> Verdict:
    """A verb that is no step: who may at all, whether anything keeps them from the item, whether they are there."""
    roles, presence = GENERAL.get(verb, (frozenset(), False))
    if not actor.roles & roles:
        return Verdict(False, "role")
    if known is not None and (closed := _barred(actor, known.item, known.closes)) is not None:
        return closed
    if presence and not actor.stepped_up:
        return Verdict(False, "stepped_up")
    return workflow.YES


def may_in_turn(
    session: GatedSession, actor: Actor, verbs: Iterable[str], item: Item, *, now: datetime, note: str = ""
) -> Verdict:
    """May this actor take these steps one after another? Whoever takes an item in the first has it in the second."""
    if not _is_theirs(actor, item):
        return Verdict(False, "role")
    state, known = item.state, Known(session, actor, item)
    taken: dict[str, bool] = {}
    for verb in verbs:
        step = workflow.step_for(item.kind, state, verb)
        verdict = workflow.judge(step, actor.roles, facts_of(known, actor, step, now, note, taken))
        if step is None or not verdict:
            return verdict
        state = step.to
        taken = {"taken_by_me": True, "taken_by_other": False} if "lock" in step.then else taken
    return workflow.YES


def sees_words(
    session: GatedSession, actor: Actor, item: Item, *, now: datetime, known: Known | None = None
) -> Verdict:
    """May this account read what was sent and said, and not only that there is something to do?"""
    if not is_sealed(session, item):
        return workflow.YES
    verdict = may(session, actor, "read_sealed", item, now=now, known=known)
    return Verdict(False, "sealed") if verdict.reason == "role" else verdict


def barred(
    session: GatedSession, actor: Actor, item: Item, recused: frozenset[int] | None = None
) -> Verdict | None:
    """Why this account keeps away from the item altogether: it stepped back, or a specialist is needed.

    A list asks once (`recused_from`) and hands the answer over.
    """
    if recused is None:
        return _barred(actor, item, Known(session, actor, item).closes)
    closes = what_closes(item, contribution_of(session, item))
    return _barred(actor, item, replace(closes, recused=item.id in recused))


def _barred(actor: Actor, item: Item, closes: Facts) -> Verdict | None:
    if "family" in actor.roles:
        return None if _is_theirs(actor, item) else Verdict(False, "role")
    return workflow.barred(actor.roles, closes)


def desk_people(session: GatedSession) -> list[Account]:
    """Everybody who works at the desk, by name."""
    wanted = select(Account).where(Account.disabled_at.is_(None)).order_by(Account.name, Account.email)
    return [account for account in session.scalars(wanted) if works_here(account)]


def only_confirms(actor: Actor) -> bool:
    """Whether what waits for a second person is all that this account decides."""
    own = actor.roles & frozenset(workflow.DESK_ROLES)
    return bool(own) and own <= frozenset(workflow.CONFIRMS)


def _is_theirs(actor: Actor, item: Item) -> bool:
    """A code opens its own contribution's items and no other."""
    return "family" not in actor.roles or item.contribution_id == actor.contribution_id
