"""Search: folded words to a bounded set of ranked hits, all of them through the gate.

    found = search(session, '"Xocalı aeroportu" -Bakı', narrowed={"year": "1992"}, offset=0)

One ORM statement of the reader's session gives at most `MOST` candidates: of the entries that
this reader may see, those that were there first. The gate puts its condition inside that cut,
so that hidden rows neither crowd out visible ones nor rank, count or order them. What narrows a
search (services/search_facets.py) stands inside it too. The name of a place is any of its spellings
(services/place_spellings.py). Where nothing has the words, they are read as beginnings, and then with one letter changed.

Best first means: the more of an entry's own words are the words asked for. A name or title
that says them comes before a text that says them often, and that before one that says them
once. Words are counted in the `COUNTED` shortest candidates, so that no search reads whole books;
what is longer follows by length, what is alike by age. No other entry plays a part in an entry's
place, as it does in `bm25`, where even a hidden one makes a word more common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    String,
    bindparam,
    column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import aliased

from memorial.domain import search_words
from memorial.domain.search_words import Asked
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.gate.as_one import leading_things
from memorial.models import SearchEntry
from memorial.models.statements import in_the_text, tsquery
from memorial.services import search_facets, voice_snippets
from memorial.services.lists import entries
from memorial.services.place_spellings import of_places
from memorial.services.search_entries import persons, sources
from memorial.services.search_facets import Choice
from memorial.services.snippets import as_printed, snippets

MOST = 500  # candidates; more are neither counted nor put in order
SORTED = 1_000  # of the hits, on PostgreSQL: as many are put in order before the cut
MOST_INSTEAD = 3
FACTED = 300  # hits whose facts are counted, as ways to narrow
SAMPLED = 60  # of more hits than that, the best: from them come the ways to narrow, uncounted
MOST_FORGIVEN = 4  # words of a question
COUNTED = 100  # of the candidates, the shortest: the words asked for are counted in them
PER_PAGE = 20
LONGEST_QUERY = search_words.LONGEST
BY_DATE = "date"
KIND_OF = {"specimen": "testimony"}  # what it is in its table, where that is not how it is found
SPOKEN = ("testimony", "specimen")
RECORD = "record:"  # how the name of a record begins


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that came through: a part of a record, a person named, a source."""

    id: int
    thing: str
    kind: str
    part_id: int

    def of(self, sort: str) -> int | None:
        """The number of the record, person or source that it belongs to; None if it is another sort."""
        name, _, number = self.thing.partition(":")
        return int(number) if name == sort else None


