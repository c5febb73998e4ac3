"""What the queue is narrowed to, and by which index each narrowing is found.

    way = way_of(session, actor, Filters(kind="contribution", text_only=True), now=now)
    way.inside      # alternatives that one index finds in the queue's order, with no row looked at in vain
    way.outside     # what is asked of each row besides; so the pages look at a bounded stretch (desk_pages.py)

No page may cost more because more waits: whatever is added here has an index in models/item.py, or
goes outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from memorial.domain import workflow
from memorial.gate import Actor, GatedSession
from memorial.models import Account, Confirmation, Item, ItemPass, Proposal
from memorial.models.item import came_back, is_open

LATE = timedelta(days=5)
SOON = timedelta(days=7)
FEW = 500  # so many items at most are found by name, where a filter leads to few
BY_WAITING, BY_DUE = "waits", "due"
SORTS = (BY_WAITING, BY_DUE)
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; empty means everything that is open."""

    kind: str = ""
    state: str = ""
    language: str = ""
    read: bool = False  # in a language that this account reads, or in one that nobody knows
    mine: bool = False
    assigned: bool = False
    second: bool = False  # somebody else has asked for an act that needs two
    text_only: bool = False
    without_graphic: bool = False
    returned: bool = False
    late: bool = False
    due: bool = False
    passed: bool = False  # show those too that this account passed on
    sort: str = ""  # as in SORTS; empty: what waits longest

    @property
    def order(self) -> str:
        """What is due soon is shown by its due date."""
        return BY_DUE if self.due or self.sort == BY_DUE else BY_WAITING


@dataclass(frozen=True, slots=True)
class Way:
    """How the rows are found. `inside` holds alternatives; `few` are ids that were looked up, and then it is not used."""

    few: Sequence[int] | None = None
    inside: Sequence[Conditions] = ((),)
    outside: Conditions = ()
    always: Conditions = field(default_factory=tuple)  # costs nothing where it is asked
    dated_only: bool = False


def way_of(session: GatedSession, actor: Actor, filters: Filters, *, now: datetime) -> Way:
    """The way through the queue for these filters."""
    few = _few(session, actor, filters, now)
    inside, outside = _narrowings(session, actor, filters, by_index=few is None)
    always: list[ColumnElement[bool]] = [is_open()]
    if not filters.passed and actor.account_id:
        gone = exists().where(ItemPass.account_id == actor.account_id, ItemPass.item_id == Item.id)
        always.append(~gone)
    late = Item.waiting_since <= now - LATE
    if filters.late and filters.order == BY_WAITING:
        always.append(late)
    elif filters.late:
        outside.append(late)
    if filters.due:
        always.append(Item.due_on <= (now + SOON).date())
    return Way(few, inside, outside, always, dated_only=filters.due)


def _narrowings(
    session: GatedSession, actor: Actor, filters: Filters, *, by_index: bool
) -> tuple[Sequence[Conditions], list[ColumnElement[bool]]]:
    """The narrowest first: that becomes the way, the others are asked of each row."""
    ways = _many(session, actor, filters)
    inside = ways.pop(0) if ways and by_index and filters.order == BY_WAITING else ((),)
    return inside, [or_(*(and_(*each) for each in way)) for way in ways]


def _few(session: GatedSession, actor: Actor, filters: Filters, now: datetime) -> list[int] | None:
    """Filters that lead to a handful of items, which are looked up first; None where there is no such filter."""
    if not (filters.mine or filters.second):
        return None
    found: list[list[int]] = []
    if filters.mine:
        taken = select(Item.id).where(Item.taken_by_id == actor.account_id, Item.taken_until > now)
        found.append(list(session.scalars(taken.limit(FEW))))
    if filters.second:
        found.append(waiting_for_second(session, actor))
    return [number for number in found[0] if number in found[-1]]


def waiting_for_second(session: GatedSession, actor: Actor) -> list[int]:
    """Items on which somebody else has asked for an act that needs two: those asked for first, a bounded number."""
    asked = (
        select(Confirmation.item_id)
        .join(Item, Item.id == Confirmation.item_id)
        .where(Confirmation.actor != actor.label, is_open())
        .where(Confirmation.revision_id.is_not_distinct_from(Item.revision_id))
        .order_by(Confirmation.id)
        .limit(FEW)
    )
    proposed = (
        select(Proposal.item_id)
        .where(Proposal.outcome == "", Proposal.asked_by != actor.label)
        .order_by(Proposal.id)
        .limit(FEW)
    )
    return list(dict.fromkeys([*session.scalars(asked), *session.scalars(proposed)]))[:FEW]


def _many(session: GatedSession, actor: Actor, filters: Filters) -> list[Sequence[Conditions]]:
    """Filters that have an index of their own in the queue's order."""
    ways: list[Sequence[Conditions]] = []
    if filters.assigned:
        ways.append(((Item.assigned_to_id == actor.account_id,),))
    if filters.returned:
        ways.append(((came_back(),),))
    if filters.language:
        ways.append(((Item.language == filters.language,),))
    elif filters.read and (known := languages_of(session, actor)):
        ways.append([(Item.language == code,) for code in (*known, "und")])
    if filters.kind or filters.state:
        kinds = [filters.kind] if filters.kind else list(workflow.KINDS)
        states = [filters.state] if filters.state else workflow.OPEN_STATES
        ways.append([(Item.kind == kind, Item.state == state) for kind in kinds for state in states])
    if filters.text_only or filters.without_graphic:
        ways.append(_by_media(filters))
    return ways


def _by_media(filters: Filters) -> Sequence[Conditions]:
    """Words alone can be marked graphic too, so that both columns are asked."""
    return [
        (Item.graphic.is_(graphic), Item.has_media.is_(media))
        for graphic in ((False,) if filters.without_graphic else (False, True))
        for media in ((False,) if filters.text_only else (False, True))
    ]


def languages_of(session: GatedSession, actor: Actor) -> tuple[str, ...]:
    """What this account said it reads."""
    said: Any = session.scalar(select(Account.languages).where(Account.id == actor.account_id))
    return tuple(str(code) for code in said or ())
