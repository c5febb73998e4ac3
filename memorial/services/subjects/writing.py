"""One zip: data.json for programs, index.html for people, and the files as they came."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

from memorial.formats.held_page import page
from memorial.services.subjects.held import Held
from memorial.storage import Storage

_UNSAFE = re.compile(r"[^\w.() -]+")


def write(path: Path, held: Held, storage: Storage, *, now: datetime) -> None:
    """Readable by its owner alone, and whole or not there."""
    part = path.with_name(path.name + ".part")
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(opened, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            names = [f"files/{n:03d}-{_safe(file.name)}" for n, file in enumerate(held.files, 1)]
            data = {
                "of": held.title,
                "at": now.isoformat(),
                "files": names,
                "left_out": held.left_out,
                **held.lists,
            }
            archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
            archive.writestr("index.html", page(held.title, now, held.lists, names, held.left_out))
            for name, file in zip(names, held.files, strict=True):
                with (
                    storage.open_original(file.storage_key, file.key) as plain,
                    archive.open(name, "w", force_zip64=True) as to,
                ):
                    shutil.copyfileobj(plain, to)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _safe(name: str) -> str:
    return (_UNSAFE.sub("_", name).strip(". ") or "file")[-120:]
