"""Signed-in browsers. The cookie holds a random token; here lies only its hash, and it can be revoked.

token = begin(session, account, now=now)               # by password alone: opens nothing yet
confirm(session, opened, now=now)                       # the second factor was right: a new token
found = find(session, token, now=now)                   # every request; None when it ended
step_up(opened, now=now)                                # presence proved again, for ten minutes
token = renew_token(opened)                             # with it: whoever copied the cookie stays outside
revoke(session, opened, now=now); revoke_all(session, account, now=now)
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from memorial.domain.errors import NotPermitted
from memorial.gate import GatedSession
from memorial.gate.standing import roles_now
from memorial.models import Account, AccountSession
from memorial.services.accounts import hashed

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
HALF_LASTS = timedelta(minutes=20)  # by password alone, until the second factor
SEEN_EVERY = timedelta(minutes=5)
STEPPED_UP_FOR = timedelta(minutes=10)


def begin(session: GatedSession, account: Account, *, now: datetime) -> str:
    """A new session by password alone. Returns the token, which is stored nowhere else."""
    return _open(session, account, now, None)


def confirm(session: GatedSession, opened: AccountSession, *, now: datetime) -> str:
    """The second factor was right: the half session ends, a whole one begins under a new token.

    Raises NotPermitted (`account_ended`) where somebody has ended it meanwhile.
    """
    session.refresh(opened, with_for_update=True)
    if opened.revoked_at is not None:
        raise NotPermitted("account_ended")
    opened.revoked_at = now
    return _open(session, session.get_one(Account, opened.account_id), now, now)


def _open(session: GatedSession, account: Account, now: datetime, second_factor: datetime | None) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            account_id=account.id,
            token_hash=hashed(token),
            created_at=now,
            seen_at=now,
            second_factor_at=second_factor,
        )
    )
    session.flush()
    return token


def renew_token(opened: AccountSession) -> str:
    """The same session under a new token: a cookie that somebody copied before is worth nothing from now on."""
    token = secrets.token_urlsafe(32)
    opened.token_hash = hashed(token)
    return token


def find(session: GatedSession, token: str, *, now: datetime) -> tuple[AccountSession, Account] | None:
    """The session of this token and its account, if both still stand."""
    wanted = (
        select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .where(AccountSession.token_hash == hashed(token))
        .where(AccountSession.revoked_at.is_(None), Account.disabled_at.is_(None))
    )
    found = session.execute(wanted).first()
    if found is None or not _stands(found[0], now):
        return None
    if not roles_now(found[1].roles, found[1].ends_at, now):
        return None
    return found[0], found[1]


def _stands(opened: AccountSession, now: datetime) -> bool:
    lasts = LASTS if opened.second_factor_at is not None else HALF_LASTS
    return now < opened.created_at + lasts and now < opened.seen_at + IDLE


def seen(session: GatedSession, session_id: int, *, now: datetime) -> None:
    """Somebody is there; the idle time begins anew."""
    session.execute(update(AccountSession).where(AccountSession.id == session_id).values(seen_at=now))


def step_up(opened: AccountSession, *, now: datetime) -> None:
    """Presence was proved again."""
    opened.stepped_up_at = now


def is_stepped_up(opened: AccountSession, *, now: datetime) -> bool:
    """Whether presence was proved within the last ten minutes. Signing in does not count for it."""
    at = opened.stepped_up_at
    return at is not None and at <= now < at + STEPPED_UP_FOR


def open_ones(session: GatedSession, account_id: int, *, now: datetime) -> Sequence[AccountSession]:
    """Where this account is signed in now, the newest first."""
    wanted = (
        select(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None))
        .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
    )
    return [opened for opened in session.scalars(wanted) if _stands(opened, now)]


def revoke(session: GatedSession, account_id: int, session_id: int, *, now: datetime) -> bool:
    """End one session of this account; False where it has no such session."""
    changed = session.execute(
        update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.account_id == account_id)
        .where(AccountSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def revoke_all(session: GatedSession, account: Account, *, now: datetime, but: int = 0) -> None:
    """End every session of an account, or every other one."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account.id, AccountSession.id != but)
        .where(AccountSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
