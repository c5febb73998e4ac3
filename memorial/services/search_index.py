"""Keeping the two search indexes true: what some day is public, and all of it for the desk.

    index_records(session, record_ids)      # after content changed; a custody session

One entry per part, guarded as the part is. On SQLite the full-text tables hold no copy of
their own and are told of every change here; an entry is in `fts_public` exactly while its
`public_from` is not NULL. On PostgreSQL vectors and their two indexes follow by themselves.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from memorial.db import insert_many, next_ids
from memorial.domain.markup import plain
from memorial.domain.names import fold
from memorial.domain.transcript import plain as words_in
from memorial.gate import GatedSession
from memorial.gate.persons import spared
from memorial.models import (
    Cue,
    Media,
    Part,
    Person,
    PersonName,
    Record,
    SearchEntry,
    Segment,
    Source,
    Statement,
    Text,
    Transcript,
    Tribute,
)
from memorial.services import name_index

# Detail columns whose words are searched with the page, by kind.
SEARCHED = {
    "press": ("publication", "byline", "dateline", "city", "places_named"),
    "document": ("body", "jurisdiction", "number"),
    "event": ("place_words",),
    "place": ("form", "within", "country"),
}


def words_of(value: Any) -> str:
    """A column's words; a list of names is all of them."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def index_records(session: GatedSession, record_ids: Sequence[int]) -> None:
    """Rebuild the entries of these records from their rows."""
    session.flush()
    _forget(session, "record_id", record_ids)
    records = session.scalars(select(Record).where(Record.id.in_(record_ids))).all()
    words = _words_of(session, records)
    rows = [
        _row(f"record:{record.id}", _kind(record), record.language, found, record_id=record.id)
        for record in records
        for found in words[record.id]
    ]
    add_entries(session, rows)
    name_index.index_records(session, record_ids)


def _kind(record: Record) -> str:
    """A specimen is found as one, and counted among no testimonies."""
    told = record.testimony if record.kind == "testimony" else None
    return "specimen" if told is not None and told.stood == "specimen" else record.kind


def index_persons(session: GatedSession, person_ids: Sequence[int]) -> None:
    """Names under which somebody is found who has no remembrance of their own."""
    session.flush()
    _forget(session, "person_id", person_ids)
    persons = session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.listed == "authority")
    ).all()
    names: dict[int, list[str]] = defaultdict(list)
    for name in session.scalars(select(PersonName).where(PersonName.person_id.in_(person_ids))):
        names[name.person_id].append(name.text)
    add_entries(
        session,
        [
            _row(
                f"person:{p.id}",
                "person",
                "und",
                (p.part_id, "page", p, " ".join(names[p.id])),
                person_id=p.id,
            )
            for p in persons
        ],
    )
    name_index.index_persons(session, person_ids)


def index_sources(session: GatedSession, source_ids: Sequence[int]) -> None:
    """Works that are not themselves a record of the archive."""
    session.flush()
    _forget(session, "source_id", source_ids)
    sources = session.scalars(
        select(Source).where(Source.id.in_(source_ids), Source.record_id.is_(None))
    ).all()
    add_entries(
        session,
        [
            _row(
                f"source:{s.id}",
                "source",
                s.language,
                (s.part_id, "page", s, _source_words(s)),
                source_id=s.id,
            )
            for s in sources
        ],
    )


def _source_words(source: Source) -> str:
    people = [str(name) for name in (*source.authors, *source.editors)]
    return " ".join([source.title, source.container_title, source.publisher, source.number, *people])


Found = tuple[int, str, Any, str]  # part id, part key, a row with the part's guard, words


def _words_of(session: GatedSession, records: Sequence[Record]) -> dict[int, list[Found]]:
    """For each record the words of each part, with a row that carries the part's guard."""
    ids = [record.id for record in records]
    keys = {
        row[0]: row[1] for row in session.execute(select(Part.id, Part.key).where(Part.record_id.in_(ids)))
    }
    guards: dict[tuple[int, int], Any] = {}
    words: dict[tuple[int, int], list[str]] = defaultdict(list)
    for record in records:
        spot = (record.id, record.part_id)
        guards[spot] = record
        detail = getattr(record, record.kind, None)
        words[spot] += [words_of(getattr(detail, name)) for name in SEARCHED.get(record.kind, ())]
    for record_id, row, text in itertools.chain(_prose_of(session, ids), _spoken_of(session, ids)):
        spot = (record_id, row.part_id)
        guards.setdefault(spot, row)
        words[spot].append(text)
    found: dict[int, list[Found]] = defaultdict(list)
    for (record_id, part_id), said in words.items():
        found[record_id].append((part_id, keys[part_id], guards[record_id, part_id], " ".join(said)))
    return found


Words = Iterable[tuple[int, Any, str]]  # record id, a row with the part's guard, words


def _prose_of(session: GatedSession, ids: Sequence[int]) -> Words:
    for text in session.scalars(select(Text).where(Text.record_id.in_(ids), Text.role != "notice")):
        yield text.record_id, text, plain(text.body) if text.markup else text.body
    for name in session.scalars(select(PersonName).where(PersonName.record_id.in_(ids))):
        yield name.record_id or 0, name, name.text
    statements = session.scalars(select(Statement).where(Statement.record_id.in_(ids))).all()
    narrowed = spared(session, statements, cautious=True)
    for statement in statements:
        yield statement.record_id or 0, statement, narrowed.get(statement.id, statement.value_text) or ""
    left = select(Tribute).where(Tribute.record_id.in_(ids), Tribute.body != "")
    for tribute in session.scalars(left):
        yield tribute.record_id, tribute, tribute.body


