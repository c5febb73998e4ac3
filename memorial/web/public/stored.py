"""The media door: copies of photographs, scans and recordings, each asked of the gate on every request.

Originals are never served. A copy is `no-cache` with its ETag, so that a browser asks again
before it shows what it kept, and a withdrawal counts in the middle of a range too.

Behind an nginx that may read the folder of the copies (MEMORIAL_ACCEL), the answer names the file and nginx sends it;
the question to the gate stays here. Copies to be kept as files have doors of their own (scans.py, voices.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from flask import Response, request
from sqlalchemy import select
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from memorial.domain.errors import NotOpen
from memorial.models import Derivative
from memorial.storage import Missing
from memorial.web.context import house, reading
from memorial.web.doors import door
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import media

# What copies are made as; nothing else leaves by this door, whatever a row says.
MIMES: Final = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif", "audio/ogg": "ogg",
    "audio/mp4": "m4a", "video/mp4": "mp4", "application/json": "json",
}  # fmt: skip
CHUNK: Final = 1 << 18
# One range of bytes; several at once, and what is no range, are answered with the whole, as RFC 9110 allows.
_ONE_RANGE: Final = re.compile(r"bytes=(\d+-\d*|-\d+)")


@door(media, "/media/<public_id>", audience="public")
def copy(public_id: str) -> Response:
    wanted = select(
        Derivative.public_id, Derivative.storage_key, Derivative.mime, Derivative.sha256
    ).where(Derivative.public_id == public_id)  # fmt: skip
    found = reading().execute(wanted).first()
    if found is None or found.mime not in MIMES:
        raise NotOpen
    opened(f"media:{public_id}", found, lambda public: public.execute(wanted).first())
    return serve(found.storage_key, found.mime, found.sha256, found.public_id)


def name_of(public_id: str, mime: str) -> str:
    return f"{public_id}.{MIMES.get(mime) or mime.rsplit('/', 1)[-1]}"


def serve(storage_key: str, mime: str, sha256: str, public_id: str) -> Response:
    """A stored copy with ranges and conditions; the caller has asked the gate."""
    answer = Response(mimetype=mime)
    answer.headers.set("Content-Disposition", "inline", filename=name_of(public_id, mime))
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Cookie"
    if house().settings.accel and house().storage.on_disk:
        return _handed_on(answer, storage_key)
    try:
        stored = house().storage.open_derived(storage_key)
    except Missing as error:
        raise NotOpen from error
    return _sent(answer, stored, sha256)


def _sent(answer: Response, stored: BinaryIO, sha256: str) -> Response:
    length = stored.seek(0, 2)
    answer.set_etag(sha256)
    answer.content_length = length
    try:
        answer.make_conditional(_asked(), accept_ranges=True, complete_length=length)
    except RequestedRangeNotSatisfiable:
        stored.close()
        raise
    if request.method == "HEAD" or answer.status_code == 304:
        stored.close()  # nobody reads a body of these, nor closes it
        answer.response = []
        return answer
    begin = answer.content_range.start or 0 if answer.status_code == 206 else 0
    answer.direct_passthrough = True
    answer.response = _Stretch(stored, begin, answer.content_length or 0)
    return answer


def _asked() -> dict[str, Any]:
    """The request, without a range that is not answered with a part."""
    asked = dict(request.environ)
    if request.method != "GET" or not _ONE_RANGE.fullmatch(asked.get("HTTP_RANGE", "").replace(" ", "")):
        asked.pop("HTTP_RANGE", None)
    return asked


def _handed_on(answer: Response, storage_key: str) -> Response:
    """nginx answers ranges and conditions, of a file that it may read and the gate has just allowed."""
    if not house().storage.exists(storage_key):
        raise NotOpen
    answer.headers["X-Accel-Redirect"] = house().settings.accel + storage_key
    return answer


class _Stretch:
    """A part of a file as the body of an answer; the server closes it."""

    def __init__(self, stored: BinaryIO, begin: int, length: int) -> None:
        self._stored, self._left = stored, length
        stored.seek(begin)

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (chunk := self._stored.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._stored.close()
