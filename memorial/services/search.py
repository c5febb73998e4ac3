"""Search: folded words to a bounded set of ranked hits, all of them through the gate.

    found = search(session, "Xocalı", kind="", offset=0)

One ORM statement of the reader's session gives at most `MOST` candidates: of the entries that
this reader may see, those that were there first. The gate puts its condition inside that cut,
so that hidden rows neither crowd out visible ones nor rank, count or order them.

Best first means: the more of an entry's own words are the words asked for. A name or title
that says them comes before a text that says them often, and that before one that says them
once. Words are counted in the `COUNTED` shortest candidates, so that no search reads whole books;
what is longer follows by length, what is alike by age. No other entry plays a part in an entry's
place, as it does in `bm25`, where even a hidden one makes a word more common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import aliased

from memorial.domain.markup import plain
from memorial.domain.names import fold
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import SearchEntry, Text
from memorial.services.lists import entries
from memorial.services.search_entries import persons, sources

MOST = 1_000
SORTED = 5_000  # of the hits, on PostgreSQL: as many are put in order before the cut
COUNTED = 200  # of the candidates, the shortest: the words asked for are counted in them
PER_PAGE = 20
MOST_WORDS = 12
LONGEST_QUERY = 300
HIT, END = "\u0002", "\u0003"


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
]  # what a hit is made of; a thousand of them are too many objects


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `total` is None when there are more than are counted."""

    entries: Sequence[Entry] = ()
    total: int | None = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    next_offset: int | None = None
    tried: Sequence[str] = ()
    partly: bool = False  # words were read as beginnings, because no whole word was found


