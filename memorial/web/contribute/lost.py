"""A lost code: a request that a person decides. The answer is the same whatever the archive holds."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.services import lost_codes
from memorial.web.context import house, language
from memorial.web.contribute import forms, my, pages
from memorial.web.contribute.fields import clean, too_long
from memorial.web.doors import door
from memorial.web.security import limiter

FIELDS = {"words": 5_000, "contact": 1_000}


@door(pages, "/<lang>/return/lost", audience="family", methods=("GET", "POST"))
@limiter.limit(my.code_limit, methods=["POST"])
def lost() -> Response | Answer:
    """What was sent, and how to reach whoever lost the code. No question looks anything up."""
    if request.method == "GET":
        return _page({}, {})
    typed = {name: clean(request.form.get(name, ""), True) for name in FIELDS}
    if not forms.right_token():
        return _page(typed, {}, forms.stale_form(), 400)
    errors = _errors(typed)
    if errors:
        return _page(typed, errors, status=422)
    with forms.shielded() as failed:
        with house().writing(house().keeper()) as session:
            lost_codes.request(
                session, house().keys, typed["words"], typed["contact"], language(), now=house().now()
            )
    if failed.status:
        return _page(typed, {}, failed.words, failed.status)
    return forms.to("lost_received")


@door(pages, "/<lang>/return/lost/received", audience="family")
def lost_received() -> Response:
    return make_response(render_template("contribute/lost_received.html"))


def _errors(typed: dict[str, str]) -> dict[str, str]:
    missing = {
        "words": _("Write what you sent, so that we can look for it."),
        "contact": _("Write how we can reach you: without that nobody can give you a new code."),
    }
    found = {name: missing[name] for name in FIELDS if not typed[name]}
    long = {name: too_long(typed[name], most) for name, most in FIELDS.items()}
    return {**{name: words for name, words in long.items() if words}, **found}


def _page(typed: dict[str, str], errors: dict[str, str], problem: str = "", status: int = 200) -> Response:
    listed = [*([("words", problem)] if problem else []), *errors.items()]
    return make_response(
        render_template("contribute/lost.html", typed=typed, errors=errors, listed=listed), status
    )
