"""Figures, accounts and names of the event: statements, each with its question, so that rivals stand together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import AlsoAnswers, Citation, Rival, Statement
from memorial.services.collection import questions
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import (
    boolean,
    count,
    counted,
    date,
    language,
    needed,
    only,
    places_cited,
    prose,
    text,
    texts,
    thing_id,
    thing_ids,
    when,
)
from memorial.services.collection.pages import Objects, cited, cites, given, grouped, language_of

FIGURE_FIELDS = {
    "id": needed(), "measure": needed(), "value": count(), "min": count(), "max": count(), "unit": text(),
    "qualifier": text(), "claimant": needed(), "source_title": text(), "source_date": date(), "as_of": date(),
    "as_printed": prose(), "press_account_id": thing_id("press_accounts"), "conflict_group": text(), "note": prose(),
    "seed_refs": places_cited(),
}  # fmt: skip
FIGURE_REQUIRED = ("measure", "claimant")
FIGURE_COLUMNS = {
    "measure": "property", "unit": "unit", "qualifier": "qualifier", "claimant": "stated_by",
    "source_title": "source_as_given", "source_date": "said_edtf", "as_of": "as_of_edtf",
    "as_printed": "as_printed", "conflict_group": "conflict_group", "note": "note",
}  # fmt: skip
ACCOUNT_FIELDS = {
    "id": needed(), "speaker": needed(), "role": text(), "side": text(), "kind": only("statement"),
    "topic": texts(), "statement": needed(200_000), "wording": text(), "form": text(), "published_in": text(),
    "via": text(), "press_account_id": thing_id("press_accounts"), "language": language(), "date": date(),
    "accused_speaker": boolean(), "rival_accounts": thing_ids("accounts"), "word_count": counted(), "note": prose(),
    "seed_refs": places_cited(),
}  # fmt: skip
ACCOUNT_REQUIRED = ("speaker", "statement")
ACCOUNT_COLUMNS = {
    "speaker": "stated_by", "role": "speaker_role", "side": "speaker_side", "statement": "value_text",
    "wording": "wording", "form": "form", "published_in": "source_as_given", "via": "via", "date": "said_edtf",
    "note": "note",
}  # fmt: skip
TERM_FIELDS = {
    "id": needed(), "term": needed(), "language": text(), "language_code": text(40), "used_by": text(20_000),
    "note": prose(), "seed_refs": places_cited(),
}  # fmt: skip

# English names of languages, so that a term's language need not be kept twice.
LANGUAGES = {
    "en": "English", "az": "Azerbaijani", "tr": "Turkish", "ru": "Russian", "hy": "Armenian", "fr": "French",
    "de": "German", "fa": "Persian", "ka": "Georgian", "es": "Spanish", "ar": "Arabic", "it": "Italian",
}  # fmt: skip
# Qualifiers that read well before a number; the others stand beside it.
BEFORE = frozenset(
    {"more than", "about", "over", "at least", "up to", "only", "nearly", "less than", "as many as", "some",
     "around", "closer to"}
)  # fmt: skip


def build_figure(batch: Batch, thing: Thing) -> None:
    value = thing.value
    columns: dict[str, Any] = {column: thing.get(field) for field, column in FIGURE_COLUMNS.items()}
    key = columns["conflict_group"] or columns["property"]
    columns["said_earliest"] = when(columns["said_edtf"]).earliest
    _statement(
        batch,
        thing,
        key,
        "figure",
        value_number=value.get("value"),
        value_low=value.get("min"),
        value_high=value.get("max"),
        value_text=in_words(value),
        scope=questions.title_of(columns["property"]),
        **columns,
    )


def in_words(value: Any) -> str:
    """What a table prints where the bare number would say too much: "about 600", "dozens"."""
    qualifier, amount = value.get("qualifier") or "", value.get("value")
    if amount is None:
        has_range = value.get("min") is not None or value.get("max") is not None
        return "" if has_range or qualifier == "exact" else qualifier
    plain = int(amount) if amount == int(amount) else amount
    return f"{qualifier} {plain}" if qualifier in BEFORE else ""


def build_account(batch: Batch, thing: Thing) -> None:
    columns: dict[str, Any] = {column: thing.get(field) for field, column in ACCOUNT_COLUMNS.items()}
    topics = thing.list("topic")
    accused = bool(thing.value.get("accused_speaker", False))
    row = _statement(
        batch,
        thing,
        topics[0] if topics else questions.OTHER_ACCOUNTS,
        "account",
        property="account",
        topics=topics,
        language="en" if columns["wording"] and thing.language() == "und" else thing.language(),
        speaker_accused=accused,
        said_earliest=when(columns["said_edtf"]).earliest,
        **columns,
    )
    if columns["wording"] and thing.get("language") == "en":
        thing.leftovers["language"] = "en"
    if "word_count" in thing.value and thing.value["word_count"] != len(columns["value_text"].split()):
        thing.leftovers["word_count"] = thing.value["word_count"]
    if not accused:
        batch.refer("person", columns["stated_by"], row, "speaker_id")
    for topic in dict.fromkeys(topics[1:]):
        if questions.slug_of(topic) != questions.slug_of(topics[0]):
            also = batch.add(AlsoAnswers, thing, statement_id=thing.id)
            batch.refer("question", f"account:{topic}", also, "question_id")
    for position, other in enumerate(thing.list("rival_accounts")):
        rival = batch.add(Rival, thing, statement_id=thing.id, as_given=other, position=position)
        batch.refer("statement", other, rival, "other_id", thing)


def build_term(batch: Batch, thing: Thing) -> None:
    code = thing.get("language_code")
    if (thing.get("language") or None) != LANGUAGES.get(code) and "language" in thing.value:
        thing.leftovers["language"] = thing.value["language"]
    _statement(
        batch,
        thing,
        questions.TERMS,
        "term",
        property="term",
        value_text=thing.get("term"),
        language=code or "und",
        stated_by=thing.get("used_by"),
        note=thing.get("note"),
    )


def _statement(batch: Batch, thing: Thing, key: str, kind: str, **columns: Any) -> dict[str, Any]:
    """The statement itself, its question, its places in sources, and the press account it stands in."""
    row = batch.own(
        Statement, thing, id=thing.id, public_id=thing.public_id, external_id=thing.external_id, **columns
    )
    batch.refer("question", f"{kind}:{key}", row, "question_id")
    cites(batch, thing, thing.list("seed_refs"), "supports", statement_id=thing.id)
    press = thing.get("press_account_id")
    if press:
        told = batch.add(Citation, thing, statement_id=thing.id, relation="press_account", as_given=press)
        batch.refer("press", press, told, "source_id", thing)
        batch.refer("press", press, row, "source_id")
    elif row["source_as_given"]:
        batch.refer("source_title", row["source_as_given"], row, "source_id")
    return row


def _loaded(session: GatedSession, ids: Sequence[int]) -> tuple[list[Statement], dict[int, list[Citation]]]:
    statements = session.scalars(select(Statement).where(Statement.id.in_(ids))).all()
    return list(statements), grouped(session, Citation, "statement_id", ids)


def _press(citations: Sequence[Citation]) -> str | None:
    return next(iter(cited(citations, "press_account")), None)


def give_back_figures(session: GatedSession, ids: Sequence[int]) -> Objects:
    statements, citations = _loaded(session, ids)
    return {
        said.id: {field: given(getattr(said, column)) for field, column in FIGURE_COLUMNS.items()}
        | {
            "value": plain_number(said.value_number),
            "min": plain_number(said.value_low),
            "max": plain_number(said.value_high),
            "press_account_id": _press(citations[said.id]),
            "seed_refs": cited(citations[said.id], "supports"),
        }
        for said in statements
    }


def plain_number(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


def give_back_accounts(session: GatedSession, ids: Sequence[int]) -> Objects:
    statements, citations = _loaded(session, ids)
    rivals = grouped(session, Rival, "statement_id", ids)
    return {
        said.id: {field: given(getattr(said, column)) for field, column in ACCOUNT_COLUMNS.items()}
        | {
            "kind": "statement",
            "topic": list(said.topics),
            "press_account_id": _press(citations[said.id]),
            "language": None if said.wording and said.language == "en" else language_of(said.language),
            "accused_speaker": said.speaker_accused,
            "rival_accounts": [rival.as_given for rival in rivals[said.id]],
            "word_count": len(said.value_text.split()),
            "seed_refs": cited(citations[said.id], "supports"),
        }
        for said in statements
    }


def give_back_terms(session: GatedSession, ids: Sequence[int]) -> Objects:
    statements, citations = _loaded(session, ids)
    return {
        said.id: {
            "term": said.value_text,
            "language": LANGUAGES.get(said.language),
            "language_code": language_of(said.language),
            "used_by": given(said.stated_by),
            "note": given(said.note),
            "seed_refs": cited(citations[said.id], "supports"),
        }
        for said in statements
    }
