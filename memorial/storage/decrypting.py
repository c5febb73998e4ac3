"""A plain file read from an encrypted one, as a stream: age pushes, readers pull.

A thread decrypts into a pipe of the system, so that memory stays bounded and no plain byte touches a disk.
"""

from __future__ import annotations

import io
import os
import threading
from typing import BinaryIO, Protocol

from memorial.storage.files import CHUNK, ExactReader, Writable


class DecryptingKey(Protocol):
    def decrypt_stream(self, reader: ExactReader, writer: Writable) -> None: ...


def decrypting(source: BinaryIO, key: DecryptingKey) -> BinaryIO:
    """Takes over `source` and closes it. What decrypting raises is raised by `read`."""
    return io.BufferedReader(_Decrypting(source, key), CHUNK)


class _Decrypting(io.RawIOBase):
    def __init__(self, source: BinaryIO, key: DecryptingKey) -> None:
        self._failed: BaseException | None = None
        reading, writing = os.pipe()
        self._pipe = os.fdopen(reading, "rb", buffering=0)
        self._thread = threading.Thread(
            target=self._decrypt, args=(source, key, writing), name="decrypting", daemon=True
        )
        self._thread.start()

    def _decrypt(self, source: BinaryIO, key: DecryptingKey, writing: int) -> None:
        try:
            # The pipe first: whatever fails after it, the reader comes to an end.
            with os.fdopen(writing, "wb", buffering=0) as pipe, source:
                key.decrypt_stream(source, _Whole(pipe))
        except BrokenPipeError:
            pass  # closed before the end
        except BaseException as wrong:
            self._failed = wrong

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        count = self._pipe.readinto(target)
        if not count:
            self._thread.join()
            if self._failed is not None:
                raise self._failed
        return count or 0

    def close(self) -> None:
        if not self.closed:
            self._pipe.close()
            self._thread.join()
        super().close()


class _Whole:
    """A pipe may take less than it is given."""

    def __init__(self, pipe: io.FileIO) -> None:
        self._pipe = pipe

    def write(self, data: bytes, /) -> int:
        rest = memoryview(data)
        while rest:
            rest = rest[self._pipe.write(rest) :]
        return len(data)
