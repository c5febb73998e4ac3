"""The contents that one contribution has had in a record, and what was agreed about it: who, when, why.

    page = revisions(session, item, keys=keys, before=0)     # the newest first, PER_PAGE of them
    page = agreements(session, item, before=0)               # what each entry of the ledger changed
    content_of(session, item, 3)                             # one content; NotOpen where it is another's

Lists load numbers and dates, never contents: an item with 500 revisions costs what one with 5 does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from memorial.domain import consent as rules
from memorial.domain.content import Content
from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import ConsentForm, Item, LedgerEntry, Message, Party, Revision
from memorial.services import custody

PER_PAGE = 20
MOST_TO_CHOOSE = 100


@dataclass(frozen=True, slots=True)
class Made:
    """One revision without its content. `before` is the number of the one it followed, 0 for none."""

    number: int
    by: str
    at: datetime
    stands_since: datetime | None
    sha256: str
    before: int = 0
    why: str = ""
    may_come_back: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """Something that is allowed: a part, to whom, for what, from when until when."""

    part: str
    audience: str
    use: str
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One entry of the ledger, and what it changed in what its party had said before."""

    position: int
    party: str
    act: str
    by: str
    at: datetime
    method: str = ""
    form: str = ""
    language: str = ""
    gone: Sequence[Granted] = ()
    come: Sequence[Granted] = ()
    parts: Sequence[str] = ()  # for "need" and "release"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`older` is where the next page begins, 0 for none."""

    lines: Sequence[T]
    older: int = 0


# -- contents ---------------------------------------------------------------------------------


def _of(item: Item, *columns: Any) -> Select[Any]:
    """What this item's contribution (or the archive) has said in its record."""
    mine = Revision.contribution_id.is_not_distinct_from(item.contribution_id)
    wanted = select(*columns).where(Revision.record_id == item.record_id, mine)
    if thing := item.facts.get("thing"):  # a proposed change of one object (services/published)
        return wanted.where(Revision.thing == thing)
    if item.contribution_id is None:  # what is only proposed for the archive's own page is another item's
        return wanted.where(Revision.applied_at.is_not(None))
    return wanted


def revisions(session: GatedSession, item: Item, *, keys: ArchiveKey | None, before: int = 0) -> Page[Made]:
    """The newest first. The reasons are words: without a key they stay closed."""
    wanted = _of(
        item, Revision.id, Revision.number, Revision.made_by, Revision.made_at, Revision.applied_at, Revision.sha256
    )  # fmt: skip
    if before:
        wanted = wanted.where(Revision.number < before)
    found = session.execute(wanted.order_by(Revision.number.desc()).limit(PER_PAGE + 1)).all()
    shown, following = found[:PER_PAGE], [row.number for row in found[1:]]
    whys = reasons(session, keys, [row.id for row in shown]) if keys else {}
    last, said = number_of(session, item), said_last(session, item)
    lines = [
        Made(
            row.number, row.made_by, row.made_at, row.applied_at, row.sha256,
            following[at] if at < len(following) else 0, whys.get(row.id, ""), said <= row.number < last,
        )
        for at, row in enumerate(shown)
    ]  # fmt: skip
    return Page(lines, shown[-1].number if len(found) > PER_PAGE else 0)


def reasons(session: GatedSession, keys: ArchiveKey, ids: Sequence[int]) -> dict[int, str]:
    wanted = select(Message).where(Message.revision_id.in_(ids))
    found = {}
    for message in session.scalars(wanted) if ids else ():
        try:
            found[message.revision_id or 0] = custody.open_words(
                session, keys, message.contribution_id, message.body
            )
        except (NotOpen, CannotDecrypt):
            continue
    return found


def made(session: GatedSession, item: Item, number: int, *, keys: ArchiveKey | None) -> Made:
    """Who made one revision, when and why. Raises NotOpen where this contribution has none of that number."""
    page = revisions(session, item, keys=keys, before=number + 1)
    if not page.lines or page.lines[0].number != number:
        raise NotOpen("revision")
    return page.lines[0]


def numbers(session: GatedSession, item: Item) -> list[int]:
    """The newest of them, oldest first: what a list to choose from holds."""
    wanted = _of(item, Revision.number).order_by(Revision.number.desc()).limit(MOST_TO_CHOOSE)
    return sorted(session.scalars(wanted)) if item.record_id else []


def about(session: GatedSession, item: Item) -> int:
    """The number of the content that a decision is about; 0 where it is about none."""
    wanted = select(Revision.number).where(Revision.id == item.revision_id)
    return int(session.scalar(wanted) or 0) if item.revision_id else 0


