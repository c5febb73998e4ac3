"""Uncertain dates: EDTF beside the words given, with the earliest and latest day.

`parse(edtf, words)` reads EDTF (ISO 8601-2:2019, levels 0 to 2); `from_words(text,
language)` understands what families commonly write and keeps everything else as words.
`opens_after(day)` and `closes_before_end_of(day)` turn a day into an instant for embargoes.

`earliest` and `latest` are days of the proleptic Gregorian calendar, and None where nothing
is known: an open end, an unknown year (`XXXX-05-28`), years outside 1 to 9999. Choices the
standard leaves open: "about" and "uncertain" (`~ ? %`) do not widen the days, since no
number of years would be right; seasons are the months of the northern meteorological year,
winter running from December to February of the next, southern ones (29 to 32) likewise half a
year apart; a moment with a time is the day that is written, in whatever zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from memorial.domain.errors import Invalid
from memorial.domain.views import When

LONGEST = 200  # characters; the longest real set of alternative dates is far shorter

_SIMPLE = r"[0-9X]{4}(?:-[0-9X]{2}(?:-[0-9X]{2})?)?[?~%]?"
_LIST = rf"{_SIMPLE}(?:,{_SIMPLE})+"
_PLAIN = re.compile(rf"{_SIMPLE}(?:/(?:{_SIMPLE}|\.\.)?)?|(?:\.\.)?/{_SIMPLE}|\[{_LIST}\]|\{{{_LIST}\}}")
_ALPHABET = re.compile(r"[0-9XYEST?~%./,\[\]{}:Z+ -]+")
_ELEMENT = re.compile(r"(?P<year>[0-9X]{4})(?:-(?P<month>[0-9X]{2})(?:-(?P<day>[0-9X]{2}))?)?")
_SIGNIFICANT = re.compile(r"(?P<year>\d{4})S(?P<digits>[1-4])")

# Sub-year groupings: first month and how many. 21-24 seasons, 25-28 northern, 29-32 southern,
# 33-36 quarters, 37-39 thirds, 40-41 halves.
_GROUPS = {
    **{21: (3, 3), 22: (6, 3), 23: (9, 3), 24: (12, 3)},
    **{25: (3, 3), 26: (6, 3), 27: (9, 3), 28: (12, 3)},
    **{29: (9, 3), 30: (12, 3), 31: (3, 3), 32: (6, 3)},
    **{33: (1, 3), 34: (4, 3), 35: (7, 3), 36: (10, 3)},
    **{37: (1, 4), 38: (5, 4), 39: (9, 4), 40: (1, 6), 41: (7, 6)},
}

Bounds = tuple[date | None, date | None]
UNKNOWN: Bounds = (None, None)


class BadDate(Invalid):
    """Not a date that can be kept. `reason`: form, no_such_day, backwards or too_far."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"date_{reason}", field="date", reason=reason, text=text)
        self.reason = reason
        self.text = text


def parse(edtf: str, words: str = "") -> When:
    """The date an EDTF string means; an empty one is a date of words alone. Raises BadDate."""
    text = edtf.strip()
    if not text:
        return When(words=words)
    _check_form(text)
    earliest, latest = _bounds(text)
    return When(edtf=text, words=words, earliest=earliest, latest=latest)


def opens_after(day: date) -> datetime:
    """The first instant (UTC) at which the day has ended everywhere: at UTC-12 it ends last."""
    if day == date.max:
        raise BadDate("too_far", day.isoformat())
    return datetime.combine(day, time(12), UTC) + timedelta(days=1)


def closes_before_end_of(day: date) -> datetime:
    """The instant (UTC) at which the day first ends anywhere: at UTC+14."""
    return datetime.combine(day, time(10), UTC)


def _check_form(text: str) -> None:
    if _PLAIN.fullmatch(text):
        return
    if len(text) > LONGEST or not _ALPHABET.fullmatch(text) or not text.strip("./"):
        raise BadDate("form", text)
    try:
        _grammar()(text)
    except Exception as error:  # its constructors fail in many ways on what is nearly a date
        raise BadDate("form", text) from error


@cache
def _grammar() -> Callable[[str], object]:
    # Loaded here, because it takes 150 ms to build and up to 20 ms a date; most dates are plain.
    from edtf.parser import grammar, parser_classes

    # It reports its own mistakes on standard output, where `--json` would carry them on.
    vars(parser_classes)["print"] = lambda *_: None
    parse_edtf: Callable[[str], object] = grammar.parse_edtf
    return parse_edtf


