"""What both backends share: names, errors, hashing, and files that grow under a temporary name."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

AREAS: Final = ("originals", "derived", "aside")
CHUNK: Final = 1 << 20

_SEGMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SUFFIX: Final = ".part"
COPY: Final = ".copy"  # of a copy that can be made again; all else that is half written is kept


class NoRoom(Exception):
    """The disk, the quota or the bucket is full. Nothing of the file was kept."""


class Unreachable(Exception):
    """The object store does not answer, or refuses. Whatever was asked of it can be asked again."""


class AlreadyThere(Exception):
    """A file of that name exists and was left as it is."""


class Missing(Exception):
    """There is no such file."""


class NotAStorageKey(ValueError):
    """A name that this storage did not give and will not touch."""


class Damaged(Exception):
    """The stored bytes are no longer those that were written. The file is not served."""

    def __init__(self, storage_key: str, found: str) -> None:
        super().__init__(f"{storage_key} now has the SHA-256 {found}")
        self.storage_key = storage_key
        self.found = found


@dataclass(frozen=True, slots=True)
class Stored:
    """What the row of an original needs. `sha256_plain` is the one made public with the receipt."""

    storage_key: str
    sha256_plain: str
    bytes_plain: int
    sha256_cipher: str


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes | None: ...


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


class ExactReader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class EncryptingKey(Protocol):
    def encrypt_stream(self, reader: ExactReader, writer: Writable) -> None: ...


class HashedReader:
    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.length = 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(size) or b""
        self._hash.update(chunk)
        self.length += len(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


class HashedWriter:
    """Gathers age's 64 KB chunks into larger writes."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._hash = hashlib.sha256()
        self._held = bytearray()

    def write(self, data: bytes, /) -> int:
        self._hash.update(data)
        self._held += data
        if len(self._held) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        # Bytes leave only once they are written: an error that somebody swallowed comes back at the fsync.
        while self._held:
            del self._held[: os.write(self._handle, self._held)]

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def copy_hashed(source: Readable, target: Writable | None) -> str:
    """Reads to the end; returns the SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def checked(name: str, *areas: str) -> str:
    """A storage key in one of the areas, without `..`, empty segments or hidden files."""
    area, *rest = name.split("/")
    if area not in areas or not rest or not all(_SEGMENT.fullmatch(segment) for segment in rest):
        raise NotAStorageKey(name)
    return name


@contextmanager
def no_room_named() -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoom(os.strerror(wrong.errno)) from wrong
        raise


class Growing:
    """A file that is being written. Its lock tells it from one that a crash left: the system releases a
    lock with its process, while a process id or an age in minutes only lets one guess."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle
        self._writer = HashedWriter(handle)

    def hashed_writer(self) -> HashedWriter:
        return self._writer

    def fsync(self) -> None:
        self._writer.flush()
        fsync(self._handle)


@contextmanager
def temporary(scratch: Path, suffix: str = _SUFFIX) -> Iterator[Growing]:
    path, handle = _new_locked(scratch, suffix)
    try:
        yield Growing(path, handle)
    finally:
        with suppress(FileNotFoundError):  # kept under its name by now
            path.unlink()
        os.close(handle)


def _new_locked(scratch: Path, suffix: str) -> tuple[Path, int]:
    while True:
        path = scratch / f"{secrets.token_hex(16)}{suffix}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # Between the two calls a sweep may have taken it for a leftover: then it is tried again.
        fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(handle)):
                return path, handle
        os.close(handle)


def abandoned(scratch: Path, suffix: str = _SUFFIX) -> Iterator[tuple[Path, int]]:
    """Files that nobody is writing any more, each with a handle that holds its lock."""
    for path in sorted(scratch.glob(f"*{suffix}")):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A lock won because its writer has just finished and renamed the file.
            ours = path.exists() and os.path.samestat(path.stat(), os.fstat(handle))
        except (BlockingIOError, FileNotFoundError):
            ours = False
        if ours:
            yield path, handle
        else:
            os.close(handle)


def put_away(path: Path, handle: int, folder: Path) -> Path:
    folder.mkdir(exist_ok=True, parents=True, mode=0o700)
    target = folder / path.name
    path.rename(target)
    os.close(handle)
    fsync_folder(folder)
    fsync_folder(path.parent)
    return target


def fsync(handle: int) -> None:
    # On macOS fsync leaves the data in the drive's cache.
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is None:
        os.fsync(handle)
    else:
        fcntl.fcntl(handle, full)


def fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
