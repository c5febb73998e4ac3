"""Backup: the whole archive as one encrypted file, or what is new since the last whole one. `restore.py` reads it back.

    made = write_backup(house.snapshot, storage, keys, folder, made_at=now)      # a keeper's sessions
    manifest = verify(keys, path)                                                # Damaged where it is not whole

The file is a tar stream inside age, encrypted to the archive's key, which is never in it (backup_files.py). Tables are
JSON Lines of one moment of the database, so that a backup made on SQLite restores on PostgreSQL and the other way
round. Originals go in as the ciphertext they are; copies are made again. Nothing unencrypted touches the disk.

A backup that builds on a whole one holds all tables, and of the originals those that the files of its series do not
hold yet. What it builds on is read through before, so that nothing is built on a file that has rotted. A series lives
as long as its whole backup may, and a new one begins half-way.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, select

from memorial.db import Base
from memorial.domain.errors import Invalid
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Enclosure, Evidence, Head, Media, UploadPiece
from memorial.services import backup_files
from memorial.services.backup_files import LIST, MANIFEST, SUFFIX, Growing, Written, series_of, stamp
from memorial.storage import Missing, Storage
from memorial.storage.files import fsync_folder

ROWS_IN_A_MEMBER: Final = 2000
_TRIES: Final = 5
_TOLD_EVERY: Final = 500
Progress = Callable[[str], None]
Opened = Callable[[], AbstractContextManager[GatedSession]]


def at(label: str) -> None:
    """pieces-written, tables-written, originals-written, verified, listed. Does nothing."""


@dataclass
class Report:
    """What was written or read, for the person at the machine."""

    path: str = ""
    made_at: str = ""
    rows: int = 0
    originals: int = 0
    held: int = 0  # originals that earlier files of the series hold
    needs: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    audit: list[Any] = field(default_factory=list)
    replayed: int = 0
    locked: bool = False


@dataclass
class Series:
    """The series that a backup builds on: its stamp, and which file holds which original."""

    series: str = ""
    held: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)


class _Overtaken(Exception):
    """Pieces of an upload were put together while the backup reached for them: another moment, then."""


def silent(_words: str) -> None:
    return None


def write_backup(
    opened: Opened,
    storage: Storage,
    keys: ArchiveKey,
    folder: Path,
    *,
    now: Callable[[], datetime],
    schema_revision: str,
    second: Storage | None = None,
    whole: bool = False,
    keep_days: int = 90,
    progress: Progress = silent,
) -> Report:
    """Write one backup file, read it back, and only then give it its name. Raises Damaged if it does not verify."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        made_at = now()
        base = Series() if whole else _base(keys, folder, made_at, keep_days, progress)
        path = folder / (backup_files.name_of(made_at, base.series) + SUFFIX)
        if path.exists():
            raise Invalid("backup_there", path=str(path))
        job = _Job(opened, storage, second, base, schema_revision, progress)
        report, manifest, written = _written(job, keys, path, now)
        at("verified")
        backup_files.keep_list(keys, path, manifest, written)
        at("listed")
        path.with_suffix(".growing").rename(path)
        fsync_folder(folder)
    return report


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time; what one that was killed left half written goes."""
    with (folder / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Invalid("backup_under_way", folder=str(folder)) from None
        for left in folder.glob("memorial-*.growing"):
            left.unlink()
        for left in folder.glob(f"memorial-*{LIST}"):
            if not left.with_name(left.name.removesuffix(LIST) + SUFFIX).exists():
                left.unlink()
        yield


def _base(keys: ArchiveKey, folder: Path, made_at: datetime, keep_days: int, progress: Progress) -> Series:
    """The newest series, if it is young enough and every file of it is what was written; else nothing."""
    there = backup_files.backups_in(folder)
    base = Series(max(map(series_of, there), default=""))
    if not base.series or base.series < stamp(made_at - timedelta(days=keep_days) / 2):
        return Series()
    for path in there:
        if series_of(path) != base.series:
            continue
        told = backup_files.read_list(keys, path)
        progress(f"reading {path.name}, to build on it")
        if told is None or backup_files.digest_of(path) != told[1].sha256:
            progress(f"{path.name} is not what was written: a whole backup is made")
            return Series()
        base.sums[path.name] = told[1].sha256
        bad = {*told[0].get("damaged", ())}
        held = (name for name in told[0]["members"] if name.startswith("originals/") and name not in bad)
        base.held |= dict.fromkeys(held, path.name)
    whole = f"memorial-{base.series}{SUFFIX}"
    return base if whole in base.sums else Series()


@dataclass
class _Job:
    """What a backup is written from."""

    opened: Opened
    storage: Storage
    second: Storage | None
    base: Series
    schema: str
    progress: Progress


def _written(
    job: _Job, keys: ArchiveKey, path: Path, now: Callable[[], datetime]
) -> tuple[Report, Mapping[str, Any], Written]:
    """The file under its growing name, and what reading it back says."""
    growing = path.with_suffix(".growing")
    try:
        for left in reversed(range(_TRIES)):
            report = Report(str(path), now().isoformat())
            try:
                with backup_files.writing(keys, growing) as out:
                    _write_members(job, out, report, last=not left)
                break
            except _Overtaken:
                growing.unlink()
        job.progress("reading it back")
        return report, *backup_files.read_back(keys, growing)
    except BaseException:
        growing.unlink(missing_ok=True)
        raise


def _write_members(job: _Job, out: Growing, report: Report, *, last: bool) -> None:
    """Pieces of uploads first, which may be gone in a moment; the rest can only go by somebody's wish to delete it."""
    counts: dict[str, int] = {}
    with job.opened() as session:
        head = session.execute(select(Head.audit_count, Head.audit_hash)).one()
        pieces = set(session.scalars(select(UploadPiece.storage_key)))
        gone = _add_originals(job, out, report, sorted(pieces))
        if gone and not last:
            raise _Overtaken
        at("pieces-written")
        for table in Base.metadata.sorted_tables:
            job.progress(table.name)
            counts[table.name] = 0
            for number, lines in enumerate(_chunks(session, table)):
                counts[table.name] += len(lines)
                out.add(f"tables/{table.name}/{number:06}.jsonl", "".join(lines).encode())
        files = [key for key in _files(session) if key not in pieces]
    at("tables-written")  # nothing of the database is held open while originals are copied
    gone += _add_originals(job, out, report, files)
    at("originals-written")
    report.rows = sum(counts.values())
    report.audit = list(head)
    with job.opened() as session:
        report.missing = _still_known(session, gone)
    report.needs = sorted({job.base.held[key] for key in [*pieces, *files] if key in job.base.held})
    manifest = {
        "made_at": report.made_at, "schema": job.schema, "tables": counts, "members": out.members,
        "missing": report.missing, "damaged": report.damaged, "audit": report.audit,
        "held": {key: job.base.held[key] for key in [*pieces, *files] if key in job.base.held},
        "needs": {name: job.base.sums[name] for name in report.needs},
    }  # fmt: skip
    out.add(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())


