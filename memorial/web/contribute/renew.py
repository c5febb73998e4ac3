"""A yes that ends: the family keeps it as it is for a time, narrows it, or stops it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from memorial.domain import lapses
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.services import renewals
from memorial.web.context import house
from memorial.web.contribute import forms, journey, my, pages, visit
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter


@door(pages, "/<lang>/my/<ref>/renew", audience="family")
def renew(ref: str) -> Response | Answer:
    if visit.here() is None:
        return forms.to("come_back")
    here = my.whose(ref)
    return _page(here) if renewals.ending_of(here.draft, house().now()) else forms.to("my", ref=ref)


def _page(here: Visit, error: str = "", status: int = 200) -> Response:
    ending = renewals.ending_of(here.draft, house().now())
    if ending is None:
        raise NotOpen
    shown: dict[str, Any] = {"ref": here.ref, "ending": ending, "options": options(), "error": error}
    return make_response(render_template("contribute/renew.html", **shown), status)


def options() -> list[tuple[str, str, str]]:
    """For how long: nothing is chosen beforehand."""
    years = [
        (str(count), ngettext("For %(num)d more year", "For %(num)d more years", count), "")
        for count in lapses.YEARS
    ]
    return [*years, (renewals.NEVER, _("Without an end, until I change it"), "")]


@door(pages, "/<lang>/my/<ref>/renew", audience="family", methods=("POST",))
@limiter.limit(journey.form_limit)
def renew_it(ref: str) -> Response | Answer:
    """The same yes to the same people, once more."""
    if visit.here() is None:
        return forms.to("come_back")
    here = my.whose(ref)
    if here.erased or renewals.ending_of(here.draft, house().now()) is None:
        raise NotOpen
    if not forms.right_token():
        return _page(here, forms.stale_form(), 400)
    refused = ""
    with forms.shielded() as failed:
        try:
            with visit.changing(here) as work:
                years = request.form.get("ask_again", "")
                renewals.renew(work.session, house().keys, work.contribution, years, now=house().now())
        except Invalid:
            refused = _("Choose for how long, or leave this page: then it ends on its day.")
        except NotPermitted:
            refused = _("This is not possible at the moment. The page below shows how it stands now.")
    if failed.status or refused:
        return _page(visit.here() or here, refused or failed.words, failed.status or 422)
    return forms.to("my", ref=ref)
