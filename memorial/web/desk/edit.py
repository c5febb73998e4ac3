"""The form by which the desk changes what a family sent. Nothing typed into it is lost, whatever the answer is.

Names of its fields: `v-KEY` a value, and where two changes clash `m-KEY` what was written, `c-KEY-N` which
reading stands in the n-th place, `h-KEY-N` other words for it (domain/editing.py has the keys).
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.services import desk, desk_edit, desk_item, desk_revisions
from memorial.services.desk_edit import MOST_OLDER, Page, Typed
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages, revisions
from memorial.web.doors import door

Reply = str | Answer | tuple[str, int]


@door(pages, "/<lang>/desk/items/<public_id>/edit", audience="desk")
def edit(public_id: str) -> Reply:
    found, session = revisions.in_words(public_id), guard.session()
    verdict = desk_edit.open_to(session, identity.actor(), found, now=house().now())
    if not verdict:
        return _shown(public_id, None, Typed(0, {}), 403, verdict.reason)
    again = revisions.number("with")
    page = (
        desk_edit.page_with_changes_of(session, found, again) if again else desk_edit.page_of(session, found)
    )
    return _shown(public_id, page, Typed(page.revision, {}))


@door(pages, "/<lang>/desk/items/<public_id>/edit", audience="desk", methods=("POST",))
def edit_save(public_id: str) -> Reply:
    revisions.in_words(public_id)
    typed = _typed()
    try:
        with house().writing(house().keeper()) as session:
            found = desk_item.find(session, public_id)
            desk_edit.save(session, identity.actor(), found, typed, keys=house().keys, now=house().now())
    except Stale:
        return _again(public_id, typed, 409, "stale")
    except NotPermitted as refused:
        return _again(public_id, typed, 403, refused.key)
    except Invalid as wrong:
        return _again(public_id, typed, 422, wrong.key, wrong.field)
    return redirect(url_for("desk.item", public_id=public_id, done="edit"))


def _again(public_id: str, typed: Typed, status: int, error: str, field: str = "") -> Reply:
    session = guard.session()
    session.rollback()  # the transaction that read the page before saw the time before it
    found = revisions.in_words(public_id)
    return _shown(public_id, desk_edit.page_again(session, found, typed), typed, status, error, field)


def _shown(
    public_id: str, page: Page | None, typed: Typed, status: int = 200, error: str = "", field: str = ""
) -> tuple[str, int]:
    session = guard.session()
    found = desk_item.find(session, public_id)
    made = None
    if page is not None and page.apart:
        made = desk_revisions.made(session, found, page.revision, keys=revisions.key_for(found))
    names = desk.names_of(session, {made.by} if made else set())
    return render_template(
        "desk/edit.html",
        item=found,
        page=page,
        typed=typed,
        error=error,
        error_at=field,
        made=made,
        names=names,
    ), status


def _typed() -> Typed:
    older = [
        int(text)
        for text in request.form.getlist("older")
        if text.isascii() and text.isdigit() and len(text) < 10
    ]
    return Typed(
        revision=inputs.number("revision") or 0,
        values=_named("v-"),
        why=inputs.words("why", revisions.LONGEST_WHY),
        older=older[:MOST_OLDER],
        mine=_named("m-"),
        chosen=_named("c-"),
        by_hand=_named("h-"),
    )


def _named(prefix: str) -> dict[str, str]:
    """As typed, with one kind of line end; the form's own rules take the rest out (`editing.plain`)."""
    return {
        name.removeprefix(prefix): text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        for name, text in request.form.items()
        if name.startswith(prefix)
    }
