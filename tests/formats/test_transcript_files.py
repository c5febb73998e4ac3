"""Plain text, recognisers' JSON, encodings, and files made to harm: named faults, nothing lost unsaid, nothing unbounded."""

from __future__ import annotations

import json

import pytest

from memorial.domain.transcript import Cue, Word, plain
from memorial.formats import ohms, srt, transcript_text, vtt, whisper_json
from memorial.formats.faults import (
    LARGEST,
    LONGEST,
    MOST_LINES,
    MOST_MARKS,
    SENTENCES,
    Faults,
    Refused,
)
from memorial.formats.text_bytes import decoded

# -- plain text -------------------------------------------------------------------------------

TEXT = """[00:00:04] ƏLİ: Gəldik.
Sonra getdik.

[00:01:00 - 00:01:30] Vəli Vəliyev: Hara?

Dedi: evə.

[00:99:00] pis vaxt
"""


def test_paragraphs_of_a_text_have_speakers_and_times_where_they_stand_there():
    reading = transcript_text.read(TEXT.encode(), "az")
    assert reading.value.cues == (
        Cue(4000, 60000, "Gəldik.\nSonra getdik.", "ƏLİ"),
        Cue(60000, 90000, "Hara?", "Vəli Vəliyev"),
        Cue(60000, 60000, "evə.", "Dedi"),
        Cue(60000, 60000, "pis vaxt"),
    )
    assert {(fault.line, fault.key) for fault in reading.faults} >= {(1, "speakers_by_label"), (8, "time")}


def test_a_text_without_times_has_none_and_markup_in_it_is_words():
    reading = transcript_text.read(b"<b>Bir</b> & i\n\niki", speakers=False)
    assert [plain(cue.body) for cue in reading.value.cues] == ["<b>Bir</b> & i", "iki"]
    assert not reading.value.timed
    assert [fault.key for fault in reading.faults] == ["no_times"]
    assert transcript_text.write(reading.value).text == "<b>Bir</b> & i\n\niki\n"


# -- what recognisers write ---------------------------------------------------------------------

WHISPER = """{"text": "x", "language": "azerbaijani",
 "segments": [
  {"id": 0, "start": 0.5, "end": 1.25, "text": " Salam dünya", "words": [
    {"word": " Salam", "start": 0.5, "end": 0.9}, {"word": "1992"}, {"word": "x", "start": 0.1, "end": 0.2}]},
  {"start": "a", "end": 2, "text": "İtən"},
  {"start": 2, "end": 3, "text": "  "},
  {"start": 3, "end": NaN, "text": "İtən"},
  7,
  {"start": 4, "end": 5, "text": "<b>Son</b>", "speaker": "SPEAKER_00"}
 ]}"""


def test_segments_and_words_of_a_recogniser_are_read_and_each_fault_has_line_and_field():
    reading = whisper_json.read(WHISPER.encode())
    assert reading.value.language == "az"
    assert reading.value.cues == (
        Cue(500, 1250, "Salam dünya", "", (Word("Salam", 500, 900),)),
        Cue(4000, 5000, "&lt;b&gt;Son&lt;/b&gt;", "SPEAKER_00"),
    )
    assert [(fault.line, fault.key, fault.field) for fault in reading.faults] == [
        (3, "word_time", "segments[0].words[2]"), (5, "time", "segments[1]"), (6, "empty", "segments[2].text"),
        (7, "time", "segments[3]"), (8, "field_type", "segments[4]"),
    ]  # fmt: skip


def test_json_that_ends_in_the_middle_is_kept_up_to_there():
    reading = whisper_json.read(WHISPER[: WHISPER.index('{"start": 4')].encode())
    assert [cue.body for cue in reading.value.cues] == ["Salam dünya"]
    assert (9, "breaks_off") in {(fault.line, fault.key) for fault in reading.faults}


def test_whisper_cpp_counts_in_milliseconds():
    data = {
        "result": {"language": "tr"},
        "transcription": [{"offsets": {"from": 10, "to": 1500}, "text": " Evet"}],
    }
    reading = whisper_json.read(json.dumps(data).encode())
    assert (reading.value.language, reading.value.cues) == ("tr", (Cue(10, 1500, "Evet"),))


# -- encodings ----------------------------------------------------------------------------------

