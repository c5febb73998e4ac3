"""Loading a record's rows, or those of many by the same few statements.

    load(session, record)                       # Rows
    load_all(session, [one, another])           # [Rows, …]: as many statements as for one, but for what was left there

Loading asks for columns of guarded classes through the session, so the gate has already taken out what its
reader may not see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorial.gate import selects, voices
from memorial.gate.left import with_memories
from memorial.gate.rows import Cited, Rows
from memorial.gate.sessions import GatedSession
from memorial.models import Record, RecordLink, Relation, Statement

MOST_KIN = 200
# What each kind's page is made of, besides its own detail row and texts. Each word is one query.
MADE_OF = {
    "testimony": ("media", "voices", "names"),
    "remembrance": ("media", "names", "relations", "statements", "citations", "links", "memories"),
    "press": ("supports", "citations", "links", "media"),
    "document": ("statements", "citations", "supports", "media", "links"),
    "event": ("statements", "told", "citations"),
    "place": ("statements", "citations", "media"),
    "collection": (),
}

Several = Sequence[Rows]


def load(session: GatedSession, record: Record, without: Collection[str] = ()) -> Rows:
    """Everything of a record that this session's reader may see, but for what is named as not asked for."""
    return load_all(session, [record], without)[0]


def load_all(session: GatedSession, records: Sequence[Record], without: Collection[str] = ()) -> list[Rows]:
    """The same of many, in their order. What others left is asked for page by page, where there is any."""
    texts = _grouped(session.scalars(selects.TEXTS, {"records": [each.id for each in records]}), "record_id")
    several = [Rows(each, getattr(each, each.kind, None), texts[each.id]) for each in records]
    for name, loader in LOADERS.items():
        asked = [at for at, each in enumerate(records) if name in MADE_OF[each.kind] and name not in without]
        for at, rows in zip(
            asked, loader(session, [several[at] for at in asked]) if asked else (), strict=True
        ):
            several[at] = rows
    return with_citations(session, with_sources(session, several))


def _grouped(rows: Iterable[Any], column: str) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _numbers(several: Several) -> list[int]:
    return [rows.record.id for rows in several]


def person_of(rows: Rows) -> int | None:
    found: int | None = getattr(rows.detail, "person_id", None)
    return found


def work_of(rows: Rows) -> int | None:
    found: int | None = getattr(rows.detail, "source_id", None)
    return found


def _persons(several: Several) -> list[int]:
    return [number for rows in several if (number := person_of(rows)) is not None]


def _names(session: GatedSession, several: Several) -> Several:
    persons = _persons(several)
    found = _grouped(session.scalars(selects.NAMES, {"persons": persons}) if persons else (), "person_id")
    return [replace(rows, names=found[person_of(rows) or 0]) for rows in several]


def _relations(session: GatedSession, several: Several) -> Several:
    persons = _persons(several)
    found = session.scalars(selects.RELATIONS, {"persons": persons, "most": MOST_KIN * len(persons)}).all()
    if not found:
        return several
    others = {number for each in found for number in (each.person_id, each.other_id) if number}
    pages = {row[0]: row[1] for row in session.execute(selects.PAGES, {"persons": list(others)})}
    tellers = {each.person_id for each in found if each.other_id in set(persons)}
    names = session.execute(selects.KIN_NAMES, {"persons": list(tellers)}) if tellers else ()
    kin_names = {row[0]: (row[1], row[2]) for row in names}
    ends: dict[int, list[tuple[Relation, Record | None]]] = defaultdict(list)
    for each in found:
        ends[each.person_id].append((each, pages.get(each.other_id or 0)))
        if each.other_id is not None and each.other_id != each.person_id:
            ends[each.other_id].append((each, pages.get(each.person_id)))
    return [
        replace(rows, relations=ends[person_of(rows) or 0][:MOST_KIN], kin_names=kin_names)
        for rows in several
    ]


def _media(session: GatedSession, several: Several) -> Several:
    contributions = {rows.record.contribution_id for rows in several} - {None}
    asked = {"records": _numbers(several), "contributions": list(contributions)}
    found = _grouped(session.scalars(selects.MEDIA, asked), "record_id")
    return [
        replace(
            rows,
            media=[
                medium
                for medium in found[rows.record.id]
                if medium.contribution_id in (None, rows.record.contribution_id)
            ],
        )
        for rows in several
    ]


def _voices(session: GatedSession, several: Several) -> Several:
    heard = voices.load(session, [rows.media for rows in several])
    return [replace(rows, heard=each) for rows, each in zip(several, heard, strict=True)]


