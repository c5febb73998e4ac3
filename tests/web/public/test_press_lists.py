"""Press accounts by date and in groups, narrowed; and the front pages day by day."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from memorial.domain import consent as consent_rules
from memorial.domain.content import TextContent
from memorial.services import site
from tests.builders import a_press_account, a_record, some_content


def _press(
    house, title: str, day: str, *, language: str = "und", published: bool = True, words: str = "", **detail
):
    content = some_content("press")
    texts = [TextContent("title", title, language="en")]
    texts += [TextContent("quotation", words, language="en")] if words else []
    detail = {**content.detail, **detail}
    content = replace(content, texts=texts, date_edtf=day, detail=detail, language=language)
    return a_press_account(house, content=content, published=published)


def _page(client, path: str, status: int = 200) -> str:
    answer = client.get(f"/en{path}")
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def _headings(html: str) -> list[str]:
    main = html[html.index("<main") : html.index("</main")]
    return [unescape(words) for words in re.findall(r"<h[234][^>]*>(?:<a [^>]*>)?([^<]+)", main)]


@pytest.fixture
def papers(house):
    _press(house, "Second", "1992-03-02", publication="Synthetic Star", city="Madeuptown", country="Nowhere")
    _press(
        house,
        "First",
        "1992-02-28",
        publication="Synthetic Star",
        city="Madeuptown",
        country="Nowhere",
        language="tr",
    )
    _press(house, "Other", "1992-03-01", publication="Invented Echo", city="Madeuptown", country="")
    _press(house, "Nameless", "", publication="", city="", country="")
    _press(house, "Hidden", "1992-03-01", publication="Hidden Herald", city="Hiddenburg", published=False)


@pytest.mark.parametrize(
    ("by", "headings"),
    [
        ("publication", ["Invented Echo", "Other", "Synthetic Star", "First", "Second", "Publication not known", "Nameless"]),
        ("place", ["Madeuptown", "Other", "Madeuptown, Nowhere", "First", "Second", "Place not known", "Nameless"]),
        ("language", ["Turkish", "First", "Language not stated", "Other", "Second", "Nameless"]),
    ],
)  # fmt: skip
def test_accounts_stand_in_groups_by_their_days_and_what_is_not_said_comes_last(client, papers, by, headings):
    html = _page(client, f"/press?by={by}")
    assert _headings(html) == headings
    assert "Hidden" not in html


def test_a_list_is_narrowed_by_a_form_and_each_choice_can_be_taken_back(client, papers):
    html = _page(client, "/press?publication=Synthetic+Star&country=Nowhere&by=")
    assert _headings(html)[:2] == ["First", "Second"]
    assert '<option value="Synthetic Star" selected>' in html
    assert "Publication: <strong>Synthetic Star</strong>" in html
    assert 'href="/en/press?country=Nowhere"' in html
    assert "Hidden" not in html
    assert "Remove one of the choices" in _page(client, "/press?city=Hiddenburg")
    assert _headings(_page(client, "/press?language=tr")) == ["First"]
    assert _headings(_page(client, "/press"))[-2:] == ["Date not known", "Nameless"]


def test_groups_go_on_over_pages_and_a_long_one_leads_to_all_of_it(house, client, count_queries):
    for number in range(13):
        _press(house, f"Account {number}", "1992-03-01", publication=f"Paper {number:02d} & Sons")
    for number in range(7):
        _press(house, f"More {number}", f"1992-03-{number + 2:02d}", publication="Paper 00 & Sons")
    _page(client, "/press?by=publication")
    count_queries()
    html = _page(client, "/press?by=publication")
    assert count_queries() <= 7
    assert "8 accounts" in html
    assert 'href="/en/press?publication=Paper%2000%20%26%20Sons"' in html
    assert "More 5" not in html
    onward = re.search(r'rel="next" href="/en([^"]*)"', html)[1].replace("&amp;", "&")
    assert _headings(_page(client, onward)) == ["Paper 12 & Sons", "Account 12"]


def test_front_pages_stand_under_their_days_with_the_first_words(house, client, count_queries):
    with house.writing(house.keeper()) as session:
        site.change(session, {"event_dates": ["1992-02-25/1992-02-26"]})
    words = " ".join(f"word{number}" for number in range(60))
    _press(house, "Long", "1992-02-28", publication="Synthetic Star", words=words)
    _press(house, "Short", "1992-02-28", publication="Invented Echo", words="Few made-up words.")
    _press(house, "Some day", "1992-02", publication="Synthetic Monthly")
    _press(house, "Before", "1992-02-03")
    _press(house, "Hidden", "1992-02-27", published=False)
    _press(house, "Later", "1992-06-12", publication="Synthetic Star")
    event = replace(some_content("event"), date_edtf="1992-02-26")
    everyone = {consent_rules.EVERY_PART: consent_rules.everything()}
    a_record(house, "event", content=event, contributed=False, archive=everyone)
    _page(client, "/press/front-pages")
    count_queries()
    html = _page(client, "/press/front-pages")
    assert count_queries() <= 7
    assert _headings(html) == [
        "February 1992", "26 February 1992", "28 February 1992", "Long", "Short",
        "In this month, the day is not known", "Some day",
    ]  # fmt: skip
    assert 'href="/en/timeline/days/1992-02-26"' in html
    assert "word39 …" in html
    assert "word40" not in html
    assert "Few made-up words.</p>" in html
    assert 'href="#d-1992-02-28"' in html
    assert "28 February 1992: 2 accounts" in html
    assert "27 February 1992:" not in html
    assert 'href="/en/press/front-pages?from=1992-06#d-1992-06-12"' in html
    assert "Later" in _headings(_page(client, "/press/front-pages?from=1992-06"))
    _page(client, "/press/front-pages?from=1992-07", 404)
    _page(client, "/press/front-pages?from=nonsense", 404)


def test_without_a_dated_account_there_are_no_front_pages_yet(client):
    assert "No press account with a date" in _page(client, "/press/front-pages")
