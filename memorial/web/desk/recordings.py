"""The recordings of a record with what is written of each: begun here, brought from a file, taken out as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.domain.errors import Invalid, MemorialError, NotOpen, NotPermitted
from memorial.domain.transcript import KINDS, UNKNOWN
from memorial.domain.transcript_lines import LONGEST_NAME
from memorial.domain.workflow import Verdict
from memorial.formats.faults import LARGEST, Refused
from memorial.gate import GatedSession
from memorial.models import Derivative, Draft, Media, Record
from memorial.services import desk, story
from memorial.services.transcripts import drafts, exchange, recognising
from memorial.services.transcripts.exchange import Wish
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording on the page: what can be played of it, and what is written of it."""

    medium: Media
    number: int
    copies: list[Derivative]
    drafts: list[Draft]
    verdict: Verdict
    recognises: Verdict  # may a program be asked for a first draft


def allowed(session: GatedSession, verb: str, medium: Media) -> None:
    """Raises NotPermitted with the reason."""
    drafts.demand(session, identity.actor(), verb, medium, now=house().now())


def copies_of(session: GatedSession, media: list[Media]) -> dict[int, list[Derivative]]:
    """What can be played: of a film the smaller one, of each sound both forms."""
    wanted = select(Derivative).where(
        Derivative.media_id.in_([medium.id for medium in media]), Derivative.kind.in_(drafts.RECORDINGS)
    )
    found: dict[int, list[Derivative]] = {}
    for copy in session.scalars(wanted.order_by(Derivative.kind.desc(), Derivative.height, Derivative.id)):
        found.setdefault(copy.media_id, []).append(copy)
    return found


@door(pages, "/<lang>/desk/records/<public_id>/recordings", audience="desk")
def recordings(public_id: str) -> Page:
    return show(public_id)


def show(public_id: str, status: int = 200, **said: Any) -> Page:
    session = guard.session()
    if status >= 400:
        session.rollback()
    record = story.find(session, public_id)
    wanted = select(Media).where(Media.record_id == record.id, Media.role.in_(drafts.RECORDINGS))
    media = list(session.scalars(wanted.order_by(Media.position, Media.id)))
    heard = _heard(session, media)
    if media and not heard:
        raise NotPermitted(_verdict(session, media[0]).reason)
    names = desk.names_of(session, {draft.begun_by for one in heard for draft in one.drafts})
    return render_template(
        "desk/recordings.html",
        record=record,
        title=desk.titles(session, [record.id]).get(record.id, ""),
        heard=heard,
        kinds=KINDS,
        names=names,
        limit=LARGEST >> 20,
        **{"error": "", "about": "", "typed": {}, "fault": None, **said},
    ), status


def _verdict(session: GatedSession, medium: Media) -> Verdict:
    return drafts.allowed(session, identity.actor(), "transcribe", medium, now=house().now())


def _heard(session: GatedSession, media: list[Media]) -> list[Heard]:
    """Those that this account is not kept from; whoever only reads sees them without the forms."""
    copies, written = copies_of(session, media), drafts.of_recordings(session, media)
    found = []
    for number, medium in enumerate(media, 1):
        if drafts.allowed(session, identity.actor(), "read", medium, now=house().now()):
            verdict = _verdict(session, medium)
            mine = written.get(medium.id, [])
            asks = recognising.may_ask(
                session, identity.actor(), medium, house().settings.recogniser, now=house().now()
            )
            found.append(Heard(medium, number, copies.get(medium.id, []), mine, verdict, asks))
    return found


def _medium(public_id: str) -> tuple[Media, str]:
    """The recording, and the public id of its record. Raises NotOpen."""
    session = guard.session()
    medium = drafts.recording(session, public_id)
    allowed(session, "read", medium)
    record = session.get(Record, medium.record_id)
    if record is None:
        raise NotOpen("record")
    return medium, record.public_id


