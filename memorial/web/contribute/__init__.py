"""The families' face: contribute, return, my page. See memorial/web/doors.py for how a page is registered.

Forms are checked for their token by these views themselves (`forms.right_token`), so that a
token that has gone stale costs nobody what they have typed.
"""

from __future__ import annotations

from datetime import datetime
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

    return {"dated_day": dated_day}


from memorial.web.contribute import exits, journey, my, photographs, stored  # noqa: E402

__all__ = ["exits", "journey", "my", "pages", "photographs", "stored"]
