"""Records through the API: the list of each kind, each record, what others left on somebody's page, and transcripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, make_response
from marshmallow import fields

from memorial.domain.addresses import ROOMS
from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.views import Entry, Memory, Page, RecordView
from memorial.domain.voices import Line, Spoken
from memorial.formats import record_json
from memorial.services import lists, reading, tributes, voice_page, wall
from memorial.services.cursors import Asked, Place, write_cursor
from memorial.web.context import root_address
from memorial.web.exchange.api import labels
from memorial.web.exchange.api.queries import Query, listed, one, query, sparse, words
from memorial.web.exchange.api.rooms import ROOT, answer, listing, narrowed, neighbours, said_in, taken
from memorial.web.exchange.rooms import taking, viewing
from memorial.web.problems import TakenBack

PLURAL: Mapping[str, str] = {
    "testimony": "testimonies", "press": "press accounts", "remembrance": "people who are remembered",
    "document": "documents", "event": "events of the timeline", "place": "places",
}  # fmt: skip
ID = "<public_id>"


def _shelf(kind: str) -> Callable[..., Page]:
    def read(asked: Asked, limit: int, given: Mapping[str, Any], _language: str) -> Page:
        return lists.shelf(taking(), kind, asked, filters=given, per_page=limit)

    return read


def _wall(asked: Asked, limit: int, given: Mapping[str, Any], language: str) -> Page:
    """By the alphabet of the language, as the wall of names; whoever has no name to show is listed apart."""
    if not given.get("named", True):
        return wall.unnamed(taking(), asked, limit)
    found = wall.names(taking(), wall.Wanted(language), asked, limit)
    return Page(found.entries, found.after, found.before)


def _filters(kind: str) -> dict[str, fields.Field]:
    if kind == "remembrance":
        said = "false for those of whom no name is known or shown; they are listed apart."
        return {
            "named": fields.Boolean(
                load_default=True, truthy={"true"}, falsy={"false"}, metadata={"description": said}
            )
        }
    return {
        name: words(f"Only with exactly this in `detail.{name}`.") for name in lists.FILTERS.get(kind, ())
    }


def _list_of(kind: str) -> None:
    read = _wall if kind == "remembrance" else _shelf(kind)

    def listed_ones(given: dict[str, Any]) -> Response:
        language = given["lang"]
        where = said_in(language)
        page = read(given["asked"], given["limit"], given, language)
        items = [entry_of(each, given.get("fields"), where) for each in page.entries]
        return listing(items, language, **neighbours(page.after, page.before))

    summary = f"A list of {PLURAL[kind]}"
    taken(ROOMS[kind], listed(Entry, **_filters(kind)), "Entries", summary, named=f"list_{kind}")(listed_ones)


def entry_of(entry: Entry, wanted: list[str] | None, where: Mapping[str, str]) -> dict[str, Any]:
    said = {**record_json.entry(entry, **where), "labels": labels.of_entry(entry)}
    return narrowed(Entry, said, wanted)


def opened(kind: str, public_id: str) -> RecordView:
    """What may be taken of a record. Raises TakenBack where its page says that it was withdrawn, NotOpen for all else.

    That it is gone is told as the page tells it; the words of a notice are a part of their own, allowed for view alone.
    """
    try:
        return reading.record_view(taking(), kind, public_id)
    except NotOpen as error:
        if reading.is_withdrawn(viewing(), public_id, kind):
            raise TakenBack from error
        raise


def _one_of(kind: str) -> None:
    def single(given: dict[str, Any], public_id: str) -> Response:
        where = said_in(given["lang"])
        view = opened(kind, public_id)
        if view.public_id != public_id:
            return moved(view)
        said = {**record_json.record(view, **where), "labels": labels.of_record(view)}
        return answer(
            narrowed(RecordView, said, given.get("fields")), given["lang"], {"alternate": said["address"]}
        )

    summary = f"One of the {PLURAL[kind]}, with all that its page shows"
    taken(f"{ROOMS[kind]}/{ID}", one(RecordView), "Record", summary, named=f"get_{kind}")(single)


def moved(view: RecordView, ending: str = "") -> Response:
    """To whoever this person is read as one with. It can be taken back, so nobody may keep it."""
    found = make_response("", 301)
    found.headers["Location"] = f"{root_address()}{ROOT}{view.address}{ending}"
    found.headers["Cache-Control"] = "no-store"
    del found.headers["Content-Type"]
    return found


for _kind in PLURAL:
    _list_of(_kind)
    _one_of(_kind)


# -- what others left on somebody's page ------------------------------------------------------

LEFT = query(
    Query, fields=sparse(Memory), after=words("Those that follow this place, as `next` has it.", most=60)
)


def _left(given: dict[str, Any], public_id: str, *, quiet: bool) -> Response:
    where = said_in(given["lang"])
    view, left = tributes.some(taking(), public_id, quiet=quiet, after=given.get("after", ""))
    if view.public_id != public_id:
        return moved(view, "/signs" if quiet else "/memories")
    items = [narrowed(Memory, record_json.memory(each, **where), given.get("fields")) for each in left.shown]
    return listing(items, given["lang"], **neighbours(left.after))


@taken(
    f"/people/{ID}/memories",
    LEFT,
    "Memories",
    "Memories that others left on somebody's page",
    named="list_memories",
)
def memories(given: dict[str, Any], public_id: str) -> Response:
    return _left(given, public_id, quiet=False)


@taken(f"/people/{ID}/signs", LEFT, "Memories", "Candles and blossoms on somebody's page", named="list_signs")
def signs(given: dict[str, Any], public_id: str) -> Response:
    return _left(given, public_id, quiet=True)


# -- transcripts ------------------------------------------------------------------------------


@taken(
    f"/testimonies/{ID}/transcripts", one(Spoken), "Transcripts", "The released transcripts of a testimony's recordings",
    named="list_transcripts",
)  # fmt: skip
def transcripts(given: dict[str, Any], public_id: str) -> Response:
    where = said_in(given["lang"])
    view = opened("testimony", public_id)
    said = [
        _spoken(each, recording.public_id, view, where)
        for recording in view.recordings
        for each in recording.transcripts
    ]
    return listing([narrowed(Spoken, each, given.get("fields")) for each in said], given["lang"])


@taken(
    f"/testimonies/{ID}/transcripts/<transcript_id>", listed(Line), "Lines", "The lines of one transcript, in order",
    named="list_lines",
)  # fmt: skip
def lines(given: dict[str, Any], public_id: str, transcript_id: str) -> Response:
    where = said_in(given["lang"])
    view = opened("testimony", public_id)
    alone = voice_page.alone(taking(), view, voice_page.Asked(read=transcript_id))
    if alone is None or alone.spoken.public_id != transcript_id:
        raise NotOpen
    shown, after, before = _stretch(alone.lines, given["asked"], given["limit"])
    items = [narrowed(Line, record_json.line(each), given.get("fields")) for each in shown]
    about = _spoken(alone.spoken, alone.recording.public_id, view, where)
    return listing(items, given["lang"], **neighbours(after, before), transcript=about)


def _spoken(each: Spoken, recording: str, view: RecordView, where: Mapping[str, str]) -> dict[str, Any]:
    words_at = f"{root_address()}{ROOT}{view.address}/transcripts/{each.public_id}"
    return {**record_json.transcript(each, **where), "recording": recording, "lines": words_at}


def _stretch(among: Sequence[Line], asked: Asked, limit: int) -> tuple[Sequence[Line], str, str]:
    """Some of the lines, and the cursors of those that follow and go before; a place is the number of a line."""
    first, last = 0, min(limit, len(among))
    if asked.place is not None:
        at = next((index for index, line in enumerate(among) if line.number == asked.place.id), None)
        if at is None:
            raise Invalid("cursor", field="after")
        first, last = (
            (max(0, at - limit), at) if asked.backwards else (at + 1, min(at + 1 + limit, len(among)))
        )
    shown = among[first:last]
    after = _place(shown[-1]) if shown and last < len(among) else ""
    return shown, after, _place(shown[0]) if shown and first else ""


def _place(line: Line) -> str:
    return write_cursor(Place(None, line.number))
