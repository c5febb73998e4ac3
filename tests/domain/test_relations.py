"""Words of kinship from both sides, and who is not named."""

from __future__ import annotations

import json

from memorial.domain import relations


def test_each_relation_has_its_way_back():
    assert all(relations.INVERSE[relations.INVERSE[key]] == key for key in relations.INVERSE)
    assert (relations.role_of_owner("mother of"), relations.role_of_other("mother of")) == ("parent", "child")
    assert relations.role_of_other("Brother-in-law of") == "sibling_in_law"
    assert relations.role_of_other("aide to") == ""


def test_every_word_of_kinship_in_the_collection_is_read(shared):
    lines = (shared / "collection" / "people.jsonl").read_text("utf-8").splitlines()
    said = {each["relation"] for person in map(json.loads, lines) for each in person["relations"]}
    assert {words for words in said if not relations.role_of_owner(words)} == {"aide to"}


def test_a_name_is_told_from_a_description():
    assert relations.named("Kayun (killed)") == "Kayun"
    assert relations.named("a daughter (missing), not named") == ""
    assert relations.is_unnamed("four children, not named")
