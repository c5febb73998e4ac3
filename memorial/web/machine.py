"""What is cited on a page, for programs: the CSL item, its files, and what stands in the head of the page.

    item = item_of(record)              # RecordView, SourceView or QuestionView
    machine_for({"source": source})     # for `_parts/machine.html`; `rooms.page` asks for every page

A view holds only what its reader may see, so a withheld name is in none of these forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from memorial.domain.addresses import ROOMS
from memorial.domain.views import QuestionView, RecordView, SourceView
from memorial.formats import bibtex, csl, ris
from memorial.formats.embedded import File, Machine, embedded
from memorial.web.context import language, moment, root_address
from memorial.web.permanent import cited_at
from memorial.web.templating import titled

MOST_WORKS = 500  # in one file of all sources; the next one's address stands in its header
Cited = RecordView | SourceView | QuestionView


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which citations leave, by the ending of its file's name."""

    ending: str
    title: str
    media_type: str
    written: Callable[[Sequence[csl.Item]], str]


FORMS = {
    form.ending: form
    for form in (
        Form("bib", "BibTeX", bibtex.MEDIA_TYPE, bibtex.written),
        Form("ris", "RIS", ris.MEDIA_TYPE, ris.written),
        Form("csl.json", "CSL-JSON", csl.MEDIA_TYPE, csl.written),
    )
}


def item_of(thing: Cited) -> csl.Item:
    if isinstance(thing, SourceView):
        return csl.of_source(thing)
    site = current_app.extensions["site"](language())
    day = moment().low.date()
    if isinstance(thing, QuestionView):
        where = f"{root_address()}/{language()}{thing.address}"
        asked = replace(thing, title=titled(language(), thing.title))  # as the page asks it
        return csl.of_question(asked, csl.Page(site.name, where, day))
    return csl.of_record(thing, csl.Page(site.name, cited_at(thing), day, unnamed(thing.kind), _kind(thing)))


def heading(record: RecordView) -> str:
    """What stands at the head of a record's page, in words that always say something."""
    if record.detail.get("stood") == "specimen":
        return _("A guide to recording your own testimony")
    return titled(language(), record.title) or unnamed(record.kind) or _kind(record)


def unnamed(kind: str) -> str:
    """What stands at the head of a page where no name may be shown."""
    return _("Name not shown") if kind in ("remembrance", "testimony") else ""


def _kind(record: RecordView) -> str:
    words = {
        "testimony": _("Testimony"),
        "remembrance": _("Person remembered"),
        "event": _("Event"),
        "place": _("Place"),
    }
    return _("Specimen") if record.detail.get("stood") == "specimen" else words.get(record.kind, "")


def cite_address(thing: Cited) -> str:
    """The page that says how to cite it, without the language: /cite/press/7bkmw2q9x4."""
    return f"/cite{thing.address}"


def files_of(thing: Cited) -> list[File]:
    path = f"/{language()}{cite_address(thing)}"
    return [File(form.title, form.media_type, f"{path}.{form.ending}") for form in FORMS.values()]


def machine_for(values: Mapping[str, Any]) -> Machine | None:
    """For a page with one thing to cite; None for lists and all other pages."""
    for name in ("record", "source", "question"):
        if values.get(name) is not None:
            return embedded(item_of(values[name]), files_of(values[name]))
    return None


assert all(room.count("/") == 1 for room in ROOMS.values())
