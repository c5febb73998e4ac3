"""OHMS: real files are read whole, files that break their schema as far as they go, and bombs not at all."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from memorial.domain.transcript import CONTROLS, Cue, Interview, Link, Spot, plain
from memorial.formats import ohms
from memorial.formats.faults import Refused

ON = date(2026, 11, 28)
HEAD = '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms">\n<record id="1" dt="2026-01-02">\n'
BEGUN = HEAD + '<version>6.0</version><date value="1992"/><title>Synthetic</title>\n'
END = "</record></ROOT>"


def held(interview: Interview) -> str:
    """All words of an interview in one string."""
    said = [value for values in interview.facts.values() for value in values]
    for transcript in interview.transcripts:
        said.extend(f"{cue.speaker} {plain(cue.body)}" for cue in transcript.cues)
    for segment in interview.segments:
        said.extend(
            " ".join((t.title, t.synopsis, *t.keywords, *t.subjects, t.excerpt)) for t in segment.tellings
        )
        said.extend(" ".join((s.point, s.zoom, s.name, s.name_alt)) for s in segment.spots)
        said.extend(" ".join((link.address, link.text, link.text_alt)) for link in segment.links)
    return " ".join(" ".join(said).split())


def test_real_files_of_all_versions_are_read_whole_and_written_again_as_valid(shared):
    schema = etree.XMLSchema(etree.parse(shared / "corpora/ohms/schema/ohms.xsd"))
    for path in sorted((shared / "corpora/ohms").glob("*/**/*.xml")):
        reading = ohms.read(path.read_bytes())
        (interview,) = reading.value
        words = held(interview)
        for element in etree.parse(path).getroot().iter():
            name = etree.QName(element).localname
            if len(element) or name in ("time", "sync", "transcript", "vtt_transcript", "gps_zoom"):
                continue
            text = CONTROLS.sub("", (element.text or "").replace("\t", " "))
            listed = text.split(";") if name.startswith(("keywords", "subjects")) else [text]
            assert all(" ".join(part.split()) in words for part in listed), (path.name, name)
        written = ohms.write(interview, ON)
        schema.assertValid(etree.fromstring(written.text.encode()))
        (again,) = ohms.read(written.text.encode()).value
        assert again.segments == interview.segments
        assert [[(cue.begin, cue.body, cue.speaker) for cue in one.cues] for one in again.transcripts] == [
            [(cue.begin, cue.body, cue.speaker) for cue in one.cues] for one in interview.transcripts
        ]


def test_transcripts_of_real_files_lose_no_word(shared):
    folder = shared / "corpora/ohms"
    gaps = folder / "scihist/legacy/various_gaps.xml"
    text = etree.parse(gaps).findtext(".//{*}transcript")
    (interview,) = ohms.read(gaps.read_bytes()).value
    assert " ".join(plain(cue.body) for cue in interview.transcripts[0].cues).split() == text.split()

    (spanish,) = ohms.read((folder / "aviary/valid_transcript_with_alt.xml").read_bytes()).value
    original, other = spanish.transcripts
    assert (original.language, other.language, other.kind) == ("es", "en", "translation")
    assert {cue.speaker for cue in original.cues} == {"ENTREVISTADORA", "ENTREVISTADO"}
    assert len(original.cues) == 55

    (vtt,) = ohms.read((folder / "scihist/chappelear-ohmsvtt-example.xml").read_bytes()).value
    assert vtt.transcripts[0].cues[1] == Cue(29000, 29000, "Burnet.", "CHAPPELEAR")


def test_a_minute_of_an_old_transcript_ends_behind_the_word_that_is_said():
    words = f"<sync>2:|1(2)|3(1)</sync><transcript>ƏLİ: Bir iki\nüç\ndörd beş\n\nVƏLİ: altı</transcript>{END}"
    (interview,) = ohms.read((BEGUN + words).encode()).value
    assert interview.transcripts[0].cues == (
        Cue(0, 120_000, "Bir", "ƏLİ"),
        Cue(120_000, 240_000, "iki üç dörd", "ƏLİ"),
        Cue(240_000, 360_000, "beş", "ƏLİ"),
        Cue(240_000, 360_000, "altı", "VƏLİ"),
    )


def test_a_fault_within_the_transcript_is_named_with_its_line_in_the_file():
    words = f"<vtt_transcript><![CDATA[\n\nWEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n00:0x.000 --> 00:03.000\ny]]></vtt_transcript>{END}"
    reading = ohms.read((BEGUN + words).encode())
    assert [(fault.line, fault.key, fault.field) for fault in reading.faults] == [
        (11, "time", "vtt_transcript")
    ]
    assert reading.value[0].transcripts[0].cues[0].body == "x"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (HEAD + "<title>x</title></record></ROOT>", {(2, "field_missing", "version"), (2, "field_missing", "date")}),
        (BEGUN + "<titel>x</titel>" + END, {(4, "field_unknown", "titel")}),
        (BEGUN + "<fmt>film</fmt>" + END, {(4, "field_type", "fmt")}),
        (BEGUN + "<rights>a</rights>\n<rights>b</rights>" + END, {(5, "field_again", "rights")}),
        (BEGUN + "<rights>a</rights>\n<accession>b</accession>" + END, {(5, "field_order", "accession")}),
        (BEGUN + "<language>Klingon</language>" + END, {(4, "language", "language")}),
        (BEGUN + "<sync>x</sync><transcript>a</transcript>" + END, {(4, "sync", "sync"), (4, "no_times", "transcript")}),
        (BEGUN + "<vtt_transcript>a</vtt_transcript>" + END, {(4, "not_vtt", "vtt_transcript")}),
        (BEGUN + "<index><point>\n<time>1:20</time></point></index>" + END, {(5, "field_type", "point 1/time")}),
        (BEGUN + "<index><point><time>1</time>\n<colour>x</colour></point></index>" + END, {(5, "field_unknown", "point 1/colour")}),
        (BEGUN.replace("6.0", "4.0") + END, {(2, "version", "version")}),
        (BEGUN.replace('id="1"', 'id="one"') + END, {(2, "field_type", "record/id")}),
        (BEGUN.replace(' xmlns="https://www.weareavp.com/nunncenter/ohms"', "") + END, {(1, "namespace", "")}),
        (BEGUN + "<rights>Q&A&nbsp;2</rights>" + END, {(4, "bare_sign", "")}),
        (BEGUN + "<rights>a\x07b</rights>" + END, {(4, "controls", "")}),
        (BEGUN + "<rights>until here", {(4, "breaks_off", "")}),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_is_named_with_line_and_field_and_the_rest_is_kept(text, faults):
    reading = ohms.read(text.encode())
    assert {(fault.line, fault.key, fault.field) for fault in reading.faults} == faults
    assert reading.value[0].fact("title") in ("Synthetic", "x")


def test_signs_that_xml_does_not_have_are_read_as_meant():
    (interview,) = ohms.read(
        (BEGUN + "<rights>Q&A &eacute; &amp;lt; <![CDATA[&nbsp;]]></rights>" + END).encode()
    ).value
    assert interview.fact("rights") == "Q&A é &lt; &nbsp;"


def test_a_file_cut_in_the_middle_keeps_the_words_before_that():
    cut = BEGUN + "<vtt_transcript>WEBVTT\n\n00:01.000 --> 00:02.000\nSöz"
    (interview,) = ohms.read(cut.encode()).value
    assert interview.transcripts[0].cues == (Cue(1000, 2000, "Söz"),)


def test_places_and_links_of_a_chapter_are_read_where_old_and_new_versions_have_them():
    old = "<point><time>1</time><gps>1, 2</gps><gps_text>A</gps_text><hyperlink>https://example.org</hyperlink></point>"
    new = "<point><time>2</time><gpspoints><gps>1, 2</gps><gps_zoom/><gps_text>A</gps_text></gpspoints><hyperlinks><hyperlink>https://example.org</hyperlink></hyperlinks></point>"
    (interview,) = ohms.read(f"{BEGUN}<index>{old}{new}</index>{END}".encode()).value
    assert [segment.begin for segment in interview.segments] == [1000, 2000]
    for segment in interview.segments:
        assert segment.spots == (Spot("1, 2", "", "A"),)
        assert segment.links == (Link("https://example.org"),)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (BOMB + BEGUN + "<rights>&b;</rights>" + END, "document_type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + BEGUN + END, "document_type"),
        (BEGUN + "<a>" * 30, "too_deep"),
        (BEGUN + "<a/>" * 101, "too_many_elements"),
    ],
)
def test_a_file_that_is_made_to_harm_is_refused(text, key, monkeypatch):
    monkeypatch.setattr("memorial.formats.xml_tree.MOST_ELEMENTS", 100)
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Refused) as refused:
            ohms.read(text.encode(encoding))
        assert refused.value.fault.key == key


def test_an_encoding_is_read_as_declared():
    text = '<?xml version="1.0" encoding="windows-1251"?>\n' + BEGUN + "<rights>Права</rights>" + END
    assert ohms.read(text.encode("cp1251")).value[0].fact("rights") == "Права"
    assert (
        ohms.read(text.replace("windows-1251", "utf-8").encode("cp1251")).value[0].fact("rights") == "Права"
    )