def _bounds(text: str) -> Bounds:
    if text[0] in "[{":
        return _outer([_span(part.strip(), "..") for part in text[1:-1].split(",")])
    if "/" in text:
        return _span(text, "/")
    return _element(text)


def _span(text: str, mark: str) -> Bounds:
    """From one element to another, either of them open; without the mark a single element."""
    if mark not in text:
        return _element(text)
    first, last = (end.strip() for end in text.split(mark, 1))
    earliest = _element(first)[0] if first.strip(".") else None
    latest = _element(last)[1] if last.strip(".") else None
    if earliest and latest and latest < earliest:
        raise BadDate("backwards", text)
    return earliest, latest


def _outer(spans: Sequence[Bounds]) -> Bounds:
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    return (
        None if None in starts else min(start for start in starts if start),
        None if None in ends else max(end for end in ends if end),
    )


def _element(text: str) -> Bounds:
    bare = re.sub("[?~%]", "", text).split("T")[0]
    if significant := _SIGNIFICANT.fullmatch(bare):
        digits = int(significant["digits"])
        bare = significant["year"][:digits] + "X" * (4 - digits)
    if bare.startswith(("-", "Y")):
        return UNKNOWN
    element = _ELEMENT.fullmatch(bare)
    if element is None:
        raise BadDate("form", text)
    year, month, day = element["year"], element["month"] or "XX", element["day"] or "XX"
    if month.isdecimal() and int(month) in _GROUPS and element["day"] is None:
        bounds = _group(year, int(month))
    else:
        bounds = _ends(year, month, day, text)
    return UNKNOWN if year == "XXXX" else bounds


def _group(year: str, number: int) -> Bounds:
    month, count = _GROUPS[number]
    years, after = _fitting(year, 9999), month - 1 + count
    first, last = years[0], years[-1] + after // 12
    return (
        date(first, month, 1) if first > 0 else None,
        date(last, after % 12 + 1, 1) - timedelta(days=1) if 0 < last <= date.max.year else None,
    )


def _ends(year: str, month: str, day: str, text: str) -> Bounds:
    """The first and the last real day that the digits and the X can stand for."""
    years, months, days = _fitting(year, 9999), _fitting(month, 12), _fitting(day, 31)
    earliest = next(_days(years, months, days), None)
    latest = next(_days(years[::-1], months[::-1], days[::-1]), None)
    if earliest is None and years != [0]:
        raise BadDate("no_such_day", text)
    return None if 0 in years else earliest, latest


def _fitting(pattern: str, highest: int) -> list[int]:
    if pattern.isdecimal():
        return [int(pattern)]
    shape = re.compile(pattern.replace("X", r"\d"))
    lowest = 0 if len(pattern) == 4 else 1
    return [n for n in range(lowest, highest + 1) if shape.fullmatch(f"{n:0{len(pattern)}d}")]


def _days(years: Sequence[int], months: Sequence[int], days: Sequence[int]) -> Iterator[date]:
    for year in years:
        for month in months:
            for day in days:
                try:
                    yield date(year, month, day)
                except ValueError:
                    continue


