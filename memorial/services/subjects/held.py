"""What is held of somebody, before it is written: named lists of plain rows, and files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from memorial.db import Base
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import AuditEntry, ConsentForm, CustodyEvent, LedgerEntry, Record
from memorial.services import custody
from memorial.services.audit import Act, record_act
from memorial.storage.decrypting import DecryptingKey

Row = dict[str, Any]
Open = Callable[[bytes], bytes]
# What opens a door, and what only holds the rows together: neither is anything about the person.
SECRET = frozenset(
    {
        "code_hash", "locator", "wrapped_key", "send_key", "proof", "password_hash", "invitation_hash", "totp_secret",
        "totp_last", "recovery_hashes", "token_hash", "challenge", "credential", "public_key", "storage_key", "fingerprint",
        "email_hash", "prev_hash", "taken_out", "facts",
    }
)  # fmt: skip
_COLLEAGUE = re.compile(r"account:\d+|command:.*", re.DOTALL)
_FAMILY, _NOBODY = re.compile(r"family:\w+"), "nobody"


@dataclass(frozen=True, slots=True)
class File:
    name: str
    storage_key: str
    key: DecryptingKey


@dataclass
class Held:
    """`thing` is what the log calls it. `lists`: what a list is called -> its rows."""

    thing: str
    title: str
    contribution_id: int | None = None
    lists: dict[str, Sequence[Row]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # what there is besides, and why it is not here
    others: list[tuple[int, str]] = field(
        default_factory=list
    )  # parties with an export of their own; for the officer

    def add(self, name: str, rows: Iterable[Row]) -> None:
        if found := list(rows):
            self.lists[name] = found


def row_of(thing: Base, open_: Open | None = None, own: str = "", without: Iterable[str] = ()) -> Row:
    """A row in plain values: ciphertext opened, nobody's key, and of the desk nobody by name but oneself (`own`)."""
    found: Row = {}
    for column in thing.__mapper__.columns:
        if column.key in SECRET or column.key in without:
            continue
        value = getattr(thing, column.key)
        if value is not None and value != "":
            found[column.key] = _plain(value, open_, own)
    return found


def _plain(value: Any, open_: Open | None, own: str) -> Any:
    if isinstance(value, bytes):
        return _opened(value, open_)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value != own and _COLLEAGUE.fullmatch(value):
        return "the desk"
    if isinstance(value, str) and own and value != own and _FAMILY.fullmatch(value):
        return "another family"
    if isinstance(value, Mapping):
        return {name: _plain(part, open_, own) for name, part in value.items()}
    return [_plain(part, open_, own) for part in value] if isinstance(value, list) else value


def _opened(value: bytes, open_: Open | None) -> str:
    if open_ is None:
        return "(encrypted; its key is destroyed)"
    return open_(value).decode("utf-8", "replace")


def consent_of(session: GatedSession, party_ids: Sequence[int], held: Held) -> None:
    """Everything these parties were asked and said, with the wording that was shown to them."""
    wanted = select(LedgerEntry).where(LedgerEntry.party_id.in_(party_ids)).order_by(LedgerEntry.id)
    entries = session.scalars(wanted).all()
    wanted_pages = select(Record.id, Record.public_id).where(
        Record.id.in_({entry.record_id for entry in entries})
    )
    pages = {row[0]: row[1] for row in session.execute(wanted_pages)}
    held.add("consent", ({**row_of(entry), "page": pages.get(entry.record_id, "")} for entry in entries))
    forms = {entry.form_id for entry in entries if entry.form_id}
    wanted_forms = select(ConsentForm).where(ConsentForm.id.in_(forms)).order_by(ConsentForm.id)
    held.add("consent_forms", (row_of(form) for form in session.scalars(wanted_forms)))


def log_of(session: GatedSession, held: Held, things: Sequence[str], actor: str = "") -> None:
    """What the log and the custody log say of these things, and of what this actor did; nobody else by name."""
    own = actor or _NOBODY
    which: list[Any] = [AuditEntry.thing.in_(things)]
    which += [AuditEntry.actor == actor, AuditEntry.second == actor] if actor else []
    wanted = select(AuditEntry).where(or_(*which)).order_by(AuditEntry.id)
    held.add("log", (row_of(entry, own=own) for entry in session.scalars(wanted)))
    opened: list[Any] = [CustodyEvent.thing.in_(things)]
    opened += [CustodyEvent.contribution_id == held.contribution_id] if held.contribution_id else []
    opened += [CustodyEvent.actor == actor] if actor.startswith("account:") else []
    wanted_events = select(CustodyEvent).where(or_(*opened)).order_by(CustodyEvent.id)
    held.add("custody", (row_of(event, own=own) for event in session.scalars(wanted_events)))


def note_export(
    session: GatedSession, actor: Actor, held: Held, note: str, *, keys: ArchiveKey, now: datetime
) -> None:
    """Written down before anything leaves: who, whose, why. Raises NotPermitted."""
    verdict = may(session, actor, "subject_export", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if not note.strip():
        raise NotPermitted("note")
    hashed = custody.hash_note(session, keys, None, note)
    numbers = {name: len(rows) for name, rows in held.lists.items()}
    details = {"files": len(held.files), "lists": numbers}
    record_act(session, actor, Act("subject_export", held.thing, note_hash=hashed, details=details), now)
    custody.log(session, actor, "subject_export", held.thing, held.contribution_id, now=now)
