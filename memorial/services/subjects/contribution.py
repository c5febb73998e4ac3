"""Everything that the holder of a return code sent, said, agreed to and was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from memorial.db import Base
from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey, ContributionKey
from memorial.models import (
    Contribution,
    CustodyEvent,
    Enclosure,
    Evidence,
    Item,
    Media,
    Message,
    Party,
    Proposal,
    Record,
    SearchEntry,
    Upload,
    WallName,
    WallUnnamed,
    WrittenName,
)
from memorial.services.custody import contribution_key
from memorial.services.lost_codes import SOMEBODY
from memorial.services.subjects.held import File, Held, consent_of, log_of, row_of

# Who speaks through a code. Others who are asked about a page are somebody else: of_party.
OWN_PARTIES = ("contributor", "narrator", "guardian")
AMONG_DESK = "among_desk"
# Told apart below, or an index of words that are given already.
_APART = {
    Contribution, CustodyEvent, Enclosure, Evidence, Item, Media, Message, Party, SearchEntry, WallName, WallUnnamed,
    WrittenName,
}  # fmt: skip


def of_contribution(session: GatedSession, keys: ArchiveKey, ref: str) -> Held:
    """Raises NotOpen where there is no such contribution."""
    found = session.scalars(select(Contribution).where(Contribution.public_id == ref)).first()
    if found is None:
        raise NotOpen("contribution")
    key = None if found.wrapped_key is None else contribution_key(keys, found)
    held = Held(f"contribution:{ref}", f"What was sent with the code {ref}", found.id)
    open_ = key.decrypt if key else None
    held.add("contribution", [row_of(found, open_)])
    parties = session.scalars(select(Party).where(Party.contribution_id == found.id)).all()
    own = [party for party in parties if party.kind in OWN_PARTIES]
    held.add("parties", (row_of(party, open_) for party in own))
    consent_of(session, [party.id for party in own], held)
    for table in _tables():
        rows = session.scalars(select(table).where(table.contribution_id == found.id)).all()
        held.add(table.__tablename__, (row_of(row, open_) for row in rows))
    _messages(session, held, open_)
    _files(session, held, key, [party.id for party in own])
    items = session.scalars(select(Item).where(Item.contribution_id == found.id)).all()
    held.add("work", (row_of(item, without=("taken_by_id", "assigned_to_id", "flags")) for item in items))
    pages = session.scalars(select(Record.public_id).where(Record.contribution_id == found.id)).all()
    things = [
        held.thing,
        *(f"item:{item.public_id}" for item in items),
        *(f"record:{each}" for each in pages),
    ]
    log_of(session, held, things, f"family:{ref}")
    held.others = [(party.id, party.kind) for party in parties if party not in own]
    if held.others:
        held.left_out.append("Others were asked about these pages; what they said belongs to them.")
    return held


def _tables() -> Iterator[Any]:
    """Every table whose rows name their contribution, those of later versions too."""
    tables: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    for table in sorted(tables, key=lambda each: str(each.__tablename__)):
        if table not in _APART and "contribution_id" in table.__mapper__.columns:
            yield table


def _messages(session: GatedSession, held: Held, open_: Any) -> None:
    wanted = select(Message).where(Message.contribution_id == held.contribution_id).order_by(Message.id)
    messages = session.scalars(wanted).all()
    strangers = [each for each in messages if each.author == SOMEBODY.label]
    theirs = [each for each in messages if each.direction != AMONG_DESK and each not in strangers]
    held.add("messages", (row_of(each, open_) for each in theirs))
    if strangers:
        held.left_out.append(
            "What somebody wrote who said that the code was lost: nobody knows whether it was you."
        )
    if count := len(messages) - len(theirs) - len(strangers):
        held.left_out.append(
            f"{count} notes that the desk wrote among itself. Ask the consent officer about them."
        )


def _files(session: GatedSession, held: Held, key: ContributionKey | None, own: list[int]) -> None:
    """As they came. What is not whole yet has no file of its own."""
    for table, list_ in ((Media, "media"), (Enclosure, "enclosures"), (Evidence, "evidence")):
        rows: Any = session.scalars(
            select(table).where(table.contribution_id == held.contribution_id).order_by(table.id)
        ).all()
        if table is Evidence:
            rows = [row for row in rows if _is_of(session, row, own)]
        held.add(list_, (row_of(row, key.decrypt if key else None) for row in rows))
        for row in rows if key else ():
            given = row.file_name
            name = key.decrypt(given).decode() if isinstance(given, bytes) and key else str(given or "")
            held.files.append(File(name or f"{list_}-{row.public_id}", row.storage_key, key))  # type: ignore[arg-type]
    waiting = select(Upload.id).where(
        Upload.contribution_id == held.contribution_id, Upload.ended_at.is_(None)
    )
    if count := len(session.scalars(waiting).all()):
        held.left_out.append(f"{count} files that never came whole.")


def _is_of(session: GatedSession, evidence: Evidence, parties: list[int]) -> bool:
    """Whether what supports a yes is about one of these parties."""
    wanted = select(Proposal.particulars).where(Proposal.evidence_id == evidence.id)
    return any(each.get("party") in parties for each in session.scalars(wanted))
