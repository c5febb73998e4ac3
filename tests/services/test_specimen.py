"""The specimen that ships: everybody reads it in their language, and nobody takes it for a testimony."""

import json

import pytest

from memorial.services import specimen
from tests.builders import a_testimony


@pytest.fixture
def guide(house):
    with house.writing(house.keeper()) as session:
        record = specimen.load(session, house.storage, house.keys, now=house.now())
        assert record is not None
        return f"/testimonies/{record.public_id}"


def text_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_it_is_read_in_each_language_of_the_interface_and_heard(client, guide):
    words = json.loads((specimen.FOLDER / "guide.json").read_text(encoding="utf-8"))
    assert {len(line) for line in words["lines"]} == {len(words["languages"])} == {4}
    for language in words["languages"]:
        page = text_of(client.get(f"/{language}{guide}"))
        assert page.count('<p id="c-') == len(words["lines"])
        for line in words["lines"]:
            assert line[language] in page
        for chapter in words["chapters"]:
            assert chapter[language] in page
    english = text_of(client.get(f"/en{guide}"))
    assert "It is nobody’s testimony. What is heard is a quiet tone in place of a voice." in english
    for copy in {part.split('"')[0] for part in english.split('<source src="')[1:]}:
        assert client.get(copy, buffered=True).status_code == 200


def test_it_is_labelled_in_lists_and_searches_and_counts_as_no_testimony(client, guide, house):
    listed = text_of(client.get("/en/testimonies"))
    assert "A specimen made by the archive, nobody’s testimony" in listed
    assert "No testimony has been published yet." in listed
    found = text_of(client.get("/en/search?q=quiet"))
    assert f"/en{guide}?" in found
    assert "Specimen" in found
    assert "Testimon" not in found.split("<main")[1].split("</main>")[0]
    a_testimony(house)
    assert "No testimony has been published yet." not in text_of(client.get("/en/testimonies"))


def test_programs_are_told_that_it_is_nobodys_testimony(client, guide):
    public_id = guide.rpartition("/")[2]
    told = "Specimen, nobody's testimony: "
    assert told in client.get(f"{guide}.jsonld").json["name"]["@value"]
    assert told in str(client.get(f"/iiif/{public_id}/manifest").json["label"])
    harvested = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc&set=kind:testimony").text
    assert "<dc:title" in harvested
    assert harvested.count("<dc:title") == harvested.count(told)


def test_a_second_start_brings_no_second_one(house, guide):
    with house.writing(house.keeper()) as session:
        assert specimen.load(session, house.storage, house.keys, now=house.now()) is None
