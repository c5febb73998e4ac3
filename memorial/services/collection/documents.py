"""Documents (resolutions, judgments, speeches …) and the timeline's events, from objects and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import Document, Event, Record, RecordLink
from memorial.models.record import ACCOUNT
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    boolean,
    date,
    needed,
    objects,
    places_cited,
    prose,
    text,
    texts,
    thing_ids,
)
from memorial.services.collection.pages import (
    CONFLICT,
    RIVAL,
    Objects,
    citations_of,
    cited,
    cites,
    first,
    given,
    note,
    own_citations,
    page,
    rivals,
    rivals_back,
    said_in,
    statements_of,
    texts_of,
    title,
)
from memorial.services.collection.quoted import FIELDS as QUOTED
from memorial.services.collection.quoted import given_back, quoted, translated_in

DOCUMENT_FIELDS = {
    "id": needed(), "body": text(), "jurisdiction": text(), "country_code": text(20), "scope": text(),
    "kind": text(), "number": text(), "title": text(), "date": date(), "date_note": text(20_000),
    "term_used": text(), "term_basis": text(), "text_excerpt": prose(), **QUOTED, "excerpt_is": text(),
    "conflicts": objects(CONFLICT), "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
EVENT_FIELDS = {
    "id": needed(), "phase": text(), "title": needed(), "date": date(), "date_note": text(20_000),
    "place": text(), "claimants": texts(), "contested": boolean(), "rival_accounts": objects(RIVAL),
    "account_ids": thing_ids("accounts"), "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip

# object's field -> column of `documents`
DOCUMENT_COLUMNS = {
    "body": "body", "jurisdiction": "jurisdiction", "country_code": "country_code", "scope": "scope",
    "kind": "form", "number": "number", "term_used": "term_used", "term_basis": "term_basis",
    "excerpt_is": "excerpt_is",
}  # fmt: skip


def build_document(batch: Batch, thing: Thing) -> None:
    detail = {column: thing.get(field) for field, column in DOCUMENT_COLUMNS.items()}
    name = thing.get("title") or thing.get("body")
    page(batch, thing, "document", Document, title=name, detail=detail)
    title(batch, thing, thing.get("title"), "" if name else thing.external_id)
    words = thing.get("text_excerpt")
    quoted(batch, thing, batch.text(thing, "excerpt", words) if words else None)
    note(batch, thing)
    cites(batch, thing, thing.list("seed_refs"), "supports", record_id=thing.id)
    for position, conflict in enumerate(thing.list("conflicts")):
        row = batch.statement(thing, "conflict", position, value_text=conflict.get("claim") or "")
        said_in(batch, thing, row, conflict.get("seed_refs") or [])


def give_back_documents(session: GatedSession, ids: Sequence[int]) -> Objects:
    rows = session.execute(
        select(Record, Document).join(Document, Document.record_id == Record.id).where(Record.id.in_(ids))
    )
    words, citations, statements = (
        texts_of(session, ids),
        own_citations(session, ids),
        statements_of(session, ids),
    )
    places = citations_of(session, [s for said in statements.values() for s in said])
    found: Objects = {}
    translated = translated_in(session, words)
    for record, document in rows:
        texts_here = words[record.id]
        value: dict[str, Any] = {
            field: given(getattr(document, column)) for field, column in DOCUMENT_COLUMNS.items()
        }
        found[record.id] = (
            value
            | given_back(texts_here, translated)
            | {
                "title": first(texts_here, "title"),
                "date": given(document.date_edtf),
                "date_note": given(document.date_note),
                "text_excerpt": first(texts_here, "excerpt"),
                "conflicts": [
                    {"claim": given(said.value_text), "seed_refs": cited(places[said.id], "supports")}
                    for said in statements[record.id]
                    if said.property == "conflict"
                ],
                "note": first(texts_here, "note"),
                "seed_refs": cited(citations[record.id], "supports"),
            }
        )
    return found


def build_event(batch: Batch, thing: Thing) -> None:
    detail = {
        "phase": thing.get("phase"),
        "place_words": thing.get("place"),
        "contested": bool(thing.value.get("contested", False)),
        "claimants": thing.list("claimants"),
        "account_ids": thing.list("account_ids"),
    }
    page(batch, thing, "event", Event, title=thing.get("title"), detail=detail)
    title(batch, thing, thing.get("title"), language="en")
    note(batch, thing)
    cites(batch, thing, thing.list("seed_refs"), "supports", record_id=thing.id)
    rivals(batch, thing, thing.list("rival_accounts"))
    for other in dict.fromkeys(thing.list("account_ids")):
        row = batch.add(RecordLink, thing, record_id=thing.id, relation=ACCOUNT, as_given=other)
        batch.refer("statement", other, row, "statement_id", thing)


def give_back_events(session: GatedSession, ids: Sequence[int]) -> Objects:
    rows = session.execute(
        select(Record, Event).join(Event, Event.record_id == Record.id).where(Record.id.in_(ids))
    )
    words, citations, statements = (
        texts_of(session, ids),
        own_citations(session, ids),
        statements_of(session, ids),
    )
    places = citations_of(session, [s for said in statements.values() for s in said])
    return {
        record.id: {
            "phase": given(event.phase),
            "title": first(words[record.id], "title"),
            "date": given(event.date_edtf),
            "date_note": given(event.date_note),
            "place": given(event.place_words),
            "claimants": list(event.claimants),
            "contested": event.contested,
            "rival_accounts": rivals_back(statements[record.id], places),
            "account_ids": list(event.account_ids),
            "note": first(words[record.id], "note"),
            "seed_refs": cited(citations[record.id], "supports"),
        }
        for record, event in rows
    }
