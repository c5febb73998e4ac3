"""What a format can hold comes back as it was; what it cannot hold is said; and no file brings a reader down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from memorial.domain.errors import Invalid
from memorial.domain.transcript import Cue, Interview, Link, Segment, Spot, Telling, Transcript, Word
from memorial.formats import ohms, srt, transcript_text, vtt, whisper_json
from memorial.formats.faults import Refused
from tests import transcripts as some

ON = date(2026, 11, 28)
few = settings(max_examples=60, suppress_health_check=list(HealthCheck))
verbatim = st.just("verbatim")


@given(some.transcripts(), st.lists(some.with_words(), max_size=1))
@few
def test_webvtt_loses_nothing(transcript, words):
    transcript = replace(transcript, cues=(*words, *transcript.cues)) if words else transcript
    transcript = replace(transcript, cues=tuple(sorted(transcript.cues, key=lambda cue: cue.begin)))
    written = vtt.write(transcript)
    assert written.lost == ()
    assert vtt.read(written.text.encode()).value == transcript


@given(some.transcripts(some.cues(some.styled_body, st.just("")), verbatim))
@few
def test_srt_loses_nothing_but_who_speaks(transcript):
    written = srt.write(transcript)
    assert {lost.key for lost in written.lost} <= {"reads_as_speaker"}
    again = srt.read(written.text.encode(), transcript.language)
    assert again.value == transcript


@given(some.transcripts(some.cues(some.plain_body), verbatim), st.booleans())
@few
def test_plain_text_brings_back_all_that_it_does_not_say_is_lost(transcript, timed):
    if not timed:
        transcript = replace(transcript, cues=tuple(replace(cue, begin=0, end=0) for cue in transcript.cues))
    kept = tuple(cue for cue in transcript.cues if not transcript_text.write(Transcript((cue,))).lost)
    transcript = replace(transcript, cues=kept)
    written = transcript_text.write(transcript)
    again = transcript_text.read(written.text.encode(), transcript.language)
    assert (written.lost, again.value) == ((), transcript)


@given(some.transcripts(some.cues(some.plain_body)), st.lists(some.with_words(), max_size=1))
@few
def test_json_loses_nothing_but_marks(transcript, words):
    transcript = replace(transcript, cues=(*words, *transcript.cues))
    transcript = replace(transcript, cues=tuple(sorted(transcript.cues, key=lambda cue: cue.begin)))
    written = whisper_json.write(transcript)
    assert written.lost == ()
    assert whisper_json.read(written.text.encode()).value == transcript


listed = st.lists(st.sampled_from(["Xatirə", "дорога", "a & b", "<1992>"]), max_size=3).map(tuple)
line = some.line.map(lambda text: text.strip(" \u00a0"))


def tellings(language):
    return st.builds(Telling, st.just(language), line.filter(bool), line, listed, listed, some.words)


@st.composite
def interviews(draw):
    told = [draw(tellings(language)) for language in ("az", "ru")]
    spots = st.builds(Spot, st.just("39.9, 46.8"), st.sampled_from(["", "12"]), line, line)
    links = st.builds(Link, st.just("https://example.org/?a=1&b=2"), line, line)
    segments = [
        Segment(1000 * at, tuple(told[: draw(st.integers(1, 2))]), None, tuple(draw(st.lists(spots, max_size=2))), tuple(draw(st.lists(links, max_size=2))))
        for at in sorted(draw(st.lists(st.integers(0, 9999), max_size=3)))
    ]  # fmt: skip
    facts = {
        "title": ("A synthetic interview <1> & 2",), "record/id": ("00017",), "record/dt": ("2026-01-02",),
        "date/value": ("1992-03",), "subject": ("one", "two"), "interviewee": ("Synthetic Narrator",),
        "mediafile/host": ("Other",), "fmt": ("audio",), "description": ("Two\n\nparagraphs",),
    }  # fmt: skip
    words = [replace(draw(some.transcripts()), language=language) for language in ("az", "ru")]
    return Interview(facts, tuple(words), tuple(segments))


@pytest.fixture(scope="module")
def schema(shared):
    return etree.XMLSchema(etree.parse(shared / "corpora/ohms/schema/ohms.xsd"))


@given(interviews())
@settings(few, max_examples=30)
def test_ohms_loses_nothing_and_is_valid(schema, interview):
    written = ohms.write(interview, ON)
    assert written.lost == ()
    schema.assertValid(etree.fromstring(written.text.encode()))
    (again,) = ohms.read(written.text.encode()).value
    assert again.transcripts == interview.transcripts
    assert again.segments == interview.segments
    assert {name: again.facts.get(name) for name in interview.facts} == interview.facts


# -- what a format cannot hold ----------------------------------------------------------------

RICH = Transcript(
    (
        Cue(0, 0, "<i>Bəli</i>, <lang ru>да</lang>", "Synthetic Narrator"),
        Cue(500, 1500, "iki üç", words=(Word("iki", 500, 900), Word("dörd", 900, 1500))),
        Cue(2000, 3000, "Note: said"),
    ),
    "az",
)


@pytest.mark.parametrize(
    ("write", "lost"),
    [
        (vtt.write, {"cue 1": "lengthened", "cue 2": "word_rest"}),
        (srt.write, {"cue 1": "no_marks no_speaker", "cue 2": "no_words", "cue 3": "reads_as_speaker"}),
        (transcript_text.write, {"cue 1": "no_marks", "cue 2": "no_words", "cue 3": "reads_as_speaker"}),
        (whisper_json.write, {"cue 1": "no_marks"}),
    ],
)
def test_a_writer_says_what_its_format_cannot_hold(write, lost):
    said: dict[str, str] = {}
    for fault in write(RICH).lost:
        said[fault.field] = f"{said.get(fault.field, '')} {fault.key}".strip()
    assert said == lost


def test_ohms_says_what_it_has_no_place_for():
    told = tuple(Telling(language, "Title") for language in ("az", "ru", "tr"))
    interview = Interview(
        {"title": ("x",), "fmt": ("film",), "camera": ("old",)},
        (RICH, Transcript((Cue(0, 0, "x"),), "ru", "summary"), Transcript((), "tr")),
        (Segment(1500, told, 2000, (Spot("1, 2", "far"),)),),
    )
    said = {(fault.key, fault.field) for fault in ohms.write(interview, ON).lost}
    assert said == {
        ("field_short", "fmt"), ("field_short", "camera"), ("field_short", "transcript_alt"),
        ("languages", "transcript"), ("languages", "point 1"), ("no_milliseconds", "point 1/time"),
        ("field_short", "point 1/end"), ("field_type", "point 1/gps_zoom"),
        ("lengthened", "vtt_transcript/cue 1"), ("word_rest", "vtt_transcript/cue 2"),
    }  # fmt: skip


@pytest.mark.parametrize("write", [vtt.write, srt.write])
def test_words_without_times_make_no_captions(write):
    with pytest.raises(Invalid, match="transcript_without_times"):
        write(Transcript((Cue(0, 0, "x"),)))


# -- anything at all --------------------------------------------------------------------------

BITS = [
    "WEBVTT", "\n", "\n\n", "\r\n", "00:01.000", "00:00:02,000", " --> ", "00:00.500 --> 00:00.100\n", "NOTE", "<v A>",
    "<b>", "</", "<", ">", "&amp;", "&", "&#0;", "STYLE", "1", "[00:01]", "A: ", "{", "}", "[", "]", '"segments"', ":",
    '"start"', ",", "1e999", "-1", "null", '"text"', "<ROOT>", "<record>", "<index><point><time>", "</point>",
    "<![CDATA[", "]]>", "<!DOCTYPE x>", "\ufeff", "\x00", "\x85", "\ud800", "ş", "<lang xx>", "<00:00.200>",
]  # fmt: skip
HEADS = [
    "",
    "WEBVTT\n\n00:01.000 --> 00:02.000\n",
    "1\n00:00:01,000 --> 00:00:02,000\n",
    '{"segments":[',
    "<ROOT><record>",
]
anything = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda head, bits, encoding: (head + "".join(bits)).encode(encoding, "surrogatepass"),
        st.sampled_from(HEADS), st.lists(st.sampled_from(BITS), max_size=25), st.sampled_from(["utf-8", "utf-16"]),
    ),
)  # fmt: skip


@given(anything)
@settings(few, max_examples=300)
def test_whatever_a_file_holds_it_is_read_or_refused(data):
    for read in (vtt.read, srt.read, transcript_text.read, whisper_json.read, ohms.read):
        try:
            reading = read(data)
        except Refused:
            continue
        found = (
            [one for interview in reading.value for one in interview.transcripts]
            if read is ohms.read
            else [reading.value]
        )
        assert all(some.sound(transcript) for transcript in found)
        assert all(str(fault) for fault in reading.faults)
