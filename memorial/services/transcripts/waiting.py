"""What is written at the desk and not shown as it is now: first what somebody has read whole and another can show.

    page = waiting(session, actor, now=now, before=None)
    page.rows, page.before                     # Row(draft, title's record, who has read this version)

Nothing of a family that this account keeps away from is on it. A page costs the same number of queries however many
drafts there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import recused_from
from memorial.gate.permission import barred
from memorial.models import AuditEntry, Contribution, Draft, Item, Media

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    draft: Draft
    read_by: Sequence[str]  # labels of those who have read this version whole


@dataclass(frozen=True, slots=True)
class Waiting:
    rows: Sequence[Row]
    before: int | None = None  # the number of the last one, where there are older ones


def waiting(session: GatedSession, actor: Actor, *, now: datetime, before: int | None = None) -> Waiting:
    verdict = may(session, actor, "read_transcript", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    wanted = (
        select(Draft)
        .join(Media, Media.id == Draft.media_id)  # of a recording that is in custody
        .where(or_(Draft.released.is_(None), Draft.released != Draft.version))
    )
    if before is not None:
        wanted = wanted.where(Draft.id < before)
    found = session.scalars(wanted.order_by(Draft.id.desc()).limit(PER_PAGE + 1)).all()
    page = found[:PER_PAGE]
    closed, read = _closed(session, actor, page), _read(session, page)
    rows = [
        Row(draft, read.get((draft.public_id, draft.version), []))
        for draft in page
        if draft.contribution_id not in closed
    ]
    rows.sort(key=lambda row: not row.read_by)
    return Waiting(rows, page[-1].id if len(found) > PER_PAGE else None)


def _closed(session: GatedSession, actor: Actor, drafts: Sequence[Draft]) -> Collection[int]:
    """Contributions that something keeps this account from."""
    theirs = {draft.contribution_id for draft in drafts} - {None}
    items = session.scalars(select(Item).where(Item.contribution_id.in_(theirs))).all()
    held = session.scalars(select(Contribution).where(Contribution.id.in_(theirs))).all()
    back = recused_from(session, actor, items)
    closed = {item.contribution_id for item in items if barred(session, actor, item, back) is not None}
    return {number for number in closed | (theirs - {each.id for each in held}) if number is not None}


def _read(session: GatedSession, drafts: Sequence[Draft]) -> dict[tuple[str, int], list[str]]:
    things = {f"draft:{draft.public_id}": draft.public_id for draft in drafts}
    wanted = select(AuditEntry.thing, AuditEntry.actor, AuditEntry.details).where(
        AuditEntry.thing.in_(things), AuditEntry.verb == "read_transcript"
    )
    found: dict[tuple[str, int], list[str]] = {}
    for thing, label, details in session.execute(wanted.order_by(AuditEntry.id)):
        found.setdefault((things[thing], json.loads(details)["version"]), []).append(label)
    return found
