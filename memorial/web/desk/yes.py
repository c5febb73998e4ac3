"""The form by which staff enter what a party said in an interview or signed on paper."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import lapses
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.forms_of_consent import LANGUAGES
from memorial.gate import GatedSession, may
from memorial.models import Item
from memorial.services import consent_forms, desk_item, evidence, parties
from memorial.services.evidence import Kept, Yes
from memorial.storage import NoRoom
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.desk import parties as parties_page
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LINES = ("party", "method", "agreed_on", "form", "interpreter", "ai_training_named", "closed_until", "ask_again",
         "child", "majority", "present", "note")  # fmt: skip
LISTS = ("audiences", "uses", "parts")


@door(pages, "/<lang>/desk/items/<public_id>/yes", audience="desk")
def yes(public_id: str) -> Page:
    verdict = may(
        guard.session(), identity.actor(), "enter_yes", parties_page.here(public_id), now=house().now()
    )
    if verdict.reason == "stepped_up":
        return redirect(url_for("account.step_up", next=request.path))
    _know_the_forms()
    return _show(public_id)


def _know_the_forms() -> None:
    """Each language's wording as it is now has its row before it can be named."""
    with house().writing(house().keeper()) as session:
        for language in LANGUAGES:
            consent_forms.form_id(session, language)


def _show(public_id: str, status: int = 200, error: str = "") -> tuple[str, int]:
    session = guard.session()
    session.rollback()
    found = desk_item.find(session, public_id)
    record = parties.record_of(session, found)
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in LINES}
    typed |= {name: request.form.getlist(name) for name in LISTS}
    verdict = may(session, identity.actor(), "enter_yes", found, now=house().now())
    return render_template(
        "desk/yes.html",
        item=found,
        asked=parties.asked_of(session, house().keys, record),
        parts=parties.parts_to_choose(session, record),
        heard=parties.is_heard(session, record),
        forms=evidence.forms(session),
        years=lapses.YEARS,
        verdict=verdict,
        typed=typed,
        error=error,
    ), status


@door(pages, "/<lang>/desk/items/<public_id>/yes", audience="desk", methods=("POST",))
def enter_yes(public_id: str) -> Page:
    """The first of two people; a colleague finds it on the page of those who are asked."""
    found = parties_page.here(public_id)
    verdict = may(guard.session(), identity.actor(), "enter_yes", found, now=house().now())
    if not verdict:
        return _show(public_id, 403, verdict.reason)
    try:
        kept = _kept(found)
    except (Invalid, NotPermitted) as refused:
        return _show(public_id, 422, refused.key)
    except NoRoom:
        return _show(public_id, 507, "no_room")
    refused_with = parties_page.attempt(public_id, lambda session, item: _ask(session, item, kept))
    if refused_with:
        if kept is not None:
            house().storage.delete(kept.stored.storage_key)
        return _show(public_id, *refused_with)
    return redirect(url_for("desk.asked", public_id=public_id, done="enter_yes"))


def _kept(item: Item) -> Kept | None:
    """The file, on disk before any lock is taken."""
    file = request.files.get("evidence")
    if file is None or not file.filename:
        return None
    key = evidence.key_of(guard.session(), house().keys, item)
    return evidence.keep(house().storage, key, cast(BinaryIO, file.stream), file.filename)


def _ask(session: GatedSession, item: Item, kept: Kept | None) -> None:
    evidence.ask(session, identity.actor(), item, _said(), kept, now=house().now(), keys=house().keys)


def _said() -> Yes:
    """What was typed. Raises Invalid for a day that is none, and for a question left open."""
    agreed_on = _day("agreed_on")
    if agreed_on is None:
        raise Invalid("agreed_on_missing", field="agreed_on")
    if request.form.get("interpreter") not in ("yes", "no"):
        raise Invalid("interpreter_missing", field="interpreter")
    years = inputs.line("ask_again", 4)
    return Yes(
        party_id=inputs.number("party") or 0,
        audiences=frozenset(request.form.getlist("audiences")),
        uses=frozenset(request.form.getlist("uses")),
        method=inputs.line("method", 20),
        agreed_on=agreed_on,
        form_id=inputs.number("form") or 0,
        interpreter=request.form.get("interpreter") == "yes",
        present=inputs.words("present", 2_000),
        parts=frozenset(request.form.getlist("parts")),
        ai_training_named=request.form.get("ai_training_named") == "yes",
        closed_until=_day("closed_until"),
        ask_again=int(years) if years.isdecimal() and years.isascii() else 0,
        majority=_day("majority"),
        is_child=request.form.get("child") == "yes",
        note=inputs.words("note"),
    )


def _day(name: str) -> date | None:
    text = inputs.line(name, 10)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("no_such_day", field=name) from None
