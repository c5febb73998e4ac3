"""The page of people found by name says by which spelling, where that stands, and never ends the search."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memorial.domain.content import NameContent
from tests.builders import a_remembrance, some_content
from tests.importing import publish

SOURCE = {
    "id": "src-synthetic",
    "kind": "newspaper",
    "title": "The Synthetic Gazette, 12 June 1992",
    "year": "1992",
}
PERSON = {
    "id": "person-synthetic",
    "label": "Hacıyev, Sintetik",
    "names": [
        {"spelling": "Sintetik Hacıyev", "seeds": []},
        {"spelling": "Sintetik Hajief", "seeds": [{"seed": "src-synthetic", "first_ref": "src-synthetic, p. 3", "occurrences": 1}]},
    ],
    "roles": ["witness"],
    "fate": "survived",
    "accused": False,
}  # fmt: skip


def _text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_result_says_how_the_name_is_written_and_in_which_work(house, client):
    publish(house, "sources", SOURCE)
    publish(house, "people", PERSON)
    page = _text(client, "/en/people?q=hajief")
    assert "Sintetik Hacıyev" in page
    assert "Written Sintetik Hajief in" in page
    assert "The Synthetic Gazette" in page
    assert (
        "Named in sources" in page or "named in a source" in page.lower() or "People named in sources" in page
    )


def test_nobody_is_found_and_the_search_goes_on(house, client):
    page = _text(client, "/en/people?q=Sintetikzade")
    assert "No one by that spelling." in page
    for way in ("/en/contribute", "/en/help", "/en/search?q=Sintetikzade"):
        assert f'href="{way}"' in page


def test_a_script_in_the_query_is_only_words(house, client):
    page = _text(client, "/en/people?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page


def test_search_shows_names_before_words(house, client):
    content = replace(some_content("remembrance"), names=[NameContent("Elman Hacıyev")])
    a_remembrance(house, content=content)
    page = _text(client, "/en/search?q=Гаджиев")
    assert "By name" in page
    assert "Elman Hacıyev" in page


def test_suggestions_are_few_and_lead_to_pages(house, client):
    content = replace(some_content("remembrance"), names=[NameContent("Elman Hacıyev")])
    made = a_remembrance(house, content=content)
    a_remembrance(house, content=content, published=False)
    answer = client.get("/az/people/suggestions?q=elm")
    assert answer.get_json() == [
        {"name": "Elman Hacıyev", "written": "Elman Hacıyev", "address": f"/az{made.path}"}
    ]
    assert client.get("/az/people/suggestions").get_json() == []


@pytest.mark.parametrize("typed", ["oğlu", "qızı", "???", "..."])
def test_what_holds_no_name_is_answered_so_and_not_as_if_nobody_bore_it(house, client, typed):
    page = _text(client, f"/en/people?q={typed}")
    assert "There is no name in it yet" in page
    assert "No one by that spelling" not in page
    assert typed in page


def test_a_name_that_only_sounds_alike_says_so(house, client):
    content = replace(some_content("remembrance"), names=[NameContent("Elman Hacıyev")])
    a_remembrance(house, content=content)
    assert "It sounds alike." in _text(client, "/en/people?q=Hajief")
    assert "It sounds alike." not in _text(client, "/en/people?q=Hacıyev")


def test_places_of_a_name_lead_to_no_list_of_people(house, client):
    for number in range(5):
        publish(
            house,
            "places",
            {"id": f"place-{number}", "label": f"Sintetikabad {'abcde'[number]}", "kind": "town"},
        )
    assert "All people with a name like this" not in _text(client, "/en/search?q=Sintetikabad")
    for number in range(5):
        content = replace(
            some_content("remembrance"), names=[NameContent(f"Elman Sintetikov {'abcde'[number]}")]
        )
        a_remembrance(house, content=content)
    assert "All people with a name like this" in _text(client, "/en/search?q=Sintetikov")
