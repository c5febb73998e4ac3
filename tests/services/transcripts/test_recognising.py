"""A program writes a first draft where everybody agreed, and nowhere else. The model here is a stand-in, synthetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from memorial import long_jobs
from memorial.derivatives import listener
from memorial.domain import consent as rules
from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Actor
from memorial.models import Draft, Item, Media, Record
from memorial.services import consent, parties
from memorial.services.transcripts import drafts, recognising
from tests.builders import ALL_MAY_VIEW, a_testimony
from tests.services.colleagues import an_actor
from tests.voices import a_copy, a_recording

STAND_IN = """
import os, socket
from types import SimpleNamespace as One

class WhisperModel:
    def __init__(self, folder, **settings):
        assert settings["local_files_only"] and os.environ["HF_HUB_OFFLINE"] == "1"
        assert not [name for name in os.environ if name.startswith("MEMORIAL")]

    def transcribe(self, sound, language=None, word_timestamps=False):
        print("chatter that is no part of the answer")
        for reach in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: open("/tmp/none-of-its", "w").write("x" * 9)):
            try:
                reach()
            except (PermissionError, OSError):
                continue
            raise AssertionError("it could reach out")
        words = [One(word=" Salam.", start=0.5, end=1.0)]
        said = sound.read().decode()
        return iter([One(start=0.0, end=1.5, text=" " + said, words=words)]), One(language="az")
"""


@pytest.fixture
def model(tmp_path, monkeypatch) -> Path:
    package = tmp_path / "packages" / "faster_whisper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setattr(listener, "BESIDE", (str(package.parent),))
    folder = tmp_path / "synthetic-model"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"none")
    return folder


@pytest.fixture
def editor(house):
    return an_actor(house, "editor", "editor")


def a_sound(house, made, **values) -> int:
    recording = a_recording(house, made)
    with house.writing(house.keeper()) as session:
        key = house.storage.put_derived("synthetic.opus", b"Salam.")
        for name, value in {"due": "", **values}.items():
            setattr(session.get_one(Media, recording), name, value)
    a_copy(house, recording, storage_key=key)
    return recording


def say(house, made, *keys: str) -> None:
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", made.contribution_id)
        said = consent.Said(party, "will", dict.fromkeys(keys, ALL_MAY_VIEW))
        consent.append(session, record, said, by=Actor.system(), at=house.now())


def asked(house, actor, recording, model) -> str:
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, recording)
        verdict = recognising.may_ask(session, actor, medium, model, now=house.now())
        if verdict:
            recognising.ask(session, actor, medium, model, now=house.now())
        else:
            with pytest.raises(NotPermitted):
                recognising.ask(session, actor, medium, model, now=house.now())
        return verdict.reason


def test_of_the_archives_own_recording_a_draft_is_made_and_marked(house, editor, model):
    recording = a_sound(house, a_testimony(house), contribution_id=None)
    assert asked(house, editor, recording, model) == ""
    assert asked(house, editor, recording, model) == "recording_at_work"
    house.settings.recogniser = model
    made = long_jobs.recognise(house, recording)
    with house.session(house.keeper()) as session:
        draft = drafts.find(session, made)
        (line,) = drafts.lines_of(session, draft)
        assert (draft.machine, draft.made_by, draft.language, draft.begun_by) == (
            True,
            "synthetic-model",
            "az",
            "machine",
        )
        assert (line.body, line.ends, line.words) == ("Salam.", 1500, (("Salam.", 500, 1000),))
        assert session.get_one(Media, recording).due == ""
    assert long_jobs.recognise(house, recording) == "", "once is enough"


def test_of_a_family_s_recording_none_is_made_until_all_of_them_named_it(house, editor, model):
    made = a_testimony(house)
    recording = a_sound(house, made)
    assert asked(house, editor, recording, model) == "no_yes_to_recognition"
    say(house, made, rules.EVERY_PART)
    assert asked(house, editor, recording, model) == "no_yes_to_recognition", "all of it is not this"
    say(house, made, rules.EVERY_PART, rules.RECOGNITION)
    assert asked(house, editor, recording, model) == ""
    with house.writing(house.keeper()) as session:
        session.get_one(Media, recording).due = ""
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "narrator", made.contribution_id)
        need = consent.Said(party, "need", parts=frozenset({rules.EVERY_PART}))
        consent.append(session, record, need, by=Actor.system(), at=house.now())
    assert asked(house, editor, recording, model) == "no_yes_to_recognition", "the narrator has not said it"


def test_staff_enter_that_yes_with_its_evidence_where_there_is_a_recording_and_never_alone(house):
    made = a_testimony(house)
    wanted = [
        ({"*", rules.RECOGNITION}, True),
        ({rules.RECOGNITION}, False),
        ({"*"}, True),
        ({"*", "else"}, False),
    ]
    for there in (False, True):
        if there:
            a_sound(house, made)
        with house.session(house.keeper()) as session:
            record = session.get_one(Record, made.record_id)
            for named, fits in wanted:
                if fits and (there or named == {"*"}):
                    parties.check_parts(session, record, named)
                else:
                    with pytest.raises(Invalid):
                        parties.check_parts(session, record, named)


def test_a_yes_taken_back_while_the_program_listens_leaves_nothing(house, editor, model, monkeypatch):
    made = a_testimony(house)
    recording = a_sound(house, made)
    say(house, made, rules.EVERY_PART, rules.RECOGNITION)
    assert asked(house, editor, recording, model) == ""

    def meanwhile(*_given) -> bytes:
        say(house, made)
        return b'{"segments": [{"start": 0, "end": 1, "text": "Kept by nobody."}]}'

    monkeypatch.setattr(recognising, "listen", meanwhile)
    house.settings.recogniser = model
    assert long_jobs.recognise(house, recording) == ""
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("missing", "why"), [("model", "no_model"), ("package", "no_package")])
def test_what_cannot_be_done_is_work_for_the_desk_with_its_reason(
    house, editor, model, monkeypatch, missing, why
):
    recording = a_sound(house, a_testimony(house), contribution_id=None)
    assert asked(house, editor, recording, model) == ""
    if missing == "model":
        (model / "model.bin").unlink()
    else:
        monkeypatch.setattr(listener, "BESIDE", ())
    house.settings.recogniser = model
    assert long_jobs.recognise(house, recording) == ""
    with house.session(house.keeper()) as session:
        (item,) = session.scalars(select(Item).where(Item.kind == "job"))
        assert (item.facts["job"], item.facts["why"]) == ("recognise", why)
        assert session.get_one(Media, recording).due == ""
