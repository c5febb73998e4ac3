"""Approved readers: approving one, the list with the days on which they end, what each has opened."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.models import Account
from memorial.services import accounts, applications, desk_buttons, desk_item, research_log
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import acts, guard, items, pages
from memorial.web.desk.invitations import Invitation, hand_over
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]


@door(pages, "/<lang>/desk/items/<public_id>/approve_reader", audience="desk", methods=("POST",))
def approve_reader(public_id: str) -> Page:
    """Makes the account, and hands its invitation over once."""
    items.readable(public_id)
    note = inputs.words("note", acts.LONGEST_NOTE)
    try:
        with house().writing(house().keeper()) as session:
            applications.approve(
                session,
                identity.actor(),
                desk_item.find(session, public_id),
                until=inputs.line("until", 20),
                most=house().settings.reader_days,
                note=note,
                expected=inputs.number("version"),
                keys=house().keys,
                now=house().now(),
            )
            code, email = session.info.pop(applications.MADE)
    except Stale:
        return acts.stale(public_id, note)
    except Invalid as wrong:
        return acts.again(public_id, wrong.key, note, 422)
    except NotPermitted as refused:
        return acts.again(
            public_id, refused.key, note, 422 if refused.key in desk_buttons.CURED_HERE else 403
        )
    if not code:
        return redirect(url_for("desk.item", public_id=public_id, done="approve_reader"))
    return hand_over(Invitation(email, code, inputs.line("how", 10) == "mail"))


@door(pages, "/<lang>/desk/readers", audience="desk")
def readers() -> str:
    now = house().now()
    found = applications.readers(guard.session(), identity.actor(), now=now)
    listed = [(each, accounts.state_of(each, now)) for each in found]
    return render_template("desk/readers.html", found=listed)


@door(pages, "/<lang>/desk/readers/<int:number>", audience="desk")
def reader(number: int) -> str:
    """What this reader opened that the public does not see."""
    now, session = house().now(), guard.session()
    lines = research_log.opened_by(session, identity.actor(), number, now=now)
    account = session.get(Account, number) if number < 2**62 else None
    if account is None:
        raise NotOpen("account")
    return render_template(
        "desk/reader.html",
        account=account,
        lines=lines,
        state=accounts.state_of(account, now),
        most=research_log.MOST,
    )


@door(pages, "/<lang>/desk/readers/<int:number>/end", audience="desk", methods=("POST",))
def reader_end(number: int) -> Page:
    with house().writing(house().keeper()) as session:
        account = session.get(Account, number) if number < 2**62 else None
        if account is None:
            raise NotOpen("account")
        applications.end(session, identity.actor(), account, now=house().now())
    return redirect(url_for("desk.reader", number=number))
