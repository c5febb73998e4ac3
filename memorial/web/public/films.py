"""Films and works of moving pictures: sources too, with a list of their own."""

from __future__ import annotations

from flask import Response, request

from memorial.services import sources
from memorial.services.cursors import asked
from memorial.web.context import reading
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/films", audience="public")
def films() -> Response:
    where = asked(request.args.get("after", ""), request.args.get("before", ""))
    return page("films", page=sources.films(reading(), where))
