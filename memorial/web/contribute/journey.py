"""From the start page to "Send to the archive": one question a page, kept at every Continue."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotOpen
from memorial.models import Contribution
from memorial.services import codes, contribute, tasks
from memorial.services import contribution_content as content
from memorial.services.sending import Sending
from memorial.web.context import house, language, reading
from memorial.web.contribute import forms, notes, pages, steps, summary, visit
from memorial.web.contribute.fields import Step, clean, errors_in, typed_in
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

BOTH = ("GET", "POST")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def form_limit() -> str:
    """Forms from one network (a setting)."""
    return house().settings.limit_forms


@door(pages, "/<lang>/contribute", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def start() -> Response | Answer:
    """What happens here, and the two things one can do."""
    if request.method == "GET":
        return _start_page()
    task = request.form.get("task", "")
    if not forms.right_token():
        return _start_page(task, forms.stale_form(), 400)
    if task not in content.TASKS:
        return _start_page("", _("Choose what you want to do."), 422)
    with forms.shielded() as failed:
        _begin(task)
    if failed.status:
        return _start_page(task, failed.words, failed.status)
    return forms.to("step", name=steps.FLOW[task][0])


def _start_page(task: str = "", problem: str = "", status: int = 200) -> Response:
    unfinished = visit.here()
    answer = make_response(
        render_template(
            "contribute/start.html", task=task, problem=problem, unfinished=unfinished, flow=steps.FLOW
        )
    )
    answer.status_code = status
    return answer


def _begin(task: str) -> None:
    issued = codes.issue(house().keys)
    with house().writing(house().keeper()) as writing:
        begun = contribute.begin(writing, house().keys, issued, task, language(), now=house().now())
        draft = contribute.read(house().keys, begun.contribution)
        visit.start(begun.contribution, draft, begun.code.printed)


@door(pages, "/<lang>/contribute/<name>", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def step(name: str) -> Response | Answer:
    """One page of questions."""
    if name not in steps.STEPS:
        raise NotOpen
    here = visit.here()
    if here is None or here.erased:
        return nobody(here, name)
    asked = steps.step_named(here.task, name)
    if asked is None:
        raise NotOpen
    return forms.shown(here, asked) if request.method == "GET" else _answered(here, asked)


def nobody(here: Visit | None, name: str) -> Response | Answer:
    if here is not None:
        return forms.to("my", ref=here.ref)
    if request.method == "GET":
        return forms.to("come_back")
    known = {
        field.name
        for task in steps.FLOW
        for each in [steps.step_named(task, name)]
        if each
        for field in each.fields
    }
    return forms.over({key: clean(request.form.get(key, ""), True) for key in sorted(known)})


def _answered(here: Visit, asked: Step) -> Response | Answer:
    typed = typed_in(asked, request.form)
    if not forms.right_token():
        return forms.again(here, asked, typed, {}, forms.stale_form(), 400)
    errors = {**errors_in(asked, typed), **_together(asked, typed)}
    if errors:
        return forms.again(here, asked, typed, errors)
    with forms.shielded() as failed:
        _save(here, asked, typed)
    if failed.status:
        return forms.again(here, asked, typed, {}, failed.words, failed.status)
    return _onward(here, asked.name)


def _together(asked: Step, typed: Mapping[str, str]) -> dict[str, str]:
    """What two answers of one page say about each other."""
    if asked.name == "audience" and typed["audience"] == content.LATER:
        today = house().moment().low.date()
        if not content.is_a_future_day(typed["closed_until"], today, language()):
            return {
                "closed_until": _("Write a whole date that is still to come, for example 25 February 2050.")
            }
    if asked.name == "name":
        return _name_together(typed)
    return {}


def _name_together(typed: Mapping[str, str]) -> dict[str, str]:
    how = typed["name_shown"]
    if how == content.FULL and not typed["your_name"]:
        return {"your_name": _("Write your name, or choose another way to show it.")}
    if how in (content.FIRST, content.PSEUDONYM) and not typed["other_name"]:
        return {"other_name": _("Write the name that may be shown.")}
    return {}


def _save(here: Visit, asked: Step, typed: Mapping[str, str]) -> None:
    kept = dict(typed)
    if kept.get("closed_until"):
        day = content.whole_day(kept["closed_until"], language())
        kept["closed_until"] = day.isoformat() if day else kept["closed_until"]
    if asked.name == "consents":
        kept["form_language"] = language()
    with visit.changing(here) as work:
        work.draft.answers.update(kept)
        work.keep()


def _onward(here: Visit, name: str) -> Answer:
    if request.form.get("then") == "check":
        return forms.to("check")
    first = steps.FLOW[here.task][0]
    if name == first and not here.sent and not _code_was_shown(here) and visit.code_at_hand():
        return forms.to("code")
    return forward(here, name)


def forward(here: Visit, name: str) -> Answer:
    following = steps.after(here.task, name)
    return forms.to("check") if following == "check" else forms.to("step", name=following)


# -- the code -------------------------------------------------------------------------------


@door(pages, "/<lang>/contribute/code", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def code() -> Response | Answer:
    """The return code, after the second page. Once Continue was pressed it is not shown here again."""
    here = visit.here()
    if here is None or here.erased:
        return nobody(here, "")
    first = steps.FLOW[here.task][0]
    printed = "" if here.sent or _code_was_shown(here) else visit.code_at_hand()
    if not printed:
        return forward(here, first)
    if request.method == "POST" and forms.right_token():
        with visit.changing(here) as work:
            work.contribution.code_shown = True
        return forward(here, first)
    return make_response(render_template("contribute/code.html", code=printed))


def _code_was_shown(here: Visit) -> bool:
    return reading().get_one(Contribution, here.contribution_id).code_shown


# -- check and send -------------------------------------------------------------------------


@door(pages, "/<lang>/contribute/check", audience="family")
def check() -> Response | Answer:
    """All answers on one page, each with a way to change it."""
    here = visit.here()
    if here is None or here.erased:
        return nobody(here, "")
    return _check_page(here)


def _check_page(here: Visit, problem: str = "", status: int = 200, wrong: bool = False) -> Response:
    missing = content.missing(here.draft.answers)
    listed = [(f"row-{field}", summary.missing_words(key)) for field, key in missing] if wrong else []
    if problem:
        listed.insert(0, ("send", problem))
    answer = make_response(
        render_template(
            "contribute/check.html",
            rows=summary.rows(here, visit.family_session(here)),
            missing=dict(missing),
            listed=listed,
            send_key=secrets.token_urlsafe(16),
            sent=here.sent,
            call=here.draft.answers.get("audience") == content.NOT_SURE
            and not here.draft.answers.get("contact"),
            nobody=not content.grants_of(here.draft.answers),
            back=forms.back_from(here, "check"),
        )
    )
    answer.status_code = status
    return answer


@door(pages, "/<lang>/contribute/send", audience="family", methods=("POST",))
@limiter.limit(form_limit)
def send() -> Response | Answer:
    """Send to the archive. "Received" is said only after the commit; the same form counts once."""
    here = visit.here()
    if here is None or here.erased:
        return nobody(here, "")
    key = request.form.get("send_key", "")
    if not forms.right_token() or not _KEY.fullmatch(key):
        return _check_page(here, forms.stale_form(), 400)
    if content.missing(here.draft.answers):
        return _check_page(here, status=422, wrong=True)
    with forms.shielded() as failed:
        with visit.changing(here) as work:
            note = notes.for_the_desk(here.draft, here.sent)
            tasks.send(
                work.session,
                house().keys,
                work.contribution,
                Sending(f"{here.ref}:{key}", language(), note),
                now=house().now(),
            )
    if failed.status:
        return _check_page(here, failed.words, failed.status)
    return forms.to("sent")


@door(pages, "/<lang>/contribute/sent", audience="family")
def sent() -> Response | Answer:
    """Thanks in the person's name, the code a second time, what happens next and how to take it back."""
    here = visit.here()
    if here is None or here.erased or not here.sent:
        return nobody(here, "") if here is None or here.erased else forms.to("check")
    about = str(here.draft.answers.get("person", ""))
    return make_response(
        render_template("contribute/sent.html", code=visit.code_at_hand(), about=about, ref=here.ref)
    )
