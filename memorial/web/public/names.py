"""Finding a person by name: the page of results, and suggestions for whoever is still typing."""

from __future__ import annotations

from flask import Response, jsonify, request

from memorial.services import name_search
from memorial.web.cache import keep
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages

IN_SEARCH = 3  # names above the other results of a search
EVERY_KIND = (*name_search.PEOPLE, "testimony", "place")


def asked_for() -> str:
    """What was typed, on one line, as far as it is read."""
    return " ".join(request.args.get("q", "").replace("\x00", " ").split())[: name_search.LONGEST_QUERY]


def found() -> Response:
    """`/people?q=`: people with a name like this, each with the spelling that answered."""
    query = asked_for()
    found = name_search.find(reading(), query)
    return page("people_found", query=query, found=found, is_name=name_search.is_name(query))


@door(pages, "/<lang>/people/suggestions", audience="public")
def suggestions() -> Response:
    """Names that begin so, as JSON, for the box in which somebody types."""
    names = name_search.suggestions(reading(), asked_for())
    answer = jsonify(
        [
            {
                "name": named.entry.title,
                "written": named.written,
                "address": f"/{language()}{named.entry.address}",
            }
            for named in names
        ]
    )
    return keep(answer)
