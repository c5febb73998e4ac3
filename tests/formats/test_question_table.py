"""A question's table taken away: nothing is lost, nothing is added up, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io

from memorial.domain.views import Assertion, Cite, QuestionView, When
from memorial.formats.csv_out import BOM, bare
from memorial.formats.question_table import COLUMNS, as_csv, as_json

QUESTION = QuestionView(
    "killed", "How many people were killed", "/figures/killed",
    statements=[
        Assertion("s1", "killed", "=1+1", "Synthetic “office”, of two; words", low=2.0, high=2.0, qualifier="exact",
                  said=When("1992-02-28"), cites=[Cite("Synthetic paper", "/sources/x", "p. 1"), Cite("Other")]),
        Assertion("s2", "killed", "160–1000", "Synthetic side", low=160.0, high=1000.0, note="a\nb"),
    ],
)  # fmt: skip


def test_every_row_comes_back_from_csv_with_whose_it_is_and_where_it_is_found():
    text = "".join(as_csv(QUESTION))
    assert text.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["stated_by"] for row in rows] == [said.stated_by for said in QUESTION.statements]
    assert rows[0]["value"] == "'=1+1"
    assert bare(rows[0]["value"]) == "=1+1"
    assert rows[0]["sources"] == "Synthetic paper, p. 1; Other"
    assert (rows[1]["low"], rows[1]["high"], rows[1]["note"]) == ("160", "1000", "a\nb")
    assert len(rows) == len(QUESTION.statements)  # no totals


def test_json_holds_the_same_rows():
    table = as_json(QUESTION, "https://example.org/en/figures/killed")
    first = table["statements"][0]
    assert (first["value"], first["low"], first["said"]) == ("=1+1", 2, "1992-02-28")
    assert first["sources"][0] == {"title": "Synthetic paper", "address": "/sources/x", "place": "p. 1"}
    assert table["address"].endswith("/figures/killed")
