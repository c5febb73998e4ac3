"""Somebody whose name may not be shown still has a page, an entry and a citation with an honest heading."""

from __future__ import annotations

import re
from html import unescape

import pytest

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, TextContent
from tests.builders import ALL_MAY_VIEW, a_remembrance, some_content

SAID = {
    "az": "Ad göstərilmir",
    "en": "Name not shown",
    "ru": "Имя не показывается",
    "tr": "Adı gösterilmiyor",
}
WITHOUT_ITS_NAME = {rules.EVERY_PART: ALL_MAY_VIEW, "name": {}}


def _page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = unescape(answer.get_data(as_text=True))
    assert "Synthetic synthetic Person" not in page
    return page


@pytest.fixture
def nameless(house):
    """A synthetic remembrance, read by everyone but for its name."""
    content = Content(
        language="en",
        texts=[TextContent("life", "A synthetic life, told by nobody.", part="text", language="en")],
        names=[NameContent("Synthetic synthetic Person", language="en")],
    )
    return a_remembrance(house, content=content, contributor=WITHOUT_ITS_NAME)


@pytest.mark.parametrize("code", SAID)
def test_the_page_is_headed_and_titled_and_cited_in_the_readers_words(client, nameless, code):
    page = _page(client, f"/{code}{nameless.path}")
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", page) == [SAID[code]]
    assert re.search(r"<title>\s*" + SAID[code], page)
    cited = _page(client, f"/{code}/cite/people/{nameless.public_id}")
    assert re.search(rf'id="citation">{SAID[code]}\.', cited)
    assert f">{SAID[code]}</a>" in cited


@pytest.mark.parametrize("code", SAID)
def test_a_hit_of_the_search_can_be_read_and_followed(client, nameless, code):
    page = _page(client, f"/{code}/search?q=synthetic")
    links = re.findall(rf'<a href="/{code}{nameless.path}">(.*?)</a>', page)
    assert [link.strip() for link in links] == [SAID[code]]


def test_the_first_page_says_so_too(client, nameless):
    page = _page(client, "/en/")
    assert re.findall(r'id="today"[^>]*>(.*?)</h2>', page) == ["Name not shown"]
    assert ">Read the page</a>" in page


def test_a_name_that_may_be_shown_stands_alone(house, client):
    made = a_remembrance(house)
    page = unescape(client.get(f"/en{made.path}").get_data(as_text=True))
    assert "Synthetic synthetic Person" in page
    assert "Name not shown" not in page


HEADING = {
    "az": "Burada adı olmayanlar", "en": "Without a name here", "ru": "Без имени", "tr": "Burada adı olmayanlar",
}  # fmt: skip


@pytest.mark.parametrize("code", HEADING)
def test_the_wall_ends_with_those_without_a_name_under_a_heading_of_their_own(client, nameless, house, code):
    a_remembrance(house, content=some_content("remembrance", "other"))
    page = _page(client, f"/{code}/people")
    assert page.index("Synthetic other Person") < page.index(f">{HEADING[code]}</h2>")
    below = page[page.index(f">{HEADING[code]}</h2>") :]
    assert f'href="/{code}{nameless.path}"' in below
    assert SAID[code] in below


def test_whoever_may_not_be_shown_at_all_does_not_stand_there_either(client, house):
    hidden = a_remembrance(house, contributor={})
    page = _page(client, "/en/people")
    assert "Without a name here" not in page
    assert hidden.public_id not in page


def test_whose_name_is_shown_stands_there_once(client, house):
    made = a_remembrance(house, content=some_content("remembrance", "other"))
    page = _page(client, "/en/people")
    assert "Without a name here" not in page
    assert page.count(f'href="/en{made.path}"') == 1


def test_many_without_a_name_go_on_over_pages_and_none_is_left_out(client, house):
    content = Content(language="en", texts=[TextContent("life", "Nobody.", part="text", language="en")], names=[NameContent("Synthetic synthetic Person", language="en")])  # fmt: skip
    made = {a_remembrance(house, content=content, contributor=WITHOUT_ITS_NAME).path for _ in range(26)}
    first = _page(client, "/en/people")
    assert '?unnamed=1">' in first
    found, path = set(), "/en/people?unnamed=1"
    for _ in range(3):
        page = _page(client, path)
        found |= set(re.findall(r'href="/en(/people/[0-9a-z]+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        path = following[1]
    assert found & made == made
