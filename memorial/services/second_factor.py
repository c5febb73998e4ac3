"""The second factor: a code that changes every 30 seconds (TOTP, RFC 6238), and ten recovery codes.

    secret = begin(account, keys)                    # shown as a picture and in groups of four
    codes = confirm(session, account, "123456", keys, now=now)   # ten recovery codes, shown once
    verify(session, account, "123456", keys, now=now)             # True once for each code

`now` here is the wall clock: a telephone counts by it, and the archive's trusted time may be
behind until an administrator, who has to sign in first, confirms the clock. The secret lies
encrypted to the archive's key; of recovery codes (76 random bits) only the SHA-256 is kept.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

from memorial.domain.errors import Invalid
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Account
from memorial.services.accounts import actor_of, hashed
from memorial.services.audit import Act, record_act
from memorial.services.printed_codes import bare, printed

STEP = 30  # seconds
DRIFT = 1  # steps that a telephone's clock may be off
RECOVERY_CODES = 10
GROUPS = 4  # 76 random bits


def begin(account: Account, keys: ArchiveKey) -> str:
    """The secret to enrol with. The same one until it is confirmed, so that reloading a page breaks nothing."""
    if account.totp_confirmed_at is not None:
        raise Invalid("already_enrolled")
    if account.totp_secret is None:
        account.totp_secret = keys.encrypt(pyotp.random_base32().encode("ascii"))
    return keys.decrypt(account.totp_secret).decode("ascii")


def address(account: Account, secret: str, archive: str) -> str:
    """What the picture says to the telephone (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=archive)


def grouped(secret: str) -> str:
    """The secret for typing: groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def confirm(
    session: GatedSession, account: Account, code: str, keys: ArchiveKey, *, now: datetime, at: datetime
) -> list[str]:
    """The first right code ends the enrolment. Returns the recovery codes; `at` is for the audit."""
    if account.totp_confirmed_at is not None or not _is_right(account, code, keys, now):
        raise Invalid("code_wrong", field="code")
    account.totp_confirmed_at = at
    codes = _fresh_codes(account)
    record_act(session, actor_of(account), Act("second_factor_set", f"account:{account.id}"), at)
    return codes


def new_recovery_codes(session: GatedSession, account: Account, *, at: datetime) -> list[str]:
    """Ten fresh ones; the old ones open nothing any more."""
    record_act(session, actor_of(account), Act("recovery_codes_made", f"account:{account.id}"), at)
    return _fresh_codes(account)


def _fresh_codes(account: Account) -> list[str]:
    codes = [printed(GROUPS) for _ in range(RECOVERY_CODES)]
    account.recovery_hashes = [hashed(bare(code)) for code in codes]
    return codes


def verify(
    session: GatedSession, account: Account, code: str, keys: ArchiveKey, *, now: datetime, at: datetime
) -> bool:
    """A code of the telephone or a recovery code; each counts once."""
    if account.totp_confirmed_at is None:
        return False
    session.refresh(account, with_for_update=True)
    if _is_right(account, code, keys, now):
        return True
    return _is_recovery(session, account, code, at)


def _is_right(account: Account, code: str, keys: ArchiveKey, now: datetime) -> bool:
    if account.totp_secret is None:
        return False
    totp = pyotp.TOTP(keys.decrypt(account.totp_secret).decode("ascii"))
    given = re.sub(r"\s", "", code)
    current = int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        right = hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
        if right and step > account.totp_last:
            account.totp_last = step
            return True
    return False


def _is_recovery(session: GatedSession, account: Account, code: str, at: datetime) -> bool:
    digest = hashed(bare(code))
    kept = [known for known in account.recovery_hashes if not hmac.compare_digest(known, digest)]
    if len(kept) == len(account.recovery_hashes):
        return False
    account.recovery_hashes = kept
    details = {"left": len(kept)}
    record_act(
        session, actor_of(account), Act("recovery_code_used", f"account:{account.id}", details=details), at
    )
    return True
