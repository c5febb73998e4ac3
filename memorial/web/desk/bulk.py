"""One act on many items: choosing and previewing it, its page while it is done, stopping it, taking it back."""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.domain import bulk as rules
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.services import bulk, bulk_run, desk, desk_counts
from memorial.services.bulk import Wanted
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LONGEST_NOTE = 20_000
TURNS = ("begin", "stop", "go_on", "take_back")


@door(pages, "/<lang>/desk/bulk", audience="desk")
def bulk_acts() -> Page:
    return _form(200, typed=_wanted(request.args))


def _form(status: int, **said: Any) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    bulk.allowed(session, actor, now)
    acts = bulk.lately(session)
    shown = {
        "verbs": rules.offered(),
        "kinds": sorted({kind for verb in rules.offered() for kind in rules.kinds_for(verb)}),
        "languages_open": desk_counts.languages(session),
        "imports": bulk.imports(session),
        "acts": acts,
        "names": desk.names_of(session, {act.made_by for act in acts}),
        "most": rules.MOST,
        **{"error": "", "note": "", **said},
    }
    return render_template("desk/bulk.html", **shown), status


def _wanted(asked: Any) -> Wanted:
    """What the form or the address asks for; what is unknown counts as not said."""
    verb, kind, language, run = (asked.get(name, "") for name in ("verb", "kind", "language", "run"))
    return Wanted(
        verb if verb in rules.VERBS else "",
        kind if kind in {each for verb in rules.VERBS for each in rules.kinds_for(verb)} else "",
        language if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else "",
        run if re.fullmatch(r"[0-9A-Za-z]{1,32}", run) else "",
    )


@door(pages, "/<lang>/desk/bulk", audience="desk", methods=("POST",))
def bulk_preview() -> Page:
    wanted, note = _wanted(request.form), inputs.words("note", LONGEST_NOTE)
    try:
        with house().writing(house().keeper()) as session:
            made = bulk.preview(session, identity.actor(), wanted, note, keys=house().keys, now=house().now())
            public_id = made.public_id
    except NotPermitted as refused:
        if refused.key != "note":
            raise
        return _form(422, typed=wanted, error=refused.key, note=note)
    except Invalid as wrong:
        return _form(422, typed=wanted, error=wrong.key, note=note)
    return redirect(url_for("desk.bulk_act", public_id=public_id))


@door(pages, "/<lang>/desk/bulk/<public_id>", audience="desk")
def bulk_act(public_id: str) -> Page:
    return _show(public_id, 200)


def _show(public_id: str, status: int, **said: Any) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    if status >= 400:
        session.rollback()
    bulk.allowed(session, actor, now)
    act = bulk.find(session, public_id)
    after = request.args.get("after", default=0, type=int)
    view = bulk.view_of(session, actor, act, now=now, after=after if 0 < after < 2**62 else 0)
    shown = {
        "view": view,
        "mine": act.made_by == actor.label,
        "at_work": act.state in bulk.AT_WORK,
        "words": bulk_run.words_of(session, act, house().keys),
        "came_with": next(
            (each for each in bulk.imports(session) if each.run == act.particulars.get("run")), None
        ),
        "back_wants_note": bulk.needs_note(act.verb, back=True),
        **{"error": "", "note": "", **said},
    }
    return render_template("desk/bulk_act.html", **shown), status


@door(pages, "/<lang>/desk/bulk/<public_id>/<turn>", audience="desk", methods=("POST",))
def bulk_turn(public_id: str, turn: str) -> Page:
    """Begin, stop, go on, take back. What runs is enqueued after the commit; the sweep finds it too."""
    note = inputs.words("note", LONGEST_NOTE)
    try:
        with house().writing(house().keeper()) as session:
            number = _turned(session, public_id, turn, note)
    except Stale as late:
        return _show(public_id, 409, error=late.key, note=note)
    except NotPermitted as refused:
        return _show(public_id, 422 if refused.key == "note" else 403, error=refused.key, note=note)
    jobs.enqueue(house(), "bulk", number)
    return redirect(url_for("desk.bulk_act", public_id=public_id))


def _turned(session: Any, public_id: str, turn: str, note: str) -> int:
    act = bulk.find(session, public_id)
    more: dict[str, Any] = {"expected": inputs.number("version") or 0, "now": house().now()}
    if turn not in TURNS:
        raise NotPermitted("no_such_step")
    if turn == "take_back":
        more |= {"note": note, "keys": house().keys}
    getattr(bulk, turn)(session, identity.actor(), act, **more)
    return act.id
