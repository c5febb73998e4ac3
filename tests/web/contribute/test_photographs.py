"""Photographs from the family's form to the copies that are shown. Every picture is made by the test."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from memorial import jobs
from memorial.models import Derivative, Media, Part
from memorial.services import contribute
from memorial.services.custody import contribution_key
from tests.web.contribute.helpers import JOURNEYS, Family, a_photograph, status_of
from tests.web.contribute.test_my import _address, publish


@pytest.fixture
def family(app):
    return Family(app)


def _media(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Media).order_by(Media.id)).all()


def _copies(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Derivative).order_by(Derivative.width)).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_stored_at_once_encrypted_and_its_copies_are_made_later(house, family, kind):
    family.begin("testimony")
    content = a_photograph(kind)
    family.add((content, "my mother.jpg"))
    assert family.status == 200
    assert "1 file is stored" in family.text
    assert "Not yet sent." in family.text
    assert "Copies are being made." in family.text
    (medium,) = _media(house)
    assert (medium.due, medium.file_name) == ("copies", "my mother.jpg")
    with house.session(house.keeper()) as session:
        key = contribution_key(house.keys, contribute.by_id(session, medium.contribution_id))
        assert session.get_one(Part, medium.part_id).key == f"photograph:{medium.public_id}"
    with house.storage.open_original(medium.storage_key, key) as original:
        assert original.read() == content
    jobs.sweep(house)
    assert [copy.width for copy in _copies(house)] == [320, 640, 900]
    family.open("/contribute/photographs")
    assert "/media-proof/" in family.page


def test_copies_carry_no_place_and_no_device(house, family):
    family.begin("testimony")
    family.add((a_photograph(), "photo.jpg"))
    jobs.sweep(house)
    for copy in _copies(house):
        with house.storage.open_derived(copy.storage_key) as stored:
            body = stored.read()
        assert b"CANARY" not in body
        assert not Image.open(io.BytesIO(body)).getexif()


def test_an_empty_file_is_refused_with_its_reason_and_costs_no_word(house, family):
    family.begin("testimony")
    family.add((a_photograph(), "good.jpg"))
    (medium,) = _media(house)
    family.add((b"", "empty.jpg"), **{f"alt-{medium.public_id}": "A synthetic street."})
    assert family.status == 422
    assert family.title.startswith("Error:")
    assert "empty.jpg: This file is empty." in family.text
    assert "A synthetic street." in family.page
    assert len(_media(house)) == 1
    assert "A synthetic street." in family.open("/contribute/photographs").page


def test_one_bad_file_among_good_ones_costs_only_itself(house, family):
    family.begin("testimony")
    family.add((a_photograph(), "one.jpg"), (b"", "two.jpg"), (a_photograph("PNG"), "three.png"))
    assert family.status == 422
    assert [medium.file_name for medium in _media(house)] == ["one.jpg", "three.png"]
    assert "2 files are stored" in family.text


def test_a_file_that_is_too_large_is_refused_with_what_to_do(house, family, monkeypatch):
    monkeypatch.setattr(house.settings, "upload_bytes", 1_000)
    family.begin("testimony")
    family.add((a_photograph(), "large.jpg"))
    assert family.status == 413
    assert "Please send a smaller copy" in family.text
    assert _media(house) == []


def test_a_request_that_is_far_too_large_gets_a_clear_page(app, family):
    family.begin("testimony")
    family.open("/contribute/photographs")
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    family.add((a_photograph(), "large.jpg"))
    assert family.status == 413
    assert "smaller files" in family.text


def test_the_photograph_after_the_last_is_refused_and_the_others_stay(house, family, monkeypatch):
    monkeypatch.setattr(house.settings, "upload_count", 2)
    family.begin("testimony")
    small = a_photograph(width=40, height=30)
    family.add((small, "1.jpg"), (small, "2.jpg"), (small, "3.jpg"))
    assert family.status == 422
    assert "3.jpg: Files in one contribution: 2 at most." in family.text
    assert len(_media(house)) == 2
    family.add((small, "4.jpg"))
    assert len(_media(house)) == 2


def test_a_full_disk_says_so_and_keeps_what_was_stored(house, family, monkeypatch):
    from memorial.storage import NoRoom

    family.begin("testimony")
    family.add((a_photograph(), "one.jpg"))

    def full(*_):
        raise NoRoom

    monkeypatch.setattr(house.storage, "put_original", full)
    family.add((a_photograph(), "two.jpg"))
    assert family.status == 507
    assert "What was stored before is kept" in family.text
    assert len(_media(house)) == 1


def test_a_photograph_taken_out_of_a_draft_is_gone_with_its_files(house, family):
    family.begin("testimony")
    family.add((a_photograph(), "one.jpg"))
    jobs.sweep(house)
    (medium,) = _media(house)
    files = [medium.storage_key, *(copy.storage_key for copy in _copies(house))]
    family.open("/contribute/photographs")
    family.post("/contribute/photographs", remove=medium.public_id)
    assert _media(house) == []
    assert _copies(house) == []
    assert not any(house.storage.exists(key) for key in files)


def test_copies_are_given_to_their_own_family_only(app, house, family):
    family.begin("testimony")
    family.add((a_photograph(), "one.jpg"))
    jobs.sweep(house)
    address = f"/media-proof/{_copies(house)[0].public_id}"
    mine = family.client.get(address, buffered=True)
    assert (mine.status_code, mine.headers["Content-Type"]) == (200, "image/jpeg")
    assert mine.headers["Cache-Control"] == "no-store"
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    other = Family(app)
    other.begin("testimony")
    for client in (other.client, app.test_client()):
        assert client.get(address).status_code == 404
        assert client.get(address.replace("-proof", "")).status_code == 404
    assert family.client.get("/media-proof/0000000000000").status_code == 404


def test_published_photographs_are_seen_withheld_ones_are_not_and_hiding_ends_both(app, house, family):
    family.begin("testimony")
    family.add((a_photograph(), "shown.jpg"), (a_photograph("PNG"), "withheld.png"))
    shown, withheld = _media(house)
    for name, fields in JOURNEYS["testimony"].items():
        family.open(f"/contribute/{name}")
        if name == "photographs":
            fields = {
                "act": "continue",
                f"alt-{shown.public_id}": "A synthetic street",
                f"captured-{shown.public_id}": "spring 1991",
                f"show-{withheld.public_id}": "no",
            }
        family.post(f"/contribute/{name}", **fields)
        if family.code:
            family.post("/contribute/code")
    family.open("/contribute/check")
    assert "2 photographs" in family.text
    family.post("/contribute/send", send_key=family.send_key)
    ref = family.ref
    jobs.sweep(house)
    publish(house, family, ref)
    visitor = Family(app)
    visitor.open(_address(house, ref))
    addresses = set(re.findall(r"/media/[0-9a-z]+", visitor.page))
    assert "A synthetic street" in visitor.page
    assert len(addresses) == 3
    for address in addresses:
        assert status_of(visitor.client, address) == 200
    dark = [copy.public_id for copy in _copies(house) if copy.media_id == withheld.id]
    assert all(status_of(visitor.client, f"/media/{name}") == 404 for name in dark)
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/hide")
    for address in addresses:
        assert status_of(visitor.client, address) == 404


def test_words_beside_a_photograph_that_are_too_long_say_so_and_are_not_cut(house, family):
    family.begin("testimony")
    family.add((a_photograph(), "one.jpg"))
    (medium,) = _media(house)
    long = "ş" * 1_003
    family.post("/contribute/photographs", act="continue", **{f"alt-{medium.public_id}": long})
    assert family.status == 422
    assert "3 characters too long" in family.text
    assert long in family.page
    assert long not in family.open("/contribute/photographs").page
