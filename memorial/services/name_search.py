"""Finding persons and places by name, whichever spelling and script; each with the reason.

    found = find(session, "Hajief")
    found.names[0].entry.title, found.names[0].written      # "Hacıyev", "Hajief"
    suggestions(session, "Haci")                            # names that begin so, for whoever is typing

What sounds alike is looked for (domain/name_match.py), the very name by itself where more sound so than are looked
at; other endings where the very name is not there, and only where there is none, beginnings and near spellings.
Every statement is the reader's own session's: at most `LOOKED_AT` names of those that this reader may see, so
that a hidden name neither shows nor crowds out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, column, func, select, table
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import aliased

from memorial.domain.addresses import address
from memorial.domain.name_match import (
    BEGINNING,
    ENDING,
    EXACT,
    NEAR,
    VARIANT,
    Match,
    asked,
    compare,
    misspelt,
)
from memorial.domain.name_parts import Word, words
from memorial.domain.views import Entry, Link
from memorial.gate import GatedSession
from memorial.gate.as_one import leading_things
from memorial.gate.shown import source_label
from memorial.models import Citation, PersonName, Source, Statement, WrittenName
from memorial.services.lists import entries
from memorial.services.search_entries import persons

LOOKED_AT = 60  # names of one degree: beyond that, one more word of the name narrows it
ENOUGH = 10  # found as the same name: what is looser is not offered
PER_PAGE = 20
LONGEST_QUERY = 300
MOST_WORDS = 8
MOST_PAIRED = 4  # words of which two have to be there
SUGGESTED = 8
LOOSER = ((BEGINNING, False), (NEAR, False), (NEAR, True))  # each where the one before found nobody
PEOPLE = ("remembrance", "person")


@dataclass(frozen=True, slots=True)
class Named:
    """One that was found: by which written name, how near, and where it is written so."""

    entry: Entry
    written: str
    match: Match
    source: Link | None = None

    @property
    def otherwise(self) -> bool:
        """Whether it was found by another spelling than the one that leads it."""
        return self.written != self.entry.title


@dataclass(frozen=True, slots=True)
class Names:
    """Best first. `partly` where no name has all the words that were asked for; `more` are not shown."""

    names: Sequence[Named] = ()
    more: bool = False
    partly: bool = False


def find(
    session: GatedSession,
    query: str,
    *,
    kinds: Sequence[str] = PEOPLE,
    most: int = PER_PAGE,
    same: bool = False,
) -> Names:
    """Who or what bears a name like this; with `same`, only where it is the same name."""
    sought = words(query[:LONGEST_QUERY])[:MOST_WORDS]
    if not sought:
        return Names()
    found = _by_degrees(session, query, sought, kinds, same)
    partly = not found and len(sought) > 1 and not same
    if partly:
        for word in sought:
            _look(session, word.text, [word], VARIANT, kinds, found)
    best = _as_one(session, found)
    return Names(_named(session, best[:most]), len(best) > most, partly and bool(best))


@dataclass(frozen=True, slots=True)
class _Best:
    """The name that answers best of what is shown once, and whose it is where several are read as one."""

    shown: str  # the thing that leads: "record:7"
    kind: str
    of: str
    written: str
    match: Match


def _as_one(session: GatedSession, found: Kept) -> list[_Best]:
    """Best first; persons who are read as one are found once."""
    led = leading_things(session, found)
    once: dict[str, _Best] = {}
    for thing, (match, written, kind) in sorted(found.items(), key=lambda pair: (pair[1][0].order, pair[0])):
        leading = led.get(thing, thing)
        # None but people are led, and of people only those who are remembered have a page.
        shown = "remembrance" if thing in led and leading.startswith("record:") else kind
        once.setdefault(leading, _Best(leading, shown, thing, written, match))
    return list(once.values())


Kept = dict[str, tuple[Match, str, str]]  # by "record:7": its best match, the name as written, the kind


def _by_degrees(
    session: GatedSession, query: str, sought: Sequence[Word], kinds: Sequence[str], same: bool
) -> Kept:
    found: Kept = {}
    if _look(session, query, sought, VARIANT, kinds, found):  # the very name may be among what was cut
        _look(session, query, sought, EXACT, kinds, found)
    if not same and not any(kept[0].degree == EXACT for kept in found.values()):
        # Where the very name is there, only its other spellings are offered beside it.
        _look(session, query, sought, ENDING, kinds, found)
    for degree, wide in () if same else LOOSER:
        if not found:
            _look(session, query, sought, degree, kinds, found, wide=wide)
    close = {thing: kept for thing, kept in found.items() if kept[0].same}
    return close if same or len(close) >= ENOUGH else found


def _look(
    session: GatedSession,
    query: str,
    sought: Sequence[Word],
    degree: str,
    kinds: Sequence[str],
    found: Kept,
    most: int = LOOKED_AT,
    wide: bool = False,
) -> bool:
    """Adds whoever answers; whether there were more than are looked at."""
    needed = [word for word in sought if not word.optional] or list(sought)
    groups = [asked(word, degree, wide) for word in dict.fromkeys(needed)]
    if degree == NEAR and len(groups) == 1:  # what else the word may be was asked already, and was nobody
        known = frozenset(asked(needed[0], BEGINNING))
        groups = [new] if (new := [key for key in groups[0] if key not in known]) else groups
    together = []
    if len(needed) > 1:
        joined = Word("".join(word.text for word in needed), "".join(word.folded for word in needed))
        together = asked(joined, EXACT if degree == EXACT else VARIANT)
    if together and len(groups) == 1 and degree in (EXACT, VARIANT):
        groups = []  # the same word twice: whoever bears it once would crowd out whoever bears it twice
    sqlite = session.get_bind().dialect.name == "sqlite"
    values = {"asked": _query(groups, together, sqlite), "kinds": list(kinds), "most": most}
    rows = session.execute(_statement(sqlite), values).all()
    for thing, written, kind in rows:
        if degree == NEAR and not misspelt(query, written):
            continue
        match = compare(query, written)
        if match is not None and (thing not in found or match.order < found[thing][0].order):
            found[thing] = match, written, kind
    return len(rows) >= most


def suggestions(session: GatedSession, typed: str, *, kinds: Sequence[str] = PEOPLE) -> list[Named]:
    """A few names for whoever has typed a beginning: those that begin so come first."""
    sought = words(typed[:LONGEST_QUERY])[:MOST_WORDS]
    if not sought or len(sought[-1].folded) < 2:
        return []
    found: Kept = {}
    _look(session, typed, sought, BEGINNING, kinds, found, SUGGESTED * 3)
    return _named(session, _as_one(session, found)[:SUGGESTED], with_sources=False)


def sounding_alike(session: GatedSession, name: str, kinds: Sequence[str], most: int) -> list[str]:
    """Things that bear a name with two words of this one, in whatever spelling, as far as they are looked at."""
    needed = [word for word in words(name) if not word.optional][:MOST_PAIRED]
    sqlite = session.get_bind().dialect.name == "sqlite"
    groups = [asked(word, ENDING) for word in needed]
    pairs = [f"({_query(two, (), sqlite)})" for two in combinations(groups, 2)]
    if not pairs:
        return []
    values = {"asked": (" OR " if sqlite else " | ").join(pairs), "kinds": list(kinds), "most": most}
    return list(dict.fromkeys(row[0] for row in session.execute(_statement(sqlite), values)))


# -- candidates -----------------------------------------------------------------------------


def _query(groups: Iterable[Sequence[str]], together: Sequence[str], sqlite: bool) -> str:
    # Keys are a-z and 0-9, * at most at the end: nothing in them is an operator.
    every = [_any(group, sqlite) for group in groups]
    wanted = (" AND " if sqlite else " & ").join(every)
    ways = [f"({wanted})"] if every else []
    ways += [_any(together, sqlite)] if together else []
    return (" OR " if sqlite else " | ").join(ways)


def _any(group: Sequence[str], sqlite: bool) -> str:
    if sqlite:
        return "(" + " OR ".join(f'"{key[:-1]}"*' if key[-1] == "*" else f'"{key}"' for key in group) + ")"
    return "(" + " | ".join(f"{key[:-1]}:*" if key[-1] == "*" else key for key in group) + ")"


@cache
def _statement(sqlite: bool) -> Select[Any]:
    wanted: Any = select(WrittenName.thing, WrittenName.text, WrittenName.kind)
    sought = bindparam("asked", type_=String())
    if sqlite:
        fts = table("fts_names", column("rowid"), column("fts_names"))
        wanted = wanted.select_from(fts).join(WrittenName, WrittenName.id == fts.c.rowid)
        wanted = wanted.where(fts.c.fts_names.op("MATCH")(sought))
    else:
        vector = column("fts_keys", TSVECTOR())
        wanted = wanted.where(vector.op("@@")(func.to_tsquery("simple", sought)))
    wanted = wanted.where(WrittenName.kind.in_(bindparam("kinds", expanding=True)))
    cut: Select[Any] = wanted.limit(bindparam("most", type_=Integer()))
    return cut


# -- lines ----------------------------------------------------------------------------------


def _named(session: GatedSession, best: Sequence[_Best], with_sources: bool = True) -> list[Named]:
    if not best:
        return []
    records = {_number(each.shown): each.kind for each in best if each.shown.startswith("record:")}
    alone = [_number(each.shown) for each in best if each.shown.startswith("person:")]
    pages = entries(session, records, lead=False)
    lines = {**{f"record:{number}": entry for number, entry in pages.items()}, **persons(session, alone)}
    # Where it is written so is said of another spelling than the one that leads.
    others = [each for each in best if each.shown in lines and each.written != lines[each.shown].title]
    own = {_number(each.of): each.kind for each in others if each.of.startswith("record:")}
    named = [_number(each.of) for each in others if each.of.startswith("person:")]
    spelled = [each.written for each in others]
    where = _sources(session, own, named, spelled) if others and with_sources else {}
    return [
        Named(lines[each.shown], each.written, each.match, where.get((each.of, each.written)))
        for each in best
        if each.shown in lines
    ]


def _number(thing: str) -> int:
    return int(thing.partition(":")[2])


def _sources(
    session: GatedSession, records: Mapping[int, str], alone: Sequence[int], spellings: Sequence[str]
) -> dict[tuple[str, str], Link]:
    """The first work, by its title, in which each of them is written so."""
    found: dict[tuple[str, str], Link] = {}
    names = select(PersonName.record_id, PersonName.person_id, PersonName.text.label("written"), Source)
    names = names.join(Citation, Citation.name_id == PersonName.id)
    names = names.where(PersonName.record_id.in_(list(records)) | PersonName.person_id.in_(alone))
    said = aliased(Statement)
    places = select(said.record_id, said.person_id, said.value_text.label("written"), Source)
    places = places.join(Citation, Citation.statement_id == said.id).where(said.record_id.in_(list(records)))
    both: list[tuple[Any, Any]] = [(names, PersonName.text)]
    if "place" in records.values():
        both.append((places.where(said.property == "name"), said.value_text))
    for cited, text in both:
        wanted = cited.join(Source, Source.id == Citation.source_id).where(text.in_(spellings))
        for row in session.execute(wanted.order_by(Source.sort_key, Source.id)):
            thing = f"record:{row.record_id}" if row.record_id else f"person:{row.person_id}"
            link = Link(source_label(row.Source), address("source", row.Source.public_id))
            found.setdefault((thing, row.written), link)
    return found
