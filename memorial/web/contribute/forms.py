"""How a family's form is answered: the token, a page shown again with all that was typed, a full disk.

if not right_token(): return again(step, typed, {}, STALE_FORM(), 400)
with shielded() as failed: …            # failed.status is set when the words could not be stored
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as Answer

from memorial.domain.forms_of_consent import form_in
from memorial.services import consent_forms
from memorial.storage import NoRoom
from memorial.web.context import language, reading
from memorial.web.contribute import flow, tabs
from memorial.web.contribute.fields import Step
from memorial.web.contribute.visit import Visit
from memorial.web.security import csrf

WAIT = 5  # seconds, for a database that somebody else has locked


def right_token() -> bool:
    """Whether the form carries the token of this session."""
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


@dataclass
class Failed:
    """Why nothing was stored: 507 for a full disk, 503 for a database that is busy; 0 when all is well."""

    status: int = 0

    @property
    def words(self) -> str:
        return no_room() if self.status == 507 else busy()


@contextmanager
def shielded() -> Iterator[Failed]:
    """A full disk or a busy database ends nobody's page: what was typed is shown again and can be kept."""
    failed = Failed()
    try:
        yield failed
    except NoRoom:
        failed.status = 507
    except OSError as error:
        if error.errno != 28:
            raise
        failed.status = 507
    except OperationalError as error:
        failed.status = 507 if _is_full(error) else 503


def _is_full(error: OperationalError) -> bool:
    kind = type(error.orig).__name__
    return kind == "DiskFull" or "disk is full" in str(error.orig)


def no_room() -> str:
    return _(
        "There is no room left to store this, so it was not saved. Your words are still on this page: "
        "please copy them and try again later."
    )


def busy() -> str:
    return _("The archive is busy and could not save this. Your words are still on this page: try once more.")


def stale_form() -> str:
    return _("This page had been open for too long. Nothing is lost: please press the button once more.")


def again(
    visit: Visit,
    step: Step,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    problem: str = "",
    status: int = 422,
    *,
    seen: str = "",
    elsewhere: Mapping[str, str] | None = None,
) -> Response:
    """The same page with everything still there, what is wrong on top and at its field.

    `seen` says which answers the page was made from, `elsewhere` what another window says instead.
    """
    listed = [(field.name, errors[field.name]) for field in step.fields if field.name in errors]
    if problem:
        listed.insert(0, (step.fields[0].name if step.fields else "main", problem))
    answer = make_response(
        render_template(
            f"contribute/{step.template}.html",
            step=step,
            typed=typed,
            errors=errors,
            listed=listed,
            number=number_of(visit, step.name),
            back=back_from(visit, step.name),
            form=form_in(language()),
            form_approved=step.template != "consents" or consent_forms.is_approved(reading(), language()),
            sent=visit.sent,
            seen=seen or tabs.seen_in(request.form) or tabs.mark_of(step, visit.draft.answers),
            elsewhere=tabs.in_words(step, elsewhere or {}),
        )
    )
    answer.status_code = status
    if status == 503:
        answer.headers["Retry-After"] = str(WAIT)
    return answer


def shown(visit: Visit, step: Step) -> Response:
    """A page as it was left."""
    typed = {field.name: str(visit.draft.answers.get(field.name, "")) for field in step.fields}
    return again(visit, step, typed, {}, status=200)


def number_of(visit: Visit, name: str) -> int:
    """Which page this is; the first asks what somebody wants to do."""
    left = flow.flow_of(visit.sheet)
    return left.index(name) + 2 if name in left else flow.FLOW[visit.task].index(name) + 2


def back_from(visit: Visit, name: str) -> str:
    earlier = flow.before(visit.sheet, name)
    return url_for("contribute.step", name=earlier) if earlier else url_for("contribute.start")


def to(endpoint: str, **values: Any) -> Answer:
    """The next page, so that reloading sends nothing twice."""
    return redirect(url_for(f"contribute.{endpoint}", **values), code=303)


def over(typed: Mapping[str, str]) -> Response:
    """The session ended while somebody was writing: their words, to be copied, and the way back."""
    words = [value for value in typed.values() if value.strip()]
    answer = make_response(render_template("contribute/over.html", words=words))
    answer.status_code = 401
    return answer
