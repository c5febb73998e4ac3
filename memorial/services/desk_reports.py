"""Reports for the people who run the archive: what waits, how long families wait, what was published, what ends.

    result = count(session, now=now)                 # a job of the night: it reads months of the log
    table = tables_of(result)["families"]            # for the page and for CSV

Of the archive's work as a whole; nothing here is, or can be turned into, a number about one moderator.
Months are UTC. `count` returns plain JSON, which is kept (services/reckonings.py) until it is made again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select

from memorial.domain import workflow
from memorial.gate import GatedSession
from memorial.models import AuditEntry, Item, Record
from memorial.services import renewals

BACK, AHEAD = 24, 12  # months
# Days up to which each band of age reaches; the last has no end.
BANDS = (5, 14, 30)
SENT = ("send", "lost_code")
DECIDED = ("publish", "decline", "close", "give_answer", "refuse", "erase", "new_code")
ANSWERED = (*DECIDED, "ask", "reply", "make_ready", "reopen")
LEFT = ("take_back", "discard", "lapse")  # the family waits for nothing any more
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a report; the first column is a month or a kind."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(slots=True)
class _Wait:
    """One thing that a family sent."""

    sent: datetime
    answered: datetime | None = None
    decided: datetime | None = None


@dataclass(slots=True)
class _Month:
    sent: int = 0
    answers: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)


def count(session: GatedSession, *, now: datetime) -> dict[str, Any]:
    """All of it, as plain JSON."""
    since = months_from(now.date(), -BACK)
    return {
        "waiting": waiting(session, now),
        "families": families(session, since, now),
        "published": published(session, since),
        "renewals": renewals_ahead(session, now),
        "promises": promises(session, now.date()),
    }


def months_from(day: date, months: int) -> date:
    """The first of the month that lies so many months away."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_of(at: date) -> str:
    return f"{at.year:04}-{at.month:02}"


# -- what waits -----------------------------------------------------------------------------------


def waiting(session: GatedSession, now: datetime) -> list[list[Any]]:
    """By kind: how many wait for the desk in each band of age, and how many lie with the family."""
    bands: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BANDS) + 2))
    for place in range(len(BANDS) + 1):
        older, younger = _band(place, now)
        wanted = select(Item.kind, func.count()).where(
            Item.state.in_((workflow.SUBMITTED, workflow.IN_REVIEW)), *older, *younger
        )
        for kind, number in session.execute(wanted.group_by(Item.kind)):
            bands[kind][place] = number
    theirs = select(Item.kind, func.count()).where(Item.state.in_((workflow.QUESTION, workflow.READY)))
    for kind, number in session.execute(theirs.group_by(Item.kind)):
        bands[kind][-1] = number
    return [[kind, *bands[kind]] for kind in workflow.KINDS if kind in bands]


def _band(place: int, now: datetime) -> tuple[list[Any], list[Any]]:
    older = [Item.waiting_since < now - timedelta(days=BANDS[place - 1])] if place else []
    younger = [Item.waiting_since >= now - timedelta(days=BANDS[place])] if place < len(BANDS) else []
    return older, younger


# -- how long families wait -----------------------------------------------------------------------


def families(session: GatedSession, since: date, now: datetime) -> list[list[Any]]:
    """By the month in which something was sent: days until the first answer and until the decision."""
    months: dict[str, _Month] = defaultdict(_Month)
    for wait in _waits(session, since):
        month = months[month_of(wait.sent)]
        month.sent += 1
        month.answers += [_days(wait.sent, wait.answered)] if wait.answered else []
        month.decisions += [_days(wait.sent, wait.decided)] if wait.decided else []
    return [
        [name, month.sent, *_summed(month.sent, month.answers), *_summed(month.sent, month.decisions)]
        for name in _months(since, now.date())
        if (month := months[name]).sent
    ]


def _summed(sent: int, days: Sequence[float]) -> list[Any]:
    """Median, longest, and how many have none yet."""
    return [_tenth(median(days)) if days else None, _tenth(max(days)) if days else None, sent - len(days)]


def _tenth(days: float) -> float:
    return round(days, 1)


def _days(first: datetime, last: datetime) -> float:
    return (last - first) / timedelta(days=1)


