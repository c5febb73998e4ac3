"""Accounts: who is invited, who may sign in, who no longer may. Families have none; they have a code.

    account, token = add(session, actor, "someone@example.org", ["moderator"], now=now)
    account = accept(session, token, "Their name", "a long password", now=now)   # once, within 7 days
    account = by_password(session, "someone@example.org", "a long password")     # or None
    reset(session, actor, account, now=now)       # a fresh invitation; everything old ends at once
    disable(session, actor, account, now=now)

Sessions are in `services/account_sessions.py`, the second factor in `services/second_factor.py`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.workflow import ROLES
from memorial.gate import Actor, GatedSession
from memorial.models import Account
from memorial.services.audit import Act, record_act
from memorial.services.slow_hash import HASHER

INVITED_FOR = timedelta(days=7)
SHORTEST, LONGEST = 12, 200

# Whoever is not there is hashed against this, so that an unknown address takes as long as a known one.
NOBODY = HASHER.hash(secrets.token_urlsafe(24))

_EMAIL = re.compile(r"[^\s@<>\"'\\\x00-\x20\x7f]+@[^\s@<>\"'\\\x00-\x20\x7f]+\.[^\s@<>\"'\\\x00-\x20\x7f.]+")


def hashed(token: str) -> str:
    """What is stored of a random token: it cannot be guessed, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(
    session: GatedSession, actor: Actor, email: str, roles: Iterable[str], *, now: datetime, name: str = ""
) -> tuple[Account, str]:
    """A new account and the token of its invitation, which is told to nobody but the caller."""
    address, wanted = _email(email), _roles(roles)
    if session.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise Invalid("account_exists", field="email")
    account = Account(email=address, name=name.strip(), roles=wanted, created_at=now)
    session.add(account)
    session.flush()
    _record(session, actor, "account_added", account, now, roles=wanted)
    return account, _invite(account, now)


def reset(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> str:
    """Password, second factor, recovery codes and sessions end; a fresh invitation opens the account again."""
    from memorial.services import account_sessions

    account.password_hash = ""
    account.totp_secret, account.totp_confirmed_at, account.recovery_hashes = None, None, []
    account.disabled_at = None
    account_sessions.revoke_all(session, account, now=now)
    _record(session, actor, "account_reset", account, now)
    return _invite(account, now)


def disable(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> None:
    """From the next request on this account is nobody. What it did stays signed with its name."""
    from memorial.services import account_sessions

    account.disabled_at = now
    account.invitation_hash, account.invited_until = "", None
    account_sessions.revoke_all(session, account, now=now)
    _record(session, actor, "account_disabled", account, now)


def invited(session: GatedSession, token: str, *, now: datetime) -> Account:
    """Whose invitation this is. Raises NotOpen for a used, outdated or unknown one, all alike."""
    wanted = select(Account).where(Account.invitation_hash == hashed(token), Account.disabled_at.is_(None))
    account = session.scalars(wanted).first()
    if account is None or account.invited_until is None or account.invited_until <= now:
        raise NotOpen("invitation")
    return account


def accept(session: GatedSession, token: str, name: str, password: str, *, now: datetime) -> Account:
    """Take the invitation up: name and password are chosen, the link is spent."""
    account = invited(session, token, now=now)
    if not name.strip():
        raise Invalid("name_missing", field="name")
    account.password_hash = HASHER.hash(checked_password(password, account.email))
    account.name = name.strip()[:200]
    account.invitation_hash, account.invited_until = "", None
    _record(session, actor_of(account), "invitation_accepted", account, now)
    return account


def by_password(session: GatedSession, email: str, password: str) -> Account | None:
    """The account that this password opens. A wrong one, an unknown address and a disabled account
    take the same time and are the same answer."""
    wanted = select(Account).where(Account.email == email.strip().lower(), Account.disabled_at.is_(None))
    account = session.scalars(wanted).first()
    if not right_password(account, password):
        return None
    return account


def right_password(account: Account | None, password: str) -> bool:
    """Whether the password is this account's. Reads only: hashing must not hold up those who write."""
    known = account.password_hash if account is not None and account.password_hash else ""
    try:
        HASHER.verify(known or NOBODY, _normal(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return bool(known)


def freshen(account: Account, password: str) -> None:
    """Hash a right password anew where the parameters have grown since."""
    if HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = HASHER.hash(_normal(password)[:LONGEST])


def checked_password(password: str, email: str) -> str:
    """The password as it is hashed. Raises Invalid with what to do about a weak one."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise Invalid("password_short", field="password", least=SHORTEST)
    if len(text) > LONGEST:
        raise Invalid("password_long", field="password", most=LONGEST)
    plain = text.casefold()
    if len(set(plain)) < 5 or email.partition("@")[0].casefold() == plain or email.casefold() == plain:
        raise Invalid("password_plain", field="password")
    return text


def actor_of(account: Account, *, roles: frozenset[str] | None = None, stepped_up: bool = False) -> Actor:
    """The account as an actor; without a word about its roles it is one that has none yet."""
    return Actor(f"account:{account.id}", roles or frozenset(), account.id, stepped_up=stepped_up)


def itself(account: Account) -> Actor:
    """The account with the roles it has, for what is asked about it while it is not here. Never stepped up."""
    return actor_of(account, roles=frozenset(account.roles))


def find(session: GatedSession, email: str) -> Account:
    """The account with this address. Raises NotOpen."""
    account = session.scalars(select(Account).where(Account.email == email.strip().lower())).first()
    if account is None:
        raise NotOpen("account")
    return account


def everyone(session: GatedSession) -> Sequence[Account]:
    """All accounts by address, the disabled ones too."""
    return session.scalars(select(Account).order_by(Account.email)).all()


def _invite(account: Account, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    account.invitation_hash, account.invited_until = hashed(token), now + INVITED_FOR
    return token


def _email(text: str) -> str:
    address = text.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Invalid("email", field="email")
    return address


def _roles(roles: Iterable[str]) -> list[str]:
    wanted = [role for role in ROLES if role in set(roles)]
    if not wanted or set(roles) - set(ROLES):
        raise Invalid("roles", field="role", known=", ".join(ROLES))
    return wanted


def _normal(password: str) -> str:
    """One password typed on two keyboards is the same signs (NIST SP 800-63B asks for NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _record(
    session: GatedSession, actor: Actor, verb: str, account: Account, now: datetime, **details: object
) -> None:
    record_act(session, actor, Act(verb, f"account:{account.id}", details=details or None), now)
