"""Check your answers, send, thanks. "Received" is said only after the commit; the same form counts once."""

from __future__ import annotations

import re
import secrets

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as Answer

from memorial.domain.tasks import TASKS
from memorial.services import contribution_content as content
from memorial.services import tasks
from memorial.services.sending import Sending
from memorial.web.context import house, language
from memorial.web.contribute import forms, journey, notes, pages, summary, visit
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@door(pages, "/<lang>/contribute/check", audience="family")
def check() -> Response | Answer:
    """All answers on one page, each with a way to change it."""
    here = visit.here()
    if here is None or not here.answerable:
        return journey.nobody(here, "")
    return _check_page(here)


def _check_page(here: Visit, problem: str = "", status: int = 200, wrong: bool = False) -> Response:
    missing = content.missing(here.draft.answers)
    said = {field: summary.missing_words(key) for field, key in missing} if wrong else {}
    listed = [(f"row-{field}", words) for field, words in said.items()]
    if problem:
        listed.insert(0, ("send", problem))
    answer = make_response(
        render_template(
            "contribute/check.html",
            rows=summary.rows(here, visit.family_session(here)),
            missing=said,
            listed=listed,
            send_key=secrets.token_urlsafe(16),
            sent=here.sent,
            notes=summary.notes(here, visit.family_session(here)),
            consented=TASKS[here.task].way != "report",
            back=forms.back_from(here, "check"),
        )
    )
    answer.status_code = status
    return answer


@door(pages, "/<lang>/contribute/send", audience="family", methods=("POST",))
@limiter.limit(journey.form_limit)
def send() -> Response | Answer:
    """Send to the archive."""
    here = visit.here()
    if here is None or not here.answerable:
        return journey.nobody(here, "")
    key = request.form.get("send_key", "")
    if not forms.right_token() or not _KEY.fullmatch(key):
        return _check_page(here, forms.stale_form(), 400)
    if content.missing(here.draft.answers):
        return _check_page(here, status=422, wrong=True)
    with forms.shielded() as failed:
        with visit.changing(here) as work:
            note = notes.for_the_desk(here, here.sent)
            sending = Sending(f"{here.ref}:{key}", language(), note)
            tasks.send(work.session, house().keys, work.contribution, sending, now=house().now())
    if failed.status:
        return _check_page(here, failed.words, failed.status)
    return forms.to("sent")


@door(pages, "/<lang>/contribute/sent", audience="family")
def sent() -> Response | Answer:
    """Thanks in the person's name, the code a second time, what happens next and how to take it back."""
    here = visit.here()
    if here is None or not here.answerable or not here.sent:
        return journey.nobody(here, "") if here is None or not here.answerable else forms.to("check")
    return make_response(
        render_template(
            "contribute/sent.html",
            code=visit.code_at_hand(),
            about=summary.in_whose_name(here),
            ref=here.ref,
            task=here.task,
            call=content.is_to_be_called(here.draft.answers),
        )
    )
