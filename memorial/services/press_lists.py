"""Lists of press accounts: by date, narrowed by what they show, and in groups.

    by_date(session, asked, chosen)            # a page of all accounts, or of those that are chosen
    groups(session, "place", after, chosen)    # a page of publications, places or languages with the first accounts of each
    choices(session)                           # what a list can be narrowed by

`chosen` holds exact values under the names of `NARROWED`. Groups go on by the value they stand for, so that a
group is never cut by a page; of a long one the first accounts are here and the narrowed list has the others.
Accounts without a publication, a place or a day of their own end each list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select

from memorial.domain.views import Entry, Page
from memorial.gate import GatedSession
from memorial.models import Press, Record
from memorial.services.cursors import Asked, page_rows
from memorial.services.lists import BY_DAY, entries_of, statement_of

GROUPS_A_PAGE = 12
OF_A_GROUP = 6
MOST_CHOICES = 400

# What a list may be narrowed by, in the order of the form.
NARROWED: Mapping[str, Any] = {
    "publication": Press.publication,
    "country": Press.country,
    "city": Press.city,
    "language": Record.language,
}
# Where it was published: the city, the country, or both.
# Written out and not bound: what is grouped by has to be the same expression wherever it stands.
NOTHING: ColumnElement[str] = literal_column("''")
COMMA: ColumnElement[str] = literal_column("', '")
PLACE: ColumnElement[str] = case(
    (Press.city == NOTHING, Press.country),
    (Press.country == NOTHING, Press.city),
    else_=Press.city + COMMA + Press.country,
)
GROUPED: Mapping[str, Any] = {"publication": Press.publication, "place": PLACE, "language": Record.language}
NOT_SAID = {"publication": "", "place": "", "language": "und"}


@dataclass(frozen=True, slots=True)
class Group:
    """`value` is "" where the accounts do not say; `narrowed` is the address's query for all of the group."""

    value: str
    total: int
    entries: Sequence[Entry]
    narrowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Groups:
    groups: Sequence[Group]
    after: str = ""  # the last value of this page where there are more


def chosen_of(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name in NARROWED if (value := plain(asked.get(name, "")))}


def plain(text: str) -> str:
    """A value out of an address, as a database can hold one."""
    return text.replace("\x00", "")[:200]


def by_date(session: GatedSession, asked: Asked, chosen: Mapping[str, str]) -> Page:
    rows = page_rows(session, _narrowed(statement_of("press"), chosen), BY_DAY, asked)
    return Page(entries_of(session, "press", rows.rows), rows.after, rows.before, None, chosen)


def _narrowed(wanted: Select[Any], chosen: Mapping[str, str]) -> Select[Any]:
    if not chosen:
        return wanted
    return wanted.where(*(NARROWED[name] == value for name, value in chosen.items()))


@cache
def _combinations() -> Select[Any]:
    return (
        select(*NARROWED.values())
        .join(Record, Record.id == Press.record_id)
        .where(Record.kind == "press")
        .distinct()
        .order_by(*NARROWED.values())
        .limit(MOST_CHOICES)
    )


def choices(session: GatedSession) -> dict[str, list[str]]:
    """Values that some account has which this reader may see; one value alone is no choice."""
    rows = session.execute(_combinations()).all()
    found = {name: sorted({row[at] for row in rows} - {""}) for at, name in enumerate(NARROWED)}
    return {name: values for name, values in found.items() if len(values) > 1}


def groups(session: GatedSession, by: str, after: str, chosen: Mapping[str, str]) -> Groups:
    value, missing = GROUPED[by], NOT_SAID[by]
    columns = ("city", "country") if by == "place" else (by,)
    narrowing = [func.min(NARROWED[name]).label(name) for name in columns]  # the same for the whole group
    counted = (
        select(value.label("value"), func.count().label("total"), *narrowing)
        .select_from(Press)
        .join(Record, Record.id == Press.record_id)
        .where(Record.kind == "press")
        .group_by(value)
    )
    counted = _narrowed(counted, chosen)
    named = counted.where(value != missing).order_by(value).limit(GROUPS_A_PAGE + 1)
    found = list(session.execute(named.where(value > after) if after else named).all())
    more = len(found) > GROUPS_A_PAGE
    found = found[:GROUPS_A_PAGE]
    if not more:
        found += session.execute(counted.where(value == missing)).all()
    accounts = _accounts(session, value, [row.value for row in found], chosen)
    shown = [
        Group(
            "" if row.value == missing else row.value,
            row.total,
            accounts[row.value],
            {name: getattr(row, name) for name in columns if getattr(row, name)},
        )
        for row in found
    ]
    return Groups(shown, found[-1].value if more else "")


def _accounts(
    session: GatedSession, value: Any, values: Sequence[str], chosen: Mapping[str, str]
) -> dict[str, list[Entry]]:
    """The first accounts of each group, by their days."""
    if not values:
        return {}
    turn = func.row_number().over(
        partition_by=value, order_by=(Record.sort_day.is_(None), Record.sort_day, Record.id)
    )
    ranked = (
        select(Record.id.label("number"), value.label("value"), turn.label("turn"))
        .join(Press, Press.record_id == Record.id)
        .where(Record.kind == "press", value.in_(values))
    )
    inner = _narrowed(ranked, chosen).subquery()
    wanted = (
        statement_of("press")
        .add_columns(inner.c.value.label("group_value"))
        .join(inner, inner.c.number == Record.id)
        .where(inner.c.turn <= OF_A_GROUP)
        .order_by(Record.sort_day.is_(None), Record.sort_day, Record.id)
    )
    rows = session.execute(wanted).all()
    found: dict[str, list[Entry]] = defaultdict(list)
    for row, entry in zip(rows, entries_of(session, "press", rows), strict=True):
        found[row.group_value].append(entry)
    return found
