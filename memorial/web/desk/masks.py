"""What of a recording is withheld: its masks, the words that a new one takes out, and how one is lifted.

Names and words travel in the body of a form and never in an address: addresses stand in logs. Nothing is changed
before somebody has seen every place and sent the second form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, BinaryIO, cast

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.masks import Span
from memorial.domain.moments import clock
from memorial.gate import GatedSession, may
from memorial.models import Item, Mask, Media
from memorial.services import desk, evidence, masks, parties
from memorial.services.masks import Find, Order, Wanted, Word
from memorial.storage import NoRoom
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.desk import parties as parties_page
from memorial.web.desk.moments import typed_moment
from memorial.web.doors import door

Page = parties_page.Page
LINES = ("media", "mask", "starts", "ends", "sound", "picture", "reason", "own_reason", "names", "words")
REASONS = ("third_person", "wish", "safety", "child")
MOST_FOUND = 2_000
IN_ORDER = (
    "line",
    "draft",
    "speaker",
    "chapter",
    "text",
    "interview",
    "caption",
    "statement",
    "memory",
    "note",
)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording with its masks, the latest first."""

    medium: Media
    masks: Sequence[Mask]
    left: dict[int, list[masks.Leftover]]


@door(pages, "/<lang>/desk/items/<public_id>/masks", audience="desk")
def masks_of(public_id: str) -> Page:
    return show(public_id)


def show(public_id: str, status: int = 200, **said: Any) -> tuple[str, int]:
    """The page; `said` is what was found, or what a form that was not taken wants to say again."""
    found = parties_page.here(public_id, status)
    session, actor, now = guard.session(), identity.actor(), house().now()
    recordings = _recordings(session, found)
    rows = [mask for each in recordings for mask in each.masks]
    shown = {
        "item": found,
        "recordings": recordings,
        "reasons": REASONS,
        "asked": parties.asked_of(session, house().keys, parties.record_of(session, found)),
        "verdicts": {verb: may(session, actor, verb, found, now=now) for verb in ("mask", "unmask")},
        "names": desk.names_of(
            session, {name for mask in rows for name in (mask.placed_by, mask.lifted_by) if name}
        ),
        "clock": partial(clock, exact=True),
        "in_order": IN_ORDER,
        "done": request.args.get("done", ""),
    }
    kept: dict[str, Any] = {
        "error": "",
        "error_at": "main",
        "finds": None,
        "order": {},
        "lifting": {},
        **said,
    }
    return render_template("desk/masks.html", **shown, **kept), status


def _recordings(session: GatedSession, item: Item) -> list[Recording]:
    wanted = select(Media).where(Media.record_id == item.record_id, Media.role.in_(("audio", "video")))
    found = []
    for medium in session.scalars(wanted.order_by(Media.position, Media.id)):
        if medium.contribution_id not in (None, item.contribution_id):
            continue
        rows = session.scalars(select(Mask).where(Mask.media_id == medium.id).order_by(Mask.id.desc())).all()
        now, keys, actor = house().now(), house().keys, identity.actor()
        left = {row.id: masks.leftovers(session, keys, actor, item, row, now=now) for row in rows}
        found.append(Recording(medium, rows, left))
    return found


@door(pages, "/<lang>/desk/items/<public_id>/masks", audience="desk", methods=("POST",))
def mask(public_id: str) -> Page:
    """First every place is shown; the second time what is ticked is withheld."""
    found = parties_page.here(public_id)
    verdict = may(guard.session(), identity.actor(), "mask", found, now=house().now())
    if not verdict:
        return show(public_id, 403, error=verdict.reason, order=_typed())
    try:
        wanted = _wanted()
        if request.form.get("act") != "place":
            finds = _find(found, wanted)
            return show(public_id, finds=finds, order=_typed(), most=MOST_FOUND)
    except Invalid as wrong:
        return show(public_id, 422, error=wrong.key, error_at=wrong.field or "main", order=_typed())
    order = Order(
        wanted, _reason(), frozenset(request.form.getlist("ticked")), bool(request.form.get("versions"))
    )
    if refused := parties_page.attempt(public_id, lambda session, item: _place(session, item, order)):
        status, error = refused
        guard.session().rollback()
        return show(
            public_id, status, error=error, order=_typed(), finds=_find(found, wanted), most=MOST_FOUND
        )
    return redirect(url_for("desk.masks_of", public_id=public_id, done="mask"))


