"""Files in S3-compatible object storage, through obstore. Loaded only when the storage URL begins s3://."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from memorial.storage.files import CHUNK, AlreadyThere, Damaged, Missing, NoRoom, Unreachable

if TYPE_CHECKING:
    from obstore import ReadableFile
    from obstore.store import ClientConfig, RetryConfig

# A conditional put is one request and held in memory whole; a larger file goes up in parts, without the
# condition. Its name is the hash of its randomised ciphertext, so what it could overwrite is itself.
_WHOLE: Final = 32 << 20
_PART: Final = 16 << 20
_PARTS_AT_ONCE: Final = 3
_FULL: Final = ("507 ", "InsufficientStorage", "InsufficientCapacity", "QuotaExceeded", "XMinioStorageFull")


class Bucket:
    def __init__(self, bucket: str, prefix: str, scratch: Path | None) -> None:
        # obstore's default of 30 seconds is for a whole request: a slow line needs longer for one part.
        # Giving options makes obstore forget the one that it reads from the environment.
        options: ClientConfig = {
            "timeout": timedelta(minutes=10),
            "connect_timeout": timedelta(seconds=10),
            "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true"),
        }
        # Its default of three minutes of trying again would hold a visitor's request as long.
        again: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
        self._store = S3Store(bucket, prefix=prefix or None, client_options=options, retry_config=again)
        self.scratch = scratch or Path(tempfile.gettempdir()) / f"memorial-incoming-{bucket}"
        self.left = self.scratch / "unfinished"
        self.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, finished: Path, name: str, *, overwrite: bool) -> None:
        """Object stores acknowledge when the object is durable; there is nothing to fsync."""
        size = finished.stat().st_size
        with _named_errors(name):
            if not overwrite and self.exists(name):
                raise AlreadyThere(name)
            if overwrite or size > _WHOLE:
                obstore.put(self._store, name, finished, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)
            else:
                obstore.put(self._store, name, finished.read_bytes(), mode="create")
            arrived = obstore.head(self._store, name)["size"]
        if arrived != size:
            raise Damaged(name, f"another length: {arrived} bytes of {size}")

    def open(self, name: str) -> BinaryIO:
        with _named_errors(name):
            remote = obstore.open_reader(self._store, name, buffer_size=CHUNK)
        return io.BufferedReader(_Remote(remote, name), CHUNK)

    def exists(self, name: str) -> bool:
        try:
            with _named_errors(name):
                obstore.head(self._store, name)
        except Missing:
            return False
        return True

    def delete(self, name: str) -> None:
        with _named_errors(name):
            obstore.delete(self._store, name)

    def move(self, name: str, to: str) -> None:
        """Copy, compare, delete: S3 cannot rename."""
        with _named_errors(name):
            size = obstore.head(self._store, name)["size"]
            obstore.copy(self._store, name, to)
            if obstore.head(self._store, to)["size"] == size:
                obstore.delete(self._store, name)

    def listing(self, area: str) -> Iterator[str]:
        with _named_errors(area):
            for page in obstore.list(self._store, area + "/", chunk_size=1000):
                yield from (item["path"] for item in page)


class _Remote(io.RawIOBase):
    def __init__(self, remote: ReadableFile, name: str) -> None:
        self._remote = remote
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        with _named_errors(self._name):
            chunk = memoryview(self._remote.read(len(target)))
        target[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._remote.seek(offset, whence)

    def tell(self) -> int:
        return self._remote.tell()

    def close(self) -> None:
        if not self.closed:
            self._remote.close()
        super().close()


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as wrong:
        raise Missing(name) from wrong
    except AlreadyExistsError as wrong:
        raise AlreadyThere(name) from wrong
    except BaseError as wrong:
        if any(sign in str(wrong) for sign in _FULL):
            raise NoRoom(str(wrong)) from wrong
        raise Unreachable(f"{name}: {wrong}") from wrong
