"""The contents that one object has had: who, when, why; what differs; and the way back.

page = history(session, there, keys=keys, before=0)
changes(there.kind, before, after)                       # FieldChange for each place that differs
go_back(session, actor, there, 3, why=…, seen=…, keys=keys, now=now)     # a proposal like any other
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from memorial.domain import difference as rules
from memorial.domain.difference import FieldChange
from memorial.domain.errors import NotOpen
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Item, Revision
from memorial.services import desk_revisions
from memorial.services.collection.kinds import Kind
from memorial.services.published import attached, objects, proposing
from memorial.services.published.forms import ObjectForm
from memorial.services.published.objects import There

PER_PAGE = 20
BEFORE_ALL = 0  # the number by which the object is meant as it was before its first revision here


@dataclass(frozen=True, slots=True)
class Told:
    """One revision, without its content."""

    number: int
    by: str
    at: datetime
    stands_since: datetime | None
    why: str = ""
    may_come_back: bool = False


@dataclass(frozen=True, slots=True)
class History:
    lines: Sequence[Told]
    older: int = 0
    had_before: bool = False  # the object as it was before the last of these lines can come back


def _of(there: There) -> ColumnElement[bool]:
    own = Revision.record_id == there.record_id
    if there.thing.startswith("record:"):  # a page's, also from before revisions named their thing
        return and_(own, Revision.contribution_id.is_(None))
    return and_(own, Revision.thing == there.name)


def history(session: GatedSession, there: There, *, keys: ArchiveKey, before: int = 0) -> History:
    """The newest first, `PER_PAGE` of them."""
    wanted = select(Revision).where(_of(there)).order_by(Revision.number.desc()).limit(PER_PAGE + 1)
    if before:
        wanted = wanted.where(Revision.number < before)
    found = session.scalars(wanted).all()
    shown = found[:PER_PAGE]
    whys = desk_revisions.reasons(session, keys, [each.id for each in shown])
    lines = [
        Told(
            each.number, each.made_by, each.made_at, each.applied_at, whys.get(each.id, ""),
            "given" in each.content and not objects.same(each.content["given"], there.value),
        )
        for each in shown
    ]  # fmt: skip
    had = len(found) <= PER_PAGE and bool(shown) and bool(shown[-1].content.get("stood"))
    return History(lines, shown[-1].number if len(found) > PER_PAGE else 0, had)


def content_of(session: GatedSession, there: There, number: int) -> Mapping[str, Any]:
    """The object of one revision. Raises NotOpen where there is none, or it was not kept."""
    wanted = select(Revision.content).where(_of(there)).order_by(Revision.number)
    if number != BEFORE_ALL:
        wanted = wanted.where(Revision.number == number)
    content = session.scalars(wanted.limit(1)).first() or {}
    value: Mapping[str, Any] | None = content.get("given" if number != BEFORE_ALL else "stood")
    if value is None:
        raise NotOpen("revision")
    return value


def changes(kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Place by place and word by word, in the order of the form."""
    old, new = ObjectForm(kind, before).values(), ObjectForm(kind, after).values()
    found = [FieldChange(each.field, rules.shortened(each.runs)) for each in rules.fields(old, new)]
    return found + attached.changes(before, after)


def go_back(
    session: GatedSession,
    actor: Actor,
    there: There,
    number: int,
    *,
    why: str,
    seen: str,
    keys: ArchiveKey,
    now: datetime,
) -> Item:
    """An older content is proposed anew; nothing is deleted. `seen` is the mark of what the page showed."""
    proposal = proposing.open_for(session, there)
    head = proposing.head(there, proposal)
    value = content_of(session, there, number)
    base = head if proposing.mark(head) == seen else {"id": there.id}
    change = proposing.Change(
        there.kind.name, there.id, base, proposing.seen(there, proposal), value, why, "go_back"
    )
    return proposing.save(session, actor, change, keys=keys, now=now)
