"""At the end of a run: what earlier files named and later ones brought.

    left = finish(session)

Only rows whose reference is empty are filled; what matches nothing still is returned for the desk.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, String, cast, select

from memorial.domain.names import fold
from memorial.domain.relations import named
from memorial.gate import GatedSession
from memorial.models import (
    Citation,
    ImportedObject,
    PersonName,
    RecordLink,
    Relation,
    Rival,
    Source,
    Statement,
)
from memorial.models.record import ACCOUNT
from memorial.services.collection.batch import place_in_source
from memorial.services.collection.references import (
    AT_ONCE,
    LOOKUPS,
    Found,
    accused_spellings,
    by_name,
    persons_named,
)


def finish(
    session: GatedSession, *, people: bool = True, only: str = ""
) -> list[tuple[str, str, list[list[str]]]]:
    """Match what earlier files named and later ones brought; returns what matches nothing still.

    `only` is the id of the one object that came: what names others is neither read nor asked about. Each entry is the kind of file, the object's id, and pairs of what was meant and the name given.
    """
    session.flush()
    waiting = session.scalars(_waiting(only)).all()
    wanted: dict[str, set[str]] = defaultdict(set)
    for told in waiting:
        for kind, name in told.unmatched:
            if name == only or not only:
                wanted[kind].add(name)
    found = {kind: LOOKUPS[kind](session, names) for kind, names in wanted.items()}
    for kind, known in found.items():
        for names in _some(sorted(known)):
            MATCHERS[kind](session, {name: known[name] for name in names})
    for told in waiting:
        told.unmatched = [pair for pair in told.unmatched if pair[1] not in found.get(pair[0], ())]
    if people:
        _match_persons(session)
    session.flush()
    return [(told.file, told.external_id, told.unmatched) for told in waiting if told.unmatched]


def _waiting(only: str) -> Select[Any]:
    wanted = select(ImportedObject).where(ImportedObject.unmatched != [])
    if only.isascii() and only:  # other signs are spelled by each engine as it likes
        wanted = wanted.where(
            cast(ImportedObject.unmatched, String).contains(json.dumps(only), autoescape=True)
        )
    return wanted


def _some(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def _match_sources(session: GatedSession, known: Found) -> None:
    labels = by_name(session, Source.external_id, Source.label, known)
    wanted = select(Citation).where(Citation.source_id.is_(None), Citation.as_given != "")
    first = next(iter(known))
    if len(known) == 1 and not first.startswith("src-seed-"):  # those are cited by their files' names as well
        wanted = wanted.where(Citation.as_given.startswith(first, autoescape=True))
    rows = session.scalars(wanted).all()
    statements: dict[int, tuple[int, str]] = {}
    names: dict[int, int] = {}
    for citation in rows:
        source = place_in_source(citation.as_given)[0]
        if source not in known:
            continue
        citation.source_id = known[source]
        if citation.position == 0 and citation.statement_id:
            statements[citation.statement_id] = (known[source], labels.get(source, ""))
        if citation.position == 0 and citation.name_id:
            names[citation.name_id] = known[source]
    for said in _entities(session, Statement, statements):
        if said.external_id is None and said.source_id is None:
            said.source_id, said.stated_by = statements[said.id][0], said.stated_by or statements[said.id][1]
    for name in _entities(session, PersonName, names):
        name.source_id = names[name.id]


def _match_press(session: GatedSession, known: Found) -> None:
    wanted = select(Citation).where(Citation.relation == "press_account", Citation.as_given.in_(known))
    works: dict[int, int] = {}
    for citation in session.scalars(wanted.where(Citation.source_id.is_(None))):
        citation.source_id = known[citation.as_given]
        if citation.statement_id:
            works[citation.statement_id] = known[citation.as_given]
    for said in _entities(session, Statement, works):
        said.source_id = works[said.id]


def _match_links(session: GatedSession, known: Found) -> None:
    wanted = select(RecordLink).where(RecordLink.other_id.is_(None), RecordLink.as_given.in_(known))
    for link in session.scalars(wanted):
        link.other_id = known[link.as_given]


def _match_statements(session: GatedSession, known: Found) -> None:
    """Rivals, and what events name as accounts of them."""
    for rival in session.scalars(select(Rival).where(Rival.other_id.is_(None), Rival.as_given.in_(known))):
        rival.other_id = known[rival.as_given]
    told = select(RecordLink).where(RecordLink.relation == ACCOUNT, RecordLink.statement_id.is_(None))
    for link in session.scalars(told.where(RecordLink.as_given.in_(known))):
        link.statement_id = known[link.as_given]


MATCHERS: Mapping[str, Callable[[GatedSession, Found], None]] = {
    "source": _match_sources,
    "press": _match_press,
    "record": _match_links,
    "statement": _match_statements,
}


def _entities(session: GatedSession, table: Any, ids: Iterable[int]) -> Iterable[Any]:
    waiting = iter(sorted(ids))
    while some := list(islice(waiting, AT_ONCE)):
        yield from session.scalars(select(table).where(table.id.in_(some)))


def _match_persons(session: GatedSession) -> None:
    """Speakers and relatives who came with a later file."""
    accused = accused_spellings(session)
    speakers = session.scalars(
        select(Statement).where(
            Statement.property == "account",
            Statement.speaker_id.is_(None),
            Statement.speaker_accused.is_(False),
            Statement.external_id.is_not(None),
        )
    ).all()
    relations = session.scalars(select(Relation).where(Relation.other_id.is_(None))).all()
    names = {said.stated_by for said in speakers} | {named(relation.other_as_given) for relation in relations}
    found: dict[str, set[int]] = {}
    for some in _some(sorted(names)):
        found.update(persons_named(session, some))
    only = {
        name: next(iter(numbers))
        for name, numbers in found.items()
        if len(numbers) == 1 and fold(name) not in accused
    }
    for said in speakers:
        said.speaker_id = only.get(said.stated_by)
    for relation in relations:
        relation.other_id = only.get(named(relation.other_as_given))
