"""Who is asked to see to an item, and who is kept from it.

    assigned(session, items)                      # account id -> Person(name, away)
    to_choose(session, item)                      # Choice for each colleague, for the page's list
    assign(session, item, account_id)             # 0: nobody any more. Raises NotPermitted with the reason
    exclude(session, actor, item, account_id, now=now), include(session, item, account_id)

Who is kept from one item is kept from all of that record and contribution (gate/permission.py).
What somebody said of themselves, the archive does not lift.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.gate.facts import beside, closed_to, recusals_of, works_here
from memorial.gate.permission import desk_people
from memorial.models import Account, Item, Recusal
from memorial.services import preferences

PAUSED, DISABLED = "paused", "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom an item is assigned to, and why they will not come to it, if they will not."""

    name: str
    away: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A colleague who can be named on the page. `kept` is set where the archive keeps them from the item."""

    account_id: int
    name: str
    why_not: str = ""
    kept: bool = False


def assigned(session: GatedSession, items: Iterable[Item]) -> dict[int, Person]:
    """The people these items are assigned to."""
    ids = {item.assigned_to_id for item in items if item.assigned_to_id}
    found = session.scalars(select(Account).where(Account.id.in_(ids))) if ids else ()
    return {account.id: Person(account.name or account.email, away(account)) for account in found}


def away(account: Account) -> str:
    """Why nothing can be given to this account now."""
    if not works_here(account):
        return DISABLED
    return PAUSED if preferences.of(account).paused else ""


def to_choose(session: GatedSession, item: Item, recusals: Sequence[Recusal] | None = None) -> list[Choice]:
    """Everybody at the desk by name, each with what stands against giving them the item."""
    people = desk_people(session)
    recusals = recusals_of(session, item) if recusals is None else recusals
    closed = closed_to(session, item, people, recusals)
    kept_away = {recusal.account_id for recusal in set_by_archive(recusals)}
    return [
        Choice(
            account.id,
            account.name or account.email,
            closed.get(account.id, "") or away(account),
            account.id in kept_away,
        )
        for account in people
    ]


def set_by_archive(recusals: Iterable[Recusal]) -> list[Recusal]:
    """What the archive set; what people said of themselves is not among it."""
    return [each for each in recusals if each.set_by != f"account:{each.account_id}"]


def assign(session: GatedSession, item: Item, account_id: int | None) -> None:
    """Ask somebody to see to it; they must read it and be there. Raises NotPermitted with the reason."""
    if account_id is None:
        raise NotPermitted("account")
    if account_id == 0:
        item.assigned_to_id = None
        return
    account = _named(session, account_id)
    if why := away(account):
        raise NotPermitted(f"colleague_{why}")
    if closed_to(session, item, [account]):
        raise NotPermitted("colleague_barred")
    item.assigned_to_id = account.id


def exclude(
    session: GatedSession, actor: Actor, item: Item, account_id: int | None, *, now: datetime
) -> Account:
    """The archive keeps this account from the item and its family. Raises NotPermitted."""
    account = _named(session, account_id)
    if account.id == actor.account_id:
        raise NotPermitted("colleague_self")
    here = select(Recusal).where(Recusal.account_id == account.id, Recusal.item_id == item.id)
    if session.scalars(here).first() is not None:
        raise NotPermitted("colleague_kept")
    session.add(Recusal(item_id=item.id, account_id=account.id, set_by=actor.label, at=now))
    let_go(session, item, account.id)
    return account


def include(session: GatedSession, item: Item, account_id: int | None) -> Account:
    """Lifts what the archive set for this account, in all of the family. Raises NotPermitted."""
    account = _named(session, account_id)
    kept = set_by_archive(recusals_of(session, item))
    set_here = [each.id for each in kept if each.account_id == account.id]
    if not set_here:
        raise NotPermitted("colleague_not_kept")
    session.execute(delete(Recusal).where(Recusal.id.in_(set_here)))
    return account


def let_go(session: GatedSession, item: Item, account_id: int) -> None:
    """Whoever keeps away holds nothing of that family any longer: neither taken nor assigned."""
    for each in session.scalars(select(Item).where(beside([item])).order_by(Item.id).with_for_update()):
        theirs = account_id in (each.taken_by_id, each.assigned_to_id)
        if each.taken_by_id == account_id:
            each.taken_by_id, each.taken_until = None, None
        if each.assigned_to_id == account_id:
            each.assigned_to_id = None
        each.version += theirs or each.id == item.id


def _named(session: GatedSession, account_id: int | None) -> Account:
    account = session.get(Account, account_id) if account_id else None
    if account is None:
        raise NotPermitted("account")
    return account
