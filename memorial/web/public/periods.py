"""A picture of periods: when each entry of the timeline began and ended, on a line of years, months or hours.

    picture(entries, ["1992-02-25/1992-02-26"], "en")     # Panels for `_parts/periods.html`

Only geometry, in hundredths of the width. Every mark has the same height; what sources disagree on is drawn hollow,
so that no colour is needed. The list on the same page is its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_datetime

from memorial.domain.dates import BadDate, parse
from memorial.domain.views import Entry, When
from memorial.web.when import in_words

NARROWEST = 0.9  # hundredths of the width: a day among thirty years is still seen
APART = 0.5
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Mark:
    left: float
    width: float
    lane: int
    title: str
    contested: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A line from one day to another, both included; `ticks` are (left, what stands there)."""

    heading: str
    ticks: Sequence[tuple[float, str]]
    marks: Sequence[Mark]

    @property
    def lanes(self) -> int:
        return max((mark.lane for mark in self.marks), default=-1) + 1


def picture(entries: Sequence[Entry], dates: Iterable[str], code: str) -> list[Panel]:
    """All entries on a line of years, and for each of the archive's own dates its weeks, day by day."""
    spans = [(entry, *span) for entry in entries if (span := _span(entry))]
    if len(spans) < 2:
        return []
    first = date(min(start for _, start, _ in spans).year, 1, 1)
    last = date(max(end for _, _, end in spans).year, 12, 31)
    found = [_panel(spans, _at(first), _at(last + timedelta(days=1)), _years(first, last), "y", code)]
    for text in dates:
        weeks = _weeks(text)
        if weeks:
            panel = _panel(
                spans, _at(weeks[0]), _at(weeks[-1]), [_at(day) for day in weeks[:-1]], "d MMM", code
            )
            found += [panel] if len(panel.marks) > 1 else []
    return found


def hours(entries: Sequence[Entry], first: date, last: date, code: str) -> Panel | None:
    """These days hour by hour; entries whose hour is not known lie along the whole of their day."""
    spans = [(entry, *span) for entry in entries if (span := _span(entry))]
    start, end = _at(first), _at(last + timedelta(days=1))
    if len(spans) < 2 or end - start > timedelta(days=4):
        return None
    step = timedelta(hours=6) * max(1, (last - first).days)
    ticks = [start + step * n for n in range(int((end - start) / step))]
    return _panel(spans, start, end, ticks, "HH:mm", code)


Spanned = tuple[Entry, datetime, datetime]


def _span(entry: Entry) -> tuple[datetime, datetime] | None:
    """From when until when, the end not included; an hour that is known lasts an hour here."""
    edtf = entry.when.edtf
    if "T" in edtf and "/" not in edtf:
        try:
            at = datetime.fromisoformat(edtf).replace(tzinfo=UTC)
        except ValueError:
            return None
        return at, at + timedelta(hours=1)
    try:
        meant = parse(edtf)
    except BadDate:
        return None
    if meant.earliest is None or meant.latest is None or meant.latest == date.max:
        return None
    return _at(meant.earliest), _at(meant.latest + timedelta(days=1))


def _panel(
    spans: Iterable[Spanned],
    first: datetime,
    last: datetime,
    ticks: Iterable[datetime],
    pattern: str,
    code: str,
) -> Panel:
    whole = last - first
    marks: list[Mark] = []
    ends: list[float] = []  # of each lane
    inside = sorted((s for s in spans if s[1] < last and s[2] > first), key=lambda s: (s[1], s[2]))
    for entry, start, end in inside:
        left = max(0.0, 100 * ((start - first) / whole))
        width = max(NARROWEST, min(100.0, 100 * ((end - first) / whole)) - left)
        left = min(left, 100 - width)
        lane = next((n for n, taken in enumerate(ends) if left >= taken + APART), len(ends))
        ends[lane : lane + 1] = [left + width]
        marks.append(Mark(round(left, 2), round(width, 2), lane, entry.title, entry.contested))
    placed = [
        (round(100 * ((tick - first) / whole), 2), format_datetime(tick, pattern, locale=code))
        for tick in ticks
    ]
    until = last - timedelta(days=1)
    return Panel(in_words(When(f"{first:%Y-%m-%d}/{until:%Y-%m-%d}"), code), placed, marks)


def _years(first: date, last: date) -> list[datetime]:
    count = last.year - first.year + 1
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000) if count / n <= MOST_TICKS)
    return [_at(date(year, 1, 1)) for year in range(-(-first.year // step) * step, last.year + 1, step)]


def _weeks(text: str) -> list[date]:
    """Days seven apart, from five weeks before a date to five weeks after it; none where it is not known."""
    try:
        meant = parse(text)
    except BadDate:
        return []
    if meant.earliest is None or meant.latest is None or meant.latest - meant.earliest > timedelta(days=60):
        return []
    start, end = meant.earliest - timedelta(days=35), meant.latest + timedelta(days=36)
    return [start + timedelta(days=7 * n) for n in range((end - start).days // 7 + 1)]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
