"""Dates of the record in the words of a language: "26 February 1992", "about 1961".

    in_words(When("1992-02-26"), "ru")     # 26 февраля 1992

Only EDTF that is understood to the last sign is worded anew; otherwise the words that the
source gave are shown as they stand, else the EDTF itself.
"""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache

from babel.dates import format_date, format_time

from memorial.domain.views import When
from memorial.web.languages import words

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_NO_YEAR = re.compile(r"XXXX-(\d\d)-(\d\d)")
_DECADE = re.compile(r"(\d{3})X")
_YEAR = re.compile(r"-?\d{4}")
_SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}


def in_words(when: When, language: str) -> str:
    """The date for a page in this language; "" for no date at all."""
    return _worded(when.edtf, language) or when.words or when.edtf


@lru_cache(maxsize=8192)
def _worded(edtf: str, language: str) -> str:
    if not edtf:
        return ""
    if edtf[0] in "[{" and edtf[-1] in "]}":
        return _choice(edtf[1:-1], language)
    if "/" in edtf:
        first, _, last = edtf.partition("/")
        return _span(first, last, language)
    return _qualified(edtf, language)


def _choice(inside: str, language: str) -> str:
    parts = [_qualified(part.strip(), language) for part in inside.split(",")]
    if not all(parts) or ".." in inside:
        return ""
    return words(language).gettext(" or ").join(parts)


def _span(first: str, last: str, language: str) -> str:
    _ = words(language).gettext
    if together := _days_of_a_month(first, last, language):
        return together
    starts, ends = _qualified(first, language), _qualified(last, language)
    if starts and ends:
        return f"{starts} – {ends}"
    if starts and last in ("..", ""):
        return _("from %(date)s") % {"date": starts}
    if ends and first in ("..", ""):
        return _("until %(date)s") % {"date": ends}
    return ""


def _days_of_a_month(first: str, last: str, language: str) -> str:
    """25–26 February 1992: what two days have in common is said once."""
    starts, ends = _DAY.fullmatch(first), _DAY.fullmatch(last)
    if not starts or not ends or starts[4] or ends[4] or first[:7] != last[:7] or first >= last:
        return ""
    day = _real(int(ends[1]), int(ends[2]), int(ends[3]))
    if day is None or _real(day.year, day.month, int(starts[3])) is None:
        return ""
    return f"{int(starts[3])}–{format_date(day, 'd MMMM y', locale=language)}"


def _qualified(text: str, language: str) -> str:
    _ = words(language).gettext
    bare, sign = (text[:-1], text[-1]) if text and text[-1] in "~?%" else (text, "")
    plain = _plain(bare, language)
    if not plain or not sign:
        return plain
    if sign == "?":
        return _("%(date)s, not certain") % {"date": plain}
    if sign == "%":
        return _("about %(date)s, not certain") % {"date": plain}
    return _("about %(date)s") % {"date": plain}


def _plain(text: str, language: str) -> str:
    """One day, month, season, year or decade; "" for anything else."""
    _ = words(language).gettext
    if found := _DAY.fullmatch(text):
        return _day(found, language)
    if found := _NO_YEAR.fullmatch(text):
        day = _real(2000, int(found[1]), int(found[2]))
        shown = format_date(day, "d MMMM", locale=language) if day else ""
        return shown and _("%(date)s, year not given") % {"date": shown}
    if found := _MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]), language)
    if found := _DECADE.fullmatch(text):
        return _("the %(year)ss") % {"year": f"{found[1]}0"}
    return text if _YEAR.fullmatch(text) else ""


def _day(found: re.Match[str], language: str) -> str:
    day = _real(int(found[1]), int(found[2]), int(found[3]))
    if day is None:
        return ""
    shown = format_date(day, "d MMMM y", locale=language)
    if found[4] is None:
        return shown
    clock = format_time(time(int(found[4]) % 24, int(found[5])), "HH:mm", locale=language)
    return f"{shown}, {clock}"


def _month(year: int, number: int, language: str) -> str:
    _ = words(language).gettext
    if number in _SEASONS:
        names = {
            "spring": _("spring %(year)s"),
            "summer": _("summer %(year)s"),
            "autumn": _("autumn %(year)s"),
            "winter": _("winter %(year)s"),
        }
        return names[_SEASONS[number]] % {"year": year}
    day = _real(year, number, 1)
    return month_in_words(day, language) if day else ""


def month_in_words(day: date, language: str) -> str:
    """A month by itself. Babel takes the months that stand alone in Turkish from whichever language was asked first."""
    return format_date(day, "LLLL y" if language == "ru" else "MMMM y", locale=language)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
