"""Rounds over the files, beside the queue: copied to the second storage, looked at, mended, and forgotten there.

    keeper(house)            # a thread of the worker, for as long as it lives
    fixity_round(house)      # all that is due now; returns how many files stay broken

No task of the queue: reading a large file takes longer than the minute's round may wait.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from memorial import turns
from memorial.house import House
from memorial.long_jobs import alone
from memorial.models import FileCheck
from memorial.services import file_report, fixity, mending, reckonings
from memorial.services.fixity import SECOND, UNCOPIED, Stored
from memorial.services.mending import Looked
from memorial.storage import Missing, Storage

log = logging.getLogger("memorial.jobs")

MARK: Final = "second-storage"  # in derived/: an unmounted disk's empty folder has none
COUNTED: Final = timedelta(hours=1)
_TOGETHER: Final = 5.0  # seconds of looking that are written down in one transaction


class Away(Exception):
    """The second storage is not there, or what is there is not it."""


def keeper(house: House, *, every: float = 60.0) -> None:
    """Whoever comes second waits for the end of the first."""
    pause = threading.Event()  # that nobody sets: it ends with the process
    with alone(house, "files.lock", wait=True):
        while True:
            try:
                with turns.taken(house, "files") as mine:
                    if mine:
                        fixity_round(house)
            except Exception:
                log.exception("the files are left for the next round")
            pause.wait(every)


def once(house: House) -> int:
    """What is due now, unless a worker is at it."""
    with alone(house, "files.lock", wait=False) as first:
        return fixity_round(house) if first else 0


def fixity_round(house: House) -> int:
    """All that is due now. Returns how many files were found broken and stay so."""
    second, state = _second_of(house)
    tally: Counter[str] = Counter()
    try:
        while due := _due(house, second is not None):
            for looked in _looked_at(house, second, due):
                tally += _note(house, second, looked)
        tally += _delete_forgotten(house, second)
    finally:
        _count(house, tally, state)
    return tally["left"]


def _second_of(house: House) -> tuple[Storage | None, str]:
    try:
        second = opened(house)
    except Exception as wrong:  # a network, a disk, a bucket: whatever it is, the rest is looked at
        log.error("the second storage is away: %s", wrong)
        return None, "away"
    return second, "there" if second is not None else "none"


def opened(house: House) -> Storage | None:
    """The second storage, if there is to be one. Raises Away where it has lost its mark, OSError where it is not there."""
    second = house.second_storage
    if second is None:
        return None
    try:
        second.open_derived(MARK).close()
    except Missing as wrong:
        with house.session(house.keeper()) as session:
            copied = FileCheck.storage_key.like(f"{SECOND}/%") & (FileCheck.fault != UNCOPIED)
            if session.scalars(select(FileCheck.storage_key).where(copied).limit(1)).first() is not None:
                raise Away(f"{house.settings.second_storage_url} has no derived/{MARK}") from wrong
        second.put_derived(MARK, b"Originals of a memorial, a second time.\n")
    return second


def _due(house: House, second: bool) -> list[Stored]:
    with house.writing(house.keeper()) as session:
        return fixity.due(session, now=house.now(), second=second)


def _looked_at(house: House, second: Storage | None, due: Sequence[Stored]) -> Iterator[list[Looked]]:
    """Some seconds' worth at a time."""
    some: list[Looked] = []
    begun = time.monotonic()
    for stored in due:
        some.append(mending.look(house.storage, second, stored))
        if time.monotonic() - begun > _TOGETHER:
            yield some
            some, begun = [], time.monotonic()
    yield some


def _note(house: House, second: Storage | None, some: Sequence[Looked]) -> Counter[str]:
    tally, gone = write_down(house, some)
    for stored in gone:  # erased while it was read, and perhaps brought back by that
        for storage in (house.storage, second):
            if storage is not None:
                storage.delete(stored.storage_key)
    return tally


def write_down(house: House, some: Sequence[Looked]) -> tuple[Counter[str], list[Stored]]:
    """What was found, in one transaction: its numbers, and the files that no row knows any more."""
    tally: Counter[str] = Counter()
    gone = []
    with house.writing(house.keeper()) as session:
        for looked in some:
            if mending.note(session, looked, now=house.now()).known:
                tally += file_report.tally_of(looked)
            else:
                gone.append(looked.stored)
    return tally, gone


def _delete_forgotten(house: House, second: Storage | None) -> Counter[str]:
    """In the second storage what no row knows any more: erased while it was away, or taken out of a draft."""
    if second is None:
        return Counter()
    with house.session(house.keeper()) as session:
        keys = fixity.forgotten(session)
    deleted = sum(second.delete(key) for key in keys)
    if keys:
        with house.writing(house.keeper()) as session:
            fixity.forget(session, keys)
    return Counter(deleted=deleted)


def _count(house: House, tally: Counter[str], state: str) -> None:
    """For the report: when something was done, and every hour."""
    now = house.now()
    with house.session(house.keeper()) as session:
        kept = reckonings.kept(session, file_report.NAME)
        if not tally and kept is not None and kept.result.get("second") == state and now - kept.at < COUNTED:
            return
    with house.writing(house.keeper()) as session:
        file_report.add_day(session, tally, state, now=now)
