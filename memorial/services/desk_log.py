"""The log of everything that was decided, and what imports left unmatched; both by keyset.

lines, before = log(session, actor, now=now, before=cursor)
objects, after = leftovers(session, actor, now=now, after=cursor)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, and_, cast, or_, select

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.models import AuditEntry, ImportedObject
from memorial.services.desk_item import line_of
from memorial.services.desk_views import Line

PER_PAGE = 50


def log(
    session: GatedSession, actor: Actor, *, now: datetime, before: int | None = None, thing: str = ""
) -> tuple[Sequence[Line], int]:
    """The newest acts first; the second value is where the older ones begin, 0 for none."""
    _permitted(session, actor, "see_log", now)
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PER_PAGE + 1)
    if before:
        wanted = wanted.where(AuditEntry.id < before)
    if thing:
        wanted = wanted.where(AuditEntry.thing == thing)
    lines = [line_of(entry) for entry in session.scalars(wanted)]
    return lines[:PER_PAGE], lines[PER_PAGE - 1].id if len(lines) > PER_PAGE else 0


def leftovers(
    session: GatedSession, actor: Actor, *, now: datetime, after: tuple[str, str] | None = None
) -> tuple[Sequence[ImportedObject], bool]:
    """Imported objects with references that match nothing, or fields that have no home here."""
    _permitted(session, actor, "see_leftovers", now)
    left = or_(cast(ImportedObject.unmatched, String) != "[]", cast(ImportedObject.leftovers, String) != "{}")
    order = (ImportedObject.file, ImportedObject.external_id)
    wanted = select(ImportedObject).where(left).order_by(*order).limit(PER_PAGE + 1)
    if after:
        file, external_id = after
        wanted = wanted.where(or_(order[0] > file, and_(order[0] == file, order[1] > external_id)))
    found = session.scalars(wanted).all()
    return found[:PER_PAGE], len(found) > PER_PAGE


def _permitted(session: GatedSession, actor: Actor, verb: str, now: datetime) -> None:
    verdict = may(session, actor, verb, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
