"""Find the person or the page: type a name, Look, choose one of up to ten, or "not listed". Works without scripts."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.tasks import TASKS
from memorial.services import contribute, finding
from memorial.services.finding import Found
from memorial.web.context import house
from memorial.web.contribute import forms, journey, pages, start, steps, visit
from memorial.web.contribute.fields import LINE, Step, clean, too_long
from memorial.web.contribute.visit import Visit, Work
from memorial.web.doors import door
from memorial.web.security import limiter

NOT_LISTED = "none"


@door(pages, "/<lang>/contribute/find", audience="family", methods=journey.BOTH)
@limiter.limit(journey.form_limit, methods=["POST"])
def find() -> Response | Answer:
    here = visit.here()
    if here is None or not here.answerable:
        return journey.nobody(here, "find")
    asked = steps.step_named(here.sheet, "find")
    if asked is None:
        raise NotOpen
    if request.method == "GET":
        return _page(here, asked, here.sheet.said("looked"))
    looked = clean(request.form.get("looked", ""))
    if not forms.right_token():
        return _page(here, asked, looked, forms.stale_form(), 400)
    if message := too_long(looked, LINE):
        return _page(here, asked, looked, message)
    return _answered(here, asked, looked)


def _answered(here: Visit, asked: Step, looked: str) -> Response | Answer:
    choice = request.form.get("choice", "")
    looks = request.form.get("act") == "look" or (looked != here.sheet.said("looked") and not choice)
    chosen = finding.one(start.visitors(), choice) if choice and choice != NOT_LISTED else None
    if not looks and (problem := _missing(here, choice, chosen)):
        return _page(here, asked, looked, problem)
    try:
        with forms.shielded() as failed:
            with visit.changing(here) as work:
                work.draft.answers["looked"] = looked
                if choice and not looks:
                    _choose(work, chosen)
                work.keep()
    except NotPermitted:
        return _page(here, asked, looked, _photographs_hang_there(), 409)
    if failed.status:
        return _page(here, asked, looked, failed.words, failed.status)
    return forms.to("find", _anchor="found", **_then()) if looks else journey.onward(_fresh(here), "find")


def _then() -> dict[str, str]:
    return {"then": "check"} if request.form.get("then") == "check" else {}


def _fresh(here: Visit) -> Visit:
    return visit.here() or here


def _missing(here: Visit, choice: str, chosen: Found | None) -> str:
    if choice and choice != NOT_LISTED and chosen is None:
        return _("This page is not there any more. Please look once more.")
    if here.task == "memory" and not choice and not here.sheet.said("about"):
        return _("Look for the name, then choose a page, or say that the person is not listed.")
    return ""


def _photographs_hang_there() -> str:
    return _(
        "You have already added photographs to the page you chose before. Take them out first, then choose another."
    )


def _choose(work: Work, chosen: Found | None) -> None:
    """The page it is about; a memory of somebody who is not listed becomes a remembrance with all that was typed."""
    answers = work.draft.answers
    answers["about"] = chosen.entry.public_id if chosen else ""
    answers["about_name"] = chosen.entry.title if chosen else ""
    answers["page"] = chosen.entry.address if chosen else ""
    answers.pop("listed", None)
    if work.contribution.task == "memory" and chosen is None:
        contribute.retask(work.session, work.contribution, "remembrance", now=house().now())
        answers["task"] = "remembrance"
        answers.setdefault("person", str(answers.get("looked", "")))
        answers.setdefault("life", str(answers.get("memory", "")))
        return
    start.about(work.session, work.contribution, work.draft)


def _page(here: Visit, asked: Step, looked: str, problem: str = "", status: int = 422) -> Response:
    wants_page = TASKS[here.task].about == "page"
    found = _found(here.sheet.said("looked"), wants_page)
    answer = make_response(
        render_template(
            "contribute/find.html",
            step=asked,
            looked=looked,
            was_looked=here.sheet.said("looked"),
            found=found,
            chosen=here.sheet.said("about"),
            chosen_name=here.sheet.said("about_name") or here.sheet.said("page"),
            task=here.task,
            wants_page=wants_page,
            listed=[("looked", problem)] if problem else [],
            error=problem,
            number=forms.number_of(here, "find"),
            back=forms.back_from(here, "find"),
        )
    )
    answer.status_code = status if problem else 200
    return answer


def _found(words: str, wants_page: bool) -> Sequence[Found]:
    if not words:
        return ()
    return (finding.anything if wants_page else finding.people)(start.visitors(), words)
