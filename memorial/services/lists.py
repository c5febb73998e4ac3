"""Lists of the public pages: press, documents, places, voices, sources, the timeline (people: services/wall.py).

    page = shelf(session, "press", asked("", ""))       # domain.views.Page
    entries(session, record_ids)                        # {record id: Entry}, for search and the first page

Few statements a page, of columns and not of objects, each through the gate: what is
hidden leaves neither a line nor a gap. Order and cursors use shown values alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, or_, select

from memorial.domain.addresses import address
from memorial.domain.cartography import Spot
from memorial.domain.views import Entry, Page, When
from memorial.gate import GatedSession
from memorial.gate.as_one import leaders
from memorial.models import (
    Document,
    Event,
    PersonName,
    Place,
    Press,
    Record,
    Remembrance,
    SameAs,
    Source,
    Testimony,
    Text,
)
from memorial.models.statements import among
from memorial.services.cursors import PER_PAGE, Asked, Order, page_rows


@dataclass(frozen=True)
class Shelf:
    """How one kind is listed: its detail table, the columns shown of it, and how a line is made of them."""

    detail: Any
    columns: tuple[str, ...]
    order: Order
    line: Callable[[Any], str]
    where: Callable[[Any], str] = lambda row: ""
    heading: str = ""  # the column that stands in where a record has no title
    named: bool = False  # the heading is a person's name


UNDATED = When()
SPECIMEN = "specimen"  # how its narrator stood to the event: there is none
BY_DAY = Order(Record.sort_day, Record.id, nullable=True)
BY_KEY = Order(Record.sort_key, Record.id)
BY_TITLE = Order(Source.sort_key, Source.id)


def _joined(*values: str) -> str:
    return ", ".join(value for value in values if value)


SHELVES: Mapping[str, Shelf] = {
    "press": Shelf(
        Press,
        ("publication", "byline", "city", "country", "date_edtf", "date_words", "date_note"),
        BY_DAY,
        lambda row: row.publication,
        lambda row: _joined(row.city, row.country),
        heading="publication",
    ),
    "document": Shelf(
        Document, ("body", "form", "number", "jurisdiction", "date_edtf", "date_words", "date_note"), BY_DAY,
        lambda row: row.body, heading="body",
    ),
    "event": Shelf(
        Event, ("phase", "place_words", "contested", "claimants", "date_edtf", "date_words", "date_note"), BY_DAY,
        lambda row: _joined(*row.claimants), lambda row: row.place_words, heading="place_words",
    ),
    "place": Shelf(
        Place, ("form", "within", "country", "date_edtf", "date_words", "date_note"), BY_KEY,
        lambda row: row.form, lambda row: _joined(row.within, row.country), heading="form",
    ),
    "testimony": Shelf(
        Testimony,
        ("stood", "told_at", "medium", "person_id", "date_edtf", "date_words", "date_note"),
        BY_DAY,
        lambda row: row.stood,
        lambda row: row.told_at,
        named=True,
    ),
    "remembrance": Shelf(Remembrance, ("person_id",), BY_KEY, lambda row: "", named=True),
}  # fmt: skip


@lru_cache(maxsize=len(SHELVES))
def statement_of(kind: str) -> Select[Any]:
    """The columns of a kind's lines."""
    return _columns(kind).where(Record.kind == kind)


def _columns(kind: str) -> Select[Any]:
    shelf = SHELVES[kind]
    columns = [getattr(shelf.detail, name) for name in shelf.columns]
    base = [Record.id, Record.public_id, Record.language, shelf.order.column.label("place")]
    return select(*base, *columns).join(shelf.detail, shelf.detail.record_id == Record.id)


