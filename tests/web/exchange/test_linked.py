"""Records as linked data: what may be reused, in the words of schema.org."""

from __future__ import annotations

import json

import pytest

from tests.builders import a_press_account, a_testimony


def test_a_press_account_is_an_article_with_its_newspaper_and_nothing_that_the_newspaper_owns(house, client):
    made = a_press_account(house)
    answer = client.get(f"{made.path}.jsonld")
    assert answer.content_type == "application/ld+json"
    said = json.loads(answer.data)
    assert (said["@type"], said["publisher"]["name"]) == ("NewsArticle", "synthetic Gazette")
    assert said["@id"] == f"http://localhost/en{made.path}"
    assert "A synthetic quotation" not in answer.get_data(as_text=True)


def test_what_may_only_be_read_is_no_linked_data_and_neither_is_what_stands_elsewhere(house, client):
    read, press = a_testimony(house), a_press_account(house)
    assert client.get(f"{read.path}.jsonld").status_code == 404
    assert client.get(f"/people/{press.public_id}.jsonld").status_code == 404


@pytest.mark.parametrize("kind", ["press", "documents", "timeline", "places", "people"])
def test_every_kind_of_the_collection_has_a_type_and_a_name(published, kind):
    found = next(
        path
        for path in published.pages
        if path.startswith(f"/{kind}/") and path.count("/") == 2 and "?" not in path
    )
    answer = published.client.get(f"{found}.jsonld")
    assert answer.status_code == 200, found
    said = json.loads(answer.data)
    assert said["@type"]
    assert said["name"]
    assert said["@context"]["@vocab"] == "https://schema.org/"
