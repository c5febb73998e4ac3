"""Copies of recordings: what is made, from what, for whom, and what happens when something goes wrong."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial import long_jobs
from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Reader
from memorial.models import Derivative, Item, Mask, Media
from memorial.services import recording_job, recordings
from tests import media
from tests.builders import a_testimony
from tests.services.colleagues import an_actor
from tests.voices import a_received_recording

on_one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def _copies(house, media_id, **of):
    with house.session(house.keeper()) as session:
        rows = session.scalars(
            select(Derivative).where(Derivative.media_id == media_id).filter_by(**of)
        ).all()
        return sorted(rows, key=lambda row: (row.kind, row.mime, row.width))


def _medium(house, media_id):
    with house.session(house.keeper()) as session:
        return session.get_one(Media, media_id)


def _content(house, copy):
    with house.storage.open_derived(copy.storage_key) as stored:
        return stored.read()


def _heard(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_sound(1))
    long_jobs.convert_due(house)
    return media_id


def test_a_sound_recording_has_two_copies_its_peaks_and_its_length(house):
    media_id = _heard(house)
    medium, copies = _medium(house, media_id), _copies(house, media_id)
    assert [(copy.kind, copy.mime) for copy in copies] == [
        ("audio", "audio/mp4"), ("audio", "audio/ogg"), ("peaks", "application/json"),
    ]  # fmt: skip
    assert (medium.due, medium.progress, medium.length, medium.role) == ("", 100, 1000, "audio")
    told = json.loads(_content(house, copies[2]))
    assert (told["version"], told["per_second"], len(told["peaks"])) == (1, 10, 10)
    assert 25 < min(told["peaks"]) <= max(told["peaks"]) < 40
    for copy in copies:
        content = _content(house, copy)
        assert copy.bytes == len(content)
        assert (copy.part_id, copy.public_from, copy.contribution_id) == (
            medium.part_id, medium.public_from, medium.contribution_id,
        )  # fmt: skip
        assert not [word for word in media.SECRETS if word.encode() in content]
    assert long_jobs.convert_due(house) == 0


@on_one_engine
def test_a_film_has_copies_in_two_sizes_and_can_be_heard_alone(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_film(0.4, "1280x720"))
    long_jobs.convert_due(house)
    films = _copies(house, media_id, kind="video")
    assert [(film.width, film.height) for film in films] == [(854, 480), (1280, 720)]
    assert len(_copies(house, media_id, kind="audio")) == 2
    assert _copies(house, media_id, kind="poster") == []
    for film in films:
        content = _content(house, film)
        assert content.index(b"moov") < content.index(b"mdat")
        assert not [word for word in media.SECRETS if word.encode() in content]


def _mask(house, media_id, starts, ends, **values):
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        guard = recording_job.guard_of(medium)
        row = Mask(
            public_id=f"m{starts}",
            media_id=media_id,
            starts=starts,
            ends=ends,
            placed_at=house.now(),
            **values,
            **guard,
        )
        session.add(row)
        recordings.make_anew(session, medium)


def test_copies_are_made_anew_when_a_mask_is_placed_and_the_old_files_go(house):
    media_id = _heard(house)
    before = [copy.storage_key for copy in _copies(house, media_id)]
    _mask(house, media_id, 0, 500)
    assert _copies(house, media_id) == []
    assert not [key for key in before if house.storage.exists(key)]
    long_jobs.convert_due(house)
    assert len(_copies(house, media_id)) == 3


def test_a_copy_that_was_under_way_when_a_mask_came_is_thrown_away(house, monkeypatch):
    media_id = a_received_recording(house, a_testimony(house), media.a_sound(1))
    masked = []

    def mask_comes(label):
        if label == "copy-made" and not masked:
            masked.append(label)
            _mask(house, media_id, 200, 800)

    monkeypatch.setattr(recording_job, "at", mask_comes)
    long_jobs.convert_due(house)
    assert _copies(house, media_id) == []
    assert list(house.storage.listing("derived")) == []
    long_jobs.convert_due(house)
    (peaks,) = _copies(house, media_id, kind="peaks")
    assert set(json.loads(_content(house, peaks))["peaks"][2:8]) == {0}


@on_one_engine
@pytest.mark.parametrize("label", ["plain", "copy-made", "copy-kept", "finished"])
def test_a_worker_that_dies_leaves_one_set_of_copies_after_the_next_round(house, monkeypatch, label):
    media_id = a_received_recording(house, a_testimony(house), media.a_sound(1))

    class Killed(BaseException):
        """As a kill: nothing that the program would do about an error is done."""

    def dies(reached):
        if reached == label:
            monkeypatch.setattr(house.storage, "delete", lambda _key: None)
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(recording_job, "at", dies)
        with pytest.raises(Killed):
            long_jobs.convert_due(house)
    monkeypatch.undo()
    long_jobs.convert_due(house)
    assert sorted(house.storage.listing("derived")) == sorted(
        copy.storage_key for copy in _copies(house, media_id)
    )
    assert len(_copies(house, media_id)) == 3


@on_one_engine
def test_what_cannot_be_converted_says_why_and_is_not_tried_for_ever(house):
    media_id = a_received_recording(
        house, a_testimony(house), b"RIFF\x24\0\0\0WAVEfmt nothing of a sound" * 9
    )
    long_jobs.convert_due(house)
    assert _medium(house, media_id).failed == "recording.unreadable"
    assert long_jobs.convert_due(house) == 0
    with house.writing(house.keeper()) as session:
        assert [why for _, why in recordings.failed(session)] == ["recording.unreadable"]
        assert recordings.again(session) == 1
    assert long_jobs.convert_due(house) == 1


@on_one_engine
def test_a_damaged_original_is_told_to_the_desk(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_sound(1))
    path = house.settings.storage_url + "/" + _medium(house, media_id).storage_key
    with open(path, "r+b") as stored:
        stored.seek(-9, os.SEEK_END)
        stored.write(b"something")
    long_jobs.convert_due(house)
    assert _medium(house, media_id).failed == "damaged"
    with house.session(house.keeper()) as session:
        (item,) = session.scalars(select(Item).where(Item.kind == "job")).all()
        assert item.facts["why"] == "damaged"


@on_one_engine
def test_nothing_of_the_original_lies_in_the_clear_while_it_is_converted(house, monkeypatch):
    sound = media.a_sound(1)
    a_received_recording(house, a_testimony(house), sound)
    found = []

    def look(_label):
        for folder, _, names in os.walk(house.settings.storage_url):
            found.extend(name for name in names if sound[2000:2100] in (Path(folder) / name).read_bytes())

    monkeypatch.setattr(recording_job, "at", look)
    long_jobs.convert_due(house)
    assert found == []


def test_a_still_is_of_the_moment_that_somebody_chose(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_film(1))
    long_jobs.convert_due(house)
    _choose(house, media_id, 500)
    assert len(_copies(house, media_id)) == 4
    long_jobs.convert_due(house)
    (still,) = _copies(house, media_id, kind="poster")
    assert (still.mime, still.width, still.height) == ("image/jpeg", 320, 240)
    assert _content(house, still).startswith(b"\xff\xd8\xff")
    _choose(house, media_id, None)
    long_jobs.convert_due(house)
    assert _copies(house, media_id, kind="poster") == []


def _choose(house, media_id, moment, role="editor"):
    actor = an_actor(house, f"{role}-{moment}", role)
    with house.writing(house.keeper()) as session:
        recordings.choose_poster(session, actor, session.get_one(Media, media_id), moment, now=house.now())


@on_one_engine
def test_a_still_is_refused_where_there_is_no_such_moment_or_it_is_withheld(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_film(1))
    long_jobs.convert_due(house)
    _mask(house, media_id, 500, 700, picture=True)
    long_jobs.convert_due(house)
    for moment, why in ((600, "moment_withheld"), (1000, "no_such_moment"), (-1, "no_such_moment")):
        with pytest.raises(Invalid, match=why):
            _choose(house, media_id, moment)
    with pytest.raises(NotPermitted):
        _choose(house, media_id, 100, role="second_reader")


@on_one_engine
def test_recordings_received_before_this_work_are_taken_up(house):
    media_id = a_received_recording(house, a_testimony(house), media.a_sound(1))
    with house.writing(house.keeper()) as session:
        session.get_one(Media, media_id).due = ""
    with house.writing(house.keeper()) as session:
        assert recordings.take_up(session) == 1
    long_jobs.convert_due(house)
    assert len(_copies(house, media_id)) == 3


def test_visitors_see_copies_exactly_as_far_as_the_recording(house):
    media_id = _heard(house)
    with house.session(Reader.public(house.moment())) as session:
        assert len(session.scalars(select(Derivative).where(Derivative.media_id == media_id)).all()) == 3
    closed = a_received_recording(house, a_testimony(house), media.a_sound(1), allowed=False)
    long_jobs.convert_due(house)
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Derivative).where(Derivative.media_id == closed)).all() == []


@on_one_engine
def test_progress_is_written_down_while_copies_are_made(house, monkeypatch):
    media_id = a_received_recording(house, a_testimony(house), media.a_film(1))
    seen = []
    monkeypatch.setattr(recording_job, "_EVERY", -1.0)
    monkeypatch.setattr(recording_job, "at", lambda _label: seen.append(_medium(house, media_id).progress))
    long_jobs.convert_due(house)
    assert seen == sorted(seen)
    assert 0 < seen[-2] < 100 == seen[-1]
    assert len(set(seen)) > 3
