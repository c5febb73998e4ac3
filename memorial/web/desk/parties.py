"""Whose yes is needed: who is asked by a decision of the desk, who is let go, and a yes that staff enter.

What needs two people waits on the same page: a colleague sees exactly what was asked for, opens
the evidence, and agrees or drops it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import consent as rules
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.gate import GatedSession, may
from memorial.models import Item
from memorial.services import desk, desk_item, evidence, parties, proposals
from memorial.services.parties import Wanted
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.contribute.enclosures import as_download
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
VERBS = ("require_party", "remove_party", "enter_yes", "agree")


def here(public_id: str, status: int = 200) -> Item:
    """The item, for whoever may read what was said; after a refusal as it is now. Raises NotPermitted, NotOpen."""
    session = guard.session()
    found = items.readable(public_id)
    desk_item.with_words(session, identity.actor(), found, now=house().now())
    if status >= 400:
        session.rollback()  # what the page was read from is older than what refused
        found = desk_item.find(session, public_id)
    parties.record_of(session, found)
    return found


@door(pages, "/<lang>/desk/items/<public_id>/parties", audience="desk")
def asked(public_id: str) -> Page:
    return show(public_id)


def show(public_id: str, status: int = 200, **said: Any) -> tuple[str, int]:
    """The page; `said` is what a form that was not taken wants to say again."""
    found = here(public_id, status)
    session, actor, now = guard.session(), identity.actor(), house().now()
    record = parties.record_of(session, found)
    waits = proposals.waiting(session, found)
    asked_for = parties.asked_of(session, house().keys, record)
    shown = {
        "item": found,
        "asked": asked_for,
        "whose": {each.party_id: each for each in asked_for},
        "parts": parties.parts_to_choose(session, record),
        "kinds": parties.BY_DECISION,
        "waiting": waits,
        "wills": {
            each.public_id: _lines(str(each.particulars["will"]))
            for each in waits
            if "will" in each.particulars
        },
        "forms": {form.id: form for form in evidence.forms(session)},
        "names": desk.names_of(session, {each.asked_by for each in waits}),
        "verdicts": {verb: may(session, actor, verb, found, now=now) for verb in VERBS},
        "me": identity.me(),
        "mine": actor.label,
        "done": request.args.get("done", ""),
    }
    kept = {"error": "", "typed": {}, **said}
    return render_template("desk/parties.html", **shown, **kept), status


def _lines(will: str) -> list[tuple[str, str, str, Any, Any]]:
    """(part, audience, use, opens, closes) of a will; None for no bound."""
    return [
        (
            part, audience, use,
            window.opens if window.opens != rules.BEGIN else None,
            window.closes if window.closes != rules.FOREVER else None,
        )
        for part, grants in sorted(rules.will_from_json(will).items())
        for (audience, use), window in sorted(grants.items())
    ]  # fmt: skip


@door(pages, "/<lang>/desk/items/<public_id>/parties", audience="desk", methods=("POST",))
def decide(public_id: str) -> Page:
    """One of the acts below."""
    here(public_id)
    wish = request.form.get("act", "")
    if wish not in ACTS:
        return show(public_id, 422, error="no_such_step")
    if refused := attempt(public_id, ACTS[wish]):
        return show(public_id, refused[0], error=refused[1], typed=_typed())
    return redirect(url_for("desk.asked", public_id=public_id, done=wish))


def attempt(public_id: str, act: Callable[[GatedSession, Item], None]) -> tuple[int, str] | None:
    """Do it and commit; the status and the reason where it was refused."""
    try:
        with house().writing(house().keeper()) as session:
            act(session, desk_item.find(session, public_id))
    except Stale as late:
        return 409, late.key if late.key == "party_spoke" else "stale"
    except NotPermitted as refused:
        return (422 if refused.key == "note" else 403), refused.key
    except Invalid as wrong:
        return 422, wrong.key
    return None


def _typed() -> dict[str, Any]:
    kept: dict[str, Any] = {name: inputs.line(name) for name in ("kind", "who", "party")}
    return {**kept, "parts": request.form.getlist("parts"), "note": inputs.words("note")}


def _require(session: GatedSession, item: Item) -> None:
    wanted = Wanted(
        inputs.line("kind"), frozenset(request.form.getlist("parts")), inputs.line("who"),
        inputs.words("note"), inputs.number("party") or 0,
    )  # fmt: skip
    parties.require(session, identity.actor(), item, wanted, now=house().now(), keys=house().keys)


def _remove(session: GatedSession, item: Item) -> None:
    proposals.ask_removal(
        session, identity.actor(), item, inputs.number("party") or 0, inputs.words("note"),
        now=house().now(), keys=house().keys,
    )  # fmt: skip


def _agree(session: GatedSession, item: Item) -> None:
    wanted = inputs.line("proposal", 40)
    proposals.agree(session, identity.actor(), item, wanted, now=house().now(), keys=house().keys)


def _drop(session: GatedSession, item: Item) -> None:
    proposals.drop(session, identity.actor(), item, inputs.line("proposal", 40), now=house().now())


ACTS: dict[str, Callable[[GatedSession, Item], None]] = {
    "require": _require,
    "remove": _remove,
    "agree": _agree,
    "drop": _drop,
}


@door(pages, "/<lang>/desk/items/<public_id>/evidence", audience="desk", methods=("POST",))
def open_evidence(public_id: str) -> Page | Response:
    """The file as it came, to be kept and looked at elsewhere: never shown in the page. The log has it first."""
    here(public_id)
    if not identity.actor().stepped_up:
        return redirect(url_for("account.step_up", next=url_for("desk.asked", public_id=public_id)))
    with house().writing(house().keeper()) as session:
        opened, name = evidence.open_file(
            session, identity.actor(), desk_item.find(session, public_id), inputs.line("evidence", 40),
            keys=house().keys, storage=house().storage, now=house().now(),
        )  # fmt: skip
    return as_download(opened, name)
