"""A file is looked at; one that is damaged or gone is mended from the other place, and a copy made anew.

    looked = look(storage, second, stored)     # reads, copies, mends; no session open meanwhile
    if not note(session, looked, now=now).known: forgotten it was while it was read: delete it

What cannot be mended becomes one item for the desk. What was mended stands in the custody log and in
the report, and asks nobody for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select

from memorial.gate import Actor, GatedSession
from memorial.models import Derivative, FileCheck, Item, Media
from memorial.services import custody, fixity, recordings
from memorial.services.fixity import COPY, SECOND, Stored
from memorial.services.photographs import BROKEN, CONVERT, COPIES, copies_changed
from memorial.storage import Damaged, Missing, Storage

_VERBS: Final = {"": ("checked", "mended"), SECOND: ("copy_checked", "copy_mended")}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found at a file, and whether that is mended: brought from the other place, or to be made anew."""

    stored: Stored
    fault: str = ""
    mended: bool = False

    @property
    def stays(self) -> str:
        return "" if self.mended else self.fault


@dataclass(frozen=True, slots=True)
class Noted:
    """Whether a row still knows the file, and the item where a fault is new."""

    known: bool
    item: Item | None = None


def look(storage: Storage, second: Storage | None, stored: Stored) -> Looked:
    """Read a file whole. What is to be copied for the first time is copied, and read back."""
    here, there = (second, storage) if stored.place else (storage, second)
    if here is None:
        raise ValueError("a file of the second storage, and there is none")
    fault = fixity.verify(here, stored)
    if not fault:
        return Looked(stored, fault)
    if stored.table == COPY:
        return Looked(stored, fault, mended=not fixity.fault_of(storage, stored.made_of))
    return Looked(stored, fault, mended=there is not None and _bring(there, here, stored.storage_key))


def _bring(whole: Storage, broken: Storage, storage_key: str) -> bool:
    """A file from the place where it is whole, read back where it was broken; False where neither has it."""
    try:
        with whole.open_sealed(storage_key) as source:
            broken.put_sealed(storage_key, source, overwrite=True)
        broken.verify(storage_key)
    except (Damaged, Missing):
        return False
    return True


def note(session: GatedSession, looked: Looked, *, now: datetime) -> Noted:
    """Write down that a file was looked at, copied or mended."""
    stored = looked.stored
    row = _row_of(session, stored)
    if row is None:
        return Noted(False)  # it went while it was read
    before = session.get(FileCheck, stored.address, with_for_update=True)
    known = before.fault if before is not None else ""
    session.merge(FileCheck(storage_key=stored.address, checked_at=now, fault=looked.stays))
    if stored.table == COPY:
        if looked.fault:
            _make_anew(session, row, looked, now)
        return Noted(True)
    for verb, digest in _said(looked, row.sha256):
        custody.log(session, Actor.system(), verb, stored.thing, row.contribution_id, now=now, digest=digest)
    if looked.mended and stored.table == "media" and not stored.place:
        _take_up(session, row)
    session.flush()
    if looked.stays in ("", known):
        return Noted(True)
    facts = {"thing": stored.thing, "file": stored.storage_key, "fault": looked.stays}
    facts |= {"place": stored.place} if stored.place else {}
    record_id = getattr(row, "record_id", None)
    return Noted(True, fixity.new_item(session, "fixity", facts, record_id, row.contribution_id, now))


def _row_of(session: GatedSession, stored: Stored) -> Any:
    table = dict(fixity.TABLES)[stored.table]
    return session.scalars(select(table).where(table.storage_key == stored.storage_key)).first()


def _said(looked: Looked, sha256: str) -> list[tuple[str, str]]:
    """What the custody log says of a look, each with its digest."""
    checked, mended = _VERBS[looked.stored.place]
    if looked.stored.uncopied:
        return [(checked, looked.stays)] if looked.stays else [("copied", sha256)]
    return [(checked, looked.fault or sha256), *([(mended, sha256)] if looked.mended else [])]


def _take_up(session: GatedSession, medium: Media) -> None:
    """What could not be done with a broken original can be done now."""
    if medium.failed in BROKEN:
        medium.failed = ""
        if medium.due == COPIES:
            recordings.make_anew(session, medium)


def _make_anew(session: GatedSession, row: Derivative, looked: Looked, now: datetime) -> None:
    """A copy that is not what was made is no longer served. It is made anew where its original is whole, all copies of
    a photograph together; where it is not, the others stay, and the work waits until the original is mended."""
    medium = session.get_one(Media, row.media_id)
    heard = medium.role in recordings.ROLES
    wanted = select(Derivative).where(Derivative.media_id == medium.id)
    gone = [row] if heard or not looked.mended else session.scalars(wanted).all()
    files = [each.storage_key for each in gone]
    for each in gone:
        session.delete(each)
    session.execute(delete(FileCheck).where(FileCheck.storage_key.in_(files)))
    session.info.setdefault("files_to_delete", []).extend(files)
    medium.due, medium.progress = CONVERT if heard else COPIES, 0
    medium.failed = "" if looked.mended else looked.fault
    custody.log(
        session, Actor.system(), "remade", f"media:{medium.public_id}", medium.contribution_id, now=now,
        digest=looked.fault,
    )  # fmt: skip
    session.flush()
    copies_changed(session, medium)
