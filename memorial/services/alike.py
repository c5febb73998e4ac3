"""Whom the archive may have twice: candidates by the keys of their names, then reasons for and against.

    found = candidates(session, names)      # rows of PersonName, new ones: {(7, 9): Score}
    score_of(session, (7, 9))               # the reasons for one pair

One look at the index of names for each new name, of at most `LOOKED_AT` that sound alike; what is compared of all
of them together is read in a few statements, however many they are. The session reads as the desk does, so what is
sealed is not compared. Whoever is listed nowhere is not offered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select

from memorial.domain import alike
from memorial.domain.alike import Known, Pair, Score, ordered
from memorial.gate import GatedSession
from memorial.models import Citation, Person, PersonName, Relation, Remembrance, Statement, Testimony
from memorial.services.finding import BORN, LIVED
from memorial.services.name_search import sounding_alike
from memorial.services.unions import NEVER

LOOKED_AT = 40  # names that sound alike, for each new name: beyond that, more than the name has to be known
AT_ONCE = 400  # persons whose facts are read together
AGE = ("age",)
PEOPLE = ("remembrance", "person", "testimony")


def candidates(session: GatedSession, names: Iterable[Any]) -> dict[Pair, Score]:
    """The pairs worth asking about; `names` are rows with `person_id`, `text` and `kind`."""
    things: dict[str, set[int]] = defaultdict(set)  # what was found, and for which persons
    for name in names:
        if name.kind != "pseudonym":
            for thing in sounding_alike(session, name.text, PEOPLE, LOOKED_AT):
                things[thing].add(name.person_id)
    persons = _persons_of(session, things)
    pairs = {
        ordered(person, other)
        for thing, others in things.items()
        for other in others
        for person in persons.get(thing, ())
        if person != other
    }
    return {pair: score for pair, score in scores(session, pairs) if score.ask}


def score_of(session: GatedSession, pair: Pair) -> Score:
    """What speaks for and against, for one pair that somebody asks about."""
    return next((score for _, score in scores(session, [pair])), Score())


def scores(session: GatedSession, pairs: Collection[Pair]) -> Iterator[tuple[Pair, Score]]:
    waiting = iter(sorted(pairs))
    while some := list(islice(waiting, AT_ONCE // 2)):
        of = _known(session, {number for pair in some for number in pair})
        for one, other in some:
            if one in of and other in of:
                yield (one, other), alike.score(of[one], of[other])


def _persons_of(session: GatedSession, things: Iterable[str]) -> dict[str, list[int]]:
    """Whose names they are: "record:7" is a remembrance or a testimony, "person:9" somebody without a page."""
    found: dict[str, list[int]] = defaultdict(list)
    records = []
    for thing in things:
        sort, _, number = thing.partition(":")
        if sort == "person":
            found[thing].append(int(number))
        else:
            records.append(int(number))
    for some in _some(records):
        for table in (Remembrance, Testimony):
            wanted = select(table.record_id, table.person_id).where(table.record_id.in_(some))
            for row in session.execute(wanted.where(table.person_id.is_not(None))):
                found[f"record:{row[0]}"].append(row[1] or 0)
    return found


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))


def _known(session: GatedSession, ids: Collection[int]) -> dict[int, Known]:
    """What the comparison reads, of those who may be offered at all: five statements."""
    wanted = select(Person.id).where(Person.id.in_(ids), Person.listed != NEVER)
    offered = set(session.scalars(wanted))
    words: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(_names(offered)):
        words[row.person_id]["names"].append(row.text)
    for row in session.execute(_said(offered)):
        words[row.person_id][row.property].append(row.value_text)
    for row in session.execute(_relatives(offered)):
        named = [f"#{row.other_id}"] if row.other_id else []
        words[row.person_id]["relatives"] += [row.other_as_given, *named]
    for number, work, place in session.execute(_passages(offered)):
        words[number]["passages"].append((work, place))
    return {number: _from_words(words[number]) for number in offered if words[number]["names"]}


def _from_words(words: dict[str, list[Any]]) -> Known:
    born, lived, age = (
        [said for name in names for said in words[name] if said] for names in (BORN, LIVED, AGE)
    )
    return alike.known(words["names"], born, lived, age, words["relatives"], words["passages"])


def _names(ids: Collection[int]) -> Any:
    wanted = select(PersonName.person_id, PersonName.text).order_by(PersonName.rank, PersonName.id)
    return wanted.where(PersonName.person_id.in_(ids), PersonName.kind != "pseudonym")


def _said(ids: Collection[int]) -> Any:
    wanted = select(Statement.person_id, Statement.value_text, Statement.property)
    return wanted.where(Statement.person_id.in_(ids), Statement.property.in_((*BORN, *LIVED, *AGE)))


def _relatives(ids: Collection[int]) -> Any:
    """As the source names them, and by number where they are somebody here."""
    wanted = select(Relation.person_id, Relation.other_as_given, Relation.other_id)
    return wanted.where(Relation.person_id.in_(ids))


def _passages(ids: Collection[int]) -> Any:
    """Where they are named: the works, and the places in them."""
    person = func.coalesce(Citation.person_id, PersonName.person_id)
    return (
        select(person, Citation.source_id, Citation.locator)
        .outerjoin(PersonName, PersonName.id == Citation.name_id)
        .where(
            or_(Citation.person_id.in_(ids), PersonName.person_id.in_(ids)), Citation.source_id.is_not(None)
        )
    )