def number_of(session: GatedSession, item: Item) -> int:
    """The revision the item is about, else the newest; 0 for none."""
    if item.record_id is None:
        return 0
    return about(session, item) or int(session.scalar(_of(item, func.max(Revision.number))) or 0)


def standing_number(session: GatedSession, item: Item) -> int:
    """The revision that stands in the record now; 0 for none."""
    wanted = _of(item, Revision.number).where(Revision.applied_at.is_not(None))
    return (
        session.scalars(wanted.order_by(Revision.applied_at.desc(), Revision.number.desc()).limit(1)).first()
        or 0
    )


def number_before(session: GatedSession, item: Item, number: int) -> int:
    """The revision that this one followed; 0 for none."""
    return session.scalar(_of(item, func.max(Revision.number)).where(Revision.number < number)) or 0


def said_last(session: GatedSession, item: Item) -> int:
    """The newest revision that is not the desk's own. What the family took out with it stays out."""
    wanted = _of(item, func.max(Revision.number)).where(Revision.made_by.not_like("account:%"))
    return session.scalar(wanted) or 0


def has(session: GatedSession, item: Item, number: int) -> bool:
    return session.scalar(_of(item, Revision.number).where(Revision.number == number)) is not None


def content_of(session: GatedSession, item: Item, number: int) -> Content:
    """One content. Raises NotOpen where this contribution has none of that number."""
    value = session.scalar(_of(item, Revision.content).where(Revision.number == number))
    if value is None:
        raise NotOpen("revision")
    return Content.from_json(value)


# -- what was agreed --------------------------------------------------------------------------


def agreements(session: GatedSession, item: Item, *, before: int = 0) -> Page[Agreement]:
    """Entries of the record's ledger, the newest first, each against what its party had said until then."""
    wanted = (
        select(LedgerEntry, Party.kind, ConsentForm)
        .join(Party, Party.id == LedgerEntry.party_id)
        .outerjoin(ConsentForm, ConsentForm.id == LedgerEntry.form_id)
        .where(LedgerEntry.record_id == item.record_id)
    )
    if before:
        wanted = wanted.where(LedgerEntry.position < before)
    found = session.execute(wanted.order_by(LedgerEntry.position.desc()).limit(PER_PAGE + 1)).all()
    shown = found[:PER_PAGE]
    wills = _wills_before(session, item, [entry for entry, _, _ in shown])
    lines = []
    for entry, party, form in reversed(shown):
        lines.append(_agreement(entry, party, form, wills.get(entry.party_id, {})))
        if entry.act == "will":
            wills[entry.party_id] = rules.will_from_json(entry.will)
    return Page(lines[::-1], shown[-1][0].position if len(found) > PER_PAGE else 0)


def _wills_before(
    session: GatedSession, item: Item, entries: Sequence[LedgerEntry]
) -> dict[int, Mapping[str, Any]]:
    """What each of these parties had said before the first of the entries."""
    if not entries:
        return {}
    wanted = (
        select(func.max(LedgerEntry.id))
        .where(LedgerEntry.record_id == item.record_id, LedgerEntry.act == "will")
        .where(LedgerEntry.position < entries[-1].position)
        .where(LedgerEntry.party_id.in_({entry.party_id for entry in entries}))
        .group_by(LedgerEntry.party_id)
    )
    found = session.scalars(select(LedgerEntry).where(LedgerEntry.id.in_(wanted)))
    return {entry.party_id: rules.will_from_json(entry.will) for entry in found}


def _agreement(
    entry: LedgerEntry, party: str, form: ConsentForm | None, before: Mapping[str, Any]
) -> Agreement:
    is_will = entry.act == "will"
    old, new = (_rows(before), _rows(rules.will_from_json(entry.will))) if is_will else ([], [])
    return Agreement(
        entry.position, party, entry.act, entry.recorded_by, entry.recorded_at, entry.method,
        f"{form.name} {form.version}" if form else "", entry.language,
        gone=[row for row in old if row not in new],
        come=[row for row in new if row not in old],
        parts=() if is_will else tuple(json.loads(entry.will)),
    )  # fmt: skip


def _rows(will: Mapping[str, Any]) -> list[Granted]:
    """No bound where there is none."""
    return [
        Granted(
            part, audience, use,
            window.opens if window.opens != rules.BEGIN else None,
            window.closes if window.closes != rules.FOREVER else None,
        )
        for part, grants in sorted(will.items())
        for (audience, use), window in sorted(grants.items())
    ]  # fmt: skip
