"""Keeping the wall of names true: rows of `wall_names` out of the names and facts of remembrances.

    index_records(session, record_ids)      # after names or facts changed
    index_unnamed(session, record_ids)      # after who may see what of them changed
    rows_of(record_id, names, facts)        # the same of rows just written, for an import
    rebuild(session)                        # all of them anew

Every name that can lead has its rows, hidden ones too: which one leads is for the gate to say, reader by reader.
Of several names of one part only the first can, because they are shown and withheld together.

Beside them `wall_unnamed` has whoever may have no name to show. Whether this reader sees one is asked of these alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import and_, delete, func, select

from memorial.db import insert_many
from memorial.domain import wall
from memorial.gate import GatedSession
from memorial.models import (
    PersonName,
    Record,
    Remembrance,
    Statement,
    WallAnchor,
    WallCount,
    WallName,
    WallUnnamed,
)

GUARD = ("part_id", "policy_id", "public_from", "public_until", "contribution_id", "sealed")
ALL_PARTS = {"past_the_gate": "the wall has the rows of every part, each under its own guard"}
AT_ONCE = 500

Row = Mapping[str, Any]


def rows_of(record_id: int, names: Iterable[Row], facts: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows of one remembrance. Names and facts are rows of their tables, with their guards."""
    leading: dict[int, Row] = {}
    for name in sorted(names, key=lambda row: (row["rank"], row["id"])):
        if name["text"].strip():
            leading.setdefault(name["part_id"], name)
    narrowing = _narrowing(facts)
    found = []
    for name in leading.values():
        keys = wall.standing(name["text"])
        found += [_row(record_id, name, name, shelf, key) for shelf, key in keys.items()]
        for (_, way, value), (fact, label) in narrowing.items():
            for language in wall.LANGUAGES:
                shelf = wall.shelf_of(language, "name", way, value)
                key = keys[wall.shelf_of(language)]
                found.append(_row(record_id, name, fact, shelf, key, label))
    return found


def _narrowing(facts: Iterable[Row]) -> dict[tuple[int, str, str], tuple[Row, str]]:
    """Once for each part that says so: another part may be shown when this one is not."""
    found: dict[tuple[int, str, str], tuple[Row, str]] = {}
    for fact in facts:
        narrowed = wall.narrows(fact["property"], _words(fact))
        if narrowed is not None:
            way, value, label = narrowed
            found.setdefault((fact["part_id"], way, value), (fact, label))
    return found


def _words(fact: Row) -> str:
    number = fact["value_number"]
    return fact["value_text"] or ("" if number is None else f"{number:g}")


def _row(record_id: int, name: Row, guard: Row, shelf: str, key: str, label: str = "") -> dict[str, Any]:
    return {
        "shelf": shelf,
        "sort_key": key,
        "record_id": record_id,
        "name_id": name["id"],
        "label": label,
        **{column: guard[column] for column in GUARD},
    }


def add(session: GatedSession, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_many(session, WallName, rows)


def index_records(session: GatedSession, record_ids: Sequence[int]) -> None:
    """Make the rows of these remembrances anew; of other records there are none."""
    session.flush()
    persons = _persons(session, Remembrance.record_id.in_(record_ids))
    if persons:
        _forget(session, WallName, [record_id for record_id, _ in persons])
        _write(session, persons)
        index_unnamed(session, [record_id for record_id, _ in persons])


def index_unnamed(session: GatedSession, record_ids: Sequence[int]) -> None:
    """The same of who may have no name to show; also after a page, a name or a yes came or went."""
    session.flush()
    _forget(session, WallUnnamed, record_ids)
    page, mine = Record.__table__.c, Remembrance.__table__.c
    wanted = (
        select(page.id.label("record_id"), page.public_id, *(page[name] for name in GUARD))
        .join(Remembrance, mine.record_id == page.id)
        .where(page.id.in_(record_ids), ~_named_with_the_page())
    )
    rows = session.execute(wanted, execution_options=ALL_PARTS).mappings()
    insert_many(session, WallUnnamed, [dict(row) for row in rows])


def pages_named_by(session: GatedSession, contribution_id: int) -> list[int]:
    """A contribution's own pages, and those of others on which a name of its stands."""
    page, name = Record.__table__.c, PersonName.__table__.c
    named = select(name.record_id).where(name.contribution_id == contribution_id, name.record_id.is_not(None))
    own = select(page.id).where(page.contribution_id == contribution_id)
    return list(session.scalars(named.union(own), execution_options=ALL_PARTS))


@cache
def _named_with_the_page() -> Any:
    """A name is read by the very readers of the page: by one policy, of one sender, and sealed with it."""
    page, name, mine = Record.__table__.c, PersonName.__table__.c, Remembrance.__table__.c
    alike = (name[column].is_not_distinct_from(page[column]) for column in ("policy_id", "contribution_id"))
    return (
        select(name.id)
        .where(and_(name.person_id == mine.person_id, name.sealed == page.sealed, *alike))
        .exists()
    )


def _persons(session: GatedSession, which: Any, limit: int | None = None) -> list[tuple[int, int]]:
    wanted = select(*_columns(Remembrance, ("record_id", "person_id"))).where(which)
    wanted = wanted.order_by(Remembrance.__table__.c.record_id).limit(limit)
    return [(row[0], row[1]) for row in session.execute(wanted, execution_options=ALL_PARTS)]


def _columns(table: Any, names: Iterable[str]) -> list[Any]:
    return [table.__table__.c[name] for name in names]


def _write(session: GatedSession, persons: Sequence[tuple[int, int]]) -> None:
    ids = [person_id for _, person_id in persons]
    names = _of_persons(session, PersonName, ("text", "rank"), ids)
    facts = _of_persons(
        session,
        Statement,
        ("property", "value_text", "value_number"),
        ids,
        Statement.property.in_(wall.NARROWING),
    )
    add(
        session,
        [
            row
            for record_id, person_id in persons
            for row in rows_of(record_id, names[person_id], facts[person_id])
        ],
    )


def _of_persons(
    session: GatedSession, table: Any, columns: Sequence[str], ids: Sequence[int], *which: Any
) -> dict[int, list[Row]]:
    wanted = select(*_columns(table, ("id", "person_id", *columns, *GUARD)))
    wanted = wanted.where(table.person_id.in_(ids), *which).order_by(table.id)
    found: dict[int, list[Row]] = defaultdict(list)
    for row in session.execute(wanted, execution_options=ALL_PARTS).mappings():
        found[row["person_id"]].append(dict(row))
    return found


def _forget(session: GatedSession, table: Any, record_ids: Sequence[int]) -> None:
    session.execute(
        delete(table).where(table.record_id.in_(record_ids)),
        execution_options={"projection": True, "synchronize_session": False},
    )


def rebuild(session: GatedSession) -> int:
    """The whole wall anew, and nothing counted of it; how many rows it has."""
    session.flush()
    for table in (WallName, WallUnnamed, WallAnchor, WallCount):
        session.execute(delete(table), execution_options={"projection": True, "synchronize_session": False})
    after = 0
    while persons := _persons(session, Remembrance.record_id > after, AT_ONCE):
        _write(session, persons)
        index_unnamed(session, [record_id for record_id, _ in persons])
        after = persons[-1][0]
    return session.scalar(select(func.count()).select_from(WallName)) or 0
