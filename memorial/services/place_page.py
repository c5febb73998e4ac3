"""What stands around a place: its spellings with their sources, and whatever of the archive names it.

    around(session, view)       # Around, for the page of a place

A few statements, however large the archive: the search index gives at most `OF_A_KIND` candidates of each
kind that have one of the spellings which mean this place and no other; events, press accounts and lives
count only where their own place, their names or what is said of their life name it. The first of each
kind, by their days, are shown (`SHOWN`), and search goes on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, func, select
from sqlalchemy.orm import aliased

from memorial.domain.names import script_of
from memorial.domain.place_names import Gazetteer
from memorial.domain.views import Assertion, Cite, Entry, Link, RecordView
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, cite
from memorial.models import (
    Citation,
    Event,
    Place,
    Press,
    Question,
    Record,
    Remembrance,
    SearchEntry,
    Source,
    Statement,
)
from memorial.services.lists import entries
from memorial.services.place_links import OF_A_LIFE, gazetteer
from memorial.services.search import found_in, index_of

READ = 5_000  # entries that have a spelling, whatever their kind
OF_A_KIND = 200  # candidates
SHOWN = {"event": 48, "press": 24, "testimony": 24, "document": 12, "remembrance": 24}  # on the page
MOST_SITES, SITES_SHOWN = 500, 24


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write the name: who writes so, where, and how often."""

    text: str
    language: str = "und"
    script: str = ""
    stated_by: str = ""
    cites: Sequence[Cite] = ()
    counts: Sequence[int | None] = ()  # lines on which each source has it


@dataclass(frozen=True, slots=True)
class Around:
    """`found` has entries by kind; a kind in `more` has others that search finds."""

    spellings: Sequence[Spelling] = ()
    found: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    more: frozenset[str] = frozenset()
    figures: Sequence[Assertion] = ()
    sites: Sequence[Entry] = ()
    lies_in: Sequence[Link] = ()


def around(session: GatedSession, view: RecordView) -> Around:
    known = gazetteer(session)
    phrases = known.spellings_of(view.public_id)
    chosen = _chosen(session, known, view.public_id, _candidates(session, phrases) if phrases else {})
    sites = _sites(session, known, view.public_id) if phrases else []
    shown = {number: kind for kind, among in chosen.items() for number in list(among)[: SHOWN[kind]]}
    lines = entries(session, {**shown, **dict.fromkeys(sites[:SITES_SHOWN], "place")})
    return Around(
        _spellings(session, view),
        {kind: _lines(lines, list(among.items())[: SHOWN[kind]]) for kind, among in chosen.items() if among},
        frozenset(kind for kind, among in chosen.items() if len(among) > SHOWN[kind]),
        _figures(session, known, view.public_id) if phrases else [],
        [lines[number] for number in sites[:SITES_SHOWN] if number in lines],
        [
            Link(written, f"/places/{key}")
            for written, key in known.within(view.detail.get("within", ""))
            if key != view.public_id
        ],
    )


def _lines(lines: Mapping[int, Entry], among: Sequence[tuple[int, str]]) -> list[Entry]:
    """Their entries; what a source says of a life stands under the name. Persons who are read as one have one."""
    once: dict[str, Entry] = {}
    for number, words in among:
        if number in lines:
            once.setdefault(
                lines[number].address, replace(lines[number], line=words) if words else lines[number]
            )
    return list(once.values())


# -- spellings ------------------------------------------------------------------------------

SPELLED = (
    select(Statement.public_id, Citation, Source)
    .join(Citation, Citation.statement_id == Statement.id)
    .outerjoin(Source, Source.id == Citation.source_id)
    .where(Statement.public_id.in_(bindparam("ids", expanding=True)))
    .order_by(Statement.id, Citation.position, Citation.id)
)


def _spellings(session: GatedSession, view: RecordView) -> list[Spelling]:
    names = [said for said in view.statements if said.property == "name"]
    if not names:
        return []
    cited: dict[str, list[tuple[Cite, int | None]]] = defaultdict(list)
    for public_id, citation, source in session.execute(SPELLED, {"ids": [said.public_id for said in names]}):
        cited[public_id].append((cite(citation, source), citation.occurrences))
    found = []
    for said in names:
        told = cited[said.public_id] or [(each, None) for each in said.cites]
        # Where the source itself is who writes so, its own line says it.
        own = {each.label for each, _ in told}
        found.append(
            Spelling(
                said.value,
                said.language,
                script_of(said.value),
                "" if said.stated_by in own else said.stated_by,
                [each for each, _ in told],
                [count for _, count in told],
            )
        )
    return found


# -- what names it --------------------------------------------------------------------------


