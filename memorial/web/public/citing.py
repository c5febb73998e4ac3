"""How to cite a page or a work: five styles to copy, and files for reference managers.

A citation tells no more than its page shows, so it needs what the page needs: that it may be viewed.
The list of all works leaves as a whole, and is asked for `reuse` as every export is. See
docs/decisions/0011-what-a-citation-needs.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, request

from memorial.domain.addresses import KIND_OF, ROOMS
from memorial.domain.errors import NotOpen
from memorial.domain.views import RecordView, SourceView, When
from memorial.formats import csl
from memorial.formats.citation_styles import STYLES, formatted
from memorial.gate import GatedSession
from memorial.services import questions, sources
from memorial.services import reading as readings
from memorial.services.cursors import asked
from memorial.services.reading import Withdrawn
from memorial.web.cache import keep
from memorial.web.context import language, reader, reading, root_address
from memorial.web.doors import door
from memorial.web.machine import FORMS, MOST_WORKS, Cited, Form, cite_address, files_of, item_of
from memorial.web.public.records import sentence, withdrawn
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import page, pages
from memorial.web.when import in_words

ENDING = f"<any({', '.join(repr(ending) for ending in FORMS)}):ending>"


@door(pages, "/<lang>/cite/<kind>/<public_id>", audience="public")
def cite(kind: str, public_id: str) -> Response:
    return _cite(kind, public_id)


@door(pages, "/<lang>/cite", audience="public")
def cite_any() -> Response:
    public_id = request.args.get("record", "")
    return _cite("", public_id) if public_id else page("cite", thing=None)


@door(pages, f"/<lang>/cite/<kind>/<public_id>.{ENDING}", audience="public")
def cite_file(kind: str, public_id: str, ending: str) -> Response:
    try:
        thing = _found(kind, public_id)
    except Withdrawn as error:
        return withdrawn(error)
    return _file(
        FORMS[ending], [item_of(thing)], cite_address(thing).removeprefix("/cite/").replace("/", "-")
    )


@door(pages, f"/<lang>/sources.{ENDING}", audience="public")
def all_works(ending: str) -> Response:
    """Every work the archive knows, some hundreds a file, by title."""
    session = reading(reader().for_use("reuse"))
    found = sources.works(session, asked(request.args.get("after", ""), ""), MOST_WORKS)
    answer = _file(FORMS[ending], [csl.of_source(each) for each in found.works], "sources")
    if found.after:
        path = f"{root_address()}/{language()}/sources.{ending}?after={found.after}"
        answer.headers["Link"] = f'<{path}>; rel="next"'
    return answer


def _found(kind: str, public_id: str) -> Cited:
    """What is to be cited, of the kind or room that is named, else whatever has this address. NotOpen, Withdrawn."""
    named = KIND_OF.get(f"/{kind}", kind)
    thing = _load(reading(), named, public_id)
    opened(_name(thing), thing, lambda public: _load(public, named, public_id))
    return thing


def found_anywhere(public_id: str) -> Cited:
    """Whatever has this id. NotOpen, Withdrawn."""
    return _found("", public_id)


def _load(session: GatedSession, kind: str, public_id: str) -> Cited:
    if kind == "source":
        return sources.work(session, public_id)
    if kind == "question":
        return questions.question_named(session, public_id)
    if kind and kind not in ROOMS:
        raise NotOpen
    try:
        return readings.any_record(session, public_id, kind)
    except Withdrawn:
        raise
    except NotOpen:
        if kind:
            raise
        return sources.work(session, public_id)


def _name(thing: Cited) -> str:
    """As the research log names things."""
    if isinstance(thing, RecordView):
        return f"record:{thing.public_id}"
    return f"source:{thing.public_id}" if isinstance(thing, SourceView) else f"question:{thing.slug}"


def _cite(kind: str, public_id: str) -> Response:
    try:
        thing = _found(kind, public_id)
    except Withdrawn as error:
        return withdrawn(error)
    item = item_of(thing)
    styles = [(style, formatted(item, style, _in_words)) for style in STYLES]
    return page("cite", thing=thing, title=item.get("title", ""), citation=sentence(thing), styles=styles,
                files=files_of(thing))  # fmt: skip


def _in_words(edtf: str, code: str) -> str:
    return in_words(When(edtf), code)


def _file(form: Form, items: Sequence[csl.Item], name: str) -> Response:
    answer = make_response(form.written(items))
    answer.headers["Content-Type"] = f"{form.media_type}; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form.ending}")
    answer.headers["X-Robots-Tag"] = "noindex, noai, noimageai"
    return keep(answer)