def shelf(session: GatedSession, kind: str, asked: Asked, *, filters: Mapping[str, str] | None = None,
          per_page: int = PER_PAGE) -> Page:  # fmt: skip
    """One page of a kind. `filters` are exact values of the shelf's own columns."""
    kept = {name: value for name, value in (filters or {}).items() if value and name in FILTERS.get(kind, ())}
    wanted = statement_of(kind)
    if kept:
        detail = SHELVES[kind].detail
        wanted = wanted.where(*(getattr(detail, name) == value for name, value in kept.items()))
    rows = page_rows(session, wanted, SHELVES[kind].order, asked, per_page)
    return Page(entries_of(session, kind, rows.rows), rows.after, rows.before, None, kept)


# What a list may be narrowed by in its address.
FILTERS = {
    "document": ("form", "jurisdiction"),
    "event": ("phase",),
    "place": ("form", "country"),
    "testimony": ("stood", "medium"),
}


def entries_of(session: GatedSession, kind: str, rows: Sequence[Any]) -> list[Entry]:
    """Rows of `statement_of(kind)` as lines."""
    named = SHELVES[kind].named
    names = _names(session, [row.person_id for row in rows if row.person_id]) if named else {}
    found = {row.id: names[row.person_id] for row in rows if row.person_id in names} if names else {}
    return _lines(kind, rows, found | _titles(session, [row.id for row in rows if row.id not in found]))


def _lines(kind: str, rows: Iterable[Any], headings: Mapping[int, tuple[str, str]]) -> list[Entry]:
    return [_entry(kind, SHELVES[kind], row, headings.get(row.id)) for row in rows]


def _entry(kind: str, shelf: Shelf, row: Any, heading: tuple[str, str] | None) -> Entry:
    title, language = heading or (getattr(row, shelf.heading) if shelf.heading else "", row.language)
    line = shelf.line(row)
    return Entry(
        kind=kind,
        public_id=row.public_id,
        address=address(kind, row.public_id),
        title=title,
        language=language,
        when=When(row.date_edtf, row.date_words, note=row.date_note)
        if "date_edtf" in shelf.columns
        else UNDATED,
        where=shelf.where(row),
        line="" if line in (title, SPECIMEN) else line,
        specimen=line == SPECIMEN,
        contested="contested" in shelf.columns and row.contested,
    )


TITLES = (
    select(Text.record_id, Text.body, Text.language)
    .where(among(Text.record_id, "ids"), Text.role == "title")
    .order_by(Text.record_id, Text.position.desc(), Text.id.desc())
)
NAMES = (
    select(PersonName.person_id, PersonName.text, PersonName.language)
    .where(among(PersonName.person_id, "ids"))
    .order_by(PersonName.person_id, PersonName.rank.desc(), PersonName.id.desc())
)


