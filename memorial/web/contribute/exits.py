"""Quick exit: ends the session and leads to a page that says nothing. The draft stays behind its code."""

from __future__ import annotations

import logging

from flask import Response, make_response, redirect, render_template, session
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as Answer

from memorial.web.context import language
from memorial.web.contribute import pages, visit
from memorial.web.doors import door

log = logging.getLogger("memorial.web")


@door(pages, "/<lang>/leave", audience="family")
def leave() -> Answer:
    """A plain link, so that one press is enough; what it does harms nobody who is led here."""
    try:
        visit.leave()
    except SQLAlchemyError:
        # Whoever has to leave leaves, even where the other sessions could not be ended.
        log.warning("a quick exit could not be written down", exc_info=True)
    session.clear()
    return redirect(f"/{language()}/left", code=303)


@door(pages, "/<lang>/left", audience="family")
def left() -> Response:
    """Nothing of the archive in title or text."""
    return make_response(render_template("contribute/left.html"))
