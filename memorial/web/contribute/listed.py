"""Somebody is to be remembered who has a page already: a memory there, or a page of the family's own."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from memorial.web.contribute import forms, journey, pages, start, steps, visit
from memorial.web.contribute.fields import Step, errors_in, typed_in
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

CARRIED = ("looked", "about", "about_name", "page")


@door(pages, "/<lang>/contribute/listed", audience="family", methods=journey.BOTH)
@limiter.limit(journey.form_limit, methods=["POST"])
def listed() -> Response | Answer:
    here = visit.here()
    wants_memory = request.method == "POST" and request.form.get("listed") == "memory"
    if not wants_memory or here is None or not here.answerable or here.sent or not forms.right_token():
        return journey.step("listed")
    asked = steps.step_named(here.sheet, "listed")
    if asked is None or errors_in(asked, typed_in(asked, request.form)):
        return journey.step("listed")
    return _as_a_memory(here, asked)


def _as_a_memory(here: Visit, asked: Step) -> Response | Answer:
    """A memory has a code of its own. What was begun before stays behind its first code, if that was shown."""
    answers = {name: here.sheet.said(name) for name in CARRIED}
    answers["memory"] = here.sheet.said("life")
    with forms.shielded() as failed:
        start.begin("memory", answers)
    if failed.status:
        return forms.again(here, asked, {"listed": "memory"}, {}, failed.words, failed.status)
    return forms.to("step", name="memory")
