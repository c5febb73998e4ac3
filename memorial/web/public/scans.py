"""The door of scans that are no pictures: a PDF is kept by the browser as a file, and never shown in a page of ours."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select

from memorial.derivatives import PAPER
from memorial.domain.errors import NotOpen
from memorial.gate import Reader
from memorial.models import Derivative
from memorial.web.context import moment, reader, reading
from memorial.web.doors import door
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import media
from memorial.web.public.stored import serve


@door(media, "/media/<public_id>/scan.pdf", audience="public")
def scan(public_id: str) -> Response:
    """Asked of the gate for `download`: to be looked at alone is not enough."""
    wanted = select(Derivative.public_id, Derivative.storage_key, Derivative.sha256).where(
        Derivative.public_id == public_id, Derivative.mime == PAPER
    )
    found = reading(reader().for_use("download")).execute(wanted).first()
    if found is None:
        raise NotOpen
    public = Reader.public(moment(), "download")
    opened(f"media:{public_id}", found, lambda _: reading(public).execute(wanted).first())
    answer = serve(found.storage_key, PAPER, found.sha256, found.public_id)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{public_id}.pdf")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
