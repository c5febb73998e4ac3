"""A moment of a recording as somebody types it: "1:02:03.5", "62:03", "75", with a comma too."""

from __future__ import annotations

import re

from memorial.domain.errors import Invalid
from memorial.domain.transcript import LATEST
from memorial.web.account import inputs

_TYPED = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?")


def typed_moment(name: str) -> int | None:
    """Milliseconds; None where nothing was typed. Raises Invalid with the field."""
    text = inputs.line(name, 30)
    if not text:
        return None
    found = _TYPED.fullmatch(text) if text.isascii() else None
    if found is None:
        raise Invalid("no_such_moment", field=name)
    hours, minutes, seconds, rest = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    milliseconds = whole * 1000 + int((rest or "0").ljust(3, "0"))
    if milliseconds > LATEST:
        raise Invalid("no_such_moment", field=name)
    return milliseconds
