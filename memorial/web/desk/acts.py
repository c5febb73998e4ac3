"""What is done with an item: one door for every verb, and one for the checklist.

A form carries the item's version, the revision and the last line of history it showed. When
somebody was faster, nothing is written: the page comes back with what happened meanwhile,
the difference of the content, and every typed word.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.gate.permission import sees_words
from memorial.services import desk_acts, desk_buttons, desk_difference, desk_item, desk_revisions
from memorial.services.photographs import Received
from memorial.services.review import Outcome
from memorial.web.account import identity, inputs
from memorial.web.context import house, look_away
from memorial.web.desk import enclosures as enclosed
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LONGEST_NOTE = 20_000
# With these goes no word: what was typed is meant for the decision, and stays in its field.
WORDLESS = ("take",)
# After these the item may be closed to whoever did them: the queue opens instead.
LEAVES = ("recuse", "pass_on", "mark_violence")


@door(pages, "/<lang>/desk/items/<public_id>/checks", audience="desk", methods=("POST",))
def checks(public_id: str) -> Page:
    items.readable(public_id)
    note = inputs.words("note", LONGEST_NOTE)
    seen = inputs.number("revision") or 0
    try:
        with house().writing(house().keeper()) as session:
            found = desk_item.find(session, public_id)
            desk_acts.set_checks(
                session, identity.actor(), found, set(_ticked()), seen_revision=seen, now=house().now()
            )
    except Stale:
        return stale(public_id, note)
    except NotPermitted as refused:
        return items.show(public_id, 403, error=refused.key, typed=note)
    if note:
        return _still_typed(public_id, "check", note)
    return redirect(f"{url_for('desk.item', public_id=public_id, done='check')}#checks")


@door(pages, "/<lang>/desk/items/<public_id>/<verb>", audience="desk", methods=("POST",))
def act(public_id: str, verb: str) -> Page:
    item, note = items.readable(public_id), inputs.words("note", LONGEST_NOTE)
    words = "" if verb in WORDLESS else note
    try:
        outcome = _do(public_id, verb, words, enclosed.received(item) if words else [])
    except Stale:
        return stale(public_id, note)
    except NotPermitted as refused:
        status = 422 if refused.key in desk_buttons.CURED_HERE else 403
        return again(public_id, refused.key, note, status)
    except Invalid as wrong:
        return again(public_id, wrong.key, note, 422)
    if house().settings.mails:
        jobs.enqueue(house(), "letters")
    if verb in WORDLESS and (note or _ticked()):
        return _still_typed(public_id, verb, note)
    if verb in LEAVES:
        return redirect(url_for("desk.queue"))
    done = "waits" if outcome.waits else verb
    return redirect(url_for("desk.item", public_id=public_id, done=done))


def _do(public_id: str, verb: str, note: str, files: Sequence[Received]) -> Outcome:
    look_away()
    actor, keys, now = identity.actor(), house().keys, house().now()
    with house().writing(house().keeper()) as session:
        item = desk_item.find(session, public_id)
        with desk_acts.enclosing(session, actor, item, files, keys=keys, now=now):
            return desk_acts.act(
                session,
                actor,
                item,
                verb,
                now=now,
                keys=keys,
                note=note,
                expected=inputs.number("version") or 0,
                seen_revision=inputs.number("revision"),
                ground=inputs.line("ground", 40),
                part=inputs.line("part", 120),
                account=inputs.number("account"),
            )


def _still_typed(public_id: str, done: str, note: str) -> Page:
    guard.session().rollback()  # what it read before the act
    return items.show(public_id, typed=note, done=done, ticked=_ticked() if done in WORDLESS else ())


def _ticked() -> list[str]:
    """Lines of the checklist that were ticked in the page, saved or not: they are sent with every act."""
    return request.form.getlist("check")


def again(public_id: str, reason: str, note: str, status: int) -> Page:
    if reason == "account_ended":  # whoever this was reads nothing any more but their own words
        return render_template("desk/signed_out.html", typed=note), 401
    kept = {"ground": inputs.line("ground", 40), "account": inputs.number("account"), "ticked": _ticked()}
    return items.show(public_id, status, error=reason, typed=note, **kept)


def stale(public_id: str, note: str) -> Page:
    """What happened since the form was opened, and how the content differs from what it showed."""
    session = guard.session()
    session.rollback()
    found = desk_item.find(session, public_id)
    meanwhile = desk_item.since(desk_item.history_of(session, found), inputs.number("last_line") or 0)
    seen, (_, last) = inputs.number("revision") or 0, desk_difference.span_of(session, found)
    known = seen != last and desk_revisions.has(session, found, seen)
    reads = sees_words(session, identity.actor(), found, now=house().now())
    changed = desk_difference.difference(session, found, seen, last) if known and reads else []
    return items.show(public_id, 409, typed=note, error="stale", meanwhile=meanwhile, changed=changed)
