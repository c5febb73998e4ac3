"""How somebody works at the desk: what they chose for themselves, kept with their account.

    mine = of(account)                       # Preferences; what was never chosen has its default
    save(account, replace(mine, keys=False))
    is_quiet(mine, now)                      # no letter to them now

Nothing here is about anybody else, and nothing of it is measured: it is there for their own care.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from memorial.domain.errors import Invalid
from memorial.models import Account

MOST_A_DAY = 200
MOST_LANGUAGES = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Preferences:
    """Hours are of the account's own clock, `zone` an IANA name; `quiet_from == quiet_until` is no quiet time."""

    graphic_a_day: int = 0  # items marked graphic that they open in a day; 0: no limit of their own
    alternate: bool = False  # after a graphic item the next one offered is a remembrance
    paused: bool = False  # nothing is offered or assigned, no digest goes; what is taken stays theirs
    keys: bool = True  # single keys act on the desk's pages
    digest: bool = False  # one letter a day with numbers and no content
    quiet_from: int = 20
    quiet_until: int = 8
    zone: str = "UTC"


def of(account: Account) -> Preferences:
    """What they chose. A value of another time that has no place any more is passed over."""
    known = {field.name: type(field.default) for field in fields(Preferences)}
    kept: dict[str, Any] = {
        name: value
        for name, value in account.preferences.items()
        if name in known and type(value) is known[name]
    }
    return replace(Preferences(), **kept)


def save(account: Account, chosen: Preferences) -> None:
    """Keep it. Raises Invalid with the field that cannot be used."""
    if not 0 <= chosen.graphic_a_day <= MOST_A_DAY:
        raise Invalid("number", field="graphic_a_day", most=MOST_A_DAY)
    for name in ("quiet_from", "quiet_until"):
        if not 0 <= getattr(chosen, name) <= 23:
            raise Invalid("hour", field=name)
    if not _is_zone(chosen.zone):
        raise Invalid("zone", field="zone")
    account.preferences = asdict(chosen)


def local(mine: Preferences, now: datetime) -> datetime:
    """The account's own clock; UTC where its zone has no place any more."""
    try:
        zone: tzinfo = ZoneInfo(mine.zone)
    except (ValueError, OSError, KeyError):  # not found is a KeyError, a name that is a folder an OSError
        zone = UTC
    return now.astimezone(zone)


def is_quiet(mine: Preferences, now: datetime) -> bool:
    """Whether it is the account's quiet time, in which no letter goes to it."""
    hour, begins, ends = local(mine, now).hour, mine.quiet_from, mine.quiet_until
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_these(account: Account, codes: Iterable[str]) -> None:
    """Which languages they read. Raises Invalid for what is no code of a language."""
    wanted = list(dict.fromkeys(codes))
    if len(wanted) > MOST_LANGUAGES or not all(_LANGUAGE.fullmatch(code) for code in wanted):
        raise Invalid("language", field="others")
    account.languages = wanted


def pause(account: Account, paused: bool) -> None:
    """Nothing is offered to them for a while, or again."""
    account.preferences = {**account.preferences, "paused": paused}
