"""IIIF: manifests, collections, captions and pictures for viewers of other houses, always through the gate for `reuse`.

What is handed on has addresses of its own: those of pages (/media/…) are asked for looking at, these for reuse, on every
request. Every answer may be read by a page of any other house, since none knows who asks.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select

from memorial.derivatives import PAPER
from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.views import RecordView
from memorial.formats import iiif as formats
from memorial.formats import iiif_image as images
from memorial.gate import Reader, voices
from memorial.models import Derivative
from memorial.services import harvest, lists
from memorial.services import iiif as service
from memorial.services import reading as records
from memorial.services.lists import SPECIMEN
from memorial.web.cache import keep
from memorial.web.context import moment, reading, root_address, viewing
from memorial.web.doors import door
from memorial.web.exchange.cards import titled
from memorial.web.exchange.rooms import POLITE, taking
from memorial.web.problems import TakenBack
from memorial.web.public.stored import MIMES, name_of, serve
from memorial.web.public.voices import file_of
from memorial.web.security import limiter
from memorial.words import words

iiif = Blueprint("iiif", __name__)
MOST_AFTER = 2**53
# The fixed words of manifests: pages say the same, so each has its translations.
WORDS = {
    "unnamed": "Name not shown", "archive": "The archive", "kind": "Kind", "when": "When", "where": "Where",
    "language": "Language", "told_by": "Told by", "publication": "Publication", "credit": "Credit and rights",
    "recording": "Recording", "photograph": "Photograph", "portrait": "Photograph", "scan": "Scan",
    "chapters": "Chapters", "verbatim": "Word for word", "edited": "Edited for reading", "summary": "Summary",
    "translation": "Translation", "audio_description": "What is seen, in words", "testimony": "Testimony",
    "press": "Press account", "remembrance": "Person remembered", "document": "Document", "event": "Event",
    "place": "Place", "more": "More",
}  # fmt: skip
IN_LISTS = {
    "testimony": "Testimonies", "press": "Newspapers", "remembrance": "People", "document": "Documents",
    "event": "Day by day", "place": "Places",
}  # fmt: skip


@iiif.after_request
def _for_everyone(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@door(iiif, "/iiif/<public_id>/manifest", audience="public")
@limiter.limit(POLITE)
def manifest(public_id: str) -> Response:
    record = _with_papers_to_keep(record_of(public_id))
    spoken = [each.public_id for recording in record.recordings for each in recording.transcripts]
    found = formats.manifest(record, place(), service.timed(taking(), spoken))
    if found is None:
        raise NotOpen
    return _json(found, formats.MEDIA_TYPE)


def record_of(public_id: str) -> RecordView:
    """A record as it may be handed on, at its own address; a page that leads for it has another.

    Raises TakenBack where its page says that it was withdrawn, NotOpen for all else.
    """
    header = harvest.one(taking(), public_id) if is_public_id(public_id) else None
    if header is None or header.gone:
        raise TakenBack if records.is_withdrawn(viewing(), public_id, *lists.SHELVES) else NotOpen
    return as_handed_on(records.record_view(taking(), header.kind, public_id))


def as_handed_on(record: RecordView) -> RecordView:
    """Recordings are part of testimonies alone: no other page shows one. A specimen says so in its title."""
    if record.kind != "testimony":
        return replace(record, recordings=())
    return replace(record, title=titled(record.title, specimen=record.detail.get("stood") == SPECIMEN))


def _with_papers_to_keep(record: RecordView) -> RecordView:
    """A PDF leaves as a file, so it is led to only where it may be downloaded as well."""
    wanted = select(Derivative.public_id).where(Derivative.mime == PAPER, Derivative.public_id.in_(
        [each.address.split("/")[2] for each in record.papers if each.address]
    ))  # fmt: skip
    found = set(reading(Reader.mirror(moment())).scalars(wanted)) if record.papers else set()
    return replace(
        record,
        papers=[each for each in record.papers if each.address and each.address.split("/")[2] in found],
    )


def place() -> formats.Place:
    sites = current_app.extensions["site"]
    archive = {code: [str(sites(code).name)] for code in sites.offered()}
    return formats.Place(root_address(), archive, {key: _in_languages(text) for key, text in WORDS.items()})


def _in_languages(text: str) -> dict[str, list[str]]:
    return {code: [words(code).gettext(text)] for code in current_app.extensions["site"].offered()}


# -- the words of a recording ---------------------------------------------------------------


@door(iiif, "/iiif/<public_id>/captions/<transcript_id>.vtt", audience="public")
def captions(public_id: str, transcript_id: str) -> Response:
    return file_of(public_id, transcript_id, "vtt", Reader.public(moment(), "reuse"))


@door(iiif, "/iiif/<public_id>/annotations/<transcript_id>", audience="public")
@limiter.limit(POLITE)
def annotations(public_id: str, transcript_id: str) -> Response:
    """Every line of a transcript with its time."""
    record = record_of(public_id)
    for recording in record.recordings:
        for spoken in recording.transcripts:
            if spoken.public_id == transcript_id:
                where = place()
                canvas = formats.canvas_of(public_id, recording.public_id, where)
                page = f"{where.base(public_id)}/annotations/{transcript_id}"
                lines = voices.lines(taking(), [transcript_id])[transcript_id]
                return _json(formats.cues(page, canvas, spoken, lines), formats.MEDIA_TYPE)
    raise NotOpen


# -- collections ----------------------------------------------------------------------------


@door(iiif, "/iiif/collection", audience="public")
@limiter.limit(POLITE)
def collection() -> Response:
    here = place()
    address = f"{here.root}/iiif/collection"
    kinds = [
        formats.item("Collection", f"{address}/{kind}", _in_languages(IN_LISTS[kind]))
        for kind in lists.SHELVES
    ]
    return _json(formats.collection(address, here.archive, kinds, here), formats.MEDIA_TYPE)


@door(iiif, "/iiif/collection/<kind>", audience="public")
@limiter.limit(POLITE)
def of_kind(kind: str) -> Response:
    """Manifests of a kind; what is longer goes on in a collection that is its last."""
    if kind not in lists.SHELVES:
        raise NotOpen
    here, after = place(), _after(request.args.get("after", ""))
    found = service.listed(taking(), kind, after=after)
    address = f"{here.root}/iiif/collection/{kind}"
    items = [
        formats.item(
            "Manifest",
            f"{here.base(entry.public_id)}/manifest",
            formats.label_of(entry.title, entry.language, here),
        )
        for entry in found.entries
    ]
    if found.after:
        items.append(formats.item("Collection", f"{address}?after={found.after}", here.named("more")))
    own = f"{address}?after={after}" if after else address
    told = formats.collection(own, _in_languages(IN_LISTS[kind]), items, here, f"{here.root}/iiif/collection")
    return _json(told, formats.MEDIA_TYPE)


def _after(given: str) -> int:
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 17 else 0
    if given and not 0 < number < MOST_AFTER:
        raise Invalid("no_such_place", field="cursor")
    return number


# -- pictures and recordings ----------------------------------------------------------------


@door(iiif, "/iiif/image/<public_id>", audience="public")
def image(public_id: str) -> Response:
    """The protocol leads from a picture's address to what is said of it."""
    _kept(public_id)
    answer = Response(status=303)
    answer.headers["Location"] = f"/iiif/image/{public_id}/info.json"
    return answer


