"""Positions in words."""

import pytest

from memorial.domain.positions import Position, position


@pytest.mark.parametrize(
    ("words", "read", "metres"),
    [
        ("39.91, 46.79", Position(39.91, 46.79, 2), 1_000),
        ("39.8, 46.70", Position(39.8, 46.7, 2), 1_000),
        ("-2.98; 104.76", Position(-2.98, 104.76, 2), 1_000),
        ("40, 47", Position(40, 47, 0), 100_000),
        ("39.912345678, 46.7", Position(39.912345678, 46.7, 9), 1),
    ],
)
def test_two_numbers_are_a_position_as_fine_as_they_are_written(words, read, metres):
    assert position(words) == read
    assert position(words).metres == metres


@pytest.mark.parametrize("words", ["", "near the river", "91, 0", "0, 181", "39.91", "1, 2, 3"])
def test_other_words_stay_words(words):
    assert position(words) is None


def test_nought_by_nought_is_nothing():
    assert position("0.0, 0.0").is_nothing
    assert not position("0.0, 6.7").is_nothing
