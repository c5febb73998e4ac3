"""The text of a cue: four marks, and everything else is words."""

from __future__ import annotations

from hypothesis import given, settings

from memorial.domain.transcript import Run, body, body_of, plain, runs
from tests import transcripts


@given(transcripts.marked_body)
@settings(max_examples=100)
def test_a_body_says_the_same_when_it_is_read_and_written_again(text):
    assert body(runs(text)) == text
    assert body_of(plain(text)) == body(Run(run.text) for run in runs(text))


def test_what_is_no_mark_of_a_cue_is_words():
    hostile = '<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; <lang ru" onclick="x">'
    assert plain(body_of(hostile)) == hostile
    assert "<" not in body_of(hostile)


def test_a_stretch_in_another_language_keeps_its_language_and_its_italics():
    assert runs("Dedi: <lang ru><i>да</i> нет</lang>.") == (
        Run("Dedi: "), Run("да", italic=True, language="ru"), Run(" нет", language="ru"), Run("."),
    )  # fmt: skip


def test_lines_have_no_blanks_at_their_ends_and_none_is_empty():
    assert (
        body([Run("  Bir \n\n"), Run(" \n iki  üç \n \n  dörd ", bold=True), Run("\n")])
        == "Bir\n<b>iki  üç\ndörd</b>"
    )
