"""Whether the files are whole: what the rounds found, day by day, and how it stands. Numbers and no names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template

from memorial.domain.errors import NotPermitted
from memorial.domain.views import When
from memorial.gate import may
from memorial.services import file_report, reckonings
from memorial.services.fixity import OVERDUE
from memorial.web.account import identity
from memorial.web.context import house, language
from memorial.web.desk import guard, pages
from memorial.web.doors import door
from memorial.web.when import in_words


@door(pages, "/<lang>/desk/files", audience="desk")
def files() -> str:
    verdict = may(guard.session(), identity.actor(), "see_reports", now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)
    kept = reckonings.kept(guard.session(), file_report.NAME)
    result: Mapping[str, Any] = kept.result if kept is not None else {}
    places = result.get("places", {})
    return render_template(
        "desk/files.html",
        kept=kept,
        second=result.get("second", "none"),
        places={name: _with_time(places[name]) for name in file_report.PLACES if name in places},
        days=[
            (in_words(When(day), language()), each) for day, each in reversed(result.get("days", {}).items())
        ],
        most_days=OVERDUE.days,
    )


def _with_time(place: Mapping[str, Any]) -> dict[str, Any]:
    return {**place, "oldest": datetime.fromisoformat(place["oldest"]) if place["oldest"] else None}
