"""The recordings of one item: to be heard and seen, how far their copies are, and the moment of a still."""

from __future__ import annotations

from functools import partial

from flask import redirect, render_template, url_for
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.moments import clock
from memorial.gate import may
from memorial.models import Media
from memorial.services import desk_item, desk_recordings, recordings
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.desk.moments import typed_moment
from memorial.web.doors import door

LONGEST = 20


@door(pages, "/<lang>/desk/items/<public_id>/listening", audience="desk")
def item_listening(public_id: str) -> items.Page:
    return _show(public_id)


def _show(public_id: str, status: int = 200, **said: str) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    if status >= 400:
        session.rollback()
    found = items.readable(public_id)
    desk_item.with_words(session, actor, found, now=now)
    return render_template(
        "desk/listening.html",
        item=found,
        recordings=desk_recordings.of(desk_item.media_of(session, found)),
        verdict=may(session, actor, "choose_still", found, now=now),
        clock=partial(clock, exact=True),
        **{"error": "", "at": "", "of": "", **said},
    ), status


@door(pages, "/<lang>/desk/items/<public_id>/listening/<media_id>/still", audience="desk", methods=("POST",))
def choose_still(public_id: str, media_id: str) -> items.Page:
    """The picture that stands for a film is of this moment, or there is none."""
    items.readable(public_id)
    typed = inputs.words("at", LONGEST).strip()
    try:
        at_ms = None if inputs.words("none", LONGEST) else typed_moment("at")
        if at_ms is None and not inputs.words("none", LONGEST):
            raise Invalid("no_such_moment", field="at")
        with house().writing(house().keeper()) as session:
            found = desk_item.find(session, public_id)
            medium = _of(
                session.scalars(select(Media).where(Media.public_id == media_id)).first(), found.record_id
            )
            recordings.choose_poster(session, identity.actor(), medium, at_ms, now=house().now(), item=found)
    except NotPermitted as refused:
        return _show(public_id, 403, error=refused.key, at=typed, of=media_id)
    except Invalid as wrong:
        return _show(public_id, 422, error=wrong.key, at=typed, of=media_id)
    return redirect(url_for("desk.item_listening", public_id=public_id, _anchor=f"recording-{media_id}"))


def _of(medium: Media | None, record_id: int | None) -> Media:
    if medium is None or medium.record_id != record_id:
        raise NotOpen("recording")
    return medium