def _titles(session: GatedSession, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The first title of each record that may be seen, with its language."""
    rows = session.execute(TITLES, {"ids": ids}).all() if ids else ()
    return {row.record_id: (row.body, row.language) for row in rows}


def _names(session: GatedSession, person_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The best-ranked name of each person that may be seen."""
    rows = session.execute(NAMES, {"ids": person_ids}).all() if person_ids else ()
    return {row.person_id: (row.text, row.language) for row in rows}


@lru_cache(maxsize=len(SHELVES))
def _numbered(kind: str) -> Select[Any]:
    """Lines by number, with their titles; of a person with their names, and whether they are read with others. What
    leads comes last."""
    wanted = _columns(kind).where(among(Record.id, "ids"))
    if not SHELVES[kind].named:
        titled = and_(Text.record_id == Record.id, Text.role == "title")
        return (
            wanted.add_columns(Text.body.label("heading"), Text.language.label("heading_language"))
            .outerjoin(Text, titled)
            .order_by(Text.position.desc(), Text.id.desc())
        )
    person = SHELVES[kind].detail.person_id
    linked = or_(SameAs.person_id == person, SameAs.other_id == person)
    return (
        wanted.add_columns(
            PersonName.text.label("heading"),
            PersonName.language.label("heading_language"),
            select(SameAs.id).where(linked, SameAs.undone_at.is_(None)).exists().label("linked"),
        )
        .outerjoin(PersonName, PersonName.person_id == person)
        .order_by(PersonName.rank.desc(), PersonName.id.desc())
    )


def entries(session: GatedSession, kinds: Mapping[int, str], *, lead: bool = True) -> dict[int, Entry]:
    """Lines for records of any kinds: {record id: kind} to {record id: Entry}.

    Of somebody who is read as one with another it is the line of the page that leads; `lead=False` where
    none but those are asked for.
    """
    found, linked = own_entries(session, kinds)
    return {**found, **_led(session, linked)} if lead and linked else found


def own_entries(session: GatedSession, kinds: Mapping[int, str]) -> tuple[dict[int, Entry], dict[int, int]]:
    """The line of each record itself; and which of them may be read with others: {person id: record id}."""
    found: dict[int, Entry] = {}
    linked: dict[int, int] = {}
    for kind in sorted(set(kinds.values()) & SHELVES.keys()):
        ids = [number for number, each in kinds.items() if each == kind]
        rows = {row.id: row for row in session.execute(_numbered(kind), {"ids": ids}).all()}
        headed = [row for row in rows.values() if row.heading is not None]
        headings = {row.id: (row.heading, row.heading_language) for row in headed}
        if SHELVES[kind].named:  # of whoever has no name to show it is the title
            headings |= _titles(session, [number for number in rows if number not in headings])
        found.update(zip(rows, _lines(kind, rows.values(), headings), strict=True))
        if kind == "remembrance":
            linked = {row.person_id: row.id for row in rows.values() if row.linked}
    return found, linked


def _led(session: GatedSession, records: Mapping[int, int]) -> dict[int, Entry]:
    """Lines of whoever leads, for the records of those who are led: {person id: record id}."""
    led = leaders(session, records.keys())
    if not led:
        return {}
    wanted = statement_of("remembrance").where(Remembrance.person_id.in_(set(led.values())))
    rows = session.execute(wanted).all()
    lines = dict(zip([row.person_id for row in rows], entries_of(session, "remembrance", rows), strict=True))
    return {records[number]: lines[first] for number, first in led.items() if first in lines}


# -- sources --------------------------------------------------------------------------------


SOURCES: Any = select(
    Source.id, Source.public_id, Source.title, Source.label, Source.container_title, Source.publisher,
    Source.year, Source.language, Source.form, Source.date_edtf, Source.date_words,
    Source.sort_key.label("place"),
)  # fmt: skip


def sources(session: GatedSession, asked: Asked, per_page: int = PER_PAGE) -> Page:
    rows = page_rows(session, SOURCES, BY_TITLE, asked, per_page)
    return Page([source_entry(row) for row in rows.rows], rows.after, rows.before)


def source_entry(row: Any) -> Entry:
    title = row.title or row.label or row.container_title
    line = _joined(*(part for part in (row.container_title, row.publisher) if part != title))
    when = When(row.date_edtf, row.date_words) if row.date_edtf or row.date_words else When(words=row.year)
    return Entry(
        "source", row.public_id, address("source", row.public_id), title, row.language, when, line=line
    )


# -- places on a map ------------------------------------------------------------------------

MOST_POINTS = 120


def points(session: GatedSession) -> list[Spot]:
    """Places with a position that some source states, numbered in the order of the list; one more than a map draws."""
    wanted = (
        select(Record.id, Record.public_id, Record.language, Place.latitude, Place.longitude, Place.form)
        .join(Place, Place.record_id == Record.id)
        .where(Record.kind == "place", Place.latitude.is_not(None), Place.longitude.is_not(None))
        .where(or_(Place.latitude != 0, Place.longitude != 0))
        .order_by(Record.sort_key, Record.id)
        .limit(MOST_POINTS + 1)
    )
    rows = session.execute(wanted).all()
    titles = _titles(session, [row.id for row in rows])
    return [
        Spot(
            number,
            row.longitude,
            row.latitude,
            titles.get(row.id, (row.form, ""))[0],
            row.form,
            address("place", row.public_id),
            titles.get(row.id, ("", row.language))[1],
        )
        for number, row in enumerate(rows, 1)
    ]
