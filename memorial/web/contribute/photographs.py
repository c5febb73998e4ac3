"""Photographs, scans and recordings: two pages that take files, say what is safe, and ask about each.

With scripts files come piece by piece and can be resumed (uploads.py, static/js/files.js); without,
by the plain field of the form. Every file that was taken is on disk before the page says so; one
that is refused says why, and costs neither the others nor a word that was typed beside them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from flask import Response, make_response, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.derivatives import Refused
from memorial.domain.errors import Invalid, NotOpen, TooMany
from memorial.keys import ContributionKey
from memorial.models import Media, Upload
from memorial.services import contribute, photographs, uploads
from memorial.services.custody import contribution_key
from memorial.web.context import house, language
from memorial.web.contribute import forms, journey, pages, visit
from memorial.web.contribute.fields import clean, too_long
from memorial.web.contribute.file_words import in_words, limits, no_copy, no_room, refusal, refused_words
from memorial.web.contribute.uploads import remember
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter
from memorial.web.templating import unit

ASKED = {"alt": 1_000, "credit": 300, "captured": 200, "language": 100, "length": 100}  # characters
TICKED = {"show": ("yes", "no"), "graphic": ("yes",), "others": ("no", "yes", "not_sure")}
RECORDINGS = ("audio", "video")


@dataclass
class Outcome:
    """What became of the files of one form."""

    taken: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    status: int = 422

    def refuse(self, name: str, words: str, status: int = 422) -> None:
        self.refused.append(f"{clean(name)}: {words}")
        self.status = status


@door(pages, "/<lang>/contribute/photographs", audience="family", methods=("GET", "POST"))
@limiter.limit(journey.form_limit, methods=["POST"])
def photographs_step() -> Response | Answer:
    """Photographs and scans."""
    return _step("photographs")


@door(pages, "/<lang>/contribute/recording", audience="family", methods=("GET", "POST"))
@limiter.limit(journey.form_limit, methods=["POST"])
def recording_step() -> Response | Answer:
    """Sound and video."""
    return _step("recording")


def _step(page: str) -> Response | Answer:
    here = visit.here()
    if here is None or not here.answerable:
        return journey.nobody(here, page)
    try:
        forms.number_of(here, page)
    except (KeyError, ValueError) as wrong:  # this task does not ask for it
        raise NotOpen from wrong
    return _page(here, page) if request.method == "GET" else _received(here, page)


def _received(here: Visit, page: str) -> Response | Answer:
    if not forms.right_token():
        return _page(here, page, [forms.stale_form()], 400)
    outcome, typed = Outcome(), _typed(here, page)
    with forms.shielded() as failed:
        _take(here, page, outcome)
        _keep_words(here, page, typed)
    for media_id in outcome.taken:
        jobs.enqueue(house(), "copies", media_id)
    wrong = [f"{said}" for said in typed.wrong.values()]
    if failed.status:
        return _page(here, page, [no_room() if failed.status == 507 else failed.words], failed.status)
    if outcome.refused or wrong:
        status = outcome.status if outcome.refused else 422
        return _page(visit.here() or here, page, [*outcome.refused, *wrong], status)
    gone = request.form.get("remove") or request.form.get("give_up")
    if outcome.taken or gone or request.form.get("act") != "continue":
        return forms.to(f"{page}_step", **_then())
    return forms.to("check") if _then() else journey.forward(here, page)


def _then() -> dict[str, str]:
    return {"then": "check"} if request.values.get("then") == "check" else {}


# -- files of a plain form ------------------------------------------------------------------


def _take(here: Visit, page: str, outcome: Outcome) -> None:
    """Store each file and its row; one that does not fit costs only itself."""
    files = [file for file in request.files.getlist(page) if file.filename]
    if not files:
        return
    session = visit.family_session(here)
    key = contribution_key(house().keys, contribute.by_id(session, here.contribution_id))
    for file in files:
        _take_one(here, page, key, file, outcome)


def _take_one(here: Visit, page: str, key: ContributionKey, file: FileStorage, outcome: Outcome) -> None:
    name, stream = clean(file.filename or ""), cast(BinaryIO, file.stream)
    size, stored = stream.seek(0, 2), ""
    stream.seek(0)
    try:
        _check_room(here, size)
        received = photographs.receive(house().storage, key, stream, name, limits().file)
        stored = received.stored.storage_key
        with visit.changing(here) as work:
            if (earlier := _came_before(work, received)) is not None:
                house().storage.delete(stored)  # no row knows it
                outcome.taken.append(earlier)
                return
            record = contribute.record_of(work.session, work.contribution)
            medium = photographs.add(
                work.session, work.contribution, record, received, now=house().now(), most=limits().count
            )
            remember(work, medium, page, request.form.get("form_key", ""))
            taken = medium.id
        outcome.taken.append(taken)
    except (TooMany, Invalid) as error:
        if stored:
            house().storage.delete(stored)  # no row knows it
        outcome.refuse(name, *refusal(error))
    except Refused as refused:
        outcome.refuse(name, refused_words(refused))


def _came_before(work: visit.Work, received: photographs.Received) -> int | None:
    """The file that this very form brought already, when its answer got lost and it was sent again."""
    key, digest = request.form.get("form_key", ""), received.stored.sha256_plain
    for medium in photographs.of(work.session, work.contribution.id) if key else ():
        if medium.sha256 == digest and work.draft.photos.get(medium.public_id, {}).get("form") == key:
            return medium.id
    return None


def _check_room(here: Visit, size: int) -> None:
    with house().session(house().keeper()) as session:  # a day's files are the whole archive's
        uploads.check_room(session, here.contribution_id, size, limits(), now=house().now())


# -- words about each -------------------------------------------------------------------------


@dataclass
class Typed:
    """What was said about each file, by its public id; what is too long, by field."""

    photos: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def _on(here: Visit, page: str) -> list[Media]:
    """The files that are asked about on this page: those chosen there, whatever they turned out to be."""
    media = photographs.of(visit.family_session(here), here.contribution_id)
    return [medium for medium in media if page_of(here, medium) == page]


def page_of(here: Visit, medium: Media) -> str:
    chosen = here.draft.photos.get(medium.public_id, {}).get("page", "")
    return chosen or ("recording" if medium.role in RECORDINGS else "photographs")


def _typed(here: Visit, page: str) -> Typed:
    typed = Typed()
    for medium in _on(here, page):
        said = {name: clean(request.form.get(f"{name}-{medium.public_id}", "")) for name in (*ASKED, *TICKED)}
        for name, known in TICKED.items():
            said[name] = said[name] if said[name] in known else ""
        for name, limit in ASKED.items():
            if message := too_long(said[name], limit):
                typed.wrong[f"{name}-{medium.public_id}"] = message
        typed.photos[medium.public_id] = said
    return typed


def _keep_words(here: Visit, page: str, typed: Typed) -> None:
    remove, give_up = request.form.get("remove", ""), request.form.get("give_up", "")
    with visit.changing(here) as work:
        for medium in photographs.of(work.session, here.contribution_id):
            said = typed.photos.get(medium.public_id)
            own = work.draft.photos.setdefault(medium.public_id, {})
            if said is not None:
                own.update({k: v for k, v in said.items() if f"{k}-{medium.public_id}" not in typed.wrong})
            if remove == medium.public_id:
                _remove(work, medium)
        for upload in uploads.unfinished(work.session, here.contribution_id, page):
            if give_up == upload.public_id:
                uploads.drop(work.session, upload)
        work.keep()


def _remove(work: visit.Work, medium: Media) -> None:
    """Out of a draft it goes for good; what was sent is marked and no longer shown from the next sending on."""
    if medium.public_id in work.draft.sent.get("photos", {}):
        work.draft.photos[medium.public_id]["removed"] = "yes"
        return
    del work.draft.photos[medium.public_id]
    photographs.discard(work.session, medium)


# -- the page -------------------------------------------------------------------------------


def _page(here: Visit, page: str, problems: Sequence[str] = (), status: int = 200) -> Response:
    session, most = visit.family_session(here), limits()
    media = _on(here, page)
    count = photographs.number_of(session, here.contribution_id)
    answer = make_response(
        render_template(
            "contribute/photographs.html",
            page=page,
            files=[_row(here, number, medium) for number, medium in enumerate(media, 1)],
            under_way=[_way(upload) for upload in uploads.unfinished(session, here.contribution_id, page)],
            listed=[(page, problem) for problem in problems],
            errors={page: " ".join(problems)},
            room=most.count - count,
            limits=most,
            largest=in_words(most.file),
            megabyte=unit(language(), "MB"),
            together=in_words(most.contribution),
            in_a_form=in_words(house().settings.form_files_bytes),
            total=sum(medium.bytes for medium in media),
            number=forms.number_of(here, page),
            back=forms.back_from(here, page),
            then=_then(),
            task=here.task,
            form_key=secrets.token_urlsafe(16),
        )
    )
    answer.status_code = status
    return answer


def _way(upload: Upload) -> Mapping[str, Any]:
    return {
        "id": upload.public_id,
        "name": upload.file_name,
        "safe": upload.bytes_safe,
        "wanted": upload.bytes_wanted,
        "fingerprint": upload.fingerprint,
    }


def _row(here: Visit, number: int, medium: Media) -> Mapping[str, Any]:
    said = here.draft.photos.get(medium.public_id, {})
    typed = {name: said.get(name, "") for name in (*ASKED, *TICKED)}
    if request.method == "POST":
        typed = {
            name: request.form.get(f"{name}-{medium.public_id}", value) if name in ASKED else value
            for name, value in typed.items()
        }
    return {
        "id": medium.public_id,
        "number": number,
        "role": "recording" if medium.role in RECORDINGS else medium.role,
        "bytes": medium.bytes,
        "file_name": medium.file_name,
        "removed": bool(said.get("removed")),
        "fixed": medium.policy_id is not None,
        "thumbnail": next((copy.public_id for copy in medium.derivatives if copy.kind == "image"), ""),
        "waits": medium.due != "" and not medium.failed,
        "failed": medium.failed,
        "why": no_copy(medium.failed, medium.mime),
        **typed,
    }