def _chunks(session: GatedSession, table: Table) -> Iterator[list[str]]:
    """A table's rows as JSON lines, in the order of its key, so many at a time."""
    wanted = select(table).order_by(*table.primary_key.columns)
    rows = session.execute(
        wanted, execution_options={"past_the_gate": "backup", "yield_per": ROWS_IN_A_MEMBER}
    )
    names = tuple(rows.keys())
    for chunk in rows.partitions():
        yield [_AS_JSON.encode(dict(zip(names, row, strict=True))) + "\n" for row in chunk]


def _plain(value: Any) -> str:
    """What JSON has no word for."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"no column has {type(value).__name__}")


_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, default=_plain)


_FILES: Final[tuple[Any, ...]] = (Media, UploadPiece, Evidence, Enclosure)


def _files(session: GatedSession) -> list[str]:
    """Every original, and the pieces of those that are not put together yet."""
    wanted = (select(table.storage_key).order_by(table.id) for table in _FILES)
    return list(dict.fromkeys(key for each in wanted for key in session.scalars(each)))


def _still_known(session: GatedSession, keys: list[str]) -> list[str]:
    """Of files that were not there: what a row still names. The others were erased or put together meanwhile."""
    if not keys:
        return []
    known = set(_files(session))
    return [key for key in keys if key in known]


def _add_originals(job: _Job, out: Growing, report: Report, files: list[str]) -> list[str]:
    """What no earlier file of the series holds. Returns what is in no place at all."""
    new = [key for key in files if key not in job.base.held]
    report.held += len(files) - len(new)
    gone = []
    for number, key in enumerate(new):
        if number and number % _TOLD_EVERY == 0:
            job.progress(f"{number} of {len(new)} originals")
        if not _add_original(job, out, report, key):
            gone.append(key)
    return gone


def _add_original(job: _Job, out: Growing, report: Report, key: str) -> bool:
    """From whichever place has it whole; whether it was anywhere."""
    found = False
    for storage in (job.storage, job.second):
        if storage is None:
            continue
        try:
            with storage.open_sealed(key) as source:
                whole = out.add_file(key, source) == key.rsplit("/", 1)[-1]
        except Missing:
            continue
        found = True
        if whole:
            report.originals += 1
            return True
    if found:
        report.damaged.append(key)
    return found


# -- how long they are kept -----------------------------------------------------------------


def old_backups(folder: Path, now: datetime, keep_days: int) -> list[Path]:
    """Backups whose series is past its time, each whole: none that stays needs one that goes. The newest series stays."""
    found = backup_files.backups_in(folder)
    limit = stamp(now - timedelta(days=keep_days))
    newest = series_of(found[-1]) if found else ""
    return [path for path in found if newest != (series := series_of(path)) and series < limit]


def delete_old(folder: Path, now: datetime, keep_days: int) -> int:
    """Delete backups past their time; returns how many."""
    old = old_backups(folder, now, keep_days)
    for path in old:
        for each in (path, backup_files.list_of(path)):
            with suppress(FileNotFoundError):
                os.unlink(each)
    return len(old)
