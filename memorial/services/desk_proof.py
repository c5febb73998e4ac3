"""What a visitor would see of an item's page if it were published now.

proof_of(session, item, now=now)
wants_content(session, item)        # it needs a session for writing, which nobody commits
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from memorial.domain.errors import NotOpen
from memorial.domain.views import Picture, RecordView
from memorial.gate import GatedSession, proof
from memorial.models import Item, Record, Revision
from memorial.services import describe


def proof_of(session: GatedSession, item: Item, *, now: datetime) -> RecordView:
    """What a visitor would see if this were published now, its pictures covered.

    A content that does not stand yet is made to stand in this session, which the caller
    opens for writing and never commits.
    """
    record = session.get(Record, item.record_id) if item.record_id else None
    if record is None:
        raise NotOpen("record")
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    if revision is not None and revision.applied_at is None:
        describe.apply(session, revision, now=now)
        session.expire_all()
        record = session.get_one(Record, item.record_id)
    view = proof(session, record, item.contribution_id)
    left = [replace(memory, pictures=_cover(memory.pictures)) for memory in view.memories.shown]
    memories = replace(view.memories, shown=left)
    return replace(view, pictures=_cover(view.pictures), memories=memories)


def _cover(pictures: Sequence[Picture]) -> list[Picture]:
    return [replace(each, graphic=True) for each in pictures]


def wants_content(session: GatedSession, item: Item) -> bool:
    """Whether the proof needs a content that does not stand yet."""
    wanted = select(func.count()).select_from(Revision)
    wanted = wanted.where(Revision.id == item.revision_id, Revision.applied_at.is_(None))
    return bool(session.scalar(wanted))
