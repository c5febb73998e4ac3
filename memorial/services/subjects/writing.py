"""One zip: data.json for programs, index.html for people, and the files as they came."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from memorial.formats.held_page import page
from memorial.services.subjects.held import Held
from memorial.storage import Storage

_CHUNK = 1 << 16
_UNSAFE = re.compile(r"[^\w.() -]+")


def write(path: Path, held: Held, storage: Storage, *, now: datetime) -> None:
    """Readable by its owner alone, and whole or not there."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)  # one that somebody else made would stay readable for them
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "wb") as stream:
            for piece in pieces(held, storage, now=now):
                stream.write(piece)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def pieces(held: Held, storage: Storage, *, now: datetime) -> Iterator[bytes]:
    """The zip as it is made: no plain byte waits on a disk, and memory stays bounded."""
    sink = _Sink()
    names = [f"files/{n:03d}-{_safe(file.name)}" for n, file in enumerate(held.files, 1)]
    data = {"of": held.title, "at": now.isoformat(), "files": names, "left_out": held.left_out, **held.lists}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("index.html", page(held.title, now, held.lists, names, held.left_out))
        yield sink.taken()
        for name, file in zip(names, held.files, strict=True):
            with (
                storage.open_original(file.storage_key, file.key) as plain,
                archive.open(name, "w", force_zip64=True) as to,
            ):
                while chunk := plain.read(_CHUNK):
                    to.write(chunk)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Where the zip is written to, and taken from; it cannot go back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        found = bytes(self._held)
        self._held.clear()
        return found


def _safe(name: str) -> str:
    return (_UNSAFE.sub("_", name).strip(". ") or "file")[-120:]
