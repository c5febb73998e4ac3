"""What is true of an item, read for the rule that judges acts on it (`gate/permission.py`).

    recused_from(session, actor, items), beside(items), closed_to(session, item, accounts)
    known = Known(session, actor, item)     # read once, for as long as one page is drawn
    facts_of(known, actor, step, now, note, {})

A page draws some twenty buttons, and each asks the same of the same item: it makes one `Known` and hands it
to every `may`. An act makes none, and so reads everything anew in the transaction that it writes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from memorial.domain import workflow
from memorial.domain.workflow import Facts, Step
from memorial.gate.reader import Actor
from memorial.gate.sessions import GatedSession
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

AMENDMENT = "amendment"


@dataclass(frozen=True)  # without slots: each answer is kept beside the question
class Known:
    """What one account's page about one item needs to know, each thing read when it is first asked for."""

    session: GatedSession
    actor: Actor
    item: Item

    @cached_property
    def contribution(self) -> Contribution | None:
        return contribution_of(self.session, self.item)

    @cached_property
    def recusals(self) -> Sequence[Recusal]:
        return recusals_of(self.session, self.item)

    @cached_property
    def closes(self) -> Facts:
        """What keeps this account away from the item."""
        account = self.actor.account_id
        recused = bool(account) and any(each.account_id == account for each in self.recusals)
        return replace(what_closes(self.item, self.contribution), recused=recused)

    @cached_property
    def checks(self) -> Sequence[ItemCheck]:
        return checks_of(self.session, self.item)

    @property
    def checks_done(self) -> frozenset[str]:
        return frozenset(check.check for check in self.checks)

    @cached_property
    def form_approved(self) -> bool:
        return form_approved(self.session, self.item)

    @cached_property
    def _asked(self) -> Sequence[tuple[str, str]]:
        """Who else has asked for which act on this very content, the first first."""
        wanted = select(Confirmation.verb, Confirmation.actor).where(
            Confirmation.item_id == self.item.id,
            Confirmation.revision_id.is_not_distinct_from(self.item.revision_id),
            Confirmation.actor != self.actor.label,
        )
        return [(row.verb, row.actor) for row in self.session.execute(wanted.order_by(Confirmation.id))]

    def confirmed_by(self, verb: str) -> str:
        """Whose word for this act counts still; "" for nobody's."""
        asked = (label for wanted, label in self._asked if wanted == verb)
        return next((label for label in asked if counts_still(self.session, self.item, label)), "")


def facts_of(
    known: Known, actor: Actor, step: Step | None, now: datetime, note: str, more: Mapping[str, Any]
) -> Facts:
    """What the pure rule may know of an item at this moment."""
    item, contribution = known.item, known.contribution
    verb = step.verb if step else ""
    taken = item.taken_until is not None and item.taken_until > now
    asked = contribution.erase_asked_at if contribution else None
    found: dict[str, Any] = {
        "taken_by_me": taken and bool(actor.account_id) and item.taken_by_id == actor.account_id,
        "taken_by_other": taken and item.taken_by_id != actor.account_id,
        "has_note": bool(note.strip()),
        "checks_done": known.checks_done,
        "checks_wanted": frozenset(workflow.KINDS[item.kind].checks),
        "proof_approved": item.approved_revision_id is not None
        and item.approved_revision_id == item.revision_id,
        "form_approved": known.form_approved,
        "two_people": two_people(known.session, item, verb),
        "confirmed_by_other": known.confirmed_by(verb) != "",
        "waited": asked is not None and now >= asked + workflow.ERASURE_WAITS,
        "legal_hold": bool(contribution and contribution.legal_hold),
        "stepped_up": actor.stepped_up,
        "matched": item.contribution_id is not None,
        "others_told": item.facts.get("told", True),
        "refusal_ground": item.facts.get("refusal") in ("not_the_holder", "legal_hold"),
    }
    return replace(known.closes, **{**found, **more})


def recused_from(session: GatedSession, actor: Actor, items: Iterable[Item]) -> frozenset[int]:
    """From which of these items the account stepped back, or is kept: from one, and so from all of that family."""
    wanted = list(items)
    if not wanted or not actor.account_id:
        return frozenset()
    found = (
        select(Item)
        .join(Recusal, Recusal.item_id == Item.id)
        .where(Recusal.account_id == actor.account_id, beside(wanted))
    )
    kept = session.scalars(found).all()
    return frozenset(item.id for item in wanted if any(_of_one_family(item, other) for other in kept))


