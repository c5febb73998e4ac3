"""Files of a plain form while the form is being read: never readable on this machine's disk.

A form's larger files must wait somewhere until its token was checked and its fields are known. They
wait in a temporary file without a name, encrypted under a key that exists in this process alone and
is forgotten with the request.

app.request_class = FormRequest      # once, in create_app
"""

from __future__ import annotations

import io
import tempfile
from typing import IO

from flask import Request, current_app

from memorial.keys import ContributionKey

STRETCH = 1 << 20  # bytes that stay in memory; what is shorter never touches the disk


class SealedSpool(io.RawIOBase):
    """Written once from the beginning, then read and sought at will, as a form's file is."""

    def __init__(self, key: ContributionKey) -> None:
        self._key = key
        self._file: IO[bytes] | None = None
        self._places: list[tuple[int, int]] = []  # where each stretch lies in the file, and how long it is
        self._rest = bytearray()
        self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self._places) * STRETCH + len(self._rest)

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._rest += data
        while len(self._rest) >= STRETCH:
            self._put_away(bytes(self._rest[:STRETCH]))
            del self._rest[:STRETCH]
        self._at = len(self)
        return len(data)

    def _put_away(self, plain: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with this one)
        sealed = self._key.encrypt(plain)
        self._places.append((self._file.seek(0, io.SEEK_END), len(sealed)))
        self._file.write(sealed)

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        number, within = divmod(self._at, STRETCH)
        stretch = self._stretch(number)[within : within + len(target)]
        target[: len(stretch)] = stretch
        self._at += len(stretch)
        return len(stretch)

    def _stretch(self, number: int) -> bytes:
        if number >= len(self._places):
            return bytes(self._rest)
        if self._open[0] != number and self._file is not None:
            place, length = self._places[number]
            self._file.seek(place)
            self._open = (number, self._key.decrypt(self._file.read(length)))
        return self._open[1]

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self)}[whence]
        self._at = min(max(0, start + offset), len(self))
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._rest.clear()
        super().close()


class FormRequest(Request):
    """Flask's request, whose forms leave no readable file behind, not even for a moment."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return SealedSpool(current_app.extensions["house"].keys.new_contribution_key())  # type: ignore[return-value]
