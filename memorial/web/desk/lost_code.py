"""Somebody lost the code: finding what it was for, and the one page that shows the new one."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.services import desk_acts, desk_buttons, desk_item, lost_codes
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import acts, items, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]


@door(pages, "/<lang>/desk/items/<public_id>/match", audience="desk", methods=("POST",))
def match(public_id: str) -> Page:
    """What the code was for, by its number or its page."""
    items.readable(public_id)
    number = inputs.line("number", 300)
    try:
        with house().writing(house().keeper()) as session:
            item = desk_item.find(session, public_id)
            lost_codes.match(session, identity.actor(), item, number, now=house().now(), keys=house().keys)
    except NotPermitted as refused:
        return items.show(public_id, 403, error=refused.key)
    except Invalid as wrong:
        return items.show(public_id, 422, error=wrong.key)
    return redirect(url_for("desk.item", public_id=public_id, done="match"))


@door(pages, "/<lang>/desk/items/<public_id>/new_code", audience="desk", methods=("POST",))
def new_code(public_id: str) -> Page:
    """The second person's word makes it; this page shows it once, to be told or handed over."""
    items.readable(public_id)
    note = inputs.words("note", acts.LONGEST_NOTE)
    try:
        with house().writing(house().keeper()) as session:
            desk_acts.act(
                session, identity.actor(), desk_item.find(session, public_id), "new_code",
                now=house().now(), keys=house().keys, note=note, expected=inputs.number("version"),
            )  # fmt: skip
            made = str(session.info.pop("code_made", ""))
    except Stale:
        return acts.stale(public_id, note)
    except NotPermitted as refused:
        return acts.again(
            public_id, refused.key, note, 422 if refused.key in desk_buttons.CURED_HERE else 403
        )
    if not made:
        return redirect(url_for("desk.item", public_id=public_id, done="waits"))
    return render_template("desk/new_code.html", public_id=public_id, code=made), 200
