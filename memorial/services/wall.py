"""The wall of names: who is remembered, by the alphabet of a language, by family, by place and by age.

    found = names(session, Wanted("az", letter="M"), asked("", ""))     # a Stretch
    letters(session, Wanted("az"))                                      # {"0A", …}: figures that keys begin with
    values(session, "az", "place", "")                                  # what it can be narrowed to

Each remembrance stands under the best of its names that this reader may see, a pseudonym where that is all. All
of a page is one walk along one index, whatever its depth: its rows cost the same on page 1 and on page 80,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import String, bindparam, or_, select, union_all
from sqlalchemy import literal as value_of
from sqlalchemy.orm import aliased, selectinload

from memorial.domain import wall
from memorial.domain.addresses import address
from memorial.domain.names import heading_of, headings
from memorial.domain.sparing import place_alone
from memorial.domain.views import Entry, Page, Picture
from memorial.gate import GatedSession
from memorial.gate.as_one import is_second
from memorial.gate.persons import asked_for_a_face
from memorial.gate.shown import is_picture, picture
from memorial.models import Media, PersonName, Record, Remembrance, Statement, WallName, WallUnnamed
from memorial.services.cursors import PER_PAGE as PER_LIST
from memorial.services.cursors import Asked, Order, page_rows

PER_PAGE = 60  # whole rows in two, three, four, five and six columns
IN_PRINT = 500
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """One shelf, whole or opened at a letter."""

    language: str
    way: str = "name"
    narrowing: str = ""
    value: str = ""
    letter: str = ""

    @property
    def shelf(self) -> str:
        return wall.shelf_of(self.language, self.way, self.narrowing, self.value)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One page: its names under the letters they stand under, and the rows they came from."""

    groups: Sequence[tuple[str, Sequence[Entry]]]
    row_ids: Sequence[int]
    after: str = ""
    before: str = ""
    label: str = ""  # the place they are narrowed to, as a statement has it

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, entries in self.groups for entry in entries]


SHELF, FIRST, BEYOND = (bindparam(name, type_=String()) for name in ("shelf", "first", "beyond"))
IN_ORDER = Order(WallName.sort_key, WallName.id)


def is_led() -> Any:
    """Somewhere a better-ranked name of the same person is there for this reader."""
    better = aliased(PersonName)
    before = (better.rank < PersonName.rank) | (
        (better.rank == PersonName.rank) & (better.id < PersonName.id)
    )
    return select(better.id).where(better.person_id == PersonName.person_id).where(before).exists()


def is_twice() -> Any:
    """Another part says the same of them: they stand on a shelf of a place once."""
    other = aliased(WallName)
    same = (other.name_id == WallName.name_id) & (other.shelf == WallName.shelf)
    return select(other.id).where(same, other.id < WallName.id).exists()


def _stands_here(person: Any) -> Any:
    """They have a row on this shelf, a name of which this reader sees."""
    row, name = aliased(WallName), aliased(PersonName)
    here = select(row.id).join(name, name.id == row.name_id)
    return here.where(row.shelf == WallName.shelf, name.person_id == person).correlate(WallName).exists()


def joined(wanted: Any, *, narrowed: bool) -> Any:
    """With the name and the page a row speaks of, so that the reader must be allowed all three.

    Persons who are read as one stand once: under the name of who leads, where that one is on the shelf.
    """
    if not narrowed:
        return _seen(wanted).where(~is_second(PersonName.person_id))
    return _seen(wanted).where(~is_twice(), ~is_second(PersonName.person_id, _stands_here))


def _seen(wanted: Any) -> Any:
    return (
        wanted.join(PersonName, PersonName.id == WallName.name_id)
        .join(Record, Record.id == WallName.record_id)
        .where(~is_led())
    )


@cache
def _standing(opened: bool, narrowed: bool) -> Any:
    columns = (
        WallName.id, WallName.sort_key.label("place"), PersonName.text, PersonName.language,
        PersonName.person_id, WallName.label, Record.public_id, Record.id.label("record_id"),
    )  # fmt: skip
    wanted = joined(select(*columns), narrowed=narrowed).where(WallName.shelf == SHELF)
    return wanted.where(WallName.sort_key >= FIRST, WallName.sort_key < BEYOND) if opened else wanted


def names(session: GatedSession, wanted: Wanted, asked: Asked, per_page: int = PER_PAGE) -> Stretch:
    """One page of a shelf. A letter that the alphabet has not opens nothing."""
    values = {"shelf": wanted.shelf}
    if wanted.letter:
        opened = wall.opened(wanted.letter, wanted.language)
        if opened is None:
            return Stretch([], [])
        values |= dict(zip(("first", "beyond"), opened, strict=True))
    statement = _standing(bool(wanted.letter), bool(wanted.narrowing))
    rows = page_rows(session, statement, IN_ORDER, asked, per_page, values)
    label = rows.rows[0].label if rows.rows else ""
    groups = _groups(session, rows.rows, wanted.language)
    return Stretch(groups, [row.id for row in rows.rows], rows.after, rows.before, label)


def _groups(session: GatedSession, rows: Sequence[Any], language: str) -> list[tuple[str, list[Entry]]]:
    lines = _lines(session, [row.person_id for row in rows])
    faces = _faces(session, {row.record_id: row.person_id for row in rows})
    groups: list[tuple[str, list[Entry]]] = []
    for row in rows:
        heading = heading_of(row.place, language)
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(_entry(row, lines, faces))
    return groups


def _entry(row: Any, lines: Mapping[int, str], faces: Mapping[int, Picture]) -> Entry:
    return Entry(
        "remembrance", row.public_id, address("remembrance", row.public_id), row.text, row.language,
        line=lines.get(row.person_id, ""), picture=faces.get(row.record_id),
    )  # fmt: skip


