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
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from memorial.domain.views import Entry, Page
from memorial.gate import GatedSession
from memorial.models import Press, Record
from memorial.services.cursors import Asked, page_rows
from memorial.services.list_values import Values, values_of
from memorial.services.lists import BY_DAY, entries_of, statement_of

GROUPS_A_PAGE = 12
OF_A_GROUP = 6

# What a list may be narrowed by, in the order of the form.
NARROWED: Mapping[str, Any] = {
    "publication": Press.publication,
    "country": Press.country,
    "city": Press.city,
    "language": Record.language,
}
# By what accounts are grouped; a place is a city with its country, or as much of it as is said.
GROUPED: Mapping[str, tuple[str, ...]] = {
    "publication": ("publication",),
    "place": ("city", "country"),
    "language": ("language",),
}
NOT_SAID = {"publication": ("",), "place": ("", ""), "language": ("und",)}
BETWEEN = "\t"  # the words of a cursor


@dataclass(frozen=True, slots=True)
class Group:
    """`value` is "" where the accounts do not say; `narrowed` is what the list of all of them is narrowed to."""

    value: str
    total: int
    entries: Sequence[Entry]
    narrowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Groups:
    groups: Sequence[Group]
    after: str = ""  # what the last group of this page stands for, where there are more


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


def choices(session: GatedSession) -> dict[str, Values]:
    """Values that some account has which this reader may see; one value alone is no choice."""
    found = {
        name: values_of(session, column, "press" if column is Record.language else "")
        for name, column in NARROWED.items()
    }
    return {name: values for name, values in found.items() if len(values.values) > 1}


def groups(session: GatedSession, by: str, after: str, chosen: Mapping[str, str]) -> Groups:
    columns, missing = _columns(by), NOT_SAID[by]
    counted = (
        select(*columns, func.count())
        .select_from(Press)
        .join(Record, Record.id == Press.record_id)
        .where(Record.kind == "press")
        .group_by(*columns)
    )
    counted = _narrowed(counted, chosen)
    named = counted.where(tuple_(*columns) != missing).order_by(*columns).limit(GROUPS_A_PAGE + 1)
    place = tuple(after.split(BETWEEN)) if after else ()
    if len(place) == len(columns):
        named = named.where(tuple_(*columns) > place)
    found = [tuple(row) for row in session.execute(named)]
    more = len(found) > GROUPS_A_PAGE
    found = found[:GROUPS_A_PAGE]
    if not more:
        found += [tuple(row) for row in session.execute(counted.where(tuple_(*columns) == missing))]
    accounts = _accounts(session, by, [row[:-1] for row in found], chosen)
    shown = [_group(by, row[:-1], row[-1], accounts[row[:-1]]) for row in found]
    return Groups(shown, BETWEEN.join(found[-1][:-1]) if more else "")


def _columns(by: str) -> list[Any]:
    return [NARROWED[name] for name in GROUPED[by]]


def _group(by: str, values: tuple[str, ...], total: int, among: Sequence[Entry]) -> Group:
    said = {name: value for name, value in zip(GROUPED[by], values, strict=True) if value}
    words = "" if values == NOT_SAID[by] else ", ".join(said.values())
    return Group(words, total, among, said)


def _accounts(
    session: GatedSession, by: str, values: Sequence[tuple[str, ...]], chosen: Mapping[str, str]
) -> dict[tuple[str, ...], list[Entry]]:
    """The first accounts of each group, by their days."""
    if not values:
        return {}
    columns = _columns(by)
    turn = func.row_number().over(
        partition_by=columns, order_by=(Record.sort_day.is_(None), Record.sort_day, Record.id)
    )
    ranked = (
        select(Record.id.label("number"), turn.label("turn"))
        .join(Press, Press.record_id == Record.id)
        .where(Record.kind == "press", tuple_(*columns).in_(values))
    )
    inner = _narrowed(ranked, chosen).subquery()
    wanted = (
        statement_of("press")
        .add_columns(*(column.label(f"of_{name}") for name, column in zip(GROUPED[by], columns, strict=True)))
        .join(inner, inner.c.number == Record.id)
        .where(inner.c.turn <= OF_A_GROUP)
        .order_by(Record.sort_day.is_(None), Record.sort_day, Record.id)
    )
    rows = session.execute(wanted).all()
    found: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for row, entry in zip(rows, entries_of(session, "press", rows), strict=True):
        found[tuple(getattr(row, f"of_{name}") for name in GROUPED[by])].append(entry)
    return found
