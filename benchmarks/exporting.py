"""A bag of everything, beside plain copying of the very same files on the same disk.

20,000 testimonies have a copy of 256 KB each, which is 5 GB; `--records` makes it smaller. The export reads the archive, writes
and hashes every file twice over (SHA-256, SHA-512) and flushes it to the disk; plain copying is `shutil.copytree` and the same
flush, done twice, of which the faster counts. A second export of the same archive says what one costs that finds nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.archive import an_archive
from benchmarks.commands import run
from benchmarks.report import Result, at_least, at_most
from memorial.domain.ids import new_public_id
from memorial.house import House
from memorial.models import Derivative, Media, Part, Record
from memorial.services import consent

SIZE = 256 << 10
CHUNK = 500


def measure(testimonies: int, tell: Callable[[str], None], wanted: Callable[[str], bool]) -> Iterator[Result]:
    with an_archive(testimonies, tell=tell) as made:
        tell(f"  {testimonies:,} copies of {SIZE >> 10} KB…")
        _copies(made.house)
        with tempfile.TemporaryDirectory(dir=made.house.settings.data.parent) as folder:
            bag, plain = Path(folder) / "bag", Path(folder) / "plain"
            command = ("export", "--format", "bagit", "--to", str(bag))
            first = run(made.house, *command)
            before = _copied(bag, plain)
            again = run(made.house, *command)
            copying = min(before, _copied(bag, plain))
            whole = sum(path.stat().st_size for path in bag.rglob("*") if path.is_file())
    told = f"{first.processor:.1f} s of a processor; {whole / 1e9:.2f} GB of {testimonies * 12 // 10:,} records in {first.seconds:.1f} s, copied in {copying:.1f} s"
    yield Result(
        "export-bag",
        "a bag of everything",
        copying / first.seconds,
        "× plain copying",
        at_least(1 / 3),
        told=told,
    )
    yield Result(
        "export-again",
        "the same again, nothing changed",
        copying / again.seconds,
        "× plain copying",
        told=f"{again.seconds:.1f} s",
    )
    yield Result("export-memory", "memory of an export", first.megabytes, "MB", at_most(300))


def _copied(bag: Path, plain: Path) -> float:
    begun = time.perf_counter()
    shutil.copytree(bag, plain)
    os.sync()
    took = time.perf_counter() - begun
    shutil.rmtree(plain)
    os.sync()
    return took


def _copies(house: House) -> None:
    chance = random.Random(1992)
    root = Path(house.settings.storage_url)
    with house.writing(house.keeper()) as session:
        wanted = select(Record, Part).join(Part, Part.id == Record.part_id).where(Record.kind == "testimony")
        guard: dict[int, dict[str, object]] = {}
        media, copies = [], []
        for record, part in session.execute(wanted.order_by(Record.id)).all():
            key, content = f"derived/{new_public_id()}/1.ogg", chance.randbytes(SIZE)
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_bytes(content)
            shown = guard.setdefault(part.policy_id, consent.guard_of(session, part)) | {"part_id": part.id}
            digest = hashlib.sha256(content).hexdigest()
            about = {"sha256": digest, "bytes": SIZE, "mime": "audio/ogg", **shown}
            number = len(media) + 1
            media.append({**about, "id": number, "public_id": new_public_id(), "record_id": record.id, "role": "audio",
                          "storage_key": f"none/{number}", "received_at": house.now(), "due": ""})  # fmt: skip
            copies.append(
                {
                    **about,
                    "public_id": new_public_id(),
                    "media_id": number,
                    "storage_key": key,
                    "kind": "audio",
                }
            )
        for table, rows in ((Media, media), (Derivative, copies)):
            for at in range(0, len(rows), CHUNK):
                session.execute(insert(table), rows[at : at + CHUNK])
