"""A list of names as readers find it: its lines in their order, and on which lists somebody stands.

    page = lines_of(session, public_id, after="")        # ListPage; NotOpen where the work is not there
    on_lists(session, view.public_id)                    # Cites: "Aghdam mosque list", "line 212"

Everything is the reader's own: a line whose person is hidden is not there, and its words are spared as their page
spares them (domain/sparing.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, union

from memorial.domain.list_plan import LINE
from memorial.domain.views import Cite, Entry, SourceView
from memorial.gate import GatedSession
from memorial.gate.persons import spared
from memorial.gate.shown import cite
from memorial.models import Citation, Person, Record, SameAs, Source, Statement
from memorial.services.cursors import Place, read_cursor, write_cursor
from memorial.services.sources import work
from memorial.services.used_by import people

PER_PAGE = 50
MOST_LISTS = 24


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: whom it names, and what it says, as (property, words)."""

    locator: str
    person: Entry
    said: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    source: SourceView
    lines: Sequence[ListLine]
    after: str = ""


def lines_of(session: GatedSession, public_id: str, after: str = "") -> ListPage:
    """A page of the lines of a work, in the order in which they came. Raises NotOpen."""
    source = work(session, public_id)
    source_id = session.scalar(select(Source.id).where(Source.public_id == public_id))
    start = read_cursor(after).id if after else 0
    wanted = select(Citation.id, Citation.person_id, Citation.locator).where(
        Citation.source_id == source_id, Citation.id > start, Citation.person_id.is_not(None),
        Citation.relation == "supports", Citation.locator.startswith(LINE),
    )  # fmt: skip
    rows = session.execute(wanted.order_by(Citation.id).limit(PER_PAGE + 1)).all()
    shown = rows[:PER_PAGE]
    ids = {row.person_id for row in shown}
    entries = people(session, ids)
    said = _said(session, ids, source_id)
    return ListPage(
        source,
        [
            ListLine(row.locator, entries[row.person_id], said[row.person_id])
            for row in shown
            if row.person_id in entries
        ],
        write_cursor(Place(None, shown[-1].id)) if len(rows) > PER_PAGE else "",
    )


def _said(
    session: GatedSession, persons: Iterable[int | None], source_id: int | None
) -> dict[int | None, list[tuple[str, str]]]:
    wanted = select(Statement).where(Statement.person_id.in_(persons), Statement.source_id == source_id)
    statements = session.scalars(wanted.order_by(Statement.person_id, Statement.position, Statement.id)).all()
    narrowed = spared(session, statements)
    found: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for each in statements:
        words = narrowed.get(each.id, each.value_text)
        if words:
            found[each.person_id].append((each.property, words))
    return found


def on_lists(session: GatedSession, public_id: str) -> Sequence[Cite]:
    """The lists on which the person of a page stands, or somebody who is read as one with them."""
    mine = select(Person.id).join(Record, Record.id == Person.record_id).where(Record.public_id == public_id)
    second, first = (
        select(other).where(one.in_(mine), SameAs.undone_at.is_(None))
        for one, other in (
            (SameAs.person_id, SameAs.other_id),
            (SameAs.other_id, SameAs.person_id),
        )
    )
    wanted = (
        select(Citation, Source)
        .join(Source, Source.id == Citation.source_id)
        .where(Citation.person_id.in_(union(mine, second, first)), Citation.locator.startswith(LINE))
        .order_by(Source.sort_key, Citation.id)
        .limit(MOST_LISTS)
    )
    return list(dict.fromkeys(cite(row[0], row[1]) for row in session.execute(wanted)))
