"""Places, and memorial sites, which are places too. Spellings and coordinates are statements with sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import Citation, Place, Record
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    date,
    needed,
    number,
    objects,
    place_cited,
    places_cited,
    prose,
    text,
    whole,
)
from memorial.services.collection.pages import (
    RIVAL,
    Objects,
    citations_of,
    cited,
    cites,
    first,
    first_source,
    given,
    note,
    own_citations,
    page,
    rivals,
    rivals_back,
    statements_of,
    texts_of,
    title,
)

SEED = {"seed": text(), "occurrences_on_lines": whole(), "first_ref": place_cited()}
SPELLING = {"spelling": needed(), "seeds": objects(SEED, a_line_each=True)}
PLACE_FIELDS = {
    "id": needed(), "label": needed(), "variants": objects(SPELLING), "kind": text(), "within": text(),
    "lat": number(-90, 90, "latitude"), "lon": number(-180, 180, "longitude"), "coordinates_source": text(),
    "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
SITE_FIELDS = {
    "id": needed(), "kind": text(), "name": text(), "place": text(), "country": text(), "date": date(),
    "status": text(), "claimant": text(), "initiator": text(), "rival_accounts": objects(RIVAL),
    "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip
SITE_COLUMNS = {
    "kind": "form", "place": "within", "country": "country", "status": "status", "claimant": "stated_by",
    "initiator": "initiator",
}  # fmt: skip


def build_place(batch: Batch, thing: Thing) -> None:
    detail = {
        "form": thing.get("kind"),
        "within": thing.get("within"),
        "latitude": thing.value.get("lat"),
        "longitude": thing.value.get("lon"),
    }
    page(batch, thing, "place", Place, title=thing.get("label"), detail=detail)
    title(batch, thing, thing.get("label"))
    note(batch, thing)
    cites(batch, thing, thing.list("seed_refs"), "supports", record_id=thing.id)
    for position, spelling in enumerate(thing.list("variants")):
        row = batch.statement(thing, "name", position, value_text=spelling.get("spelling") or "")
        seeds(batch, thing, row, spelling.get("seeds") or [], "occurrences_on_lines", statement_id=row["id"])
    _coordinates(batch, thing)


def seeds(
    batch: Batch,
    thing: Thing,
    row: dict[str, Any],
    among: Sequence[Mapping[str, Any]],
    counted: str,
    **about: Any,
) -> None:
    """Where a spelling first stands in each source, and how often."""
    for position, seed in enumerate(among):
        ref = seed.get("first_ref") or ""
        batch.cite(thing, ref, "spelling", position, occurrences=_whole(seed.get(counted)), **about)
        if ref.split(":", 1)[0] != seed.get("seed"):
            thing.leftovers["variants" if "variants" in thing.value else "names"] = thing.value.get(
                "variants", thing.value.get("names")
            )
    first_source(batch, row, [seed.get("first_ref") or "" for seed in among])


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def seeds_back(citations: Sequence[Citation], counted: str) -> list[dict[str, Any]]:
    return [
        {
            "seed": citation.as_given.split(":", 1)[0],
            counted: citation.occurrences,
            "first_ref": citation.as_given,
        }
        for citation in citations
        if citation.relation == "spelling"
    ]


def _coordinates(batch: Batch, thing: Thing) -> None:
    """Coordinates are somebody's statement as well; the columns are its projection for the map."""
    latitude, longitude = thing.value.get("lat"), thing.value.get("lon")
    told = thing.get("coordinates_source")
    if latitude is None and longitude is None and not told:
        return
    words = f"{latitude}, {longitude}" if latitude is not None and longitude is not None else ""
    batch.statement(thing, "coordinates", 0, value_text=words, source_as_given=told, stated_by=told)


def give_back_places(session: GatedSession, ids: Sequence[int]) -> Objects:
    found: Objects = {}
    words, citations, statements = (
        texts_of(session, ids),
        own_citations(session, ids),
        statements_of(session, ids),
    )
    told = citations_of(session, [s for said in statements.values() for s in said])
    for record, place in _rows(session, ids):
        said = statements[record.id]
        found[record.id] = {
            "label": first(words[record.id], "title"),
            "variants": [
                {"spelling": s.value_text, "seeds": seeds_back(told[s.id], "occurrences_on_lines")}
                for s in said
                if s.property == "name"
            ],
            "kind": given(place.form),
            "within": given(place.within),
            "lat": place.latitude,
            "lon": place.longitude,
            "coordinates_source": next(
                (given(s.source_as_given) for s in said if s.property == "coordinates"), None
            ),
            "note": first(words[record.id], "note"),
            "seed_refs": cited(citations[record.id], "supports"),
        }
    return found


def _rows(session: GatedSession, ids: Sequence[int]) -> Any:
    return session.execute(
        select(Record, Place).join(Place, Place.record_id == Record.id).where(Record.id.in_(ids))
    )


def build_site(batch: Batch, thing: Thing) -> None:
    detail = {column: thing.get(field) for field, column in SITE_COLUMNS.items()}
    otherwise = ", ".join(part for part in (thing.get("kind"), thing.get("place")) if part)
    name = thing.get("name") or otherwise or thing.external_id
    page(batch, thing, "place", Place, title=name, detail=detail)
    title(batch, thing, thing.get("name"), otherwise or thing.external_id)
    note(batch, thing)
    cites(batch, thing, thing.list("seed_refs"), "supports", record_id=thing.id)
    rivals(batch, thing, thing.list("rival_accounts"))


def give_back_sites(session: GatedSession, ids: Sequence[int]) -> Objects:
    found: Objects = {}
    words, citations, statements = (
        texts_of(session, ids),
        own_citations(session, ids),
        statements_of(session, ids),
    )
    told = citations_of(session, [s for said in statements.values() for s in said])
    for record, place in _rows(session, ids):
        value: dict[str, Any] = {
            field: given(getattr(place, column)) for field, column in SITE_COLUMNS.items()
        }
        found[record.id] = value | {
            "name": first(words[record.id], "title"),
            "date": given(place.date_edtf),
            "rival_accounts": rivals_back(statements[record.id], told),
            "note": first(words[record.id], "note"),
            "seed_refs": cited(citations[record.id], "supports"),
        }
    return found
