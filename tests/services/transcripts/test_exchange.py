"""A file becomes a draft, the draft is released, and what is written out of it is what came in."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memorial.domain.transcript import Cue, Interview, Segment, Telling, Transcript
from memorial.formats import ohms, vtt, whisper_json
from memorial.formats.faults import Refused
from memorial.models import Media
from memorial.models import Transcript as Released
from memorial.services.transcripts import drafts, exchange
from memorial.services.transcripts.exchange import Wish, form_of
from tests.builders import a_testimony
from tests.services.colleagues import an_actor
from tests.services.transcripts.writing import a_draft, act, the_recording, write
from tests.transcripts import transcripts, with_words
from tests.voices import a_recording

ON = date(2026, 11, 28)
SAID = "Synthetic Transcriber"
kinds = st.sampled_from(["verbatim", "edited", "summary", "audio_description"])


def brought(house, editor, recording, data: bytes, name: str, wish: Wish = Wish()):
    with the_recording(house, recording) as (session, medium):
        come = exchange.read_in(session, editor, medium, data, name, wish, now=house.now())
        return [draft.public_id for draft in come.drafts], come.faults


def value(house, draft: str) -> Transcript:
    """Of what is released where it is, else of the draft."""
    with house.session(house.keeper()) as session:
        row = session.scalars(select(Released).where(Released.public_id == draft)).first()
        return exchange.value_of(session, row or drafts.find(session, draft))


def given_out(house, draft: str, form: str) -> str:
    with house.session(house.keeper()) as session:
        row = session.scalars(select(Released).where(Released.public_id == draft)).one()
        return exchange.written(session, row, form).text


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (b"WEBVTT\n", "a.txt", "vtt"), (b"\xef\xbb\xbfWEBVTT\n", "", "vtt"), (b"1\n00:00:01,000 --> 00:00:02,000\nA", "", "srt"),
        (b"<?xml version='1.0'?><ROOT/>", "x", "xml"), (b"<html>", "a.xml", "xml"), (b' {"segments": []}', "", "json"),
        (b"[00:00:01] A: b", "a", "txt"), (b"[", "a.json", "json"), (b"{\\an8}", "a.srt", "srt"), (b"Words.", "a.docx", "txt"),
        (b"00:01 --> 00:02", "a.vtt", "vtt"),
    ],
)  # fmt: skip
def test_which_reader_a_file_goes_to_its_content_says_first(data, name, form):
    assert form_of(data, name) == form


FORMS = [
    ("vtt", transcripts(kinds=kinds), vtt),
    ("json", transcripts(st.builds(lambda cue: (cue,), with_words()), kinds=kinds), whisper_json),
]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("form", "values", "module"), FORMS, ids=["vtt", "json"])
def test_what_came_in_goes_out_again_through_draft_and_release(house, form, values, module):
    editor, other = an_actor(house, "editor", "editor"), an_actor(house, "other", "moderator")
    recording = a_recording(house, a_testimony(house))

    @settings(max_examples=12)
    @given(values)
    def through(transcript: Transcript) -> None:
        file = module.write(transcript).text
        (draft,), _ = brought(house, editor, recording, file.encode(), f"a.{form}")
        act(house, editor, draft, "read_whole", "")
        act(house, other, draft, "release")
        assert given_out(house, draft, form) == file
        assert value(house, draft) == module.read(file.encode()).value

    through()


@pytest.mark.parametrize("form", ["vtt", "srt", "txt", "json"])
def test_every_form_comes_back_from_either_engine(house, form):
    editor, other = an_actor(house, "editor", "editor"), an_actor(house, "other", "moderator")
    recording = a_recording(house, a_testimony(house))
    draft = a_draft(house, editor, recording)
    write(house, editor, draft, 1, "Ağ & <qara>: “iki”")
    act(house, editor, draft, "read_whole", "")
    act(house, other, draft, "release")
    file = given_out(house, draft, form)
    wish = Wish("verbatim", "en")
    (again,), faults = brought(house, editor, recording, file.encode(), f"a.{form}", wish)
    assert not [fault for fault in faults if fault.lost]
    assert value(house, again) == value(house, draft)


def an_interview() -> bytes:
    original = Transcript((Cue(0, 2000, "Bir.", "N"), Cue(2000, 4000, "İki.", "N")), "az")
    translated = Transcript((Cue(0, 2000, "Один.", "N"), Cue(2000, 4000, "Два.", "N")), "ru", "translation")
    chapter = Segment(2000, (Telling("az", "Fəsil", "S", ("a", "b")), Telling("ru", "Глава", excerpt="Два")))
    return ohms.write(Interview({}, (original, translated), (chapter,)), on=ON).text.encode()


def test_an_ohms_file_makes_a_transcript_its_translation_and_chapters_and_goes_out_as_it_came(house):
    editor = an_actor(house, "editor", "editor")
    recording, file = a_recording(house, a_testimony(house)), an_interview()
    made, faults = brought(house, editor, recording, file, "interview.xml", Wish(made_by=SAID))
    with house.session(house.keeper()) as session:
        found = [drafts.find(session, one) for one in made]
        assert [(one.kind, one.language, one.made_by) for one in found] == [
            ("verbatim", "az", SAID), ("translation", "ru", SAID), ("chapters", "und", SAID),
        ]  # fmt: skip
        assert found[1].translates_id == found[0].id
        assert [line.number for line in drafts.lines_of(session, found[1])] == [1, 2]
        medium = _medium(session, recording)
        assert exchange.written_whole(session, medium, on=ON).text.encode() == file
    assert {fault.key for fault in faults} <= {"facts_left"}


def _medium(session, recording):
    return session.get_one(Media, recording)


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [(b"", "a.vtt", "not_vtt"), (b"WEBVTT\n\n", "a.vtt", "no_cues"), (b"<ROOT/>", "a.xml", "no_cues"), (b"{}", "a.json", "not_whisper")],
)  # fmt: skip
def test_a_file_that_holds_nothing_makes_no_draft_and_says_why(house, data, name, key):
    editor = an_actor(house, "editor", "editor")
    recording = a_recording(house, a_testimony(house))
    with pytest.raises(Refused) as refused:
        brought(house, editor, recording, data, name)
    assert refused.value.fault.key == key
    with house.session(house.keeper()) as session:
        assert drafts.of_recordings(session, [_medium(session, recording)]) == {}


def test_what_is_masked_is_written_out_as_a_gap(house):
    editor = an_actor(house, "editor", "editor")
    recording = a_recording(house, a_testimony(house))
    draft = a_draft(house, editor, recording, cues=[Cue(0, 1000, "Then <mask k7f3> came.")])
    with house.session(house.keeper()) as session:
        found = drafts.find(session, draft)
        for form in exchange.ENDINGS:
            text = exchange.written(session, found, form).text
            assert "Then […] came." in (json.loads(text)["text"] if form == "json" else text)
            assert "k7f3" not in text
