"""A yes that staff enter: what was said in an interview or signed on paper, with its evidence and two people.

    kept = keep(storage, key_of(session, keys, item), upload)    # encrypted and on disk, before any lock
    proposal = ask(session, actor, item, yes, kept, now=…, keys=…)
    enter(…)                                                     # by services/proposals.py, when another agrees

What is recorded is what was shown: the version and language of the form, and its hash. Training of
programs is allowed only where it was asked by name; a guardian's yes ends when the child is grown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import lapses
from memorial.domain.consent import Grants
from memorial.domain.content import canonical
from memorial.domain.dates import opens_after
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey, ContributionKey
from memorial.models import ConsentForm, Contribution, Evidence, Item, Party, Proposal, Record
from memorial.services import consent, custody, parties, review
from memorial.services.asking import ask_another
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said
from memorial.services.photographs import bare_name
from memorial.storage import Storage, Stored

METHODS = ("interview", "paper")
AI_TRAINING = "ai_training"
Key = ArchiveKey | ContributionKey


@dataclass(frozen=True, slots=True)
class Yes:
    """What a party said: to whom, for what, from when until when, and how one knows."""

    party_id: int
    audiences: frozenset[str]
    uses: frozenset[str]
    method: str
    agreed_on: date
    form_id: int
    interpreter: bool
    present: str  # who was there
    parts: frozenset[str] = frozenset({rules.EVERY_PART})
    ai_training_named: bool = False  # it was asked by that name, and answered with yes
    closed_until: date | None = None
    ask_again: int = 0  # years; 0: never
    majority: date | None = None  # of the child a guardian speaks for, or who speaks itself
    is_child: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is safely stored and that no row knows yet."""

    stored: Stored
    file_name: str


# -- the file -------------------------------------------------------------------------------


def key_of(session: GatedSession, keys: ArchiveKey, item: Item) -> Key:
    """The key that the evidence goes under: its contribution's, or the archive's where there is none."""
    if item.contribution_id is None:
        return keys
    return custody.contribution_key(keys, session.get_one(Contribution, item.contribution_id))


def keep(storage: Storage, key: Key, upload: BinaryIO, name: str) -> Kept:
    """As it came, encrypted. Raises Invalid for an empty file, NoRoom."""
    stored = storage.put_original(upload, key)
    if not stored.bytes_plain:
        storage.delete(stored.storage_key)
        raise Invalid("evidence_empty", field="evidence")
    return Kept(stored, bare_name(name))


