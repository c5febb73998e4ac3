"""Labels of a map: upon nothing else, at every width."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.map_labels import LINE, Mark, place

WIDE, TALL = 286.0, 180.0
SIGN = 6.0
HAIR = 1e-6


def boxes(marks, labels, scale):
    """What is on a sheet `scale` times as wide: (left, top, right, bottom) of labels, then of signs."""
    found = []
    for mark, label in zip(marks, labels, strict=True):
        if label is not None:
            wide = mark.short if label.short else mark.wide
            left = mark.x * scale + label.x - (wide if label.anchor == "end" else 0)
            top = mark.y * scale + label.y - LINE / 2
            found.append((left, top, left + wide, top + LINE))
    signs = [(m.x * scale - SIGN, m.y * scale - SIGN, m.x * scale + SIGN, m.y * scale + SIGN) for m in marks]
    return found, signs


def meet(one, other):
    (a, b, c, d), (e, f, g, h) = one, other
    return a < g - HAIR and e < c - HAIR and b < h - HAIR and f < d - HAIR


@settings(max_examples=50)
@given(
    st.lists(
        st.builds(Mark, st.floats(10, 276), st.floats(10, 170), st.floats(10, 90), st.floats(10, 20)),
        max_size=12,
    )
)
def test_no_label_stands_on_another_or_on_a_place_at_any_width(marks):
    labels = place(marks, WIDE, TALL)
    for scale in (1.0, 1.37, 2.5):
        words, signs = boxes(marks, labels, scale)
        assert not [pair for pair in combinations(words, 2) if meet(*pair)]
        assert not [(word, sign) for word in words for sign in signs if meet(word, sign)]
        assert all(word[0] > -HAIR and word[2] < WIDE * scale + HAIR for word in words)


def test_a_place_alone_has_its_name_to_the_right():
    (label,) = place([Mark(100, 80, 60, 10)], WIDE, TALL)
    assert (label.y, label.anchor, label.led, label.short) == (0, "start", False, False)


def test_at_the_right_edge_the_name_stands_to_the_left():
    (label,) = place([Mark(270, 80, 60, 10)], WIDE, TALL)
    assert label.anchor == "end"


@pytest.mark.parametrize("wide", [240.0, 300.0])
def test_where_a_name_finds_no_room_its_number_stands(wide):
    labels = place([Mark(100 + 14 * n, 90, wide, 10) for n in range(4)], WIDE, TALL)
    assert any(label and label.short for label in labels)
    assert None not in labels


def test_a_label_that_stands_away_is_led_to():
    labels = place([Mark(140 + 3 * n, 90 + 2 * n, 18) for n in range(9)], WIDE, TALL)
    assert any(label and label.led for label in labels)
