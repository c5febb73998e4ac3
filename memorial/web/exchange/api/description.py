"""The API described in OpenAPI 3.1, at /api/v1/openapi.json.

Flask-smorest gathers it from the views; the schemas come from the views of the domain (formats/record_schema.py), and what holds
for every address alike is said here once: HEAD, conditional requests, problem details, the examples.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app
from flask_smorest import Api

from memorial.domain.ids import ALPHABET, ID_LENGTH
from memorial.formats.record_schema import definitions
from memorial.web import problems
from memorial.web.cache import keep
from memorial.web.context import root_address
from memorial.web.doors import door
from memorial.web.exchange.api.queries import ADVICE, Nothing
from memorial.web.exchange.api.rooms import OPEN, ROOT, api
from memorial.web.exchange.rooms import POLITE, exchange
from memorial.web.security import limiter

VERSION = "1.0"
SCHEMAS, RESPONSES = "#/components/schemas/", "#/components/responses/"
ABOUT = f"""What the archive shows to the public and allows to be reused, as JSON.

An address is that of the page with `{ROOT}` in the place of the language. Lists come in pages: follow `next` until there is
none. Dates are EDTF beside the words of the source; statements belong to whoever made them, and rival ones stand side by
side. What is empty is left out. Keep the `ETag` and ask with `If-None-Match`: what was taken back is gone with the next
request, so please look again before you show something, and take down what has become 404 or 410.
At most {POLITE}; beyond that the answer is 429 with `Retry-After`."""
TEXT, ANY, ADDRESS = {"type": "string"}, {"type": "object"}, {"type": "string", "format": "uri"}


def _object(needed: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    found = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(needed)} if needed else found


def _list(of: str, *needed: str, **more: Any) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"{SCHEMAS}{of}"}}
    return _object(("items", *needed), items=items, next=ADDRESS, previous=ADDRESS, **more)


def schemas() -> dict[str, Any]:
    """The views, with what the API adds to them, and the lists of them."""
    found: dict[str, Any] = definitions(SCHEMAS)
    for name in ("Record", "Source", "Question", "Entry", "Statement"):
        found[name]["properties"]["labels"] = {"$ref": f"{SCHEMAS}Labels"}
    found["Source"]["properties"]["more"] = {"type": "object", "additionalProperties": ADDRESS}
    found["SpokenWords"] = copy.deepcopy(found["Transcript"])
    found["SpokenWords"]["properties"] |= {"recording": TEXT, "lines": ADDRESS}
    found["NameFound"] = copy.deepcopy(found["Entry"])
    found["NameFound"]["properties"] |= {
        "written": TEXT,
        "degree": TEXT,
        "found_in": {"$ref": f"{SCHEMAS}Link"},
    }
    said = {"type": "object", "additionalProperties": TEXT}
    spoken, truth = {"$ref": f"{SCHEMAS}SpokenWords"}, {"type": "boolean"}
    hits = {"total": {"type": "integer"}, "partly": truth, "instead": {"type": "array", "items": TEXT}}
    return found | {
        "Labels": _object(kind=TEXT, when=TEXT, title=TEXT, said=TEXT, as_of=TEXT, detail=said, properties=said),
        "Entries": _list("Entry"), "Statements": _list("Statement"), "Memories": _list("Memory"),
        "Transcripts": _list("SpokenWords"), "Lines": _list("Line", "transcript", transcript=spoken),
        "Hits": _list("Entry", "partly", **hits),
        "Names": _list("NameFound", "more", "partly", more=truth, partly=truth),
        "Fault": _object(("where", "name", "detail", "advice"), where=TEXT, name=TEXT, detail=TEXT, advice=TEXT),
        "Problem": _object(
            ("type", "title", "status", "detail", "advice"), type=TEXT, title=TEXT, status={"type": "integer"},
            detail=TEXT, advice=TEXT, errors={"type": "array", "items": {"$ref": f"{SCHEMAS}Fault"}},
        ),
    }  # fmt: skip


# -- what holds for every address -------------------------------------------------------------

ETAG = {"ETag": {"schema": TEXT, "description": "Of this answer; ask with it in If-None-Match."}}
WAIT = {"Retry-After": {"schema": TEXT, "description": "Seconds."}}
WRONG: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "400": ("The request could not be understood", {}),
    "404": ("Nothing is published at this address: it never was, or is not shown", {}),
    "410": ("It was withdrawn, and its page says so", {}),
    "422": ("A parameter is unknown, given twice, or cannot be used", {}),
    "429": ("Too many requests", WAIT),
    "503": ("The archive is busy", WAIT),
}
CONDITION = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": TEXT,
    "description": "The ETag of an answer that you have: 304 without a body where it is still the same.",
}  # fmt: skip
PATH: Mapping[str, Mapping[str, Any]] = {
    "public_id": {"type": "string", "pattern": f"^[{ALPHABET}]{{{ID_LENGTH}}}$"},
    "transcript_id": {"type": "string", "pattern": f"^[{ALPHABET}]{{{ID_LENGTH}}}$"},
    "slug": {"type": "string", "pattern": "^[a-z0-9-]+$"},
}
MERGED = ("/people/{",)
RECORDS = ("testimonies", "press", "people", "documents", "timeline", "places")
LEFT = ("/memories", "/signs")  # whose pages say nothing of a withdrawal


def _shared() -> dict[str, Any]:
    """Answers that are the same everywhere, and the condition, for `components`."""
    known: dict[str, Any] = {"304": {"description": "It is still the same", "headers": ETAG}}
    for code, (words, headers) in WRONG.items():
        wrong = {problems.MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}, "example": _example(code)}}
        known[code] = {"description": words, "headers": dict(headers), "content": wrong}
    bare = {f"{code}-head": _bare(said) for code, said in known.items()}
    return {"schemas": schemas(), "responses": {**known, **bare}, "parameters": {"IfNoneMatch": CONDITION}}


def _bare(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "content"}


def _example(code: str) -> dict[str, Any]:
    words = "Must be greater than or equal to 1 and less than or equal to 100."
    faults = [problems.Fault("query", "limit", words, ADVICE)] if code == "422" else []
    return problems.said(int(code), faults)


def _operation(path: str, said: dict[str, Any]) -> dict[str, Any]:
    """GET with the answers that any address can give."""
    given = {**said["responses"]["200"], "headers": ETAG}
    wrong = [code for code in WRONG if code != "410" or _may_be_withdrawn(path)]
    answers = {"200": given, **{code: {"$ref": f"{RESPONSES}{code}"} for code in ("304", *wrong)}}
    if any(each in path for each in MERGED):
        there = {"Location": {"schema": ADDRESS}}
        answers["301"] = {"description": "Read as one with somebody else, whose page leads", "headers": there}
    condition = {"$ref": "#/components/parameters/IfNoneMatch"}
    return {**said, "parameters": [*said.get("parameters", []), condition], "responses": answers}


def _may_be_withdrawn(path: str) -> bool:
    room, _, rest = path.rpartition(f"{ROOT}/")[2].partition("/")
    return room in RECORDS and rest != "" and not rest.endswith(LEFT)


def _head(said: Mapping[str, Any]) -> dict[str, Any]:
    """HEAD is GET without the body, errors included."""
    answers = {
        code: {"$ref": f"{each['$ref']}-head"} if "$ref" in each else _bare(each)
        for code, each in said["responses"].items()
    }
    summary = f"{said['summary']}: the headers alone"
    return {**said, "operationId": f"head_{said['operationId']}", "summary": summary, "responses": answers}


OPTIONS = {"info": {"description": ABOUT, "license": {"name": "Of each record its own: see its rights"}}}


class _Described(Api):
    """The errors of the house stay the house's, and its own door gives the description."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """web/errors.py knows what programs are told."""


