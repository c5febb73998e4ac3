"""What search shows of persons without a page and of works, by the numbers of those that came through the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select, union

from memorial.domain.addresses import address
from memorial.domain.views import Entry, Link
from memorial.gate import GatedSession
from memorial.gate.shown import source_label
from memorial.models import Citation, Person, PersonName, Source
from memorial.services.cursors import Place, write_cursor
from memorial.services.lists import source_entry


def persons(session: GatedSession, ids: Sequence[int]) -> dict[str, Entry]:
    """People named in a source: findable, without a page of their own."""
    if not ids:
        return {}
    names: dict[int, list[str]] = {}
    wanted = select(PersonName.person_id, PersonName.text).where(PersonName.person_id.in_(ids))
    for row in session.execute(wanted.order_by(PersonName.rank, PersonName.id)):
        names.setdefault(row.person_id, []).append(row.text)
    rows = session.execute(select(Person.id, Person.public_id, Person.roles).where(Person.id.in_(ids)))
    named_in = _named_in(session, ids)
    found = {}
    for person in rows:
        known = names.get(person.id)
        if known:
            line = ", ".join([*(str(role) for role in person.roles), *known[1:]])
            entry = Entry("person", person.public_id, "", known[0], line=line)
            found[f"person:{person.id}"] = replace(entry, named_in=named_in[person.id])
    return found


NAMED_IN = 5  # works that an entry leads to


def _named_in(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Link]]:
    """The works that name them, each from the first place on at which it does."""
    names = select(Citation.id, Citation.source_id, PersonName.person_id)
    names = names.join(PersonName, PersonName.id == Citation.name_id).where(PersonName.person_id.in_(ids))
    own = select(Citation.id, Citation.source_id, Citation.person_id).where(Citation.person_id.in_(ids))
    cited = union(own, names).subquery()
    first = func.min(cited.c.id).label("first")
    works = (
        select(cited.c.person_id, Source, first)
        .join(Source, Source.id == cited.c.source_id)
        .group_by(cited.c.person_id, Source.id)
        .order_by(cited.c.person_id, Source.sort_key, Source.id)
    )
    found: dict[int, list[Link]] = defaultdict(list)
    for number, source, citation_id in session.execute(works):
        if len(found[number]) < NAMED_IN:
            cursor = write_cursor(Place(None, citation_id - 1))
            where = f"{address('source', source.public_id)}?of=uses&after={cursor}"
            found[number].append(Link(source_label(source), where))
    return found


def sources(session: GatedSession, ids: Sequence[int]) -> dict[str, Entry]:
    if not ids:
        return {}
    columns = [
        Source.id, Source.public_id, Source.title, Source.label, Source.container_title, Source.publisher,
        Source.year, Source.language, Source.date_edtf, Source.date_words,
    ]  # fmt: skip
    rows = session.execute(select(*columns).where(Source.id.in_(ids)))
    return {f"source:{row.id}": source_entry(row) for row in rows}
