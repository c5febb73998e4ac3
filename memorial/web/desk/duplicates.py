"""The duplicates desk: pairs that may be one, and asking about two of them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid
from memorial.gate import may
from memorial.services import desk, duplicates, pairs
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]


@door(pages, "/<lang>/desk/duplicates", audience="desk")
def duplicates_desk() -> Page:
    return _show(200, one=request.args.get("one", "")[:300].replace("\x00", ""))


def _show(status: int, one: str = "", other: str = "", **said: Any) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    after = request.args.get("after", default=0, type=int)
    waiting, more = pairs.open_pairs(session, after if 0 < after < 2**62 else 0)
    rows = desk.rows_of(session, actor, [item for item, _ in waiting], now=now)
    shown = {
        "pairs": [(row, beside) for row, (_, beside) in zip(rows, waiting, strict=True)],
        "more": more,
        "verdict": may(session, actor, "flag_duplicate", now=now),
        "one": one,
        "other": other,
        **{"error": "", "field": "", **said},
    }
    return render_template("desk/duplicates.html", **shown), status


@door(pages, "/<lang>/desk/duplicates", audience="desk", methods=("POST",))
def flag_duplicate() -> Page:
    one, other = inputs.line("one", 300), inputs.line("other", 300)
    try:
        with house().writing(house().keeper()) as session:
            public_id = duplicates.flag(session, identity.actor(), one, other, now=house().now()).public_id
    except Invalid as wrong:
        return _show(422, one, other, error=wrong.key, field=wrong.field)
    return redirect(url_for("desk.item", public_id=public_id))
