"""How an interview was held: written down at the desk, and shown when the archive says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for

from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession, may
from memorial.models import Interview, Item
from memorial.services import interviews, parties
from memorial.services.interviews import Told
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.desk import parties as parties_page
from memorial.web.doors import door

Page = parties_page.Page
FIELDS = ("others_present", "place", "date_words", "equipment", "summary", "agreed")


@door(pages, "/<lang>/desk/items/<public_id>/interviews", audience="desk")
def interviews_of(public_id: str) -> Page:
    return show(public_id)


def show(public_id: str, status: int = 200, **said: Any) -> tuple[str, int]:
    """The page; `said` is what a form that was not taken wants to say again."""
    found = parties_page.here(public_id, status)
    session, actor, now = guard.session(), identity.actor(), house().now()
    rows = interviews.of_record(session, found)
    page = {
        "item": found,
        "record": parties.record_of(session, found),
        "rows": rows,
        "marks": {row.public_id: interviews.mark(row) for row in rows},
        "shown": interviews.shown(session, found),
        "recordings": interviews.recordings(session, found),
        "verdict": may(session, actor, "describe_interview", found, now=now),
        "done": request.args.get("done", ""),
    }
    kept: dict[str, Any] = {"error": "", "error_at": "main", "typed": {}, **said}
    return render_template("desk/interviews.html", **page, **kept), status


@door(pages, "/<lang>/desk/items/<public_id>/interviews", audience="desk", methods=("POST",))
def write_interview(public_id: str) -> Page:
    parties_page.here(public_id)
    wish = request.form.get("act", "save")
    if wish not in ACTS:
        raise NotOpen("act")
    if refused := parties_page.attempt(public_id, ACTS[wish]):
        return show(public_id, refused[0], error=refused[1], typed=_typed())
    return redirect(url_for("desk.interviews_of", public_id=public_id, done=wish))


def _typed() -> dict[str, Any]:
    names = ("interview", "interviewers", "languages", "seen", *FIELDS)
    return {name: inputs.words(name, 6_000) for name in names} | {
        "recordings": request.form.getlist("recordings")
    }


def _save(session: GatedSession, item: Item) -> None:
    told = Told(
        interviewers=tuple(line for each in inputs.words("interviewers").split("\n") if (line := " ".join(each.split()))),
        languages=tuple(inputs.line("languages").replace(",", " ").split()),
        recordings=frozenset(request.form.getlist("recordings")),
        **{name: inputs.words(name, 6_000) for name in FIELDS},
    )  # fmt: skip
    interviews.save(
        session, house().keys, identity.actor(), item, inputs.line("interview", 40), told,
        now=house().now(), seen=inputs.line("seen", 40),
    )  # fmt: skip


def _row(session: GatedSession, item: Item) -> Interview:
    return interviews.of_item(session, item, inputs.line("interview", 40))


def _show(session: GatedSession, item: Item) -> None:
    interviews.show(session, identity.actor(), item, _row(session, item), now=house().now())


def _hide(session: GatedSession, item: Item) -> None:
    interviews.hide(session, identity.actor(), item, _row(session, item), now=house().now())


ACTS: dict[str, Callable[[GatedSession, Item], None]] = {"save": _save, "show": _show, "hide": _hide}
