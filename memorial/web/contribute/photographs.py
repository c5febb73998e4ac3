"""Photographs: a page that takes files, says what is safely stored, and asks about each of them.

Every file that was taken is on disk before the page says so; one that is refused says why, and
costs neither the others nor a word that was typed beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.derivatives import Refused
from memorial.derivatives.refusal import REASONS
from memorial.domain.errors import TooMany
from memorial.models import Media
from memorial.services import contribute, photographs
from memorial.services.custody import contribution_key
from memorial.web.context import house, language
from memorial.web.contribute import forms, journey, pages, visit
from memorial.web.contribute.fields import clean, too_long
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter
from memorial.web.templating import size

ASKED = {"alt": 1_000, "credit": 300, "captured": 200}  # characters
TICKED = {"show": ("yes", "no"), "graphic": ("yes",)}


@dataclass
class Outcome:
    """What became of the files of one form."""

    taken: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    status: int = 422


@door(pages, "/<lang>/contribute/photographs", audience="family", methods=("GET", "POST"))
@limiter.limit(journey.form_limit, methods=["POST"])
def photographs_step() -> Response | Answer:
    here = visit.here()
    if here is None or here.erased:
        return journey.nobody(here, "photographs")
    return _page(here) if request.method == "GET" else _received(here)


def _received(here: Visit) -> Response | Answer:
    if not forms.right_token():
        return _page(here, [forms.stale_form()], 400)
    outcome, typed = Outcome(), _typed(here)
    with forms.shielded() as failed:
        _take(here, outcome)
        _keep_words(here, typed)
    for media_id in outcome.taken:
        jobs.enqueue(house(), "copies", media_id)
    wrong = [f"{said}" for said in typed.wrong.values()]
    if failed.status:
        return _page(here, [_no_room_for_files() if failed.status == 507 else failed.words], failed.status)
    if outcome.refused or wrong:
        return _page(_fresh(here), [*outcome.refused, *wrong], outcome.status if outcome.refused else 422)
    if outcome.taken or request.form.get("remove") or request.form.get("act") != "continue":
        return forms.to("photographs_step", **_then())
    return forms.to("check") if _then() else journey.forward(here, "photographs")


def _then() -> dict[str, str]:
    return {"then": "check"} if request.values.get("then") == "check" else {}


def _no_room_for_files() -> str:
    return _(
        "There is no room left to store photographs now. What was stored before is kept; try again later."
    )


def _fresh(here: Visit) -> Visit:
    return visit.here() or here


# -- files ----------------------------------------------------------------------------------


def _take(here: Visit, outcome: Outcome) -> None:
    """Store each file and its row; the first that does not fit any more ends it."""
    files = [file for file in request.files.getlist("photographs") if file.filename]
    if not files:
        return
    session = visit.family_session(here)
    contribution = contribute.by_id(session, here.contribution_id)
    key = contribution_key(house().keys, contribution)
    room = max(0, house().settings.upload_count - photographs.number_of(session, here.contribution_id))
    for file in files[:room]:
        _take_one(here, key, file, outcome)
    outcome.refused += [_too_many(file.filename or "") for file in files[room:]]


def _take_one(here: Visit, key: Any, file: FileStorage, outcome: Outcome) -> None:
    limit = house().settings.upload_bytes
    try:
        stream = cast(BinaryIO, file.stream)
        received = photographs.receive(house().storage, key, stream, clean(file.filename or ""), limit)
        with visit.changing(here) as work:
            record = contribute.record_of(work.session, work.contribution)
            medium = photographs.add(
                work.session, work.contribution, record, received,
                now=house().now(), most=house().settings.upload_count,
            )  # fmt: skip
            taken = medium.id
        outcome.taken.append(taken)
    except TooMany:
        outcome.refused.append(_too_many(file.filename or ""))
    except Refused as refused:
        outcome.refused.append(f"{clean(file.filename or '')}: {refusal_words(refused, limit)}")
        if refused.reason_code == "too_large_bytes":
            outcome.status = 413


def _too_many(name: str) -> str:
    most = house().settings.upload_count
    return _(
        "%(name)s was not taken: one contribution holds up to %(count)s photographs. You can send more as a "
        "second contribution.",
        name=clean(name),
        count=most,
    )


def refusal_words(refused: Refused, limit: int) -> str:
    """Why a file was not taken, in the reader's language."""
    if refused.reason_code == "too_large_bytes":
        return _(
            "This file is larger than %(limit)s, which is the most we can take. Please send a smaller copy, and "
            "tell us that you keep a larger one.",
            limit=_in_megabytes(limit),
        )
    return _(REASONS[refused.message_key]).format_map(_Known(refused.details))


def _in_megabytes(limit: int) -> str:
    """40 MB as people say it: settings count in powers of two."""
    return f"{limit >> 20} MB" if limit >= 1 << 20 else size(language(), limit)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


# -- words about each -------------------------------------------------------------------------


@dataclass
class Typed:
    """What was said about each photograph, by its public id; what is too long, by field."""

    photos: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def _typed(here: Visit) -> Typed:
    typed = Typed()
    for medium in photographs.of(visit.family_session(here), here.contribution_id):
        said = {name: clean(request.form.get(f"{name}-{medium.public_id}", "")) for name in (*ASKED, *TICKED)}
        for name, known in TICKED.items():
            said[name] = said[name] if said[name] in known else ""
        for name, limit in ASKED.items():
            if message := too_long(said[name], limit):
                typed.wrong[f"{name}-{medium.public_id}"] = message
        typed.photos[medium.public_id] = said
    return typed


def _keep_words(here: Visit, typed: Typed) -> None:
    remove = request.form.get("remove", "")
    with visit.changing(here) as work:
        for medium in photographs.of(work.session, here.contribution_id):
            said = typed.photos.get(medium.public_id)
            own = work.draft.photos.setdefault(medium.public_id, {})
            if said is not None:
                own.update({k: v for k, v in said.items() if f"{k}-{medium.public_id}" not in typed.wrong})
            if remove == medium.public_id:
                _remove(work, medium)
        work.keep()


def _remove(work: visit.Work, medium: Media) -> None:
    """Out of a draft it goes for good; what was sent is marked and no longer shown from the next sending on."""
    if medium.public_id in work.draft.sent.get("photos", {}):
        work.draft.photos[medium.public_id]["removed"] = "yes"
        return
    del work.draft.photos[medium.public_id]
    photographs.discard(work.session, medium)


# -- the page -------------------------------------------------------------------------------


def _page(here: Visit, problems: Sequence[str] = (), status: int = 200) -> Response:
    session = visit.family_session(here)
    media = list(photographs.of(session, here.contribution_id))
    settings = house().settings
    answer = make_response(
        render_template(
            "contribute/photographs.html",
            photographs=[_row(here, number, medium) for number, medium in enumerate(media, 1)],
            listed=[("photographs", problem) for problem in problems],
            errors={"photographs": " ".join(problems)},
            room=settings.upload_count - len(media),
            most=settings.upload_count,
            largest=settings.upload_bytes,
            largest_words=_in_megabytes(settings.upload_bytes),
            total=sum(medium.bytes for medium in media),
            number=forms.number_of(here, "photographs"),
            back=forms.back_from(here, "photographs"),
            then=_then(),
            task=here.task,
        )
    )
    answer.status_code = status
    return answer


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
        "bytes": medium.bytes,
        "file_name": medium.file_name,
        "removed": bool(said.get("removed")),
        "fixed": medium.policy_id is not None,
        "thumbnail": medium.derivatives[0].public_id if medium.derivatives else "",
        "failed": medium.failed,
        **typed,
    }
