"""A yes that ends by itself: a guardian's at majority, and one that a family gave for so many years.

    guardian_grants(grants, majority_day(born))     # what a guardian can allow for a child
    will_until_majority(will, majority_day(born))   # the same for a whole will, the child's own among them
    will_until(will, asked_again_on(today, 5))      # "ask me again in five years"

Both only ever close a window: a lapse narrows, and never lengthens what somebody gave. A lapse
without a day does not widen either: where nobody knows when a child is grown, a guardian's yes
allows nothing until somebody has asked. Pure; the fold reads the windows that come out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from memorial.domain.consent import FOREVER, Grants, Window
from memorial.domain.dates import closes_before_end_of
from memorial.domain.views import When

MAJORITY = 18  # years (Convention on the Rights of the Child, article 1)

UNSURE = "?~%"  # of EDTF; they do not widen the days (domain/dates.py)

# After how many years a family can ask to be asked again.
YEARS = (5, 10, 25)


def majority_day(born: When) -> date | None:
    """The day on which somebody is grown up, by the earliest day they can have been born.

    None where nobody knows, and for "about" and "perhaps": they may be older than is said.
    """
    if born.earliest is None or any(sign in born.edtf for sign in UNSURE):
        return None
    return years_after(born.earliest, MAJORITY)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of a leap day the 28th, which is the earlier one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        if day.year + years > date.max.year:
            return date.max
        return day.replace(year=day.year + years, day=28)


def asked_again_on(agreed_on: date, years: int) -> date:
    """The day on which a yes for so many years ends."""
    return years_after(agreed_on, years)


def ends(day: date) -> datetime:
    """The instant (UTC) at which the day begins anywhere: what ends on a day ends where it begins first."""
    return closes_before_end_of(day - timedelta(days=1))


def guardian_grants(grants: Grants, majority_day: date | None) -> dict[tuple[str, str], Window]:
    """What a guardian's yes allows: nothing from the day on which the child is grown, nothing without that day."""
    return {} if majority_day is None else until(grants, majority_day)


def until(grants: Grants, day: date) -> dict[tuple[str, str], Window]:
    """The same yes, ending when this day begins. What would only open then is left out."""
    limit = Window(closes=ends(day))
    met = {key: window.meet(limit) for key, window in grants.items()}
    return {key: window for key, window in met.items() if not window.empty}


def will_until(will: Mapping[str, Grants], day: date) -> dict[str, dict[tuple[str, str], Window]]:
    """A whole will that ends on a day, for every part it names."""
    return {part: until(grants, day) for part, grants in will.items()}


def will_until_majority(
    will: Mapping[str, Grants], majority_day: date | None
) -> dict[str, dict[tuple[str, str], Window]]:
    """A guardian's will, or what a child says itself: from majority on its own new yes is needed."""
    return {part: guardian_grants(grants, majority_day) for part, grants in will.items()}


def first_end(will: Mapping[str, Grants], after: datetime) -> datetime | None:
    """When the first of the windows that are still to come or open at `after` closes; None if none ever does."""
    ends_at = [window.closes for grants in will.values() for window in grants.values()]
    return min((at for at in ends_at if after < at < FOREVER), default=None)
