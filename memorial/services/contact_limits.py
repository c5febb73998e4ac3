"""How many contacts one account opens: no more than a day's share, and many in an hour are told to those who answer for it.

    count = opened(session, actor, now=now)          # since yesterday at this time
    hold(session, actor, now=now)                    # before one is opened; raises TooMany
    tell(session, actor, an_hour=10, now=now)        # after it: at most one item a day, without any contact

The account it is about steps back from the item by itself: nobody closes their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from memorial.domain.errors import TooMany
from memorial.gate import Actor, GatedSession
from memorial.models import Account, CustodyEvent, Item, Recusal
from memorial.services import desk, review
from memorial.services.audit import Act, record_act
from memorial.services.desk_views import Alert

CONTACTS_A_DAY = 30
NEAR = 20  # from here on the page says how many are left
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def opened(session: GatedSession, actor: Actor, *, now: datetime, within: timedelta = DAY) -> int:
    """How many this account has opened lately."""
    wanted = select(func.count()).select_from(CustodyEvent)
    wanted = wanted.where(CustodyEvent.actor == actor.label, CustodyEvent.verb == "contact_shown")
    return session.scalar(wanted.where(CustodyEvent.at > now - within)) or 0


def hold(session: GatedSession, actor: Actor, *, now: datetime) -> None:
    """One after the other for each account, so that many at once are counted like one by one."""
    session.execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
    if opened(session, actor, now=now) >= CONTACTS_A_DAY:
        raise TooMany("contacts_a_day", wait=3600)


def tell(session: GatedSession, actor: Actor, *, an_hour: int, now: datetime) -> Item | None:
    """An item at the desk where this one was more than usual; None where it was not, or it was told today."""
    session.flush()
    in_the_hour, in_the_day = (opened(session, actor, now=now, within=within) for within in (HOUR, DAY))
    if in_the_hour <= an_hour and in_the_day < CONTACTS_A_DAY:
        return None
    lately = select(Item.facts).where(Item.kind == "alert", Item.created_at > now - DAY)
    if any(facts.get("account") == actor.account_id for facts in session.scalars(lately)):
        return None
    why, number = ("day", in_the_day) if in_the_day >= CONTACTS_A_DAY else ("hour", in_the_hour)
    facts = {"account": actor.account_id, "why": why, "number": number}
    item = review.new_item(session, "alert", now=now, facts=facts, precedence=-1, due_on=now.date())
    session.add(Recusal(item_id=item.id, account_id=actor.account_id, set_by="system", at=now))
    told = Act("alert", f"item:{item.public_id}", to_state=item.state, details=facts)
    record_act(session, Actor.system(), told, now)
    return item


def alert_of(session: GatedSession, item: Item) -> Alert:
    """What the item says, with the account's name."""
    number = int(item.facts.get("account", 0))
    who = desk.account_names(session, [number]).get(number, "")
    return Alert(who, str(item.facts.get("why", "")), int(item.facts.get("number", 0)))
