"""What is new, for those who follow: /feeds/all.atom, /feeds/press.atom, /feeds/press.az.atom."""

from __future__ import annotations

from flask import Response, current_app

from memorial.domain.errors import NotOpen
from memorial.formats.atom import MEDIA_TYPE, Feed, FeedEntry, feed
from memorial.services import harvest, lists
from memorial.services.harvest import Asked, Described, Header
from memorial.web.cache import keep
from memorial.web.context import root_address
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
    """Only what is in a language."""
    return _feed(kind, code)


def _feed(kind: str, code: str) -> Response:
    if kind not in (EVERYTHING, *lists.SHELVES) or len(code) > 35:
        raise NotOpen
    headers = harvest.newest(
        taking(), Asked(kind="" if kind == EVERYTHING else kind, language=code), most=SHOWN
    )
    said = harvest.described(taking(), headers)
    shown = code if code in current_app.extensions["site"].offered() else "en"
    entries = [
        _entry(header, said[header.record_id], shown) for header in headers if header.record_id in said
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


def _entry(header: Header, said: Described, shown: str) -> FeedEntry:
    language, words = next(iter(said.abstracts), ("und", ""))
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
