"""One record, one source, one question: the pages with a permanent address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Response, current_app, make_response, render_template, request
from flask_babel import gettext as _

from memorial.domain.addresses import KIND_OF
from memorial.domain.citation import cite_record, cite_source
from memorial.domain.views import RecordView, SourceView, When
from memorial.gate import GatedSession
from memorial.services import person_page, press_page, questions, sources, tributes
from memorial.services import reading as service
from memorial.services.reading import Withdrawn
from memorial.services.voice_page import VoicePage
from memorial.web import embedding
from memorial.web.context import language, moment, reading
from memorial.web.doors import door
from memorial.web.machine import Cited, item_of, unnamed
from memorial.web.permanent import cited_at
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import page, pages
from memorial.web.voice import moment_words, voice_of
from memorial.web.when import in_words

TEMPLATES = {
    "testimony": "testimony",
    "press": "press_account",
    "remembrance": "remembrance",
    "document": "document",
    "event": "event",
    "place": "place",
}


@door(pages, "/<lang>/testimonies/<public_id>", audience="public")
def testimony(public_id: str) -> Response:
    return _record("testimony", public_id)


@door(pages, "/<lang>/press/<public_id>", audience="public")
def press_account(public_id: str) -> Response:
    return _record("press", public_id)


@door(pages, "/<lang>/people/<public_id>", audience="public")
def remembrance(public_id: str) -> Response:
    return _record("remembrance", public_id)


@door(pages, "/<lang>/people/<public_id>/memories", audience="public")
def memories(public_id: str) -> Response:
    """What others left on the page, beyond the first."""
    return _left(public_id, quiet=False)


@door(pages, "/<lang>/people/<public_id>/signs", audience="public")
def signs(public_id: str) -> Response:
    """Candles and blossoms, beyond the first."""
    return _left(public_id, quiet=True)


def _left(public_id: str, *, quiet: bool) -> Response:
    after = request.args.get("after", "")
    record, left = tributes.some(reading(), public_id, quiet=quiet, after=after)
    if record.public_id != public_id:
        return _moved(record, "/signs" if quiet else "/memories")
    opened(
        f"record:{public_id}",
        (record, left),
        lambda public: tributes.some(public, public_id, quiet=quiet, after=after),
    )
    return page("memories", record=record, left=left, quiet=quiet, citation="")


@door(pages, "/<lang>/documents/<public_id>", audience="public")
def document(public_id: str) -> Response:
    return _record("document", public_id)


@door(pages, "/<lang>/timeline/<public_id>", audience="public")
def event(public_id: str) -> Response:
    return _record("event", public_id)


@door(pages, "/<lang>/figures/<slug>", audience="public")
def question(slug: str) -> Response:
    question = questions.question(reading(), slug)
    opened(f"question:{slug}", question, lambda public: questions.question(public, slug))
    return page("question", question=question, citation=sentence(question))


@door(pages, "/<lang>/sources/<public_id>", audience="public")
def source(public_id: str) -> Response:
    of, after = request.args.get("of", ""), request.args.get("after", "")
    source = sources.source_view(reading(), public_id, of, after)
    opened(f"source:{public_id}", source, lambda public: sources.source_view(public, public_id, of, after))
    return page("source", source=source, of=of, citation=sentence(source))


# What stands on a page besides its record: the template's word for it, and who reads it.
BESIDE: Mapping[str, tuple[str, Callable[[GatedSession, RecordView], object]]] = {
    "press": ("around", press_page.about),
    "remembrance": ("around", person_page.about),
}


def _record(kind: str, public_id: str) -> Response:
    try:
        record, beside = _load(reading(), kind, public_id)
    except Withdrawn as error:
        return withdrawn(error)
    if record.public_id != public_id:
        return _moved(record)
    opened(f"record:{public_id}", (record, beside), lambda public: _load(public, kind, public_id))
    voice = beside.get("voice")
    heard = voice if isinstance(voice, VoicePage) else None
    at = str(heard.asked.moment) if heard is not None and heard.asked.moment else ""
    return page(
        TEMPLATES[kind], record=record, citation=citation(record, heard), wrong_page="",
        preview=embedding.preview_of(record, at), framed=_framed(record, heard, at), **beside,
    )  # fmt: skip


def _framed(record: RecordView, voice: VoicePage | None, at: str) -> str:
    """The markup by which another house shows this recording, where it may."""
    if voice is None or not embedding.may_be_framed(voice.recording):
        return ""
    return str(embedding.frame(record, voice.recording, at)[0])


def _load(session: GatedSession, kind: str, public_id: str) -> tuple[RecordView, dict[str, object]]:
    record = service.record_view(session, kind, public_id)
    if kind == "testimony":
        return record, voice_of(session, record)
    named, read = BESIDE.get(kind, ("", None))
    return record, {named: read(session, record)} if read else {}


def _moved(record: RecordView, ending: str = "") -> Response:
    """To the page of whoever this person is read as one with. It can be taken back, so nobody may keep it."""
    answer = make_response("", 301)
    answer.headers["Location"] = f"/{language()}{record.address}{ending}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def withdrawn(error: Withdrawn) -> Response:
    """410 with the notice that its family agreed to."""
    answer = make_response(render_template("public/withdrawn.html", notice=error.notice))
    answer.status_code = 410
    answer.headers["Cache-Control"] = "no-store"
    return answer


def citation(record: RecordView, voice: VoicePage | None = None) -> str:
    """How to cite what is on this page today, or a moment of it, with the words of the reader's language."""
    site = current_app.extensions["site"](language())
    at, query = moment_words(voice)
    where = cited_at(record) + query
    day = moment().low.date()
    return cite_record(_in_words(record), site.name, where, record.revision, day, citation_words(), at)


def sentence(thing: Cited) -> str:
    """The one sentence that stands on the page itself; of a work, the work's."""
    if isinstance(thing, RecordView):
        return citation(thing)
    if isinstance(thing, SourceView):
        makers = {"author": ", ".join(thing.authors), "editor": ", ".join(thing.editors)}
        issued = in_words(thing.when, language())
        return cite_source(
            {"title": thing.title, **thing.fields, **makers, "issued": issued}, citation_words()
        )
    item = item_of(thing)
    return cite_source({name: item[name] for name in ("title", "container-title", "URL")}, citation_words())


def citation_words() -> dict[str, str]:
    return {"revision": _("revision"), "accessed": _("accessed"), "edited by": _("ed.")}


def _in_words(record: RecordView) -> RecordView:
    """The date in words, since a citation is read by people; and words where no name may be shown."""
    title = record.title or unnamed(record.kind)
    return replace(record, title=title, when=When(words=in_words(record.when, language())))


assert set(TEMPLATES) <= set(KIND_OF.values())
