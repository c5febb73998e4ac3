"""By what rights a record stands, and the labels of communities: one page beside an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from memorial.domain.rights import STATEMENTS, Label
from memorial.gate import GatedSession, may
from memorial.models import Item
from memorial.services import labels, parties
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.desk import parties as parties_page
from memorial.web.doors import door

LINES = ("name", "language", "community", "approved_by", "link")


@door(pages, "/<lang>/desk/items/<public_id>/labels", audience="desk")
def labels_of(public_id: str) -> parties_page.Page:
    return show(public_id)


def show(
    public_id: str, status: int = 200, error: str = "", typed: Mapping[str, Any] | None = None
) -> tuple[str, int]:
    """The page; `typed` is what a form that was not taken wants to say again."""
    found = parties_page.here(public_id, status)
    session, actor = guard.session(), identity.actor()
    record = parties.record_of(session, found)
    verdict = may(session, actor, "label", found, now=house().now())
    stands: Mapping[str, Any] = {
        "statement": record.rights_statement,
        "labels": labels.labels_of(record.labels),
    }
    return render_template(
        "desk/labels.html", item=found, verdict=verdict, seen=labels.mark(record), statements=STATEMENTS, error=error,
        most=labels.MOST, stands=typed or stands, others=[each for each in labels.given(session) if each not in labels.labels_of(record.labels)], done=request.args.get("done", ""),
    ), status  # fmt: skip


@door(pages, "/<lang>/desk/items/<public_id>/labels", audience="desk", methods=("POST",))
def write_labels(public_id: str) -> parties_page.Page:
    parties_page.here(public_id)
    statement, said = inputs.line("statement", 200), _said()

    def save(session: GatedSession, item: Item) -> None:
        labels.save(
            session, house().keys, identity.actor(), item, statement, said,
            seen=inputs.line("seen", 40), now=house().now(),
        )  # fmt: skip

    if refused := parties_page.attempt(public_id, save):
        return show(public_id, refused[0], refused[1], {"statement": statement, "labels": said})
    return redirect(url_for("desk.labels_of", public_id=public_id, done="yes"))


def _said() -> list[Label]:
    """Those of which something is written; one whose every field is emptied is gone."""
    found = []
    for number in range(labels.MOST):
        lines = {name: inputs.line(f"{name}-{number}", labels.LONGEST_LINE + 1) for name in LINES}
        text = inputs.words(f"text-{number}", labels.LONGEST + 1)
        if text or any(value for name, value in lines.items() if name != "language"):
            found.append(Label(**{**lines, "language": lines["language"] or "und"}, text=text))
    return found
