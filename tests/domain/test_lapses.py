"""A yes that ends by itself: when a child is grown, and after the years that a family chose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain import lapses
from memorial.domain.consent import (
    BEGIN,
    FOREVER,
    Entry,
    Moment,
    Part,
    Policy,
    Window,
    everything,
    fold,
    is_narrower,
)
from memorial.domain.dates import from_words, parse
from memorial.domain.views import When

VIEW = {("public", "view"): Window()}
BIRTHDAY = date(2028, 5, 3)
BEGINS = datetime(2028, 5, 2, 10, tzinfo=UTC)  # where that day begins first
SECOND = timedelta(seconds=1)


def at(moment):
    return Moment.exactly(moment)


def test_a_child_is_grown_on_its_eighteenth_birthday():
    assert lapses.majority_day(parse("2010-05-03")) == BIRTHDAY


@pytest.mark.parametrize(("edtf", "day"), [("2010", date(2028, 1, 1)), ("2010-05", date(2028, 5, 1)),
                                       ("2010/2012", date(2028, 1, 1)), ("2012-02-29", date(2030, 2, 28))])  # fmt: skip
def test_an_uncertain_birth_counts_from_its_earliest_day(edtf, day):
    assert lapses.majority_day(parse(edtf)) == day


@pytest.mark.parametrize("edtf", ["2010~", "2010-05?", "2010%", "", "XXXX-05-03"])
def test_who_was_born_about_or_perhaps_then_has_no_day_and_must_be_asked_about(edtf):
    assert lapses.majority_day(parse(edtf)) is None
    assert lapses.majority_day(from_words("when it was cold", "en")) is None
    assert lapses.majority_day(When()) is None


def test_a_guardians_yes_ends_where_the_birthday_begins_first():
    grants = lapses.guardian_grants(VIEW, BIRTHDAY)
    policy = Policy(grants)
    assert policy.allows("public", "view", at(BEGINS - SECOND))
    assert not policy.allows("public", "view", at(BEGINS))
    assert grants == {("public", "view"): Window(BEGIN, BEGINS)}


def test_without_a_day_a_guardians_yes_allows_nothing():
    assert lapses.guardian_grants(VIEW, None) == {}
    assert lapses.will_until_majority({"*": VIEW, "page": {}}, None) == {"*": {}, "page": {}}


def test_a_lapse_never_lengthens_a_shorter_yes_and_drops_what_would_open_too_late():
    shorter = {("public", "view"): Window(closes=BEGINS - SECOND)}
    later = {("public", "view"): Window(opens=BEGINS)}
    assert lapses.guardian_grants(shorter, BIRTHDAY) == shorter
    assert lapses.guardian_grants(later, BIRTHDAY) == {}
    assert lapses.will_until({"*": shorter, "text": later}, BIRTHDAY) == {"*": shorter, "text": {}}


@pytest.mark.parametrize(
    ("agreed", "years", "day"),
    [
        (date(2026, 11, 22), 5, date(2031, 11, 22)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(9998, 1, 1), 10, date.max),
    ],
)
def test_a_family_is_asked_again_on_the_same_day_so_many_years_later(agreed, years, day):
    assert lapses.asked_again_on(agreed, years) == day


def test_the_years_that_can_be_chosen():
    assert lapses.YEARS == (5, 10, 25)


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)), st.sampled_from([BEGINS, BEGIN, FOREVER]))
def test_whatever_the_day_a_lapse_only_ever_narrows(day, closes):
    grants = {key: Window(BEGIN, closes) for key in everything()}
    narrowed = Policy(lapses.until(grants, day))
    assert is_narrower(narrowed, Policy(grants))
    assert not any(window.closes > lapses.ends(day) for window in narrowed.windows.values())


def test_from_majority_on_the_grown_childs_own_yes_is_needed_and_the_guardian_can_be_let_go():
    page = Part("page", "page")
    child = lapses.will_until_majority({"*": VIEW}, BIRTHDAY)
    history = [
        Entry(1, "narrator", "need", frozenset({"*"})),
        Entry(2, "guardian", "need", frozenset({"*"})),
        Entry(3, "archive", "will", will={"*": everything()}),
        Entry(4, "narrator", "will", will=child),
        Entry(5, "guardian", "will", will=child),
    ]

    def shown(*more):
        policy = fold(page, page, {"page": page}, [*history, *more])
        return policy.allows("public", "view", at(BEGINS - SECOND)), policy.allows(
            "public", "view", at(BEGINS)
        )

    grown = Entry(6, "narrator", "will", will={"*": VIEW})
    released = Entry(7, "guardian", "release", frozenset({"*"}))
    assert shown() == (True, False)
    assert shown(grown) == (True, False)
    assert shown(Entry(6, "guardian", "release", frozenset({"*"}))) == (True, False)
    assert shown(grown, released) == (True, True)


def test_the_first_end_is_the_next_one_that_is_still_to_come():
    soon, late = BEGINS, BEGINS + timedelta(days=400)
    will = {
        "*": {("public", "view"): Window(closes=late)},
        "text": {("research", "view"): Window(closes=soon)},
    }
    assert lapses.first_end(will, soon - SECOND) == soon
    assert lapses.first_end(will, soon) == late
    assert lapses.first_end(will, late) is None
    assert lapses.first_end({"*": VIEW, "name": {}}, BEGIN) is None
