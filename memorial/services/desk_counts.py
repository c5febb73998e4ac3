"""How much waits, and in which languages: counted no further than it must, so that it costs the same however much it is.

counts(session)                 # {("contribution", "submitted"): 100, …}: 100 means that or more
languages(session)              # of what is open
unread(session)                 # languages that nobody at the desk reads, or None where nobody has said what they read
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, Subquery, func, literal, select, true, union_all

from memorial.domain import workflow
from memorial.gate import GatedSession
from memorial.gate.permission import desk_people
from memorial.models import Item
from memorial.models.item import is_open

MOST = 100


def counts(session: GatedSession) -> dict[tuple[str, str], int]:
    """How many are open, by kind and state, as far as `MOST`."""
    return {(row[0], row[1]): row[2] for row in session.execute(_counting()) if row[2]}


@cache
def _counting() -> Select[str, str, int]:
    """For each pair so many steps in the index. The order is the index's, so that nothing else is thought of."""
    kinds, states = _listed(workflow.KINDS), _listed(workflow.OPEN_STATES)
    some = (
        select(Item.id)
        .where(Item.kind == kinds.c.word, Item.state == states.c.word)
        .order_by(Item.precedence, Item.waiting_since, Item.id)
        .limit(literal(MOST, literal_execute=True))
        .correlate(kinds, states)
        .subquery()
    )
    number = select(func.count()).select_from(some).correlate(kinds, states).scalar_subquery()
    return select(kinds.c.word, states.c.word, number).select_from(kinds.join(states, true()))


def _listed(words: Iterable[str]) -> Subquery:
    return union_all(
        *(select(literal(word, literal_execute=True).label("word")) for word in words)
    ).subquery()


def languages(session: GatedSession) -> list[str]:
    """The languages of what is open: from each to the next in the index, and no row in between."""
    first = select(func.min(Item.language).label("language")).where(is_open()).cte("found", recursive=True)
    after = select(func.min(Item.language)).where(is_open(), Item.language > first.c.language)
    following = select(after.scalar_subquery()).where(first.c.language.is_not(None))
    found = first.union_all(following)
    return [code for code in session.scalars(select(found.c.language)) if code is not None]


def read_here(session: GatedSession) -> frozenset[str]:
    """What the people of the desk say they read; empty where nobody has said anything."""
    return frozenset(str(code) for account in desk_people(session) for code in account.languages)
