"""Passkeys (WebAuthn): a key on somebody's device, a second factor beside the code on a telephone.

    site = Site.of("https://archive.example.org", "The archive")     # None without a public address
    options = challenge(session, opened, account, site, "step_up", now=now)      # for the browser, as JSON
    answered = prove(session, opened, account, answer, site, "step_up", now=now) # True once for each challenge
    key = register(session, opened, account, answer, "My telephone", site, now=now)

A challenge stands in the session's own row, with what it is for and until when. Answering spends it,
rightly or wrongly, so the same answer never counts twice, in whatever browser it is sent again: the
caller commits in both cases. The library is loaded at its first use: it takes 14 MB in each worker. Proof of presence asks for the device's own check of the person
(fingerprint, PIN); beside a password just given, the key itself is enough.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen
from memorial.gate import GatedSession
from memorial.models import Account, AccountSession, Passkey
from memorial.services.accounts import actor_of
from memorial.services.audit import Act, record_act

Purpose = Literal["register", "second_factor", "step_up"]
GOOD_FOR = timedelta(minutes=3)
MOST = 10  # for one account
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """For whom a passkey is good: the host, and the very address that pages come from."""

    host: str
    origin: str
    name: str

    @classmethod
    def of(cls, public_url: str, name: str) -> Site | None:
        """None without a public address, and for a bare number, which browsers take no passkey for."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        if not host or ":" in host or host.replace(".", "").isdigit():
            return None
        return cls(host, f"{parts.scheme}://{parts.netloc}", name)


def of_account(session: GatedSession, account_id: int) -> Sequence[Passkey]:
    """The oldest first."""
    return session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)).all()


def challenge(
    session: GatedSession,
    opened: AccountSession,
    account: Account,
    site: Site,
    purpose: Purpose,
    *,
    now: datetime,
) -> str:
    """What the browser hands to the device, as JSON. A challenge before it is spent by this one."""
    from webauthn import generate_authentication_options, generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    preferred, required = UserVerificationRequirement.PREFERRED, UserVerificationRequirement.REQUIRED
    value = secrets.token_bytes(32)
    opened.challenge = f"{purpose}:{_text(value)}"
    opened.challenge_until = now + GOOD_FOR
    known = [
        PublicKeyCredentialDescriptor(id=_bytes(each.credential)) for each in of_account(session, account.id)
    ]
    if purpose != "register":
        verification = required if purpose == "step_up" else preferred
        return options_to_json(
            generate_authentication_options(
                rp_id=site.host, challenge=value, allow_credentials=known, user_verification=verification
            )
        )
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=account.email,
            user_display_name=account.name or account.email,
            user_id=hashlib.sha256(f"{site.host} account {account.id}".encode()).digest(),
            challenge=value,
            exclude_credentials=known,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=preferred
            ),
        )
    )


def _spend(session: GatedSession, opened: AccountSession, purpose: Purpose, now: datetime) -> bytes | None:
    """The challenge that was asked for this purpose, once."""
    session.refresh(opened, with_for_update=True)
    asked_for, _, value = opened.challenge.partition(":")
    until, opened.challenge, opened.challenge_until = opened.challenge_until, "", None
    session.flush()
    if asked_for != purpose or until is None or until <= now or opened.revoked_at is not None:
        return None
    return _bytes(value)


def register(
    session: GatedSession,
    opened: AccountSession,
    account: Account,
    answer: str,
    name: str,
    site: Site,
    *,
    now: datetime,
) -> Passkey | None:
    """A new passkey, or None for an answer that does not hold; the same key twice is refused too."""
    from webauthn import verify_registration_response

    value, credential = _spend(session, opened, "register", now), _read(answer)
    if value is None or credential is None or len(of_account(session, account.id)) >= MOST:
        return None
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except Exception:  # readers of many formats over whatever somebody sends
        return None
    number = _text(verified.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential == number)) is not None:
        return None
    key = Passkey(
        account_id=account.id,
        credential=number,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name.strip()[:100],
        created_at=now,
    )
    session.add(key)
    session.flush()
    _record(session, "passkey_added", account, key, now)
    return key


def prove(
    session: GatedSession,
    opened: AccountSession,
    account: Account,
    answer: str,
    site: Site,
    purpose: Purpose,
    *,
    now: datetime,
) -> bool:
    """Whether this answer is this account's, for this challenge. A counter that went back is refused."""
    from webauthn import verify_authentication_response

    value, credential = _spend(session, opened, purpose, now), _read(answer)
    if value is None or credential is None:
        return False
    wanted = select(Passkey).where(
        Passkey.account_id == account.id, Passkey.credential == str(credential.get("id", ""))
    )
    key = session.scalars(wanted.with_for_update()).first()
    if key is None:
        return False
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=purpose == "step_up",
        )
    except Exception:  # readers of many formats over whatever somebody sends
        return False
    key.sign_count, key.used_at = verified.new_sign_count, now
    return True


def rename(session: GatedSession, account: Account, number: int, name: str) -> None:
    """What its owner calls the device. Raises NotOpen, Invalid."""
    if not name.strip():
        raise Invalid("name_missing", field="name")
    _own(session, account, number).name = name.strip()[:100]


def remove(session: GatedSession, account: Account, number: int, *, now: datetime) -> None:
    """Raises Invalid (`last_second_factor`) where nothing else would stand beside the password."""
    key = _own(session, account, number)
    if account.totp_confirmed_at is None and len(of_account(session, account.id)) < 2:
        raise Invalid("last_second_factor")
    _record(session, "passkey_removed", account, key, now)
    session.delete(key)


def _own(session: GatedSession, account: Account, number: int) -> Passkey:
    wanted = select(Passkey).where(Passkey.id == number, Passkey.account_id == account.id)
    key = session.scalars(wanted).first()
    if key is None:
        raise NotOpen("passkey")
    return key


def _text(value: bytes) -> str:
    """As base64url without padding, the form of RFC 4648 that browsers speak."""
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _read(answer: str) -> dict[str, Any] | None:
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _record(session: GatedSession, verb: str, account: Account, key: Passkey, now: datetime) -> None:
    details = {"passkey": key.id}
    record_act(session, actor_of(account), Act(verb, f"account:{account.id}", details=details), now)
