"""What is spared children and the living. Everybody here is synthetic."""

from __future__ import annotations

import pytest

from memorial.domain.sparing import CHILD, LIVING, RULES, Fact, may_show, whose

SURVIVED = Fact("fate", "survived", "survived")


@pytest.mark.parametrize(
    ("facts", "who"),
    [
        ([SURVIVED], {LIVING}),
        ([Fact("fate", "x", "released")], {LIVING}),
        ([Fact("fate", "x", "found_alive")], {LIVING}),
        ([SURVIVED, Fact("fate", "killed", "killed")], set()),
        ([SURVIVED, Fact("died", "2001")], set()),
        ([Fact("fate", "missing", "missing")], set()),
        ([Fact("age", "17")], {CHILD}),
        ([Fact("age", "10–14")], {CHILD}),
        ([Fact("age", "an infant")], {CHILD}),
        ([Fact("age", "18")], set()),
        ([Fact("born", "2020")], set()),
        ([SURVIVED, Fact("age", "azyaşlı")], {LIVING, CHILD}),
    ],
)
def test_who_is_spared_is_what_sources_say(facts, who):
    assert whose(facts) == who


def test_where_not_all_is_public_a_word_that_somebody_lives_is_enough():
    both = [SURVIVED, Fact("fate", "killed", "killed")]
    assert (whose(both), whose(both, cautious=True)) == (set(), {LIVING})


@pytest.mark.parametrize(
    ("rule", "words", "shown"),
    [
        ("living_day", "3 May 1961", "1961"),
        ("living_day", "May 1961", "1961"),
        ("living_day", "1961", "1961"),
        ("living_day", "about 1961", "about 1961"),
        ("living_day", "a day in spring", "a day in spring"),
        ("living_day", "the 3rd, 1961, perhaps the 4th", "1961"),
        ("living_home", "Synthetic town, Long street 5", "Synthetic town"),
        ("living_home", "Sintetik kənd, Nizami küç.", "Sintetik kənd"),
        ("living_home", "12", None),
        ("child_day", "3.5.1984", "1984"),
        ("child_school", "School no. 1", None),
    ],
)
def test_each_rule_leaves_what_it_says(rule, words, shown):
    one = next(each for each in RULES if each.key == rule)
    assert may_show({one.whom}, one.what, words) == shown
    assert may_show(set(), one.what, words) == words


def test_the_others_are_told_whole():
    assert may_show({LIVING, CHILD}, "occupation", "teacher") == "teacher"
    assert may_show({LIVING}, "school", "School no. 1") == "School no. 1"
    assert may_show({CHILD}, "lived", "Synthetic town, Long street 5") == "Synthetic town, Long street 5"
