"""Backup: the whole archive as one encrypted file. `services/restore.py` reads it back.

    made = write_backup(session, storage, keys, folder, made_at=now)      # a keeper's session
    manifest = verify_backup(keys, path)                                  # Damaged where it is not whole

The file is a tar stream inside age, encrypted to the archive's key, which is never in it:
`age -d -i archive.key FILE | tar x` opens it without this program. Tables are JSON Lines, so a
backup made on SQLite restores on PostgreSQL and the other way round. Originals go in as the
ciphertext they are; copies are made again. Nothing unencrypted touches the disk.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table, select

from memorial.db import Base
from memorial.domain.errors import Damaged
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import Enclosure, Evidence, Head, Media, UploadPiece
from memorial.storage import Missing, Storage

ROWS_IN_A_MEMBER = 2000
SUFFIX = ".tar.age"
Progress = Callable[[str], None]


@dataclass
class Report:
    """What was written or read, for the person at the machine."""

    path: str = ""
    made_at: str = ""
    rows: int = 0
    originals: int = 0
    missing: list[str] = field(default_factory=list)
    replayed: int = 0
    locked: bool = False


def silent(_words: str) -> None:
    return None


def write_backup(
    session: GatedSession,
    storage: Storage,
    keys: ArchiveKey,
    folder: Path,
    *,
    made_at: datetime,
    schema_revision: str,
    progress: Progress = silent,
) -> Report:
    """Write one backup file, read it back, and only then give it its name. Raises Damaged if it does not verify."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"memorial-{made_at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    growing = path.with_suffix(".growing")
    report = Report(str(path), made_at.isoformat())
    with growing.open("xb") as file:
        with _encrypting(keys, file) as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
            _write_members(session, storage, tar, report, made_at, schema_revision, progress)
        file.flush()
        os.fsync(file.fileno())
    progress("reading it back")
    verify_backup(keys, growing)
    growing.rename(path)
    _fsync_folder(folder)
    return report


def _write_members(
    session: GatedSession,
    storage: Storage,
    tar: tarfile.TarFile,
    report: Report,
    made_at: datetime,
    schema_revision: str,
    progress: Progress,
) -> None:
    members: dict[str, str] = {}
    counts: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        progress(table.name)
        counts[table.name] = 0
        for number, lines in enumerate(_chunks(session, table)):
            counts[table.name] += len(lines)
            _add(tar, members, f"tables/{table.name}/{number:06}.jsonl", "".join(lines).encode())
    report.rows = sum(counts.values())
    for storage_key in _files(session):
        try:
            _add_original(storage, tar, members, storage_key)
            report.originals += 1
        except Missing:
            report.missing.append(storage_key)
    head = session.scalars(select(Head)).one()
    manifest = {
        "made_at": made_at.isoformat(), "schema": schema_revision, "tables": counts, "members": members,
        "missing": report.missing, "audit": [head.audit_count, head.audit_hash],
    }  # fmt: skip
    _add(tar, {}, "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())


def _chunks(session: GatedSession, table: Table) -> Iterator[list[str]]:
    """A table's rows as JSON lines, in the order of its key, so many at a time."""
    wanted = select(table).order_by(*table.primary_key.columns)
    rows = session.execute(
        wanted, execution_options={"past_the_gate": "backup", "yield_per": ROWS_IN_A_MEMBER}
    )
    for chunk in rows.mappings().partitions():
        yield [json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False) + "\n" for row in chunk]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _add(tar: tarfile.TarFile, members: dict[str, str], name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
    members[name] = hashlib.sha256(content).hexdigest()


def _files(session: GatedSession) -> list[str]:
    """Every original, and the pieces of those that are not put together yet."""
    wanted = (
        select(Media.storage_key).order_by(Media.id),
        select(UploadPiece.storage_key).order_by(UploadPiece.id),
        select(Evidence.storage_key).order_by(Evidence.id),
        select(Enclosure.storage_key).order_by(Enclosure.id),
    )
    return list(dict.fromkeys(key for each in wanted for key in session.scalars(each)))


def _add_original(storage: Storage, tar: tarfile.TarFile, members: dict[str, str], storage_key: str) -> None:
    with storage.open_sealed(storage_key) as source:
        info = tarfile.TarInfo(storage_key)
        info.size = source.seek(0, os.SEEK_END)
        source.seek(0)
        tar.addfile(info, source)
    members[storage_key] = storage_key.rsplit("/", 1)[-1]


@contextmanager
def _encrypting(keys: ArchiveKey, target: IO[bytes]) -> Iterator[IO[bytes]]:
    """Something to write to; what is written comes out encrypted in `target`."""
    with _through_pipe(lambda source: keys.encrypt_stream(source, target), writes=True) as end:
        yield end


@contextmanager
def _decrypting(keys: ArchiveKey, source: IO[bytes]) -> Iterator[IO[bytes]]:
    with _through_pipe(lambda target: keys.decrypt_stream(source, target), writes=False) as end:
        yield end


@contextmanager
def _through_pipe(work: Callable[[IO[bytes]], None], *, writes: bool) -> Iterator[IO[bytes]]:
    read_end, write_end = os.pipe()
    mine, theirs = (write_end, read_end) if writes else (read_end, write_end)
    failed: list[BaseException] = []

    def run() -> None:
        with os.fdopen(theirs, "rb" if writes else "wb") as end:
            try:
                work(end)
            except BaseException as wrong:
                failed.append(wrong)

    worker = threading.Thread(target=run)
    worker.start()
    try:
        with os.fdopen(mine, "wb" if writes else "rb") as end:
            yield end
            if not writes:
                while end.read(1 << 20):  # what stands after the last member, so that the other side can end
                    pass
    finally:
        worker.join()
    if failed:
        raise failed[0]


def verify_backup(keys: ArchiveKey, path: Path) -> dict[str, Any]:
    """Read a backup whole and compare every member with the manifest, which is returned."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        for name, content in members(keys, path):
            if name == "manifest.json":
                manifest = json.loads(content.read())
            else:
                found[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (tarfile.TarError, CannotDecrypt, ValueError) as wrong:
        raise Damaged("backup_damaged", path=str(path)) from wrong
    if not manifest or found != manifest["members"]:
        raise Damaged("backup_damaged", path=str(path))
    return manifest


def members(keys: ArchiveKey, path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with path.open("rb") as file, _decrypting(keys, file) as pipe:
        with tarfile.open(fileobj=pipe, mode="r|") as tar:
            for info in tar:
                content = tar.extractfile(info)
                if content is not None:
                    yield info.name, content


def old_backups(folder: Path, now: datetime, keep_days: int) -> list[Path]:
    """Backups past their time; the newest is never among them."""
    found = sorted(folder.glob(f"memorial-*{SUFFIX}"))
    limit = f"memorial-{now - timedelta(days=keep_days):%Y%m%dT%H%M%SZ}"
    return [path for path in found[:-1] if path.name < limit]


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete_old(folder: Path, now: datetime, keep_days: int) -> int:
    """Delete backups past their time; returns how many."""
    old = old_backups(folder, now, keep_days)
    for path in old:
        with suppress(FileNotFoundError):
            path.unlink()
    return len(old)
