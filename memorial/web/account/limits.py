"""How often a password or code may be wrong for one account, whatever network it comes from.

    check("sign-in", email)      # raises TooMany
    missed("sign-in", email)     # it was wrong
    forget("sign-in", email)     # it was right

The counts lie where Flask-Limiter keeps its own; what they are kept under is a hash.
"""

from __future__ import annotations

from limits import RateLimitItem, parse

from memorial.domain.errors import TooMany
from memorial.services.accounts import hashed
from memorial.web.security import limiter

LIMITS: dict[str, RateLimitItem] = {
    "sign-in": parse("10 per 15 minutes"),
    "invitation": parse("10 per 15 minutes"),
    # A right password is needed before it, and a code has a million values, three of them right.
    "second-factor": parse("6 per 15 minutes"),
}


def check(what: str, who: str) -> None:
    if not limiter.limiter.test(LIMITS[what], what, hashed(who)):
        raise TooMany("too_many_attempts", wait=LIMITS[what].get_expiry())


def missed(what: str, who: str) -> None:
    limiter.limiter.hit(LIMITS[what], what, hashed(who))


def forget(what: str, who: str) -> None:
    limiter.limiter.clear(LIMITS[what], what, hashed(who))
