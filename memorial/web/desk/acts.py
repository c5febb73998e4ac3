"""What is done with an item: one door for every verb, and one for the checklist.

A form carries the item's version, the revision and the last line of history it showed. When
somebody was faster, nothing is written: the page comes back with what happened meanwhile,
the difference of the content, and every typed word.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.services import desk_acts, desk_difference, desk_item
from memorial.services.review import Outcome
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LONGEST_NOTE = 20_000


@door(pages, "/<lang>/desk/items/<public_id>/checks", audience="desk", methods=("POST",))
def checks(public_id: str) -> Page:
    items.readable(public_id)
    seen = inputs.number("revision") or 0
    try:
        with house().writing(house().keeper()) as session:
            found = desk_item.find(session, public_id)
            ticked = set(request.form.getlist("check"))
            desk_acts.set_checks(
                session, identity.actor(), found, ticked, seen_revision=seen, now=house().now()
            )
    except Stale:
        return _stale(public_id, "")
    except NotPermitted as refused:
        return items.show(public_id, 403, error=refused.key)
    return redirect(f"{url_for('desk.item', public_id=public_id, done='check')}#checks")


@door(pages, "/<lang>/desk/items/<public_id>/<verb>", audience="desk", methods=("POST",))
def act(public_id: str, verb: str) -> Page:
    items.readable(public_id)
    note = inputs.words("note", LONGEST_NOTE)
    try:
        outcome = _do(public_id, verb, note)
    except Stale:
        return _stale(public_id, note)
    except NotPermitted as refused:
        status = 422 if refused.key in desk_item.CURED_HERE else 403
        return _again(public_id, refused.key, note, status)
    except Invalid as wrong:
        return _again(public_id, wrong.key, note, 422)
    if verb in ("recuse", "pass_on"):
        return redirect(url_for("desk.queue"))
    done = "waits" if outcome.waits else verb
    return redirect(url_for("desk.item", public_id=public_id, done=done))


def _do(public_id: str, verb: str, note: str) -> Outcome:
    with house().writing(house().keeper()) as session:
        return desk_acts.act(
            session,
            identity.actor(),
            desk_item.find(session, public_id),
            verb,
            now=house().now(),
            keys=house().keys,
            note=note,
            expected=inputs.number("version"),
            ground=inputs.line("ground", 40),
        )


def _again(public_id: str, reason: str, note: str, status: int) -> Page:
    return items.show(public_id, status, error=reason, typed=note, ground=inputs.line("ground", 40))


def _stale(public_id: str, note: str) -> Page:
    """What happened since the form was opened, and how the content differs from what it showed."""
    session = guard.session()
    session.rollback()
    found = desk_item.find(session, public_id)
    meanwhile = desk_item.since(desk_item.history_of(session, found), inputs.number("last_line") or 0)
    seen, (_, last) = inputs.number("revision") or 0, desk_difference.span_of(session, found)
    known = {revision.number for revision in desk_difference.revisions_of(session, found)}
    changed = desk_difference.difference(session, found, seen, last) if seen in known and seen != last else []
    return items.show(public_id, 409, typed=note, error="stale", meanwhile=meanwhile, changed=changed)
