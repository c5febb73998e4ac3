"""What robots are told: /robots.txt, /ai.txt, /sitemap.xml, and that nothing here is for training machines unless it says so.

Training is a use of its own (`ai_training`), and nearly nobody gives it. So those who gather for it are asked to stay away, by
the names that they go by, and text and data mining is reserved (W3C TDM Reservation Protocol). A record of which
everybody said yes to training says so in the head of its own answer, which by the protocol supersedes the file for all: no list
of what is free has to be kept, and a yes that is taken back counts from the next request.
"""

from __future__ import annotations

from flask import Response, current_app, jsonify

from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen
from memorial.formats.sitemap import MEDIA_TYPE, Listed, index, pages
from memorial.services import harvest
from memorial.web.cache import keep
from memorial.web.context import root_address
from memorial.web.doors import door
from memorial.web.exchange.rooms import exchange, taking
from memorial.web.public.rooms import machine

ROOM = 2_500  # records of a sitemap: with four languages 10,000 addresses of the 50,000 that are allowed
# Robots that gather for training, by the names that their owners publish.
GATHERERS = (
    "AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "cohere-training-data-crawler",
    "Diffbot", "FacebookBot", "Google-Extended", "GPTBot", "ImagesiftBot", "meta-externalagent", "omgili", "PanguBot", "Timpibot",
)  # fmt: skip
# Not secret, but nothing to find: forms, searches without end, the desk.
UNLISTED = ("contribute", "return", "my", "desk", "account", "search", "cite", "leave")


@door(machine, "/robots.txt", audience="machine")
def robots() -> Response:
    codes = current_app.extensions["site"].offered()
    lines = [*(f"User-agent: {name}" for name in GATHERERS), "Disallow: /", "", "User-agent: *"]
    lines += [f"Disallow: /{code}/{room}" for code in codes for room in UNLISTED]
    lines += ["Crawl-delay: 1", "", f"Sitemap: {root_address()}/sitemap.xml", ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@door(machine, "/ai.txt", audience="machine")
def for_training() -> Response:
    """The same again, for those who look for it here: each answer says in its head what is free."""
    lines = (
        "# Nothing here is for training machines, unless the head of an answer says",
        "# TDM-Reservation: 0: then everyone whose words they are has said yes to it.",
        "User-Agent: *",
        "Disallow: /",
        "",
    )
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@door(machine, "/.well-known/tdmrep.json", audience="machine")
def reservation() -> Response:
    """The rule for every address; what the head of an answer says goes before it ("Processing priority" of the protocol)."""
    return jsonify([{"location": "/", "tdm-reservation": 1}])


@door(exchange, "/sitemap.xml", audience="public")
def sitemap() -> Response:
    found = harvest.shelves(taking(), ROOM)
    addresses = [
        f"{root_address()}/sitemaps/rooms.xml",
        *(f"{root_address()}/sitemaps/{each}.xml" for each in found),
    ]
    return keep(Response(index(addresses), content_type=MEDIA_TYPE))


@door(exchange, "/sitemaps/rooms.xml", audience="public")
def rooms() -> Response:
    """The pages that are there whatever the archive holds."""
    paths = (
        "/",
        "/people",
        "/testimonies",
        "/press",
        "/documents",
        "/timeline",
        "/places",
        "/figures",
        "/sources",
        "/about",
        "/help",
    )
    return keep(Response(pages(Listed(_in_languages(path)) for path in paths), content_type=MEDIA_TYPE))


@door(exchange, "/sitemaps/<int:number>.xml", audience="public")
def shelf(number: int) -> Response:
    headers = harvest.on_shelf(taking(), number, ROOM) if number < 2**31 else []
    if not headers:
        raise NotOpen
    listed = [Listed(_in_languages(address(each.kind, each.public_id)), each.stamp) for each in headers]
    return keep(Response(pages(listed), content_type=MEDIA_TYPE))


def _in_languages(path: str) -> dict[str, str]:
    return {code: f"{root_address()}/{code}{path}" for code in current_app.extensions["site"].offered()}