Candidate = Row[
    int, str, str, int, int, str | None
]  # what a hit is made of; hundreds of them are too many objects


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `total` is None when there are more than are counted."""

    entries: Sequence[Entry] = ()
    total: int | None = 0
    facets: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    next_offset: int | None = None
    tried: Sequence[str] = ()
    partly: bool = False  # words were read as beginnings, because no whole word was found
    instead: Sequence[
        str
    ] = ()  # words, as the page prints them, that differ in a letter: nothing else was found


def search(
    session: GatedSession,
    query: str,
    *,
    narrowed: Mapping[str, str] | None = None,
    order: str = "",
    offset: int = 0,
) -> Found:
    """Things of which one part has everything that is asked for; best first, or by day, the first first."""
    asked, narrowed = search_words.parse(query), narrowed or {}
    if not asked.wanted:
        return Found()
    hits, cut, read = _reached(session, asked, narrowed)
    if not hits:
        return Found(tried=_tried(query, asked.words))
    hits = _once(session, hits)
    records = [thing for hit in hits if (thing := hit[1]).startswith(RECORD)]
    # The facts of very many hits cost as much as finding them.
    every = order == BY_DATE or len(records) <= FACTED
    looked_at = {thing: int(thing[len(RECORD) :]) for thing in (records if every else records[:SAMPLED])}
    known = search_facets.facts(session, [hit[2] for hit in hits], list(looked_at.values()))
    facets = known.facets if every else search_facets.uncounted(known.facets)
    if order == BY_DATE:
        days = {thing: known.days.get(number) for thing, number in looked_at.items()}
        hits.sort(key=lambda hit: (days.get(hit[1]) is None, days.get(hit[1]) or date.max))
    shown = [Hit(*hit[:4]) for hit in hits[offset : offset + PER_PAGE]]
    lines = _entries(session, shown, read.said, any(term.begins for term in read.asked.wanted))
    return Found(
        entries=lines,
        total=None if cut else len(hits),
        facets=facets,
        next_offset=offset + PER_PAGE if offset + PER_PAGE < len(hits) else None,
        partly=read.asked != asked,
        instead=as_printed(read.instead, [text for line in lines for text in (line.title, line.snippet)]),
    )


def _once(session: GatedSession, hits: list[Candidate]) -> list[Candidate]:
    """Persons who are read as one are found once."""
    led = leading_things(session, [hit[1] for hit in hits if hit[2] in ("remembrance", "person")])
    best: dict[str, Candidate] = {}
    for hit in hits:
        best.setdefault(led.get(hit[1], hit[1]), hit)
    return list(best.values())


@dataclass(frozen=True, slots=True)
class _Read:
    """How a question was read in the end, and the words that hits of it have."""

    asked: Asked
    said: Sequence[str]
    instead: Sequence[str] = ()


def _reached(
    session: GatedSession, asked: Asked, narrowed: Mapping[str, str]
) -> tuple[list[Candidate], bool, _Read]:
    """Hits of what was asked, else of beginnings, else with a letter changed; and how it was read."""
    spelled = of_places(session, asked)
    others = [word for some in spelled.values() for word in some]
    for each in dict.fromkeys((asked, asked.as_beginnings())):
        hits, cut = _hits(session, each, narrowed, spelled)
        if hits:
            return hits, cut, _Read(each, [*each.words, *others])
    forgiven = {word: search_words.one_letter_off(word) for word in asked.words[:MOST_FORGIVEN]}
    if not any(forgiven.values()):
        return [], False, _Read(asked, asked.words)
    forgiven = {**spelled, **{word: [*spelled.get(word, ()), *near] for word, near in forgiven.items()}}
    hits, cut = _hits(session, asked, narrowed, forgiven)
    said = list(_said(hits, forgiven))
    return hits, cut, _Read(asked, said, said[:MOST_INSTEAD])


def _said(rows: Sequence[Candidate], forgiven: Mapping[str, Sequence[str]]) -> dict[str, None]:
    """The words that these entries have of those that may stand for what was asked."""
    allowed = {each for word, others in forgiven.items() for each in (word, *others)}
    return dict.fromkeys(word for row in rows for word in (row[5] or "").split() if word in allowed)


def things(session: GatedSession, query: str) -> list[str]:
    """The names of what holds every word of a query ("record:7"), as far as they are looked at."""
    asked = search_words.parse(query)
    return [hit[1] for hit in _reached(session, asked, {})[0]] if asked.wanted else []


def _tried(query: str, words: Sequence[str]) -> list[str]:
    """The spelling that was looked for, where it is not the one that was typed."""
    folded = " ".join(words)
    return [folded] if folded != " ".join(query.lower().split()) else []


# -- candidates -----------------------------------------------------------------------------


def _hits(
    session: GatedSession,
    asked: Asked,
    narrowed: Mapping[str, str],
    forgiven: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Candidate], bool]:
    """The best entry of each thing, best first; and whether there may be more than were looked at.

    With `forgiven`, a word is itself or any of those that may stand for it.
    """
    # A single letter begins a great many words; it stays a word.
    sqlite = session.get_bind().dialect.name == "sqlite"
    written = search_words.in_sqlite if sqlite else search_words.in_postgresql
    values = {"asked": written(asked, forgiven), **search_facets.values_of(narrowed)}
    statement = _statement(sqlite, index_of(session), MOST, tuple(sorted(narrowed)))
    rows = session.execute(statement, values).all()
    signs = [f" {word}" if term.begins else f" {word} " for term in asked.wanted for word in term.words]
    if forgiven:
        signs += [f" {word} " for word in _said(rows, forgiven).keys() - set(asked.words)]
    best: dict[str, Candidate] = {}
    # Whose body was not read is longer than any whose was.
    short = sorted(
        (row for row in rows if row[5] is not None),
        key=lambda row: (-_share(row[4], row[5], signs), row[4], row[0]),
    )
    long = sorted((row for row in rows if row[5] is None), key=itemgetter(4, 0))
    for row in (*short, *long):
        best.setdefault(row[1], row)
    return list(best.values()), len(rows) >= MOST


def _share(tokens: int, body: str, signs: Sequence[str]) -> float:
    """How much of an entry is the words asked for."""
    spaced = f" {body} "  # two in a row share a space: a word said twice at once counts once
    return sum(spaced.count(sign) for sign in signs) / tokens


def index_of(session: GatedSession) -> str:
    """Where the reader's rows lie closest together; which of them are the reader's, the gate says."""
    reader = session.reader
    public = not reader.custody and reader.audiences == {"public"} and reader.use == "view"
    return "fts_public" if public else "fts_desk"


@cache
def _statement(sqlite: bool, index: str, most: int, narrowed: tuple[str, ...] = ()) -> Select[Any]:
    """Candidates, and the bodies of the `COUNTED` shortest of them. Limits stand in the text, or PostgreSQL would
    plan it anew for every search."""
    found = found_in(sqlite, index, most, *search_facets.conditions(narrowed))
    shortest = (
        select(found.c.id)
        .order_by(found.c.tokens, found.c.id)
        .limit(in_the_text(COUNTED))
        .subquery("shortest")
    )
    short = aliased(SearchEntry, name="short")
    return (
        select(found, short.body)
        .outerjoin(shortest, shortest.c.id == found.c.id)
        .outerjoin(short, short.id == shortest.c.id)
    )


def found_in(sqlite: bool, index: str, most: int, *also: ColumnElement[bool]) -> CTE:
    """At most so many entries that have every word and are `also` this, in the order in which they came."""
    asked = bindparam("asked", type_=String())
    columns = (SearchEntry.id, SearchEntry.thing, SearchEntry.kind, SearchEntry.part_id, SearchEntry.tokens)
    wanted: Any = select(*columns).where(*also)
    if sqlite:
        fts = table(index, column("rowid"), column(index))
        wanted = wanted.select_from(fts).join(SearchEntry, SearchEntry.id == fts.c.rowid)
        wanted = wanted.where(fts.c[index].op("MATCH")(asked)).order_by(fts.c.rowid)
    else:
        # ORDER BY here and PostgreSQL would sort every hit of a common word, or walk the whole
        # table for a rare one; so it sorts the first `SORTED` hits, in whichever order they lie.
        vector = column("fts_words", TSVECTOR())
        hits = (
            wanted.where(vector.op("@@")(tsquery(asked)))
            .limit(in_the_text(max(most, SORTED)))
            .subquery("hits")
        )
        wanted = select(hits).order_by(hits.c.id)
    # Materialised, or SQLite makes one query of the two and reads every hit before the cut.
    found: CTE = wanted.limit(in_the_text(most)).cte("found").prefix_with("MATERIALIZED")
    return found


# -- lines ----------------------------------------------------------------------------------


def _entries(session: GatedSession, hits: Sequence[Hit], words: Sequence[str], begins: bool) -> list[Entry]:
    kinds = {
        number: KIND_OF.get(hit.kind, hit.kind) for hit in hits if (number := hit.of("record")) is not None
    }
    records = entries(session, kinds)
    said_by = {hit.part_id: hit.id for hit in hits if hit.of("record") is not None}
    said = snippets(session, said_by, words, begins)
    told_by = {hit.part_id: hit.id for hit in hits if hit.kind in SPOKEN and hit.id not in said}
    told = voice_snippets.said(session, told_by, words, begins) if told_by else {}
    others = {
        **persons(session, _numbers(hits, "person")),
        **sources(session, _numbers(hits, "source")),
    }
    found = []
    for hit in hits:
        entry = records.get(hit.of("record") or 0) or others.get(hit.thing)
        if entry is not None:
            spoken = told.get(hit.id)
            words_of = spoken.words if spoken else said.get(hit.id, "")
            found.append(replace(entry, snippet=words_of, moment=spoken.moment if spoken else None))
    return found


def _numbers(hits: Sequence[Hit], sort: str) -> list[int]:
    return [number for hit in hits if (number := hit.of(sort)) is not None]