# What people write. Longer beginnings first, since "mayıs" begins with "may".
_MONTHS = {
    1: "january jan yanvar ocak январ",
    2: "february feb fevral şubat феврал",
    3: "march mar mart март",
    4: "april apr aprel nisan апрел",
    5: "may mayıs май мая мае",
    6: "june jun iyun haziran июн",
    7: "july jul iyul temmuz июл",
    8: "august aug avqust ağustos август",
    9: "september sept sep sentyabr eylül сентябр",
    10: "october oct oktyabr ekim октябр",
    11: "november nov noyabr kasım ноябр",
    12: "december dec dekabr aralık декабр",
}
# Endings of case: Azerbaijani and Turkish "in", "of"; Russian genitive and locative.
_ENDINGS = "|da|də|de|ta|tə|te|ın|in|un|ün|ı|i|u|ü|ında|ində|unda|ündə|inde|ünde|ь|я|е|а|у"
_FILLERS = (
    "the of in on year də da de te ta в во ci cı cu cü nci ncı ncu ncü il ilin ili ildə ilində yıl yılı yılın yılında "
    "yılının г год года году г.р st nd rd th"
)
_ABOUT = (
    "about around circa c ca approximately approx təxminən haradasa yaklaşık takriben civarı "
    "civarında около примерно приблизительно ок"
)
_UNSURE = (
    "maybe perhaps probably possibly bəlkə ehtimal yəqin belki galiba muhtemelen возможно наверное вероятно"
)
_DECADE = re.compile(
    r"(?P<decade>\d\d[1-9])0(?:'?s|[-' ]?(?:cı|ci|cu|cü) il(?:lər|lərdə|lərin)|'?l[ae]r|-?е|-?х)(?: годы| годов)?"
)
_POINTS = re.compile(r"(?:(?P<day>\d{1,2})(?P<mark>[./-]))?(?P<month>\d{1,2})[./-](?P<year>\d{4})")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILLER, _VAGUE, _DOUBT = _words(_FILLERS), _words(_ABOUT), _words(_UNSURE)
_MONTH_FORMS = {
    name + ending: month
    for month, names in _MONTHS.items()
    for name in names.split()
    for ending in _ENDINGS.split("|")
}


def from_words(text: str, language: str = "und") -> When:
    """What somebody wrote, understood where that is safe; never raises, never rewords.

    Understood: 1992-02-25, 25.02.1992, 02.1992, 1992, "about 1961", "1961?", the 1960s, and
    days and months by name in Azerbaijani, English, Russian and Turkish. With slashes the
    day comes first but in English, where 3/4/1961 may mean either and stays words.
    """
    try:
        return parse(_guess(_lower(text), language.partition("-")[0].lower()), text)
    except BadDate:
        return When(words=text)


def _lower(text: str) -> str:
    ascii_digits = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    lowered = ascii_digits.replace("İ", "i").replace("’", "'").replace("–", "-").lower()
    return " ".join(lowered.split())


def _guess(text: str, language: str) -> str:
    """EDTF for the words, or "" when they are not understood to the last one."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    qualified = _without_qualifier(text)
    if qualified is None:
        return ""
    rest, mark = qualified
    found = _decade(rest) or _pointed(rest, language) or _named(rest)
    return found + mark if found else ""


def _without_qualifier(text: str) -> tuple[str, str] | None:
    """The words without those of doubt, and `~`, `?`, `%` or "" for them."""
    doubtful = text.endswith("?") or text.endswith("(?)")
    kept: list[str] = []
    vague = text.startswith("~")
    for word in text.removesuffix("(?)").rstrip("?").lstrip("~").split():
        bare = word.strip(".,")
        vague, doubtful = vague or bare in _VAGUE, doubtful or bare in _DOUBT
        if bare not in _VAGUE | _DOUBT:
            kept.append(word)
    mark = {(True, True): "%", (True, False): "~", (False, True): "?", (False, False): ""}
    return (" ".join(kept), mark[vague, doubtful]) if kept else None


def _decade(text: str) -> str:
    match = _DECADE.fullmatch(text.removeprefix("the "))
    return match["decade"] + "X" if match else ""


def _pointed(text: str, language: str) -> str:
    match = _POINTS.fullmatch(text)
    if match is None:
        return ""
    year, month, day = match["year"], int(match["month"]), match["day"]
    if day is None:
        return f"{year}-{month:02d}" if 1 <= month <= 12 else ""
    american = language not in {"az", "ru", "tr"} and match["mark"] != "." and int(day) <= 12
    return "" if american or month > 12 else f"{year}-{month:02d}-{int(day):02d}"


def _named(text: str) -> str:
    """A year, perhaps a month by name, perhaps a day, each once, with nothing left over."""
    years: list[str] = []
    months: list[int] = []
    days: list[int] = []
    for word in re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text).replace("'", " ").split():
        for piece in word.strip(".,").split("-"):
            if re.fullmatch(r"\d{4}", piece):
                years.append(piece)
            elif re.fullmatch(r"\d{1,2}", piece):
                days.append(int(piece))
            elif piece in _MONTH_FORMS:
                months.append(_MONTH_FORMS[piece])
            elif piece not in _FILLER:
                return ""
    if len(years) != 1 or len(months) > 1 or len(days) > len(months):
        return ""
    return "-".join(years + [f"{number:02d}" for number in months + days])
