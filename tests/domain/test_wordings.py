"""One passage in two wordings: what differs is marked, the words stay whole."""

from __future__ import annotations

import pytest

from memorial.domain.wordings import compared


def test_a_word_that_only_one_wording_has_is_marked_in_that_one():
    found = compared(
        "The synthetic town was taken by Army units", "The synthetic town was taken by the Army units"
    )
    assert " ".join(run.text for run in found.here) == "The synthetic town was taken by Army units"
    assert {run.kind for run in found.here} == {"same"}
    assert [run.text for run in found.there if run.kind == "added"] == ["the"]
    assert found.alike
    assert not found.same


def test_the_printer_s_quotation_marks_are_no_difference():
    assert compared("He said “no” twice that day.", "He said 'no' twice that day.").same


@pytest.mark.parametrize(("here", "there"), [("", ""), ("", "one"), ("a b c", ""), ("a\n\nb  c", "a x c")])
def test_both_texts_can_be_read_whole(here, there):
    found = compared(here, there)
    assert " ".join(run.text for run in found.here).split() == here.split()
    assert " ".join(run.text for run in found.there).split() == there.split()


def test_what_one_text_has_beyond_the_other_is_left_out_and_not_marked_as_another_wording():
    rest = " ".join(f"further{number}" for number in range(50))
    found = compared(f"One shared synthetic sentence. {rest} that", "One shared synthetic sentence. So that")
    assert [run.kind for run in found.here] == ["same", "skipped"]
    assert [run.kind for run in found.there] == ["same", "added"]
    assert [run.kind for run in compared("One two three four.", f"One two three four. {rest}").there] == [
        "same",
        "added",
    ]
    assert [
        run.kind
        for run in compared("One two three four.", f"One two three four. {rest}", whole_there=False).there
    ] == [
        "same",
        "skipped",
    ]


def test_texts_that_share_only_common_words_are_not_alike():
    assert not compared("the snow fell on the old road", "the mayor spoke of the bread").alike
