"""Backup and check of an archive with media, beside plain copying (`cp`) of the same bytes on the same disk.

What is written is on the disk when the clock stops (`cp` is followed by `sync` of what it wrote, a backup fsyncs and reads
back what it wrote).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.archive import an_archive
from benchmarks.commands import run
from benchmarks.report import Pairs, Result, at_least
from memorial.domain.ids import new_public_id
from memorial.house import House
from memorial.models import Media, Part
from memorial.services import consent

NAMES = "backup backup-memory backup-again check check-memory"
FILE = 2 << 20
MAPPED = "without what is mapped of SQLite's file"
THIRD = at_least(1 / 3)


def measure(records: int, media_mb: int, rounds: int, tell: Callable[[str], None]) -> Iterator[Result]:
    with an_archive(records, tell=tell) as made:
        house = made.house
        tell(f"  {media_mb:,} MB of media…")
        _fill(house, media_mb << 20)
        house.engine.dispose()
        root = house.settings.data.parent
        size = _size(house.settings.data) + _size(Path(house.settings.storage_url))
        backup, again, check, copied, ran = Pairs(), Pairs(), Pairs(), [], {}
        for _ in range(rounds):
            plain = _copied(house, root / "copied")
            copied.append(plain)
            for name, words, pairs in (
                ("backup", ("backup", "--whole", "--json"), backup),
                ("again", ("backup", "--json"), again),
                ("check", ("check", "--json"), check),
            ):
                time.sleep(1.1)  # no two backups of one second
                ran[name] = run(house, *words)
                tell(f"  {name}: {ran[name].seconds:.1f} s, plain copying {plain:.1f} s")
                pairs.add(plain, ran[name].seconds)
            shutil.rmtree(house.settings.data / "backups")
        told = f"{size >> 20:,} MB; plain copying {size / 1e6 / min(copied):.0f} MB a second"
    of = f"of {records:,} testimonies and {media_mb:,} MB of media"
    yield Result("backup", f"a whole backup {of}", backup.median, "× cp", THIRD, backup.spread, told)
    yield Result("backup-memory", "  its most memory", ran["backup"].megabytes, "MB", told=MAPPED)
    yield Result("backup-again", "  the next, which builds on it", again.median, "× cp", THIRD, again.spread)
    yield Result("check", f"`memorial check` {of}", check.median, "× cp", THIRD, check.spread)
    yield Result("check-memory", "  its most memory", ran["check"].megabytes, "MB", told=MAPPED)


def _fill(house: House, wanted: int) -> None:
    """Originals of random bytes, each of a record's page."""
    with house.session(house.keeper()) as session:
        pages = session.execute(select(Part.record_id, Part.id).where(Part.key == "page")).all()
        view = consent.guard_of(session, session.get_one(Part, pages[0].id))
    rows = []
    for number in range(max(1, wanted // FILE)):
        page = pages[number % len(pages)]
        path = house.settings.data / "synthetic"
        path.write_bytes(os.urandom(FILE))
        with path.open("rb", buffering=0) as plain:
            stored = house.storage.put_original(plain, house.keys)
        rows.append(
            {
                **view, "public_id": new_public_id(), "record_id": page.record_id, "part_id": page.id, "role": "file",
                "sha256": stored.sha256_plain, "bytes": stored.bytes_plain, "mime": "application/octet-stream",
                "storage_key": stored.storage_key, "received_at": house.now(), "due": "",
            }
        )  # fmt: skip
    path.unlink()
    with house.writing(house.keeper()) as session:
        session.execute(insert(Media), rows)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _copied(house: House, target: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(
        ["cp", "-r", str(house.settings.data), str(house.settings.storage_url), "-t", _new(target)],
        check=True,
    )
    subprocess.run(["sync", "-f", str(target)], check=True)
    took = time.perf_counter() - begun
    shutil.rmtree(target)
    return took


def _new(target: Path) -> str:
    target.mkdir()
    return str(target)
