"""By what a search can be narrowed, and how many of its hits each way of narrowing leaves.

    conditions(("year", "source"))         # stand inside the cut, beside the gate's own
    values_of({"year": "1992"})            # what they are bound to
    facets(session, hits)                  # {"year": [Choice("1992", "1992", 12)], …}

Counts are of the hits that came through the gate, at most as many as a search looks at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, String, bindparam, select

from memorial.gate import GatedSession
from memorial.gate.shown import source_label
from memorial.models import Citation, Event, Press, Record, SearchEntry, Source
from memorial.models.statements import among

NAMES = ("kind", "language", "year", "place", "publication", "source")
MOST = 12  # choices of a facet, the commonest


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow: its value, its words where they are a source's own, and the hits it leaves, 0 if not counted."""

    value: str
    words: str
    count: int


def chosen(asked: Mapping[str, str]) -> dict[str, str]:
    """What of an address narrows a search; a year that is none is left out."""
    found = {name: asked[name][:200] for name in NAMES if asked.get(name)}
    if not _is_year(found.get("year", "1992")):
        del found["year"]
    return found


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal() and text > "0000"


def conditions(names: Iterable[str]) -> list[ColumnElement[bool]]:
    """What an entry must be; every value is a parameter, so that the statement is compiled once."""
    return [_CONDITIONS[name]() for name in names]


def values_of(narrowed: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of `conditions`."""
    values: dict[str, Any] = {f"is_{name}": value for name, value in narrowed.items() if name != "year"}
    if "year" in narrowed:
        year = int(narrowed["year"])
        values |= {"year_begins": date(year, 1, 1), "year_ends": date(year, 12, 31)}
    return values


def _given(name: str) -> Any:
    return bindparam(f"is_{name}", type_=String())


def _year() -> ColumnElement[bool]:
    first, last = (bindparam(name, type_=Date()) for name in ("year_begins", "year_ends"))
    return select(Record.id).where(_is_its(Record.id), Record.sort_day.between(first, last)).exists()


def _place() -> ColumnElement[bool]:
    there = select(Press.record_id).where(_is_its(Press.record_id), Press.city == _given("place")).exists()
    here = select(Event.record_id).where(_is_its(Event.record_id), Event.place_words == _given("place"))
    return there | here.exists()


def _publication() -> ColumnElement[bool]:
    wanted = select(Press.record_id).where(
        _is_its(Press.record_id), Press.publication == _given("publication")
    )
    return wanted.exists()


def _source() -> ColumnElement[bool]:
    wanted = select(Citation.id).join(Source, Source.id == Citation.source_id)
    return wanted.where(_is_its(Citation.record_id), Source.public_id == _given("source")).exists()


def _is_its(column: Any) -> Any:
    return column == SearchEntry.record_id


_CONDITIONS: Mapping[str, Any] = {
    "kind": lambda: SearchEntry.kind == _given("kind"),
    "language": lambda: SearchEntry.language == _given("language"),
    "year": _year,
    "place": _place,
    "publication": _publication,
    "source": _source,
}


# -- counting -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What of the hits' records is counted and sorted by."""

    days: Mapping[int, date | None]
    facets: Mapping[str, Sequence[Choice]]


_FACTS = (
    select(Record.id, Record.language, Record.sort_day, Press.publication, Press.city, Event.place_words)
    .outerjoin(Press, Press.record_id == Record.id)
    .outerjoin(Event, Event.record_id == Record.id)
    .where(among(Record.id, "ids"))
)


LABELLED = ("label", "title", "container_title")  # what a work is called by
_CITED = (
    select(Citation.record_id, *(getattr(Source, name) for name in ("public_id", *LABELLED)))
    .join(Source, Source.id == Citation.source_id)
    .where(among(Citation.record_id, "ids"))
    .distinct()
)


def facts(session: GatedSession, kinds: Sequence[str], record_ids: Sequence[int]) -> Facts:
    """Days of the records, and the choices: of `kinds` (one a hit) and of these records."""
    rows = session.execute(_FACTS, {"ids": list(record_ids)}).all()
    counted = {
        "kind": _choices(kinds),
        "language": _choices(row.language for row in rows),
        "year": sorted(
            _choices(f"{row.sort_day.year:04d}" for row in rows if row.sort_day),
            key=lambda each: each.value,
        ),
        "place": _choices(row.city or row.place_words or "" for row in rows),
        "publication": _choices(row.publication or "" for row in rows),
        "source": _sources(session, record_ids),
    }
    return Facts(
        {row.id: row.sort_day for row in rows}, {name: some for name, some in counted.items() if some}
    )


def uncounted(facets: Mapping[str, Sequence[Choice]]) -> dict[str, Sequence[Choice]]:
    """The same ways to narrow without how many hits they leave; kinds are counted of all hits at no cost."""
    return {
        name: choices if name == "kind" else [replace(each, count=0) for each in choices]
        for name, choices in facets.items()
    }


def _choices(values: Iterable[str]) -> list[Choice]:
    return [Choice(value, value, count) for value, count in _most(Counter(filter(None, values)))]


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]


def _sources(session: GatedSession, record_ids: Sequence[int]) -> list[Choice]:
    rows: Sequence[Any] = session.execute(_CITED, {"ids": list(record_ids)}).all()
    counted = Counter(row.public_id for row in rows)
    works = {row.public_id: row for row in rows}
    found = [Choice(number, source_label(works[number]), count) for number, count in counted.items()]
    return sorted(found, key=lambda each: (-each.count, each.words))[:MOST]
