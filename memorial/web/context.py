"""What a view has at hand: the house, the language, and one session per request and reader.

house()            the running archive
reading()          the public (or approved reader's) session of this request, opened once
taking()           that of whoever takes something away: the public, for `reuse`
writing(reader)    a context manager that commits once; the entry point's only commit
root_address()     what absolute addresses begin with
moment()           now, the same for the whole request
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import Flask, current_app, g, request

from memorial.domain.consent import Moment
from memorial.gate import GatedSession, Reader, session_for
from memorial.house import House

# Set in the configuration of the application whose pages become a copy (web/leaving), and in no other.
COPIED = "COPIED"


def house() -> House:
    return cast(House, current_app.extensions["house"])


def moment() -> Moment:
    if "moment" not in g:
        g.moment = house().moment()
    return cast(Moment, g.moment)


def reader() -> Reader:
    """Who reads published pages in this request: the public, or an approved reader who signed in."""
    if current_app.config.get(COPIED):
        return Reader.mirror(moment())
    return cast(Reader, g.get("reader") or Reader.public(moment()))


def reading(who: Reader | None = None) -> GatedSession:
    """The request's session for a reader, closed with the request. Another reader gets another session."""
    who = who or reader()
    sessions: dict[Reader, GatedSession] = g.setdefault("sessions", {})
    if who not in sessions:
        # The desk reads what it is about to change, and much of it in one stream.
        engine = house().engine if who.custody else house().reading_engine
        sessions[who] = session_for(engine, who)
    return sessions[who]


def taking() -> GatedSession:
    """The session of whoever takes away: always the public's, whoever is signed in."""
    return reading(Reader.public(moment(), "reuse"))


def viewing() -> GatedSession:
    """What the public sees, whoever is signed in."""
    return reading(Reader.public(moment()))


def writing(who: Reader) -> AbstractContextManager[GatedSession]:
    return house().writing(who)


def look_away() -> None:
    """End what this request has read so far: an erasure empties the log of the database, which a reader holds up."""
    for session in g.get("sessions", {}).values():
        session.rollback()


def language() -> str:
    return cast(str, g.get("lang", "en"))


def close_sessions(app: Flask) -> None:
    """Close what the request opened, however it ended."""

    @app.teardown_request
    def _close(_error: BaseException | None) -> None:
        for session in g.pop("sessions", {}).values():
            session.close()


def root_address() -> str:
    """Where this archive is for the world, without a slash at its end: as set, else as it was asked."""
    return house().settings.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
