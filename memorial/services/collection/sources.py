"""Sources and films: works, in the terms of the Citation Style Language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import Citation, Source
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    date,
    language,
    needed,
    places_cited,
    prose,
    text,
    texts,
    web,
    works,
)
from memorial.services.collection.pages import (
    Objects,
    cited,
    cites,
    date_columns,
    given,
    grouped,
    language_of,
)

FIELDS = {
    "id": needed(), "kind": text(), "authors": texts(), "editors": texts(), "title": text(),
    "container_title": text(), "publisher": text(), "place": text(), "year": text(20), "date": date(),
    "pages": text(), "document_number": text(), "url": web(), "archived_url": web(), "accessed": date(),
    "cited_in": works(), "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
FILM_FIELDS = {
    "id": needed(), "title": needed(), "alternative_title": text(), "kind": text(), "year": text(20),
    "directors": texts(), "country": text(), "language": language(), "about": prose(), "about_stated_by": text(),
    "url": web(), "archived_url": web(), "accessed": date(), "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
# Where a work can be read, a copy of that elsewhere, and when it was read there.
AT = {"url": "url", "archived_url": "archived_url", "accessed": "accessed_edtf"}
COLUMNS = {
    "kind": "form", "title": "title", "container_title": "container_title", "publisher": "publisher",
    "place": "publisher_place", "year": "year", "pages": "pages", "document_number": "number", "note": "note", **AT,
}  # fmt: skip
FILM_COLUMNS = {
    "kind": "form", "title": "title", "alternative_title": "alternative_title", "year": "year",
    "country": "publisher_place", "about": "abstract", "about_stated_by": "abstract_by", "note": "note", **AT,
}  # fmt: skip

LONGEST_LABEL = 80  # of a note that tells what a work without a title is
CSL = {
    "book": "book", "booklet": "pamphlet", "memoir": "book", "report": "report", "judgment": "legal_case",
    "letter": "personal_communication", "convention": "treaty", "web page": "webpage",
    "wiki article": "entry-encyclopedia", "article": "article", "video footage": "motion_picture",
    "resolution": "legislation",
}  # fmt: skip


def build(batch: Batch, thing: Thing) -> None:
    label = label_of(thing)
    columns = {column: thing.get(field) for field, column in COLUMNS.items()}
    dated = {name: value for name, value in date_columns(thing).items() if name != "date_note"}
    thing.words += [
        columns["title"], columns["container_title"], columns["publisher"], columns["number"],
        *thing.list("authors"), *thing.list("editors"),
    ]  # fmt: skip
    batch.own(
        Source,
        thing,
        id=thing.id,
        public_id=thing.public_id,
        external_id=thing.external_id,
        csl_type=CSL.get(thing.get("kind"), "document"),
        label=label,
        sort_key=fold(label)[:200],
        authors=thing.list("authors"),
        editors=thing.list("editors"),
        **columns,
        **dated,
    )
    cites(batch, thing, thing.list("cited_in"), "cited_in", cited_source_id=thing.id)
    cites(batch, thing, thing.list("seed_refs"), "supports", cited_source_id=thing.id)


def label_of(thing: Thing) -> str:
    """Short, for a line: whose it is and its title, else what the work is. A bare title may be a loaded term,
    so a work without an author says of what kind it is."""
    title = thing.get("title")
    if title:
        author = (thing.list("authors") or [""])[0]
        if not author:
            return f"{title} ({thing.get('kind')})"
        return title if author in title else f"{author}, {title}"
    authors, kind, number = ", ".join(thing.list("authors")), thing.get("kind"), thing.get("document_number")
    year = "" if thing.get("year") in number else thing.get("year")
    if not authors and not number:
        kind = thing.get("note").partition(";")[0] if ";" in thing.get("note")[:LONGEST_LABEL] else kind
        kind = kind and f"{kind} without a title"
    parts = ["" if kind.startswith(authors) else authors, kind, number, year]
    words = ", ".join(part for part in parts if part) or thing.external_id
    return words[0].upper() + words[1:]


def build_film(batch: Batch, thing: Thing) -> None:
    columns = {column: thing.get(field) for field, column in FILM_COLUMNS.items()}
    thing.words += [columns["title"], *thing.list("directors")]
    batch.own(
        Source,
        thing,
        id=thing.id,
        public_id=thing.public_id,
        external_id=thing.external_id,
        csl_type="motion_picture",
        label=columns["title"],
        sort_key=fold(columns["title"])[:200],
        authors=thing.list("directors"),
        language=thing.language(),
        **columns,
    )
    cites(batch, thing, thing.list("seed_refs"), "supports", cited_source_id=thing.id)


def give_back(session: GatedSession, ids: Sequence[int]) -> Objects:
    citations = grouped(session, Citation, "cited_source_id", ids)
    return {
        source.id: _columns(source, COLUMNS)
        | {
            "authors": list(source.authors),
            "editors": list(source.editors),
            "date": given(source.date_edtf),
            "cited_in": cited(citations[source.id], "cited_in"),
            "seed_refs": cited(citations[source.id], "supports"),
        }
        for source in session.scalars(select(Source).where(Source.id.in_(ids)))
    }


def give_back_films(session: GatedSession, ids: Sequence[int]) -> Objects:
    citations = grouped(session, Citation, "cited_source_id", ids)
    return {
        source.id: _columns(source, FILM_COLUMNS)
        | {
            "directors": list(source.authors),
            "language": language_of(source.language),
            "seed_refs": cited(citations[source.id], "supports"),
        }
        for source in session.scalars(select(Source).where(Source.id.in_(ids)))
    }


def _columns(source: Source, columns: dict[str, str]) -> dict[str, Any]:
    return {field: given(getattr(source, column)) for field, column in columns.items()}
