"""What was agreed, on one page to print: the very words of the form, the answers, who may see which part, until when.

Before sending it says what would be agreed; afterwards what was. It names the form by its version and hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotOpen
from memorial.domain.forms_of_consent import CONSENTS, Form, form_in
from memorial.domain.tasks import TASKS
from memorial.services import consent_forms
from memorial.services import contribution_content as content
from memorial.web.context import language, reading
from memorial.web.contribute import journey, pages, steps, summary, visit
from memorial.web.contribute.fields import Sheet
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door

PAGES = ("audience", "parts", "name", "guardian")
WITHOUT = ("guardian_contact",)  # a way to reach somebody is not for a sheet of paper


@dataclass(frozen=True, slots=True)
class Agreed:
    """One question of the form, as it was asked, and the answer."""

    question: str
    meaning: str
    answer: str


@door(pages, "/<lang>/contribute/agreed", audience="family")
def agreed() -> Response | Answer:
    """The sheet. A task that publishes nothing has none."""
    here = visit.here()
    if here is None or not here.answerable:
        return journey.nobody(here, "")
    if TASKS[here.task].way == "report":
        raise NotOpen
    answers = here.draft.sent if here.sent else here.draft.answers
    form = form_of(answers)
    return make_response(
        render_template(
            "contribute/agreed.html",
            ref=here.ref,
            form=form,
            form_approved=consent_forms.is_approved(reading(), form.language),
            consents=_consents(form, answers),
            rows=_rows(here, answers),
            called=summary.in_whose_name(here),
            sent=here.sent,
            unsent=here.sent and here.draft.answers != here.draft.sent,
            nobody=not content.grants_of(answers),
        )
    )


def form_of(answers: Mapping[str, Any]) -> Form:
    """The form that was shown; the one of this page while none was."""
    return form_in(str(answers.get("form_language") or language()), consent_forms.version_in(answers))


def _consents(form: Form, answers: Mapping[str, Any]) -> Sequence[Agreed]:
    words = summary.yes_or_no()
    return [
        Agreed(form.asked[key].question, form.asked[key].meaning, words.get(str(answers.get(key, "")), ""))
        for key in CONSENTS
    ]


def _rows(here: Visit, answers: Mapping[str, Any]) -> Sequence[summary.Row]:
    sheet = Sheet(here.task, answers, here.sheet.files)
    rows = [
        row
        for step in steps.steps_of(sheet)
        if step.name in PAGES
        for row in summary.rows_of(step, answers)
        if row.field not in WITHOUT
    ]
    return [row for row in rows if row.answer]