def _waits(session: GatedSession, since: date) -> Iterable[_Wait]:
    """What was sent since, and what came of it, by the log."""
    wanted = (
        select(AuditEntry.thing, AuditEntry.verb, AuditEntry.at)
        .where(AuditEntry.at >= datetime(since.year, since.month, 1, tzinfo=UTC))
        .where(AuditEntry.verb.in_((*SENT, *ANSWERED, *LEFT)), AuditEntry.thing.startswith("item:"))
        .order_by(AuditEntry.id)
    )
    found: dict[str, _Wait] = {}
    for thing, verb, at in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        if verb in SENT:
            found.setdefault(thing, _Wait(at))
        elif (wait := found.get(thing)) is None:
            continue
        elif verb in LEFT and wait.decided is None:
            del found[thing]
        elif verb in ANSWERED:
            wait.answered = wait.answered or at
            wait.decided = wait.decided or (at if verb in DECIDED else None)
    return found.values()


def _months(first: date, last: date) -> Iterator[str]:
    while first <= last:
        yield month_of(first)
        first = months_from(first, 1)


# -- what was published, what ends, what was promised ------------------------------------------------


def published(session: GatedSession, since: date) -> list[list[Any]]:
    """By month and kind of record; a memory and a change of a page count as such. (month, kind, number)."""
    begin = datetime(since.year, since.month, 1, tzinfo=UTC)
    done = (AuditEntry.verb == "publish", AuditEntry.at >= begin)
    by_item = (
        select(AuditEntry.at, Record.kind, Item.kind)
        .join(Item, Item.public_id == func.substr(AuditEntry.thing, len("item:") + 1))
        .join(Record, Record.id == Item.record_id)
        .where(*done, AuditEntry.thing.startswith("item:"))
    )
    by_import = (
        select(AuditEntry.at, Record.kind)
        .join(Record, Record.public_id == func.substr(AuditEntry.thing, len("record:") + 1))
        .where(*done, AuditEntry.thing.startswith("record:"))
    )
    found: Counter[tuple[str, str]] = Counter()
    for at, kind, item_kind in session.execute(by_item.execution_options(yield_per=AT_ONCE)):
        found[month_of(at), item_kind if item_kind in ("tribute", "revision") else kind] += 1
    for at, kind in session.execute(by_import.execution_options(yield_per=AT_ONCE)):
        found[month_of(at), kind] += 1
    return [[month, kind, number] for (month, kind), number in sorted(found.items())]


def renewals_ahead(session: GatedSession, now: datetime) -> list[list[Any]]:
    """By month: how many yeses end. (month, number)"""
    first = months_from(now.date(), AHEAD + 1)
    until = datetime(first.year, first.month, 1, tzinfo=UTC)
    found = Counter(month_of(each.closes) for each in renewals.closings(session, now, until))
    return [[month, found[month]] for month in _months(months_from(now.date(), 0), months_from(first, -1))]


def promises(session: GatedSession, today: date) -> list[list[Any]]:
    """Answers that were promised and not given yet, by the month they are due in: (month, open, overdue)."""
    wanted = select(Item.due_on, func.count()).where(
        Item.kind == "promise", Item.state.in_(workflow.OPEN_STATES)
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for due, number in session.execute(wanted.group_by(Item.due_on)):
        counts = found[month_of(due) if due else ""]
        counts[0] += number
        counts[1] += number if due and due < today else 0
    return [[month, *counts] for month, counts in sorted(found.items())]


# -- as tables ------------------------------------------------------------------------------------

NAMES = ("waiting", "families", "published", "renewals", "promises")
_COLUMNS: Mapping[str, Sequence[str]] = {
    "waiting": ("kind", "up_to_5_days", "6_to_14_days", "15_to_30_days", "over_30_days", "with_the_family"),
    "families": (
        "month_sent", "sent", "first_answer_median_days", "first_answer_longest_days", "without_an_answer",
        "decision_median_days", "decision_longest_days", "without_a_decision",
    ),
    "published": ("month", "kind", "number"),
    "renewals": ("month", "number"),
    "promises": ("month_due", "open", "overdue"),
}  # fmt: skip


def tables_of(result: Mapping[str, Any]) -> dict[str, Table]:
    """Every report of what was kept; one that an older count did not have is empty."""
    return {name: Table(_COLUMNS[name], result.get(name, [])) for name in NAMES}
