"""A record's ledger and parts, read for the pure rule, and the rule applied to them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.consent import Entry
from memorial.gate.sessions import GatedSession
from memorial.models import LedgerEntry, Part, Party


def history(session: GatedSession, record_id: int) -> list[Entry]:
    """The record's ledger as the pure rule reads it. The archive goes by its own name."""
    rows = session.execute(
        select(LedgerEntry.position, LedgerEntry.party_id, LedgerEntry.act, LedgerEntry.will, Party.kind)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == record_id)
        .order_by(LedgerEntry.position)
    )
    return [_entry(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _entry(position: int, party_id: int, act: str, will: str, kind: str) -> Entry:
    party = rules.ARCHIVE if kind == rules.ARCHIVE else str(party_id)
    if act == "will":
        return Entry(position, party, "will", will=rules.will_from_json(will))
    return Entry(position, party, "need" if act == "need" else "release", parts=frozenset(json.loads(will)))


def parts_of(session: GatedSession, record_id: int) -> dict[str, tuple[Part, rules.Part]]:
    """A record's parts by key, as stored and as the pure rule reads them."""
    stored = session.scalars(select(Part).where(Part.record_id == record_id).order_by(Part.id)).all()
    keys = {part.id: part.key for part in stored}
    return {
        part.key: (
            part,
            rules.Part(part.key, part.kind, keys[part.root_id] if part.root_id else None, part.added),
        )
        for part in stored
    }


def folded(session: GatedSession, record_id: int, extra: Sequence[Entry] = ()) -> dict[int, rules.Policy]:
    """The policy of each part by the part's id; `extra` entries are folded as if they had been said."""
    parts = parts_of(session, record_id)
    pure = {key: part for key, (_, part) in parts.items()}
    entries = [*history(session, record_id), *extra]
    page = pure["page"]
    return {stored.id: rules.fold(part, page, pure, entries) for stored, part in parts.values()}
