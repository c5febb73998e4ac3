"""The wall of names on its pages. Everybody here is synthetic."""

from __future__ import annotations

import re

import pytest

from benchmarks.wall import fill
from memorial import jobs
from memorial.domain.content import Content, NameContent, StatementContent
from memorial.services.wall import IN_PRINT, PER_PAGE
from tests.builders import a_remembrance


def _page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def _names(page: str) -> list[str]:
    return re.findall(r'class="plate-name"[^>]*>([^<]*)<', page)


def _people(house, *names: str, lived: str = "") -> None:
    said = [StatementContent("lived", lived, stated_by="a synthetic relative")] if lived else []
    for name in names:
        a_remembrance(house, content=Content(names=[NameContent(name, language="az")], statements=said))


def _letters(page: str) -> tuple[list[str], list[str]]:
    """Those that lead somewhere, and those that do not."""
    nav = re.search(r'<nav class="letters".*?</nav>', page, re.DOTALL)
    found = nav[0] if nav else ""
    return re.findall(r"<a [^>]*>(.)</a>", found), re.findall(r"<span>(.)</span>", found)


def test_a_letter_with_names_leads_to_them_and_one_without_leads_nowhere(house, client):
    _people(house, "Çinar Sınaqov", "Cəmil Abadov", "Ёлкин Пример")
    page = _page(client, "/az/people")
    there, empty = _letters(page)
    assert there == ["C", "Ç", "E"]
    assert [*there, *empty] != there
    assert "A" in empty
    assert _names(page) == ["Cəmil Abadov", "Çinar Sınaqov", "Ёлкин Пример"]
    assert re.findall(r"<h2 id=\"letter-\d+\">(.)</h2>", page) == ["C", "Ç", "E"]
    opened = _page(client, "/az/people?letter=%C3%87")
    assert _names(opened) == ["Çinar Sınaqov"]
    assert 'letter=E">' in opened, "on to the next letter with somebody"
    assert _letters(_page(client, "/ru/people"))[0] == ["Ё", "C"]


def test_by_family_and_by_home(house, client):
    _people(house, "Zal Abadov", "Əli Sınaqov")
    _people(house, "Bəxtiyar Sınaqov", lived="Sınaqkənd, Uydurma")
    assert _names(_page(client, "/az/people?by=family")) == ["Zal Abadov", "Bəxtiyar Sınaqov", "Əli Sınaqov"]
    homes = re.findall(r'href="(/az/people\?place=[^"]*)">([^<]*)<', _page(client, "/az/people?by=place"))
    assert homes == [("/az/people?place=sinaqkend", "Sınaqkənd")]
    page = _page(client, homes[0][0])
    assert _names(page) == ["Bəxtiyar Sınaqov"]
    assert "Sınaqkənd</strong>" in page
    assert "Burada hələ heç kimin yaşı" in _page(client, "/az/people?by=age")


def test_numbers_stand_where_they_are_counted_and_nowhere_else(house, client):
    with house.writing(house.keeper()) as session:
        fill(session, house, PER_PAGE + 2)
    assert " of 62" not in _page(client, "/en/people")
    jobs.count_wall(house)
    first = _page(client, "/en/people?a=1")
    assert "1–60 of 62" in first
    following = re.search(r'rel="next" href="([^"]*)"', first)[1]
    assert "61–62 of 62" in _page(client, following)
    assert len(first.encode()) < 120_000


def test_a_list_for_paper_is_bounded_and_light(house, client):
    with house.writing(house.keeper()) as session:
        fill(session, house, IN_PRINT + 3)
    page = _page(client, "/en/people/print")
    assert page.count("(synthetic)") == IN_PRINT
    assert len(page.encode()) < 120_000
    rest = _page(client, re.search(r'rel="next" href="([^"]*)"', page)[1])
    assert rest.count("(synthetic)") == 3


@pytest.mark.parametrize(
    "query",
    ["letter=%D0%96", "letter=MM", "by=nothing", "place=%F0%9F%8C%B8", "age=never", "letter=%2B&by=family"],
)
def test_what_the_wall_does_not_know_is_left_out(house, client, query):
    _people(house, "Əli Sınaqov")
    assert _names(_page(client, f"/az/people?{query}")) == ["Əli Sınaqov"]


def test_an_empty_place_says_so_and_leads_on(house, client):
    _people(house, "Əli Sınaqov")
    page = _page(client, "/en/people?place=nowhere")
    assert "No one stands here under what you chose." in page
    assert '<a class="action" href="/en/people">All names</a>' in page
