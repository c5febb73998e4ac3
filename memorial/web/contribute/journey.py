"""The pages of questions: one a page, kept at every Continue; and the code after the first of them.

The start is start.py, finding a person or a page find.py, "check your answers" and sending ending.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotOpen
from memorial.models import Contribution
from memorial.web.context import house, reading
from memorial.web.contribute import flow, forms, pages, steps, tabs, together, visit
from memorial.web.contribute.fields import Step, clean, errors_in, typed_in
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

BOTH = ("GET", "POST")


def form_limit() -> str:
    """Forms from one network (a setting)."""
    return house().settings.limit_forms


@door(pages, "/<lang>/contribute/<name>", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def step(name: str) -> Response | Answer:
    """One page of questions."""
    if name not in steps.STEPS:
        raise NotOpen
    here = visit.here()
    if here is None or not here.answerable:
        return nobody(here, name)
    asked = steps.step_named(here.sheet, name)
    if asked is None:
        raise NotOpen
    return forms.shown(here, asked) if request.method == "GET" else _answered(here, asked)


def nobody(here: Visit | None, name: str) -> Response | Answer:
    if here is not None:
        return forms.to("my", ref=here.ref)
    if request.method == "GET":
        return forms.to("come_back")
    known = sorted(set(steps.every_field(name)))
    return forms.over({key: clean(request.form.get(key, ""), True) for key in known})


def _answered(here: Visit, asked: Step) -> Response | Answer:
    typed = typed_in(asked, request.form)
    if not forms.right_token():
        return forms.again(here, asked, typed, {}, forms.stale_form(), 400)
    errors = {**errors_in(asked, typed), **together.wrong(asked, typed)}
    if errors:
        return forms.again(here, asked, typed, errors)
    try:
        with forms.shielded() as failed:
            _save(here, asked, typed)
    except tabs.Elsewhere as changed:
        return in_two_windows(here, asked, typed, changed)
    except NotOpen:  # somebody left quickly in another window, between this request's two looks
        return forms.over(typed)
    if failed.status:
        return forms.again(here, asked, typed, {}, failed.words, failed.status)
    return onward(visit.here() or here, asked.name)


def in_two_windows(here: Visit, asked: Step, typed: Mapping[str, str], changed: tabs.Elsewhere) -> Response:
    """Both answers on one page; nothing was saved, and the next Continue counts."""
    return forms.again(
        visit.here() or here, asked, typed, {},
        _("This page was answered in another window meanwhile. Look at both, and press Continue to keep what stands in the fields."),
        409, seen=changed.mark, elsewhere=changed.found,
    )  # fmt: skip


def _save(here: Visit, asked: Step, typed: Mapping[str, str]) -> None:
    kept = together.kept(asked, typed)
    with visit.changing(here) as work:
        not_elsewhere(asked, kept, work.draft.answers)
        work.draft.answers.update(kept)
        work.keep()


def not_elsewhere(asked: Step, kept: Mapping[str, str], answers: Mapping[str, object]) -> None:
    """Raises Elsewhere, under the lock, where another window was quicker."""
    found = tabs.changed_elsewhere(asked, kept, answers, tabs.seen_in(request.form))
    if found:
        raise tabs.Elsewhere(found, tabs.mark_of(asked, answers))


def onward(here: Visit, name: str) -> Answer:
    """After Continue: back to the answers as a whole, the code the first time, else the next page."""
    if request.form.get("then") == "check":
        return forms.to("check")
    if not here.sent and not _code_was_shown(here) and visit.code_at_hand():
        return forms.to("code", after=name)
    return forward(here, name)


def forward(here: Visit, name: str) -> Answer:
    following = flow.after(here.sheet, name)
    return forms.to("check") if following == "check" else forms.to("step", name=following)


# -- the code -------------------------------------------------------------------------------


@door(pages, "/<lang>/contribute/code", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def code() -> Response | Answer:
    """The return code, after the second page. Once Continue was pressed it is not shown here again."""
    here = visit.here()
    if here is None or not here.answerable:
        return nobody(here, "")
    asked = request.values.get("after", "")
    earlier = asked if asked in flow.FLOW[here.task] else flow.flow_of(here.sheet)[0]
    printed = "" if here.sent or _code_was_shown(here) else visit.code_at_hand()
    if not printed:
        return forward(here, earlier)
    if request.method == "POST" and forms.right_token():
        with visit.changing(here) as work:
            work.contribution.code_shown = True
        return forward(here, earlier)
    return make_response(render_template("contribute/code.html", code=printed, after=earlier))


def _code_was_shown(here: Visit) -> bool:
    return reading().get_one(Contribution, here.contribution_id).code_shown
