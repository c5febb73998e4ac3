"""The contents an item has had: its history, what differs between two of them, one of them by itself, and back to it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate.permission import sees_words
from memorial.keys import ArchiveKey
from memorial.models import Item
from memorial.services import desk, desk_difference, desk_edit, desk_item, desk_revisions
from memorial.services.desk_revisions import Made
from memorial.services.published import proposing
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]
LINES = 50
LONGEST_WHY = 20_000


def in_words(public_id: str) -> Item:
    """The item, for whoever may read what was sent. Raises NotPermitted, NotOpen."""
    found = items.readable(public_id)
    desk_item.with_words(guard.session(), identity.actor(), found, now=house().now())
    return found


def key_for(item: Item) -> ArchiveKey | None:
    """Reasons are words; where this account may not read those of the item, they stay closed."""
    allowed = sees_words(guard.session(), identity.actor(), item, now=house().now())
    return house().keys if allowed else None


def number(name: str, usual: int = 0) -> int:
    """A whole number in the address. Raises NotOpen for anything else."""
    text = request.args.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotOpen("number")
    return int(text)


@door(pages, "/<lang>/desk/items/<public_id>/difference", audience="desk")
def difference(public_id: str) -> Page:
    """Any two of them. The layout is in the address and remembered nowhere."""
    found, session = in_words(public_id), guard.session()
    if (elsewhere := _of_an_object(found)) is not None:
        return elsewhere
    usual = desk_difference.span_of(session, found)
    first, last = number("from", usual[0]), number("to", usual[1])
    changes = desk_difference.difference(session, found, first, last)
    ends = [desk_revisions.made(session, found, each, keys=key_for(found)) for each in (first, last) if each]
    return render_template(
        "desk/difference.html",
        item=found,
        changes=changes,
        first=first,
        last=last,
        side=request.args.get("layout") == "side",
        numbers=sorted({*desk_revisions.numbers(session, found), *(end.number for end in ends)}),
        ends=ends,
        names=_names(ends),
    )


def _of_an_object(item: Item) -> Answer | None:
    """What the archive says itself has its contents with the object (web/desk/published.py)."""
    proposed = proposing.proposal_of(guard.session(), item)
    if proposed is None:
        return None
    there, _ = proposed
    if there.value is None:
        return redirect(url_for("desk.item", public_id=item.public_id) + "#difference")
    return redirect(url_for("desk.published_object", kind=there.kind.name, external_id=there.id))


def _names(lines: Any) -> dict[str, str]:
    return desk.names_of(guard.session(), {line.by for line in lines})


@door(pages, "/<lang>/desk/items/<public_id>/history", audience="desk")
def history(public_id: str) -> Page:
    """Contents, agreements and decisions, each the newest first and by the page."""
    found, session = items.readable(public_id), guard.session()
    lines = desk_item.history_of(session, found, before=number("lines"), most=LINES + 1)
    revisions = desk_revisions.revisions(session, found, keys=key_for(found), before=number("revisions"))
    agreements = desk_revisions.agreements(session, found, before=number("agreements"))
    labels = {line.actor for line in lines} | {line.second for line in lines if line.second}
    labels |= {line.by for line in (*revisions.lines, *agreements.lines)}
    return render_template(
        "desk/history.html",
        item=found,
        lines=lines[:LINES],
        older_lines=lines[LINES - 1].id if len(lines) > LINES else 0,
        revisions=revisions,
        agreements=agreements,
        numbers=desk_revisions.numbers(session, found),
        names=desk.names_of(session, labels),
    )


@door(pages, "/<lang>/desk/items/<public_id>/revision", audience="desk")
def revision(public_id: str) -> Page:
    if (elsewhere := _of_an_object(in_words(public_id))) is not None:
        return elsewhere
    return _show(public_id, number("number"))


def _show(public_id: str, wanted: int, status: int = 200, **said: str) -> tuple[str, int]:
    """One content whole, how it differs from the one of now, and the way back to it."""
    session = guard.session()
    if status >= 400:
        session.rollback()
    found = in_words(public_id)
    made: Made = desk_revisions.made(session, found, wanted, keys=key_for(found))
    now = desk_revisions.number_of(session, found)
    return render_template(
        "desk/revision.html",
        item=found,
        made=made,
        now_number=now,
        pieces=desk_difference.pieces(desk_revisions.content_of(session, found, wanted)),
        changes=desk_difference.difference(session, found, now, wanted) if now != wanted else [],
        verdict=desk_edit.open_to(session, identity.actor(), found, now=house().now()),
        names=_names([made]),
        **{"why": "", "error": "", **said},
    ), status


@door(pages, "/<lang>/desk/items/<public_id>/revision", audience="desk", methods=("POST",))
def go_back(public_id: str) -> Page:
    """The content of a revision is the content again, as a new one; nothing is deleted."""
    in_words(public_id)
    wanted, why = inputs.number("number") or 0, inputs.words("why", LONGEST_WHY)
    try:
        with house().writing(house().keeper()) as session:
            found = desk_item.find(session, public_id)
            desk_edit.go_back(
                session, identity.actor(), found, wanted,
                why=why, seen=inputs.number("seen") or 0, keys=house().keys, now=house().now(),
            )  # fmt: skip
    except Stale:
        return _show(public_id, wanted, 409, why=why, error="stale")
    except NotPermitted as refused:
        return _show(public_id, wanted, 403, why=why, error=refused.key)
    except Invalid as wrong:
        return _show(public_id, wanted, 422, why=why, error=wrong.key)
    return redirect(url_for("desk.item", public_id=public_id, done="go_back"))
