"""Originals and copies, over a local disk or S3-compatible object storage. Imports nothing of ours.

    storage = Storage("./media")                       # or "file:///srv/media", "s3://bucket/prefix"
    stored = storage.put_original(upload, key)         # returns when it is on disk, not before
    with storage.open_original(stored.storage_key, key) as plain: ...
    storage.put_derived("ab12/640.jpg", jpeg)          # may be made again, so it may be overwritten
    with storage.open_derived("ab12/640.jpg") as copy: ...
    with storage.making_derived("ab12/film.mp4") as path: ...     # another program writes it

Originals are named by the SHA-256 of their ciphertext, `originals/ab/<64 hex>`: equal files of two
families are two files, and every file can be checked without any key. A storage key is a path below
the root in one of three areas: originals/, derived/, aside/.

S3 takes its credentials and endpoint from the usual environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).

`at` is called with a label at the moments between which a crash must lose nothing; tests replace it.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import unquote, urlsplit

from memorial.storage.decrypting import DecryptingKey, decrypting
from memorial.storage.disk import Disk
from memorial.storage.files import (
    AREAS,
    COPY,
    AlreadyThere,
    Damaged,
    EncryptingKey,
    HashedReader,
    Missing,
    NoRoom,
    NotAStorageKey,
    Stored,
    Unreachable,
    abandoned,
    checked,
    copy_hashed,
    no_room_named,
    put_away,
    temporary,
)

__all__ = [
    "Damaged", "Missing", "NoRoom", "NotAStorageKey", "Storage", "Stored", "Unreachable", "at", "is_named_by_hash",
]  # fmt: skip

_IN_MEMORY: Final = 64 << 20  # bytes of a plain file that has to be whole somewhere
_NAMED_BY_HASH: Final = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})")


def at(label: str) -> None:
    """after-write, after-fsync, after-rename; copy-written. Does nothing."""


class Backend(Protocol):
    """Where whole files are kept. Names are storage keys, already checked."""

    scratch: Path  # where files grow before they are kept; on a disk the same file system
    left: Path  # where those lie that a crash left unfinished

    def keep(self, finished: Path, name: str, *, overwrite: bool) -> None:
        """Puts a finished, fsynced local file in place, durably. Raises AlreadyThere, NoRoom."""

    def open(self, name: str) -> BinaryIO: ...
    def exists(self, name: str) -> bool: ...
    def delete(self, name: str) -> None: ...
    def move(self, name: str, to: str) -> None: ...
    def listing(self, area: str) -> Iterator[str]: ...


class Storage:
    def __init__(self, url: str | Path, scratch: Path | None = None) -> None:
        """`scratch` is the local folder in which S3 uploads grow (ciphertext only)."""
        self._backend = _backend(str(url), scratch)

    @property
    def on_disk(self) -> bool:
        """Whether its files lie in a folder of this machine, under their storage keys."""
        return isinstance(self._backend, Disk)

    def put_original(self, stream: io.RawIOBase | BinaryIO, key: EncryptingKey) -> Stored:
        """Encrypts and keeps a file. When this returns, a power cut no longer loses it. Raises NoRoom,
        and whatever reading the stream raises; nothing is left behind then."""
        plain = HashedReader(stream)
        with no_room_named(), temporary(self._backend.scratch) as growing:
            cipher = growing.hashed_writer()
            key.encrypt_stream(plain, cipher)
            at("after-write")
            growing.fsync()
            at("after-fsync")
            sha256_cipher = cipher.hexdigest()
            storage_key = f"originals/{sha256_cipher[:2]}/{sha256_cipher}"
            self._keep_original(growing.path, storage_key)
            at("after-rename")
        return Stored(storage_key, plain.hexdigest(), plain.length, sha256_cipher)

    def _keep_original(self, finished: Path, storage_key: str) -> None:
        """A name already taken means the very same bytes, as after a request that was sent twice."""
        try:
            self._backend.keep(finished, storage_key, overwrite=False)
        except AlreadyThere:
            self.verify(storage_key)

    def open_original(self, storage_key: str, key: DecryptingKey) -> BinaryIO:
        """The plain file, as a stream that cannot seek. The whole ciphertext is checked first: raises
        Damaged before a single byte is served, Missing if it is gone. A wrong key shows at the first
        read (CannotDecrypt)."""
        name = checked(storage_key, "originals", "aside")
        with no_room_named():
            source = self._local(name)
        try:
            self._compare(name, source)
            source.seek(0)
        except BaseException:
            source.close()
            raise
        return decrypting(source, key)

    def open_nameless(self, storage_key: str, key: DecryptingKey) -> BinaryIO:
        """The plain file as one that can seek, for programs that have to. It never has a name, so that nothing is left
        of it when this process ends, however it ends: a small one lies in memory, a large one on the disk of the
        storage. Raises as open_original does, and NoRoom."""
        with self.open_original(storage_key, key) as plain, no_room_named():
            head = plain.read(_IN_MEMORY)
            nameless = self._nameless(len(head) < _IN_MEMORY)
            try:
                nameless.write(head)
                copy_hashed(plain, nameless)
                nameless.flush()
            except BaseException:
                nameless.close()
                raise
        return nameless

    def _nameless(self, small: bool) -> BinaryIO:
        if small and hasattr(os, "memfd_create"):
            return os.fdopen(os.memfd_create("plain"), "w+b")
        return tempfile.TemporaryFile(dir=self._backend.scratch)

    def open_sealed(self, storage_key: str) -> BinaryIO:
        """The ciphertext of an original as it lies there, for backups; seekable, checked by nobody yet."""
        with no_room_named():
            return self._local(checked(storage_key, "originals"))

    def put_sealed(self, storage_key: str, stream: BinaryIO, *, overwrite: bool = False) -> None:
        """Ciphertext that a backup or another storage kept, under its own name. Raises Damaged when it is not
        what the name says. `overwrite` is for mending: what lies there is known to be something else."""
        name = checked(storage_key, "originals")
        with no_room_named(), temporary(self._backend.scratch) as growing:
            found = copy_hashed(stream, growing.hashed_writer())
            if name.rsplit("/", 1)[-1] != found:
                raise Damaged(name, found)
            growing.fsync()
            if overwrite:
                self._backend.keep(growing.path, name, overwrite=True)
            else:
                self._keep_original(growing.path, name)

    def _local(self, name: str) -> BinaryIO:
        """A file that can be read twice at no cost: over the network it is fetched once, as ciphertext."""
        source = self._backend.open(name)
        if isinstance(self._backend, Disk):
            return source
        fetched = tempfile.TemporaryFile(dir=self._backend.scratch)  # noqa: SIM115  (the caller closes it)
        try:
            with source:
                copy_hashed(source, fetched)
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return fetched

    def put_derived(self, name: str, content: bytes | BinaryIO) -> str:
        """Keeps a copy under a name of our making, whole or not at all. Returns its storage key."""
        storage_key = _derived(name)
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        with no_room_named(), temporary(self._backend.scratch, COPY) as growing:
            copy_hashed(source, growing.hashed_writer())
            at("copy-written")
            growing.fsync()
            self._backend.keep(growing.path, storage_key, overwrite=True)
        return storage_key

    @contextmanager
    def making_derived(self, name: str) -> Iterator[Path]:
        """An empty file that another program writes a copy into; kept under its name when the block ends well."""
        with no_room_named(), temporary(self._backend.scratch, COPY) as growing:
            yield growing.path
            at("copy-written")
            growing.fsync()
            self._backend.keep(growing.path, _derived(name), overwrite=True)

    def open_derived(self, name: str) -> BinaryIO:
        """A reader that can seek. Takes the name or the storage key."""
        return self._backend.open(_derived(name))

    def exists(self, storage_key: str) -> bool:
        return self._backend.exists(checked(storage_key, *AREAS))

    def delete(self, storage_key: str) -> bool:
        """For erasure. False if there was nothing: deleting again is no error."""
        name = checked(storage_key, *AREAS)
        there = self._backend.exists(name)
        if there:
            self._backend.delete(name)
        return there

    def checksum(self, storage_key: str) -> str:
        """SHA-256 of the stored bytes, for an original those of the ciphertext."""
        with self._backend.open(checked(storage_key, *AREAS)) as source:
            return copy_hashed(source, None)

    def verify(self, storage_key: str) -> None:
        """Reads an original whole and compares it with its name. Raises Damaged or Missing."""
        name = checked(storage_key, "originals", "aside")
        with self._backend.open(name) as source:
            self._compare(name, source)

    def _compare(self, name: str, source: BinaryIO) -> None:
        found = copy_hashed(source, None)
        if name.rsplit("/", 1)[-1].split(".", maxsplit=1)[0] != found:
            raise Damaged(name, found)

    def listing(self, area: str, folder: str = "") -> Iterator[str]:
        """The storage keys of an area, or of one folder in it, in no order."""
        if area not in AREAS:
            raise NotAStorageKey(area)
        return self._backend.listing(checked(f"{area}/{folder}", area) if folder else area)

    def set_aside(self, storage_key: str) -> str:
        """Moves a file that no row knows to aside/, where a person looks at it; returns its new storage
        key. Nothing is ever deleted or overwritten by this."""
        name = checked(storage_key, "originals", "derived")
        target, again = f"aside/{name}", 0
        while self._backend.exists(target):
            again += 1
            target = f"aside/{name}.{again}"
        self._backend.move(name, target)
        return target

    def unfinished(self) -> list[str]:
        """The names of what a crash left half written; `leftovers` puts them away."""
        found = list(abandoned(self._backend.scratch))
        for _, handle in found:
            os.close(handle)
        return [path.name for path, _ in found]

    def forget_unfinished_copies(self) -> None:
        """Half a copy is worth nothing, and lies in the clear."""
        for path, handle in abandoned(self._backend.scratch, COPY):
            path.unlink()
            os.close(handle)

    def leftovers(self) -> list[Path]:
        """Finds what a crash left half written and puts it away; returns where it lies now. A file that
        another process is writing at this moment is left alone. (S3: unfinished multipart uploads are the
        bucket's business, by its lifecycle rule.)"""
        found = abandoned(self._backend.scratch)
        return [put_away(path, handle, self._backend.left) for path, handle in found]


def is_named_by_hash(storage_key: str) -> bool:
    """Whether this is a name that put_original gives: what a sweep may take for an original."""
    area, _, rest = storage_key.partition("/")
    return area == "originals" and _NAMED_BY_HASH.fullmatch(rest) is not None


def _derived(name: str) -> str:
    return checked("derived/" + name.removeprefix("derived/"), "derived")


def _backend(url: str, scratch: Path | None) -> Backend:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        # Imported here because a village archive on one disk need not load it.
        from memorial.storage.s3 import Bucket

        return Bucket(parts.netloc, parts.path.strip("/"), scratch)
    if parts.scheme == "file":
        return Disk(Path(unquote(parts.path)))
    if parts.scheme and "://" in url:
        raise ValueError(f"storage is a folder, file:///… or s3://…, not {url}")
    return Disk(Path(os.path.expanduser(url)))
