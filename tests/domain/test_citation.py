"""A citation can be copied as it stands, and invents nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.citation import cite_record, cite_source
from memorial.domain.dates import parse
from memorial.domain.views import RecordView

COLLECTION = Path(__file__).resolve().parents[2] / "../shared/collection"
ADDRESS = "https://archive.test/press/b2c3d4f5g6h7j"
READ_ON = date(2026, 11, 22)


def _press(**detail: str) -> RecordView:
    return RecordView(
        kind="press",
        public_id="b2c3d4f5g6h7j",
        address="/press/b2c3d4f5g6h7j",
        title="A headline made for this test",
        detail=detail,
        when=parse("1992-02-28", "28 February 1992"),
    )


def _cited(view: RecordView) -> str:
    return cite_record(view, "Test Archive", ADDRESS, 3, READ_ON)


def test_an_article_is_cited_with_all_that_is_known() -> None:
    fields = {
        "author": "Synthetic Author",
        "title": "A made-up article",
        "container-title": "Journal of Tests",
        "volume": "12",
        "issue": "3",
        "issued": "1998",
        "page": "12-34",
        "URL": "https://example.org/12",
    }
    assert cite_source(fields) == (
        "Synthetic Author. “A made-up article”, Journal of Tests. 12 (3). 1998. pp. 12–34. https://example.org/12"
    )


def test_a_book_is_cited_with_place_and_house() -> None:
    fields = {
        "author": "Synthetic Author",
        "title": "A book",
        "publisher_place": "Baku",
        "publisher": "House",
    }
    assert cite_source({**fields, "year": "2001"}) == "Synthetic Author. A book. Baku: House, 2001."


def test_an_editor_stands_where_there_is_no_author() -> None:
    assert cite_source({"editor": "Synthetic Editor", "title": "A book"}) == "Synthetic Editor (ed.). A book."


def test_what_is_not_known_is_left_out() -> None:
    assert cite_source({"title": "A letter", "publisher": "  ", "page": ""}) == "A letter."
    assert cite_source({}) == ""


def test_a_title_that_asks_gets_no_second_mark() -> None:
    assert cite_source({"title": "Who was there?", "issued": "1992"}) == "Who was there? 1992."


def test_a_record_is_cited_with_archive_revision_address_and_day() -> None:
    assert _cited(_press(publication="The Test Paper", authors="Synthetic Author")) == (
        "Synthetic Author. “A headline made for this test”, The Test Paper. 28 February 1992. Test Archive. "
        f"revision 3. {ADDRESS} (accessed 2026-11-22)."
    )


def test_a_record_without_maker_begins_with_its_title() -> None:
    assert _cited(_press()).startswith("A headline made for this test. 28 February 1992. Test Archive.")


def test_our_own_words_follow_the_reader_and_the_titles_do_not() -> None:
    words = {"revision": "redaksiya", "accessed": "baxılıb", "edited by": "red."}
    cited = cite_record(_press(), "Test Archive", ADDRESS, 3, READ_ON, words)
    assert cited.endswith(f"redaksiya 3. {ADDRESS} (baxılıb 2026-11-22).")
    assert "A headline made for this test" in cited


def test_every_source_of_the_collection_can_be_cited() -> None:
    file = COLLECTION / "sources.jsonl"
    if not file.exists():
        pytest.fail(f"the collection is missing: {file}")
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        fields = {name: value for name, value in row.items() if isinstance(value, str)}
        cited = cite_source({**fields, "author": ", ".join(row["authors"])})
        for name in ("title", "container_title", "publisher", "year"):
            assert (row[name] or "") in cited
        assert ".." not in cited
        assert "None" not in cited


@given(
    st.dictionaries(
        st.sampled_from(["author", "title", "container-title", "issued", "page", "URL"]), st.text()
    )
)
def test_any_fields_make_one_sentence(fields: dict[str, str]) -> None:
    cited = cite_source(fields)
    assert cited == cited.strip()
    assert all(value.strip() in cited for name, value in fields.items() if name != "page")
