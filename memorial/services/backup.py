"""Backup and restore: the whole archive as one encrypted file, and back, on either engine.

    made = write_backup(session, storage, keys, folder, made_at=now)      # a keeper's session
    report = read_backup(session, storage, keys, path, lines=…)           # into an empty database

The file is a tar stream inside age, encrypted to the archive's key, which is never in it:
`age -d -i archive.key FILE | tar x` opens it without this program. Tables are JSON Lines, so a
backup made on SQLite restores on PostgreSQL and the other way round. Originals go in as the
ciphertext they are; copies are made again. Nothing unencrypted touches the disk.

Restoring replays what the second place says happened after the backup was made: withdrawals
and destroyed keys. Without it every contributed part stays hidden until two people confirm.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Date, LargeBinary, Table, func, insert, select, update

from memorial.db import Base, Utc, restart_numbers
from memorial.domain import consent as rules
from memorial.domain.errors import Damaged, Invalid
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Head, LedgerEntry, Media, Party, Record
from memorial.services import consent, search_index
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said
from memorial.services.review import archive_will
from memorial.services.withdrawal import erase, records_of
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


def _silent(_words: str) -> None:
    return None


# -- writing ----------------------------------------------------------------------------------


def write_backup(
    session: GatedSession,
    storage: Storage,
    keys: ArchiveKey,
    folder: Path,
    *,
    made_at: datetime,
    schema_revision: str,
    progress: Progress = _silent,
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
    for storage_key in session.scalars(select(Media.storage_key).order_by(Media.id)).all():
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
    for name, content in _members(keys, path):
        if name == "manifest.json":
            manifest = json.loads(content.read())
        else:
            found[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    if not manifest or found != manifest["members"]:
        raise Damaged("backup_damaged", path=str(path))
    return manifest


def _members(keys: ArchiveKey, path: Path) -> Iterator[tuple[str, IO[bytes]]]:
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


# -- reading ----------------------------------------------------------------------------------


def read_backup(
    session: GatedSession,
    storage: Storage,
    keys: ArchiveKey,
    path: Path,
    *,
    now: datetime,
    schema_revision: str,
    lines: Iterable[Mapping[str, Any]] = (),
    progress: Progress = _silent,
) -> Report:
    """Restore into an empty database, replay the second place, or lock what families gave.

    Raises Invalid when the database is not empty or the backup is of another schema, Damaged
    when the file does not verify; nothing is written then.
    """
    if session.scalar(select(func.count()).select_from(Record)):
        raise Invalid("database_not_empty")
    progress("verifying")
    manifest = verify_backup(keys, path)
    if manifest["schema"] != schema_revision:
        raise Invalid("backup_of_another_schema", backup=manifest["schema"], program=schema_revision)
    report = Report(str(path), manifest["made_at"], missing=manifest["missing"])
    for name, content in _members(keys, path):
        if name.startswith("tables/"):
            report.rows += _load(session, name.split("/")[1], content)
        elif name.startswith("originals/"):
            storage.put_sealed(name, content)  # type: ignore[arg-type]
            report.originals += 1
    restart_numbers(session)
    search_index.rebuild(session)
    session.execute(update(Media).values(due="copies"), execution_options={"projection": True})
    _replay_or_lock(session, manifest, list(lines), report, now)
    return report


def _load(session: GatedSession, name: str, content: IO[bytes]) -> int:
    table = Base.metadata.tables[name]
    rows = [{k: _typed(table.columns[k].type, v) for k, v in json.loads(line).items()} for line in content]
    if name == "heads":
        session.execute(table.delete(), execution_options={"past_the_gate": "restore"})
    session.execute(insert(table), rows, execution_options={"past_the_gate": "restore"})
    return len(rows)


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Utc):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _replay_or_lock(
    session: GatedSession,
    manifest: Mapping[str, Any],
    lines: list[Mapping[str, Any]],
    report: Report,
    now: datetime,
) -> None:
    known = [line for line in lines if line.get("kind") == "heads" and line.get("audit") == manifest["audit"]]
    derived_gone = Actor.command("restore")
    if not known:
        report.locked = True
        _lock_contributed(session, derived_gone, now)
        return
    for line in lines:
        if str(line.get("at", "")) >= manifest["made_at"]:
            report.replayed += _replay(session, derived_gone, line, now)
    record_act(session, derived_gone, Act("restore", "archive", details={"replayed": report.replayed}), now)


def _replay(session: GatedSession, actor: Actor, line: Mapping[str, Any], now: datetime) -> int:
    """One line again: hidden stays hidden, the erased stays erased. What was shown again waits for its family."""
    wanted = select(Contribution).where(Contribution.public_id == line.get("contribution", ""))
    contribution = session.scalars(wanted).first()
    if contribution is None:
        return 0
    if line["kind"] == "hidden":
        return _hide_again(session, actor, contribution, str(line["record"]), now)
    if line["kind"] == "destroyed_key" and contribution.erased_at is None:
        contribution.legal_hold = ""
        erase(session, actor, contribution, now=now)
        return 1
    return 0


def _hide_again(
    session: GatedSession, actor: Actor, contribution: Contribution, public_id: str, now: datetime
) -> int:
    record = session.scalars(select(Record).where(Record.public_id == public_id)).first()
    if record is None:
        return 0
    party = consent.party_of(session, "contributor", contribution.id)
    consent.append(session, record, Said(party, "will", {}, method="restore"), by=actor, at=now)
    contribution.hidden_at = now
    return 1


def _lock_contributed(session: GatedSession, actor: Actor, now: datetime) -> None:
    """The archive takes its yes back for whatever families gave: one mechanism for hiding, here too."""
    for record in _contributed(session):
        _archive_says(session, record, {}, actor, now)
    session.execute(update(Head).values(restored_locked=True))
    record_act(session, actor, Act("restore_locked", "archive"), now)


def unlock(session: GatedSession, actor: Actor, second: str, *, now: datetime) -> int:
    """Two people say that no withdrawal was lost: the archive says again what it said before the restore."""
    if not second.strip() or second.strip() == actor.label.split(":", 1)[-1]:
        raise Invalid("two_people_needed", field="second")
    records = [record for record in _contributed(session) if _will_before_restore(session, record.id)]
    for record in records:
        _archive_says(session, record, _will_before_restore(session, record.id), actor, now)
    session.execute(update(Head).values(restored_locked=False))
    record_act(session, actor, Act("restore_unlocked", "archive", second=second), now)
    return len(records)


def _contributed(session: GatedSession) -> list[Record]:
    ids = session.scalars(select(Contribution.id).order_by(Contribution.id)).all()
    found = {record.id: record for each in ids for record in records_of(session, each)}
    return [found[key] for key in sorted(found)]


def _archive_says(
    session: GatedSession, record: Record, will: dict[str, Any], actor: Actor, now: datetime
) -> None:
    if archive_will(session, record.id) == will:
        return
    said = Said(consent.archive_party(session), "will", will, authority="archive", method="restore")
    consent.append(session, record, said, by=actor, at=now)


def _will_before_restore(session: GatedSession, record_id: int) -> dict[str, Any]:
    wanted = (
        select(LedgerEntry.will)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == record_id, LedgerEntry.act == "will", Party.kind == rules.ARCHIVE)
        .where(LedgerEntry.method != "restore")
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    )
    found = session.scalar(wanted)
    return rules.will_from_json(found) if found else {}


def delete_old(folder: Path, now: datetime, keep_days: int) -> int:
    """Delete backups past their time; returns how many."""
    old = old_backups(folder, now, keep_days)
    for path in old:
        with suppress(FileNotFoundError):
            path.unlink()
    return len(old)
