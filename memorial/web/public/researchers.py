"""What an approved reader opens beyond what the public sees is written down before it is shown.

opened("record:7bkmw2q9x4", view, lambda public: record_view(public, kind, public_id))

The same thing is loaded once more as the public would have it; where both are equal nothing is
written. Other readers pay nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import g

from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession, Reader
from memorial.services import research_log
from memorial.services.reading import Withdrawn
from memorial.web.context import house, moment, reader, reading


def opened(thing: str, seen: object, load: Callable[[GatedSession], object]) -> None:
    """Called by the view, before its answer."""
    if "research" not in g or "research" not in reader().audiences:
        return
    try:
        same = load(reading(Reader.public(moment()))) == seen
    except (NotOpen, Withdrawn):
        same = False
    if not same:
        with house().writing(house().keeper()) as session:
            research_log.note(session, g.research.account_id, thing, now=house().now())