def open_file(
    session: GatedSession,
    actor: Actor,
    item: Item,
    public_id: str,
    *,
    keys: ArchiveKey,
    storage: Storage,
    now: datetime,
) -> tuple[BinaryIO, str]:
    """The plain file and its name, for whoever confirms; logged before it is returned."""
    verdict = may(session, actor, "see_evidence", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    wanted = select(Evidence).where(Evidence.public_id == public_id, Evidence.record_id == item.record_id)
    found = session.scalars(wanted).first()
    if found is None:
        raise NotOpen("evidence")
    custody.log(
        session, actor, "evidence_shown", f"evidence:{found.public_id}", found.contribution_id,
        now=now, digest=found.sha256,
    )  # fmt: skip
    name = (
        custody.open_words(session, keys, found.contribution_id, found.file_name) if found.file_name else ""
    )
    return storage.open_original(found.storage_key, key_of(session, keys, item)), name


def storage_keys(session: GatedSession, contribution_id: int | None = None) -> list[str]:
    """Where files of evidence lie: all of them, or one contribution's."""
    wanted = select(Evidence.storage_key).order_by(Evidence.id)
    if contribution_id is not None:
        wanted = wanted.where(Evidence.contribution_id == contribution_id)
    return list(session.scalars(wanted))


# -- asking for it --------------------------------------------------------------------------


def ask(
    session: GatedSession,
    actor: Actor,
    item: Item,
    yes: Yes,
    kept: Kept | None,
    *,
    now: datetime,
    keys: ArchiveKey,
) -> Proposal:
    """The first of two people enters it; nothing is allowed by this yet. Raises Invalid, NotPermitted."""
    review.lock(session, item)
    verdict = may(session, actor, "enter_yes", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    record = parties.record_of(session, item)
    party = _speaking(session, record, yes)
    will = will_of(party.kind, yes)
    _fit(session, record, item, party, yes, now)
    if kept is None:
        raise Invalid("evidence_missing", field="evidence")
    row = _row(session, keys, actor, item, record, yes, kept, now)
    return ask_another(
        session, actor, item, "enter_yes", _particulars(session, record, party, yes, will),
        thing=f"record:{record.public_id}", evidence_id=row.id, now=now,
        details={"party": party.id, "kind": party.kind, "sha256": row.sha256},
    )  # fmt: skip


def _speaking(session: GatedSession, record: Record, yes: Yes) -> Party:
    party = session.get(Party, yes.party_id)
    if party is None or party.id not in {each.id for each in parties.parties_of(session, record)}:
        raise Invalid("no_such_party", field="party")
    return party


def will_of(kind: str, yes: Yes) -> dict[str, Grants]:
    """What the ledger will hold. Raises Invalid where training is ticked and was not asked by its name."""
    if not yes.audiences <= set(rules.AUDIENCES) or not yes.uses <= set(rules.USES):
        raise Invalid("no_such_use", field="uses")
    if AI_TRAINING in yes.uses and not yes.ai_training_named:
        raise Invalid("training_not_named", field="ai_training_named")
    opens = opens_after(yes.closed_until) if yes.closed_until else rules.BEGIN
    grants: Grants = rules.chosen(sorted(yes.audiences), sorted(yes.uses), opens=opens)
    if kind == "guardian" or yes.is_child:
        grants = lapses.guardian_grants(grants, yes.majority)
    if yes.ask_again:
        grants = lapses.until(grants, lapses.asked_again_on(yes.agreed_on, yes.ask_again))
    return dict.fromkeys(sorted(yes.parts), grants)


def _fit(session: GatedSession, record: Record, item: Item, party: Party, yes: Yes, now: datetime) -> None:
    """What a careful reader would stop at before a second person is troubled."""
    parties.check_parts(session, record, yes.parts)
    if yes.method not in METHODS:
        raise Invalid("no_such_method", field="method")
    if yes.agreed_on > now.date():
        raise Invalid("day_to_come", field="agreed_on")
    if yes.ask_again not in (0, *lapses.YEARS):
        raise Invalid("no_such_years", field="ask_again")
    if (party.kind == "guardian" or yes.is_child) and yes.majority is None:
        raise Invalid("majority_missing", field="majority")
    if not yes.present.strip():
        raise Invalid("present_missing", field="present")
    if session.get(ConsentForm, yes.form_id) is None:
        raise Invalid("no_such_form", field="form")
    stands(session, record, party, yes.agreed_on)


def stands(session: GatedSession, record: Record, party: Party, agreed_on: date) -> None:
    """A later word of the party itself, and its hiding, go before any paper. Raises NotPermitted."""
    _, said_at, _ = parties.will_of(session, record.id, party.id)
    if said_at is not None and said_at.date() > agreed_on:
        raise NotPermitted("said_later")
    contribution = session.get(Contribution, party.contribution_id) if party.contribution_id else None
    if contribution is not None and (contribution.hidden_at or contribution.erase_asked_at):
        raise NotPermitted("hidden_by_family")


def _row(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    record: Record,
    yes: Yes,
    kept: Kept,
    now: datetime,
) -> Evidence:
    row = Evidence(
        public_id=new_public_id(),
        record_id=record.id,
        contribution_id=item.contribution_id,
        method=yes.method,
        agreed_on=yes.agreed_on,
        language=session.get_one(ConsentForm, yes.form_id).language,
        interpreter=yes.interpreter,
        present=custody.seal_words(session, keys, item.contribution_id, yes.present.strip()),
        file_name=custody.seal_words(session, keys, item.contribution_id, kept.file_name),
        sha256=kept.stored.sha256_plain,
        length=kept.stored.bytes_plain,
        storage_key=kept.stored.storage_key,
        added_by=actor.label,
        received_at=now,
    )
    session.add(row)
    session.flush()
    custody.log(
        session,
        actor,
        "received",
        f"evidence:{row.public_id}",
        item.contribution_id,
        now=now,
        digest=row.sha256,
    )
    return row


def _particulars(
    session: GatedSession, record: Record, party: Party, yes: Yes, will: Mapping[str, Grants]
) -> dict[str, Any]:
    """Exactly what a second person agrees to: ids, keys, days, hashes."""
    position, _, _ = parties.will_of(session, record.id, party.id)
    form = session.get_one(ConsentForm, yes.form_id)
    return {
        "party": party.id,
        "position": position,
        "will": rules.will_to_json(will),
        "form": form.id,
        "form_sha256": form.sha256,
        "authority": party.kind,
    }


# -- entering it ----------------------------------------------------------------------------


def enter(
    session: GatedSession, actor: Actor, item: Item, proposal: Proposal, *, keys: ArchiveKey, now: datetime
) -> None:
    """The second person agrees: the ledger has it. Raises Stale when the party has spoken meanwhile."""
    known = proposal.particulars
    record, party = parties.record_of(session, item), session.get_one(Party, known["party"])
    row = session.get_one(Evidence, proposal.evidence_id)
    consent.lock(session, [record.id])
    if parties.will_of(session, record.id, party.id)[0] != known["position"]:
        raise Stale("party_spoke")
    stands(session, record, party, row.agreed_on)
    said = Said(
        party,
        "will",
        rules.will_from_json(known["will"]),
        authority=known["authority"],
        method=row.method,
        form_id=known["form"],
        language=row.language,
        interpreter=row.interpreter,
        evidence=_digest(session, keys, item, row, known),
        second=proposal.asked_by,
    )
    consent.append(session, record, said, by=actor, at=now)
    details = {"item": item.public_id, "party": party.id, "kind": party.kind, "sha256": row.sha256}
    act = Act("enter_yes", f"record:{record.public_id}", second=proposal.asked_by, details=details)
    record_act(session, actor, act, now)


def _digest(
    session: GatedSession, keys: ArchiveKey, item: Item, row: Evidence, known: Mapping[str, Any]
) -> str:
    """What the ledger keeps of the evidence: one keyed hash over the file and everything that was entered."""
    said = {"file": row.sha256, "agreed_on": row.agreed_on.isoformat(), "method": row.method, **known}
    return custody.hash_note(session, keys, item.contribution_id, canonical(said).decode())


def forms(session: GatedSession) -> list[ConsentForm]:
    """Every wording that was ever shown, the newest version first."""
    return list(
        session.scalars(select(ConsentForm).order_by(ConsentForm.version.desc(), ConsentForm.language))
    )


def of_record(session: GatedSession, record: Record) -> Iterable[Evidence]:
    """What supports the entries of staff about a record, the oldest first."""
    return session.scalars(
        select(Evidence).where(Evidence.record_id == record.id).order_by(Evidence.id)
    ).all()
