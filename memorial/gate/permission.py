"""What may I do? Verdict and reason for every verb; the desk draws its buttons from it.

    verdict = may(session, actor, "publish", item, now=now, note="…")
    if not verdict: verdict.reason   # a key that the faces put into words

Verbs on items come from the workflow table; the others from `GENERAL` below. Nothing else
in the program looks at a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from memorial.domain import workflow
from memorial.domain.workflow import Facts, Step, Verdict
from memorial.gate.reader import Actor
from memorial.gate.sessions import GatedSession
from memorial.gate.standing import as_it_stands
from memorial.models import (
    Account,
    ArchiveSetting,
    Confirmation,
    ConsentForm,
    Contribution,
    Item,
    ItemCheck,
    LedgerEntry,
    Party,
    Recusal,
)

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
    "amend": (frozenset({"editor", "moderator"}), False),
    "recuse": (frozenset(workflow.DESK_ROLES), False),
    "assign": (frozenset({"moderator", "editor", "specialist", "consent_officer", "admin"}), False),
    # Somebody is kept away by the archive; what people said of themselves, it does not lift.
    "exclude": (frozenset({"consent_officer", "admin"}), False),
    "include": (frozenset({"consent_officer", "admin"}), False),
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
) -> Verdict:
    """May this actor do this now? `facts` adds what only the caller knows (a draft's completeness).

    In a transaction that writes the account is read anew (`gate/standing.py`).
    """
    standing = as_it_stands(session, actor, now)
    if standing is None:
        return Verdict(False, "account_ended")
    actor = standing
    if item is not None and verb in workflow.VERBS:
        step = workflow.step_for(item.kind, item.state, verb)
        if not _is_theirs(actor, item):
            return Verdict(False, "role")
        return workflow.judge(step, actor.roles, facts_of(session, actor, item, step, now, note, facts or {}))
    roles, presence = GENERAL.get(verb, (frozenset(), False))
    if not actor.roles & roles:
        return Verdict(False, "role")
    if item is not None and (closed := barred(session, actor, item)) is not None:
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
    state = item.state
    taken: dict[str, bool] = {}
    for verb in verbs:
        step = workflow.step_for(item.kind, state, verb)
        verdict = workflow.judge(step, actor.roles, facts_of(session, actor, item, step, now, note, taken))
        if step is None or not verdict:
            return verdict
        state = step.to
        taken = {"taken_by_me": True, "taken_by_other": False} if "lock" in step.then else taken
    return workflow.YES


def sees_words(session: GatedSession, actor: Actor, item: Item, *, now: datetime) -> Verdict:
    """May this account read what was sent and said, and not only that there is something to do?"""
    if not is_sealed(session, item):
        return workflow.YES
    verdict = may(session, actor, "read_sealed", item, now=now)
    return Verdict(False, "sealed") if verdict.reason == "role" else verdict


def barred(
    session: GatedSession, actor: Actor, item: Item, recused: frozenset[int] | None = None
) -> Verdict | None:
    """Why this account keeps away from the item altogether: it stepped back, or a specialist is needed.

    A list asks once (`recused_from`) and hands the answer over.
    """
    if "family" in actor.roles:
        return None if _is_theirs(actor, item) else Verdict(False, "role")
    stepped_back = _recused(session, actor, item) if recused is None else item.id in recused
    return workflow.barred(actor.roles, replace(_what_closes(session, item), recused=stepped_back))


def recused_from(session: GatedSession, actor: Actor, items: Iterable[Item]) -> frozenset[int]:
    """From which of these items the account stepped back, or is kept: from one, and so from all of that family."""
    wanted = list(items)
    if not wanted or not actor.account_id:
        return frozenset()
    found = (
        select(Item.id, Item.record_id, Item.contribution_id)
        .join(Recusal, Recusal.item_id == Item.id)
        .where(Recusal.account_id == actor.account_id, beside(wanted))
    )
    kept = session.execute(found).all()
    ids, records, contributions = (frozenset(row[place] for row in kept) for place in range(3))
    return frozenset(
        item.id
        for item in wanted
        if item.id in ids
        or not records_of(item).isdisjoint(records)
        or (item.contribution_id and item.contribution_id in contributions)
    )


def beside(items: Sequence[Item]) -> ColumnElement[bool]:
    """These items and every other of their records and contributions: what one family's are."""
    records = {number for item in items for number in records_of(item)}
    contributions = {item.contribution_id for item in items if item.contribution_id}
    same = [Item.id.in_([item.id for item in items])]
    same += [Item.record_id.in_(sorted(records))] if records else []
    same += [Item.contribution_id.in_(sorted(contributions))] if contributions else []
    return or_(*same)


def records_of(item: Item) -> frozenset[int]:
    """The pages an item shows: its own, and of two that may be one both."""
    return frozenset({item.record_id, *item.facts.get("records", ())} - {None})


def works_here(account: Account) -> bool:
    """Whether it is an account of the desk, and open."""
    return account.disabled_at is None and not frozenset(workflow.DESK_ROLES).isdisjoint(account.roles)


def desk_people(session: GatedSession) -> list[Account]:
    """Everybody who works at the desk, by name."""
    wanted = select(Account).where(Account.disabled_at.is_(None)).order_by(Account.name, Account.email)
    return [account for account in session.scalars(wanted) if works_here(account)]


def only_confirms(actor: Actor) -> bool:
    """Whether what waits for a second person is all that this account decides."""
    own = actor.roles & frozenset(workflow.DESK_ROLES)
    return bool(own) and own <= frozenset(workflow.CONFIRMS)


def closed_to(session: GatedSession, item: Item, accounts: Iterable[Account]) -> dict[int, str]:
    """Why each of these accounts does not read the item, by id; those that do are not in it."""
    away = select(Recusal.account_id).join(Item, Item.id == Recusal.item_id).where(beside([item]))
    kept = frozenset(session.scalars(away))
    closes, found = _what_closes(session, item), {}
    for account in accounts:
        verdict = workflow.barred(account.roles, replace(closes, recused=account.id in kept))
        if not works_here(account):
            found[account.id] = "role"
        elif verdict is not None:
            found[account.id] = verdict.reason
    return found


def _what_closes(session: GatedSession, item: Item) -> Facts:
    """What of an item keeps people away from it, whoever they are."""
    return Facts(
        needs_specialist=_needs_specialist(item),
        for_officers=item.kind in workflow.FOR_OFFICERS,
        sealed=_closed_by_seal(session, item),
    )


def _needs_specialist(item: Item) -> bool:
    return bool(workflow.FOR_SPECIALISTS & set(item.flags))


def is_sealed(session: GatedSession, item: Item) -> bool:
    """Whether the item's contribution is kept dark."""
    contribution = session.get(Contribution, item.contribution_id) if item.contribution_id else None
    return contribution is not None and contribution.sealed_at is not None


def _closed_by_seal(session: GatedSession, item: Item) -> bool:
    """A removal is confirmed by people who read none of what goes; all else of it is the consent officer's."""
    return item.kind != "erasure" and is_sealed(session, item)


def _is_theirs(actor: Actor, item: Item) -> bool:
    """A code opens its own contribution's items and no other."""
    return "family" not in actor.roles or item.contribution_id == actor.contribution_id


def facts_of(
    session: GatedSession,
    actor: Actor,
    item: Item,
    step: Step | None,
    now: datetime,
    note: str,
    more: Mapping[str, Any],
) -> Facts:
    """What the pure rule may know of an item at this moment."""
    verb = step.verb if step else ""
    taken = item.taken_until is not None and item.taken_until > now
    contribution = session.get(Contribution, item.contribution_id) if item.contribution_id else None
    asked = contribution.erase_asked_at if contribution else None
    known: dict[str, Any] = {
        "taken_by_me": taken and bool(actor.account_id) and item.taken_by_id == actor.account_id,
        "taken_by_other": taken and item.taken_by_id != actor.account_id,
        "has_note": bool(note.strip()),
        "checks_done": checks_done(session, item),
        "checks_wanted": frozenset(workflow.KINDS[item.kind].checks),
        "proof_approved": item.approved_revision_id is not None
        and item.approved_revision_id == item.revision_id,
        "form_approved": _form_approved(session, item),
        "two_people": two_people(session, item, verb),
        "confirmed_by_other": confirmed_by(session, item, verb, actor) != "",
        "waited": asked is not None and now >= asked + workflow.ERASURE_WAITS,
        "legal_hold": bool(contribution and contribution.legal_hold),
        "stepped_up": actor.stepped_up,
        "matched": item.contribution_id is not None,
        "others_told": item.facts.get("told", True),
        "refusal_ground": item.facts.get("refusal") in ("not_the_holder", "legal_hold"),
        "recused": _recused(session, actor, item),
        "needs_specialist": _needs_specialist(item),
        "for_officers": item.kind in workflow.FOR_OFFICERS,
        "sealed": _closed_by_seal(session, item),
    }
    return Facts(**{**known, **more})


def checks_done(session: GatedSession, item: Item) -> frozenset[str]:
    """The checklist's lines that were looked at for the content as it is now."""
    lines = workflow.KINDS[item.kind].checks  # a dismissed hint is a row of the same table, and no line
    wanted = select(ItemCheck.check).where(
        ItemCheck.item_id == item.id,
        ItemCheck.revision_id.is_not_distinct_from(item.revision_id),
        ItemCheck.check.in_(lines),
    )
    return frozenset(session.scalars(wanted))


def confirmed_by(session: GatedSession, item: Item, verb: str, actor: Actor) -> str:
    """Who else has asked for this very act on this very content; "" for nobody."""
    wanted = select(Confirmation.actor).where(
        Confirmation.item_id == item.id,
        Confirmation.verb == verb,
        Confirmation.revision_id.is_not_distinct_from(item.revision_id),
        Confirmation.actor != actor.label,
    )
    asked = session.scalars(wanted.order_by(Confirmation.id))
    return next((label for label in asked if counts_still(session, item, label)), "")


def counts_still(session: GatedSession, item: Item, label: str) -> bool:
    """Whether the word of whoever asked is one of two: they work here, and nothing keeps them from the item by now."""
    kind, _, number = label.partition(":")
    account = session.get(Account, int(number)) if kind == "account" else None
    return account is None or not closed_to(session, item, [account])


def two_people(session: GatedSession, item: Item, verb: str) -> bool:
    """Whether the act needs two: always for some, for deaths and minors unless the archive says otherwise."""
    if verb in workflow.ALWAYS_TWO:
        return True
    if verb != "publish":
        return False
    chosen = session.get(ArchiveSetting, "two_people")
    wanted = chosen.value if chosen else ["death", "minor"]
    return bool(set(wanted) & set(item.flags))


def _recused(session: GatedSession, actor: Actor, item: Item) -> bool:
    if not actor.account_id:
        return False
    return bool(recused_from(session, actor, [item]))


def _form_approved(session: GatedSession, item: Item) -> bool:
    """Until a named person has approved a language's form, somebody must have gone through it with the family."""
    if item.contribution_id is None or item.record_id is None or item.facts.get("form_gone_through"):
        return True
    wanted = (
        select(func.count())
        .select_from(LedgerEntry)
        .join(ConsentForm, ConsentForm.id == LedgerEntry.form_id)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == item.record_id, ConsentForm.approved_by == "")
        # What others who sent something for this page have read is looked at with theirs.
        .where(Party.contribution_id == item.contribution_id)
    )
    return not session.scalar(wanted)
