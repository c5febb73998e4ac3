"""The take-down desk, and entering a case that came by letter, e-mail or telephone."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid
from memorial.gate import may
from memorial.services import codes, reports, take_downs
from memorial.services.take_downs import Letter
from memorial.web.account import identity, inputs
from memorial.web.context import house, language
from memorial.web.desk import guard, pages
from memorial.web.doors import door
from memorial.web.languages import NAMES

Page = Answer | str | tuple[str, int]
LINES = ("kind", "ground", "who", "way", "language", "acknowledged_on", "complainant", "send_key")


@door(pages, "/<lang>/desk/take-downs", audience="desk")
def take_down_desk() -> Page:
    session, actor, now = guard.session(), identity.actor(), house().now()
    lines, more = take_downs.waiting(session, actor, now=now, after=request.args.get("after", ""))
    verdict = may(session, actor, "open_case", now=now)
    return render_template("desk/take_downs.html", lines=lines, more=more, now=now, opens=verdict)


@door(pages, "/<lang>/desk/take-downs/new", audience="desk")
def new_case() -> Page:
    return _form(200)


def _form(status: int, **said: Any) -> tuple[str, int]:
    verdict = may(guard.session(), identity.actor(), "open_case", now=house().now())
    typed = {
        "send_key": secrets.token_urlsafe(16),
        "language": language(),
        "page": request.args.get("page", "")[:300],
    }
    shown = {
        "verdict": verdict, "grounds": reports.DESK_GROUNDS, "stands": reports.WHO, "ways": take_downs.WAYS,
        "tongues": list(NAMES), "error": "", "field": "", **{"typed": typed, **said},
    }  # fmt: skip
    return render_template("desk/open_case.html", **shown), status if verdict else 403


@door(pages, "/<lang>/desk/take-downs/new", audience="desk", methods=("POST",))
def open_case() -> Page:
    """The case, and once its code, to be told by the way it came."""
    typed = {name: inputs.line(name) for name in LINES}
    typed |= {"words": inputs.words("words"), "contact": inputs.words("contact", 1_000)}
    typed["page"] = _page(inputs.line("page", 600))
    try:
        if not re.fullmatch(r"[A-Za-z0-9_-]{10,64}", typed["send_key"]):
            raise Invalid("stale", field="kind")
        if typed["language"] not in NAMES:
            typed["language"] = language()
        issued = codes.issue(house().keys)
        with house().writing(house().keeper()) as session:
            letter, now = Letter(**typed), house().now()
            opened = take_downs.open_case(session, house().keys, identity.actor(), issued, letter, now=now)
            public_id, code = opened.item.public_id, opened.code
    except Invalid as wrong:
        typed["send_key"] = typed["send_key"] or secrets.token_urlsafe(16)
        return _form(422, typed=typed, error=wrong.key, field=wrong.field)
    if code is None:
        return redirect(url_for("desk.item", public_id=public_id))
    return render_template("desk/case_opened.html", public_id=public_id, code=code.printed)


def _page(written: str) -> str:
    """The address as the archive keeps it: without host, language and what follows a question mark."""
    path = re.sub(r"^[a-z]+://[^/]*", "", written.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0])
    path = re.sub(rf"^/?(?:{'|'.join(NAMES)})(?=/)", "", path)
    return path if path.startswith("/") or not path else f"/{path}"
