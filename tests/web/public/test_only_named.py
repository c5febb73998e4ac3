"""Whoever is only named in a source has no page, and can be followed to where they are named."""

from __future__ import annotations

import re

from tests.importing import publish


def test_whoever_is_only_named_is_followed_to_the_place_in_the_source_that_names_them(house, client):
    publish(house, "sources", {"id": "src-seed-001", "title": "Synthetic work", "kind": "book"})
    people = [
        {"id": f"person-{n}", "names": [{"spelling": f"Synthetic Witness {n}", "language": None, "script": None,
         "seed_refs": []}], "roles": ["witness"], "accused": False, "seed_refs": [f"001_x.txt:L{n}-L{n}"]}
        for n in range(1, 40)
    ]  # fmt: skip
    publish(house, "people", *people)
    entry = client.get("/en/search?q=Synthetic+Witness+33").get_data(as_text=True)
    link = re.search(r'Named in: <a href="([^"]*)">', entry)[1].replace("&amp;", "&")
    there = client.get(link).get_data(as_text=True)
    assert "Synthetic Witness 33" in there
