"""Are the files still what was stored? Originals in both places and copies, each looked at again and again.

    for stored in due(session, now=now, second=True): looked = mending.look(…)   # no session open meanwhile
    job_failed(session, medium, "copies", "damaged", now=now)   # work on a file ended for good: one item

What is new is looked at in the next round, all else after 25 days, so that a machine that stood still
has time to look within 30. What cannot be mended is looked at daily: whoever is at the desk brings the
file back from a backup, or finds that it is gone, and closes the item with a word about it. The same
fault of the same file makes no second item.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, delete, func, literal, or_, select

from memorial.gate import Actor, GatedSession
from memorial.models import Contribution, Derivative, Enclosure, Evidence, FileCheck, Item, Media, Record
from memorial.services import review
from memorial.services.audit import Act, record_act
from memorial.storage import Damaged, Missing, NotAStorageKey, Storage

AGAIN: Final = timedelta(days=25)
OVERDUE: Final = timedelta(days=30)
NEW: Final = timedelta(days=1)  # within it what is new was looked at, and what is broken is looked at again
AT_ONCE: Final = 50
SECOND: Final = "second"  # the place of what lies in the second storage; the first has no name
COPY: Final = "copy"
UNCOPIED: Final = "uncopied"  # noted before the copying begins, so that no copy is ever forgotten
ORIGINALS: Final[tuple[tuple[str, Any], ...]] = (
    ("media", Media), ("evidence", Evidence), ("enclosure", Enclosure),
)  # fmt: skip
TABLES: Final = (*ORIGINALS, (COPY, Derivative))


@dataclass(frozen=True, slots=True)
class Stored:
    """A file by what it belongs to ("media", its public id) and the place it lies in."""

    table: str
    public_id: str
    storage_key: str
    place: str = ""
    sha256: str = ""  # of a copy, by its row; an original is named by its own
    made_of: str = ""  # where the original of a copy lies
    uncopied: bool = False

    @property
    def thing(self) -> str:
        return f"{self.table}:{self.public_id}"

    @property
    def address(self) -> str:
        """Under which the look at it is kept."""
        return f"{self.place}/{self.storage_key}" if self.place else self.storage_key


def every(session: GatedSession, second: bool = False) -> Iterator[Stored]:
    """Every file that a row knows, in every place where it should be."""
    for name, table, place in _places(second):
        columns = _columns(name, table).order_by(table.id).execution_options(yield_per=1000)
        for row in session.execute(columns):
            yield _stored(name, place, row)


def _places(second: bool) -> Iterator[tuple[str, Any, str]]:
    yield from ((name, table, "") for name, table in TABLES)
    if second:
        yield from ((name, table, SECOND) for name, table in ORIGINALS)


def _columns(name: str, table: Any) -> Any:
    own = (table.public_id, table.storage_key)
    if name != COPY:
        return select(*own, literal("").label("digest"), literal("").label("made_of"))
    copied = select(*own, table.sha256.label("digest"), Media.storage_key.label("made_of"))
    return copied.join(Media, Media.id == table.media_id)


def _stored(name: str, place: str, row: Any, *, uncopied: bool = False) -> Stored:
    return Stored(name, row.public_id, row.storage_key, place, row.digest, row.made_of, uncopied)


def address_of(table: type[Media | Evidence | Enclosure | Derivative], place: str) -> ColumnElement[str]:
    return literal(f"{place}/", String) + table.storage_key if place else table.storage_key.expression


def due(session: GatedSession, *, now: datetime, second: bool = False, most: int = AT_ONCE) -> list[Stored]:
    """What was never looked at or copied, then what was looked at longest ago. Notes what is about to be copied."""
    found: list[Stored] = []
    for name, table, place in _places(second):
        if len(found) < most:
            found += _never(session, name, table, place, most - len(found))
    copying = [each for each in found if each.uncopied]
    session.add_all(FileCheck(storage_key=each.address, checked_at=now, fault=UNCOPIED) for each in copying)
    session.flush()
    return found + _again(session, now, second, most - len(found), {each.address for each in found})


def _never(session: GatedSession, name: str, table: Any, place: str, most: int) -> list[Stored]:
    wanted = (
        _columns(name, table)
        .outerjoin(FileCheck, FileCheck.storage_key == address_of(table, place))
        .where(FileCheck.storage_key.is_(None))
        .order_by(table.id)
        .limit(most)
    )
    return [_stored(name, place, row, uncopied=bool(place)) for row in session.execute(wanted)]


def _again(session: GatedSession, now: datetime, second: bool, most: int, without: set[str]) -> list[Stored]:
    if most <= 0:
        return []
    wanted = (
        select(FileCheck.storage_key, FileCheck.fault)
        .where(
            or_(
                FileCheck.checked_at < now - AGAIN,
                and_(FileCheck.fault != "", FileCheck.checked_at < now - NEW / 2),
                FileCheck.fault == UNCOPIED,
            )
        )
        .where(FileCheck.storage_key.not_in(without))
        .order_by(FileCheck.checked_at, FileCheck.storage_key)
        .limit(most)
    )
    if not second:
        wanted = wanted.where(FileCheck.storage_key.not_like(f"{SECOND}/%"))
    faults = {row.storage_key: row.fault for row in session.execute(wanted)}
    known = {each.address: each for each in _of(session, list(faults), faults)}
    session.execute(delete(FileCheck).where(FileCheck.storage_key.in_(_gone(faults, known))))
    return [known[address] for address in faults if address in known]


def _gone(addresses: dict[str, str], known: dict[str, Stored]) -> list[str]:
    """Of what lies in the second place the note stays until the file is deleted there (`forgotten`)."""
    return [each for each in addresses if each not in known and not each.startswith(f"{SECOND}/")]


def _of(session: GatedSession, addresses: Sequence[str], faults: dict[str, str]) -> Iterator[Stored]:
    for name, table, place in _places(True):
        prefix = f"{place}/" if place else ""
        keys = [each.removeprefix(prefix) for each in addresses if each.startswith(prefix)]
        if keys:
            for row in session.execute(_columns(name, table).where(table.storage_key.in_(keys))):
                yield _stored(name, place, row, uncopied=faults[prefix + row.storage_key] == UNCOPIED)


def forgotten(session: GatedSession, *, most: int = 500) -> list[str]:
    """Storage keys that lie in the second place and that no row knows any more: erased, or taken out of a draft."""
    key = func.substr(FileCheck.storage_key, len(SECOND) + 2)
    wanted = select(key).where(FileCheck.storage_key.like(f"{SECOND}/%"))
    for _, table in ORIGINALS:
        wanted = wanted.where(~select(table.id).where(table.storage_key == key).exists())
    return list(session.scalars(wanted.limit(most)))


def forget(session: GatedSession, keys: Sequence[str]) -> None:
    """They are deleted in the second place, or never came there."""
    addresses = [f"{SECOND}/{key}" for key in keys]
    session.execute(delete(FileCheck).where(FileCheck.storage_key.in_(addresses)))


def verify(storage: Storage, stored: Stored) -> str:
    """What is wrong with it: damaged, missing, or nothing."""
    return fault_of(storage, stored.storage_key, stored.sha256)


def fault_of(storage: Storage, storage_key: str, sha256: str = "") -> str:
    """An original is compared with its name, a copy with what its row says."""
    try:
        if not sha256:
            storage.verify(storage_key)
        elif storage.checksum(storage_key) != sha256:
            return "damaged"
    except (Damaged, Missing) as wrong:
        return type(wrong).__name__.lower()
    except NotAStorageKey:
        return "missing"
    except OSError as wrong:
        if wrong.errno != errno.EIO:  # the disk itself says that it cannot read it any more
            raise
        return "damaged"
    return ""


def forget_all(session: GatedSession) -> None:
    """After a restore: what was looked at was on another machine."""
    session.execute(delete(FileCheck))


def job_failed(session: GatedSession, medium: Media, job: str, why: str, *, now: datetime) -> Item | None:
    """One item for each file with which nothing more can be done by itself, however often it is found so."""
    thing = f"media:{medium.public_id}"
    wanted = select(Item).where(
        Item.kind == "job", Item.contribution_id.is_not_distinct_from(medium.contribution_id)
    )
    same = wanted.where(Item.record_id == medium.record_id)
    if any(item.facts.get("thing") == thing for item in session.scalars(same)):
        return None
    facts = {"job": job, "thing": thing, "why": why}
    return new_item(session, "job", facts, medium.record_id, medium.contribution_id, now)


def new_item(
    session: GatedSession,
    kind: str,
    facts: dict[str, str],
    record_id: int | None,
    contribution_id: int | None,
    now: datetime,
) -> Item:
    item = review.new_item(
        session,
        kind,
        now=now,
        record=session.get(Record, record_id) if record_id else None,
        contribution=session.get(Contribution, contribution_id) if contribution_id else None,
        facts=facts,
        due_on=review.due_on(now),
    )
    record_act(session, Actor.system(), Act(kind, f"item:{item.public_id}", to_state=item.state), now)
    return item
