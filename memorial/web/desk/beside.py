"""What was sent and what a visitor would see, side by side. The proof is the visitors' own page, in a frame."""

from __future__ import annotations

from flask import make_response, render_template

from memorial.domain.errors import NotOpen
from memorial.services import desk_item
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door
from memorial.web.security import framing


@door(pages, "/<lang>/desk/items/<public_id>/beside", audience="desk")
def beside(public_id: str) -> items.Page:
    found, session = items.readable(public_id), guard.session()
    if found.record_id is None:
        raise NotOpen("record")
    desk_item.with_words(session, identity.actor(), found, now=house().now())
    view = desk_item.item_view(session, identity.actor(), found, keys=house().keys, now=house().now())
    return framing(make_response(render_template("desk/beside.html", view=view)))
