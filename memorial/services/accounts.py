"""Accounts: who is invited, who may sign in, who no longer may. Families have none; they have a code.

    account, code = add(session, actor, "someone@example.org", ["moderator"], now=now)
    account = accept(session, code, "Their name", "a long password", now=now)   # once, within 7 days
    account = by_password(session, "someone@example.org", "a long password")     # or None
    reset(session, actor, account, now=now)       # a fresh invitation; everything old ends at once
    disable(session, actor, account, now=now)
    change_roles(session, actor, account, ["editor"], ["az"], now=now)    # signs out everywhere
    change_password(session, account, "another long password", now=now)

The invitation is a code, good as the end of a link and for typing from paper: 114 random bits, of which
only the hash is kept. Desk pages and the command line use the same functions. Sessions are in `services/account_sessions.py`, the second factor in `services/second_factor.py`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.workflow import READER, ROLES
from memorial.gate import Actor, GatedSession
from memorial.gate.standing import roles_now
from memorial.models import Account, Passkey
from memorial.services.audit import Act, record_act
from memorial.services.printed_codes import bare, printed
from memorial.services.slow_hash import HASHER

INVITED_FOR = timedelta(days=7)
INVITATION_GROUPS = 6  # 114 random bits
ADMIN = "admin"
SHORTEST, LONGEST = 12, 200

# Whoever is not there is hashed against this, so that an unknown address takes as long as a known one.
NOBODY = HASHER.hash(secrets.token_urlsafe(24))

_EMAIL = re.compile(r"[^\s@<>\"'\\\x00-\x20\x7f]+@[^\s@<>\"'\\\x00-\x20\x7f]+\.[^\s@<>\"'\\\x00-\x20\x7f.]+")


def hashed(token: str) -> str:
    """What is stored of a random token: it cannot be guessed, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(
    session: GatedSession,
    actor: Actor,
    email: str,
    roles: Iterable[str],
    *,
    now: datetime,
    name: str = "",
    languages: Iterable[str] = (),
) -> tuple[Account, str]:
    """A new account and the code of its invitation, which is told to nobody but the caller."""
    address, wanted = checked_email(email), _roles(roles)
    if session.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise Invalid("account_exists", field="email")
    account = Account(email=address, name=name.strip()[:200], roles=wanted, created_at=now)
    account.languages = sorted(set(languages))
    session.add(account)
    session.flush()
    _record(session, actor, "account_added", account, now, roles=wanted)
    return account, _invite(account, now)


def make_administrator(
    session: GatedSession, actor: Actor, email: str, *, now: datetime, name: str = ""
) -> tuple[Account, str]:
    """A new account; or one that is there gets the role, and begins anew with an invitation."""
    found = session.scalars(select(Account).where(Account.email == checked_email(email))).first()
    if found is None:
        return add(session, actor, email, [ADMIN], now=now, name=name)
    change_roles(session, actor, found, dict.fromkeys([*found.roles, ADMIN]), found.languages, now=now)
    return found, reset(session, actor, found, now=now)


def acting_later(account: Account | None) -> Actor:
    """Who acts when the program does later what somebody began: with the roles of now, and without presence."""
    if account is None or account.disabled_at is not None:
        return Actor("nobody")
    return Actor(f"account:{account.id}", frozenset(account.roles), account.id)


