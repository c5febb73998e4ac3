"""What is held of somebody who has no code: a party that was asked about a page, or a person whom sources name."""

from __future__ import annotations

from sqlalchemy import or_, select

from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import (
    Citation,
    Contribution,
    Evidence,
    Party,
    Person,
    PersonName,
    Proposal,
    Record,
    Relation,
    Source,
    Statement,
)
from memorial.services.custody import contribution_key
from memorial.services.subjects.contribution import OWN_PARTIES
from memorial.services.subjects.held import File, Held, consent_of, log_of, row_of


def of_party(session: GatedSession, keys: ArchiveKey, number: int) -> Held:
    """Somebody who was asked about what another sent: who they are, what they said, and what supports it. Raises NotOpen."""
    party = session.get(Party, number)
    if party is None or party.kind in (*OWN_PARTIES, "archive"):
        raise NotOpen("party")
    contribution = session.get(Contribution, party.contribution_id) if party.contribution_id else None
    gone = contribution is not None and contribution.wrapped_key is None
    key = keys if contribution is None else None if gone else contribution_key(keys, contribution)
    held = Held(f"party:{number}", f"What is held of party {number}")
    held.add("party", [row_of(party, key.decrypt if key else None, without=("contribution_id",))])
    consent_of(session, [number], held)
    for proposal in session.scalars(select(Proposal).where(Proposal.evidence_id.is_not(None))):
        if proposal.particulars.get("party") == number and key is not None:
            found = session.get_one(Evidence, proposal.evidence_id)
            held.add("evidence", [*held.lists.get("evidence", ()), row_of(found, key.decrypt)])
            name = key.decrypt(found.file_name).decode() if found.file_name else ""
            held.files.append(File(name or f"evidence-{found.public_id}", found.storage_key, key))
    log_of(session, held, [held.thing])
    return held


def of_person(session: GatedSession, public_id: str) -> Held:
    """Somebody named, by their id or that of their page: what sources say of them. What a family wrote is its own. Raises NotOpen."""
    page = select(Record.id).where(Record.public_id == public_id, Record.kind == "remembrance")
    known_by = or_(Person.public_id == public_id, Person.record_id.in_(page))
    person = session.scalars(select(Person).where(known_by).order_by(Person.id)).first()
    if person is None or person.contribution_id is not None:
        raise NotOpen("person")
    held = Held(f"person:{person.public_id}", f"What is held of the person {person.public_id}")
    held.add("person", [row_of(person)])
    for table in (PersonName, Statement, Relation, Citation):
        wanted = select(table).where(table.person_id == person.id, table.contribution_id.is_(None))
        held.add(table.__tablename__, (row_of(row) for row in session.scalars(wanted.order_by(table.id))))
    spoken = select(Statement).where(Statement.speaker_id == person.id, Statement.contribution_id.is_(None))
    held.add("said_by_them", (row_of(row) for row in session.scalars(spoken.order_by(Statement.id))))
    named_in = {row["source_id"] for rows in held.lists.values() for row in rows if row.get("source_id")}
    works = select(Source).where(Source.id.in_(named_in))
    held.add("sources", (row_of(row) for row in session.scalars(works.order_by(Source.id))))
    log_of(session, held, [held.thing])
    return held
