"""The blueprint of the API, and how its answers are written.

    return answer(record_json.record(view, **said_in(lang)), lang)
    return listing(items, page, lang, …)

Answers are kept and revalidated like pages (web/cache.py). They may be read by scripts of other sites: they are the same
for everyone, and a cookie changes nothing in them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, g, request
from flask_smorest import Blueprint
from werkzeug.urls import iri_to_uri

from memorial.formats.record_schema import REQUIRED
from memorial.web.cache import keep
from memorial.web.context import root_address
from memorial.web.doors import door
from memorial.web.exchange.api.examples import EXAMPLES
from memorial.web.exchange.api.queries import Parser
from memorial.web.exchange.rooms import POLITE
from memorial.web.security import limiter

ROOT = "/api/v1"
OPEN = {  # to scripts of other sites
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
View = TypeVar("View", bound=Callable[..., Response])

api = Blueprint("api", __name__)
api.ARGUMENTS_PARSER = Parser()


def taken(rule: str, asked: type, schema: str, summary: str, *, named: str) -> Callable[[View], View]:
    """Registers a door of the API with what it takes, what it gives, and its limit."""

    def register(view: View) -> View:
        given = {"$ref": f"#/components/schemas/{schema}"}
        wrapped = api.response(200, given, description=summary, example=EXAMPLES[schema])(view)
        wrapped = api.arguments(asked, location="query")(wrapped)
        wrapped = api.doc(summary=summary, operationId=named)(wrapped)
        wrapped = limiter.limit(POLITE)(wrapped)
        door(api, f"{ROOT}{rule}", audience="public", endpoint=named)(wrapped)
        return view

    return register


def said_in(language: str) -> dict[str, str]:
    """For formats/record_json.py; the labels of this answer are said in the language too."""
    g.lang = language
    return {"address": root_address(), "language": language}


def narrowed(view: type, said: Mapping[str, Any], wanted: Collection[str] | None) -> dict[str, Any]:
    """Only the fields that are wanted, with those that the view cannot be without."""
    if not wanted:
        return dict(said)
    kept = {*wanted, *REQUIRED.get(view, ("id",))}
    return {name: value for name, value in said.items() if name in kept}


def answer(said: Mapping[str, Any], language: str, links: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    found = Response(body, content_type="application/json")
    found.headers.update(OPEN)
    found.headers["Content-Language"] = language
    for relation, address in (links or {}).items():
        found.headers.add("Link", f'<{address}>; rel="{relation}"')
    return keep(found)


def listing(
    items: Sequence[Mapping[str, Any]], language: str, *, following: str = "", previous: str = "", **more: Any
) -> Response:
    """One page of a list, with the whole addresses of those that follow it and go before it."""
    beside = {name: address for name, address in (("next", following), ("previous", previous)) if address}
    links = {name.replace("previous", "prev"): address for name, address in beside.items()}
    return answer({"items": items, **beside, **more}, language, links)


def neighbours(after: str, before: str = "") -> dict[str, str]:
    """The addresses of a list's neighbouring pages, by their cursors."""
    return {
        "following": leading_to(after=after) if after else "",
        "previous": leading_to(before=before) if before else "",
    }


def leading_to(**given: str) -> str:
    """This address, with another place in the list."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "before")}
    return f"{root_address()}{iri_to_uri(request.path)}?{urlencode({**kept, **given})}"