def _spoken_of(session: GatedSession, ids: Sequence[int]) -> Words:
    """What is said in recordings, and their chapters: each a part of its own, so hidden by itself."""
    transcripts = select(Transcript).where(Transcript.record_id.in_(ids))
    spoken = {row.id: row for row in session.scalars(transcripts)}
    wanted = select(Cue.transcript_id, Cue.body).where(Cue.transcript_id.in_(spoken))
    for transcript_id, body in (
        session.execute(wanted.order_by(Cue.transcript_id, Cue.position)) if spoken else ()
    ):
        yield spoken[transcript_id].record_id, spoken[transcript_id], words_in(body)
    chapters = select(Segment, Media.record_id).join(Media, Media.id == Segment.media_id)
    for told, record_id in session.execute(chapters.where(Media.record_id.in_(ids))):
        named = map(str, (*told.persons, *told.places, *told.keywords))
        yield record_id, told, " ".join([told.title, told.synopsis, *named])


def _row(thing: str, kind: str, language: str, found: Found, **ids: int) -> dict[str, Any]:
    part_id, key, guard, words = found
    return {
        "thing": thing,
        "entry_part": key,
        "kind": kind,
        "language": language,
        "body": fold(words),
        "part_id": part_id,
        "policy_id": guard.policy_id,
        "public_from": guard.public_from,
        "public_until": guard.public_until,
        "contribution_id": guard.contribution_id,
        "sealed": guard.sealed,
        "record_id": None,
        "person_id": None,
        "source_id": None,
        **ids,
    }


def add_entries(session: GatedSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert entries (guard and folded body given) and put them into the indexes they belong to."""
    if not rows:
        return
    for row, number in zip(rows, next_ids(session, SearchEntry, len(rows)), strict=True):
        row["id"] = number
        row["tokens"] = len(row["body"].split())
    insert_many(session, SearchEntry, rows)
    if _is_sqlite(session):
        _fts(session, "fts_desk", rows)
        _fts(session, "fts_public", [row for row in rows if row["public_from"] is not None])


def before_projection(session: GatedSession, part_ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """What the full-text tables must be told once the guard of these parts has changed."""
    if not _is_sqlite(session):
        return []
    return _entries(session, "part_id", part_ids)


def _entries(session: GatedSession, column: str, values: Sequence[int]) -> list[Mapping[str, Any]]:
    """What the full-text tables were told of these entries, also where the writer may not see them.

    A family that hides its record hides its siblings' parts with it; an entry passed over here
    would stay in the public index for good.
    """
    table = SearchEntry.__table__.c
    wanted = select(table.id, table.body, table.public_from).where(table[column].in_(values))
    rows = session.execute(wanted, execution_options={"past_the_gate": "the index holds every part"})
    return [dict(row) for row in rows.mappings()]


def after_projection(session: GatedSession, before: Sequence[Mapping[str, Any]], public: bool) -> None:
    """Move entries into or out of the public index, as their new guard says."""
    if public:
        _fts(session, "fts_public", [row for row in before if row["public_from"] is None])
    else:
        _fts(session, "fts_public", [row for row in before if row["public_from"] is not None], gone=True)


def rebuild(session: GatedSession, tell: name_index.Tell = name_index.to_nobody) -> int:
    """Make the full-text tables anew (after a restore, or when a check finds them wrong), and the index of names."""
    session.flush()
    name_index.rebuild(session, tell)
    connection = session.connection()
    # A backup from before entries knew how many words they have.
    connection.exec_driver_sql(
        "UPDATE search_entries SET tokens = length(body) - length(replace(body, ' ', '')) + 1"
        " WHERE tokens = 0 AND body <> ''"
    )
    if _is_sqlite(session):
        for name, which in (("fts_desk", ""), ("fts_public", " WHERE public_from IS NOT NULL")):
            connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES('delete-all')")
            connection.exec_driver_sql(
                f"INSERT INTO {name}(rowid, body) SELECT id, body FROM search_entries{which}"
            )
    return session.scalar(select(func.count()).select_from(SearchEntry)) or 0


def forget_contribution(session: GatedSession, contribution_id: int) -> None:
    """Take a contribution's words out of the indexes for good: nothing of them stays in old segments."""
    _forget(session, "contribution_id", [contribution_id])
    let_nothing_stay(session)
    name_index.forget_contribution(session, contribution_id)


def let_nothing_stay(session: GatedSession) -> None:
    """What was taken out of the full-text tables is in none of their old segments either."""
    if _is_sqlite(session):
        for name in ("fts_public", "fts_desk"):
            session.connection().exec_driver_sql(f"INSERT INTO {name}({name}) VALUES('optimize')")


def forget(session: GatedSession, column: str, values: Sequence[int]) -> None:
    """Take things out of the index that are about to go themselves."""
    _forget(session, column, values)


def _forget(session: GatedSession, column: str, values: Sequence[int]) -> None:
    if _is_sqlite(session):
        rows = _entries(session, column, values)
        _fts(session, "fts_desk", rows, gone=True)
        _fts(session, "fts_public", [row for row in rows if row["public_from"] is not None], gone=True)
    which = getattr(SearchEntry, column).in_(values)
    session.execute(delete(SearchEntry).where(which), execution_options={"projection": True})


def _fts(session: GatedSession, name: str, rows: Sequence[Mapping[str, Any]], gone: bool = False) -> None:
    if not rows:
        return
    values = [(row["id"], row["body"]) for row in rows]
    order = f"INSERT INTO {name}(rowid, body) VALUES(?, ?)"
    if gone:
        order = f"INSERT INTO {name}({name}, rowid, body) VALUES('delete', ?, ?)"
    session.connection().exec_driver_sql(order, values)


def _is_sqlite(session: GatedSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