def _described() -> dict[str, Any]:
    """Made when somebody first asks for it."""
    gathered = _Described(
        current_app,
        spec_kwargs={"title": "Archive", "version": VERSION, "openapi_version": "3.1.0", **OPTIONS},
    )
    api.register_views_in_doc(gathered, current_app, gathered.spec, name=api.name, parameters=None)
    found: dict[str, Any] = gathered.spec.to_dict()
    found["components"] = _shared()
    for path, operations in found["paths"].items():
        for parameter in operations.get("parameters", []):
            parameter["schema"] = dict(PATH[parameter["name"]])
        operations["get"] = _operation(path, operations["get"])
        operations["head"] = _head(operations["get"])
    return found


def description() -> dict[str, Any]:
    """The whole description, for this archive at this address."""
    if "api" not in current_app.extensions:
        current_app.extensions["api"] = _described()
    return {**current_app.extensions["api"], "servers": [{"url": root_address()}]}


@door(exchange, f"{ROOT}/openapi.json", audience="public", endpoint="openapi")
@limiter.limit(POLITE)
@api.arguments(Nothing, location="query")
def openapi(_given: dict[str, Any]) -> Response:
    body = json.dumps(description(), ensure_ascii=False, separators=(",", ":"))
    found = Response(body, content_type="application/json")
    found.headers.update(OPEN)
    return keep(found)
