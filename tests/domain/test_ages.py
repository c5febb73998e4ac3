"""Ages and years of birth that cannot both be are found, and nothing else is said of them."""

from __future__ import annotations

import pytest

from memorial.domain.ages import Said, age_of, disagreeing
from memorial.domain.dates import parse

SPRING = parse("1992-03-01")


@pytest.mark.parametrize(
    ("words", "years"),
    [("51", (51, 51)), ("a carpenter of 51", (51, 51)), ("about 60", (55, 65)), ("10–14", (10, 14)),
     ("child", None), ("born 1950", None), ("2 sons, 4 daughters", None)],
)  # fmt: skip
def test_an_age_is_read_from_its_words(words, years):
    assert age_of(words) == years


@pytest.mark.parametrize(
    ("born", "age", "on", "apart"),
    [("1937", "55", SPRING, False), ("1936", "55", SPRING, False), ("1930", "55", SPRING, True),
     ("1935", "55", SPRING, True), ("1930~", "about 55", SPRING, False), ("1930", "55", parse(""), False),
     ("", "55", SPRING, False), ("1937", "old", SPRING, False)],
)  # fmt: skip
def test_an_age_and_a_year_of_birth_agree_or_do_not(born, age, on, apart):
    said = [Said("born", parse(born)), Said("age", on, age)]
    assert disagreeing(said) == ({"born", "age"} if apart else set())


def test_two_years_of_birth_do_not_agree():
    assert disagreeing([Said("born", parse("1937")), Said("born", parse("1941"))]) == {"born"}
