"""Manifests and image requests as values: the rules of Presentation 3.0 and Image API 3.0, level 0."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.views import Copy, Picture, RecordView
from memorial.domain.voices import Chapter, Playable, Recording, Spoken, Told
from memorial.formats import iiif, iiif_image
from memorial.formats.iiif_image import Asked, NotGiven
from tests.iiif import complaints

PLACE = iiif.Place("https://memorial.example", {"en": ["Synthetic Archive"], "az": ["Sintetik arxiv"]})
COPIES = [Copy("/media/s", 320, 240, 9, "image/jpeg"), Copy("/media/l", 1280, 960, 99, "image/jpeg")]
PICTURE = Picture("p1", "A synthetic square", COPIES)
FILM = Recording(
    "r1", "video", 61_500, copies=[
        Playable("/media/a", "audio", "audio/mp4", 1), Playable("/media/v", "video", "video/mp4", 9, 360, width=640),
        Playable("/media/w", "video", "video/mp4", 99, 720, width=1280),
    ],
    poster="/media/o",
    transcripts=[Spoken("t1", language="az"), Spoken("t2", "translation", "en"), Spoken("t3", "summary", "und")],
    chapters=[Chapter(0, [Told("az", "Bir", "Nə"), Told("en", "One")]), Chapter(12_345, [Told("und", "Two")])],
)  # fmt: skip
RECORD = RecordView("testimony", "x1", "/testimonies/x1", "", pictures=[PICTURE], recordings=[FILM])


def made(record: RecordView, timed: tuple[str, ...] = ("t1", "t2", "t3")) -> dict:
    found = iiif.manifest(record, PLACE, timed)
    assert found is not None
    assert complaints(found) == []
    return found


def test_a_film_is_a_canvas_with_its_copies_captions_and_chapters():
    manifest = made(RECORD)
    film = manifest["items"][0]
    assert (film["width"], film["height"], film["duration"]) == (1280, 720, 61.5)
    body = film["items"][0]["items"][0]["body"]
    assert (body["type"], [each["type"] for each in body["items"]]) == ("Choice", ["Video", "Video"])
    assert [each["body"]["language"] for each in film["annotations"][0]["items"]] == [
        ["az"],
        ["en"],
    ]  # a summary is no caption
    assert len(film["seeAlso"]) == 3
    first, second = manifest["structures"][0]["items"]
    assert first["label"] == {"az": ["Bir"], "en": ["One"]}
    assert (first["items"][0]["id"][-12:], second["label"]) == ("#t=0,12.345", {"none": ["Two"]}) or first[
        "items"
    ][0]["id"].endswith("#t=0,12.345")
    assert second["items"][0]["id"].endswith("#t=12.345,61.5")
    assert manifest["thumbnail"][0]["id"].endswith("/iiif/image/p1/full/320,240/0/default.jpg")


def test_a_transcript_without_times_is_no_captions_and_what_has_nothing_to_show_no_manifest():
    assert "annotations" not in made(RECORD, ())["items"][0]
    assert iiif.manifest(replace(RECORD, pictures=[], recordings=[]), PLACE) is None
    assert (
        iiif.manifest(replace(RECORD, pictures=[replace(PICTURE, copies=[])], recordings=[]), PLACE) is None
    )


@pytest.mark.parametrize("noted", [{"graphic": True}, {"content_note": "Shows the dead"}])
def test_a_picture_with_a_note_is_never_painted_nor_a_thumbnail(noted):
    hard = replace(PICTURE, public_id="p2", **noted)
    manifest = made(replace(RECORD, recordings=[], pictures=[hard, PICTURE]))
    assert [each["id"][-2:] for each in manifest["items"]] == [
        "p1",
        "p2",
    ]  # what opens first can be looked at
    assert (manifest["items"][1]["items"], "thumbnail" in manifest["items"][1]) == ([], False)
    assert "service" not in manifest["items"][1]["rendering"][0]
    assert "p2" not in json.dumps([manifest["thumbnail"], manifest["items"][0]])
    alone = made(replace(RECORD, recordings=[], pictures=[hard]))
    assert "thumbnail" not in alone


def test_a_record_with_a_content_note_says_it_and_has_no_thumbnail_at_all():
    manifest = made(replace(RECORD, content_notes=["0:10 describes a killing"]))
    assert manifest["summary"] == {"none": ["0:10 describes a killing"]}
    assert '"thumbnail"' not in json.dumps(manifest)


def test_a_picture_with_holes_is_given_without_a_service_that_promises_jpeg():
    holes = replace(PICTURE, copies=[replace(copy, mime="image/webp") for copy in COPIES])
    body = made(replace(RECORD, pictures=[holes], recordings=[]))["items"][0]["items"][0]["items"][0]["body"]
    assert (body["format"], body["id"], "service" in body) == (
        "image/webp",
        "https://memorial.example/iiif/media/l",
        False,
    )


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (
            "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
            "http://creativecommons.org/licenses/by/4.0/",
        ),
        ("http://rightsstatements.org/vocab/InC/1.0/.", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("Used with permission", ""),
        ("https://creativecommons.org.example/licenses/by/4.0/", ""),
    ],
)
def test_rights_are_an_address_only_where_the_words_hold_one_of_a_known_statement(words, address):
    assert iiif.rights_of(words) == address


# Recipes of what is not written here: style sheets, extensions of the context, drawn selectors, annotations on an image.
BESIDE = {"0040", "0065", "0139", "0154", "0261", "0309", "0326"}


def test_the_rules_that_are_asked_of_our_manifests_hold_for_the_cookbook_s(shared: Path):
    folder = shared / "corpora/iiif/iiif-commons-parser/cookbook"
    read = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("0*.json"))}
    whole = {name: each for name, each in read.items() if each.get("type") == "Manifest"}
    assert len(whole) > 30
    wrong = {name: found for name, each in whole.items() if (found := complaints(each))}
    assert {name[:4] for name in wrong} == BESIDE


# -- pictures -------------------------------------------------------------------------------

SIZES = [(320, 240), (1280, 960)]


def status(**asked: str) -> int:
    try:
        return iiif_image.which(
            Asked(
                **{
                    "region": "full",
                    "size": "max",
                    "rotation": "0",
                    "quality": "default",
                    "form": "jpg",
                    **asked,
                }
            ),
            SIZES,
        )
    except NotGiven as refused:
        return refused.status


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        *(({"size": size}, 0) for size in ("320,240", "320,", ",240", "!320,240", "!320,9999", "pct:25", "^320,240")),
        *(({"size": size}, 1) for size in ("max", "^max", "1280,960", "1280,", "pct:100", "!5000,5000")),
        *(({"size": size}, 404) for size in ("100,100", "321,", ",241", "pct:50", "320,241", "!100,100", "!1279,959")),
        *(({"size": size}, 400) for size in ("1281,", "1281,960", "0,0", "0,5", ",0", "pct:0", "pct:101", "", "full", "-1,", "1,2,3", "٣,", "1e3,")),
        *(({"size": size}, 501) for size in ("^1281,", "^pct:120", "^9999,9999")),
        *(({"region": region}, 1) for region in ("full", "0,0,1280,960", "0,0,9999,9999", "pct:0,0,100,100")),
        *(({"region": region}, 501) for region in ("square", "0,0,10,10", "1,0,1280,960", "pct:10,0,50,50", "1279,959,1,1")),
        *(({"region": region}, 400) for region in ("1280,0,1,1", "0,960,1,1", "0,0,0,5", "pct:100,0,1,1", "-1,0,9,9", "1,2,3", "all", "")),
        *(({"rotation": rotation}, 400) for rotation in ("90", "!0", "361", "x", "")),
        ({"quality": "color"}, 1), ({"quality": "gray"}, 400), ({"form": "png"}, 400),
    ],
)  # fmt: skip
def test_each_request_is_answered_as_the_protocol_says(asked, expected):
    assert status(**asked) == expected


TYPED = st.text("0123456789.,:!^pctmaxfulsqre-٣ ", max_size=16)


@given(TYPED, TYPED, TYPED)
def test_nothing_that_is_typed_is_more_than_refused(region, size, rotation):
    assert status(region=region, size=size, rotation=rotation) in (0, 1, 400, 404, 501)
    assert status(size=size) in (0, 1, 400, 404, 501)


def test_what_is_said_of_a_picture_names_its_sizes():
    said = iiif_image.info("https://memorial.example/iiif/image/p1", SIZES)
    assert (said["profile"], said["width"], said["sizes"][0]) == (
        "level0",
        1280,
        {"width": 320, "height": 240},
    )
