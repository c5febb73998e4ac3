"""One item: its page, its proof, its contacts."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import workflow
from memorial.gate import may, session_for
from memorial.gate.facts import Known
from memorial.gate.permission import sees_words
from memorial.models import Account, Item
from memorial.services import contact_limits, desk_acts, desk_buttons, desk_item, desk_proof, preferences
from memorial.services.published import proposing
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import amend_shown, guard, pages, reply_choice, support
from memorial.web.doors import door
from memorial.web.public.records import TEMPLATES
from memorial.web.security import framing
from memorial.web.voice import voice_of

Page = str | Answer | tuple[str, int]


def show(public_id: str, status: int = 200, **said: Any) -> tuple[str, int]:
    """The page of an item; `said` is what a form that was not taken wants to say again."""
    if status >= 400:
        guard.session().rollback()  # the transaction that read the page before the act saw the time before it
    return _page(_known(public_id), status, **said)


def _known(public_id: str) -> Known:
    """The item, and what is known of it while its page is drawn."""
    session = guard.session()
    return Known(session, identity.actor(), desk_item.find(session, public_id))


def _page(known: Known, status: int = 200, **said: Any) -> tuple[str, int]:
    session, item = known.session, known.item
    verdict = may(session, known.actor, "read", item, now=house().now(), known=known)
    if not verdict:
        return render_template("desk/closed.html", reason=verdict.reason), 403
    view = desk_item.item_view(session, known.actor, item, keys=house().keys, now=house().now(), known=known)
    kept = {
        "done": _done(),
        "typed": "",
        "error": "",
        "error_at": "",
        "meanwhile": [],
        "changed": [],
        "ground": "",
        "account": None,
        "ticked": (),
        **said,
    }
    kept["lighter_next"] = item.graphic and _alternates()
    kept["replies"] = reply_choice.offered(item) if item.contribution_id else []
    return render_template("desk/item.html", view=view, now=house().now(), **kept), status


def _alternates() -> bool:
    """Whether this account wishes for something easier after a graphic item."""
    account = guard.session().get_one(Account, identity.actor().account_id)
    return preferences.of(account).alternate


def _done() -> str:
    """What was just done, for one line on top of the page."""
    verb = request.args.get("done", "")
    hints = ("dismiss_hint", "bring_back_hint")
    known = (*workflow.VERBS, *desk_buttons.BESIDES, "check", "waits", "edit", "go_back", *hints)
    return verb if verb in known else ""


@door(pages, "/<lang>/desk/items/<public_id>", audience="desk")
def item(public_id: str) -> Page:
    known = _known(public_id)
    if support.enough_for_today(known):
        return render_template("desk/enough.html", public_id=public_id)
    return _page(known, typed=reply_choice.chosen(request.args.get("reply", "")))


def readable(public_id: str) -> Item:
    """The item, for one of its other pages."""
    session = guard.session()
    found = desk_item.find(session, public_id)
    desk_item.readable(session, identity.actor(), found, now=house().now())
    return found


@door(pages, "/<lang>/desk/items/<public_id>/proof", audience="desk")
def proof(public_id: str) -> Page:
    """What a visitor would see, through the visitor's own template; pictures covered."""
    found = readable(public_id)
    if (proposed := proposing.proposal_of(guard.session(), found)) is not None:
        there, value = proposed
        return amend_shown.shown(there, value, {})
    pending = desk_proof.wants_content(guard.session(), found)
    # What does not stand yet is made to stand in a session that is never committed.
    with session_for(house().engine, identity.desk_reader(), writes=pending) as session:
        view = desk_proof.proof_of(session, desk_item.find(session, public_id), now=house().now())
        page = render_template(
            f"public/{TEMPLATES[view.kind]}.html", record=view, citation="", **voice_of(session, view)
        )
        session.rollback()
    return framing(make_response(page))


@door(pages, "/<lang>/desk/items/<public_id>/contact", audience="desk")
def contact(public_id: str) -> Page:
    found = readable(public_id)
    verdict = may(guard.session(), identity.actor(), "see_contact", found, now=house().now())
    verdict = verdict and sees_words(guard.session(), identity.actor(), found, now=house().now())
    if verdict.reason == "stepped_up":
        return redirect(url_for("account.step_up", next=request.path))
    return _contact_page(found, verdict.reason, None)


def _contact_page(item: Item, reason: str, contacts: dict[str, str] | None) -> str:
    """With how many this account has opened lately, once that is near to all it may."""
    guard.session().rollback()  # what was read before the contact was opened knew nothing of it
    opened = contact_limits.opened(guard.session(), identity.actor(), now=house().now())
    limits = {"opened": opened, "near": contact_limits.NEAR, "most": contact_limits.CONTACTS_A_DAY}
    return render_template("desk/contact.html", item=item, reason=reason, contacts=contacts, **limits)


@door(pages, "/<lang>/desk/items/<public_id>/contact", audience="desk", methods=("POST",))
def contact_show(public_id: str) -> Page:
    """Opens the contacts; the log has it before the page does."""
    found = readable(public_id)
    if not identity.actor().stepped_up:
        return redirect(url_for("account.step_up", next=url_for("desk.contact", public_id=public_id)))
    with house().writing(house().keeper()) as session:
        item = desk_item.find(session, public_id)
        contacts = desk_acts.contacts(
            session,
            identity.actor(),
            item,
            keys=house().keys,
            now=house().now(),
            an_hour=house().settings.contacts_an_hour,
        )
    return _contact_page(found, "", contacts)
