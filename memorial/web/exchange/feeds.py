"""What is new, for those who follow: /feeds/all.atom, /feeds/press.atom, /feeds/press.az.atom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, g, request

from memorial.domain.errors import NotOpen
from memorial.formats.atom import MEDIA_TYPE, Feed, FeedEntry, feed
from memorial.services import harvest, lists
from memorial.services.harvest import Asked, Described, Header
from memorial.web.cache import keep
from memorial.web.context import language, root_address
from memorial.web.doors import door
from memorial.web.exchange.rooms import POLITE, archive_name, exchange, taking
from memorial.web.security import limiter

EVERYTHING = "all"
SHOWN = 30


@door(exchange, "/feeds/<kind>.atom", audience="public")
@limiter.limit(POLITE)
def of_kind(kind: str) -> Response:
    return _feed(kind, "")


@door(exchange, "/feeds/<kind>.<code>.atom", audience="public")
@limiter.limit(POLITE)
def of_language(kind: str, code: str) -> Response:
    """Only what is in a language, or has words in it."""
    return _feed(kind, code)


# The pages that lead to a feed, by their endpoints.
LEADS: Mapping[str, str] = {
    "public.home": EVERYTHING, "public.testimonies": "testimony", "public.press": "press", "public.documents": "document",
    "public.timeline": "event", "public.places": "place", "public.people": "remembrance",
}  # fmt: skip


@exchange.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {"feeds_here": feeds_here}


def feeds_here() -> list[tuple[str, str]]:
    """Titles and addresses of the feeds of what this page lists: of all of it, and of what is in its language."""
    kind = LEADS.get(request.endpoint or "", "")
    if not kind or g.get("failed"):
        return []
    name, code = current_app.extensions["site"](language()).name, language()
    return [(name, f"/feeds/{kind}.atom"), (f"{name}: {code}", f"/feeds/{kind}.{code}.atom")]


def _feed(kind: str, code: str) -> Response:
    if kind not in (EVERYTHING, *lists.SHELVES) or len(code) > 35:
        raise NotOpen
    headers = harvest.newest(
        taking(), Asked(kind="" if kind == EVERYTHING else kind, language=code), most=SHOWN
    )
    said = harvest.described(taking(), headers)
    shown = code if code in current_app.extensions["site"].offered() else "en"
    entries = [
        _entry(header, said[header.record_id], shown, code) for header in headers if header.record_id in said
    ]
    name = ".".join(filter(None, (kind, code)))
    title = f"{archive_name()}: {name.replace('.', ', ')}"
    body = feed(
        Feed(
            f"{root_address()}/feeds/{name}.atom",
            title,
            f"{root_address()}/{shown}/",
            archive_name(),
            entries,
        )
    )
    return keep(Response(body, content_type=MEDIA_TYPE))


def _entry(header: Header, said: Described, shown: str, code: str) -> FeedEntry:
    in_it = [each for each in said.abstracts if each[0] == code]
    language, words = next(iter([*in_it, *said.abstracts]), ("und", ""))
    return FeedEntry(
        address=f"{root_address()}/{shown}{said.entry.address}",
        title=said.entry.title or f"[{header.kind}]",
        updated=header.stamp,
        kind=header.kind,
        language=said.entry.language,
        summary=words,
        summary_language=language,
        authors=[name for _, name in said.agents],
        rights=" · ".join(filter(None, (said.rights, *(label.said() for label in said.labels)))),
    )
