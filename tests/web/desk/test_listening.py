"""Recordings at the desk: heard through the custody route, their copies' progress, why there are none, the still."""

from __future__ import annotations

import re

import pytest

from memorial import long_jobs
from memorial.models import Media
from tests import media
from tests.voices import a_received_recording
from tests.web.desk.people import a_colleague, an_item, signed_in, token_in

on_one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def work(house):
    return an_item(house)


@pytest.fixture
def desk(app, house):
    return signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Moderator"))


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def _say(house, media_id, **values):
    with house.writing(house.keeper()) as session:
        for name, value in values.items():
            setattr(session.get_one(Media, media_id), name, value)


@on_one_engine
def test_the_desk_reads_how_far_the_copies_are_and_why_there_are_none(house, desk, work):
    media_id = a_received_recording(house, work.made, media.a_sound(1), allowed=False)
    assert "Copies are going to be made." in words(desk.get(work.path))
    _say(house, media_id, progress=40)
    for path in (work.path, f"{work.path}/listening"):
        assert "Copies are being made: 40 of 100." in words(desk.get(path))
    for reason, said in (("recording.too_slow", "takes longer"), ("recording.unreadable", "It cannot be read"),
                         ("recording.nothing_in_it", "neither sound nor picture"), ("damaged", "cannot be opened")):  # fmt: skip
        _say(house, media_id, failed=reason)
        assert said in words(desk.get(work.path)), reason


def test_the_desk_hears_a_recording_in_ranges_and_nobody_else_does(house, app, desk, work):
    a_received_recording(house, work.made, media.a_sound(1), allowed=False)
    long_jobs.convert_due(house)
    page = words(desk.get(f"{work.path}/listening"))
    assert 'preload="none"' in page
    (address, *_) = re.findall(r'<source src="(/media-proof/[^"]+)"', page)
    with desk.get(address, headers={"Range": "bytes=0-9"}) as part:
        assert (part.status_code, len(part.data), part.headers["Cache-Control"]) == (206, 10, "no-store")
    assert app.test_client().get(address).status_code == 404
    assert app.test_client().get(address.replace("-proof", "")).status_code == 404


@on_one_engine
def test_the_still_of_a_film_is_chosen_by_its_moment(house, desk, work):
    a_received_recording(house, work.made, media.a_film(2), allowed=False)
    long_jobs.convert_due(house)
    path = f"{work.path}/listening"
    page = desk.get(path)
    assert "None. Nothing is chosen by itself." in words(page)
    (action,) = re.findall(r'action="([^"]+/still)"', words(page))
    for typed, status in (("0:01.5", 302), ("9:00", 422), ("soon", 422)):
        answer = desk.post(action, data={"csrf_token": token_in(desk.get(path)), "at": typed})
        assert answer.status_code == status, typed
        if status == 422:
            assert f'value="{typed}"' in words(answer)
            assert "There is no such moment in it." in words(answer)
    long_jobs.convert_due(house)
    page = words(desk.get(path))
    assert "The moment 0:01.5." in page
    assert re.search(
        r"<details><summary>Show the still</summary><img class=\"desk-still\" src=\"/media-proof/", page
    )
    assert desk.post(action, data={"csrf_token": token_in(desk.get(path)), "none": "1"}).status_code == 302
    assert "None. Nothing is chosen by itself." in words(desk.get(path))
    elsewhere = an_item(house)
    assert (
        desk.post(
            action.replace(work.path, elsewhere.path),
            data={"csrf_token": token_in(desk.get(path)), "at": "1"},
        ).status_code
        == 404
    )


@on_one_engine
def test_whoever_may_not_choose_a_still_reads_why_and_has_no_button(house, app, work):
    a_received_recording(house, work.made, media.a_film(2), allowed=False)
    long_jobs.convert_due(house)
    reader = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Officer"))
    page = words(reader.get(f"{work.path}/listening"))
    assert "Take this moment" not in page
