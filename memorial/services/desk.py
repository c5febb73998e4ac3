"""The queue: what waits at the desk, the oldest first, before all else take-downs and words that speak of harm.

    page = queue(session, actor, Filters(kind="contribution"), now=now, after=cursor)
    page.rows, page.pinned, page.counts, page.after

Rows say what a moderator needs before opening an item. Of an item this account keeps away
from (it stepped back, or a specialist is needed) the row tells that and no name. How items are
found is services/desk_filters.py and desk_pages.py; how many there are, desk_counts.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from memorial.domain import workflow
from memorial.gate import Actor, GatedSession
from memorial.gate.facts import recused_from
from memorial.gate.permission import barred
from memorial.models import Account, Contribution, Item, Media, PersonName, Record, Text
from memorial.services import desk_assigning, desk_counts, desk_pages, desk_second
from memorial.services.desk_filters import LATE, Filters, way_of
from memorial.services.desk_second import Asked

PER_PAGE = 30
# States in which the family waits for the desk, for the kinds that come from families.
DESKS_TURN = (workflow.SUBMITTED, workflow.IN_REVIEW)
FROM_FAMILIES = ("contribution", "revision", "tribute", "erasure", "lost_code")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. `closed` is a reason, where this account keeps away from the item."""

    public_id: str
    kind: str
    state: str
    title: str
    record_kind: str
    language: str
    flags: Sequence[str]
    media: int
    waiting_since: datetime
    late: bool
    due_on: date | None
    overdue: bool
    family_waits: bool
    approved: bool  # by the family, for the content as it is: the next word is the desk's
    round: int
    first: bool = False  # before all else
    taken_by: str = ""
    taken_by_me: bool = False
    taken_until: datetime | None = None
    lock_over: bool = False  # this account had taken it, the time is over, and nobody else has it
    assigned_to: str = ""
    assigned_to_me: bool = False
    assigned_away: str = ""  # why whoever it is assigned to will not come to it: paused or disabled
    asked: Sequence[Asked] = ()  # acts that wait for a second person
    unread: bool = False  # in a language that nobody at the desk says they read
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of it. `counts` are of everything open, (kind, state) -> number, none higher than desk_counts.MOST."""

    rows: Sequence[Row]
    pinned: Sequence[Row] = ()
    after: str = ""
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    languages: Sequence[str] = ()


def queue(session: GatedSession, actor: Actor, filters: Filters, *, now: datetime, after: str = "") -> Queue:
    """One page of what is open, by keyset. Raises Invalid for a cursor that is none of ours."""
    found = part_of(session, actor, filters, now=now, after=after)
    rows = rows_of(session, actor, found.items, now=now)
    pinned = [row for row in rows if row.first and filters.order != "due"]
    others = [row for row in rows if row not in pinned]
    return Queue(others, pinned, found.after, desk_counts.counts(session), desk_counts.languages(session))


def part_of(
    session: GatedSession, actor: Actor, filters: Filters, *, now: datetime, after: str = ""
) -> desk_pages.Found:
    """The items of one page, without what the page tells of them."""
    way = way_of(session, actor, filters, now=now)
    return desk_pages.page(session, way, filters.order, after=after, size=PER_PAGE)


# -- rows -----------------------------------------------------------------------------------


def rows_of(session: GatedSession, actor: Actor, items: Sequence[Item], *, now: datetime) -> list[Row]:
    """Items as lines of a list; a handful of queries however many there are."""
    if not items:
        return []
    records = {item.record_id for item in items if item.record_id}
    kinds = dict(_pairs(session, select(Record.id, Record.kind).where(Record.id.in_(records)), records))
    heads = titles(session, records)
    media = _media(session, records)
    names = account_names(session, {item.taken_by_id for item in items if item.taken_by_id})
    assigned = desk_assigning.assigned(session, items)
    asked = desk_second.asked_for(session, items)
    read = desk_counts.read_here(session)
    back = recused_from(session, actor, items)
    # Held until the rows are made: whether one is sealed is then asked of what the session has.
    held = _contributions(session, {item.contribution_id for item in items if item.contribution_id})
    rows = []
    for item in items:
        away = barred(session, actor, item, back)
        row = _row(actor, item, away.reason if away is not None else "", now)
        number = item.record_id or 0
        rows.append(
            replace(
                row,
                title="" if row.closed else str(item.facts.get("title", "")) or heads.get(number, ""),
                record_kind=kinds.get(number, ""),
                media=media.get(number, 0),
                taken_by=names.get(item.taken_by_id or 0, "") if row.taken_until else "",
                assigned_to=assigned[item.assigned_to_id].name if item.assigned_to_id else "",
                assigned_away=assigned[item.assigned_to_id].away if item.assigned_to_id else "",
                asked=asked.get(item.id, ()),
                unread=bool(read) and item.language not in (*read, "und"),
            )
        )
    del held
    return rows


def _contributions(session: GatedSession, ids: set[int]) -> list[Contribution]:
    return list(session.scalars(select(Contribution).where(Contribution.id.in_(ids)))) if ids else []


def _row(actor: Actor, item: Item, closed: str, now: datetime) -> Row:
    """What the item itself tells; the rest comes from the tables around it."""
    taken = item.taken_until is not None and item.taken_until > now
    return Row(
        public_id=item.public_id,
        kind=item.kind,
        state=item.state,
        title="",
        record_kind="",
        language=item.language,
        flags=[str(flag) for flag in item.flags],
        media=0,
        waiting_since=item.waiting_since,
        late=item.waiting_since <= now - LATE,
        due_on=item.due_on,
        overdue=item.due_on is not None and item.due_on < now.date(),
        family_waits=item.kind in FROM_FAMILIES and item.state in DESKS_TURN,
        approved=item.state == workflow.READY
        and item.revision_id is not None
        and item.approved_revision_id == item.revision_id,
        round=item.round,
        first=item.precedence < 0,
        taken_by_me=taken and item.taken_by_id == actor.account_id,
        taken_until=item.taken_until if taken else None,
        lock_over=not taken and bool(actor.account_id) and item.taken_by_id == actor.account_id,
        assigned_to_me=bool(actor.account_id) and item.assigned_to_id == actor.account_id,
        closed=closed,
    )


def titles(session: GatedSession, records: Iterable[int]) -> dict[int, str]:
    """What heads each record: the person's name, else its title."""
    ids = sorted(records)
    if not ids:
        return {}
    texts = (
        select(Text.record_id, Text.body)
        .where(Text.record_id.in_(ids), Text.role == "title")
        .order_by(Text.position.desc(), Text.id.desc())
    )
    people = (
        select(PersonName.record_id, PersonName.text)
        .where(PersonName.record_id.in_(ids))
        .order_by(PersonName.rank.desc(), PersonName.id.desc())
    )
    found: dict[int, str] = dict(_pairs(session, texts, ids))
    found.update(_pairs(session, people, ids))
    return found


def _media(session: GatedSession, records: Iterable[int]) -> dict[int, int]:
    ids = sorted(records)
    wanted = select(Media.record_id, func.count()).where(Media.record_id.in_(ids)).group_by(Media.record_id)
    return dict(_pairs(session, wanted, ids))


def _pairs(session: GatedSession, wanted: Any, ids: Iterable[int]) -> Iterable[tuple[int, Any]]:
    return [(row[0], row[1]) for row in session.execute(wanted)] if ids else []


def account_names(session: GatedSession, ids: Iterable[int]) -> dict[int, str]:
    """Accounts by id, as colleagues call them."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = session.execute(select(Account.id, Account.name, Account.email).where(Account.id.in_(wanted)))
    return {number: name or email for number, name, email in found}


def names_of(session: GatedSession, labels: Iterable[str]) -> dict[str, str]:
    """Names for the accounts among actors' labels ("account:7" -> "…")."""
    ids = {int(label.split(":")[1]) for label in labels if label.startswith("account:")}
    return {f"account:{number}": name for number, name in account_names(session, ids).items()}


def details_of(text: str) -> Mapping[str, Any]:
    """The details of an audit row, as they were written."""
    found: Mapping[str, Any] = json.loads(text) if text else {}
    return found
