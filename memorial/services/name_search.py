"""Finding persons and places by name, whichever spelling and script; each with the reason.

    found = find(session, "Hajief")
    found.names[0].entry.title, found.names[0].written      # "Hacıyev", "Hajief"
    suggestions(session, "Haci")                            # names that begin so, for whoever is typing

The very name is looked for, and by itself what sounds like it (domain/name_match.py), so that neither crowds out the
other; other endings where the very name is not there, and only where there is none, beginnings and near spellings. One
statement asks all of it: each degree only where the better ones leave it wanted.
Every statement is the reader's own session's: at most so many names of those that this reader may see, so
that a hidden name neither shows nor crowds out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from memorial.domain.addresses import address
from memorial.domain.name_match import (
    BEGINNING,
    ENDING,
    EXACT,
    NEAR,
    VARIANT,
    Match,
    compare,
    compare_partly,
    misspelt,
)
from memorial.domain.name_parts import Word, words
from memorial.domain.views import Entry, Link
from memorial.gate import GatedSession
from memorial.gate.as_one import leading_things
from memorial.gate.shown import source_label
from memorial.models import Citation, PersonName, Source, Statement
from memorial.models.statements import among
from memorial.services.lists import entries, own_entries
from memorial.services.name_candidates import Asking, Candidate, asking, candidates, of_two_words
from memorial.services.search_entries import persons

# Names of one degree: beyond that, one more word of the name narrows it. Of those that share letters nearly all answer.
LETTERS, ENDINGS, SOUNDS = 24, 32, 48
LOOKED_AT = {EXACT: LETTERS, VARIANT: SOUNDS, ENDING: ENDINGS, BEGINNING: LETTERS, NEAR: LETTERS}
AT_MOST = 256  # that are the very name, where so few persons bear them that a page has room for more
SPARE = 2  # beyond a page: persons who may be read as one with another
ENOUGH = 10  # found as the same name: what is looser is not offered
PER_PAGE = 20
LONGEST_QUERY = 300
MOST_WORDS = 8
MOST_PAIRED = 4  # words of which two have to be there
SUGGESTED = 8
BETTER = {VARIANT: EXACT, ENDING: VARIANT, BEGINNING: ENDING, NEAR: BEGINNING}
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
    found, cut = _by_degrees(session, query, sought, kinds, same, most)
    partly = not found and len(sought) > 1 and not same
    if partly:
        found = _partly(session, sought, kinds)
    best, pages = _as_one(session, found, most)
    return Names(_named(session, query, best[:most], pages), cut or len(best) > most, partly and bool(best))


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


Kept = dict[str, tuple[Match, str, str]]  # by "record:7": its best match, the name as written, the kind


def _by_degrees(
    session: GatedSession, query: str, sought: Sequence[Word], kinds: Sequence[str], same: bool, most: int
) -> tuple[Kept, bool]:
    """The very name with its other spellings; all else only where the very name is not there. And whether there may be
    more than was looked at."""
    found: Kept = {}
    answers = _Answers(session, sought, kinds, filled=most + SPARE)
    answers.ask(same)
    _keep(found, query, answers.of(EXACT))
    if len(found) <= answers.filled:
        _keep(found, query, _without(answers.of(VARIANT), answers.of(EXACT)))
    exact = any(kept[0].degree == EXACT for kept in found.values())
    if not same and not exact and _close(found) < ENOUGH:
        _look_further(query, answers, found)
    only = same or _close(found) >= ENOUGH
    return {thing: kept for thing, kept in found.items() if kept[0].same} if only else found, answers.cut


def _close(found: Kept) -> int:
    return sum(kept[0].same for kept in found.values())


@dataclass(slots=True)
class _Answers:
    """What answers a name in each degree; of a single word without what a better one was asked for."""

    session: GatedSession
    sought: Sequence[Word]
    kinds: Sequence[str]
    filled: int  # where more than so many bear the very name, the page has room for nobody else, some of them read as one
    rows: dict[str, list[Candidate]] = field(default_factory=dict)
    cut: bool = False  # more bear the very name than were looked at

    def ask(self, same: bool) -> None:
        """All that may be wanted in one statement, each degree only where the better ones leave it wanted."""
        ways = {
            EXACT: self._asking(EXACT),
            VARIANT: self._asking(VARIANT).unless(1, answer=self.filled),
        }
        if not same and len(self.sought) == 1:
            ways[ENDING] = self._asking(ENDING).unless(1, answer=0)
        self._ask(ways)
        bearers = self.rows[EXACT]
        if len(bearers) == LOOKED_AT[EXACT] and len({row.thing for row in bearers}) <= self.filled:
            self._ask({EXACT: self._asking(EXACT, AT_MOST)})  # few, each written in many ways
            self.cut = len(self.rows[EXACT]) == AT_MOST

    def ask_too(self, *degrees: str) -> None:
        self._ask({degree: self._asking(degree) for degree in degrees})

    def of(self, degree: str) -> list[Candidate]:
        if degree not in self.rows:
            self.ask_too(degree)
        return self.rows[degree]

    def _asking(self, degree: str, most: int = 0) -> Asking:
        return asking(self.sought, degree, most or LOOKED_AT[degree], after=BETTER.get(degree))

    def _ask(self, ways: Mapping[str, Asking]) -> None:
        found = candidates(self.session, list(ways.values()), self.kinds)
        self.rows.update({degree: rows for degree, rows in zip(ways, found, strict=True) if rows is not None})


def _without(rows: Iterable[Candidate], *known: Iterable[Candidate]) -> list[Candidate]:
    numbers = {row.id for some in known for row in some}
    return [row for row in rows if row.id not in numbers]


def _look_further(query: str, answers: _Answers, found: Kept) -> None:
    """With other endings; then beginnings, near spellings and spellings less near, each where nobody was found before."""
    if ENDING not in answers.rows and not found:
        answers.ask_too(ENDING, BEGINNING, NEAR)
    _keep(found, query, _without(answers.of(ENDING), answers.of(EXACT), answers.of(VARIANT)))
    if found:
        return
    if BEGINNING not in answers.rows:
        answers.ask_too(BEGINNING, NEAR)
    _keep(found, query, _without(answers.of(BEGINNING), answers.of(ENDING)))
    if not found:
        _keep(found, query, [row for row in answers.of(NEAR) if misspelt(query, row.written)])
    if not found:
        wide = asking(answers.sought, NEAR, SOUNDS, wide=True)
        [rows] = candidates(answers.session, [wide], answers.kinds)
        _keep(found, query, [row for row in rows or () if misspelt(query, row.written)])


def _partly(session: GatedSession, sought: Sequence[Word], kinds: Sequence[str]) -> Kept:
    """Who has some of the words, and most of them first: a year, a home or a wrong father's name is one too many."""
    several = [[other for other in sought if other is not word] for word in sought] if len(sought) > 2 else []
    askings = [asking(some, VARIANT, SOUNDS) for some in (*several, *([word] for word in sought))]
    rows = [row for some in candidates(session, askings, kinds) for row in some or ()]
    if len(sought) > MOST_PAIRED - 1:
        rows += of_two_words(session, sought[:MOST_PAIRED], kinds, SOUNDS)
    found: Kept = {}
    for row in rows:
        _keep_best(found, row, compare_partly(sought, row.written))
    return found


def _keep(found: Kept, query: str, rows: Iterable[Candidate]) -> None:
    """Adds whoever answers."""
    for row in rows:
        _keep_best(found, row, compare(query, row.written))


def _keep_best(found: Kept, row: Candidate, match: Match | None) -> None:
    if match is not None and (row.thing not in found or match.order < found[row.thing][0].order):
        found[row.thing] = match, row.written, row.kind


def suggestions(session: GatedSession, typed: str, *, kinds: Sequence[str] = PEOPLE) -> list[Named]:
    """A few names for whoever has typed a beginning: those that begin so come first."""
    sought = words(typed[:LONGEST_QUERY])[:MOST_WORDS]
    if not sought or len(sought[-1].folded) < 2:
        return []
    found: Kept = {}
    [rows] = candidates(session, [asking(sought, BEGINNING, SUGGESTED * 3)], kinds)
    _keep(found, typed, rows or ())
    best, pages = _as_one(session, found, SUGGESTED)
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
