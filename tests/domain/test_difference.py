"""The word-level difference: what a moderator reads before deciding."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.alignment import Purse, matches
from memorial.domain.difference import FieldChange, Run, fields, runs, shortened, sides

TEXTS = st.text(alphabet="ab ə\nё,.’-1\t", max_size=60)


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back_to_the_last_sign(before: str, after: str) -> None:
    found = runs(before, after)
    assert "".join(run.text for run in found if run.kind != "added") == before
    assert "".join(run.text for run in found if run.kind != "removed") == after


@given(TEXTS)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert all(run.kind == "same" for run in runs(text, text))


@given(TEXTS, TEXTS)
def test_what_went_stands_before_what_came_and_no_stretch_is_split(before: str, after: str) -> None:
    kinds = [run.kind for run in runs(before, after)]
    assert all(one != two for one, two in itertools.pairwise(kinds))
    assert ("added", "removed") not in set(itertools.pairwise(kinds))


def test_one_changed_word_is_one_word_in_the_difference() -> None:
    assert runs("He was a teacher in the town.", "He was a doctor in the town.") == [
        Run("same", "He was a "),
        Run("removed", "teacher"),
        Run("added", "doctor"),
        Run("same", " in the town."),
    ]


def test_words_of_any_script_and_with_apostrophes_are_whole() -> None:
    found = runs("Xocalı şəhəri, mother’s house", "Ходжалы şəhəri, mother’s garden")
    assert [run.text.strip() for run in found if run.kind == "removed"] == ["Xocalı", "house"]
    assert [run.text.strip() for run in found if run.kind == "added"] == ["Ходжалы", "garden"]


def test_a_changed_phrase_is_read_as_a_phrase() -> None:
    assert runs("in a small red house.", "in a large old barn.") == [
        Run("same", "in a "),
        Run("removed", "small red house"),
        Run("added", "large old barn"),
        Run("same", "."),
    ]


def test_words_added_after_a_full_stop_leave_it_where_it_was() -> None:
    assert runs("One word.", "One word. And more.") == [Run("same", "One word."), Run("added", " And more.")]


def test_a_new_paragraph_leaves_the_others_alone() -> None:
    found = runs("One.\n\nThree.", "One.\n\nTwo.\n\nThree.")
    assert [run for run in found if run.kind != "same"] == [Run("added", "Two.\n\n")]


def test_a_stretch_too_long_to_compare_is_shown_as_a_whole() -> None:
    before, after = "a " * 5_000 + "a", "b " * 5_000 + "b"
    assert runs(before, after) == [Run("removed", before), Run("added", after)]


def test_only_fields_that_differ_are_listed_and_lost_ones_come_last() -> None:
    changes = fields({"title": "One", "born": "1961", "same": "x"}, {"title": "Two", "same": "x"})
    assert changes == [
        FieldChange("title", [Run("removed", "One"), Run("added", "Two")]),
        FieldChange("born", [Run("removed", "1961")]),
    ]


@given(TEXTS, TEXTS)
def test_shortened_and_side_by_side_still_hold_every_sign_of_both(before: str, after: str) -> None:
    short = shortened(runs(before, after), around=3)
    assert "".join(run.text for run in short if run.kind != "added") == before
    rows = sides(short)
    assert "".join(run.text for row in rows for run in row.before) == before
    assert "".join(run.text for row in rows for run in row.after) == after


def test_what_stayed_far_from_a_change_is_left_out() -> None:
    text = "word " * 2_000
    found = shortened(runs(f"{text}one", f"{text}two"))
    assert [run.kind for run in found] == ["skipped", "same", "removed", "added"]
    assert len(found[1].text) < 1_000


def test_three_hundred_pages_are_compared_by_their_paragraphs() -> None:
    """The budget is counted in pairs of pieces; what it does not reach is shown as changed as a whole."""
    pages = [f"Synthetic paragraph {number} of many. " * 20 + "\n\n" for number in range(1_500)]
    changed = [*pages[:700], "New", *pages[701:]]
    assert [run.kind for run in runs("".join(pages), "".join(changed))] == [
        "same",
        "removed",
        "added",
        "same",
    ]
    purse = Purse()
    matches(["a", "b"] * 20_000, ["b", "c", "a"] * 20_000, purse)
    assert purse.left >= 0
