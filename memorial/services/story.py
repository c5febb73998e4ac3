"""A record's whole story, the oldest first: what was decided, who said what, every content, what was opened.

    page = story(session, actor, record, now=now, after=cursor)     # NotPermitted
    page.told, page.after, page.kept_back

Four logs in one order of time, each read from where the page begins, so that page 40 costs what page 1
does. It holds ids, verbs and times. Of an item that is closed to this account (it stepped back, a
specialist is needed, a seal) nothing is told but that there is something.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import recused_from
from memorial.gate.permission import barred
from memorial.models import (
    AuditEntry,
    ConsentForm,
    Contribution,
    CustodyEvent,
    Evidence,
    Item,
    LedgerEntry,
    Part,
    Party,
    Record,
    Revision,
)
from memorial.services.cursors import Place, read_cursor, write_cursor
from memorial.services.desk_consent import grant_lines
from memorial.services.desk_item import line_of
from memorial.services.desk_views import Line, Will

PER_PAGE = 50
# In which order lines of one moment stand.
CONTENT, SAID, DECIDED, OPENED = range(4)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of it; which of the last fields is filled says what it is."""

    at: datetime
    rank: int
    id: int
    actor: str
    line: Line | None = None  # decided or opened
    said: Will | None = None
    act: str = ""  # of what was said: need, release or will
    revision: int = 0
    stands: datetime | None = None  # a content: since when


@dataclass(frozen=True, slots=True)
class Story:
    told: Sequence[Told]
    after: str = ""
    items: Sequence[Item] = ()
    kept_back: str = ""  # why something is not told, where something is not


@dataclass(frozen=True, slots=True)
class _Open:
    """What of the record this account is told of."""

    session: GatedSession
    record: Record
    items: Sequence[Item]
    closed: frozenset[int]  # contributions
    refs: Sequence[str]  # of the closed ones, as they stand in the log
    custody: bool


@dataclass(frozen=True, slots=True)
class _From:
    at: datetime
    rank: int
    id: int


def find(session: GatedSession, public_id: str) -> Record:
    """The record, as far as this reader has one. Raises NotOpen."""
    wanted = select(Record).where(Record.public_id == public_id)
    record = session.scalars(wanted).first() if is_public_id(public_id) else None
    if record is None:
        raise NotOpen("record")
    return record


