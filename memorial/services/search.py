"""Search: folded words to a bounded set of ranked hits, each judged again by the gate.

    found = search(session, "Xocalı", kind="", offset=0)

Two steps. The full-text structure gives at most `MOST` candidates with the gate's own
condition inside the cut, so that hidden rows neither crowd out nor rank among visible
ones. Their ids are handed to an ORM read of the same session, which judges once more;
counts, kinds and snippets come from what passed. This module alone reads past the gate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, select, text

from memorial.domain.markup import plain
from memorial.domain.names import fold
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.gate.reader import Reader
from memorial.models import Person, PersonName, SearchEntry, Source, Text
from memorial.services.lists import entries, source_entry

MOST = 1_000
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
    record_id: int | None
    person_id: int | None
    source_id: int | None
    part_id: int


Candidate = tuple[int, str, str]  # id of the entry, thing, kind


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
    words = fold(query[:LONGEST_QUERY]).split()[:MOST_WORDS]
    if not words:
        return Found()
    hits, partly = _hits(session, words, beginnings=False), False
    if not hits:
        hits, partly = _hits(session, words, beginnings=True), True
    counted = Counter(each for _, _, each in hits)
    asked = [hit for hit in hits if not kind or hit[2] == kind]
    shown = _whole(session, asked[offset : offset + PER_PAGE])
    more = offset + PER_PAGE < len(asked)
    return Found(
        entries=_entries(session, shown, words, partly and bool(hits)),
        total=None if len(hits) >= MOST else len(asked),
        kinds=dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
        next_offset=offset + PER_PAGE if more else None,
        tried=() if hits else _tried(query, words),
        partly=partly and bool(hits),
    )


def _tried(query: str, words: Sequence[str]) -> list[str]:
    """The spelling that was looked for, where it is not the one that was typed."""
    folded = " ".join(words)
    return [folded] if folded != " ".join(query.lower().split()) else []


# -- candidates -----------------------------------------------------------------------------


def _hits(session: GatedSession, words: Sequence[str], *, beginnings: bool) -> list[Candidate]:
    """Candidates by rank, judged by the gate, one hit for each thing."""
    ids = _candidates(session, words, beginnings)
    if not ids:
        return []
    passed = {row[0]: row for row in session.execute(JUDGED, {"ids": ids})}
    best: dict[str, Candidate] = {}
    for number in ids:
        row = passed.get(number)
        if row is not None:
            best.setdefault(row[1], (number, row[1], row[2]))
    return list(best.values())


# All candidates are judged by three columns; the rest is read of those on the page alone.
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
JUDGED = select(SearchEntry.id, SearchEntry.thing, SearchEntry.kind).where(SearchEntry.id.in_(IDS))
WHOLE = select(
    SearchEntry.id, SearchEntry.thing, SearchEntry.kind, SearchEntry.record_id, SearchEntry.person_id,
    SearchEntry.source_id, SearchEntry.part_id,
).where(SearchEntry.id.in_(IDS))  # fmt: skip


def _whole(session: GatedSession, chosen: Sequence[Candidate]) -> list[Hit]:
    """The candidates of one page with all that a line is made of, in their order."""
    if not chosen:
        return []
    found = {row[0]: Hit(*row) for row in session.execute(WHOLE, {"ids": [each[0] for each in chosen]})}
    return [found[each[0]] for each in chosen if each[0] in found]


def _candidates(session: GatedSession, words: Sequence[str], beginnings: bool) -> list[int]:
    reader = session.reader
    public = not reader.custody and reader.audiences == {"public"} and reader.use == "view"
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement = _statement(sqlite, "public" if public else reader.custody or "windows")
    values: dict[str, Any] = {
        "words": _asked(words, sqlite, beginnings),
        "most": MOST,
        **_moment(reader, sqlite),
    }
    rows = session.execute(statement, values, execution_options={"past_the_gate": "search"})
    return [row[0] for row in rows]


def _asked(words: Sequence[str], sqlite: bool, beginnings: bool) -> str:
    # Words are a-z and 0-9 alone after the fold, so nothing in them is an operator.
    # A single letter begins a great many words; it stays a word.
    begin = [beginnings and len(word) > 1 for word in words]
    if sqlite:
        return " ".join(
            f'"{word}"*' if more else f'"{word}"' for word, more in zip(words, begin, strict=True)
        )
    return " & ".join(f"{word}:*" if more else word for word, more in zip(words, begin, strict=True))


def _moment(reader: Reader, sqlite: bool) -> dict[str, Any]:
    low, high = reader.moment.low, reader.moment.high
    stored = "%Y-%m-%d %H:%M:%S.%f"
    values: dict[str, Any] = {
        "low": low.strftime(stored) if sqlite else low,
        "high": high.strftime(stored) if sqlite else high,
    }
    if reader.custody == "family":
        return {"contribution": reader.contribution_id}
    if reader.custody:
        return {}
    if reader.audiences != {"public"} or reader.use != "view":
        names = sorted(reader.audiences)
        values |= {"use": reader.use, "first": names[0], "last": names[-1]}
    return values


# The gate's rules once more, in the words of the full-text query (memorial/gate/sessions.py).
RULES = {
    "public": "e.public_from <= :low AND e.public_until > :high",
    "windows": (
        "EXISTS (SELECT 1 FROM policy_windows w WHERE w.policy_id = e.policy_id AND w.audience IN (:first, :last)"
        " AND w.use = :use AND w.opens <= :low AND w.closes > :high)"
    ),
    "family": "e.contribution_id = :contribution",
    "desk": "NOT e.sealed",
    "consent_officer": "1 = 1",
    "keeper": "1 = 1",
}


@lru_cache(maxsize=16)
def _statement(sqlite: bool, rule: str) -> TextClause:
    if sqlite:
        table = "fts_public" if rule == "public" else "fts_desk"
        return text(
            # Materialised, or SQLite makes one query of the two and ranks every hit before the cut.
            f"WITH found AS MATERIALIZED (SELECT e.id AS id, bm25({table}) AS place FROM {table}"
            f" JOIN search_entries e ON e.id = {table}.rowid"
            f" WHERE {table} MATCH :words AND {RULES[rule]} LIMIT :most) SELECT id FROM found ORDER BY place, id"
        )
    # The partial index needs its own condition said in words that the planner recognises.
    partial = "e.public_from IS NOT NULL AND " if rule == "public" else ""
    return text(
        "SELECT id FROM (SELECT e.id AS id, e.body AS body FROM search_entries e"
        f" WHERE {partial}to_tsvector('simple', e.body) @@ to_tsquery('simple', :words) AND {RULES[rule]}"
        " LIMIT :most) AS found"
        " ORDER BY ts_rank(to_tsvector('simple', body), to_tsquery('simple', :words), 1) DESC, id"
    )


# -- lines ----------------------------------------------------------------------------------


def _entries(session: GatedSession, hits: Sequence[Hit], words: Sequence[str], partly: bool) -> list[Entry]:
    records = entries(session, {hit.record_id: hit.kind for hit in hits if hit.record_id is not None})
    snippets = _snippets(session, [hit for hit in hits if hit.record_id is not None], words, partly)
    others = {**_persons(session, hits), **_sources(session, hits)}
    found = []
    for hit in hits:
        entry = records.get(hit.record_id or 0) or others.get(hit.thing)
        if entry is not None:
            found.append(replace(entry, snippet=snippets.get(hit.id, "")))
    return found


def _persons(session: GatedSession, hits: Sequence[Hit]) -> dict[str, Entry]:
    """People named in a source: findable, without a page of their own."""
    ids = [hit.person_id for hit in hits if hit.person_id is not None and hit.record_id is None]
    if not ids:
        return {}
    names: dict[int, list[str]] = {}
    wanted = select(PersonName.person_id, PersonName.text).where(PersonName.person_id.in_(ids))
    for row in session.execute(wanted.order_by(PersonName.rank, PersonName.id)):
        names.setdefault(row.person_id, []).append(row.text)
    persons = session.execute(select(Person.id, Person.public_id, Person.roles).where(Person.id.in_(ids)))
    found = {}
    for person in persons:
        known = names.get(person.id)
        if known:
            line = ", ".join([*(str(role) for role in person.roles), *known[1:]])
            found[f"person:{person.id}"] = Entry("person", person.public_id, "", known[0], line=line)
    return found


def _sources(session: GatedSession, hits: Sequence[Hit]) -> dict[str, Entry]:
    ids = [hit.source_id for hit in hits if hit.source_id is not None]
    if not ids:
        return {}
    columns = [
        Source.id, Source.public_id, Source.title, Source.label, Source.container_title, Source.publisher,
        Source.year, Source.language, Source.date_edtf, Source.date_words,
    ]  # fmt: skip
    rows = session.execute(select(*columns).where(Source.id.in_(ids)))
    return {f"source:{row.id}": source_entry(row) for row in rows}


# -- snippets -------------------------------------------------------------------------------

BEFORE, AFTER = 90, 160
_WORD = re.compile(r"\w[\w'’ʼ]*")


def _snippets(
    session: GatedSession, hits: Sequence[Hit], words: Sequence[str], partly: bool
) -> dict[int, str]:
    """A few words around the first hit, from texts of the hit's own part that came through the gate."""
    if not hits:
        return {}
    by_part = {hit.part_id: hit.id for hit in hits}
    wanted = (
        select(Text.part_id, Text.body, Text.markup)
        .where(Text.part_id.in_(by_part), Text.role.not_in(("title", "notice")))
        .order_by(Text.part_id, Text.position, Text.id)
    )
    found: dict[int, str] = {}
    for row in session.execute(wanted):
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
