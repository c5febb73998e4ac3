"""The reports: what the night counted, drawn and as tables, and each as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.views import When
from memorial.formats.csv_out import first_line, line
from memorial.gate import may
from memorial.models import Reckoning
from memorial.services import desk_reports, reckonings
from memorial.web.account import identity
from memorial.web.context import house, language
from memorial.web.desk import guard, pages
from memorial.web.doors import door
from memorial.web.when import in_words


def _kept() -> Reckoning | None:
    verdict = may(guard.session(), identity.actor(), "see_reports", now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)
    return reckonings.kept(guard.session(), "reports")


@door(pages, "/<lang>/desk/reports", audience="desk")
def reports() -> str:
    kept = _kept()
    return render_template(
        "desk/reports.html",
        kept=kept,
        tables=desk_reports.tables_of(kept.result) if kept else {},
        by_month=_by_month(kept.result.get("published", [])) if kept else {},
        month=month_in_words,
        counting=bool(request.args.get("counting")),
    )


@door(pages, "/<lang>/desk/reports", audience="desk", methods=("POST",))
def reports_anew() -> Answer:
    """Counting takes its time and is no page's business: the worker does it."""
    _kept()
    jobs.enqueue(house(), "count_reports")
    return redirect(url_for("desk.reports", counting=1))


@door(pages, "/<lang>/desk/reports/<name>.csv", audience="desk")
def report_file(name: str) -> Answer:
    kept = _kept()
    if name not in desk_reports.NAMES or kept is None:
        raise NotOpen("report")
    table = desk_reports.tables_of(kept.result)[name]
    rows = (["" if cell is None else cell for cell in row] for row in table.rows)
    text = first_line(table.columns) + "".join(map(line, rows))
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{kept.at.date()}.csv")
    return answer


def _by_month(rows: Sequence[Sequence[Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for month, kind, number in rows:
        found.setdefault(month, {})[kind] = number
    return found


def month_in_words(text: str) -> str:
    """ "2026-11" as the language writes a month; "" stays empty."""
    return in_words(When(text), language())
