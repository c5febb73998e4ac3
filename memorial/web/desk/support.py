"""For whoever reads all this: what the archive says about support, a limit of one's own, and a way to pause."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from memorial.gate import may
from memorial.gate.facts import Known
from memorial.models import Account
from memorial.services import care, desk_item, preferences
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]


@door(pages, "/<lang>/desk/support", audience="desk")
def support() -> Page:
    session, actor = guard.session(), identity.actor()
    mine = preferences.of(session.get_one(Account, actor.account_id))
    keeps = may(session, actor, "change_settings", now=house().now()).reason != "role"
    return render_template("desk/support.html", mine=mine, keeps_settings=keeps)


@door(pages, "/<lang>/desk/pause", audience="desk", methods=("POST",))
def pause() -> Page:
    """Pause, or come back: whichever it is not."""
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, identity.actor().account_id, with_for_update=True)
        preferences.pause(account, not preferences.of(account).paused)
    return redirect(url_for("desk.queue"))


@door(pages, "/<lang>/desk/items/<public_id>/anyway", audience="desk", methods=("POST",))
def anyway(public_id: str) -> Page:
    """It is their own limit, and their own word against it: this one is read today."""
    with house().writing(house().keeper()) as session:
        item = desk_item.find(session, public_id)
        desk_item.readable(session, identity.actor(), item, now=house().now())
        account = session.get_one(Account, identity.actor().account_id)
        care.open_graphic(session, account, item, now=house().now(), anyway=True)
    return redirect(url_for("desk.item", public_id=public_id))


def enough_for_today(known: Known) -> bool:
    """Whether the page of a limit stands before this item; else it is counted, where they wish it to be."""
    session, actor, item, now = known.session, known.actor, known.item, house().now()
    account = session.get_one(Account, actor.account_id)
    if not may(session, actor, "read", item, now=now, known=known):
        return False
    if not care.is_new_today(session, account, item, now=now):
        return False
    with house().writing(house().keeper()) as writing:
        account = writing.get_one(Account, actor.account_id)
        return not care.open_graphic(writing, account, desk_item.find(writing, item.public_id), now=now)
