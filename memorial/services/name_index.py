"""The index of written names: one line for each name of a person or place, guarded as the name is.

    index_records(session, record_ids)      # after content changed; a custody session
    rebuild(session, tell)                  # all of them, anew

`written_names.keys` holds what domain/name_match.py makes of a name. On SQLite the full-text table
keeps no copy and is told of every change; on PostgreSQL its index follows by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select

from memorial.db import insert_many, next_ids
from memorial.domain.name_match import keys, place_key
from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import Person, PersonName, Record, Statement, Text, WrittenName

FTS = "fts_names"
MANY = 5_000
GUARD = ("part_id", "policy_id", "public_from", "public_until", "contribution_id", "sealed")


def index_records(session: GatedSession, record_ids: Sequence[int]) -> None:
    """The names of persons and places that have a page: made anew from their rows."""
    forget(session, "record_id", record_ids)
    for wanted in (_names(), _titles(), _spellings()):
        add(session, _rows(session, wanted.where(Record.id.in_(record_ids))))


def index_persons(session: GatedSession, person_ids: Sequence[int]) -> None:
    """The names of persons without a page; nothing of those who are listed nowhere."""
    forget(session, "person_id", person_ids)
    add(session, _rows(session, _names_alone().where(Person.id.in_(person_ids))))


def line(thing: str, kind: str, text: str, guard: Mapping[str, Any], **ids: int | None) -> dict[str, Any]:
    """A row of the index, but for its number and keys; `add` gives those."""
    row = {"record_id": None, "person_id": None, **ids, "thing": thing, "kind": kind, "text": text}
    return {**row, **{name: guard[name] for name in GUARD}}


def lines_of(thing: Any) -> list[dict[str, Any]]:
    """The names of a thing on its way in (services/collection): its persons' names, or a place's."""
    ids = {"record_id": thing.id} if thing.kind == "record" else {"person_id": thing.id}
    kind = thing.page.get("kind", thing.kind)
    written = [(row["text"], row) for row in thing.names]
    if kind == "place":
        written = [(row["body"], row) for row in thing.texts if row["role"] == "title"]
        written += [(row["value_text"], row) for row in thing.statements if row["property"] == "name"]
    return [line(f"{thing.kind}:{thing.id}", kind, text, row, **ids) for text, row in written]


def add(session: GatedSession, rows: Iterable[dict[str, Any]]) -> None:
    """Put names into the index."""
    new = [row for row in rows if row["text"].strip()]
    if not new:
        return
    for row, number in zip(new, next_ids(session, WrittenName, len(new)), strict=True):
        row["id"] = number
        row["keys"] = " ".join(_keys_of(row["kind"], row["text"]))
    insert_many(session, WrittenName, new)
    _tell(session, new)


def _keys_of(kind: str, text: str) -> list[str]:
    found = keys(text)
    if kind == "place" and (folded := fold(text)) and " " not in folded:
        found.append(place_key(folded))
    return found


def forget(session: GatedSession, column: str, values: Sequence[int]) -> None:
    """Take names out of the index, also those that the writer may not see."""
    if _is_sqlite(session):
        table = WrittenName.__table__.c
        wanted = select(table.id, table["keys"]).where(table[column].in_(values))
        rows = session.execute(wanted, execution_options={"past_the_gate": "the index holds every part"})
        _tell(session, [dict(row) for row in rows.mappings()], gone=True)
    which = getattr(WrittenName, column).in_(values)
    session.execute(delete(WrittenName).where(which), execution_options={"projection": True})


def forget_contribution(session: GatedSession, contribution_id: int) -> None:
    """Take a contribution's names out for good: nothing of them stays in old segments."""
    forget(session, "contribution_id", [contribution_id])
    if _is_sqlite(session):
        session.connection().exec_driver_sql(f"INSERT INTO {FTS}({FTS}) VALUES('optimize')")


Tell = Callable[[int, int], None]


def to_nobody(_done: int, _of: int) -> None:
    """For whoever need not know how far it is."""


def rebuild(session: GatedSession, tell: Tell = to_nobody) -> int:
    """Make the index anew from the names themselves. `tell` hears how many of how many are done."""
    session.flush()
    session.execute(delete(WrittenName), execution_options={"projection": True})
    if _is_sqlite(session):
        session.connection().exec_driver_sql(f"INSERT INTO {FTS}({FTS}) VALUES('delete-all')")
    kinds: list[tuple[Select[Any], Any]] = [
        (_names(), PersonName),
        (_titles(), Text),
        (_spellings(), Statement),
        (_names_alone(), PersonName),
    ]
    total = sum(_count(session, wanted) for wanted, _ in kinds)
    done = 0
    for wanted, table in kinds:
        last = 0
        while rows := session.execute(wanted.where(table.id > last).order_by(table.id).limit(MANY)).all():
            add(session, map(_line_of, rows))
            last, done = rows[-1].id, done + len(rows)
            tell(done, total)
    return done


def _count(session: GatedSession, wanted: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


# -- where names stand ----------------------------------------------------------------------


def _held(table: Any, text: Any) -> list[Any]:
    guard = [getattr(table, name) for name in GUARD]
    return [table.id, text.label("text"), Record.kind, Record.id.label("record_id"), *guard]


def _names() -> Select[Any]:
    return (
        select(*_held(PersonName, PersonName.text))
        .join(Person, Person.id == PersonName.person_id)
        .join(Record, Record.id == PersonName.record_id)
        .where(Person.listed != "never")
    )


def _titles() -> Select[Any]:
    wanted = select(*_held(Text, Text.body)).join(Record, Record.id == Text.record_id)
    return wanted.where(Record.kind == "place", Text.role == "title")


def _spellings() -> Select[Any]:
    wanted = select(*_held(Statement, Statement.value_text))
    wanted = wanted.join(Record, Record.id == Statement.record_id)
    return wanted.where(Record.kind == "place", Statement.property == "name")


def _names_alone() -> Select[Any]:
    guard = [getattr(PersonName, name) for name in GUARD]
    return (
        select(PersonName.id, PersonName.text, Person.id.label("person_id"), *guard)
        .join(Person, Person.id == PersonName.person_id)
        .where(Person.listed == "authority", PersonName.record_id.is_(None))
    )


def _rows(session: GatedSession, wanted: Select[Any]) -> list[dict[str, Any]]:
    return [_line_of(row) for row in session.execute(wanted)]


def _line_of(row: Any) -> dict[str, Any]:
    guard = row._mapping
    if "record_id" in guard:
        return line(f"record:{row.record_id}", row.kind, row.text, guard, record_id=row.record_id)
    return line(f"person:{row.person_id}", "person", row.text, guard, person_id=row.person_id)


# -- the full-text table --------------------------------------------------------------------


def _tell(session: GatedSession, rows: Sequence[Mapping[str, Any]], gone: bool = False) -> None:
    if not rows or not _is_sqlite(session):
        return
    order = f"INSERT INTO {FTS}(rowid, keys) VALUES(?, ?)"
    if gone:
        order = f"INSERT INTO {FTS}({FTS}, rowid, keys) VALUES('delete', ?, ?)"
    session.connection().exec_driver_sql(order, [(row["id"], row["keys"]) for row in rows])


def _is_sqlite(session: GatedSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
