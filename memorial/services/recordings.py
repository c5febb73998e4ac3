"""Recordings whose copies are due, and what asks for them. The job itself is services/recording_job.py.

left_to_do(session)                                        # recordings that wait, the oldest first
make_anew(session, medium)                                 # a mask was placed, moved or lifted
choose_poster(session, actor, medium, 61_500, now=now)     # the moment of the still, in milliseconds; None: none
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.models import Derivative, Item, Media
from memorial.services.audit import Act, record_act
from memorial.services.photographs import ASSEMBLE, CONVERT, copies_changed
from memorial.services.recording_job import basis_of, carry_out, hidden

__all__ = ["again", "carry_out", "choose_poster", "failed", "left_to_do", "make_anew", "take_up"]

ROLES: Final = ("audio", "video")


def left_to_do(session: GatedSession) -> Sequence[int]:
    wanted = select(Media.id).where(Media.due == CONVERT, Media.failed == "")
    return session.scalars(wanted.order_by(Media.id).limit(200)).all()


def take_up(session: GatedSession) -> int:
    """Recordings that were received before there was this work; returns how many."""
    copies = select(Derivative.id).where(Derivative.media_id == Media.id).exists()
    wanted = select(Media).where(Media.role.in_(ROLES), Media.due == "", Media.failed == "", ~copies)
    found = session.scalars(wanted.where(Media.length.is_(None), Media.storage_key.like("originals/%"))).all()
    for medium in found:
        medium.due, medium.progress = CONVERT, 0
    return len(found)


def make_anew(session: GatedSession, medium: Media, kind: str = "") -> None:
    """All copies go in this transaction, their files after the commit, and the work is due; `kind`: those alone."""
    wanted = select(Derivative).where(Derivative.media_id == medium.id)
    files = session.info.setdefault("files_to_delete", [])
    for copy in session.scalars(wanted.where(Derivative.kind == kind) if kind else wanted):
        files.append(copy.storage_key)
        session.delete(copy)
    if medium.role in ROLES and medium.due != ASSEMBLE:
        medium.due, medium.progress, medium.failed = CONVERT, 0, ""
    session.flush()
    copies_changed(session, medium)


def choose_poster(
    session: GatedSession,
    actor: Actor,
    medium: Media,
    at_ms: int | None,
    *,
    now: datetime,
    item: Item | None = None,
) -> None:
    """The still of a film is of this moment; None: it has none. Raises NotPermitted, Invalid with what is wrong."""
    verdict = may(session, actor, "choose_still", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if medium.role != "video" or not medium.length:
        raise Invalid("no_picture", field="at")
    if at_ms is not None and not 0 <= at_ms < medium.length:
        raise Invalid("no_such_moment", field="at")
    if at_ms is not None and hidden(basis_of(session, medium).spans, at_ms):
        raise Invalid("moment_withheld", field="at")
    medium.poster_at = at_ms
    make_anew(session, medium, "poster")
    record_act(session, actor, Act("choose_still", f"media:{medium.public_id}"), now)


def again(session: GatedSession) -> int:
    """Recordings whose copies could not be made are tried once more; returns how many."""
    wanted = select(Media).where(Media.role.in_(ROLES), Media.due == CONVERT, Media.failed != "")
    found = session.scalars(wanted).all()
    for medium in found:
        medium.failed, medium.progress = "", 0
    return len(found)


def failed(session: GatedSession) -> list[tuple[str, str]]:
    """Recordings of which no copy could be made, with the reason's key."""
    wanted = select(Media.public_id, Media.failed).where(Media.due == CONVERT, Media.failed != "")
    return [(row.public_id, row.failed) for row in session.execute(wanted.order_by(Media.id))]
