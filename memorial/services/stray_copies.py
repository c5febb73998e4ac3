"""Copies that no row names: what a worker, or an erasure, that was killed left behind. They lie in the clear.

    for storage_key in found(session, list(storage.listing("derived"))): storage.delete(storage_key)

A copy can be made again at any time, so that nothing is lost with one; an original is never touched here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import Derivative, Media


def found(session: GatedSession, listed: Sequence[str]) -> list[str]:
    """Those of the listed files that belong to nothing. The list is older than the first look at the tables,
    and what is due is read before what is known: copies that are being made at this moment are left alone."""
    due = set(session.scalars(select(Media.public_id).where(Media.due != "", Media.failed == "")))
    known = set(session.scalars(select(Derivative.storage_key)))
    return [key for key in listed if key not in known and key.split("/")[1] not in due]