def story(session: GatedSession, actor: Actor, record: Record, *, now: datetime, after: str = "") -> Story:
    """One page. Raises NotPermitted with the reason where all of it is closed to this account."""
    verdict = may(session, actor, "see_history", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    open_ones, reason = _open(session, actor, record, now)
    place = _place(after)
    found = [told for source in SOURCES for told in source(open_ones, place)]
    found.sort(key=lambda told: (told.at, told.rank, told.id))
    more = len(found) > PER_PAGE
    page = found[:PER_PAGE]
    return Story(page, _cursor(page[-1]) if more else "", open_ones.items, reason)


def _open(session: GatedSession, actor: Actor, record: Record, now: datetime) -> tuple[_Open, str]:
    about = Item.record_id == record.id
    items = session.scalars(select(Item).where(about, Item.state != workflow.DRAFT).order_by(Item.id)).all()
    theirs = select(Item.contribution_id).where(about, Item.contribution_id.is_not(None))
    # Held until the verdicts are made: whether one is sealed is then asked of what the session has.
    contributions = session.scalars(select(Contribution).where(Contribution.id.in_(theirs))).all()
    back = recused_from(session, actor, items)
    verdicts = {item.id: barred(session, actor, item, back) for item in items}
    reasons = {number: verdict.reason for number, verdict in verdicts.items() if verdict is not None}
    if items and len(reasons) == len(items):
        raise NotPermitted(reasons[items[0].id])
    seen = {item.contribution_id for item in items if item.id not in reasons}
    # One closed item closes all that its contribution did, whoever may read another of its items.
    seen -= {item.contribution_id for item in items if item.id in reasons}
    closed = {each.id: each.public_id for each in contributions if each.id not in seen}
    custody = bool(may(session, actor, "see_log", now=now))
    left = [item for item in items if item.id not in reasons]
    told = _Open(
        session, record, left, frozenset(closed), [f"family:{ref}" for ref in closed.values()], custody
    )
    return told, next(iter(reasons.values()), "")


def _place(after: str) -> _From | None:
    if not after:
        return None
    place = read_cursor(after)
    rank, _, moment = (place.value or "").partition(" ")
    try:
        at = datetime.fromisoformat(moment)
        number = int(rank)
    except ValueError as error:
        raise Invalid("cursor", field="cursor") from error
    if at.tzinfo is None or number not in range(4):
        raise Invalid("cursor", field="cursor")
    return _From(at, number, place.id)


def _cursor(told: Told) -> str:
    return write_cursor(Place(f"{told.rank} {told.at.isoformat()}", told.id))


def _beyond(place: _From | None, at: Any, number: Any, rank: int) -> list[ColumnElement[bool]]:
    """What comes after a place in the common order, in this one of the logs."""
    if place is None:
        return []
    if rank > place.rank:
        return [at >= place.at]
    if rank < place.rank:
        return [at > place.at]
    return [at >= place.at, or_(at > place.at, number > place.id)]


# -- the four logs ------------------------------------------------------------------------------


def _contents(told: _Open, place: _From | None) -> list[Told]:
    wanted = (
        select(Revision.id, Revision.number, Revision.made_by, Revision.made_at, Revision.applied_at)
        .where(Revision.record_id == told.record.id, _not_closed(Revision.contribution_id, told))
        .where(*_beyond(place, Revision.made_at, Revision.id, CONTENT))
        .order_by(Revision.made_at, Revision.id)
    )
    return [
        Told(row.made_at, CONTENT, row.id, row.made_by, revision=row.number, stands=row.applied_at)
        for row in told.session.execute(wanted.limit(PER_PAGE + 1))
    ]


def _not_closed(column: Any, told: _Open) -> ColumnElement[bool]:
    return or_(column.is_(None), column.not_in(told.closed))


def _said(told: _Open, place: _From | None) -> list[Told]:
    wanted = (
        select(LedgerEntry, Party.kind, ConsentForm)
        .join(Party, Party.id == LedgerEntry.party_id)
        .outerjoin(ConsentForm, ConsentForm.id == LedgerEntry.form_id)
        .where(LedgerEntry.record_id == told.record.id, _not_closed(Party.contribution_id, told))
        .where(*_beyond(place, LedgerEntry.recorded_at, LedgerEntry.id, SAID))
        .order_by(LedgerEntry.recorded_at, LedgerEntry.id)
    )
    hidden = frozenset(
        told.session.scalars(
            select(Part.key).where(Part.record_id == told.record.id, Part.contribution_id.in_(told.closed))
        )
    )
    return [
        Told(
            entry.recorded_at,
            SAID,
            entry.id,
            entry.recorded_by,
            said=_words(entry, kind, form, hidden),
            act=entry.act,
        )
        for entry, kind, form in told.session.execute(wanted.limit(PER_PAGE + 1))
    ]


def _words(entry: LedgerEntry, kind: str, form: ConsentForm | None, hidden: frozenset[str]) -> Will:
    """What a party said, without the parts of a contribution that is closed to this account."""
    will = Will(
        kind,
        needed=entry.act != "release",
        at=entry.recorded_at,
        form=f"{form.name} {form.version}" if form else "",
        form_approved=form is None or bool(form.approved_by),
        language=entry.language,
    )
    if entry.act != "will":
        keys = [key for key in json.loads(entry.will) if key not in hidden]
        return replace(will, parts_kept_back=tuple(sorted(keys)))
    said = {key: grants for key, grants in rules.will_from_json(entry.will).items() if key not in hidden}
    kept_back = tuple(sorted(key for key, grants in said.items() if not grants))
    return replace(will, grants=tuple(grant_lines(said)), parts_kept_back=kept_back)


def _own(told: _Open) -> set[int]:
    return {item.contribution_id for item in told.items if item.contribution_id} - told.closed


def _things(told: _Open) -> list[str]:
    refs = told.session.scalars(select(Contribution.public_id).where(Contribution.id.in_(_own(told)))).all()
    found = [f"record:{told.record.public_id}", *(f"item:{item.public_id}" for item in told.items)]
    return [*found, *(f"contribution:{ref}" for ref in refs)]


def _decided(told: _Open, place: _From | None) -> list[Told]:
    wanted = (
        select(AuditEntry)
        .where(AuditEntry.thing.in_(_things(told)), AuditEntry.actor.not_in(told.refs))
        .where(*_beyond(place, AuditEntry.at, AuditEntry.id, DECIDED))
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [
        Told(entry.at, DECIDED, entry.id, entry.actor, line=line_of(entry))
        for entry in told.session.scalars(wanted.limit(PER_PAGE + 1))
    ]


def _opened(told: _Open, place: _From | None) -> list[Told]:
    """For whoever reads the log: it says who of the colleagues opened what."""
    if not told.custody:
        return []
    own = _own(told)
    proofs = select(Evidence.public_id).where(
        Evidence.record_id == told.record.id, _not_closed(Evidence.contribution_id, told)
    )
    things = [
        f"record:{told.record.public_id}",
        *(f"evidence:{each}" for each in told.session.scalars(proofs)),
    ]
    wanted = (
        select(CustodyEvent)
        .where(or_(CustodyEvent.contribution_id.in_(own), CustodyEvent.thing.in_(things)))
        .where(*_beyond(place, CustodyEvent.at, CustodyEvent.id, OPENED))
        .order_by(CustodyEvent.at, CustodyEvent.id)
    )
    return [
        Told(event.at, OPENED, event.id, event.actor, line=Line(event.id, event.at, event.actor, event.verb, thing=event.thing))
        for event in told.session.scalars(wanted.limit(PER_PAGE + 1))
    ]  # fmt: skip


SOURCES = (_contents, _said, _decided, _opened)
