"""One running archive: its settings, database, files, key and clock, opened once per process.

    house = open_house(Settings())
    with house.session(Reader.public(house.moment())) as session: …
    with house.writing(Reader.desk(house.moment())) as session: …   # commits once, at the end

Entry points (web, command line, jobs) open the house and commit; services never do.

`at` is called with a label at the moments between which a crash must lose nothing; tests replace it.
"""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, insert, select

from config import Settings
from memorial import schema, second_place
from memorial.db import make_engine, scrub
from memorial.domain.clock import TrustedClock, utc_now
from memorial.domain.consent import Moment
from memorial.domain.errors import Invalid
from memorial.gate import GatedSession, Reader, session_for
from memorial.keys import ArchiveKey, CannotDecrypt, KeyMissing, make_key_file
from memorial.models import Contribution, Head
from memorial.storage import Storage

log = logging.getLogger("memorial")


def at(label: str) -> None:
    """flushed, second-place-told, committed, files-gone. Does nothing."""


@dataclass(eq=False)
class House:
    """Everything that outlives a request."""

    settings: Settings
    engine: Engine
    storage: Storage
    keys: ArchiveKey
    clock: TrustedClock

    def moment(self) -> Moment:
        """Now, as far as it is trusted; what readers are opened with."""
        return self.clock.moment()

    def now(self) -> datetime:
        """The archive's own time, for what is written down (UTC)."""
        return self.clock.trusted()

    @contextmanager
    def session(self, reader: Reader) -> Iterator[GatedSession]:
        """A session that only reads."""
        with session_for(self.engine, reader) as session:
            yield session

    @cached_property
    def reading_engine(self) -> Engine:
        """For the short reads of pages: on PostgreSQL each statement by itself, as it sees the database then anyway.

        The driver forgets what it has prepared at every ROLLBACK, and a transaction that only read ends with one.
        """
        if self.engine.dialect.name == "sqlite":
            return self.engine
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[GatedSession]:
        """The program's own reading of one moment, however long it takes: what is written meanwhile is not in it."""
        engine = self.engine
        if engine.dialect.name != "sqlite":  # which reads so always
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with session_for(engine, self.keeper()) as session:
            yield session

    @contextmanager
    def writing(self, reader: Reader) -> Iterator[GatedSession]:
        """A session that writes: one commit at the end, nothing at all after an error."""
        with session_for(self.engine, reader, writes=True) as session:
            yield session
            session.flush()
            at("flushed")
            second_place.append_lines(
                self.settings.second_folder, session.info.pop("second_place", []), self._machine
            )
            at("second-place-told")
            session.commit()
        at("committed")
        if "files_to_delete" in session.info:  # an erasure
            for storage_key in session.info.pop("files_to_delete"):
                self.storage.delete(storage_key)
                self._delete_copy(storage_key)
            at("files-gone")
            scrub(self.engine)

    @cached_property
    def second_storage(self) -> Storage | None:
        """Where every original lies a second time; None where there is no such place. Raises OSError while it is away."""
        url = self.settings.second_storage_url
        return Storage(url) if url else None

    def _delete_copy(self, storage_key: str) -> None:
        """What is away at this moment is deleted by the rounds (file_rounds.py): a row says that it is there."""
        if not self.settings.second_storage_url or not storage_key.startswith("originals/"):
            return
        try:
            assert self.second_storage is not None
            self.second_storage.delete(storage_key)
        except Exception:
            log.warning(
                "the second storage could not be reached; the next round deletes what is erased there"
            )

    @property
    def _machine(self) -> str:
        """Several may share the second place; with SQLite there is this one alone."""
        return "" if self.engine.dialect.name == "sqlite" else platform.node()

    def second_lines(self) -> list[dict[str, Any]]:
        """What the second place holds, oldest first."""
        return list(second_place.lines(self.settings.second_folder))

    def keeper(self) -> Reader:
        """The program at its own work: jobs, import, backup."""
        return Reader.keeper(self.moment())


def open_house(
    settings: Settings,
    *,
    wall: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] | None = None,
) -> House:
    """Open the archive, making the data folder, the key and the database on the first start."""
    settings.data.mkdir(parents=True, exist_ok=True)
    # A request may read as two readers and write: no thread waits for another's connection.
    engine = make_engine(settings.database, max_overflow=3 * settings.web_threads)
    found = schema.current(engine)
    if found is not None and found not in schema.revisions():
        raise Invalid("database_is_newer", database=found, program=schema.head())
    if found != schema.head():
        schema.migrate(engine)
    house = House(
        settings,
        engine,
        Storage(settings.storage_url),
        _key_of(settings, engine),
        TrustedClock(wall, monotonic or _steady()),
    )
    _start_clock(house)
    return house


def _key_of(settings: Settings, engine: Engine) -> ArchiveKey:
    """The archive's key, made with the archive. A second machine must be given the first one's: under another, what it
    takes could never be read by the others. Raises KeyMissing."""
    path = settings.archive_key_file
    with session_for(engine, Reader.keeper(Moment(utc_now(), utc_now()))) as session:
        begun = session.scalars(select(Head.id)).first() is not None
        sealed = select(Contribution.wrapped_key).where(Contribution.wrapped_key.is_not(None))
        newest = session.scalars(sealed.order_by(Contribution.id.desc()).limit(1)).first()
    if not path.exists():
        if begun:
            raise KeyMissing(f"this archive has a key, and it is not at {path}")
        make_key_file(path)
    key = ArchiveKey.load(path)
    if newest is not None:
        try:
            key.unwrap(newest)
        except CannotDecrypt as wrong:
            raise KeyMissing(f"the key at {path} is another archive's") from wrong
    return key


def _steady() -> Callable[[], float]:
    """Seconds that no setting of the clock moves, those of a suspended laptop included where Linux counts them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic


def _start_clock(house: House) -> None:
    with house.writing(house.keeper()) as session:
        head = session.scalars(select(Head)).first()
        if head is None:
            session.execute(insert(Head).values(id=1, trusted_time=house.clock.trusted()))
            return
        house.clock.start(head.trusted_time, head.time_distrusted)
        head.time_distrusted = house.clock.distrusted
