"""The queue: what waits at the desk, the oldest first, before all else take-downs and words that speak of harm.

    page = queue(session, actor, Filters(kind="contribution"), now=now, after=cursor)
    page.rows, page.pinned, page.counts, page.after

Rows say what a moderator needs before opening an item. Of an item this account keeps away
from (it stepped back, or a specialist is needed) the row tells that and no name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, not_, or_, select

from memorial.domain import workflow
from memorial.domain.errors import Invalid
from memorial.gate import Actor, GatedSession
from memorial.gate.permission import barred, recused_from
from memorial.models import Account, Contribution, Item, Media, PersonName, Record, Text
from memorial.services.cursors import Place, read_cursor, write_cursor

PER_PAGE = 30
LATE = timedelta(days=5)
PINNED = ("take_down",)
# States in which the family waits for the desk, for the kinds that come from families.
DESKS_TURN = (workflow.SUBMITTED, workflow.IN_REVIEW)
FROM_FAMILIES = ("contribution", "revision", "tribute", "erasure", "lost_code")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; empty means everything that is open."""

    kind: str = ""
    state: str = ""
    language: str = ""
    mine: bool = False
    text_only: bool = False
    without_graphic: bool = False
    returned: bool = False
    late: bool = False
    passed: bool = False  # show those too that this account passed on


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
    family_waits: bool
    round: int
    taken_by: str = ""
    taken_by_me: bool = False
    taken_until: datetime | None = None
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of it. `counts` are of everything open: (kind, state) -> number."""

    rows: Sequence[Row]
    pinned: Sequence[Row] = ()
    after: str = ""
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    languages: Sequence[str] = ()


def queue(session: GatedSession, actor: Actor, filters: Filters, *, now: datetime, after: str = "") -> Queue:
    """One page of what is open, by keyset."""
    conditions = _conditions(actor, filters, now)
    order = (Item.precedence, Item.waiting_since, Item.id)
    pinned_first = or_(Item.kind.in_(PINNED), Item.precedence < 0)
    first = not after
    pinned: Sequence[Item] = ()
    if first:
        wanted = select(Item).where(*conditions, pinned_first).order_by(*order).limit(PER_PAGE)
        pinned = session.scalars(wanted).all()
    page = select(Item).where(*conditions, not_(pinned_first), *_beyond(after)).order_by(*order)
    found = session.scalars(page.limit(PER_PAGE + 1)).all()
    rows = rows_of(session, actor, [*pinned, *found[:PER_PAGE]], now=now)
    last = _cursor(found[PER_PAGE - 1]) if len(found) > PER_PAGE else ""
    return Queue(rows[len(pinned) :], rows[: len(pinned)], last, counts(session), languages(session))


def counts(session: GatedSession) -> dict[tuple[str, str], int]:
    """How many are open, by kind and state."""
    wanted = (
        select(Item.kind, Item.state, func.count())
        .where(Item.state.in_(workflow.OPEN_STATES))
        .group_by(Item.kind, Item.state)
    )
    return {(kind, state): number for kind, state, number in session.execute(wanted)}


def languages(session: GatedSession) -> list[str]:
    """The languages of what is open."""
    wanted = select(Item.language).where(Item.state.in_(workflow.OPEN_STATES)).distinct()
    return sorted(session.scalars(wanted))


def _conditions(actor: Actor, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    states = [filters.state] if filters.state in workflow.OPEN_STATES else workflow.OPEN_STATES
    wanted: list[ColumnElement[bool]] = [Item.state.in_(states)]
    if filters.kind:
        wanted.append(Item.kind == filters.kind)
    if filters.language:
        wanted.append(Item.language == filters.language)
    if filters.mine:
        wanted.append(and_(Item.taken_by_id == actor.account_id, Item.taken_until > now))
    if filters.text_only:
        wanted.append(~_has(Item.flags, "media"))
    if filters.without_graphic:
        wanted.append(~_has(Item.flags, "graphic"))
    if filters.returned:
        wanted.append(Item.round > 1)
    if filters.late:
        wanted.append(Item.waiting_since <= now - LATE)
    if not filters.passed:
        wanted.append(~_has(Item.facts, passed_key(actor)))
    return wanted


def passed_key(actor: Actor) -> str:
    """Under which fact an item remembers that this account passed it on."""
    return f"passed:{actor.account_id}"


def _has(column: Any, word: str) -> ColumnElement[bool]:
    """Whether a JSON list or object holds this word, on both engines; the words are ours, without signs."""
    found: ColumnElement[bool] = cast(column, String).contains(f'"{word}"', autoescape=True)
    return found


def _cursor(item: Item) -> str:
    return write_cursor(Place(f"{item.precedence} {item.waiting_since.isoformat()}", item.id))


def _beyond(after: str) -> list[ColumnElement[bool]]:
    """What comes after a cursor. Raises Invalid for one that is none of ours."""
    if not after:
        return []
    place = read_cursor(after)
    try:
        precedence, _, moment = (place.value or "").partition(" ")
        rank, since = int(precedence), datetime.fromisoformat(moment)
    except ValueError as error:
        raise Invalid("cursor", field="cursor") from error
    if since.tzinfo is None or rank not in (0, 1):
        raise Invalid("cursor", field="cursor")
    later = or_(Item.waiting_since > since, and_(Item.waiting_since == since, Item.id > place.id))
    return [or_(Item.precedence > rank, and_(Item.precedence == rank, later))]


# -- rows -----------------------------------------------------------------------------------


def rows_of(session: GatedSession, actor: Actor, items: Sequence[Item], *, now: datetime) -> list[Row]:
    """Items as lines of a list; a handful of queries however many there are."""
    records = {item.record_id for item in items if item.record_id}
    kinds = dict(_pairs(session, select(Record.id, Record.kind).where(Record.id.in_(records)), records))
    heads = titles(session, records)
    media = _media(session, records)
    names = account_names(session, {item.taken_by_id for item in items if item.taken_by_id})
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
                title="" if row.closed else heads.get(number, ""),
                record_kind=kinds.get(number, ""),
                media=media.get(number, 0),
                taken_by=names.get(item.taken_by_id or 0, "") if row.taken_until else "",
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
        family_waits=item.kind in FROM_FAMILIES and item.state in DESKS_TURN,
        round=item.round,
        taken_by_me=taken and item.taken_by_id == actor.account_id,
        taken_until=item.taken_until if taken else None,
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
