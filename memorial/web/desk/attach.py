"""Scans and photographs of an object of the published record: given, told anew, taken away; each time as a proposal.

`do` says what the button wants: save, look (how the date is understood), remove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.derivatives import Refused
from memorial.domain.errors import Invalid, MemorialError, NotOpen, NotPermitted, Stale, TooMany
from memorial.models import Item
from memorial.services.photographs import Received
from memorial.services.published import attached, attaching, objects, proposing
from memorial.services.published.attached import Entry
from memorial.services.published.attaching import Told
from memorial.services.published.desk_files import DeskFile, files_of
from memorial.services.published.objects import There
from memorial.services.published.spelling import date_problem
from memorial.storage import NoRoom
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.contribute.file_words import in_words, no_room, refused_words
from memorial.web.desk import edtf, guard, pages, published, revisions
from memorial.web.doors import door

Reply = str | Answer | tuple[str, int]
NEEDED = ("alt", "rights", "basis")


@dataclass(frozen=True)
class Page:
    """Everything the form shows. `file` is the one it is about; None: a new one."""

    there: There
    title: str
    role: str
    told: Mapping[str, str]
    why: str = ""
    seen: str = ""
    file: DeskFile | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    understood: str = ""
    limit: str = ""


@door(pages, "/<lang>/desk/attach/<kind>/<path:external_id>", audience="desk")
def attach(kind: str, external_id: str) -> Reply:
    published.allowed()
    return _answer(_page(_place(kind, external_id)))


@door(pages, "/<lang>/desk/attach/<kind>/<path:external_id>", audience="desk", methods=("POST",))
def attach_send(kind: str, external_id: str) -> Reply:
    """A file with its words. What was typed stays; only the file must be chosen again, as no form can hold it."""
    published.allowed()
    page, told = _typed(_page(_place(kind, external_id)))
    if told is None or request.form.get("do") == "look":
        return _answer(page, 422 if page.problems else 200)
    try:
        kept = _received(page.role)
    except Refused as refused:
        return _answer(_with(page, "files", refused_words(refused)), 422)
    except Invalid:
        return _answer(_with(page, "files", _("Choose the file.")), 422)
    except NoRoom:
        return _answer(_with(page, "files", no_room()), 507)
    return _kept(page, kept, told)


def _kept(page: Page, kept: Received, told: Told) -> Reply:
    there = page.there
    try:
        with house().writing(house().keeper()) as session:
            here = objects.find(session, there.kind.name, there.id)
            item, media_id = attaching.attach(
                session, identity.actor(), here, kept, told, page.why, keys=house().keys, now=house().now()
            )
            address = _address(item)
    except MemorialError as wrong:
        house().storage.delete(kept.stored.storage_key)
        return _refused(page, wrong)
    jobs.enqueue(house(), "copies", media_id)
    return redirect(address)


@door(pages, "/<lang>/desk/attached/<public_id>/<kind>/<path:external_id>", audience="desk")
def attached_file(public_id: str, kind: str, external_id: str) -> Reply:
    published.allowed()
    return _answer(_about(_place(kind, external_id), public_id))


@door(
    pages, "/<lang>/desk/attached/<public_id>/<kind>/<path:external_id>", audience="desk", methods=("POST",)
)
def attached_file_send(public_id: str, kind: str, external_id: str) -> Reply:
    """Other words for a file, or the object without it."""
    published.allowed()
    removes = request.form.get("do") == "remove"
    page, told = _typed(_about(_place(kind, external_id), public_id), only_why=removes)
    if told is None or request.form.get("do") == "look":
        return _answer(page, 422 if page.problems else 200)
    try:
        with house().writing(house().keeper()) as session:
            here = objects.find(session, page.there.kind.name, page.there.id)
            about = {"keys": house().keys, "now": house().now()}
            if removes:
                item = attaching.take_away(session, identity.actor(), here, public_id, page.why, **about)  # type: ignore[arg-type]
            else:
                item = attaching.tell(
                    session,
                    identity.actor(),
                    here,
                    public_id,
                    told,
                    page.seen,
                    page.why,
                    **about,  # type: ignore[arg-type]
                )
            address = _address(item)
    except MemorialError as wrong:
        return _refused(page, wrong)
    return redirect(address)


# -- parts of an answer -----------------------------------------------------------------------


def _place(kind: str, external_id: str) -> There:
    """Raises NotOpen for what has no page, or is of a kind that holds no files."""
    there = objects.find(guard.session(), kind, external_id)
    if kind not in attached.KINDS or not there.thing.startswith("record:"):
        raise NotOpen("object")
    return there


def _page(there: There) -> Page:
    title = objects.titles_of(guard.session(), [there.thing]).get(there.thing, there.id)
    return Page(there, title, attached.KINDS[there.kind.name], {}, limit=in_words(attaching.LARGEST))


def _about(there: There, public_id: str) -> Page:
    session = guard.session()
    entry = attaching.entry_of(proposing.head(there, proposing.open_for(session, there)), public_id)
    found = files_of(session, there.record_id, [entry])[0]
    page = _page(there)
    return Page(
        there, page.title, page.role, _told_of(entry), seen=attaching.mark(entry), file=found,
        understood=_understood(there, entry.date),
    )  # fmt: skip


def _told_of(entry: Entry) -> dict[str, str]:
    return {name: str(getattr(entry, name) or "") for name in attached.TOLD}


def _typed(page: Page, only_why: bool = False) -> tuple[Page, Told | None]:
    """The page with what was typed; what it tells of the file, where nothing is wrong with that."""
    long = {name: inputs.words(name, 2_000) for name in ("alt", "content_note")}
    told = long | {name: inputs.line(name, 1_000) for name in ("rights", "basis", "credit", "date")}
    told["graphic"] = "yes" if request.form.get("graphic") else ""
    why, problems = inputs.words("why", revisions.LONGEST_WHY), dict[str, str]()
    if not only_why:
        problems = {name: _("This is needed.") for name in NEEDED if not told[name]}
        if told["date"] and date_problem(told["date"]) is not None:
            problems["date"] = _("This is no date that can be kept. Below it says why.")
    if not why and request.form.get("do") != "look":
        problems["why"] = _("Write the reason or the words first.")
    typed = Page(
        page.there, page.title, page.role, told, why, inputs.line("seen"), page.file, problems,
        _understood(page.there, told["date"]), page.limit,
    )  # fmt: skip
    return typed, None if problems else Told(**{**told, "graphic": bool(told["graphic"])})  # type: ignore[arg-type]


def _understood(there: There, given: str) -> str:
    return Markup(edtf.line_of(there.kind.name, given))  # noqa: S704  (a template of ours, escaped there)


def _received(role: str) -> Received:
    file = request.files.get("files")
    if file is None or not file.filename:
        raise Invalid("no_file", field="files")
    stream = cast(BinaryIO, file.stream)
    return attaching.receive(house().storage, house().keys, stream, file.filename, role)


def _with(page: Page, name: str, words: str) -> Page:
    return Page(**{**page.__dict__, "problems": {**page.problems, name: words}})


def _refused(page: Page, wrong: MemorialError) -> Reply:
    """Nothing was written, and everything typed stays."""
    guard.session().rollback()
    if isinstance(wrong, NotOpen):
        raise wrong
    status = 409 if isinstance(wrong, Stale) else 403 if isinstance(wrong, NotPermitted) else 422
    known = {
        "file_there": _("This very file is here already."),
        "too_many_files": _("One page takes %(count)s files.", count=attached.MOST),
    }
    at = "files" if isinstance(wrong, TooMany) or wrong.key == "file_there" else "form"
    return _answer(_with(page, at, known.get(wrong.key, wrong.key)), status)


def _address(item: Item) -> str:
    return url_for("desk.item", public_id=item.public_id, done="edit")


def _answer(page: Page, status: int = 200) -> Reply:
    return render_template("desk/attach.html", page=page), status
