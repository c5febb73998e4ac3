"""When nobody is left who could manage accounts: two custodians of the printed key make an administrator.

    account, code = succeed(session, Succession("One", "Two", sheets, note), email, keys=keys, now=now)

Each brings the sheet that was sealed for them; both must be this archive's key. What they did stands in the log with both
names and the hash of their note. Whoever was administrator before is not touched: the new one ends their account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey, KeyMissing, from_printed
from memorial.models import Account
from memorial.services import accounts
from memorial.services.audit import Act, record_act
from memorial.services.custody import hash_note


@dataclass(frozen=True, slots=True)
class Succession:
    """Who the custodians are, what stands on their sheets, and why it has come to this."""

    one: str
    other: str
    sheets: Sequence[str]
    note: str


def succeed(
    session: GatedSession, by: Succession, email: str, *, keys: ArchiveKey, now: datetime, name: str = ""
) -> tuple[Account, str]:
    """The administrator's account and the code of its invitation. Raises Invalid, NotPermitted."""
    one, other = by.one.strip(), by.other.strip()
    if not one or not other or one.casefold() == other.casefold() or len(by.sheets) != 2:
        raise Invalid("two_custodians", field="custodian")
    if not by.note.strip():
        raise Invalid("note", field="note")
    if not all(_is_this(keys, sheet) for sheet in by.sheets):
        raise Invalid("not_the_key", field="sheet")
    actor = Actor.command(one)
    verdict = may(session, actor, "succession", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    accounts.lock_all(session)
    account, code = accounts.make_administrator(session, actor, email, now=now, name=name)
    act = Act(
        "succession", f"account:{account.id}", second=Actor.command(other).label,
        note_hash=hash_note(session, keys, None, by.note),
    )  # fmt: skip
    record_act(session, actor, act, now)
    return account, code


def _is_this(keys: ArchiveKey, sheet: str) -> bool:
    try:
        return from_printed(sheet).recipient == keys.recipient
    except KeyMissing:
        return False
