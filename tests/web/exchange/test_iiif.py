"""IIIF by HTTP: what may be reused is a manifest with everything that hangs on it, and falls silent when it is taken back."""

from __future__ import annotations

import json
import re

import pytest

from memorial.domain import consent as rules
from memorial.services import iiif as service
from tests.builders import a_press_account, a_testimony
from tests.iiif import agree, complaints, everything
from tests.states import some_content, take_back, with_notice
from tests.walking import whole

VIEW = {rules.EVERY_PART: rules.chosen(["public"], ["view", "download"])}
ALL = {rules.EVERY_PART: rules.everything()}
NEVER = "00000000000000"


def told(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    return json.loads(answer.data)


def test_a_viewer_takes_a_testimony_with_its_captions_chapters_and_photographs(house, client):
    made = everything(house)
    manifest = told(client, f"/iiif/{made.made.public_id}/manifest")
    assert complaints(manifest) == []
    sound, film, seen, quiet = manifest["items"]
    assert (sound["duration"], film["duration"], film["width"]) == (16.0, 8.0, 640)
    assert sound["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert [each["label"]["en"] for each in manifest["structures"][0]["items"]] == [
        ["Synthetic childhood"],
        ["Synthetic road"],
    ]
    assert [each["items"][0]["id"].partition("#")[2] for each in manifest["structures"][0]["items"]] == [
        "t=0,9",
        "t=9,16",
    ]
    (captions,), pages = sound["annotations"], sound["seeAlso"]
    assert [each["body"]["language"] for each in captions["items"]] == [["az"], ["en"]]
    # Each address that a viewer follows is there, and is what it is said to be.
    here = "http://localhost"
    vtt = client.get(captions["items"][0]["body"]["id"].removeprefix(here))
    assert (vtt.mimetype, vtt.headers["Access-Control-Allow-Origin"]) == ("text/vtt", "*")
    assert "Bir &amp; <i>iki</i>." in vtt.text
    assert "k7f3" not in vtt.text
    lines = told(client, pages[0]["id"].removeprefix(here))
    assert [(line["body"]["value"], line["target"].partition("#")[2]) for line in lines["items"]] == [
        ("Synthetic narrator: Bir & iki.", "t=0,4"), ("Synthetic narrator: Üç […].", "t=4,8"),
    ]  # fmt: skip
    heard = sound["items"][0]["items"][0]["body"]
    assert (
        client.get(heard["id"].removeprefix(here), headers={"Range": "bytes=0-8"}, buffered=True).data
        == b"synthetic"
    )
    painted = seen["items"][0]["items"][0]["body"]
    assert (
        client.get(painted["id"].removeprefix(here), buffered=True).data
        == b"1280 points of A synthetic photograph"
    )
    assert (
        client.get(seen["thumbnail"][0]["id"].removeprefix(here), buffered=True).data
        == b"320 points of A synthetic photograph"
    )
    info = told(client, f"{painted['service'][0]['id'].removeprefix(here)}/info.json")
    assert info["sizes"] == [{"width": 320, "height": 240}, {"width": 1280, "height": 960}]
    bare = client.get(painted["service"][0]["id"].removeprefix(here))
    assert (bare.status_code, bare.headers["Location"]) == (303, f"/iiif/image/{made.photograph}/info.json")
    # What is hard to look at is described and led to, and nothing of it is loaded unasked.
    assert quiet["items"] == []
    assert quiet["summary"] == {"none": ["Shows a wound"]}
    assert "thumbnail" not in quiet
    assert (
        client.get(quiet["rendering"][0]["id"].removeprefix(here), buffered=True).data
        == b"1280 points of A described wound"
    )
    text = json.dumps(manifest)
    assert made.graphic not in json.dumps(manifest["thumbnail"])
    assert re.findall(r"/media/\w+", text)
    assert not re.findall(rf"{here}/media/", text)  # those of pages are for looking at


def test_taken_back_for_reuse_everything_is_as_if_it_had_never_been(house, client):
    made = everything(house)
    one = made.made.public_id
    paths = [
        f"/iiif/{one}/manifest", f"/iiif/{one}/annotations/{made.original}", f"/iiif/{one}/captions/{made.original}.vtt",
        f"/iiif/image/{made.photograph}", f"/iiif/image/{made.photograph}/info.json",
        f"/iiif/image/{made.photograph}/full/max/0/default.jpg", f"/iiif/image/{made.photograph}/9,9,0,0/max/0/default.jpg",
        *(f"/iiif/media/{made.copies[name]}" for name in ("sound", "still")),
    ]  # fmt: skip
    before = [client.get(path, buffered=True) for path in paths]
    assert [answer.status_code for answer in before] == [200, 200, 200, 303, 200, 200, 400, 200, 200]
    listed = told(client, "/iiif/collection/testimony")
    assert [each["id"] for each in listed["items"]] == [f"http://localhost/iiif/{one}/manifest"]
    agree(house, made.made, VIEW)
    assert client.get(f"/en{made.made.path}").status_code == 200  # it may still be looked at
    for path, answer in zip(paths, before, strict=True):
        never = re.sub("|".join((one, made.original, made.photograph, *made.copies.values())), NEVER, path)
        gone = client.get(
            path, headers={"If-None-Match": answer.headers.get("ETag", "*"), "Range": "bytes=0-"}
        )
        assert gone.status_code == 404, path
        assert whole(gone) == whole(client.get(never)), path
    assert told(client, "/iiif/collection/testimony")["items"] == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_collection_goes_on_in_another_and_lists_only_what_has_a_manifest(house, client, monkeypatch):
    monkeypatch.setattr(service, "PER_PAGE", 2)
    made = [everything(house).made for _ in range(3)]
    silent = a_testimony(house, contributor=ALL)
    a_press_account(house)
    assert client.get(f"/iiif/{silent.public_id}/manifest").status_code == 404
    top = told(client, "/iiif/collection")
    assert complaints(top) == []
    assert len(top["items"]) == 6
    found, path = [], "/iiif/collection/testimony"
    while path:
        page = told(client, path)
        assert complaints(page) == []
        manifests = [each["id"] for each in page["items"] if each["type"] == "Manifest"]
        assert len(manifests) <= 2
        found += manifests
        path = next((each["id"] for each in page["items"] if each["type"] == "Collection"), "").removeprefix(
            "http://localhost"
        )
    assert found == [f"http://localhost/iiif/{one.public_id}/manifest" for one in made]
    assert told(client, "/iiif/collection/press")["items"] == []
    assert client.get("/iiif/collection/persons").status_code == 404
    for wrong in ("-1", "x", "9" * 30, "0"):
        assert client.get(f"/iiif/collection/testimony?after={wrong}").status_code == 422, wrong


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_where_the_page_says_that_it_was_withdrawn_viewers_are_told_that_it_is_gone_and_no_more(
    house, client
):
    words = with_notice(some_content("testimony"), "zqnotice")
    told_of, hidden = a_testimony(house, contributor=ALL, content=words), a_testimony(house, contributor=ALL)
    take_back(house, told_of, "withdrawn")
    take_back(house, hidden, "hidden")
    for made, status in ((told_of, 410), (hidden, 404)):
        assert client.get(f"/en{made.path}").status_code == status
        for answer in (
            client.get(f"/iiif/{made.public_id}/manifest"),
            client.get(f"/iiif/{made.public_id}/annotations/{NEVER}"),
        ):
            assert answer.status_code == status
            assert "zqnotice" not in whole(answer)
