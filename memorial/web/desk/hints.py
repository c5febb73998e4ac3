"""Hints of an item: the page of all of them, and saying that one is none here, or is one after all.

Only a reason is asked for. What was typed stays when somebody was faster or nothing was written.
"""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotPermitted, Stale
from memorial.services import desk_hints, desk_item
from memorial.services.desk_hint_views import HintsView
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LONGEST_REASON = 1_000
DONE = ("dismiss_hint", "bring_back_hint")


@door(pages, "/<lang>/desk/items/<public_id>/hints", audience="desk")
def hints(public_id: str) -> Page:
    asked = request.args.get("done", "")
    return _all(public_id, 200, done=asked if asked in DONE else "")


def _all(public_id: str, status: int, **said: Any) -> tuple[str, int]:
    kept = {"error": "", "error_at": "", "done": "", **said}
    return render_template("desk/hints.html", hints=_view(public_id), public_id=public_id, **kept), status


def _view(public_id: str) -> HintsView:
    found, session = items.readable(public_id), guard.session()
    desk_item.with_words(session, identity.actor(), found, now=house().now())
    return desk_hints.hints_view(
        session, identity.actor(), found, keys=house().keys, now=house().now(), whole=True
    )


@door(pages, "/<lang>/desk/items/<public_id>/hints", audience="desk", methods=("POST",))
def answer_hint(public_id: str) -> Page:
    items.readable(public_id)
    digest, note = inputs.line("hint", desk_hints.DIGITS), inputs.line("note", LONGEST_REASON)
    try:
        done = _answer(public_id, digest, note)
    except Stale:
        return _again(public_id, 409, "hint_changed", digest, note)
    except NotPermitted as refused:
        if refused.key == "note":
            return _again(public_id, 422, "why_not", digest, note)
        return _again(public_id, 403, refused.key, digest, note)
    page = "desk.hints" if request.form.get("whole") else "desk.item"
    return redirect(f"{url_for(page, public_id=public_id, done=done)}#hints")


def _answer(public_id: str, digest: str, note: str) -> str:
    actor, now = identity.actor(), house().now()
    with house().writing(house().keeper()) as session:
        item = desk_item.find(session, public_id)
        if request.form.get("act") == "bring_back":
            desk_hints.bring_back(session, actor, item, digest, now=now)
            return DONE[1]
        desk_hints.dismiss(session, actor, item, digest, note, keys=house().keys, now=now)
        return DONE[0]


def _again(public_id: str, status: int, error: str, digest: str, note: str) -> Page:
    """The page it came from. A hint that is still there has its words and its fault beside it."""
    guard.session().rollback()
    said = {"error": error, "error_at": _field(public_id, digest), "hint_note": note}
    if request.form.get("whole"):
        return _all(public_id, status, **said)
    return items.show(public_id, status, **said)


def _field(public_id: str, digest: str) -> str:
    """The id of the field for this hint's reason, "hints" where it has none now."""
    if re.fullmatch(r"[0-9a-f]+", digest):
        for group in _view(public_id).groups:
            if any(opened.digest == digest for opened in group.shown):
                return f"why-{group.kind}-{digest}"
    return "hints"