def reset(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> str:
    """Password, second factors, recovery codes and sessions end; a fresh invitation opens the account again."""
    from memorial.services import account_sessions

    session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    account.password_hash = ""
    account.totp_secret, account.totp_confirmed_at, account.recovery_hashes = None, None, []
    account.disabled_at = None
    account_sessions.revoke_all(session, account, now=now)
    _record(session, actor, "account_reset", account, now)
    return _invite(account, now)


def disable(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> None:
    """From this moment on this account is nobody. What it did stays signed with its name.

    Raises Invalid (`last_admin`) where nobody else would be left to manage accounts.
    """
    from memorial.services import account_sessions

    _admin_remains(session, account)
    session.refresh(account, with_for_update=True)  # before the log, as whoever acts has it
    _record(session, actor, "account_disabled", account, now)  # first: it may be one's own
    account.disabled_at = now
    account.invitation_hash, account.invited_until = "", None
    account_sessions.revoke_all(session, account, now=now)


def change_roles(
    session: GatedSession,
    actor: Actor,
    account: Account,
    roles: Iterable[str],
    languages: Iterable[str],
    *,
    now: datetime,
) -> None:
    """Other roles count from this moment on; the account signs in anew. Raises Invalid (`last_admin`, `roles`)."""
    from memorial.services import account_sessions

    wanted, before = _roles(roles), list(account.roles)
    if ADMIN not in wanted:
        _admin_remains(session, account)
    account.languages = sorted(set(languages))
    if wanted == before:
        return
    account.roles = wanted
    if READER not in wanted:
        account.ends_at = None
    account_sessions.revoke_all(session, account, now=now)
    _record(session, actor, "account_roles", account, now, roles=wanted, before=before)


def is_reader(account: Account) -> bool:
    """Whether it is or was an approved reader's."""
    return READER in account.roles


def make_reader(session: GatedSession, actor: Actor, account: Account, *, now: datetime) -> str:
    """An account that is there becomes an approved reader's too. A code only where it is nothing else, and has no password.

    A code opens the whole account: a colleague's invitation is handed over by an administrator alone.
    Raises NotPermitted: `account_disabled` for a colleague whom somebody has disabled, `own_application`.
    """
    if account.id == actor.account_id:
        raise NotPermitted("own_application")
    reads_only = set(account.roles) <= {READER}
    if account.disabled_at is not None and not reads_only:
        raise NotPermitted("account_disabled")
    if not is_reader(account):
        account.roles = [*account.roles, READER]
    if reads_only and (account.disabled_at is not None or not account.password_hash):
        return reset(session, actor, account, now=now)
    return ""


def change_password(
    session: GatedSession, account: Account, password: str, *, now: datetime, but: int = 0
) -> None:
    """A new password; every other browser is signed out. Raises Invalid for a weak one.

    An account that was disabled or reset since the form was opened gets none (NotPermitted): it has no password.
    """
    from memorial.services import account_sessions

    session.refresh(account, with_for_update=True)
    if account.disabled_at is not None or not account.password_hash:
        raise NotPermitted("account_ended")
    account.password_hash = HASHER.hash(checked_password(password, account.email))
    account_sessions.revoke_all(session, account, now=now, but=but)
    _record(session, actor_of(account), "password_changed", account, now)


def lock_all(session: GatedSession) -> None:
    """Whoever changes accounts does so one after the other: two administrators cannot end each other at once."""
    session.execute(select(Account.id).order_by(Account.id).with_for_update())


def _admin_remains(session: GatedSession, account: Account) -> None:
    """Somebody else can still sign in and manage accounts. The command line can always add one."""
    if ADMIN not in account.roles or account.disabled_at is not None:
        return
    others = select(Account.roles).where(
        Account.id != account.id,
        Account.disabled_at.is_(None),
        Account.password_hash != "",
        Account.totp_confirmed_at.is_not(None),
    )
    if not any(ADMIN in roles for roles in session.scalars(others)):
        raise Invalid("last_admin")


def invited(session: GatedSession, token: str, *, now: datetime) -> Account:
    """Whose invitation this is. Raises NotOpen for a used, outdated or unknown one, all alike."""
    wanted = select(Account).where(
        Account.invitation_hash == hashed(bare(token)), Account.disabled_at.is_(None)
    )
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


def state_of(account: Account, now: datetime) -> str:
    """In one word: disabled, ended, invited, unfinished (no second factor yet) or open."""
    if account.disabled_at is not None:
        return "disabled"
    if not roles_now(account.roles, account.ends_at, now):
        return "ended"
    if not account.password_hash:
        return "invited"
    return "open" if account.totp_confirmed_at is not None else "unfinished"


def everyone(session: GatedSession) -> Sequence[Account]:
    """All accounts by address, the disabled ones too."""
    return session.scalars(select(Account).order_by(Account.email)).all()


def invitation_link(root: str, language: str, code: str) -> str:
    """Where the invitation is taken up."""
    return f"{root.rstrip('/')}/{language}/account/invitation/{code}"


def _invite(account: Account, now: datetime) -> str:
    code = printed(INVITATION_GROUPS)
    account.invitation_hash, account.invited_until = hashed(bare(code)), now + INVITED_FOR
    return code


def checked_email(text: str) -> str:
    """The address as it is stored. Raises Invalid for what is none."""
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
