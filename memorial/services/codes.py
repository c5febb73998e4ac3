"""Return codes: made once, kept as a slow hash, tried within limits.

    issued = issue(keys)                          # the code to show, and the columns that keep it
    contribution = opened(session, keys, attempts, "1234 5678 …")

Of a code the archive keeps the eight digits that find a contribution and the Argon2id of the
eleven secret ones, peppered with the archive's key, so that a stolen database alone cannot be
tried. The limit comes before the hash, and a code that finds nothing is hashed all the same:
a wrong code takes as long as a right one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

import limits
from argon2.exceptions import VerificationError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from sqlalchemy import select

from memorial.domain.errors import Invalid, TooMany
from memorial.domain.ids import ReturnCode, new_return_code, parse_return_code
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, FormerCode
from memorial.services.slow_hash import HASHER

# One person mistypes a few times; eleven digits at ten tries an hour last a million years.
TRIES = "10/hour"

_hasher = HASHER


class CodeReplaced(Invalid):
    """A right code in whose place another one is: `former_id` says which (services/handing_on.py)."""

    def __init__(self, former_id: int) -> None:
        super().__init__("return_code_unknown", field="code")
        self.former_id = former_id


class Attempts:
    """How often the code of one contribution was tried lately, whether it exists or not."""

    def __init__(self, limiter: RateLimiter | None = None, tries: str = TRIES) -> None:
        self._limiter = limiter or FixedWindowRateLimiter(MemoryStorage())
        self._tries = limits.parse(tries)

    def count(self, locator: str) -> None:
        """Count one attempt before it is looked at. Raises TooMany."""
        if not self._limiter.hit(self._tries, "return-code", locator):
            raise TooMany("too_many_codes", field="code", wait=self._tries.get_expiry())

    def forget(self, locator: str) -> None:
        """The right code was given: earlier slips of the pen no longer count."""
        self._limiter.clear(self._tries, "return-code", locator)


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh code, and the columns that keep it. Made before any lock is taken: the hash is slow on purpose."""

    code: ReturnCode
    code_hash: str

    @property
    def columns(self) -> dict[str, str]:
        return {"locator": self.code.locator, "code_hash": self.code_hash}


def issue(keys: ArchiveKey) -> Issued:
    """A fresh code; whether its locator is free is for `free` to say."""
    code = new_return_code()
    return Issued(code, _hasher.hash(_peppered(keys, code)))


def free(session: GatedSession, keys: ArchiveKey, issued: Issued) -> Issued:
    """The same code, or another one where its locator is taken."""
    while _at(session, issued.code.locator) is not None:
        issued = issue(keys)
    return issued


def _at(session: GatedSession, locator: str) -> Contribution | FormerCode | None:
    """What a locator leads to: a contribution, or a code that was replaced."""
    found = session.scalars(select(Contribution).where(Contribution.locator == locator)).first()
    return found or session.scalars(select(FormerCode).where(FormerCode.locator == locator)).first()


def opened(session: GatedSession, keys: ArchiveKey, attempts: Attempts, text: str) -> Contribution:
    """The contribution that a typed code opens.

    Raises BadCode for what is no code at all, TooMany before anything is looked at, and Invalid
    (`return_code_unknown`) for a code that opens nothing: CodeReplaced where another took its place.
    """
    code = parse_return_code(text)
    attempts.count(code.locator)
    found = _at(session, code.locator)
    if not _is_right(found.code_hash if found else "", _peppered(keys, code)) or found is None:
        raise Invalid("return_code_unknown", field="code")
    attempts.forget(code.locator)
    if isinstance(found, FormerCode):
        raise CodeReplaced(found.id)
    return found


def _peppered(keys: ArchiveKey, code: ReturnCode) -> str:
    secret = f"{code.locator}:{code.secret}".encode()
    return hmac.new(keys.pepper(), secret, hashlib.sha256).hexdigest()


def _is_right(stored: str, given: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys(), given) and bool(stored)
    except VerificationError:
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no code has, so that an unknown locator takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(32))
