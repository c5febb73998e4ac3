"""Somebody asks to read what is kept for researchers, a person decides, and the reading ends by itself.

    apply(session, keys, Wish("Name", "a@b.example", "Institution", "purpose"), …)   # one form, one application
    approve(session, actor, item, until=date(2027, 5, 3), note="…", …)              # makes the account, or extends it
    end(session, actor, account, now=now)                                            # from the next request on
    forget(session, now=now, days=90)                                                # what was declined

Who they are and what for lies under the archive's key. Whether an address has an account, or has
asked before, the form never tells. An account that is there already keeps its password and what
it agreed to: whoever fills in a form with somebody's address changes nothing of theirs but the day.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, select

from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Account, Application, Item, Message
from memorial.services import account_sessions, accounts, review
from memorial.services.audit import Act, record_act
from memorial.services.desk_views import Applied
from memorial.services.review import Outcome

SOMEBODY = Actor("somebody")  # nobody has signed in here
MADE = "invitation"  # under which the session hands the code to the one page that shows it


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    name: str
    email: str
    institution: str
    purpose: str


def apply(
    session: GatedSession,
    keys: ArchiveKey,
    wish: Wish,
    *,
    language: str,
    conditions: str,
    send_key: str,
    now: datetime,
) -> Item:
    """A piece of work for the desk. `conditions` marks the text agreed to; one `send_key` is one application."""
    before = select(Item).join(Application, Application.item_id == Item.id)
    known = session.scalars(before.where(Application.send_key == send_key)).first()
    if known is not None:
        return known
    address = accounts.checked_email(wish.email)
    item = review.new_item(session, "application", now=now, language=language, due_on=review.due_on(now))
    session.add(
        Application(
            public_id=new_public_id(),
            item_id=item.id,
            email_hash=_hash(keys, address),
            body=keys.encrypt(json.dumps(asdict(wish), ensure_ascii=False).encode()),
            language=language,
            conditions=conditions,
            send_key=send_key,
            agreed_at=now,
        )
    )
    record_act(session, SOMEBODY, Act("application", f"item:{item.public_id}", to_state=item.state), now)
    return item


def _hash(keys: ArchiveKey, address: str) -> str:
    return hmac.new(keys.pepper(), address.encode(), hashlib.sha256).hexdigest()


def of_item(session: GatedSession, item: Item) -> Application:
    return session.scalars(select(Application).where(Application.item_id == item.id)).one()


def _wish(keys: ArchiveKey, application: Application) -> Wish | None:
    return Wish(**json.loads(keys.decrypt(application.body))) if application.body is not None else None


def applied(session: GatedSession, keys: ArchiveKey, item: Item) -> Applied:
    """What the desk sees of it."""
    application = of_item(session, item)
    others = select(func.count()).select_from(Application).where(Application.id != application.id)
    asked_before = session.scalar(others.where(Application.email_hash == application.email_hash)) or 0
    wish = _wish(keys, application)
    said = wish or Wish("", "", "", "")
    return Applied(
        said.name,
        said.email,
        said.institution,
        said.purpose,
        application.agreed_at,
        asked_before,
        application.reads_until,
        gone=wish is None,
    )


def approve(
    session: GatedSession,
    actor: Actor,
    item: Item,
    *,
    until: str,
    most: int,
    note: str,
    expected: int | None,
    keys: ArchiveKey,
    now: datetime,
) -> Outcome:
    """They read until the end of this day (UTC), at most so many days ahead. Raises Invalid (`reads_until`)."""
    if item.kind != "application":
        raise NotPermitted("no_such_step")
    of_item(session, item).reads_until = _end_of(until, most, now)
    facts = {"reads_until": True}
    act = {"now": now, "keys": keys, "note": note, "expected": expected, "facts": facts}
    return review.advance(session, actor, item, "approve_reader", **act)  # type: ignore[arg-type]


def _end_of(text: str, most: int, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("reads_until", field="until", most=most) from error
    if not now.date() < day <= now.date() + timedelta(days=most):
        raise Invalid("reads_until", field="until", most=most)
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def make_reader(session: GatedSession, actor: Actor, item: Item, keys: ArchiveKey, *, now: datetime) -> None:
    """The effect of `approve_reader`. The code of an invitation is left in the session for the page that shows it."""
    application = of_item(session, item)
    wish = _wish(keys, application)
    if wish is None or application.reads_until is None:
        raise NotOpen("application")
    address = accounts.checked_email(wish.email)
    found = select(Account).where(Account.email == address).with_for_update()
    account, code = session.scalars(found).first(), ""
    if account is None:
        account, code = accounts.add(session, actor, address, [workflow.READER], now=now, name=wish.name)
        account.conditions_agreed = application.conditions
        account.languages = [application.language]
    else:
        code = accounts.make_reader(session, actor, account, now=now)
    account.ends_at = application.reads_until
    application.account_id = account.id
    session.info[MADE] = (code, address)
    details = {"item": item.public_id, "until": application.reads_until.date().isoformat()}
    record_act(session, actor, Act("reader_made", f"account:{account.id}", details=details), now)


# -- approved readers ------------------------------------------------------------------------


def readers(session: GatedSession, actor: Actor, *, now: datetime) -> Sequence[Account]:
    """Everybody who is or was an approved reader, by address."""
    verdict = may(session, actor, "see_readers", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    return [each for each in accounts.everyone(session) if accounts.is_reader(each)]


def end(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> None:
    """From this moment on they read as the public does."""
    verdict = may(session, actor, "end_reader", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if not accounts.is_reader(account):
        raise NotOpen("account")
    if account.ends_at is not None and account.ends_at <= now:
        return
    account.ends_at = now
    account_sessions.revoke_all(session, account, now=now)
    record_act(session, actor, Act("reader_ended", f"account:{account.id}"), now)


def agree(session: GatedSession, account: Account, mark: str, *, now: datetime) -> None:
    """They have read the conditions as they are now, and agreed."""
    account.conditions_agreed = mark
    actor = accounts.actor_of(account)
    record_act(session, actor, Act("conditions_agreed", f"account:{account.id}", details={"mark": mark}), now)


def forget(session: GatedSession, *, now: datetime, days: int) -> int:
    """Who was declined is forgotten so many days after, notes of colleagues included; returns how many were."""
    over = (
        select(Item.id)
        .join(Application, Application.item_id == Item.id)
        .where(Item.state == workflow.DECLINED, Application.body.is_not(None))
        .where(Item.ended_at.is_not(None), Item.ended_at <= now - timedelta(days=days))
    )
    gone = session.scalars(over).all()
    for application in session.scalars(select(Application).where(Application.item_id.in_(gone))):
        application.body, application.email_hash, application.send_key = None, "", None
    session.execute(delete(Message).where(Message.item_id.in_(gone)))
    return len(gone)
