"""Press accounts: a record, the work it is, its quotation and variants, and where the words were found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from memorial.domain.ids import new_public_id
from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import Citation, Press, Record, RecordLink, Source
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    counted,
    date,
    language,
    later,
    needed,
    objects,
    place_cited,
    places_cited,
    prose,
    text,
    texts,
    thing_ids,
    when,
    work,
    works,
)
from memorial.services.collection.pages import (
    Objects,
    cited,
    cites,
    first,
    given,
    grouped,
    language_of,
    own_citations,
    page,
    texts_of,
    title,
)
from memorial.services.collection.quoted import FIELDS as QUOTED
from memorial.services.collection.quoted import given_back, quoted, translated_in

SEGMENT = {"text": prose(), "seed_ref": place_cited(must=False)}
VARIANT = {
    "reproduced_in": work(), "seed_refs": places_cited(), "quotation": prose(), "attributed_as": text(),
    "differences": prose(),
}  # fmt: skip
FIELDS = {
    "id": needed(), "kind": needed(), "publication": text(), "headline": text(), "authors": texts(),
    "byline_as_printed": text(), "dateline_place": text(), "date": date(), "time_as_printed": text(),
    "country": text(), "city": text(), "page": later(text()), "edition": later(text()), "language": language(), "medium": text(),
    "medium_general_knowledge": text(), "quotation": prose(), "quotation_segments": objects(SEGMENT),
    "fragment": prose(), **QUOTED, "summary": prose(), "word_count": counted(), "reproduced_in": works(),
    "caption_refs": places_cited(), "seed_refs": places_cited(), "attribution_confidence": text(),
    "media_cited_within": texts(), "variants": objects(VARIANT, ("quotation",)), "notes": texts(20_000), "see_also": thing_ids("press_accounts"),
    "persons_named": texts(), "places_named": texts(), "mentions_figures": texts(), "figure_ids": thing_ids("figures"),
    "mentioned_in": works(), "account_ids": thing_ids("accounts"),
}  # fmt: skip
REQUIRED = ("kind",)

# object's field -> column of `press`
COLUMNS = {
    "kind": "form", "publication": "publication", "byline_as_printed": "byline", "dateline_place": "dateline",
    "time_as_printed": "time_as_printed", "country": "country", "city": "city", "page": "page", "edition": "edition", "medium": "medium",
    "medium_general_knowledge": "medium_general_knowledge", "attribution_confidence": "attribution",
}  # fmt: skip
LISTS = {
    "media_cited_within": "media_cited", "persons_named": "persons_named", "places_named": "places_named",
    "mentions_figures": "figures_named", "figure_ids": "figure_ids", "account_ids": "account_ids",
    "see_also": "see_also",
}  # fmt: skip
CITED = {
    "seed_refs": "supports", "caption_refs": "caption", "reproduced_in": "reproduced_in",
    "mentioned_in": "mentioned_in",
}  # fmt: skip
CSL = {"magazine": "article-magazine", "tv": "broadcast", "radio": "broadcast", "television": "broadcast"}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

_DAY = re.compile(r"(?P<year>\d{4}|XXXX)-(?P<month>0[1-9]|1[0-2])(-(?P<day>[0-3]\d))?")


def build(batch: Batch, thing: Thing) -> None:
    tongue = thing.language()
    name = thing.get("headline") or thing.get("publication")
    detail: dict[str, Any] = {column: thing.get(field) for field, column in COLUMNS.items()}
    detail |= {column: thing.list(field) for field, column in LISTS.items()}
    detail["segments"] = _segments(thing)
    detail["source_id"] = thing.kept.get("source_id") or batch.ids.take(Source)
    page(batch, thing, "press", Press, title=name, language=tongue, detail=detail)
    _work(batch, thing, detail["source_id"], tongue)
    title(batch, thing, thing.get("headline"), "" if name else _unnamed(thing), tongue)
    words = [
        batch.text(thing, role, thing.get(role), language=tongue)
        for role in ("quotation", "fragment")
        if thing.get(role)
    ]
    quoted(batch, thing, words[0] if words else None)
    if thing.get("summary"):
        batch.text(thing, "summary", thing.get("summary"), language="en")
    for position, words in enumerate(thing.list("notes")):
        batch.text(thing, "note", words, position, language="en")
    for position, variant in enumerate(thing.list("variants")):
        _variant(batch, thing, variant, position)
    for field, relation in CITED.items():
        cites(batch, thing, thing.list(field), relation, record_id=thing.id)
    _links(batch, thing)
    if "word_count" in thing.value and thing.value["word_count"] != len(thing.get("quotation").split()):
        thing.leftovers["word_count"] = thing.value["word_count"]


def _unnamed(thing: Thing) -> str:
    return ", ".join(thing.list("authors")) or thing.external_id


def _work(batch: Batch, thing: Thing, source_id: int, tongue: str) -> None:
    """The account is itself a work that statements rest on."""
    medium = (thing.get("medium") or thing.get("medium_general_knowledge")).lower()
    published, meant = thing.get("publication"), when(thing.get("date"))
    label = ", ".join(part for part in (published or thing.get("headline"), printed(meant.edtf)) if part)
    batch.own(
        Source,
        thing,
        id=source_id,
        public_id=thing.kept.get("source_public_id") or new_public_id(),
        record_id=thing.id,
        csl_type=CSL.get(medium, "article-newspaper"),
        title=thing.get("headline"),
        label=label or _unnamed(thing),
        sort_key=fold(label)[:200],
        container_title=published,
        publisher_place=thing.get("city"),
        pages=thing.get("page"),
        authors=thing.list("authors"),
        language=tongue,
        date_edtf=meant.edtf,
        date_earliest=meant.earliest,
        date_latest=meant.latest,
    )


def printed(edtf: str) -> str:
    """A day or a month as people write it; anything less sure stays EDTF."""
    found = _DAY.fullmatch(edtf)
    if found is None:
        return edtf
    month = MONTHS[int(found["month"]) - 1]
    words = f"{int(found['day'])} {month}" if found["day"] else month
    return f"{words}, year not given" if found["year"] == "XXXX" else f"{words} {found['year']}"


def _segments(thing: Thing) -> list[list[Any]]:
    """Where the pieces of the quotation begin and end in it; pieces that are not in it are a leftover."""
    found: list[list[Any]] = []
    whole, start = thing.get("quotation"), 0
    for segment in thing.list("quotation_segments"):
        words = segment.get("text") or ""
        start = whole.find(words, start)
        if start < 0 or not words:
            thing.leftovers["quotation_segments"] = thing.value["quotation_segments"]
            return []
        found.append([start, start + len(words), segment.get("seed_ref") or ""])
        start += len(words)
    return found


def _variant(batch: Batch, thing: Thing, variant: Mapping[str, Any], position: int) -> None:
    """The same passage elsewhere; without its words only what differs is told."""
    words, differs = variant.get("quotation") or "", variant.get("differences") or ""
    row = batch.text(
        thing,
        "variant" if words else "difference",
        words or differs,
        position,
        author=variant.get("attributed_as") or "",
        note=differs if words else "",
    )
    if variant.get("reproduced_in"):
        batch.cite(thing, variant["reproduced_in"], "reproduced_in", text_id=row["id"])
    cites(batch, thing, variant.get("seed_refs") or [], "supports", text_id=row["id"])


def _links(batch: Batch, thing: Thing) -> None:
    for other in dict.fromkeys(thing.list("see_also")):
        row = batch.add(RecordLink, thing, record_id=thing.id, relation="see_also", as_given=other)
        batch.refer("record", other, row, "other_id", thing)
    for field in ("figure_ids", "account_ids"):
        for other in thing.list(field):
            batch.refer("statement", other, None, "", thing)


def give_back(session: GatedSession, ids: Sequence[int]) -> Objects:
    """The objects of these records, every field from its home."""
    rows = session.execute(
        select(Record, Press, Source)
        .join(Press, Press.record_id == Record.id)
        .outerjoin(Source, Source.id == Press.source_id)
        .where(Record.id.in_(ids))
    )
    words, citations = texts_of(session, ids), own_citations(session, ids)
    places = translated_in(session, words)
    found = {row[0].id: _fields(*row, words[row[0].id], citations[row[0].id]) for row in rows}
    variants = _variants_back(session, [some for told in words.values() for some in told])
    for record_id, value in found.items():
        value.update(given_back(words[record_id], places))
        value["variants"] = [variants[told.id] for told in words[record_id] if told.id in variants]
    return found


def _fields(record: Any, press: Any, source: Any, texts: Any, citations: Any) -> dict[str, Any]:
    quotation = first(texts, "quotation")
    value: dict[str, Any] = {field: given(getattr(press, column)) for field, column in COLUMNS.items()}
    value |= {field: list(getattr(press, column)) for field, column in LISTS.items()}
    value |= {field: cited(citations, relation) for field, relation in CITED.items()}
    return value | {
        "headline": first(texts, "title"),
        "authors": list(source.authors) if source else [],
        "date": given(press.date_edtf),
        "language": language_of(record.language),
        "quotation": quotation,
        "quotation_segments": [
            {"text": (quotation or "")[begins:ends], "seed_ref": ref or None}
            for begins, ends, ref in press.segments
        ],
        "fragment": first(texts, "fragment"),
        "summary": first(texts, "summary"),
        "word_count": len((quotation or "").split()),
        "notes": [text.body for text in texts if text.role == "note"],
    }


def _variants_back(session: GatedSession, among: Sequence[Any]) -> Objects:
    found: Objects = {}
    mine = [told for told in among if told.role in ("variant", "difference")]
    mine.sort(key=lambda variant: (variant.record_id, variant.position))
    citations = grouped(session, Citation, "text_id", [variant.id for variant in mine])
    for variant in mine:
        told = citations[variant.id]
        value: dict[str, Any] = {
            "reproduced_in": next(iter(cited(told, "reproduced_in")), None),
            "seed_refs": cited(told, "supports"),
            "attributed_as": given(variant.author),
            "differences": given(variant.note if variant.role == "variant" else variant.body),
        }
        if variant.role == "variant":
            value["quotation"] = variant.body
        found[variant.id] = value
    return found
