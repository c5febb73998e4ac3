"""Documents: a table that the address sorts and filters, and a picture of years and countries."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

from memorial.domain.errors import NotOpen
from memorial.services import documents as service
from memorial.services.cursors import asked
from memorial.web.context import reading
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/documents", audience="public")
def documents() -> Response:
    sort = request.args.get("sort") or "date"
    if sort not in service.SORTS:
        raise NotOpen
    kept = {name: value for name in service.FILTERS if (value := request.args.get(name, ""))}
    place = asked(request.args.get("after", ""), request.args.get("before", ""))
    session = reading()
    return page(
        "documents",
        table=service.table(session, place, sort=sort, kept=kept),
        counts=service.counts(session),
        choices=service.choices(session),
        sort=sort,
        kept=kept,
        query=urlencode({**({"sort": sort} if sort != "date" else {}), **kept}),
    )
