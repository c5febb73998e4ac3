"""What the kinds with a page of their own have in common: the record, its detail, dates, notes, citations.

Building goes from an object to rows (`page`, `cites`, `rivals`), giving back from rows to an
object (`cited`, `texts_of`, `statements_of`). The kinds' own modules say which field is which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from memorial.db import Base
from memorial.domain.names import fold, sort_key
from memorial.gate import GatedSession
from memorial.models import Citation, Record, Statement, Text
from memorial.services.collection.batch import Batch, Thing, place_in_source
from memorial.services.collection.fields import needed, places_cited, prose, when
from memorial.services.search_index import SEARCHED, words_of

NOT_GIVEN = "no title is given; made from what is"

Objects = dict[int, dict[str, Any]]  # by the id of the thing's own row

RIVAL = {"claimant": needed(), "account": prose(), "seed_refs": places_cited()}
CONFLICT = {"claim": prose(), "seed_refs": places_cited()}


def page(
    batch: Batch,
    thing: Thing,
    kind: str,
    table: type[Base],
    *,
    title: str,
    language: str = "und",
    detail: Mapping[str, Any],
) -> None:
    """The record, and the row of its kind beside it. `title` is what lists sort by."""
    dated = date_columns(thing)
    thing.record_id = thing.id
    thing.detail = dict(detail)
    thing.words += [words_of(detail[name]) for name in SEARCHED.get(kind, ()) if detail.get(name)]
    thing.page = batch.own(
        Record,
        thing,
        id=thing.id,
        public_id=thing.public_id,
        external_id=thing.external_id,
        kind=kind,
        language=language,
        sort_day=dated.get("date_earliest"),
        sort_key=(sort_key(title, language) if kind == "place" else fold(title))[:200],
    )
    batch.own(table, thing, record_id=thing.id, **detail, **(dated if hasattr(table, "date_edtf") else {}))


def date_columns(thing: Thing, name: str = "date") -> dict[str, Any]:
    meant = when(thing.get(name))
    return {
        "date_edtf": meant.edtf,
        "date_earliest": meant.earliest,
        "date_latest": meant.latest,
        "date_note": thing.get("date_note"),
    }


def title(batch: Batch, thing: Thing, given: str, otherwise: str = "", language: str = "und") -> None:
    """The title as given; where there is none, one that says what is known and that it was not given."""
    if given:
        batch.text(thing, "title", given, language=language)
    elif otherwise:
        batch.text(thing, "title", otherwise, language=language, note=NOT_GIVEN)


def note(batch: Batch, thing: Thing) -> None:
    if thing.get("note"):
        batch.text(thing, "note", thing.get("note"), language="en")


def cites(batch: Batch, thing: Thing, refs: Iterable[str], relation: str, **about: Any) -> None:
    """One citation a reference, in the order given."""
    for position, ref in enumerate(refs):
        batch.cite(thing, ref, relation, position, **about)


def said_in(batch: Batch, thing: Thing, row: dict[str, Any], refs: Sequence[str]) -> None:
    """The places that support a statement; its own source is the first of them."""
    cites(batch, thing, refs, "supports", statement_id=row["id"])
    first_source(batch, row, refs)


def first_source(batch: Batch, row: dict[str, Any], refs: Sequence[str]) -> None:
    if not refs:
        return
    source, locator = place_in_source(refs[0])
    if "locator" in row:
        row["locator"] = locator
    if source:
        batch.refer("source", source, row, "source_id")
        if "stated_by" in row and not row["stated_by"]:
            batch.refer("source_label", source, row, "stated_by")


def rivals(batch: Batch, thing: Thing, among: Sequence[Mapping[str, Any]]) -> None:
    """Rival accounts of an event or a place: statements about its record, side by side."""
    for position, rival in enumerate(among):
        row = batch.statement(
            thing,
            "account",
            position,
            value_text=rival.get("account") or "",
            stated_by=rival.get("claimant") or "",
        )
        said_in(batch, thing, row, rival.get("seed_refs") or [])


def entry_of(thing: Thing) -> dict[str, Any]:
    """What search finds a new thing by."""
    return {
        "thing": f"{thing.kind}:{thing.id}",
        "entry_part": "page",
        "kind": thing.page.get("kind", thing.kind),
        "language": thing.page.get("language", "und"),
        "body": fold(" ".join(word for word in thing.words if word)),
        **thing.guard,
        "record_id": thing.id if thing.kind == "record" else None,
        "person_id": thing.id if thing.kind == "person" else None,
        "source_id": thing.id if thing.kind == "source" else None,
    }


def content_of(thing: Thing) -> dict[str, Any]:
    """The page's content as a revision keeps it (services/describe.py)."""
    return {
        "language": thing.page["language"],
        "content_note": "",
        "detail": {name: value for name, value in thing.detail.items() if name != "source_id"},
        "date_edtf": thing.get("date"),
        "date_words": "",
        "texts": [
            {name: row[name] for name in ("role", "body", "language", "markup", "author", "translator")}
            | {"part": "page"}
            for row in thing.texts
        ],
        "names": [
            {name: row[name] for name in ("text", "kind", "language", "script")} | {"part": "page"}
            for row in thing.names
        ],
        "statements": [
            {
                name: row[name]
                for name in (
                    "property",
                    "value_text",
                    "stated_by",
                    "source_as_given",
                    "as_of_edtf",
                    "certainty",
                )
            }
            | {"part": "page"}
            for row in thing.statements
        ],
    }


def object_as_kept(file: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """An object as a revision keeps it, exactly as it was given (docs/decisions/0012)."""
    return {"file": file, "id": value["id"], "given": dict(value)}


# -- giving back ----------------------------------------------------------------------------


def grouped(session: GatedSession, table: Any, column: str, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Rows of a table by what they hang on, in their order."""
    field = getattr(table, column)
    order = [table.position] if hasattr(table, "position") else []
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.scalars(select(table).where(field.in_(ids)).order_by(*order, table.id)):
        found[getattr(row, column)].append(row)
    return found


def cited(citations: Iterable[Citation], relation: str) -> list[str]:
    return [citation.as_given for citation in citations if citation.relation == relation]


def own_citations(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Citation]]:
    """The citations of records themselves, by record."""
    return grouped(session, Citation, "record_id", ids)


def texts_of(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Text]]:
    return grouped(session, Text, "record_id", ids)


def first(texts: Iterable[Text], role: str) -> str | None:
    """The body of the first text of a role; none for a title that was not given."""
    return next((text.body for text in texts if text.role == role and text.note != NOT_GIVEN), None)


def statements_of(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Statement]]:
    return grouped(session, Statement, "record_id", ids)


def citations_of(session: GatedSession, statements: Iterable[Statement]) -> dict[int, list[Citation]]:
    return grouped(session, Citation, "statement_id", [statement.id for statement in statements])


def rivals_back(
    statements: Iterable[Statement], citations: Mapping[int, Sequence[Citation]]
) -> list[dict[str, Any]]:
    return [
        {
            "claimant": statement.stated_by or None,
            "account": statement.value_text or None,
            "seed_refs": cited(citations.get(statement.id, ()), "supports"),
        }
        for statement in statements
        if statement.property == "account"
    ]


def given(value: str) -> str | None:
    """A column's text as an object has it: nothing is null."""
    return value or None


def language_of(code: str) -> str | None:
    return None if code == "und" else code
