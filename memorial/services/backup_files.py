"""The files of backups: a tar inside age each, and beside it a short list of what is in it.

    with writing(keys, path) as out: out.add("tables/…", content); digest = out.add_file(key, stream)
    manifest = verify(keys, path)              # reads it whole; Damaged says what is wrong and where
    for name, content in members(keys, path): …
    links(keys, path, manifest)                # the earlier files that it needs: there, and as they were

`memorial-20261128T030700Z.tar.age` is whole, `memorial-20261129T030700Z.on-20261128T030700Z.tar.age` builds on
it: tables are in it anew, of the originals those that no earlier file of the series holds. Without this program,
`age -d -i archive.key FILE | tar x` opens each; `manifest.json` in it names the file that holds any other original.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from memorial.domain.errors import Damaged
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.keys.process import decrypting, encrypting

SUFFIX: Final = ".tar.age"
LIST: Final = ".list.age"
MANIFEST: Final = "manifest.json"
_NAME: Final = re.compile(r"memorial-(\d{8}T\d{6}Z)(?:\.on-(\d{8}T\d{6}Z))?")
_BLOCK: Final = 1 << 20
_TAR_BLOCK: Final = 1 << 18

Manifest = Mapping[str, Any]


def stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def name_of(at: datetime, series: str = "") -> str:
    """What a backup of this moment is called; `series` is the stamp of the whole one that it builds on."""
    return f"memorial-{stamp(at)}" + (f".on-{series}" if series else "")


def series_of(path: Path) -> str:
    """The stamp of the whole backup of a file's series; "" where it is no backup."""
    found = _NAME.fullmatch(path.name.removesuffix(SUFFIX).removesuffix(LIST))
    return (found[2] or found[1]) if found else ""


def backups_in(folder: Path) -> list[Path]:
    """By their time, the oldest first."""
    return sorted(path for path in folder.glob(f"memorial-*{SUFFIX}") if series_of(path))


# -- writing --------------------------------------------------------------------------------


@dataclass
class Growing:
    """A backup that is being written, and what is in it so far."""

    tar: tarfile.TarFile
    members: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        self._put(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, source: IO[bytes]) -> str:
        """A file of any length; returns its SHA-256, by which the caller sees whether it was whole."""
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        return self._put(name, source, size)

    def _put(self, name: str, source: IO[bytes], size: int) -> str:
        info = tarfile.TarInfo(name)
        info.size = size
        reader = _Hashing(source)
        self.tar.addfile(info, reader)
        self.tar.members.clear()  # type: ignore[attr-defined]  # it would remember every one
        self.members[name] = reader.hexdigest()
        return self.members[name]


@dataclass
class Written:
    """The ciphertext on the disk, as the list and later backups name it."""

    bytes: int = 0
    sha256: str = ""


class _Hashing:
    """What a disk cannot read any more is read as zeros: it will not be what its name says."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._hash, self._broken = source, hashlib.sha256(), False

    def read(self, size: int = -1) -> bytes:
        chunk = bytes(max(size, 0)) if self._broken else self._read(size)
        self._hash.update(chunk)
        return chunk

    def _read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as wrong:
            if wrong.errno != errno.EIO:
                raise
            self._broken = True
            return bytes(max(size, 0))

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


class _Onward:
    """A pipe as tarfile wants a file that it writes; its own way for streams copies each piece several times."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._at = pipe, 0

    def write(self, data: bytes, /) -> int:
        self._at += self._pipe.write(data)
        return len(data)

    def tell(self) -> int:
        return self._at


@contextmanager
def writing(keys: ArchiveKey, path: Path) -> Iterator[Growing]:
    """A new file that is fsynced at the end. Nothing readable touches the disk."""
    with path.open("xb") as file:
        path.chmod(0o600)
        with encrypting(keys, file) as pipe:
            with tarfile.open(fileobj=_Onward(pipe), mode="w", copybufsize=_BLOCK) as tar:  # type: ignore[call-overload]
                yield Growing(tar)
        os.fsync(file.fileno())


def keep_list(keys: ArchiveKey, path: Path, manifest: Manifest, written: Written) -> None:
    """Beside a finished backup: what is in it, so that the next one need not read it to know."""
    told = {"bytes": written.bytes, "sha256": written.sha256, "manifest": manifest}
    growing = path.with_name(path.name + ".growing")
    with growing.open("wb") as file:
        file.write(keys.encrypt(json.dumps(told).encode()))
        file.flush()
        os.fsync(file.fileno())
    growing.rename(list_of(path))


def list_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + LIST)


def read_list(keys: ArchiveKey, path: Path) -> tuple[Manifest, Written] | None:
    """What the list beside a backup says; None where there is none or it cannot be read."""
    try:
        told = json.loads(keys.decrypt(list_of(path).read_bytes()))
        return told["manifest"], Written(told["bytes"], told["sha256"])
    except (OSError, CannotDecrypt, ValueError, KeyError):
        return None


# -- reading --------------------------------------------------------------------------------


def members(keys: ArchiveKey, path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with path.open("rb") as file, decrypting(keys, file) as pipe:
        with tarfile.open(fileobj=pipe, mode="r|", bufsize=_TAR_BLOCK) as tar:
            for info in tar:
                content = tar.extractfile(info)
                tar.members.clear()  # type: ignore[attr-defined]
                if content is not None:
                    yield info.name, content


def verify(keys: ArchiveKey, path: Path) -> dict[str, Any]:
    """Read a backup whole and compare every member with its manifest, which is returned."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    last = ""
    try:
        for name, content in members(keys, path):
            if name == MANIFEST:
                manifest = json.loads(content.read())
            else:
                found[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
            last = name
    except (tarfile.TarError, CannotDecrypt, ValueError, EOFError) as wrong:
        raise Damaged("backup_damaged", path=str(path), why=_where(keys, path, last)) from wrong
    if not manifest:
        raise Damaged("backup_damaged", path=str(path), why=f"it ends after {last or 'nothing'}")
    other = [
        name for name in {**found, **manifest["members"]} if found.get(name) != manifest["members"].get(name)
    ]
    if other:
        why = f"{', '.join(sorted(other)[:5])} of {len(found)} is not what its manifest says"
        raise Damaged("backup_damaged", path=str(path), why=why)
    return manifest


def read_back(keys: ArchiveKey, path: Path) -> tuple[dict[str, Any], Written]:
    """As `verify`, and the ciphertext as the list and later backups name it."""
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(digest_of, path)
        manifest = verify(keys, path)
        return manifest, Written(path.stat().st_size, digest.result())


def _where(keys: ArchiveKey, path: Path, last: str) -> str:
    told, size = read_list(keys, path), path.stat().st_size
    if told is not None and size < told[1].bytes:
        return f"it is cut: {size} of {told[1].bytes} bytes are there, readable up to {last or 'nothing'}"
    if not last:
        return "nothing of it can be read: another key, or its beginning is damaged or cut"
    return f"it can be read up to {last}, and not further: damaged or cut there"


def links(keys: ArchiveKey, path: Path, manifest: Manifest) -> list[Path]:
    """The earlier files of the series that hold what this one needs, each compared with what it was."""
    found = []
    for name, sha256 in sorted(manifest.get("needs", {}).items()):
        link = path.with_name(name)
        if not link.exists():
            raise Damaged("backup_link_missing", path=str(path), needs=name)
        if digest_of(link) != sha256:
            verify(keys, link)  # says what is wrong, and where
            raise Damaged("backup_damaged", path=str(link), why="another file of the same name")
        found.append(link)
    return found


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
