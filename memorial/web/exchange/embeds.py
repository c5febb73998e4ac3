"""A moment of a testimony in a page of another house, and oEmbed, by which that house asks how to show it.

The frame is the one page that others may hold. It asks the gate for `reuse` like everything that is taken away, so it falls
silent with the next request after a yes was taken back, and its recording with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from flask import Response, current_app, g, make_response, render_template, request

from memorial.domain.addresses import KIND_OF
from memorial.domain.errors import NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.moments import seconds
from memorial.domain.views import RecordView
from memorial.formats import oembed as formats
from memorial.formats.oembed import Said
from memorial.services import reading as records
from memorial.services import voice_page
from memorial.services.voice_page import Row, VoicePage
from memorial.web.cache import keep
from memorial.web.context import language, root_address
from memorial.web.doors import door
from memorial.web.embedding import frame, picture_of
from memorial.web.exchange.rooms import POLITE, exchange, taking, viewing
from memorial.web.machine import heading
from memorial.web.security import framed_anywhere, limiter
from memorial.web.voice import set_in

MOST_LINES = 12
FORMS = ("json", "xml")


@door(exchange, "/<lang>/embed/<public_id>", audience="public")
def embed(public_id: str) -> Response:
    """A recording from a moment on, or between two, with what is said then: ?t=12:04 or ?t=12:04,13:30."""
    at, _, until = request.args.get("t", "").partition(",")
    try:
        record = records.record_view(taking(), "testimony", public_id)
        asked = voice_page.asked({**request.args.to_dict(), "t": at, "find": ""})
        voice = voice_page.opened(taking(), record, asked, language())
    except NotOpen:
        return silent(public_id)
    if voice is None or not voice.recording.copies:
        return silent(public_id)
    ends = _end(voice, seconds(until))
    page = render_template(
        "public/embed.html", record=record, voice=voice, rows=_rows(voice, ends), said=set_in(voice.recording),
        fragment=_fragment(voice.asked.moment, ends), where=_where(voice),
    )  # fmt: skip
    return framed_anywhere(keep(make_response(page)))


def silent(public_id: str) -> Response:
    """The same quiet words whatever was here; gone where a notice says so on the page itself, else not found."""
    status = 410 if records.is_withdrawn(viewing(), public_id, "testimony") else 404
    answer = make_response(render_template("public/embed_silent.html"), status)
    answer.headers["Cache-Control"] = "no-store"
    return framed_anywhere(answer)


def _end(voice: VoicePage, until: int | None) -> int | None:
    """Seconds; none where it lies before the beginning."""
    return until if until is not None and until > (voice.asked.moment or 0) else None


def _fragment(at: int | None, ends: int | None) -> str:
    """Where a player begins and ends, as a media fragment: no script is needed for it."""
    if not at and ends is None:
        return ""
    return f"#t={at or 0}" if ends is None else f"#t={at or 0},{ends}"


def _rows(voice: VoicePage, ends: int | None) -> list[Row]:
    """The line of the moment, and those that follow until its end."""
    rows = list(voice.rows)
    first = next((number for number, row in enumerate(rows) if row.current), None)
    if first is None:
        return []
    return [rows[first], *(row for row in rows[first + 1 :] if ends and row.line.starts < ends * 1000)][
        :MOST_LINES
    ]


def _where(voice: VoicePage) -> str:
    """What follows the page's address to open it at this moment."""
    query = voice.link(t=str(voice.asked.moment) if voice.asked.moment else "")
    return "" if query == "?" else query


# -- oEmbed ---------------------------------------------------------------------------------


@door(exchange, "/oembed", audience="public")
@limiter.limit(POLITE)
def oembed() -> Response:
    form = request.args.get("format", "json")
    if form not in FORMS:
        return _refused(501, "The formats are json and xml.")
    given = request.args.get("url", "")
    most = [_limit(request.args.get(name, "")) for name in ("maxwidth", "maxheight")]
    if not given or None in most:
        return _refused(400, "Ask with url=, and maxwidth= and maxheight= as whole numbers.")
    record, asked = _asked_for(given)
    said = _said(record, asked, (most[0] or 0, most[1] or 0))
    if form == "xml":
        answer = Response(formats.as_xml(said), content_type=formats.XML)
    else:
        answer = Response(json.dumps(formats.as_json(said), ensure_ascii=False), content_type=formats.JSON)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return keep(answer)


def _limit(given: str) -> int | None:
    """How many points there may be; 0 where nothing is said, None where it is no number."""
    if not given:
        return 0
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 and int(given) else None


def _asked_for(address: str) -> tuple[RecordView, Mapping[str, str]]:
    """The record of a page's address as it may be handed on. Raises NotOpen for every other address."""
    try:
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=20).items()}
    except ValueError as error:
        raise NotOpen from error
    steps = parts.path.split("/")
    if (
        parts.scheme not in ("http", "https")
        or parts.netloc != urlsplit(root_address()).netloc
        or len(steps) != 4
    ):
        raise NotOpen
    _, code, room, public_id = steps
    kind = "testimony" if room == "embed" else KIND_OF.get(f"/{room}", "")
    if code not in current_app.extensions["site"].offered() or not is_public_id(public_id):
        raise NotOpen
    if kind not in ("testimony", "press", "remembrance", "document", "event", "place"):
        raise NotOpen
    g.lang = code
    return records.record_view(taking(), kind, public_id), asked


def _said(record: RecordView, asked: Mapping[str, str], most: tuple[int, int]) -> Said:
    site = current_app.extensions["site"](language())
    picture = picture_of(record)
    about = {
        "title": heading(record), "archive": str(site.name), "archive_address": f"{root_address()}/{language()}/",
    }  # fmt: skip
    if picture is not None and all(
        own <= (limit or own) for own, limit in zip((picture.width, picture.height), most, strict=True)
    ):
        beside = {"thumbnail": picture.address}
        sizes = {"thumbnail_width": picture.width, "thumbnail_height": picture.height}
    else:
        beside, sizes = {}, {}
    heard = [each for each in record.recordings if each.copies] if record.kind == "testimony" else []
    if not heard:
        return Said("link", **about, **beside, **sizes)
    recording = next((each for each in heard if each.public_id == asked.get("recording")), heard[0])
    at = asked.get("t", "")
    told = at if any(seconds(each) is not None for each in at.split(",")[:2]) else ""
    html, wide, high = frame(record, recording, told, most)
    kind = "video" if recording.of("video") else "rich"
    return Said(kind, **about, **beside, **sizes, html=str(html), width=wide, height=high)


def _refused(status: int, words: str) -> Response:
    answer = Response(words, status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
