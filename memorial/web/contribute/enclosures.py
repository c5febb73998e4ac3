"""Files with a message: taken before anything is locked, given back to the family as a download."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from flask import Response, request
from flask_babel import gettext as _

from memorial.derivatives import Refused
from memorial.domain.errors import NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.lines import one_line
from memorial.services import contribute, enclosures
from memorial.services.custody import contribution_key
from memorial.services.photographs import Received
from memorial.storage import Damaged, Missing
from memorial.web.context import house
from memorial.web.contribute import pages, visit
from memorial.web.contribute.fields import clean
from memorial.web.contribute.file_words import in_words
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door


def received(here: Visit) -> tuple[list[Received], str]:
    """The files of this form, safely stored; or why they are not."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > enclosures.MOST:
        return [], _("Up to %(count)s files go with one message.", count=enclosures.MOST)
    session = visit.family_session(here)
    key = contribution_key(house().keys, contribute.by_id(session, here.contribution_id))
    kept = []
    for file in files:
        name = clean(file.filename or "")
        try:
            kept.append(enclosures.receive(house().storage, key, cast(BinaryIO, file.stream), name))
        except Refused as refused:
            return [], why_not(refused, name)
    return kept, ""


def why_not(refused: Refused, name: str) -> str:
    """Why a file does not go with a message."""
    if refused.reason_code == "too_large_bytes":
        return _(
            "%(name)s is larger than %(limit)s. Send it as a photograph or recording instead.",
            name=name,
            limit=in_words(enclosures.LARGEST),
        )
    return _("%(name)s is empty: there is nothing in it. Please choose it once more.", name=name)


@door(pages, "/<lang>/my/<ref>/files/<public_id>", audience="family")
def enclosure(ref: str, public_id: str) -> Response:
    """A file that the family sent or was sent. Not found and not yours are the same answer."""
    here = visit.here()
    if here is None or here.ref != ref or not is_public_id(public_id):
        raise NotOpen
    session = visit.family_session(here)
    found = enclosures.of_family(session, here.contribution_id, public_id)
    try:
        opened, name = enclosures.open_file(session, house().keys, house().storage, found)
    except (Damaged, Missing) as broken:
        raise NotOpen from broken
    return as_download(opened, name)


def as_download(opened: BinaryIO, name: str) -> Response:
    """Never shown in a page: whatever it is, the browser keeps it as a file."""
    answer = Response(_chunks(opened), mimetype="application/octet-stream")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=one_line(name).replace("/", "_") or "file"
    )
    answer.call_on_close(opened.close)
    return answer


def _chunks(opened: BinaryIO) -> Iterator[bytes]:
    while chunk := opened.read(1 << 16):
        yield chunk
