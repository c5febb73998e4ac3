"""A record's ledger and parts, read for the pure rule, and the rule applied to them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from memorial.domain import consent as rules
from memorial.domain.consent import Entry
from memorial.gate.sessions import GatedSession
from memorial.models import LedgerEntry, Part, Party


def history(session: GatedSession, record_id: int) -> list[Entry]:
    """The record's ledger as the pure rule reads it. The archive goes by its own name."""
    return [_entry(row[0], row[1], row[2], row[3], row[4]) for row in _lines(session, record_id)]


def _lines(session: GatedSession, record_id: int) -> Sequence[Any]:
    return session.execute(_ledger().where(LedgerEntry.record_id == record_id)).all()


def _ledger(*more: Any) -> Select[Any]:
    columns = (
        LedgerEntry.position,
        LedgerEntry.party_id,
        LedgerEntry.act,
        LedgerEntry.will,
        Party.kind,
        *more,
    )
    joined = select(*columns).join(Party, Party.id == LedgerEntry.party_id)
    return joined.order_by(LedgerEntry.record_id, LedgerEntry.position)


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
    ids = {key: stored.id for key, (stored, _) in parts.items()}
    return _folded(pure, ids, [*_standing(_lines(session, record_id)), *extra])


def folded_many(
    session: GatedSession, record_ids: Sequence[int]
) -> Iterator[tuple[int, dict[int, rules.Policy]]]:
    """The same of many records at once, with two reads for all of them."""
    columns = (Part.record_id, Part.id, Part.key, Part.kind, Part.root_id, Part.added)
    parts: dict[int, list[Any]] = defaultdict(list)
    for part in session.execute(select(*columns).where(Part.record_id.in_(record_ids)).order_by(Part.id)):
        parts[part.record_id].append(part)
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in session.execute(_ledger(LedgerEntry.record_id).where(LedgerEntry.record_id.in_(record_ids))):
        lines[line.record_id].append(line)
    for record_id in record_ids:
        keys = {part.id: part.key for part in parts[record_id]}
        pure = {
            part.key: rules.Part(
                part.key, part.kind, keys[part.root_id] if part.root_id else None, part.added
            )
            for part in parts[record_id]
        }
        ids = {key: part_id for part_id, key in keys.items()}
        yield record_id, _folded(pure, ids, _standing(lines[record_id])) if pure else {}


def _folded(
    pure: Mapping[str, rules.Part], ids: Mapping[str, int], entries: Sequence[Entry]
) -> dict[int, rules.Policy]:
    counting, page = _Counting(entries), pure["page"]
    return {
        ids[key]: rules.fold(part, page, pure, counting.for_part(part, page, pure))
        for key, part in pure.items()
    }


def _standing(lines: Sequence[Any]) -> list[Entry]:
    """The history without the wills that their party has said anew since: the fold asks for none of them."""
    last = {(row[1], row[4] == rules.ARCHIVE): row[0] for row in lines if row[2] == "will"}
    latest = set(last.values())
    return [
        _entry(row[0], row[1], row[2], row[3], row[4])
        for row in lines
        if row[2] != "will" or row[0] in latest
    ]


class _Counting:
    """A record's entries by the part they speak of, so that a page with a thousand parts is not read a thousand times."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.of_all: list[Entry] = []
        self.of_part: dict[str, list[Entry]] = {}
        self.wills: dict[str, Entry] = {}
        for entry in entries:
            if entry.act == "will":
                self.wills[entry.party] = entry
            elif rules.EVERY_PART in entry.parts:
                self.of_all.append(entry)
            else:
                for key in entry.parts:
                    self.of_part.setdefault(key, []).append(entry)

    def for_part(self, part: rules.Part, page: rules.Part, parts: Mapping[str, rules.Part]) -> list[Entry]:
        """What the fold of one part may need: who is asked for it, its originals and its page, and their wills."""
        keys = {page.id, part.id}
        while part.root is not None:
            part = parts[part.root]
            keys.add(part.id)
        asked = sorted(
            [*self.of_all, *(entry for key in keys for entry in self.of_part.get(key, ()))],
            key=lambda entry: entry.position,
        )
        parties = dict.fromkeys([rules.ARCHIVE, *(entry.party for entry in asked)])
        return [*asked, *(self.wills[party] for party in parties if party in self.wills)]
