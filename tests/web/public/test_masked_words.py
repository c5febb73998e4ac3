"""Words that were withheld come out of no door, whoever asks: pages, captions, files, search, suggestions, what is harvested."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from memorial.models import Transcript
from tests.masked import NAME, RUSSIAN, a_told_recording
from tests.services.colleagues import an_actor
from tests.services.test_masks import BY_NAME, WORDS, place
from tests.walking import addresses, routes, whole

DOORS_OF_IT = (
    "", "?t=4", "?find={}", "?read=all", "/transcript", "/{transcript}.vtt", "/{translation}.vtt",
    "/{transcript}/words.txt", "/{transcript}/words.srt", ".jsonld",
)  # fmt: skip
SEARCHES = ("search?q={}", "people?q={}", "people/suggestions?q={}", "verify?sha256={}")


@pytest.fixture
def told(house):
    return a_told_recording(house)


def doors(app, told) -> list[str]:
    path = told.work.made.path
    own = [
        (f"/en{path}{end}" if end != ".jsonld" else f"{path}.jsonld")
        .replace("{transcript}", told.transcript)
        .replace("{translation}", told.translation)
        for end in DOORS_OF_IT
    ]
    lists = [
        each
        for rule in routes(app, "public", "machine")
        if not rule.arguments - {"lang"}
        for each in addresses(rule, {})
    ]
    harvest = [
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/oai?verb=ListRecords&metadataPrefix=mods",
        "/feeds/all.atom",
    ]
    return [*own, *lists, *harvest]


def said(text: str) -> list[str]:
    folded = text.lower()
    return [word for word in WORDS if word.lower() in folded]


def everything(app, client, told, words: str) -> dict[str, list[str]]:
    """What each door says of the name; the words that were asked for are taken out of the answer."""
    found = {}
    for door in doors(app, told):
        found[door] = said(whole(client.get(door.replace("{}", words), buffered=True)).replace(words, ""))
    for search in SEARCHES:
        answer = whole(client.get(f"/en/{search.format(words)}", buffered=True))
        found[search] = said(re.sub(re.escape(words), "", answer, flags=re.IGNORECASE))
    return {door: words for door, words in found.items() if words}


def test_a_withheld_name_comes_out_of_no_door(app, house, client, told):
    before = everything(app, client, told, "cold")
    assert f"/en{told.work.made.path}" in before, "the name is there as long as nobody withholds it"
    assert any(door.endswith(".vtt") for door in before)
    place(house, an_actor(house, "one", "moderator"), told, BY_NAME)
    assert everything(app, client, told, "cold") == {}
    for words in (NAME, RUSSIAN, NAME.split()[0]):
        page = whole(client.get("/en/search", query_string={"q": words}, buffered=True))
        assert told.work.made.public_id not in page
    page = client.get(f"/en{told.work.made.path}").get_data(as_text=True)
    [mask] = set(re.findall(r'<a class="withheld" href="#w-([0-9a-z]{13})">', page))
    assert f'<li id="w-{mask}">To protect somebody else</li>' in page
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Transcript.public_id)).all(), "its other words are still there"