@door(pages, "/<lang>/desk/recordings/<public_id>/begin", audience="desk", methods=("POST",))
def transcript_begin(public_id: str) -> Page:
    _, record = _medium(public_id)
    try:
        with house().writing(house().keeper()) as session:
            medium = drafts.recording(session, public_id)
            draft = drafts.begin(
                session, identity.actor(), medium, inputs.line("kind", 40),
                inputs.line("language", 40) or UNKNOWN, inputs.line("made_by", LONGEST_NAME),
                translates=_translates(session), now=house().now(),
            )  # fmt: skip
            address = url_for("desk.transcript", public_id=draft.public_id)
    except (Invalid, NotPermitted) as wrong:
        return _again(record, public_id, wrong)
    return redirect(address)


def _translates(session: GatedSession) -> Draft | None:
    wanted = inputs.line("translates", 40)
    return drafts.find(session, wanted) if wanted else None


def _again(record: str, medium: str, wrong: MemorialError) -> Page:
    names = ("kind", "language", "made_by", "translates", "speakers")
    typed = {name: inputs.line(name) for name in names}
    status = 403 if isinstance(wrong, NotPermitted) else 422
    fault = wrong.fault if isinstance(wrong, Refused) else None
    return show(record, status, error=wrong.key, about=medium, typed=typed, fault=fault)


@door(pages, "/<lang>/desk/recordings/<public_id>/import", audience="desk", methods=("POST",))
def transcript_import(public_id: str) -> Page:
    """A draft from a file. What was odd about it, or is not kept, is said at once: nothing of it is stored."""
    _, record = _medium(public_id)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("no_file", field="file")
        data = file.stream.read(LARGEST + 1)
        with house().writing(house().keeper()) as session:
            medium = drafts.recording(session, public_id)
            wish = Wish(
                inputs.line("kind", 40) or "verbatim", inputs.line("language", 40) or UNKNOWN,
                inputs.line("made_by", LONGEST_NAME), _translates(session),
                speakers=request.form.get("speakers") != "no",
            )  # fmt: skip
            come = exchange.read_in(
                session, identity.actor(), medium, data, file.filename, wish, now=house().now()
            )
            made, faults = [draft.public_id for draft in come.drafts], come.faults
    except (Invalid, NotPermitted) as wrong:
        return _again(record, public_id, wrong)
    if not faults:
        return redirect(url_for("desk.transcript", public_id=made[0]))
    guard.session().rollback()  # what it read before the draft was written knew nothing of it
    found = [drafts.find(guard.session(), one) for one in made]
    return render_template("desk/transcript_brought.html", record=record, drafts=found, faults=faults)


@door(pages, "/<lang>/desk/recordings/<public_id>/recognise", audience="desk", methods=("POST",))
def transcript_recognise(public_id: str) -> Page:
    """A program on this machine is asked for a first draft."""
    _, record = _medium(public_id)
    try:
        with house().writing(house().keeper()) as session:
            medium = drafts.recording(session, public_id)
            recognising.ask(session, identity.actor(), medium, house().settings.recogniser, now=house().now())
    except NotPermitted as refused:
        return _again(record, public_id, refused)
    jobs.enqueue(house(), "sweep")
    return redirect(url_for("desk.recordings", public_id=record))


@door(pages, "/<lang>/desk/recordings/<public_id>/ohms.xml", audience="desk")
def recording_ohms(public_id: str) -> Page:
    """The first transcript, its translation and the chapters, as OHMS 6.0."""
    medium, record = _medium(public_id)
    try:
        written = exchange.written_whole(guard.session(), medium, on=house().now().date())
    except Invalid as wrong:
        return show(record, 422, error=wrong.key, about=public_id)
    return as_file(written.text, f"{medium.public_id}.xml", "application/xml")


def as_file(text: str, name: str, mime: str) -> Answer:
    answer = make_response(text)
    answer.headers["Content-Type"] = f"{mime}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
