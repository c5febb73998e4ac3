"""What waits for a second person: who asked for what, for the lines of the queue and an item's page.

asked_for(session, items)      # item id -> [Asked("publish", "Their name", at)]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import Account, Confirmation, Item, Proposal


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as one person asked for it."""

    verb: str
    name: str
    at: datetime


def asked_for(session: GatedSession, items: Sequence[Item]) -> dict[int, list[Asked]]:
    """By item, in the order of asking. What was asked for another content does not count any more."""
    contents = {item.id: item.revision_id for item in items}
    if not contents:
        return {}
    confirmations = session.scalars(
        select(Confirmation).where(Confirmation.item_id.in_(contents)).order_by(Confirmation.id)
    )
    found = [
        (each.item_id, each.verb, each.actor, each.at)
        for each in confirmations
        if each.revision_id == contents[each.item_id]
    ]
    proposals = session.scalars(
        select(Proposal).where(Proposal.item_id.in_(contents), Proposal.outcome == "").order_by(Proposal.id)
    )
    found += [(each.item_id, each.verb, each.asked_by, each.asked_at) for each in proposals]
    names = _names(session, {label for _, _, label, _ in found})
    by_item: dict[int, list[Asked]] = defaultdict(list)
    for item_id, verb, label, at in found:
        by_item[item_id].append(Asked(verb, names.get(label, label), at))
    return by_item


def _names(session: GatedSession, labels: set[str]) -> dict[str, str]:
    ids = {int(label.split(":")[1]) for label in labels if label.startswith("account:")}
    if not ids:
        return {}
    people = select(Account.id, Account.name, Account.email).where(Account.id.in_(ids))
    return {f"account:{number}": name or email for number, name, email in session.execute(people)}
