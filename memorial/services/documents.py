"""Documents as a table: filtered and sorted by the server, and how many there are by country and year.

    table(session, asked, sort="country", kept={"kind": "resolution"})
    counted = counts(session)              # for the picture
    choices(session)                       # for the form

A filter is an exact value of what the page shows. A state of a federation stands under its country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select
from sqlalchemy.orm import aliased

from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Document, Record, Statement
from memorial.services.cursors import Asked, Order, page_rows
from memorial.services.list_values import Values, values_of
from memorial.services.lists import BY_DAY, entries_of

SORTS: Mapping[str, Order] = {
    "date": BY_DAY,
    "country": Order(Document.jurisdiction, Document.record_id),
    "kind": Order(Document.form, Document.record_id),
    "word": Order(Document.term_used, Document.record_id),
}
FILTERS = ("country", "kind")
MOST_DRAWN = 1_000  # with more, a picture of them all would be neither read nor drawn in time


@dataclass(frozen=True, slots=True)
class Line:
    """One document: its entry, who issued it, and the word it uses for the event with whose word that is."""

    entry: Entry
    body: str
    jurisdiction: str
    form: str
    word: str
    word_basis: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Table:
    lines: Sequence[Line]
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents there are, by country and year. `years` has None for documents without a date.

    Nothing is counted where there are more than `MOST_DRAWN`.
    """

    countries: Mapping[str, Mapping[int | None, int]] = field(default_factory=dict)

    @property
    def years(self) -> Sequence[int]:
        return sorted({year for years in self.countries.values() for year in years if year is not None})


def country_of(jurisdiction: str) -> str:
    """ "Texas, United States of America" is the United States of America."""
    return jurisdiction.rpartition(", ")[2]


def table(
    session: GatedSession, asked: Asked, *, sort: str = "date", kept: Mapping[str, str] | None = None
) -> Table:
    """One page. Raises KeyError for a sort there is not; what is no filter is left aside."""
    order = SORTS[sort]
    wanted = _wanted(sort).where(*_filters(kept or {}))
    rows = page_rows(session, wanted, order, asked)
    return Table(
        [_line(row, entry) for row, entry in zip(rows.rows, entries_of(session, "document", rows.rows), strict=True)],
        rows.after,
        rows.before,
    )  # fmt: skip


def choices(session: GatedSession) -> dict[str, Values]:
    """The values of each filter that some document has which this reader may see."""
    within = values_of(session, Document.jurisdiction)
    countries = {country_of(jurisdiction) for jurisdiction in within.values}
    return {"country": Values(sorted(countries), within.more), "kind": values_of(session, Document.form)}


def counts(session: GatedSession) -> Counts:
    """One query of at most so many rows."""
    rows = session.execute(_drawn()).all()
    countries: dict[str, Counter[int | None]] = {}
    for row in rows if len(rows) <= MOST_DRAWN else ():
        year = row.sort_day.year if row.sort_day else None
        countries.setdefault(country_of(row.jurisdiction), Counter())[year] += 1
    return Counts({country: countries[country] for country in sorted(countries) if country})


@cache
def _drawn() -> Select[str, date | None]:
    wanted = select(Document.jurisdiction, Record.sort_day).join(Record, Record.id == Document.record_id)
    in_order = wanted.where(Record.kind == "document").order_by(Record.kind, Record.sort_day, Record.id)
    return in_order.limit(MOST_DRAWN + 1)  # the order is an index's, so that no row more is read


@lru_cache(maxsize=len(SORTS))
def _wanted(sort: str) -> Select[Any]:
    claim = aliased(Statement)
    differs = select(literal(1)).where(claim.record_id == Record.id, claim.property == "conflict").exists()
    wanted = (
        select(
            Record.id, Record.public_id, Record.language, SORTS[sort].column.label("place"), Document.body,
            Document.form, Document.number, Document.jurisdiction, Document.date_edtf, Document.date_words,
            Document.date_note, Document.term_used, Document.term_basis, differs.label("differs"),
        )
        .join(Document, Document.record_id == Record.id)
    )  # fmt: skip
    # By day the records' index leads, by anything else the documents' own; SQLite is told so by what it may use.
    return wanted.where(Record.kind == "document") if sort == "date" else wanted


def _filters(kept: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if country := kept.get("country"):
        within = Document.jurisdiction.endswith(f", {country}", autoescape=True)
        found.append(or_(Document.jurisdiction == country, within))
    if kind := kept.get("kind"):
        found.append(Document.form == kind)
    return found


def _line(row: Any, entry: Entry) -> Line:
    return Line(entry, row.body, row.jurisdiction, row.form, row.term_used, row.term_basis, bool(row.differs))
