"""A person's page: their statements in order and as they may be shown, their kin from both ends, what does not agree.

    view = finished(view, rows)                   # what `shown` adds for a remembrance
    words = spared(session, statements)           # {statement id: words, or None}, away from the person's own page

The rules of domain/sparing.py narrow what came through the gate; they never add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from memorial.domain import ages, fates, relations
from memorial.domain.addresses import address
from memorial.domain.dates import from_words
from memorial.domain.sparing import RULED, RULES, Fact, may_show, whose
from memorial.domain.views import Assertion, Kin, RecordView, When
from memorial.gate.sessions import GatedSession
from memorial.models import Record, Relation, Statement

if TYPE_CHECKING:
    from memorial.gate.rows import Rows

FATE, DESCRIBED = "fate", "described"


def reading_of(statement: Statement) -> str:
    """How the words of a fate are read: as the desk says, else as they say themselves."""
    if statement.property != FATE:
        return ""
    return statement.qualifier if statement.qualifier in fates.FATES else fates.read(statement.value_text)


def finished(view: RecordView, rows: Rows) -> RecordView:
    """The view of a remembrance with what is a person's alone."""
    whom = _whom(rows)
    said = [
        shown
        for statement, each in sorted(zip(rows.statements, view.statements, strict=True), key=_place)
        if (shown := _as_may_be_shown(statement, each, whom)) is not None
    ]
    asked = any(rule.whom in whom for rule in RULES if rule.what == "photograph")
    pages = {page.part_id for page in (rows.record, *rows.pages)}
    with_the_page = {medium.public_id for medium in rows.media if medium.part_id in pages}
    return replace(
        view,
        statements=said,
        pictures=[each for each in view.pictures if not (asked and each.public_id in with_the_page)],
        family=kin(rows),
        disagree=sorted(_disagreeing(said)),
        described=bool(view.names) and view.names[0].kind == DESCRIBED,
    )


def _whom(rows: Rows) -> frozenset[str]:
    """Of persons who are read as one each is spared what they were spared alone."""
    found = whose(_facts(rows.statements))
    for person in rows.persons:
        found |= whose(_facts(each for each in rows.statements if each.person_id == person))
    return found


def _facts(statements: Iterable[Statement]) -> list[Fact]:
    return [Fact(each.property, _words(each), reading_of(each)) for each in statements]


def _words(statement: Statement) -> str:
    number = statement.value_number
    return statement.value_text or ("" if number is None else f"{number:g}")


def _place(pair: tuple[Statement, Assertion]) -> tuple[object, ...]:
    """What became of them by the day it was said, as rivals stand; of their life the family's words first."""
    statement = pair[0]
    if statement.property == FATE:
        day = statement.said_earliest
        return (1, day is None, day.isoformat() if day else "", statement.position, statement.id)
    return (0, statement.contribution_id is None, "", statement.position, statement.id)


def _as_may_be_shown(statement: Statement, said: Assertion, whom: frozenset[str]) -> Assertion | None:
    if statement.property not in RULED or not whom:
        return said
    words = may_show(whom, statement.property, said.value, statement.language)
    if words is None:
        return None
    return said if words == said.value else replace(said, value=words, as_printed="", note="", as_of=When())


def spared(
    session: GatedSession, statements: Sequence[Statement], *, cautious: bool = False
) -> Mapping[int, str | None]:
    """Of statements about persons, found away from their pages: the words of those that a rule narrows.

    `cautious` in a custody session that writes what the public finds, such as the search index.
    """
    ruled = [each for each in statements if each.person_id and each.property in RULED]
    if not ruled:
        return {}
    about: dict[int, list[Statement]] = defaultdict(list)
    wanted = select(Statement).where(Statement.person_id.in_({each.person_id for each in ruled}))
    for each in session.scalars(wanted):
        about[each.person_id or 0].append(each)
    found = {}
    for each in ruled:
        whom = whose(_facts(about[each.person_id or 0]), cautious=cautious)
        words = may_show(whom, each.property, _words(each), each.language)
        if words != _words(each):
            found[each.id] = words
    return found


def asked_for_a_face(session: GatedSession, person_ids: Collection[int]) -> set[int]:
    """Of these persons those whose photographs wait for a yes of their own (a photograph that has a part has it)."""
    about: dict[int, list[Statement]] = defaultdict(list)
    if person_ids:
        for each in session.scalars(select(Statement).where(Statement.person_id.in_(person_ids))):
            about[each.person_id or 0].append(each)
    asked = {rule.whom for rule in RULES if rule.what == "photograph"}
    return {person_id for person_id, said in about.items() if whose(_facts(said)) & asked}


# -- kin --------------------------------------------------------------------------------------


def kin(rows: Rows) -> list[Kin]:
    """Everyone a source relates to this person, whichever of the two it says it of; each once."""
    mine = {rows.detail.person_id, *rows.persons}
    found: dict[tuple[object, str], Kin] = {}
    for relation, record in sorted(rows.relations, key=lambda pair: pair[0].person_id not in mine):
        own = relation.person_id in mine
        other = relation.other_id if own else relation.person_id
        one = _own(relation, record) if own else _from_the_other(relation, record, rows)
        if one is not None and other not in mine:
            found.setdefault((other or f"as given {relation.id}", one.role or relation.relation), one)
    order = list(relations.INVERSE)
    return sorted(found.values(), key=lambda each: order.index(each.role) if each.role else len(order))


def _own(relation: Relation, record: Record | None) -> Kin:
    words = relation.other_as_given
    return Kin(
        words,
        relations.role_of_other(relation.relation),
        relation.relation,
        _page(record),
        unnamed=relations.is_unnamed(words),
    )


def _from_the_other(relation: Relation, record: Record | None, rows: Rows) -> Kin | None:
    """What the other's page says of this person, read from here. Whoever has no name to show is not named."""
    name, role = rows.kin_names.get(relation.person_id), relations.role_of_owner(relation.relation)
    return Kin(name[0], role, "", _page(record), name[1]) if name and role else None


def _page(record: Record | None) -> str:
    return address(record.kind, record.public_id) if record is not None else ""


# -- what does not agree ----------------------------------------------------------------------


def _disagreeing(said: Sequence[Assertion]) -> frozenset[str]:
    dated = [each for each in said if each.property in ("born", "age")]
    found = ages.disagreeing(ages.Said(each.property, _when(each), each.value) for each in dated)
    return found | {FATE} if fates.contradict(each.reading for each in said) else found


def _when(said: Assertion) -> When:
    """Of a birth its date, of an age the day it speaks of."""
    if said.property == "born":
        return said.as_of if said.as_of.earliest else from_words(said.value, said.language)
    return said.as_of if said.as_of.earliest else _whole(said.said)


def _whole(said: When) -> When:
    return said if said.earliest is None or said.latest else replace(said, latest=said.earliest)