LINES = (
    select(Statement.person_id, Statement.value_text, (Statement.property != "occupation").label("lived"))
    .where(Statement.person_id.in_(bindparam("ids", expanding=True)))
    .where(Statement.property.in_(("lived", "residence", "occupation")))
    .order_by(Statement.position.desc(), Statement.id.desc())
)


def _lines(session: GatedSession, person_ids: Sequence[int]) -> dict[int, str]:
    """Where they lived or what they did, as a source says: a line under the name. Never a status."""
    rows = session.execute(LINES, {"ids": person_ids}) if person_ids else ()
    return {row.person_id: place_alone(row.value_text) if row.lived else row.value_text for row in rows}


PORTRAITS = (
    select(Media, Record.part_id)
    .join(Record, Record.id == Media.record_id)
    .where(Media.record_id.in_(bindparam("ids", expanding=True)), Media.role == "portrait")
    .where(Media.graphic.is_(False))
    # What others sent for the page stands beside their own words (gate/loading.py), and is no portrait.
    .where(or_(Media.contribution_id.is_(None), Media.contribution_id == Record.contribution_id))
    .order_by(Media.record_id, Media.position.desc(), Media.id.desc())
    .options(selectinload(Media.derivatives))
)


def _faces(session: GatedSession, persons: Mapping[int, int]) -> dict[int, Picture]:
    """The first portrait of each page that has one, as far as its page shows it. `persons` by their records."""
    found = session.execute(PORTRAITS, {"ids": list(persons)}).all() if persons else ()
    with_the_page = {persons[medium.record_id] for medium, page_id in found if medium.part_id == page_id}
    waiting = asked_for_a_face(session, with_the_page) if with_the_page else set()
    return {
        medium.record_id: picture(medium)
        for medium, page_id in found
        if is_picture(medium) and medium.derivatives
        and not (medium.part_id == page_id and persons[medium.record_id] in waiting)
    }  # fmt: skip


# -- letters --------------------------------------------------------------------------------


def letters(session: GatedSession, wanted: Wanted) -> set[str]:
    """The headings under which somebody stands: one look at the index for each letter there is."""
    found = session.scalars(_looked_for(wanted.language, bool(wanted.narrowing)), {"shelf": wanted.shelf})
    return set(found)


@lru_cache(maxsize=2 * len(wall.LANGUAGES))
def _looked_for(language: str, narrowed: bool) -> Any:
    looks = []
    for letter, _ in headings(language):
        first, beyond = wall.opened(letter, language) or ("", "")
        here = joined(select(WallName.id), narrowed=narrowed).where(
            WallName.shelf == SHELF, WallName.sort_key >= first, WallName.sort_key < beyond
        )
        looks.append(select(value_of(letter, literal_execute=True)).where(here.exists()))
    return union_all(*looks)


# -- what it can be narrowed to -------------------------------------------------------------


def values(session: GatedSession, language: str, narrowing: str) -> list[tuple[str, str]]:
    """The values somebody stands under, as far as `MOST_VALUES`, and how a statement words each."""
    begins = wall.shelf_of(language, "name", narrowing, "")
    found = session.execute(_values(), {"shelf": begins, "beyond": begins + LAST})
    return [(row.shelf.removeprefix(begins), row.label) for row in found if row.shelf]


LAST = "\U0010ffff"  # stands after everything that begins alike


@cache
def _values() -> Any:
    """From one shelf to the next in the index, and no row in between."""
    after = _first_after(WallName.shelf, WallName.shelf > SHELF)
    found = select(after.label("shelf"), value_of(1).label("number")).cte("found", recursive=True)
    following = _first_after(WallName.shelf, WallName.shelf > found.c.shelf, found)
    found = found.union_all(
        select(following, found.c.number + 1).where(found.c.shelf.is_not(None), found.c.number < MOST_VALUES)
    )
    label = _first_after(WallName.label, WallName.shelf == found.c.shelf, found)
    return select(found.c.shelf, label.label("label")).order_by(found.c.number)


def _first_after(column: Any, which: Any, *outer: Any) -> Any:
    wanted = _seen(select(column)).where(which, WallName.shelf < BEYOND)
    wanted = wanted.order_by(WallName.shelf, WallName.sort_key, WallName.id).limit(1)
    return wanted.correlate(*outer).scalar_subquery() if outer else wanted.scalar_subquery()


# -- without a name -------------------------------------------------------------------------


@cache
def _without_a_name() -> Any:
    """Remembrances of whom this reader sees no name at all. Their order tells nothing: it is that of the addresses."""
    named, row = aliased(PersonName), WallUnnamed
    shown = select(named.id).where(named.person_id == Remembrance.person_id).exists()
    return (
        select(row.record_id.label("id"), row.public_id, row.public_id.label("place"), Remembrance.person_id)
        .join(Remembrance, Remembrance.record_id == row.record_id)
        .where(~shown)
    )


BY_ADDRESS = Order(WallUnnamed.public_id, WallUnnamed.record_id)


def unnamed(session: GatedSession, asked: Asked, per_page: int = PER_LIST) -> Page:
    """People whose name is not known or not shown: they end the wall, as whole records as any."""
    rows = page_rows(session, _without_a_name(), BY_ADDRESS, asked, per_page)
    lines = _lines(session, [row.person_id for row in rows.rows if row.person_id])
    return Page([_nameless(row, lines) for row in rows.rows], rows.after, rows.before)


def _nameless(row: Any, lines: Mapping[int, str]) -> Entry:
    where = address("remembrance", row.public_id)
    return Entry("remembrance", row.public_id, where, "", "und", line=lines.get(row.person_id, ""))
