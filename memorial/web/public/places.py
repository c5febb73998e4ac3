"""Places: the list with its map, and the page of one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Response, current_app, request
from flask_babel import gettext as _

from memorial.domain.cartography import Spot, is_drawn
from memorial.domain.positions import Position, position
from memorial.domain.views import Assertion, RecordView
from memorial.gate import GatedSession
from memorial.services import lists
from memorial.services import reading as service
from memorial.services.cursors import asked
from memorial.services.place_links import also_written
from memorial.services.place_page import Around, around
from memorial.services.reading import Withdrawn
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public.map import Drawing, drawn, locator
from memorial.web.public.records import citation, withdrawn
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/places", audience="public")
def places() -> Response:
    session, args = reading(), request.args
    shelf = lists.shelf(
        session, "place", asked(args.get("after", ""), args.get("before", "")), filters=args.to_dict()
    )
    wanted = current_app.extensions["site"](language()).map_box
    return page(
        "places",
        page=replace(shelf, entries=[replace(each, line=form_in_words(each.line)) for each in shelf.entries]),
        also=also_written(session, shelf.entries),
        drawing=drawn(lists.points(session), wanted),
    )


def form_in_words(form: str) -> str:
    """What a source calls a place, in the reader's language where the word is a common one; else as it stands."""
    words = {
        "city": _("city"),
        "town": _("town"),
        "village": _("village"),
        "settlement": _("settlement"),
        "region": _("region"),
        "state": _("state"),
        "road": _("road"),
        "street": _("street"),
        "forest": _("forest"),
        "mountain pass": _("mountain pass"),
        "monument": _("monument"),
        "memorial": _("memorial"),
        "museum": _("museum"),
        "poster": _("poster"),
        "place, kind not stated": _("place, kind not stated"),
    }
    return str(words.get(form, form))


@door(pages, "/<lang>/places/<public_id>", audience="public")
def place(public_id: str) -> Response:
    try:
        record, beside = _load(reading(), public_id)
    except Withdrawn as error:
        return withdrawn(error)
    opened(f"record:{public_id}", (record, beside), lambda public: _load(public, public_id))
    stated = positions(record.statements)
    return page(
        "place",
        record=record,
        around=beside,
        form=form_in_words(record.detail.get("form", "")),
        positions=stated,
        drawing=_where(record, stated),
        citation=citation(record),
        wrong_page="",
    )


def _load(session: GatedSession, public_id: str) -> tuple[RecordView, Around]:
    record = service.record_view(session, "place", public_id)
    return record, around(session, record)


@dataclass(frozen=True, slots=True)
class Stated:
    """Coordinates as somebody states them; `at` is None where the words are no two numbers."""

    said: Assertion
    at: Position | None


def positions(statements: Sequence[Assertion]) -> list[Stated]:
    return [Stated(said, position(said.value)) for said in statements if said.property == "coordinates"]


def _where(record: RecordView, stated: Sequence[Stated]) -> Drawing:
    """A small map with the first position that can be drawn."""
    at = next((s.at for s in stated if s.at and is_drawn(s.at.longitude, s.at.latitude)), None)
    if at is None:
        return Drawing()
    form = record.detail.get("form", "")
    return locator(Spot(0, at.longitude, at.latitude, record.title, form, "", record.language))