def _of_one_family(one: Item, other: Item) -> bool:
    """Whether somebody kept from one keeps away from the other: as `beside` says it to the database."""
    if one.id == other.id or (one.contribution_id and one.contribution_id == other.contribution_id):
        return True
    if one.kind == other.kind == AMENDMENT and one.facts.get("thing") != other.facts.get("thing"):
        return False
    return other.record_id in records_of(one)


def beside(items: Sequence[Item]) -> ColumnElement[bool]:
    """These items and every other of their records and contributions: what one family's are.

    What has no page of its own shares its record with its whole collection: of amendments only those of one object.
    """
    records = {number for item in items if item.kind != AMENDMENT for number in records_of(item)}
    contributions = {item.contribution_id for item in items if item.contribution_id}
    same: list[ColumnElement[bool]] = [Item.id.in_([item.id for item in items])]
    same += [Item.record_id.in_(sorted(records))] if records else []
    same += [Item.contribution_id.in_(sorted(contributions))] if contributions else []
    for item in items:
        if item.kind == AMENDMENT and item.record_id is not None:
            thing = Item.facts["thing"].as_string() == item.facts.get("thing", "")
            same.append(and_(Item.record_id == item.record_id, or_(Item.kind != AMENDMENT, thing)))
    return or_(*same)


def records_of(item: Item) -> frozenset[int]:
    """The pages an item shows: its own, and of two that may be one both."""
    return frozenset({item.record_id, *item.facts.get("records", ())} - {None})


def works_here(account: Account) -> bool:
    """Whether it is an account of the desk, and open."""
    return account.disabled_at is None and not frozenset(workflow.DESK_ROLES).isdisjoint(account.roles)


def recusals_of(session: GatedSession, item: Item) -> Sequence[Recusal]:
    """Who stepped back or is kept from the item, or from another of its family."""
    wanted = select(Recusal).join(Item, Item.id == Recusal.item_id).where(beside([item]))
    return session.scalars(wanted).all()


def closed_to(
    session: GatedSession, item: Item, accounts: Iterable[Account], recusals: Sequence[Recusal] | None = None
) -> dict[int, str]:
    """Why each of these accounts does not read the item, by id; those that do are not in it."""
    recusals = recusals_of(session, item) if recusals is None else recusals
    kept = frozenset(recusal.account_id for recusal in recusals)
    closes, found = what_closes(item, contribution_of(session, item)), {}
    for account in accounts:
        verdict = workflow.barred(account.roles, replace(closes, recused=account.id in kept))
        if not works_here(account):
            found[account.id] = "role"
        elif verdict is not None:
            found[account.id] = verdict.reason
    return found


def what_closes(item: Item, contribution: Contribution | None) -> Facts:
    """What of an item keeps people away from it, whoever they are."""
    return Facts(
        needs_specialist=bool(workflow.FOR_SPECIALISTS & set(item.flags)),
        for_officers=item.kind in workflow.FOR_OFFICERS,
        # A removal is confirmed by people who read none of what goes; all else of it is the consent officer's.
        sealed=item.kind != "erasure" and contribution is not None and contribution.sealed_at is not None,
    )


def is_sealed(session: GatedSession, item: Item) -> bool:
    """Whether the item's contribution is kept dark."""
    contribution = contribution_of(session, item)
    return contribution is not None and contribution.sealed_at is not None


def contribution_of(session: GatedSession, item: Item) -> Contribution | None:
    return session.get(Contribution, item.contribution_id) if item.contribution_id else None


def closed_by_seal(session: GatedSession, item: Item) -> bool:
    """A removal is confirmed by people who read none of what goes; all else of it is the consent officer's."""
    return item.kind != "erasure" and is_sealed(session, item)


def checks_done(session: GatedSession, item: Item) -> frozenset[str]:
    """The checklist's lines that were looked at for the content as it is now."""
    return frozenset(check.check for check in checks_of(session, item))


def checks_of(session: GatedSession, item: Item) -> Sequence[ItemCheck]:
    """These lines with who looked, and when."""
    lines = workflow.KINDS[item.kind].checks  # a dismissed hint is a row of the same table, and no line
    wanted = select(ItemCheck).where(
        ItemCheck.item_id == item.id,
        ItemCheck.revision_id.is_not_distinct_from(item.revision_id),
        ItemCheck.check.in_(lines),
    )
    return session.scalars(wanted).all()


def confirmed_by(session: GatedSession, item: Item, verb: str, actor: Actor) -> str:
    """Who else has asked for this very act on this very content; "" for nobody."""
    return Known(session, actor, item).confirmed_by(verb)


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


def form_approved(session: GatedSession, item: Item) -> bool:
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
