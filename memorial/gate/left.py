"""What others left on a page: memories and quiet signs, the first ones by the day they were sent.

left(session, [7], quiet=False)              # [Tribute, …], one more than a page shows
beside(session, memories)                    # [Media, …]: the photographs that were sent with them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, and_, bindparam, or_, select
from sqlalchemy.orm import selectinload

from memorial.gate.rows import Rows
from memorial.gate.sessions import GatedSession
from memorial.models import Media, Tribute

FEW = 30  # of what was left on a page are shown with it; the others follow on pages of their own
QUIET: BindParameter[bool] = bindparam("quiet", type_=Boolean)
OF_RECORDS: BindParameter[Any] = bindparam("records", expanding=True)
LEFT = (
    select(Tribute)
    .where(Tribute.record_id.in_(OF_RECORDS), Tribute.quiet == QUIET)
    .order_by(Tribute.created_at, Tribute.public_id)
    .limit(FEW + 1)
)


def with_memories(session: GatedSession, rows: Rows, pages: Sequence[int]) -> Rows:
    """What others left on the page, or on pages that are read as one: the first ones, by the day they were sent."""
    words = left(session, pages, quiet=False)
    signs = left(session, pages, quiet=True)
    return replace(rows, memories=words, signs=signs, beside=beside(session, words))


def left(
    session: GatedSession, pages: Sequence[int], *, quiet: bool, after: tuple[datetime, str] | None = None
) -> Sequence[Tribute]:
    """Memories, or with `quiet` signs, from a place in their order onwards; one more than is shown."""
    wanted = LEFT
    if after is not None:
        day, public_id = after
        later = and_(Tribute.created_at == day, Tribute.public_id > public_id)
        wanted = LEFT.where(or_(Tribute.created_at > day, later))
    return session.scalars(wanted, {"records": list(pages), "quiet": quiet}).all()


def sent_by(session: GatedSession, record_id: int, contribution_id: int) -> Sequence[Tribute]:
    """All that one contribution left on a page."""
    wanted = select(Tribute).where(Tribute.record_id == record_id, Tribute.contribution_id == contribution_id)
    return session.scalars(wanted.order_by(Tribute.quiet, Tribute.id)).all()


def with_sent(session: GatedSession, rows: Rows, contribution_id: int) -> Rows:
    """Also what this contribution left, wherever it stands in the order."""
    known = {row.id for row in (*rows.memories, *rows.signs)}
    more = [row for row in sent_by(session, rows.record.id, contribution_id) if row.id not in known]
    words = [*(row for row in more if not row.quiet), *rows.memories]
    signs = [*(row for row in more if row.quiet), *rows.signs]
    return replace(rows, memories=words, signs=signs, beside=beside(session, words))


def beside(session: GatedSession, memories: Sequence[Tribute]) -> Sequence[Media]:
    """The photographs that were sent together with these memories."""
    senders = {memory.contribution_id for memory in memories[:FEW]} - {None}
    if not senders:
        return ()
    wanted = (
        select(Media)
        .where(Media.record_id.in_({memory.record_id for memory in memories[:FEW]}))
        .where(Media.contribution_id.in_(senders))
        .order_by(Media.position, Media.id)
        .options(selectinload(Media.derivatives))
    )
    return session.scalars(wanted).all()
