"""The lines of a list of names, as its source's own page leads to them."""

from __future__ import annotations

from flask import Response, request

from memorial.services.name_lists import lines
from memorial.web.context import reading
from memorial.web.doors import door
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/sources/<public_id>/lines", audience="public")
def list_lines(public_id: str) -> Response:
    after = request.args.get("after", "")
    found = lines.lines_of(reading(), public_id, after)
    opened(f"source:{public_id}", found, lambda public: lines.lines_of(public, public_id, after))
    return page("list_lines", list=found)
