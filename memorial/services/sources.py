"""Works: their pages with all that rests on them, their lists, and the works alone for whoever cites.

    source_view(session, public_id)                          # SourceView; NotOpen
    source_view(session, public_id, of="statements", after=cursor)     # more of one of its lists
    work(session, public_id)                                 # the work without what rests on it
    works(session, after, limit)                             # many of them, for a file
    films(session, asked)                                    # a page of films, each with its sources

What rests on a work is read by services/used_by.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from memorial.domain.addresses import address
from memorial.domain.dates import BadDate, parse
from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.list_plan import LINE
from memorial.domain.markup import is_allowed_address
from memorial.domain.views import Cite, SourceView, When
from memorial.gate import GatedSession
from memorial.gate.shown import cite, when_of
from memorial.models import Citation, Source
from memorial.services.cursors import Asked, page_rows, read_cursor
from memorial.services.lists import BY_TITLE
from memorial.services.used_by import READERS, link, pages


def work(session: GatedSession, public_id: str) -> SourceView:
    return work_of(_find(session, public_id))


def _find(session: GatedSession, public_id: str) -> Source:
    wanted = select(Source).where(Source.public_id == public_id)
    source = session.scalars(wanted).first() if is_public_id(public_id) else None
    if source is None:
        raise NotOpen
    return source


def source_view(session: GatedSession, public_id: str, of: str = "", after: str = "") -> SourceView:
    """A work and what rests on it; with `of` only that list, from a cursor on."""
    source = _find(session, public_id)
    if of and of not in READERS:
        raise Invalid("cursor", field="of")
    start = read_cursor(after).id if of and after else 0
    own = pages(session, [source.record_id]).get(source.record_id) if source.record_id else None
    view = replace(
        work_of(source), own=link(own) if own else None, cites=_known_from(session, [source.id])[source.id]
    )
    found: dict[str, Any] = {}
    more: dict[str, str] = {}
    for name in [of] if of else READERS:
        rows, more[name] = READERS[name](session, source, start)
        found[name] = rows
    listed = any(place.startswith(LINE) for use in found.get("uses", ()) for place in use.locators)
    return replace(
        view, listed=listed, **found, more={name: cursor for name, cursor in more.items() if cursor}
    )


# -- the work -------------------------------------------------------------------------------


def work_of(source: Source) -> SourceView:
    return SourceView(
        public_id=source.public_id,
        address=address("source", source.public_id),
        title=source.title or source.label or source.container_title,
        fields=_csl(source),
        authors=[str(name) for name in source.authors],
        editors=[str(name) for name in source.editors],
        when=_issued(source),
        accessed=_read(source.accessed_edtf),
        note=source.note,
        language=source.language,
    )


def _issued(source: Source) -> When:
    when = when_of(source)
    return when if when.edtf or when.words else _read(source.year)


def _read(edtf: str) -> When:
    """A date that may be words: what is no EDTF stays as it is written."""
    try:
        return parse(edtf)
    except BadDate:
        return When(words=edtf)


def _csl(source: Source) -> dict[str, str]:
    when = when_of(source)
    fields = {
        "type": source.csl_type,
        "genre": source.form,
        "title": source.title,
        "alternative": source.alternative_title,
        "container-title": source.container_title,
        "publisher": source.publisher,
        "publisher-place": source.publisher_place,
        "issued": when.words or when.edtf or source.year,
        "page": source.pages,
        "number": source.number,
        "URL": _web(source.url),
        "archived": _web(source.archived_url),
        "abstract": source.abstract,
        "abstract-by": source.abstract_by,
    }
    return {name: value for name, value in fields.items() if value}


def _web(url: str) -> str:
    return url if url.startswith("http") and is_allowed_address(url) else ""


def _known_from(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Cite]]:
    """In which other works each of these works is named, and where."""
    wanted = (
        select(Citation, Source)
        .outerjoin(Source, Source.id == Citation.source_id)
        .where(Citation.cited_source_id.in_(ids))
        .order_by(Citation.cited_source_id, Citation.id)
    )
    found: dict[int, list[Cite]] = defaultdict(list)
    for citation, source in session.execute(wanted):
        # A file of the collection is a work here; it is not its own source.
        if source is None or source.id != citation.cited_source_id:
            found[citation.cited_source_id or 0].append(cite(citation, source))
    return defaultdict(list, {number: _once(lines) for number, lines in found.items()})


def _once(lines: Sequence[Cite]) -> list[Cite]:
    """Each place once; a work alone only where no place in it is given."""
    placed = {line.label for line in lines if line.locator}
    return [
        line for line in dict.fromkeys(lines) if line.label and (line.locator or line.label not in placed)
    ]


# -- lists ----------------------------------------------------------------------------------

FILMS = select(Source, Source.id, Source.sort_key.label("place")).where(Source.csl_type == "motion_picture")


@dataclass(frozen=True, slots=True)
class Works:
    """A page of works with where the archive knows them from."""

    works: Sequence[SourceView]
    after: str = ""
    before: str = ""


def films(session: GatedSession, asked: Asked) -> Works:
    rows = page_rows(session, FILMS, BY_TITLE, asked)
    known = _known_from(session, [row.id for row in rows.rows])
    found = [replace(work_of(row[0]), cites=known[row.id]) for row in rows.rows]
    return Works(found, rows.after, rows.before)


def works(session: GatedSession, asked: Asked, limit: int) -> Works:
    """Many works by title, for a file; without where they are known from."""
    wanted = select(Source, Source.id, Source.sort_key.label("place"))
    rows = page_rows(session, wanted, BY_TITLE, asked, limit)
    return Works([work_of(row[0]) for row in rows.rows], rows.after, rows.before)
