"""Reply texts: taking one into a message, whose first line is written by hand; and the page where they are edited."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.replies import KEYS, LANGUAGES, LONGEST, SHIPPED
from memorial.gate import may
from memorial.services import replies
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import acts, guard, items, pages
from memorial.web.desk.reply_choice import chosen
from memorial.web.doors import door

Page = Answer | tuple[str, int]


@door(pages, "/<lang>/desk/items/<public_id>/reply-text", audience="desk", methods=("POST",))
def reply_text(public_id: str) -> Page:
    """The item's page again, with the text below what was typed. Nothing is sent or kept by it."""
    items.readable(public_id)
    words = inputs.words("note", acts.LONGEST_NOTE)
    return items.show(public_id, typed=chosen(inputs.line("reply", 40), words))


@door(pages, "/<lang>/desk/replies", audience="desk")
def reply_texts() -> Page:
    return _form(200, replies.texts_of(guard.session()), done=bool(request.args.get("done")))


def _form(status: int, texts: Any, **said: Any) -> tuple[str, int]:
    verdict = may(guard.session(), identity.actor(), "edit_replies", now=house().now())
    shown = {"verdict": verdict, "texts": texts, "shipped": SHIPPED, "tongues": LANGUAGES, "longest": LONGEST}
    kept = {"error": "", "field": "", "done": False, **said}
    return render_template("desk/replies.html", **shown, **kept), status if verdict else 403


@door(pages, "/<lang>/desk/replies", audience="desk", methods=("POST",))
def save_reply_texts() -> Page:
    typed = {key: {code: inputs.words(f"{key}-{code}", LONGEST + 1) for code in LANGUAGES} for key in KEYS}
    try:
        with house().writing(house().keeper()) as session:
            replies.save(session, identity.actor(), typed, now=house().now())
    except Invalid as wrong:
        return _form(422, typed, error=wrong.key, field=wrong.field)
    except NotPermitted as refused:
        return _form(403, typed, error=refused.key)
    return redirect(url_for("desk.reply_texts", done=1))