RUSSIAN = "1\n00:00:01,000 --> 00:00:02,000\nОни шли ночью через лес.\n"
TURKISH = "1\n00:00:01,000 --> 00:00:02,000\nGeçen gün İstanbul'a gittiğimizde yağmur yağıyordu.\n"


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (RUSSIAN, "utf-8", ""), (RUSSIAN, "utf-8-sig", ""), (RUSSIAN, "cp1251", "WINDOWS-1251"),
        (TURKISH, "cp1254", "WINDOWS-1254"), (RUSSIAN, "utf-16", "UTF-16-LE"), (RUSSIAN, "utf-16-be", "UTF-16-BE"),
        (RUSSIAN, "utf-32", "UTF-32-LE"),
    ],
)  # fmt: skip
def test_the_letters_of_a_file_are_read_and_a_guess_is_said(text, encoding, said):
    reading = srt.read(text.encode(encoding))
    assert plain(reading.value.cues[0].body) == text.split("\n")[2]
    assert [fault.found for fault in reading.faults if fault.key == "encoding"] == [said] * bool(said)


def test_broken_signs_of_utf8_are_named_with_their_line():
    data = RUSSIAN.encode().replace("ночью".encode(), "ночью".encode()[:-1])
    reading = srt.read(data)
    assert ("bad_signs", 3) in {(fault.key, fault.line) for fault in reading.faults}
    assert plain(reading.value.cues[0].body).startswith("Они шли ночь")


# -- too large, and not that at all -----------------------------------------------------------


@pytest.mark.parametrize("read", [vtt.read, srt.read, transcript_text.read, whisper_json.read, ohms.read])
def test_a_file_without_measure_is_refused_before_it_is_read(read):
    for data, key in ((b"x" * (LARGEST + 1), "too_large"), (b"\n" * (MOST_LINES + 1), "too_many_lines")):
        with pytest.raises(Refused) as refused:
            read(data)
        assert refused.value.fault.key == key


def test_more_cues_than_an_interview_has_are_left_out_and_that_is_said(monkeypatch):
    monkeypatch.setattr("memorial.formats.moments.MOST_CUES", 5)
    reading = vtt.read(("WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * 9).encode())
    assert len(reading.value.cues) == 5
    assert [(fault.key, fault.line) for fault in reading.faults] == [("too_many", 18)]


@pytest.mark.parametrize(
    ("read", "data", "key", "line"),
    [
        (vtt.read, b"", "not_vtt", 1), (vtt.read, b"PK\x03\x04", "not_vtt", 1), (vtt.read, b"WEBVTTX", "not_vtt", 1),
        (srt.read, b"WEBVTT\n", "not_srt", 1), (transcript_text.read, b"\x00\x00\x00\x20ftypmp42", "not_text", 1),
        (whisper_json.read, b'\n{"a":', "not_json", 2), (whisper_json.read, b'{"a": 1}', "not_whisper", 1),
        (whisper_json.read, b'{"segments": ' + b"[" * 100_000, "not_json", 1),
        (ohms.read, b"<html><p>x</html>", "not_ohms", 1), (ohms.read, b"plain", "not_xml", 1),
    ],
)  # fmt: skip
def test_what_is_not_that_format_is_refused_with_its_line(read, data, key, line):
    with pytest.raises(Refused) as refused:
        read(data)
    assert (refused.value.fault.key, refused.value.fault.line) == (key, line)


@pytest.mark.parametrize(
    ("read", "head"),
    [(vtt.read, "WEBVTT\n\n00:01.000 --> 00:02.000"), (srt.read, "1\n00:00:01,000 --> 00:00:02,000")],
)
def test_a_wall_of_marks_is_refused_and_a_long_cue_is_cut(read, head):
    with pytest.raises(Refused) as refused:
        read(f"{head}\n{'<i>a' * (MOST_MARKS + 1)}".encode())
    assert refused.value.fault.key == "too_many_marks"
    reading = read(f"{head}\n{'a' * LONGEST}itən".encode())
    assert reading.value.cues[0].body == "a" * LONGEST
    assert [(fault.key, fault.line) for fault in reading.faults] == [("too_long", head.count("\n") + 2)]


def test_every_fault_has_a_sentence_in_which_its_words_stand():
    faults = Faults()
    for line, key in enumerate(SENTENCES, 1):
        faults.add(line, key, "field", "<found>")
    assert all(str(fault).startswith(f"line {fault.line}: field: ") for fault in faults.told())


def test_a_declared_encoding_is_believed_where_the_bytes_allow_it():
    faults = Faults()
    assert decoded("ş".encode("iso-8859-9"), faults, "iso-8859-9") == "ş"
    assert decoded(b"x", faults, "no-such-thing") == "x"
    assert faults.told() == ()
