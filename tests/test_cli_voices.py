"""Transcripts in and out at the command line."""

import json

from memorial.models import Media
from tests.builders import a_testimony
from tests.test_cli import run
from tests.voices import a_recording

assert run  # the fixture
FILE = "WEBVTT\n\nNOTE\nLanguage: az\nKind: edited\n\n1\n00:00:00.000 --> 00:00:02.000\n<v Synthetic>Salam.\n"


def test_a_file_goes_in_as_a_draft_and_comes_out_again(run, house, tmp_path):
    recording = a_recording(house, a_testimony(house))
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, recording).public_id
    (tmp_path / "a.vtt").write_text(FILE + "\nwords of no cue\n", encoding="utf-8")
    status, said = run("transcript", "import", "a.vtt", "--recording", medium, "--json")
    assert status == 0
    assert "a.vtt: line 11: words outside a cue are left out" in said
    told = json.loads(said[said.index("{") :])
    assert [fault["line"] for fault in told["faults"]] == [11]
    assert run("transcript", "export", told["drafts"][0]) == (0, FILE)
    status, said = run("transcript", "export", medium, "--format", "ohms", "--to", "a.xml")
    assert (status, said) == (0, "")
    assert run("transcript", "import", "a.xml", "--recording", medium)[0] == 0


def test_what_cannot_be_read_in_is_named_and_ends_with_1(run, house, tmp_path):
    recording = a_recording(house, a_testimony(house))
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, recording).public_id
    (tmp_path / "a.vtt").write_text("words\n", encoding="utf-8")
    assert run("transcript", "import", "a.vtt", "--recording", "none") == (
        1,
        "Error: There is no recording with this id.\n",
    )
    status, said = run("transcript", "import", "a.vtt", "--recording", medium)
    assert (status, said.startswith("Error: a.vtt: line 1: this is not WebVTT")) == (1, True)
    assert run("transcript", "export", "none")[0] == 1
