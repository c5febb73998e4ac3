"""WebVTT: the conformance suite and real files are read as they should be, and nothing is dropped unsaid."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from memorial.domain.transcript import Cue, Word, plain
from memorial.formats import vtt
from memorial.formats.faults import Refused

SUITE = "mozilla-vttjs/cases.jsonl"

# Where the suite is older than the standard, or keeps less than this archive does: what is said, and of which line.
OTHERWISE = {
    # Three digits before the minutes could be hours or minutes; the standard of today has neither.
    "cue-times/min-top-digits.vtt": ("time", 3),
    "cue-times/minimum-spots-over-sixty.vtt": ("time", 3),
    # No text of the archive has controls.
    "cuetext/languages/long_string_junk_characters.vtt": ("controls", 3),
    # A cue more than the suite has, which the standard of today reads too.
    "file-layout/header-no-new-line.vtt": ("no_blank_line", 2),
    "integration/id.vtt": ("time", 15),
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Path:
    return shared / "corpora/webvtt"


def test_every_case_of_the_suite_is_read_as_it_expects_or_its_line_is_named(corpus):
    differ = {}
    for line in (corpus / SUITE).read_text().splitlines():
        case = json.loads(line)
        data = (corpus / case["vtt"]).read_bytes()
        expected = json.loads((corpus / case["expected"]).read_text()).get("cues", [])
        try:
            found, faults = vtt.blocks(data)
        except Refused as refused:
            found, faults = [], (refused.fault,)
        got = [(one.name, one.begin, one.end, one.payload) for one in found]
        wanted = [
            (one["id"], round(one["startTime"] * 1000), round(one["endTime"] * 1000), one["text"])
            for one in expected
        ]
        assert len(got) == data.count(b"-->") or faults, case["vtt"]
        if got != wanted:
            differ[case["vtt"].removeprefix("mozilla-vttjs/")] = {(fault.key, fault.line) for fault in faults}
    assert differ.keys() == OTHERWISE.keys()
    assert all(fault in differ[name] for name, fault in OTHERWISE.items())


def test_the_words_of_every_case_are_those_that_the_suite_shows(corpus):
    for line in (corpus / SUITE).read_text().splitlines():
        case = json.loads(line)
        shown = (
            json.loads((corpus / case["expected_cue_tree"]).read_text())
            if "expected_cue_tree" in case
            else None
        )
        if not shown or case["vtt"].removeprefix("mozilla-vttjs/") in OTHERWISE:
            continue
        cues = vtt.read((corpus / case["vtt"]).read_bytes()).value.cues
        said = " ".join(plain(cue.body) for cue in cues).split()
        assert said == " ".join(one["textContent"] for one in shown).split(), case["vtt"]


def real(corpus: Path) -> list[Path]:
    found = [*corpus.glob("**/*.vtt"), *corpus.glob("**/*.webvtt")]
    return sorted(path for path in found if "mozilla-vttjs" not in path.parts)


def test_real_files_are_read_whole(corpus):
    refused = set()
    for path in real(corpus):
        try:
            reading = vtt.read(path.read_bytes())
        except Refused as e:
            refused.add((path.name, e.fault.line))
            continue
        said = {fault.key for fault in reading.faults}
        text = path.read_text("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        blocks, _ = vtt.blocks(path.read_bytes())
        times = len([one for one in text.split("\n") if "-->" in one])
        assert len(blocks) == times or "time" in said, path
        payload = " ".join(one.payload for one in blocks)
        words = html.unescape(re.sub(r"<[^>]*>", "", payload.replace("<br>", " "))).split()
        told = " ".join(
            plain(cue.body) for cue in sorted(reading.value.cues, key=lambda cue: cue.begin)
        ).split()
        assert sorted(told) == sorted(words), path
    assert refused == {("empty.vtt", 1), ("invalid.vtt", 1)}


def test_the_words_of_a_recogniser_have_their_times(corpus):
    cues = vtt.read((corpus / "webvtt-py/youtube_dl.vtt").read_bytes()).value.cues
    timed = next(cue for cue in cues if cue.words)
    assert timed.body.startswith("this will happen is I'm")
    assert timed.words[:2] == (Word("this", 304080, 304199), Word("will", 304199, 304379))


HEAD = "WEBVTT\n\n"
CUE = "00:01.000 --> 00:02.000\nSöz\n"


@pytest.mark.parametrize(
    ("text", "key", "line", "words"),
    [
        (HEAD + "00:03.000 --> 00:04.000\nÜç\n\n" + CUE, "out_of_order", 6, ["Söz", "Üç"]),
        (HEAD + CUE + "\n00:01.500 --> 00:03.000\nİki", "overlaps", 6, ["Söz", "İki"]),
        (HEAD + "00:02.000 --> 00:01.000\nSöz", "backwards", 3, ["Söz"]),
        (HEAD + CUE + "\n00:00:1d.000 --> 00:02.000\nİtən", "time", 6, ["Söz"]),
        (HEAD + "0:0:1.5 --> 0:0:2.25\nSöz", "time_form", 3, ["Söz"]),
        (HEAD + "999999:00:00.000 --> 999999:00:01.000\nx\n\n" + CUE, "too_late", 3, ["Söz"]),
        (HEAD + CUE + "\nKim bilir\n", "stray", 6, ["Söz"]),
        (HEAD + CUE + "\n00:03.000 --> 00:04.000\n\n", "empty", 6, ["Söz"]),
        (HEAD + "NOTE təxmini\n\n" + CUE, "comment", 3, ["Söz"]),
        (HEAD + "STYLE\n::cue { color: red }\n\n" + CUE, "style", 3, ["Söz"]),
        (HEAD + "00:01.000 --> 00:02.000 align:start\nSöz", "place_on_screen", 3, ["Söz"]),
        (HEAD + "giriş\n" + CUE, "name_of_cue", 3, ["Söz"]),
        (HEAD + "00:01.000 --> 00:02.000\n<u>Söz</u>", "markup", 4, ["Söz"]),
        (HEAD + "00:01.000 --> 00:02.000\nBir\n<script>x()</script>", "markup", 5, ["Bir\nx()"]),
        (HEAD + "00:01.000 --> 00:02.000\nSöz <b itmiş", "unclosed", 4, ["Söz"]),
        (HEAD + "00:01.000 --> 00:02.000\nBir <00:09.000>iki", "word_time", 3, ["Bir iki"]),
        (HEAD + "00:01.000 --> 00:02.000\nSö\x07z", "controls", 4, ["Söz"]),
        ("WEBVTT başlıq\nKind: karaoke\n\n" + CUE, "kind", 2, ["Söz"]),
        ("WEBVTT\nLanguage: ?\n\n" + CUE, "language", 2, ["Söz"]),
        ("WEBVTT\nAuthor: x\n\n" + CUE, "heading", 2, ["Söz"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_the_rest_is_kept(text, key, line, words):
    for written in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        reading = vtt.read(written.encode())
        assert (key, line) in {(fault.key, fault.line) for fault in reading.faults}
        assert [plain(cue.body) for cue in reading.value.cues] == words


def test_several_people_in_one_cue_have_a_cue_each():
    reading = vtt.read(f"{HEAD}00:01.000 --> 00:02.000\n<v A>Gəl!</v>\n<v.loud B>Yox.\n".encode())
    assert reading.value.cues == (Cue(1000, 2000, "Gəl!", "A"), Cue(1000, 2000, "Yox.", "B"))
    assert {fault.key for fault in reading.faults} == {"several_voices", "markup"}


def test_of_many_who_begin_to_speak_in_one_cue_none_is_forgotten():
    voices = "".join(f"<v S{number}>söz" for number in range(30))
    cues = vtt.read(f"{HEAD}00:01.000 --> 00:02.000\n{voices}".encode()).value.cues
    assert [cue.speaker for cue in cues] == [f"S{number}" for number in range(30)]


def test_language_and_kind_are_read_from_the_heading_and_from_our_own_note():
    for head in (
        "WEBVTT\nKind: descriptions\nLanguage: tr\n\n",
        "WEBVTT\n\nNOTE\nLanguage: tr\nKind: audio_description\n\n",
    ):
        reading = vtt.read((head + CUE).encode(), "az")
        assert (reading.value.language, reading.value.kind, reading.faults) == ("tr", "audio_description", ())


def test_what_is_in_every_line_is_said_once_with_how_often():
    many = HEAD + "".join(f"00:{n:02}.000 --> 00:{n:02}.500 line:0\n{n}\n\n" for n in range(50))
    assert [(fault.key, fault.line, fault.count) for fault in vtt.read(many.encode()).faults] == [
        ("place_on_screen", 3, 50)
    ]


def test_a_track_of_chapters_has_titles_as_text():
    track = vtt.chapters([(0, 1000, "Şəhər <b>"), (1000, 1000, "no length"), (1000, 2000, "a\n\nb")])
    assert [plain(cue.body) for cue in vtt.read(track.encode()).value.cues] == ["Şəhər <b>", "a b"]
    assert "<" not in track