def _candidates(session: GatedSession, phrases: Sequence[str]) -> dict[int, str]:
    """Records that have one of the spellings, with their kinds; at most `OF_A_KIND` of each."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    # Folded words are a-z and 0-9 alone, so nothing in them is an operator.
    if sqlite:
        asked = " OR ".join(f'"{phrase}"' for phrase in phrases)
    else:
        asked = " | ".join(f"({phrase.replace(' ', ' <-> ')})" for phrase in phrases)
    values = {"asked": asked, "each": OF_A_KIND, "kinds": list(SHOWN)}
    rows = session.execute(_mentions(sqlite, index_of(session)), values)
    return {row.record_id: row.kind for row in rows if row.record_id is not None}


@cache
def _mentions(sqlite: bool, index: str) -> Select[Any]:
    found = found_in(sqlite, index, READ)
    turn = func.row_number().over(partition_by=found.c.kind, order_by=found.c.id).label("turn")
    ranked = select(found.c.id, turn).subquery("ranked")
    entry = aliased(SearchEntry, name="entry")
    kinds = bindparam("kinds", expanding=True, type_=String())
    wanted: Any = select(entry.record_id, entry.kind).join(ranked, ranked.c.id == entry.id)
    few = ranked.c.turn <= bindparam("each", type_=Integer())
    ordered: Select[Any] = wanted.where(few, entry.kind.in_(kinds)).order_by(entry.id)
    return ordered


NAMING = (
    select(Record.id, Record.kind, Event.place_words, Press.places_named)
    .outerjoin(Event, Event.record_id == Record.id)
    .outerjoin(Press, Press.record_id == Record.id)
    .where(Record.id.in_(bindparam("ids", expanding=True)))
    .order_by(Record.sort_day.is_(None), Record.sort_day, Record.id)
)
OF_LIVES = (
    select(Remembrance.record_id, Statement.value_text)
    .join(Statement, Statement.person_id == Remembrance.person_id)
    .where(Remembrance.record_id.in_(bindparam("ids", expanding=True)))
    .where(Statement.property.in_(OF_A_LIFE))
    .order_by(Statement.position, Statement.id)
)


def _chosen(
    session: GatedSession, known: Gazetteer[str], public_id: str, candidates: Mapping[int, str]
) -> dict[str, dict[int, str]]:
    """By kind and in the order of their days: the records that name this place, with what is to be said of each."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in SHOWN}
    if not candidates:
        return found
    lives = [number for number, kind in candidates.items() if kind == "remembrance"]
    said: dict[int, str] = {}
    for record_id, words in session.execute(OF_LIVES, {"ids": lives}) if lives else ():
        if any(key == public_id for _, key in known.within(words)):
            said.setdefault(record_id, words)
    for row in session.execute(NAMING, {"ids": list(candidates)}):
        if _names(row, known, public_id, said):
            found[row.kind][row.id] = said.get(row.id, "")
    return found


def _names(row: Any, known: Gazetteer[str], public_id: str, said: Mapping[int, str]) -> bool:
    if row.kind == "event":
        return any(key == public_id for _, key in known.within(row.place_words))
    if row.kind == "press":
        return any(known.named(str(name)) == public_id for name in row.places_named)
    return row.kind != "remembrance" or row.id in said


# -- figures --------------------------------------------------------------------------------

BY_PLACE = (
    select(Statement, Source)
    .join(Question, Question.id == Statement.question_id)
    .outerjoin(Source, Source.id == Statement.source_id)
    .where(Question.slug.like("%-by-place"))
    .order_by(Statement.said_earliest.is_(None), Statement.said_earliest, Statement.position, Statement.id)
    .limit(OF_A_KIND)
)


def _figures(session: GatedSession, known: Gazetteer[str], public_id: str) -> list[Assertion]:
    """Figures that a source gives place by place, where the words printed or noted with one name this place."""
    return [
        assertion(said, {source.id: source} if source else {})
        for said, source in session.execute(BY_PLACE)
        if any(key == public_id for _, key in known.within(f"{said.as_printed}; {said.note}"))
    ]


# -- monuments ------------------------------------------------------------------------------

SITES = (
    select(Record.id, Record.public_id, Place.within)
    .join(Place, Place.record_id == Record.id)
    .where(Record.kind == "place", Place.within != "")
    .order_by(Record.sort_key, Record.id)
    .limit(MOST_SITES)
)


def _sites(session: GatedSession, known: Gazetteer[str], public_id: str) -> list[int]:
    """Monuments, museums and smaller places that lie in this one, as their sources say."""
    return [
        row.id
        for row in session.execute(SITES)
        if row.public_id != public_id and any(key == public_id for _, key in known.within(row.within))
    ]
