"""The media door: copies of photographs and scans, each asked of the gate on every request.

Originals are never served. A copy is `no-cache` with its ETag, so that a browser asks again
before it shows what it kept, and a withdrawal counts in the middle of a range too.
"""

from __future__ import annotations

from flask import Response, request, send_file
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
MIMES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif"})


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


def serve(storage_key: str, mime: str, sha256: str, public_id: str) -> Response:
    """A stored copy with ranges and conditions; the caller has asked the gate."""
    try:
        stored = house().storage.open_derived(storage_key)
    except Missing as error:
        raise NotOpen from error
    name = f"{public_id}.{mime.rsplit('/', 1)[-1].replace('jpeg', 'jpg')}"
    answer = send_file(
        stored, mime, as_attachment=False, download_name=name, etag=sha256, conditional=False, max_age=None
    )
    length = stored.seek(0, 2)
    stored.seek(0)
    answer.content_length = length
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=length)
    except RequestedRangeNotSatisfiable:
        stored.close()
        raise
    if request.method == "HEAD" or answer.status_code == 304:
        stored.close()  # nobody reads a body of these, nor closes it
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Cookie"
    return answer
