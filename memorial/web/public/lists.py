"""Lists: the wall of names, voices, press, documents, the timeline, places, figures, sources."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import Response, request
from flask_babel import gettext as _

from memorial.domain.views import Entry, Page, When
from memorial.services import lists as service
from memorial.services import reading as readings
from memorial.services.cursors import PER_PAGE, Asked, asked
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public.chart import on_the_map
from memorial.web.public.rooms import page, pages
from memorial.web.when import in_words

# The timeline is read as a whole; a longer one goes on over pages.
TIMELINE_PAGE = 200
# A day, month or year with more entries than this is parted further.
TOGETHER = 12


def _asked() -> Asked:
    return asked(request.args.get("after", ""), request.args.get("before", ""))


def _shelf(kind: str, per_page: int = PER_PAGE) -> Page:
    return service.shelf(reading(), kind, _asked(), filters=request.args.to_dict(), per_page=per_page)


@door(pages, "/<lang>/people", audience="public")
def people() -> Response:
    """The wall; whoever has no name to show stands at its end, and on pages of their own where they are many."""
    if request.args.get("unnamed"):
        nobody, unnamed = Page([], "", ""), service.unnamed(reading(), _asked())
        return page("people", page=nobody, unnamed=unnamed, only_unnamed=True, letters=[], heading="")
    names = service.people(reading(), _asked())
    unnamed = Page([], "", "") if names.after else service.unnamed(reading(), Asked())
    return page("people", page=names, unnamed=unnamed, only_unnamed=False, letters=[], heading="")


@door(pages, "/<lang>/testimonies", audience="public")
def testimonies() -> Response:
    return page("testimonies", page=_shelf("testimony"))


@door(pages, "/<lang>/press", audience="public")
def press() -> Response:
    return page("press", page=_shelf("press"))


@door(pages, "/<lang>/documents", audience="public")
def documents() -> Response:
    return page("documents", page=_shelf("document"))


@door(pages, "/<lang>/places", audience="public")
def places() -> Response:
    session = reading()
    return page("places", page=_shelf("place"), map_points=on_the_map(service.points(session)))


@door(pages, "/<lang>/sources", audience="public")
def sources() -> Response:
    return page("sources", page=service.sources(reading(), _asked()))


@door(pages, "/<lang>/figures", audience="public")
def figures() -> Response:
    session = reading()
    return page(
        "figures",
        questions=readings.questions(session, ["figure"]),
        accounts=readings.questions(session, ["account", "term"]),
    )


@door(pages, "/<lang>/timeline", audience="public")
def timeline() -> Response:
    shown = _shelf("event", TIMELINE_PAGE)
    return page("timeline", page=shown, groups=grouped(shown.entries, language()))


def grouped(entries: Sequence[Entry], code: str) -> list[tuple[str, list[Entry]]]:
    """Entries under a year; a full year is parted into months, a full month into days."""
    return _parted(list(entries), 4, code)


_FINER = {4: 7, 7: 10}


def _parted(entries: list[Entry], length: int, code: str) -> list[tuple[str, list[Entry]]]:
    found: list[tuple[str, list[Entry]]] = []
    for key, group in groupby(entries, key=lambda entry: _stamp(entry)[:length]):
        together = sorted(group, key=_stamp)
        if len(together) > TOGETHER and len(key) == length and length in _FINER:
            found += _parted(together, _FINER[length], code)
        else:
            found.append((_heading(key, code), together))
    return found


def _stamp(entry: Entry) -> str:
    """What the date begins with, for grouping: 1992, 1992-02, 1992-02-25T23:00."""
    edtf = entry.when.edtf.lstrip("[{").split("/")[0].split(",")[0].rstrip("?~%]}")
    return edtf if edtf[:4].isdigit() else ""


def _heading(key: str, code: str) -> str:
    return in_words(When(key), code) if key else _("Date not known")
