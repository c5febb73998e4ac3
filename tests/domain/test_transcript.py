"""The text of a cue: four marks, and everything else is words."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.transcript import WITHHELD, Cue, Run, Transcript, body, body_of, plain, runs
from memorial.formats import srt, transcript_text, vtt, whisper_json
from tests import transcripts

withheld = st.builds(
    Run, st.just(""), st.booleans(), st.booleans(), st.sampled_from(["", "az"]), st.sampled_from(["k7f3", "0000x"])
)  # fmt: skip
masked_body = st.lists(st.one_of(transcripts.runs, withheld), min_size=1, max_size=5).map(body)


@given(masked_body)
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


def test_where_words_were_taken_out_there_is_a_mark_and_no_word():
    assert runs("With <i><mask k7f3></i>.") == (
        Run("With "), Run(WITHHELD, italic=True, withheld="k7f3"), Run("."),
    )  # fmt: skip
    assert plain("With <mask k7f3>.") == "With […]."
    assert (
        body([Run("whatever ", withheld="k7f3"), Run(" x"), Run("", withheld="q000")])
        == "<mask k7f3> x<mask q000>"
    )


def test_no_words_of_anybody_make_a_mark():
    for words in ("<mask k7f3>", "[…]", "<mask k7f3", "<mask>"):
        assert [run.withheld for run in runs(body_of(words))] == [""]
        assert plain(body_of(words)) == words


def test_every_format_shows_that_something_is_withheld():
    transcript = Transcript((Cue(0, 4000, "With <b><mask k7f3></b> at home.", "Synthetic narrator"),))
    for module in (vtt, srt, transcript_text, whisper_json):
        text = module.write(transcript).text
        assert "k7f3" not in text
        assert WITHHELD in text.replace("\\u2026", "…").replace("<b>", "").replace("</b>", ""), (
            module.__name__
        )
