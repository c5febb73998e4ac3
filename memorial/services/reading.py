"""What a visitor opens: one record, the first page. Questions: services/questions.py, works: services/sources.py.

    record_view(session, "press", public_id)      # RecordView; NotOpen or Withdrawn
    person_of_the_day(session, day)               # RecordView or None, the same for everyone

The session is its reader's: what is hidden is not there, and looks like what never was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import joinedload

from memorial.domain.addresses import KIND_OF
from memorial.domain.errors import NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.views import Entry, RecordView
from memorial.gate import GatedSession, as_one
from memorial.gate.as_one import is_second
from memorial.models import Media, Record, Remembrance, Text
from memorial.services.cursors import Asked
from memorial.services.lists import shelf
from memorial.services.place_links import with_places


class Withdrawn(NotOpen):
    """The page is gone; those it belonged to agreed that this notice stays in its place."""

    def __init__(self, notice: str) -> None:
        super().__init__("withdrawn")
        self.notice = notice


def record_view(session: GatedSession, kind: str, public_id: str) -> RecordView:
    """A record's page; where its person is read as one with another, the page that leads. Raises Withdrawn where only a notice is left, NotOpen for all else."""
    record = find(session, kind, public_id)
    if record is None:
        raise _gone(session, public_id, kind)
    return with_places(session, as_one(session, record))


def is_withdrawn(session: GatedSession, public_id: str, *kinds: str) -> bool:
    """Whether a notice stands where a page of one of these kinds was."""
    noticed = isinstance(_gone(session, public_id, *kinds), Withdrawn)
    return noticed and not any(find(session, kind, public_id) for kind in kinds)


def find(session: GatedSession, kind: str, public_id: str) -> Record | None:
    """The record with its detail row, in one statement."""
    if not is_public_id(public_id):
        return None
    return session.scalars(one_of(kind), {"public_id": public_id}).first()


@cache
def one_of(kind: str) -> Select[Record]:
    # Built once: a statement that is made anew for each page costs as much as its execution.
    wanted = select(Record).where(Record.public_id == bindparam("public_id"), Record.kind == kind)
    return wanted.options(joinedload(getattr(Record, kind)))


def _gone(session: GatedSession, public_id: str, *kinds: str) -> NotOpen:
    """A notice stands at its record's own address, where the record is not, and nowhere else."""
    if not is_public_id(public_id):
        return NotOpen()
    # The record's own row is invisible by now, so the notice carries its kind and public id itself.
    ids = [f"notice-{kind}-{public_id}" for kind in kinds]
    notice = session.scalars(select(Text.body).where(Text.role == "notice", Text.public_id.in_(ids))).first()
    return NotOpen() if notice is None else Withdrawn(notice)


def any_record(session: GatedSession, public_id: str, named: str = "") -> RecordView:
    """A record for its citation: of the kind (or room) that is named, else of whatever kind."""
    kinds = [kind for room, kind in KIND_OF.items() if named in ("", kind, room.strip("/"))]
    wanted = select(Record).where(Record.public_id == public_id, Record.kind.in_(kinds))
    record = session.scalars(wanted).first() if is_public_id(public_id) else None
    if record is None:
        raise _gone(session, public_id, *kinds)
    return as_one(session, record)


# -- the first page -------------------------------------------------------------------------


def person_of_the_day(session: GatedSession, day: date) -> RecordView | None:
    """One remembrance, the same for everyone that day, without graphic material.

    Public ids are random, so the day's hash among them chooses fairly and without counting. Name,
    portrait, life and what became of them are there; what else is on the page is not read.
    """
    pivot = hashlib.sha256(day.isoformat().encode()).hexdigest()
    for one in _one_of_the_day():
        record = session.scalars(one, {"pivot": pivot}).first()
        if record is not None:
            return as_one(session, record, without=("citations", "links", "memories", "relations"))
    return None


@cache
def _one_of_the_day() -> Sequence[Select[Record]]:
    """The first from the pivot on, and the first before it."""
    graphic = select(Media.id).where(Media.record_id == Record.id, Media.graphic.is_(True)).exists()
    wanted = select(Record).where(Record.kind == "remembrance", Record.content_note == "", ~graphic)
    wanted = wanted.join(Remembrance, Remembrance.record_id == Record.id).where(
        ~is_second(Remembrance.person_id)
    )
    wanted = wanted.options(joinedload(Record.remembrance)).order_by(Record.public_id).limit(1)
    pivot: BindParameter[str] = bindparam("pivot")
    return [wanted.where(Record.public_id >= pivot), wanted.where(Record.public_id < pivot)]


def first_press(session: GatedSession, count: int = 4) -> Sequence[Entry]:
    return shelf(session, "press", Asked(), per_page=count).entries
