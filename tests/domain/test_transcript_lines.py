"""Lines of a transcript that somebody writes: cut, joined, moved, written anew, with the times of their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.errors import Invalid
from memorial.domain.transcript import body, masks_in, plain, runs
from memorial.domain.transcript_lines import (
    Line,
    cut,
    from_kept,
    joined,
    kept,
    legible,
    mark,
    moved,
    typed,
    written,
)
from tests.transcripts import marked_body, with_words

LINE = Line(7, 1 << 32, 4000, 9000, "N", "Yes. No.", (("Yes.", 4000, 5000), ("No.", 6000, 7000)))


def test_a_cut_line_keeps_its_number_before_the_cut_and_its_words_on_both_sides():
    first, second = cut(LINE, 4, number=8, position=3 << 31)
    assert (first.number, first.body, first.ends, first.words) == (7, "Yes.", 6000, LINE.words[:1])
    assert (second.number, second.body, second.starts, second.words) == (8, "No.", 6000, LINE.words[1:])
    assert joined(first, second) == LINE


def test_a_cut_at_the_players_moment_has_that_moment_and_none_outside_its_line():
    assert cut(LINE, 4, number=8, position=9, moment=5500)[1].starts == 5500
    with pytest.raises(Invalid):
        cut(LINE, 4, number=8, position=9, moment=9001)


@pytest.mark.parametrize("at", [0, 8, -3, 99])
def test_nothing_is_cut_off_where_nothing_stands(at):
    with pytest.raises(Invalid):
        cut(LINE, at, number=8, position=9)


def test_words_that_stay_keep_their_times_when_others_are_written():
    assert written(LINE, body="Yes, no, yes. No.").words == LINE.words[1:]
    assert written(LINE, ends=5500).words == LINE.words[:1]
    assert moved(LINE, -500).words[0] == ("Yes.", 3500, 4500)


@pytest.mark.parametrize("times", [{"starts": 9001}, {"ends": 2**31}, {"starts": -1}])
def test_a_line_ends_after_it_begins_and_within_any_recording(times):
    with pytest.raises(Invalid):
        written(LINE, **times)


def test_what_is_masked_is_neither_taken_out_nor_written_in():
    masked = Line(1, 1, 0, 0, "", "Then <mask k7f3> came.")
    assert plain(masked.body) == "Then […] came."
    assert masks_in(masked.body) == ("k7f3",)
    assert written(masked, body="And then <i><mask k7f3></i> came.").body.count("mask") == 1
    for text in ("Then came.", "<mask k7f3> <mask k7f4> came."):
        with pytest.raises(Invalid, match="mask_stays"):
            written(masked, body=text)
    assert [masks_in(part.body) for part in cut(masked, 7, number=2, position=2)] == [("k7f3",), ()]


@given(marked_body)
def test_what_is_shown_to_be_typed_is_read_back_as_it_was(text):
    assert typed(legible(text)) == text


@given(marked_body, st.integers(0, 60))
def test_a_cut_loses_no_letter(text, at):
    line = Line(1, 1, 0, 1000, "", text)
    try:
        parts = cut(line, at, number=2, position=2)
    except Invalid:
        return
    assert "".join("".join(plain(part.body) for part in parts).split()) == "".join(plain(text).split())
    assert all(part.body == body(runs(part.body)) for part in parts)


@given(with_words())
def test_a_line_comes_back_from_a_step_as_it_went_in(cue):
    line = Line(
        3, 5, cue.begin, cue.end, cue.speaker, cue.body, tuple((w.text, w.begin, w.end) for w in cue.words)
    )
    assert from_kept(3, kept(line)) == line
    assert line.cue == cue
    assert mark(line) != mark(written(line, speaker="Somebody else"))