@door(iiif, "/iiif/image/<public_id>/info.json", audience="public")
def info(public_id: str) -> Response:
    sizes = [(row.width, row.height) for row in _kept(public_id)]
    return _json(images.info(f"{root_address()}/iiif/image/{public_id}", sizes), images.MEDIA_TYPE)


@door(iiif, "/iiif/image/<public_id>/<region>/<size>/<rotation>/<quality>.<extension>", audience="public")
def sized(public_id: str, region: str, size: str, rotation: str, quality: str, extension: str) -> Response:
    """One of the sizes that are kept. Whoever may not have the picture is told nothing of what was wrong with the rest."""
    found = _kept(public_id)
    asked = images.Asked(region, size, rotation, quality, extension)
    try:
        row = found[images.which(asked, [(each.width, each.height) for each in found])]
    except images.NotGiven as refused:
        answer = Response(refused.words, status=refused.status, content_type="text/plain; charset=utf-8")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return serve(row.storage_key, row.mime, row.sha256, row.public_id)


def _kept(public_id: str) -> Any:
    found = service.kept(taking(), [public_id])
    if not found:
        raise NotOpen
    return found[public_id]


@door(iiif, "/iiif/media/<public_id>", audience="public")
def handed_on(public_id: str) -> Response:
    """A copy of a recording, a still or a scan."""
    wanted = select(Derivative.storage_key, Derivative.mime, Derivative.sha256).where(
        Derivative.public_id == public_id
    )
    found = taking().execute(wanted).first()
    if found is not None and found.mime == PAPER:  # a file to be kept: asked for `download` as well
        found = reading(Reader.mirror(moment())).execute(wanted).first()
    if found is None or found.mime not in {*MIMES, PAPER}:
        raise NotOpen
    answer = serve(found.storage_key, found.mime, found.sha256, public_id)
    if found.mime == PAPER:
        answer.headers.set("Content-Disposition", "attachment", filename=name_of(public_id, PAPER))
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _json(said: dict[str, Any], media_type: str) -> Response:
    return keep(Response(json.dumps(said, ensure_ascii=False), content_type=media_type))