def _wanted() -> Wanted:
    """What was typed. Raises Invalid where nothing was, or a time is none."""
    starts, ends = typed_moment("starts"), typed_moment("ends")
    if (starts is None) != (ends is None):
        raise Invalid("span_half", field="starts" if starts is None else "ends")
    if starts is not None and ends is not None and ends <= starts:
        raise Invalid("span_backwards", field="ends")
    sound = {"tone": "tone", "keep": ""}.get(request.form.get("sound", ""), "silence")
    picture = bool(request.form.get("picture"))
    span = Span(starts, ends, sound, picture) if starts is not None and ends is not None else None
    wanted = Wanted(span, _lines("names"), _lines("words"))
    if span is None and not wanted.names and not wanted.words:
        raise Invalid("nothing_wanted", field="names")
    return wanted


def _lines(name: str) -> tuple[str, ...]:
    return tuple(line for each in inputs.words(name, 4_000).split("\n") if (line := " ".join(each.split())))[
        :40
    ]


def _reason() -> str:
    chosen = inputs.line("reason", 40)
    return chosen if chosen in REASONS else inputs.line("own_reason", 300)


def _typed() -> dict[str, Any]:
    return {name: inputs.words(name, 4_000) for name in LINES} | {"ticked": request.form.getlist("ticked")}


def _find(item: Item, wanted: Wanted) -> list[Find]:
    """Read in custody of everything: older versions are nobody's page."""
    with house().session(house().keeper()) as session:
        return masks.find(session, _medium(session, item), wanted)[:MOST_FOUND]


def _medium(session: GatedSession, item: Item) -> Media:
    wanted = select(Media).where(
        Media.public_id == inputs.line("media", 40), Media.record_id == item.record_id
    )
    medium = session.scalars(wanted).first()
    if medium is None or medium.contribution_id not in (None, item.contribution_id):
        raise NotOpen("media")
    return medium


def _place(session: GatedSession, item: Item, order: Order) -> None:
    widened = inputs.line("mask", 40)
    now, actor, keys = house().now(), identity.actor(), house().keys
    if widened:
        masks.widen(session, keys, actor, item, _mask(session, item, widened), order, now=now)
    else:
        masks.place(session, keys, actor, item, _medium(session, item), order, now=now)


def _mask(session: GatedSession, item: Item, public_id: str) -> Mask:
    wanted = select(Mask).join(Media, Media.id == Mask.media_id)
    wanted = wanted.where(Mask.public_id == public_id, Media.record_id == item.record_id)
    mask = session.scalars(wanted).first()
    if mask is None:
        raise NotOpen("mask")
    return mask


# -- lifting ------------------------------------------------------------------------------------


@door(pages, "/<lang>/desk/items/<public_id>/masks/lift", audience="desk", methods=("POST",))
def lift_mask(public_id: str) -> Page:
    """The first of two people brings the party's word; a colleague agrees where all that waits for two is."""
    found = parties_page.here(public_id)
    verdict = may(guard.session(), identity.actor(), "unmask", found, now=house().now())
    if not verdict:
        return show(public_id, 403, error=verdict.reason, lifting=_word_typed())
    try:
        said, kept = _word(), _kept(found)
    except (Invalid, NotPermitted) as refused:
        return show(public_id, 422, error=refused.key, lifting=_word_typed())
    except NoRoom:
        return show(public_id, 507, error="no_room", lifting=_word_typed())
    refused_with = parties_page.attempt(public_id, lambda session, item: _ask(session, item, said, kept))
    if refused_with:
        if kept is not None:
            house().storage.delete(kept.stored.storage_key)
        return show(public_id, refused_with[0], error=refused_with[1], lifting=_word_typed())
    return redirect(url_for("desk.asked", public_id=public_id, done="unmask"))


def _word() -> Word:
    try:
        agreed_on = date.fromisoformat(inputs.line("agreed_on", 10))
    except ValueError:
        raise Invalid("agreed_on_missing", field="agreed_on") from None
    return Word(
        inputs.number("party") or 0, inputs.line("method", 20), agreed_on, request.form.get("language", "")[:20],
        inputs.words("present", 2_000),
    )  # fmt: skip


def _word_typed() -> dict[str, str]:
    return {
        name: inputs.words(name, 2_000)
        for name in ("mask", "party", "method", "agreed_on", "language", "present")
    }


def _kept(item: Item) -> evidence.Kept | None:
    file = request.files.get("evidence")
    if file is None or not file.filename:
        return None
    key = evidence.key_of(guard.session(), house().keys, item)
    return evidence.keep(house().storage, key, cast(BinaryIO, file.stream), file.filename)


def _ask(session: GatedSession, item: Item, said: Word, kept: evidence.Kept | None) -> None:
    row = _mask(session, item, inputs.line("mask", 40))
    masks.ask_lift(session, house().keys, identity.actor(), item, row, said, kept, now=house().now())
