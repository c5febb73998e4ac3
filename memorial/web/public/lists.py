"""Lists: voices, sources, figures."""

from __future__ import annotations

from flask import Response, request

from memorial.domain.views import Page
from memorial.services import lists as service
from memorial.services import questions, voice_lists
from memorial.services.cursors import PER_PAGE, Asked, asked
from memorial.web.context import reading
from memorial.web.doors import door
from memorial.web.machine import FORMS, MOST_WORKS
from memorial.web.public.rooms import page, pages


def _asked() -> Asked:
    return asked(request.args.get("after", ""), request.args.get("before", ""))


def _shelf(kind: str, per_page: int = PER_PAGE) -> Page:
    return service.shelf(reading(), kind, _asked(), filters=request.args.to_dict(), per_page=per_page)


@door(pages, "/<lang>/testimonies", audience="public")
def testimonies() -> Response:
    shelf = _shelf("testimony")
    known = voice_lists.heard(reading(), [entry.public_id for entry in shelf.entries])
    return page("testimonies", page=shelf, heard=known)


@door(pages, "/<lang>/sources", audience="public")
def sources() -> Response:
    files = [(form.ending, form.title) for form in FORMS.values()]
    return page("sources", page=service.sources(reading(), _asked()), files=files, most=MOST_WORKS)


@door(pages, "/<lang>/figures", audience="public")
def figures() -> Response:
    session = reading()
    return page(
        "figures",
        questions=questions.questions(session, ["figure"]),
        accounts=questions.questions(session, ["account", "term"]),
    )