def _statements(session: GatedSession, several: Several) -> Several:
    persons = _persons(several)
    wanted = selects.ABOUT_BOTH if persons else selects.ABOUT_RECORDS
    found = session.scalars(wanted, {"records": _numbers(several), "persons": persons}).all()
    of_record, of_person = _grouped(found, "record_id"), _grouped(found, "person_id")
    return [
        replace(rows, statements=_of_both(of_record[rows.record.id], of_person[person_of(rows) or 0]))
        for rows in several
    ]


def _of_both(of_record: Sequence[Statement], of_person: Sequence[Statement]) -> Sequence[Statement]:
    if not of_person:
        return of_record
    both = {each.id: each for each in (*of_record, *of_person)}
    return sorted(both.values(), key=lambda each: (each.position, each.id))


def _supports(session: GatedSession, several: Several) -> Several:
    works = [work for rows in several if (work := work_of(rows)) is not None]
    found = _grouped(session.scalars(selects.SUPPORTS, {"sources": works}) if works else (), "source_id")
    return [replace(rows, supports=found[work_of(rows) or 0]) for rows in several]


def _told(session: GatedSession, several: Several) -> Several:
    found = _grouped(session.execute(selects.TOLD, {"records": _numbers(several)}), "record_id")
    return [
        replace(rows, told=[row[1] for row in told], told_under={row[1].id: row[2] for row in told if row[2]})
        for rows in several
        for told in (found[rows.record.id],)
    ]


def _citations(session: GatedSession, several: Several) -> Several:
    found = _cited(session.execute(selects.CITATIONS, {"records": _numbers(several)}), "record_id")
    return [replace(rows, citations=found[rows.record.id]) for rows in several]


def _cited(rows: Iterable[Any], column: str) -> Mapping[int, list[Cited]]:
    found: dict[int, list[Cited]] = defaultdict(list)
    for citation, source in rows:
        found[getattr(citation, column) or 0].append((citation, source))
    return found


def _links(session: GatedSession, several: Several) -> Several:
    found: dict[int, list[tuple[RecordLink, Record | None]]] = defaultdict(list)
    for link, other in session.execute(selects.LINKS, {"records": _numbers(several)}):
        found[link.record_id].append((link, other))
    return [replace(rows, links=found[rows.record.id]) for rows in several]


def _memories(session: GatedSession, several: Several) -> Several:
    numbers = _numbers(several)
    some = (
        numbers if len(numbers) == 1 else session.scalars(selects.LEFT_SOMETHING, {"records": numbers}).all()
    )
    return [
        with_memories(session, rows, [rows.record.id]) if rows.record.id in some else rows for rows in several
    ]


LOADERS: dict[str, Callable[[GatedSession, Several], Several]] = {
    "names": _names,
    "relations": _relations,
    "media": _media,
    "voices": _voices,
    "statements": _statements,
    "supports": _supports,
    "told": _told,
    "citations": _citations,
    "links": _links,
    "memories": _memories,
}


def with_sources(session: GatedSession, several: Several) -> list[Rows]:
    """Also the works that the statements are in, and that the pages are of."""
    wanted = {each.source_id for rows in several for each in rows.said if each.source_id}
    wanted |= {work for rows in several if (work := work_of(rows)) is not None}
    works = (
        {row.id: row for row in session.scalars(selects.SOURCES, {"sources": list(wanted)})} if wanted else {}
    )
    return [replace(rows, statement_sources=works) for rows in several]


def with_citations(session: GatedSession, several: Several) -> list[Rows]:
    """Where else its statements are found, where translations are printed, where its names are written so."""
    texts = [text.id for rows in several for text in rows.texts if text.translates_id]
    printed = _cited(session.execute(selects.OF_TEXTS, {"ids": texts}) if texts else (), "text_id")
    ids = [each.id for rows in several for each in rows.said]
    names = [name.id for rows in several if rows.record.kind == "remembrance" for name in rows.names]
    wanted, asked = (
        (selects.OF_NAMES_TOO, {"ids": ids, "names": names})
        if names
        else (selects.OF_STATEMENTS, {"ids": ids})
    )
    found: dict[int, list[Cited]] = defaultdict(list)
    written: dict[int, list[Cited]] = defaultdict(list)
    for citation, source in session.execute(wanted, asked) if ids or names else ():
        if citation.name_id:
            written[citation.name_id].append((citation, source))
        else:
            found[citation.statement_id or 0].append((citation, source))
    return [
        replace(rows, text_citations=printed, statement_citations=found, name_citations=written)
        for rows in several
    ]