def search(session: GatedSession, query: str, *, kind: str = "", offset: int = 0) -> Found:
    """Things in which every word of the query occurs within one part; best first."""
    words = list(dict.fromkeys(fold(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]
    if not words:
        return Found()
    hits, cut = _hits(session, words, beginnings=False)
    partly = not hits
    if partly:
        hits, cut = _hits(session, words, beginnings=True)
    if not hits:
        return Found(tried=_tried(query, words))
    asked = [hit for hit in hits if not kind or hit[2] == kind]
    counted = Counter(hit[2] for hit in hits)
    shown = [Hit(*hit[:4]) for hit in asked[offset : offset + PER_PAGE]]
    more = offset + PER_PAGE < len(asked)
    return Found(
        entries=_entries(session, shown, words, partly),
        total=None if cut else len(asked),
        kinds=dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
        next_offset=offset + PER_PAGE if more else None,
        partly=partly,
    )


def things(session: GatedSession, query: str) -> list[str]:
    """The names of what holds every word of a query ("record:7"), as far as they are looked at."""
    words = list(dict.fromkeys(fold(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]
    if not words:
        return []
    hits, _ = _hits(session, words, beginnings=False)
    return [hit[1] for hit in hits or _hits(session, words, beginnings=True)[0]]


def _tried(query: str, words: Sequence[str]) -> list[str]:
    """The spelling that was looked for, where it is not the one that was typed."""
    folded = " ".join(words)
    return [folded] if folded != " ".join(query.lower().split()) else []


# -- candidates -----------------------------------------------------------------------------


def _hits(session: GatedSession, words: Sequence[str], *, beginnings: bool) -> tuple[list[Candidate], bool]:
    """The best entry of each thing, best first; and whether there may be more than were looked at."""
    # A single letter begins a great many words; it stays a word.
    begun = [beginnings and len(word) > 1 for word in words]
    sqlite = session.get_bind().dialect.name == "sqlite"
    values = {"asked": _asked(words, begun, sqlite), "most": MOST}
    rows = session.execute(_statement(sqlite, index_of(session)), values).all()
    signs = [f" {word}" if more else f" {word} " for word, more in zip(words, begun, strict=True)]
    best: dict[str, Candidate] = {}
    for row in sorted(rows, key=lambda row: (-_share(row[4], row[5], signs), row[4], row[0])):
        best.setdefault(row[1], row)
    return list(best.values()), len(rows) >= MOST


def _share(tokens: int, body: str | None, signs: Sequence[str]) -> float:
    """How much of an entry is the words asked for, as far as its body was read."""
    if body is None:
        return 0.0
    spaced = f" {body} "  # two in a row share a space: a word said twice at once counts once
    return sum(spaced.count(sign) for sign in signs) / tokens


def _asked(words: Sequence[str], begun: Sequence[bool], sqlite: bool) -> str:
    # Words are a-z and 0-9 alone after the fold, so nothing in them is an operator.
    pairs = zip(words, begun, strict=True)
    if sqlite:
        return " ".join(f'"{word}"*' if more else f'"{word}"' for word, more in pairs)
    return " & ".join(f"{word}:*" if more else word for word, more in pairs)


def index_of(session: GatedSession) -> str:
    """Where the reader's rows lie closest together; which of them are the reader's, the gate says."""
    reader = session.reader
    public = not reader.custody and reader.audiences == {"public"} and reader.use == "view"
    return "fts_public" if public else "fts_desk"


@cache
def _statement(sqlite: bool, index: str) -> Select[Any]:
    """Candidates, and the bodies of the `COUNTED` shortest of them."""
    found = found_in(sqlite, index)
    shortest = select(found.c.id).order_by(found.c.tokens, found.c.id).limit(COUNTED).subquery("shortest")
    short = aliased(SearchEntry, name="short")
    return (
        select(found, short.body)
        .outerjoin(shortest, shortest.c.id == found.c.id)
        .outerjoin(short, short.id == shortest.c.id)
    )


def found_in(sqlite: bool, index: str) -> CTE:
    """At most `MOST` entries that have every word, in the order in which they came."""
    asked = bindparam("asked", type_=String())
    columns = (SearchEntry.id, SearchEntry.thing, SearchEntry.kind, SearchEntry.part_id, SearchEntry.tokens)
    wanted: Any = select(*columns)
    if sqlite:
        fts = table(index, column("rowid"), column(index))
        wanted = wanted.select_from(fts).join(SearchEntry, SearchEntry.id == fts.c.rowid)
        wanted = wanted.where(fts.c[index].op("MATCH")(asked)).order_by(fts.c.rowid)
    else:
        # ORDER BY here and PostgreSQL would sort every hit of a common word, or walk the whole
        # table for a rare one; so it sorts the first `SORTED` hits, in whichever order they lie.
        vector = column("fts_words", TSVECTOR())
        hits = wanted.where(vector.op("@@")(func.to_tsquery("simple", asked))).limit(SORTED).subquery("hits")
        wanted = select(hits).order_by(hits.c.id)
    # Materialised, or SQLite makes one query of the two and reads every hit before the cut.
    found: CTE = wanted.limit(bindparam("most", type_=Integer())).cte("found").prefix_with("MATERIALIZED")
    return found


# -- lines ----------------------------------------------------------------------------------


def _entries(session: GatedSession, hits: Sequence[Hit], words: Sequence[str], partly: bool) -> list[Entry]:
    kinds = {number: hit.kind for hit in hits if (number := hit.of("record")) is not None}
    records = entries(session, kinds)
    snippets = _snippets(session, [hit for hit in hits if hit.of("record") is not None], words, partly)
    others = {
        **persons(session, _numbers(hits, "person")),
        **sources(session, _numbers(hits, "source")),
    }
    found = []
    for hit in hits:
        entry = records.get(hit.of("record") or 0) or others.get(hit.thing)
        if entry is not None:
            found.append(replace(entry, snippet=snippets.get(hit.id, "")))
    return found


def _numbers(hits: Sequence[Hit], sort: str) -> list[int]:
    return [number for hit in hits if (number := hit.of(sort)) is not None]


# -- snippets -------------------------------------------------------------------------------

BEFORE, AFTER = 90, 160
TEXTS = (
    select(Text.part_id, Text.body, Text.markup)
    .where(Text.part_id.in_(bindparam("ids", expanding=True)), Text.role.not_in(("title", "notice")))
    .order_by(Text.part_id, Text.position, Text.id)
)
_WORD = re.compile(r"\w[\w'’ʼ]*")


def _snippets(
    session: GatedSession, hits: Sequence[Hit], words: Sequence[str], partly: bool
) -> dict[int, str]:
    """A few words around the first hit, from texts of the hit's own part that came through the gate."""
    if not hits:
        return {}
    by_part = {hit.part_id: hit.id for hit in hits}
    found: dict[int, str] = {}
    for row in session.execute(TEXTS, {"ids": list(by_part)}):
        number = by_part[row.part_id]
        if number not in found:
            cut = snippet(plain(row.body) if row.markup else row.body, words, partly)
            if cut:
                found[number] = cut
    return found


def snippet(body: str, words: Sequence[str], partly: bool = False) -> str:
    """The text around its first hit, with hits between U+0002 and U+0003; "" where there is none."""
    body = body.replace(HIT, "").replace(END, "")
    first = next((each for each in _WORD.finditer(body) if _is_hit(each[0], words, partly)), None)
    if first is None:
        return ""
    begin, end = _edges(body, first.start(), first.end())
    marked = _WORD.sub(
        lambda each: f"{HIT}{each[0]}{END}" if _is_hit(each[0], words, partly) else each[0], body[begin:end]
    )
    return ("… " if begin else "") + " ".join(marked.split()) + (" …" if end < len(body) else "")


def _edges(body: str, start: int, stop: int) -> tuple[int, int]:
    begin = max(0, start - BEFORE)
    end = min(len(body), stop + AFTER)
    if begin:
        begin = max(body.rfind(" ", 0, start - BEFORE // 2), begin)
        begin = body.find(" ", begin, start) + 1 or begin
    if end < len(body):
        space = body.rfind(" ", stop, end)
        end = space if space > 0 else end
    return begin, end


def _is_hit(word: str, words: Sequence[str], partly: bool) -> bool:
    folded = _folded(word)
    if partly:
        return any(folded.startswith(each) for each in words)
    return folded in words


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(word)
