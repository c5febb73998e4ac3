"""CSL items: what is known goes in as it is known, what is not is left out."""

import json
from datetime import date

import pytest

from memorial.domain.views import QuestionView, RecordView, SourceView, When
from memorial.formats.csl import (
    Page,
    date_variable,
    edtf_of,
    name_variable,
    of_question,
    of_record,
    of_source,
    written,
)

PAGE = Page("A Test Archive", "https://archive.example/en/press/abc", date(2026, 11, 28))


@pytest.mark.parametrize(
    ("when", "variable"),
    [
        (When(), {}),
        (When("1992"), {"date-parts": [[1992]]}),
        (When("1992-02"), {"date-parts": [[1992, 2]]}),
        (When("1992-02-26"), {"date-parts": [[1992, 2, 26]]}),
        (When("1992-02-26T23:00"), {"date-parts": [[1992, 2, 26]]}),
        (When("1992~"), {"date-parts": [[1992]], "circa": True, "raw": "1992~"}),
        (When("1991-06/1991-12"), {"date-parts": [[1991, 6], [1991, 12]], "raw": "1991-06/1991-12"}),
        (When("1992?/1993"), {"date-parts": [[1992], [1993]], "circa": True, "raw": "1992?/1993"}),
        (When("1992-21"), {"date-parts": [[1992]], "season": 1, "raw": "1992-21"}),
        (When("XXXX-05-28"), {"literal": "XXXX-05-28"}),
        (When("199X"), {"literal": "199X"}),
        (When("[2012-04-22,2012-04-23]"), {"literal": "[2012-04-22,2012-04-23]"}),
        (When("1992/.."), {"literal": "1992/.."}),
        (When("", "16.04.20313"), {"literal": "16.04.20313"}),
    ],
)
def test_a_date_is_parted_only_where_it_is_a_day_or_a_span(when, variable):
    assert date_variable(when) == variable
    if "date-parts" in variable:
        assert edtf_of(variable) == when.edtf.partition("T")[0]


@pytest.mark.parametrize(
    ("written_name", "variable"),
    [
        ("Testperson, A. B.", {"family": "Testperson", "given": "A. B."}),
        ("de Testperson, Anna B.", {"family": "de Testperson", "given": "Anna B."}),
        ("Anna Testperson", {"literal": "Anna Testperson"}),
        ("Human Rights Watch", {"literal": "Human Rights Watch"}),
        ("Reuters, London", {"literal": "Reuters, London"}),
        ("Testperson, Anna", {"literal": "Testperson, Anna"}),
        ("İlqar Əliyev-Sınaq", {"literal": "İlqar Əliyev-Sınaq"}),
    ],
)
def test_a_name_is_parted_only_where_it_is_written_so(written_name, variable):
    assert name_variable(written_name) == variable


def test_a_press_account_is_cited_as_what_was_printed_and_read_in_this_archive():
    detail = {"publication": "The Test Times", "authors": "Anna Testperson; B. Probe", "medium": "newspaper",
              "city": "Testville", "page": "A3"}  # fmt: skip
    view = RecordView(
        "press", "abc", "/press/abc", "A headline", "en", detail, When("1992-03-02"), revision=4
    )
    assert of_record(view, PAGE) == {
        "id": "press-abc", "type": "article-newspaper", "title": "A headline", "container-title": "The Test Times",
        "author": [{"literal": "Anna Testperson"}, {"literal": "B. Probe"}], "publisher-place": "Testville",
        "page": "A3", "archive": "A Test Archive", "issued": {"date-parts": [[1992, 3, 2]]}, "language": "en",
        "version": "4", "URL": PAGE.address, "accessed": {"date-parts": [[2026, 11, 28]]},
    }  # fmt: skip


def test_the_day_of_an_event_or_a_death_is_not_the_day_its_page_came_out():
    for kind in ("event", "place", "remembrance"):
        item = of_record(RecordView(kind, "abc", "", "Title", when=When("1992-02-26")), PAGE)
        assert "issued" not in item
        assert item["type"] == "webpage"
        assert item["container-title"] == "A Test Archive"
        assert "author" not in item


def test_a_page_whose_name_may_not_be_shown_is_cited_with_the_words_that_stand_there():
    page = Page("A Test Archive", PAGE.address, PAGE.accessed, "Name not shown", "testimony")
    item = of_record(RecordView("testimony", "abc", "/testimonies/abc", ""), page)
    assert item["title"] == "Name not shown"
    assert item["genre"] == "testimony"


def test_a_work_keeps_what_its_source_gives_and_nothing_else():
    view = SourceView(
        "abc", "/sources/abc", "A Report", {"type": "report", "title": "A Report", "page": "75–83, at p. 82"},
        ["An Institute"], editors=["C. Probe"], when=When("1992-09"), note="Seen in a copy.", language="und",
    )  # fmt: skip
    assert of_source(view) == {
        "id": "source-abc", "type": "report", "title": "A Report", "page": "75–83, at p. 82",
        "author": [{"literal": "An Institute"}], "editor": [{"literal": "C. Probe"}],
        "issued": {"date-parts": [[1992, 9]]}, "note": "Seen in a copy.",
    }  # fmt: skip


def test_an_address_is_cited_with_the_day_it_was_read_and_its_copy_elsewhere():
    fields = {"type": "webpage", "URL": "https://work.example/a", "archived": "https://copies.example/a"}
    item = of_source(SourceView("abc", "/sources/abc", "A page", fields, accessed=When("2021-05-01")))
    assert item["URL"] == "https://work.example/a"
    assert item["accessed"] == {"date-parts": [[2021, 5, 1]]}
    assert item["archive_location"] == "https://copies.example/a"


def test_a_question_is_a_page_of_the_archive_by_nobody():
    item = of_question(QuestionView("who-fired", "Who fired", "/figures/who-fired"), PAGE)
    assert item["container-title"] == "A Test Archive"
    assert "author" not in item


def test_the_file_is_json_in_every_script():
    text = written([{"id": "a", "title": "Xocalı Ходжалы Խոջալու"}])
    assert "Xocalı Ходжалы Խոջալու" in text
    assert json.loads(text) == [{"id": "a", "title": "Xocalı Ходжалы Խոջալու"}]
