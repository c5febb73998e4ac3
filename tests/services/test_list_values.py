"""What a list can be narrowed by: the values this reader may see, found by the index. All papers are synthetic."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import event

from memorial.domain import consent as rules
from memorial.gate import Reader
from memorial.models import Document, Press, Record
from memorial.services import documents, list_values
from memorial.services.list_values import values_of
from tests.builders import a_record, public, some_content

PUBLIC, RESEARCH = "public", "research"


def a_paper(house, publication: str, audience: str = PUBLIC, *, language: str = "und", kind: str = "press"):
    """Shown to this audience, "" for nobody."""
    content = some_content(kind)
    detail = {**content.detail, ("publication" if kind == "press" else "jurisdiction"): publication}
    everything = rules.everything()
    grants = {use: window for use, window in everything.items() if use[0] == audience} if audience else {}
    archive = {rules.EVERY_PART: grants}
    return a_record(
        house,
        kind,
        content=replace(content, detail=detail, language=language),
        contributed=False,
        archive=archive,
    )


def test_only_what_a_reader_may_see_can_be_chosen(house):
    for number, audience in enumerate((PUBLIC, "", PUBLIC, RESEARCH, "")):
        a_paper(house, f"Paper {number}", audience, language=("az", "ru", "tr", "en", "fr")[number])
    a_paper(house, "Paper 2", "")
    a_paper(house, "", PUBLIC)
    a_paper(house, "A document's language is not a press account's", kind="document", language="de")
    readers = {
        public(house): (["Paper 0", "Paper 2"], ["az", "tr", "und"]),
        Reader.research(house.moment()): (["Paper 0", "Paper 2", "Paper 3"], ["az", "en", "tr", "und"]),
    }  # fmt: skip
    for reader, (papers, languages) in readers.items():
        with house.session(reader) as session:
            assert values_of(session, Press.publication).values == papers
            assert values_of(session, Record.language, "press").values == languages


def test_more_than_a_form_can_list_are_typed(house, client, monkeypatch):
    monkeypatch.setattr(list_values, "MOST", 2)
    list_values._steps.cache_clear()
    for number in range(4):
        a_paper(house, f"Paper {number}")
        a_paper(house, f"Synthetic Land {number}", kind="document")
    with house.session(public(house)) as session:
        assert values_of(session, Press.publication) == list_values.Values(["Paper 0", "Paper 1"], more=True)
    for path in ("/en/press?publication=Paper+3", "/en/documents?country=Synthetic+Land+3"):
        page = client.get(path).get_data(as_text=True)
        assert re.search(r'<input class="input" type="text"[^>]* value="(Paper|Synthetic Land) 3"', page)
        assert "There are too many to list" in page
        assert "Paper 0" not in page
        assert (
            "Land 0" not in page[page.index("<table") if "<table" in page else 0 : page.find("By year and")]
        )
    list_values._steps.cache_clear()


def test_a_picture_of_very_many_documents_is_not_drawn(house, monkeypatch):
    for number in range(3):
        a_paper(house, f"Synthetic Land {number}", kind="document")
    with house.session(public(house)) as session:
        assert len(documents.counts(session).countries) == 3
        monkeypatch.setattr(documents, "MOST_DRAWN", 2)
        documents._drawn.cache_clear()
        assert not documents.counts(session).countries
    documents._drawn.cache_clear()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_row_between_two_values_is_read(house):
    """On the engine that says it of an empty table as well; PostgreSQL's plans are looked at by `memorial bench`."""
    plans: list[str] = []

    def plan(connection, cursor, statement, parameters, *_rest) -> None:
        if statement.startswith("WITH RECURSIVE"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("\n".join(row[-1] for row in cursor.fetchall()))

    event.listen(house.engine, "before_cursor_execute", plan)
    with house.session(public(house)) as session:
        for column, kind in ((Press.publication, ""), (Press.city, ""), (Press.country, ""),
                             (Record.language, "press"), (Document.jurisdiction, ""), (Document.form, "")):  # fmt: skip
            values_of(session, column, kind)
    assert len(plans) == 6
    for words in plans:
        assert len(re.findall(r"SEARCH .* USING COVERING INDEX ix_\w+ \(.*>\?\)", words)) == 2, words
        assert not re.search(r"SCAN (press|records|documents)|TEMP B-TREE", words), words
