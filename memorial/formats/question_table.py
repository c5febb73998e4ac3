"""A question's statements as a table that leaves the archive: CSV and JSON, one row a statement, in the order they were said.

    "".join(as_csv(question))
    as_json(question, "https://…/en/figures/killed")

Every row carries whose statement it is and where it is found. There is no row of totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from memorial.domain.views import Assertion, QuestionView
from memorial.formats.csv_out import first_line, line

COLUMNS = (
    "id", "value", "low", "high", "unit", "qualifier", "counts", "stated_by", "said", "as_of", "as_printed", "form",
    "via", "language", "corroboration", "sources", "note",
)  # fmt: skip


def as_csv(question: QuestionView) -> Iterator[str]:
    """Line by line; sources are joined by "; ", each with its place in the work."""
    yield first_line(COLUMNS)
    for said in question.statements:
        row = _row(said)
        yield line(["" if row[name] is None else row[name] for name in COLUMNS[:-2]] + [
            "; ".join(_joined(source) for source in row["sources"]), row["note"],
        ])  # fmt: skip


def as_json(question: QuestionView, address: str) -> dict[str, Any]:
    """The question with its statements; `address` is the whole one of its page."""
    return {
        "question": question.title,
        "address": address,
        "note": question.note,
        "statements": [_row(said) for said in question.statements],
    }


def _row(said: Assertion) -> dict[str, Any]:
    return {
        "id": said.public_id,
        "value": said.value,
        "low": _whole(said.low),
        "high": _whole(said.high),
        "unit": said.unit,
        "qualifier": said.qualifier,
        "counts": said.scope,
        "stated_by": said.stated_by,
        "said": said.said.edtf,
        "as_of": said.as_of.edtf,
        "as_printed": said.as_printed,
        "form": said.form,
        "via": said.via,
        "language": said.language,
        "corroboration": said.corroboration,
        "sources": [
            {"title": cite.label, "address": cite.address, "place": cite.locator} for cite in said.cites
        ],
        "note": said.note,
    }


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number


def _joined(source: dict[str, str]) -> str:
    return ", ".join(_given((source["title"], source["place"])))


def _given(parts: Iterable[str]) -> Iterable[str]:
    return (part for part in parts if part)
