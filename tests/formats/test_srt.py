"""SRT as programs and people write it: what can be kept is kept, and each fault has its line."""

from __future__ import annotations

import pytest

from memorial.domain.transcript import Cue, plain
from memorial.formats import srt
from memorial.formats.faults import Refused

CUE = "1\n00:00:01,000 --> 00:00:02,000\nSöz\n\n"


@pytest.mark.parametrize(
    ("text", "key", "line", "words"),
    [
        ("1\n00:01,000 --> 00:02,000\nSöz", "no_hours", 2, ["Söz"]),
        ("1\n0:0:1.5 --> 0:0:2\nSöz", "time_form", 2, ["Söz"]),
        (CUE + "2\n00:00:07,000 --> 00:00:11:890\nİtən\nsöz\n\n3\n00:00:20,000 --> 00:00:21,000\nÜç", "time", 6, ["Söz", "Üç"]),
        (CUE + "2\nVaxtsız\n\n3\n00:00:20,000 --> 00:00:21,000\nÜç", "no_time", 5, ["Söz", "Üç"]),
        (CUE + "davamı\n", "blank_line", 5, ["Söz\ndavamı"]),
        (CUE + "2\n00:00:03,000 --> 00:00:04,000\n\n\n", "empty", 6, ["Söz"]),
        ("1\n00:00:01,000 --> 00:00:02,000 X1:40 Y1:1\nSöz", "place_on_screen", 2, ["Söz"]),
        ('1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color="red">Söz</font>', "markup", 3, ["Söz"]),
        ("1\n00:00:01,000 --> 00:00:02,000\nBir\n<script src=//x>y</script>", "markup", 4, ["Bir\ny"]),
        ("1\n00:00:05,000 --> 00:00:02,000\nSöz", "backwards", 2, ["Söz"]),
        (CUE + "2\n00:00:00,000 --> 00:00:00,500\nƏvvəl", "out_of_order", 6, ["Əvvəl", "Söz"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_the_rest_is_kept(text, key, line, words):
    for written in (text, "\ufeff" + text.replace("\n", "\r\n")):
        reading = srt.read(written.encode())
        assert (key, line) in {(fault.key, fault.line) for fault in reading.faults}
        assert [plain(cue.body) for cue in reading.value.cues] == words


def test_real_files_are_read_and_what_is_no_srt_is_refused(shared):
    refused, cues = set(), {}
    for path in sorted((shared / "corpora/webvtt").glob("**/*.srt")):
        try:
            cues[path.name] = len(srt.read(path.read_bytes()).value.cues)
        except Refused:
            refused.add(path.name)
    assert refused == {"invalid_format1.srt", "invalid_format2.srt", "invalid_format3.srt"}
    assert cues.pop("invalid_format4.srt") == 0
    assert (cues["sample.srt"], cues["missing_caption_text.srt"], cues["invalid_timeframe.srt"]) == (5, 4, 4)
    assert all(cues.values())


def test_signs_that_are_no_marks_stay_as_they_are():
    reading = srt.read(b"1\n00:00:01,000 --> 00:00:02,000\n2 < 3 & <1992> &lt;i&gt;")
    assert (plain(reading.value.cues[0].body), reading.faults) == ("2 < 3 & <1992> <i>", ())


def test_names_are_taken_for_speakers_only_where_that_is_said():
    data = "1\n00:00:01,000 --> 00:00:02,000\nƏLİ: <i>Gəl</i>\n".encode()
    assert srt.read(data).value.cues == (Cue(1000, 2000, "ƏLİ: <i>Gəl</i>"),)
    taken = srt.read(data, speakers=True)
    assert taken.value.cues == (Cue(1000, 2000, "<i>Gəl</i>", "ƏLİ"),)
    assert [(fault.key, fault.found) for fault in taken.faults] == [("speakers_by_label", "ƏLİ")]
    assert srt.read(srt.write(taken.value).text.encode(), speakers=True).value == taken.value
