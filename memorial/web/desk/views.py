"""Saved views of the queue, and the next item by the filters that were last looked at."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotOpen
from memorial.services import desk_item, desk_next, saved_views
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, lists, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]


@door(pages, "/<lang>/desk/views", audience="desk", methods=("POST",))
def keep_view() -> Page:
    """The filters of the form, under a name."""
    filters = lists.query_of(lists.wanted(request.form))
    try:
        with house().writing(house().keeper()) as session:
            saved_views.keep(session, identity.actor(), inputs.line("name"), filters, now=house().now())
    except Invalid as wrong:
        return lists.show(filters, error=wrong.key, typed=inputs.line("name")), 422
    return redirect(url_for("desk.queue", **_known(filters)))


@door(pages, "/<lang>/desk/views/change", audience="desk", methods=("POST",))
def change_view() -> Page:
    """Rename it, share it, delete it: its owner alone."""
    name, how = inputs.line("name"), inputs.line("how", 20)
    try:
        with house().writing(house().keeper()) as session:
            saved_views.change(session, identity.actor(), inputs.number("view") or 0, how, name=name)
    except Invalid as wrong:
        return lists.show({}, error=wrong.key), 422
    return redirect(url_for("desk.queue"))


@door(pages, "/<lang>/desk/next", audience="desk")
def next_item() -> Page:
    """The item that comes after this one in the queue as it was last looked at; `light` asks for an easier one."""
    filters = lists.wanted(_known(browser.get("queue")))
    if request.args.get("light"):
        filters = desk_next.lighter(filters)
    session, actor, now = guard.session(), identity.actor(), house().now()
    try:
        before = desk_item.find(session, request.args.get("after", ""))
    except NotOpen:
        before = None
    found = desk_next.after(session, actor, filters, before, now=now, light=bool(request.args.get("light")))
    if not found:
        return redirect(url_for("desk.queue", nothing="1", **_known(lists.query_of(filters))))
    return redirect(url_for("desk.item", public_id=found))


def _known(kept: Any) -> dict[str, str]:
    """Filters out of a cookie or a row, as far as they are words."""
    said = kept if isinstance(kept, dict) else {}
    return {str(name): value for name, value in said.items() if isinstance(value, str)}
