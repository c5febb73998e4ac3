"""The families' face: contribute, return, my page. See memorial/web/doors.py for how a page is registered.

Forms are checked for their token by these views themselves (`forms.right_token`), so that a
token that has gone stale costs nobody what they have typed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import Blueprint

from memorial.web.context import language
from memorial.web.security import csrf

pages = Blueprint("contribute", __name__)
csrf.exempt(pages)


@pages.context_processor
def _in_words() -> dict[str, Any]:
    def dated_day(at: datetime) -> str:
        return str(format_date(at.date(), "d MMMM y", locale=language()))

    def dated_date(on: date) -> str:
        return str(format_date(on, "d MMMM y", locale=language()))

    return {"dated_day": dated_day, "dated_date": dated_date}


from memorial.web.contribute import (  # noqa: E402
    agreed,
    ending,
    exits,
    find,
    handing_on,
    journey,
    listed,
    lost,
    my,
    photographs,
    renew,
    start,
    stored,
)

__all__ = [
    "agreed", "ending", "exits", "find", "handing_on", "journey", "listed", "lost", "my", "pages",
    "photographs", "renew", "start", "stored",
]  # fmt: skip
