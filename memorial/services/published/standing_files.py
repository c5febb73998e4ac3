"""Which files stand on a page: those that its object names, and nothing else that was ever attached to it.

stand(session, actor, record, value, now=now)        # by amending.py, in the transaction that decided it
all_of(session, record_id)                           # also those set aside
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from memorial.gate import Actor, GatedSession
from memorial.models import Media, Part, Record
from memorial.services import archive_word
from memorial.services.archive_word import ATTACHED, SET_ASIDE
from memorial.services.published.attached import Entry, entries


def stand(
    session: GatedSession, actor: Actor, record: Record, value: Mapping[str, Any], *, now: datetime
) -> None:
    """What the object names is shown from now on, and nothing else that was ever attached to it."""
    named = {each.id: (at, each) for at, each in enumerate(entries(value))}
    come, gone = [], []
    for medium in all_of(session, record.id):
        stood, (at, entry) = medium.position >= 0, named.get(medium.public_id, (SET_ASIDE, None))
        if entry is not None and entry.sha256 == medium.sha256:
            describe(medium, entry)
            medium.position = at
            come += [] if stood else [medium.public_id]
        elif stood:
            medium.position = SET_ASIDE
            gone.append(medium.public_id)
    session.flush()
    if come or gone:
        archive_word.attach(session, record, come, gone, by=actor, at=now)


def describe(medium: Media, entry: Entry) -> None:
    medium.alt, medium.credit, medium.graphic = entry.alt, entry.credit, entry.graphic
    medium.rights = entry.rights_and_basis
    medium.content_note, medium.captured_edtf = entry.content_note, entry.date


def all_of(session: GatedSession, record_id: int) -> Sequence[Media]:
    """Every file that was ever attached to a record, also those set aside."""
    wanted = (
        select(Media)
        .join(Part, Part.id == Media.part_id)
        .where(Media.record_id == record_id, Part.key.startswith(ATTACHED, autoescape=True))
        .order_by(Media.id)
        .options(selectinload(Media.derivatives))
    )
    return session.scalars(wanted).all()
