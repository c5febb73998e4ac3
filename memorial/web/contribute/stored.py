"""Copies of photographs and recordings for those who hold them in custody: their family, and the desk.

Not the public's door: `/media/…` serves what was published, through the gate of the public.
"""

from __future__ import annotations

from flask import Response
from sqlalchemy import select

from memorial.domain.errors import NotOpen
from memorial.domain.ids import is_public_id
from memorial.gate import GatedSession, may
from memorial.models import Derivative
from memorial.web.account import identity
from memorial.web.context import house, reading
from memorial.web.contribute import pages, visit
from memorial.web.doors import door
from memorial.web.public.stored import MIMES, serve


@door(pages, "/media-proof/<public_id>", audience="family")
def media_proof(public_id: str) -> Response:
    """A copy, inline and never kept by a browser. Not found and not yours are the same answer."""
    if not is_public_id(public_id):
        raise NotOpen
    for session in _readers():
        copy = session.scalars(select(Derivative).where(Derivative.public_id == public_id)).first()
        if copy is not None:
            return _give(copy)
    raise NotOpen


def _readers() -> list[GatedSession]:
    """As whom this browser may look: as a family, as the desk, or as nobody."""
    here = visit.here()
    sessions = [visit.family_session(here)] if here is not None else []
    signed_in = identity.me()
    if signed_in is not None and signed_in.whole:
        desk = reading(identity.desk_reader())
        if may(desk, identity.actor(), "open_desk", now=house().now()):
            sessions.append(desk)
    return sessions


def _give(copy: Derivative) -> Response:
    """In ranges as visitors have it, so that a film is not read whole; a scan that is no picture is kept as a file."""
    answer = serve(copy.storage_key, copy.mime, copy.sha256, copy.public_id)
    if copy.mime not in MIMES:
        answer.headers.set("Content-Disposition", "attachment")
    return answer
