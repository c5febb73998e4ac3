"""Documents as a table that the address sorts and filters, and drawn by year and country."""

from __future__ import annotations

import re

import pytest

from tests.importing import publish


def a_document(number: int, **more):
    return {"id": f"rec-{number}", "body": f"Synthetic body {number}", **more}


STATE = "Synthetic State, Synthetic Federation"


@pytest.fixture
def three(house):
    publish(
        house, "recognitions",
        a_document(1, date="2012-03-01", kind="resolution", jurisdiction=STATE, term_used="second word",
                   term_basis="the document's own words, as printed in the seed"),
        a_document(2, date="2010-02-25", kind="law", jurisdiction="Synthetic Land", term_used="third word",
                   conflicts=[{"claim": "26 February 2010", "seed_refs": []}]),
        a_document(3, kind="resolution", jurisdiction="Synthetic Federation", term_used="first word"),
    )  # fmt: skip


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _order(page: str) -> list[str]:
    table = page[page.index("<tbody") : page.index("</tbody")]
    return re.findall(r">Synthetic body (\d)</a>", table)


@pytest.mark.usefixtures("three")
def test_documents_stand_in_the_order_that_is_asked_for(client):
    assert _order(_text(client.get("/en/documents"))) == ["2", "1", "3"]
    assert _order(_text(client.get("/en/documents?sort=word"))) == ["3", "1", "2"]
    assert _order(_text(client.get("/en/documents?sort=kind"))) == ["2", "1", "3"]
    assert client.get("/en/documents?sort=size").status_code == 404


@pytest.mark.usefixtures("three")
def test_a_state_is_found_under_its_country(client):
    page = _text(client.get("/en/documents?country=Synthetic+Federation"))
    assert _order(page) == ["1", "3"]
    assert '<option value="Synthetic Federation" selected>' in page
    assert (
        _order(_text(client.get("/en/documents?country=Synthetic+Federation&kind=law")) + "<tbody></tbody>")
        == []
    )
    assert "No document fits that." in _text(client.get("/en/documents?country=%25"))


@pytest.mark.usefixtures("three")
def test_each_says_which_word_it_uses_whose_word_that_is_and_whether_sources_disagree(client):
    row = {n: row for row in re.findall(r"<tr role=\"row\">.*?</tr>", _text(client.get("/en/documents")), re.S)
           for n in "123" if f"Synthetic body {n}<" in row}  # fmt: skip
    assert "second word" in row["1"]
    assert "The document’s own word, as the source prints it." in row["1"]
    assert "Sources disagree" in row["2"]
    assert "Sources disagree" not in row["1"]


@pytest.mark.usefixtures("three")
def test_years_and_countries_are_drawn_with_their_numbers(client):
    page = _text(client.get("/en/documents"))
    drawn = page[page.index("By year and country") :]
    federation = re.search(r'<th scope="row">Synthetic Federation</th>(.*?)</tr>', drawn, re.S)[1]
    assert re.findall(r"<span>(\d+)</span>", federation) == ["1", "1"]  # 2012, and without a date


def test_pages_keep_what_was_asked_for_and_cost_the_same(house, client, count_queries):
    documents = [
        a_document(n, kind="resolution", jurisdiction="Synthetic Land", date=f"20{n:02d}") for n in range(30)
    ]
    publish(house, "recognitions", *documents[:2])
    client.get("/en/documents?sort=country")
    count_queries()
    client.get("/en/documents?sort=country")
    few = count_queries()
    publish(house, "recognitions", *documents)
    client.get("/en/places")  # the settings are read anew after each publication
    count_queries()
    page = _text(client.get("/en/documents?sort=country"))
    assert count_queries() <= few
    following = re.search(r'rel="next" href="([^"]*)"', page)[1].replace("&amp;", "&")
    assert "sort=country" in following
    rest = re.findall(r">Synthetic body (\d+)</a>", _text(client.get(following)))
    assert len(rest) == 6
