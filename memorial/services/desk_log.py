"""The log of everything that was decided, what custody opened, and what imports left unmatched; all by keyset.

    page = log(session, actor, Wanted(actor="account:3", verb="publish"), now=now, before=cursor)
    page.lines, page.older, page.unfit
    page = log(session, actor, Wanted(), now=now, source=CustodyEvent)
    objects, more = leftovers(session, actor, now=now, after=cursor)

A page looks through no more than `LOOKED` lines, however large the archive: the narrowest filter
has an index, the others are asked of what that one finds. Where nothing fitted, `older` goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import aliased

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.models import Account, AuditEntry, CustodyEvent, ImportedObject, Item
from memorial.services import audit, desk
from memorial.services.desk_item import line_of
from memorial.services.desk_views import Line

PER_PAGE = 50
LOOKED = 2_000
# Two who act in the same moment may be written down in the other order: so many lines around a day's
# first and last are looked at by their time as well.
SLACK = 1_000
MOST_ACCOUNTS = 300

Source = type[AuditEntry] | type[CustodyEvent]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the log is narrowed to; empty means everything. Days are UTC, the last one included."""

    actor: str = ""
    verb: str = ""
    thing: str = ""
    first_day: date | None = None
    last_day: date | None = None
    two: bool = False  # what two people did, or one asked another for


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the newest first. `older` is where the next page begins, 0 for none; `unfit` names broken lines."""

    lines: Sequence[Line]
    older: int = 0
    unfit: Sequence[int] = ()


def sees(session: GatedSession, actor: Actor, wanted: Wanted, *, now: datetime) -> None:
    """Raises NotPermitted: the log is for its roles, what one did oneself is for everybody at the desk."""
    own = bool(actor.account_id) and wanted.actor == actor.label
    _permitted(session, actor, "see_history" if own else "see_log", now)


def log(
    session: GatedSession,
    actor: Actor,
    wanted: Wanted,
    *,
    now: datetime,
    before: int | None = None,
    source: Source = AuditEntry,
) -> Page:
    """One page of it."""
    sees(session, actor, wanted, now=now)
    span = span_of(session, source, wanted)
    if span is None:
        return Page(())
    entries, older = _found(session, source, wanted, [*span, *_before(source, before)])
    if source is CustodyEvent:
        return Page([_opened(entry) for entry in entries], older)
    return Page([line_of(entry) for entry in entries], older, audit.unfit(session, entries))


def _before(source: Any, before: int | None) -> list[ColumnElement[bool]]:
    return [source.id < before] if before else []


def _found(
    session: GatedSession, source: Any, wanted: Wanted, within: Sequence[ColumnElement[bool]]
) -> tuple[list[Any], int]:
    leads, others = filters(source, wanted)
    if not others:
        newest = select(source).where(*leads, *within).order_by(source.id.desc()).limit(PER_PAGE + 1)
        found = session.scalars(newest).all()
        return list(found[:PER_PAGE]), found[PER_PAGE - 1].id if len(found) > PER_PAGE else 0
    stretch = select(source).where(*leads, *within).order_by(source.id.desc()).limit(LOOKED).subquery()
    looked = aliased(source, stretch)
    _, others = filters(looked, wanted)
    found = session.scalars(select(looked).where(*others).order_by(looked.id.desc()).limit(PER_PAGE)).all()
    if len(found) == PER_PAGE:
        return list(found), found[-1].id
    last = session.scalar(select(looked.id).order_by(looked.id.desc()).offset(LOOKED - 1).limit(1))
    return list(found), last or 0


def filters(source: Any, wanted: Wanted) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """The condition that an index answers, and all the others."""
    said = [
        getattr(source, name) == getattr(wanted, name)
        for name in ("thing", "actor", "verb")
        if getattr(wanted, name)
    ]
    others: list[ColumnElement[bool]] = said[1:]
    if wanted.first_day:
        others.append(source.at >= _midnight(wanted.first_day))
    if wanted.last_day:
        others.append(source.at < _midnight(wanted.last_day, 1))
    if wanted.two and hasattr(source, "second"):
        others.append(or_(source.second != "", source.verb.startswith("asked_", autoescape=True)))
    return said[:1], others


def span_of(session: GatedSession, source: Any, wanted: Wanted) -> list[ColumnElement[bool]] | None:
    """The days as numbers of lines, so that nothing outside is walked over; None where nothing lies in them."""
    found: list[ColumnElement[bool]] = []
    if wanted.first_day:
        later = select(source.id).where(source.at >= _midnight(wanted.first_day))
        first = session.scalar(later.order_by(source.at, source.id).limit(1))
        if first is None:
            return None
        found.append(source.id >= first - SLACK)
    if wanted.last_day:
        earlier = select(source.id).where(source.at < _midnight(wanted.last_day, 1))
        last = session.scalar(earlier.order_by(source.at.desc(), source.id.desc()).limit(1))
        if last is None:
            return None
        found.append(source.id <= last + SLACK)
    return found


def _midnight(day: date, after: int = 0) -> datetime:
    try:
        return datetime.combine(day + timedelta(days=after), time(), UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _opened(event: CustodyEvent) -> Line:
    return Line(event.id, event.at, event.actor, event.verb, thing=event.thing)


def rows_about(
    session: GatedSession, actor: Actor, lines: Sequence[Line], *, now: datetime
) -> dict[str, desk.Row]:
    """The items that these lines are about, as this account sees them in the queue."""
    ids = {number for kind, _, number in (line.thing.partition(":") for line in lines) if kind == "item"}
    items = session.scalars(select(Item).where(Item.public_id.in_(ids))).all() if ids else []
    return {f"item:{row.public_id}": row for row in desk.rows_of(session, actor, items, now=now)}


def accounts(session: GatedSession) -> dict[str, str]:
    """Labels and names to choose from."""
    wanted = select(Account.id, Account.name, Account.email).order_by(Account.name, Account.email)
    found = session.execute(wanted.limit(MOST_ACCOUNTS))
    return {f"account:{number}": name or email for number, name, email in found}


def leftovers(
    session: GatedSession, actor: Actor, *, now: datetime, after: tuple[str, str] | None = None
) -> tuple[Sequence[ImportedObject], bool]:
    """Imported objects with references that match nothing, or fields that have no home here."""
    _permitted(session, actor, "see_leftovers", now)
    # A line of a list of names keeps its cells beside it: that is its home.
    no_line = ImportedObject.leftovers["row"].as_string().is_(None)
    homeless = and_(cast(ImportedObject.leftovers, String) != "{}", no_line)
    left = or_(cast(ImportedObject.unmatched, String) != "[]", homeless)
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
