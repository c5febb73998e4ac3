"""Finding persons and places by name, whichever spelling and script; each with the reason.

    found = find(session, "Hajief")
    found.names[0].entry.title, found.names[0].written      # "Hacıyev", "Hajief"
    suggestions(session, "Haci")                            # names that begin so, for whoever is typing

How they are looked for, services/name_degrees.py says. Every statement is the reader's own session's, and reads at most
so many names of those that this reader may see: a hidden name neither shows nor crowds out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from memorial.domain.addresses import address
from memorial.domain.name_match import BEGINNING, Match, compare
from memorial.domain.name_parts import words
from memorial.domain.views import Entry, Link
from memorial.gate import GatedSession
from memorial.gate.as_one import leading_things
from memorial.gate.shown import source_label
from memorial.models import Citation, PersonName, Source, Statement
from memorial.models.statements import among
from memorial.services.lists import entries, own_entries
from memorial.services.name_candidates import asking, candidates, of_two_words
from memorial.services.name_degrees import MOST_PAIRED, Answers, Kept, answering
from memorial.services.search_entries import persons

SPARE = 2  # beyond a page: persons who may be read as one with another
PER_PAGE = 20
LONGEST_QUERY = 300
MOST_WORDS = 8
SUGGESTED = 8
PEOPLE = ("remembrance", "person")


class Named(NamedTuple):
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


def is_name(query: str) -> bool:
    """Whether there is a name in it: "oğlu" alone, or signs, are none."""
    return bool(words(query[:LONGEST_QUERY]))


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
    answers = Answers(session, query, sought, kinds, filled=most + SPARE)
    best, pages = _as_one(session, answers.by_degrees(same), most)
    if len(best) <= most and answers.widened():  # few persons, each written in many ways or read with others
        best, pages = _as_one(session, answers.by_degrees(same), most)
    partly = not best and len(sought) > 1 and not same
    if partly:
        best, pages = _as_one(session, answers.partly(), most)
    more = len(best) > most or answers.cut
    return Names(_named(session, query, best[:most], pages), more, partly and bool(best))


class _Best(NamedTuple):
    """The name that answers best of what is shown once, and whose it is where several are read as one."""

    shown: str  # the thing that leads: "record:7"
    kind: str
    of: str
    written: str
    match: Match


Pages = dict[int, Entry]  # the lines of records


def _as_one(session: GatedSession, found: Kept, most: int) -> tuple[list[_Best], Pages]:
    """Best first, one more than `most` where there are more; persons who are read as one are found once.

    The lines of what was looked at come with them: they tell who may be read with others.
    """
    ordered = sorted(found.items(), key=lambda pair: (pair[1][0].order, pair[0]))
    once: dict[str, _Best] = {}
    pages: Pages = {}
    while ordered and len(once) <= most:
        some, ordered = ordered[: most + 1], ordered[most + 1 :]
        own = {_number(thing): kept[2] for thing, kept in some if thing.startswith("record:")}
        lines, linked = own_entries(session, own)
        pages.update(lines)
        alone = len(own) < len(some)
        led = leading_things(session, [thing for thing, _ in some]) if linked or alone else {}
        for thing, (match, written, kind) in some:
            leading = led.get(thing, thing)
            # None but people are led, and of people only those who are remembered have a page.
            shown = "remembrance" if thing in led and leading.startswith("record:") else kind
            once.setdefault(leading, _Best(leading, shown, thing, written, match))
    return list(once.values())[: most + 1], pages


def suggestions(session: GatedSession, typed: str, *, kinds: Sequence[str] = PEOPLE) -> list[Named]:
    """A few names for whoever has typed a beginning: those that begin so come first."""
    sought = words(typed[:LONGEST_QUERY])[:MOST_WORDS]
    if not sought or len(sought[-1].folded) < 2:
        return []
    [rows] = candidates(session, [asking(sought, BEGINNING, SUGGESTED * 3)], kinds)
    best, pages = _as_one(session, answering(typed, rows or ()), SUGGESTED)
    return _named(session, typed, best[:SUGGESTED], pages, with_sources=False)


def sounding_alike(session: GatedSession, name: str, kinds: Sequence[str], most: int) -> list[str]:
    """Things that bear a name with two words of this one, in whatever spelling, as far as they are looked at."""
    needed = [word for word in words(name) if not word.optional][:MOST_PAIRED]
    return list(dict.fromkeys(row.thing for row in of_two_words(session, needed, kinds, most)))


# -- lines ----------------------------------------------------------------------------------


def _named(
    session: GatedSession, query: str, best: Sequence[_Best], known: Pages, with_sources: bool = True
) -> list[Named]:
    if not best:
        return []
    records = {_number(each.shown): each.kind for each in best if each.shown.startswith("record:")}
    alone = [_number(each.shown) for each in best if each.shown.startswith("person:")]
    others = {number: kind for number, kind in records.items() if number not in known}
    pages = {**known, **entries(session, others, lead=False)}
    lines = {**{f"record:{number}": entry for number, entry in pages.items()}, **persons(session, alone)}
    best = [
        _by_its_title(query, each, lines[each.shown].title) if each.shown in lines else each for each in best
    ]
    # Where it is written so is said of another spelling than the one that leads.
    spelled = [each for each in best if each.shown in lines and each.written != lines[each.shown].title]
    own = {_number(each.of): each.kind for each in spelled if each.of.startswith("record:")}
    named = [_number(each.of) for each in spelled if each.of.startswith("person:")]
    written = [each.written for each in spelled]
    where = _sources(session, own, named, written) if spelled and with_sources else {}
    return [
        Named(lines[each.shown], each.written, each.match, where.get((each.of, each.written)))
        for each in best
        if each.shown in lines
    ]


def _by_its_title(query: str, best: _Best, title: str) -> _Best:
    """The name that leads a page says for itself why it was found, where it answers as well as the one that was found."""
    if best.written == title or best.match.missing:
        return best
    match = compare(query, title)
    if match is None or (match.degree, match.cost) != (best.match.degree, best.match.cost):
        return best
    return best._replace(written=title, match=match)


def _number(thing: str) -> int:
    return int(thing.partition(":")[2])


def _sources(
    session: GatedSession, records: Mapping[int, str], alone: Sequence[int], spellings: Sequence[str]
) -> dict[tuple[str, str], Link]:
    """The first work, by its title, in which each of them is written so."""
    found: dict[tuple[str, str], Link] = {}
    values = {"records": list(records), "persons": alone, "spellings": spellings}
    rows: list[Any] = [*session.execute(NAMES_IN_WORKS, values)]
    if "place" in records.values():
        rows += session.execute(PLACES_IN_WORKS, values)
    for row in rows:
        thing = f"record:{row.record_id}" if row.record_id else f"person:{row.person_id}"
        found.setdefault((thing, row.written), Link(source_label(row), address("source", row.public_id)))
    return found


WORK = [getattr(Source, name) for name in ("public_id", "label", "title", "container_title")]
BY_TITLE = (Source.sort_key, Source.id)
NAMES_IN_WORKS: Any = (
    select(PersonName.record_id, PersonName.person_id, PersonName.text.label("written"), *WORK)
    .join(Citation, Citation.name_id == PersonName.id)
    .join(Source, Source.id == Citation.source_id)
    .where(or_(among(PersonName.record_id, "records"), among(PersonName.person_id, "persons")))
    .where(among(PersonName.text, "spellings"))
    .order_by(*BY_TITLE)
)
PLACES_IN_WORKS: Any = (
    select(Statement.record_id, Statement.person_id, Statement.value_text.label("written"), *WORK)
    .join(Citation, Citation.statement_id == Statement.id)
    .join(Source, Source.id == Citation.source_id)
    .where(Statement.property == "name", among(Statement.record_id, "records"))
    .where(among(Statement.value_text, "spellings"))
    .order_by(*BY_TITLE)
)
