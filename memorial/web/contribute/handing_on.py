"""Handing the code on to the next of kin, and taking it back with the old one."""

from __future__ import annotations

from flask import Response, make_response, render_template, session
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotOpen
from memorial.gate import Actor
from memorial.services import codes, contribute, handing_on
from memorial.web.context import house, reading
from memorial.web.contribute import forms, journey, my, pages, visit
from memorial.web.doors import door
from memorial.web.security import limiter

FORMER = "former"  # in the cookie: the number of a replaced code that was shown


@door(pages, "/<lang>/my/<ref>/hand-on", audience="family")
def hand_on(ref: str) -> Response | Answer:
    """What it means, before anything happens."""
    if visit.here() is None:
        return forms.to("come_back")
    if my.whose(ref).erased:
        raise NotOpen
    return _page(ref)


def _page(ref: str, error: str = "", status: int = 200) -> Response:
    return make_response(render_template("contribute/hand_on.html", ref=ref, error=error), status)


@door(pages, "/<lang>/my/<ref>/hand-on", audience="family", methods=("POST",))
@limiter.limit(journey.form_limit)
def hand_it_on(ref: str) -> Response | Answer:
    """The old code ends, and a new one is shown on the next page. Pressed twice it is still one."""
    if visit.here() is None:  # the first press has shut every door but the one it opened
        return forms.to("come_back")
    here = my.whose(ref)
    if here.erased:
        raise NotOpen
    if not forms.right_token():
        return _page(ref, forms.stale_form(), 400)
    issued = codes.issue(house().keys)  # slow on purpose, so before any lock
    with forms.shielded() as failed:
        with visit.changing(here) as work:
            by = Actor.family(work.contribution.public_id, work.contribution.id)
            made = handing_on.replace(
                work.session, house().keys, work.contribution, issued, handing_on.HANDED_ON,
                by=by, now=house().now(),
            )  # fmt: skip
    if failed.status:
        return _page(ref, failed.words, failed.status)
    found = contribute.by_id(reading(), here.contribution_id)
    visit.start(found, contribute.read(house().keys, found), made.code.printed)
    return forms.to("new_code", ref=ref)


@door(pages, "/<lang>/my/<ref>/new-code", audience="family")
def new_code(ref: str) -> Response | Answer:
    """The new code. It is gone when the family goes on to its page."""
    if visit.here() is None:
        return forms.to("come_back")
    my.whose(ref)
    code = visit.code_at_hand()
    if not code:
        return forms.to("my", ref=ref)
    return make_response(render_template("contribute/new_code.html", ref=ref, code=code))


# -- the code before ------------------------------------------------------------------------


@door(pages, "/<lang>/return/former", audience="family")
def former() -> Response | Answer:
    """For whoever came back with a code in whose place another one is."""
    found = _shown()
    return forms.to("come_back") if found is None else _former_page(found)


def _shown() -> int | None:
    number = session.get(FORMER)
    try:
        return handing_on.former_by_id(reading(), int(number), house().now()).id if number else None
    except NotOpen:
        return None


def _former_page(former_id: int, error: str = "", status: int = 200) -> Response:
    found = handing_on.former_by_id(reading(), former_id, house().now())
    shown = {"at": found.replaced_at, "why": found.why, "error": error}
    return make_response(render_template("contribute/former.html", **shown), status)


@door(pages, "/<lang>/return/former", audience="family", methods=("POST",))
@limiter.limit(journey.form_limit)
def take_back() -> Response | Answer:
    """The old code counts again; the later one is worth nothing."""
    found = _shown()
    if found is None:
        return forms.to("come_back")
    if not forms.right_token():
        return _former_page(found, forms.stale_form(), 400)
    with forms.shielded() as failed:
        with house().writing(house().keeper()) as writing:
            contribution_id = handing_on.take_back(writing, house().keys, found, now=house().now()).id
    if failed.status:
        return _former_page(found, failed.words, failed.status)
    session.pop(FORMER, None)
    reading().rollback()  # what this request read before is from before this change
    contribution = contribute.by_id(reading(), contribution_id)
    visit.start(contribution, contribute.read(house().keys, contribution))
    return forms.to("my", ref=contribution.public_id)
