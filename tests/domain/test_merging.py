"""Two changes of one text: brought together where they touch different places, both kept where they do not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.alignment import matches
from memorial.domain.difference import words_of
from memorial.domain.merging import Agreed, Clash, clashes, merge, resolved, settled

TEXTS = st.lists(
    st.sampled_from(["one", "two", "three", "ə", " ", ". ", "\n", "\n\n", ","]), max_size=25
).map("".join)
PIECES = st.lists(st.sampled_from("abcdefg"), max_size=40)


@given(TEXTS, TEXTS)
def test_a_change_merged_with_itself_or_with_what_nobody_changed_is_that_change(base, changed) -> None:
    assert settled(merge(base, changed, changed)) == changed
    assert settled(merge(base, changed, base)) == changed
    assert settled(merge(base, base, changed)) == changed


@settings(max_examples=300)
@given(TEXTS, TEXTS, TEXTS)
def test_each_side_can_be_read_back_where_it_is_chosen_and_no_word_comes_from_nowhere(base, mine, theirs):
    pieces = merge(base, mine, theirs)
    known = set(words_of(mine)) | set(words_of(theirs))
    for chosen in ([c.mine for c in clashes(pieces)], [c.theirs for c in clashes(pieces)]):
        assert all(word.isspace() or word in known for word in words_of(resolved(pieces, chosen)))
    assert all(c.mine != c.theirs and c.base not in (c.mine, c.theirs) for c in clashes(pieces))


@settings(max_examples=300)
@given(TEXTS, TEXTS, TEXTS)
def test_which_of_the_two_is_mine_makes_no_difference(base, mine, theirs) -> None:
    turned = [
        Clash(c.base, c.theirs, c.mine) if isinstance(c, Clash) else c for c in merge(base, mine, theirs)
    ]
    assert merge(base, theirs, mine) == turned


CHANGED_IN = [(), ("mine", "merged"), ("theirs", "merged"), ("mine", "theirs", "merged")]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(CHANGED_IN),
        st.sampled_from(["", "new", "two new"]),
        st.sampled_from([" ", ". ", "\n\n"]),
    ),
    max_size=12,
)


@given(CHANGES)
def test_changes_with_a_word_between_them_are_all_there_and_nothing_else_is_lost(changes) -> None:
    """Each word may be changed or taken out by one or by both alike, and the one after it stands."""
    texts = dict.fromkeys(("base", "mine", "theirs", "merged"), "")
    for number, (changed_in, new, end) in enumerate(changes):
        for name in texts:
            word = f"{new}{number}" * bool(new) if name in changed_in else f"old{number}"
            texts[name] += f"{word} stands{number}{end}"
    assert settled(merge(texts["base"], texts["mine"], texts["theirs"])) == texts["merged"]


def test_changes_of_different_words_are_brought_together() -> None:
    base = "He was a teacher. He lived in the town.\n\nHe had a brother."
    mine = "He was a doctor. He lived in the town.\n\nHe had a brother."
    theirs = "He was a teacher. He lived in the old town.\n\nHe had two brothers."
    assert merge(base, mine, theirs) == [
        Agreed("He was a doctor. He lived in the old town.\n\nHe had two brothers.")
    ]


def test_changes_of_the_same_word_and_of_words_that_touch_are_left_to_a_person() -> None:
    assert merge("in the town", "in the city", "in the village") == [
        Agreed("in the "),
        Clash("town", "city", "village"),
    ]
    assert merge("a red house", "a blue house", "a red barn") == [
        Agreed("a "),
        Clash("red house", "blue house", "red barn"),
    ]


def test_changes_of_two_paragraphs_without_a_word_between_them_are_left_to_a_person() -> None:
    merged = merge("One\nTwo\n", "One\nToo\n", "Won\nTwo\n")
    assert merged == [Clash("One\nTwo\n", "One\nToo\n", "Won\nTwo\n")]


def test_a_paragraph_that_stands_keeps_changes_apart_even_where_it_has_no_word() -> None:
    merged = merge("One\n* * *\nTwo\n", "Won\n* * *\nTwo\n", "One\n* * *\nToo\n")
    assert settled(merged) == "Won\n* * *\nToo\n"


def test_what_one_side_took_out_and_the_other_changed_is_left_to_a_person() -> None:
    assert clashes(merge("One.\n\nTwo.\n\n", "One.\n\n", "One.\n\nToo.\n\n")) != []


@settings(max_examples=300)
@given(PIECES, PIECES)
def test_matches_are_equal_pieces_in_order_and_never_overlap(before, after) -> None:
    a = b = 0
    for match in matches(before, after):
        assert match.a >= a
        assert match.b >= b
        assert before[match.a : match.a + match.size] == after[match.b : match.b + match.size]
        a, b = match.a + match.size, match.b + match.size


@given(st.permutations(range(8)))
def test_of_what_changed_its_order_as_much_as_can_stays_where_it_was(order) -> None:
    lengths: list[int] = []  # of the longest rising sequence that ends at each place, one by one
    for at, number in enumerate(order):
        lengths.append(1 + max((lengths[k] for k in range(at) if order[k] < number), default=0))
    found = matches([str(number) for number in range(8)], [str(number) for number in order])
    assert sum(match.size for match in found) == max(lengths)


def test_a_piece_that_occurs_once_on_both_sides_is_found_where_comparing_all_would_be_dear() -> None:
    before, after = ([f"{side}{number}" for number in range(1_200)] for side in "bc")
    before[600] = after[600] = "the same"
    assert matches(before, after) == [(600, 600, 1)]
