"""Whose yes a record needs besides its contributor's: next of kin, third persons, holders of rights, a guardian.

    line_s = asked_of(session, keys, record)                     # who is needed for what, as the desk reads it
    party = require(session, actor, item, wanted, now=…, keys=…)  # a decision with a reason; narrows at once
    let_go(…)                                                    # called by services/proposals.py, after two people

They become required by a decision of the desk alone (DESIGN, "Party"). Who a party is stands
encrypted under the contribution's key; the ledger knows a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.gate.policies import history, parts_of
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import Item, LedgerEntry, Media, Part, Party, Record
from memorial.services import consent, custody, review
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said

# Whom the desk can make required. The contributor and the narrator are by the table of domain/consent.py.
BY_DECISION = ("guardian", "next_of_kin", "third_person", "rights_holder")
LONGEST_WHO = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the desk decided: whom to ask, for which parts (EVERY_PART for all, those to come as well), and why.

    `party_id` names somebody who is a party already; else a new one of this kind is made.
    """

    kind: str
    parts: frozenset[str]
    who: str = ""
    note: str = ""
    party_id: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One party of a record: who that is, for which parts its yes is needed, and whether it has said anything."""

    party_id: int
    kind: str
    who: str
    parts: Sequence[str]
    by_decision: bool
    said_at: datetime | None


def require(
    session: GatedSession, actor: Actor, item: Item, wanted: Wanted, *, now: datetime, keys: ArchiveKey
) -> Party:
    """From now on nothing of these parts is shown without this party's yes. Raises Invalid, NotPermitted."""
    review.lock(session, item)
    verdict = may(session, actor, "require_party", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    record = record_of(session, item)
    _fit(session, record, wanted)
    party = _known(session, record, wanted) if wanted.party_id else _new(session, keys, item, wanted)
    consent.append(session, record, _need(session, keys, item, party, wanted), by=actor, at=now)
    _write_down(session, actor, item, "require_party", party, wanted, now=now, keys=keys)
    return party


def _fit(session: GatedSession, record: Record, wanted: Wanted) -> None:
    if wanted.kind not in BY_DECISION:
        raise Invalid("party_kind", field="kind")
    if not wanted.note.strip():
        raise NotPermitted("note")
    if not wanted.party_id and not wanted.who.strip():
        raise Invalid("who_missing", field="who")
    check_parts(session, record, wanted.parts)


def check_parts(session: GatedSession, record: Record, parts: Iterable[str]) -> None:
    """Raises Invalid unless these are parts of the record, or all of it. The notice asks the contributor alone."""
    known = {key for key, (part, _) in parts_of(session, record.id).items() if part.kind != rules.NOTICE}
    named = set(parts) - ({rules.RECOGNITION} if is_heard(session, record) else set())
    if not named or not named <= known | {rules.EVERY_PART}:
        raise Invalid("no_such_part", field="parts")


def _known(session: GatedSession, record: Record, wanted: Wanted) -> Party:
    party = session.get(Party, wanted.party_id)
    if (
        party is None
        or party.kind != wanted.kind
        or party.id not in {p.id for p in parties_of(session, record)}
    ):
        raise NotOpen("party")
    return party


def _new(session: GatedSession, keys: ArchiveKey, item: Item, wanted: Wanted) -> Party:
    who = custody.seal_words(session, keys, item.contribution_id, wanted.who.strip()[:LONGEST_WHO])
    party = Party(kind=wanted.kind, contribution_id=item.contribution_id, who=who)
    session.add(party)
    session.flush()
    return party


def _need(session: GatedSession, keys: ArchiveKey, item: Item, party: Party, wanted: Wanted) -> list[Said]:
    """Asked for; but a notice of a withdrawal stands by the contributor's wish alone, so it is let out by name."""
    digest = custody.hash_note(session, keys, item.contribution_id, wanted.note)
    need = Said(party, "need", parts=wanted.parts, authority="desk", method="desk", evidence=digest)
    stored = parts_of(session, record_of(session, item).id)
    notices = frozenset(key for key, (part, _) in stored.items() if part.kind == rules.NOTICE)
    if rules.EVERY_PART not in wanted.parts or not notices:
        return [need]
    return [need, Said(party, "release", parts=notices, authority="desk", method="desk", evidence=digest)]


def let_go(
    session: GatedSession,
    actor: Actor,
    item: Item,
    party: Party,
    *,
    second: str,
    evidence: str,
    now: datetime,
) -> None:
    """This party's yes is needed no longer. Two people: whoever calls this has seen to it (services/proposals.py)."""
    record = record_of(session, item)
    said = Said(
        party, "release", parts=frozenset({rules.EVERY_PART}),
        authority="desk", method="desk", evidence=evidence, second=second,
    )  # fmt: skip
    consent.append(session, record, said, by=actor, at=now)
    details = {"item": item.public_id, "party": party.id, "kind": party.kind}
    record_act(
        session, actor, Act("remove_party", f"record:{record.public_id}", second=second, details=details), now
    )


def _write_down(
    session: GatedSession,
    actor: Actor,
    item: Item,
    verb: str,
    party: Party,
    wanted: Wanted,
    *,
    now: datetime,
    keys: ArchiveKey,
) -> None:
    """The reason for colleagues, the act for the audit: ids, and the parts by their names."""
    record = record_of(session, item)
    review.say(session, item, actor, wanted.note, now=now, keys=keys, direction="among_desk")
    digest = custody.hash_note(session, keys, item.contribution_id, wanted.note)
    details = {"item": item.public_id, "party": party.id, "kind": party.kind, "parts": sorted(wanted.parts)}
    act = Act(verb, f"record:{record.public_id}", note_hash=digest, details=details)
    record_act(session, actor, act, now)
    item.version += 1


# -- reading --------------------------------------------------------------------------------


def record_of(session: GatedSession, item: Item) -> Record:
    """The record an item is about. Raises NotOpen where there is none."""
    record = session.get(Record, item.record_id) if item.record_id else None
    if record is None:
        raise NotOpen("record")
    return record


def parties_of(session: GatedSession, record: Record) -> list[Party]:
    """Everyone the record's ledger names, but the archive, in the order they came."""
    named = select(LedgerEntry.party_id).where(LedgerEntry.record_id == record.id)
    wanted = select(Party).where(Party.id.in_(named), Party.kind != rules.ARCHIVE).order_by(Party.id)
    return list(session.scalars(wanted))


def asked_of(session: GatedSession, keys: ArchiveKey, record: Record) -> list[Asked]:
    """Each party of a record, with what its yes is needed for now."""
    entries = history(session, record.id)
    parts = [pure for _, pure in parts_of(session, record.id).values()]
    said_at = _said_at(session, record)
    found = []
    for party in parties_of(session, record):
        needed = [part.id for part in parts if str(party.id) in rules.needed(part, entries)]
        who = who_is(session, keys, party)
        at = said_at.get(party.id)
        found.append(Asked(party.id, party.kind, who, needed, party.kind in BY_DECISION, at))
    return found


def _said_at(session: GatedSession, record: Record) -> Mapping[int, datetime]:
    wanted = select(LedgerEntry.party_id, LedgerEntry.recorded_at).where(
        LedgerEntry.record_id == record.id, LedgerEntry.act == "will"
    )
    return {row[0]: row[1] for row in session.execute(wanted.order_by(LedgerEntry.position))}


def who_is(session: GatedSession, keys: ArchiveKey, party: Party) -> str:
    """The desk's own words for a party it made required; "" for the others and where the key is gone."""
    if party.who is None:
        return ""
    try:
        return custody.open_words(session, keys, party.contribution_id, party.who)
    except (NotOpen, CannotDecrypt):
        return ""


def will_of(session: GatedSession, record_id: int, party_id: int) -> tuple[int, datetime | None, str]:
    """A party's latest word about a record: its place in the ledger, when, and the will; (0, None, "") for none."""
    wanted = (
        select(LedgerEntry.position, LedgerEntry.recorded_at, LedgerEntry.will)
        .where(
            LedgerEntry.record_id == record_id, LedgerEntry.party_id == party_id, LedgerEntry.act == "will"
        )
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    )
    row = session.execute(wanted).first()
    return (row[0], row[1], row[2]) if row else (0, None, "")


def is_heard(session: GatedSession, record: Record) -> bool:
    """Whether it has a recording, of which a program could write down what is said."""
    wanted = select(Media.id).where(Media.record_id == record.id, Media.role.in_(("audio", "video")))
    return session.scalars(wanted.limit(1)).first() is not None


def parts_to_choose(session: GatedSession, record: Record) -> list[Part]:
    """The parts whose name a person at the desk can tick, the notice aside."""
    return [part for part, _ in parts_of(session, record.id).values() if part.kind != rules.NOTICE]
