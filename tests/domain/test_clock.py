"""Trusted time: nothing opens early and nothing stays open late, whatever the wall clock says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.clock import LONGEST_STOP, TOLERANCE, TrustedClock, utc_now
from memorial.domain.consent import Moment, Window
from tests.conftest import Wall

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEN_YEARS = timedelta(days=3652)
BLINK = timedelta(microseconds=1)


def _clock(at=START):
    wall = Wall(at)
    return wall, TrustedClock(wall.wall, wall.monotonic)


def _restarted(wall_at, stored, distrusted=False):
    wall, clock = _clock(wall_at)
    clock.start(stored, distrusted)
    return wall, clock


def test_time_that_merely_passes_is_believed():
    wall, clock = _clock()
    for _ in range(5):
        wall.forward(MINUTE)
        assert clock.beat() == wall.at
        assert clock.moment() == Moment.exactly(wall.at)
    assert not clock.distrusted


def test_between_two_beats_the_monotonic_clock_carries_on():
    wall, clock = _clock()
    wall.forward(HOUR)
    assert clock.trusted() == START + HOUR


@pytest.mark.parametrize("jump", [TEN_YEARS, DAY, HOUR, TOLERANCE + BLINK])
def test_a_jump_forward_opens_nothing_and_closes_what_it_says(jump):
    wall, clock = _clock()
    wall.jump(jump)
    assert clock.moment() == Moment(START, START + jump)
    assert clock.beat() == START
    assert clock.distrusted
    wall.forward(MINUTE)
    assert clock.moment() == Moment(START + MINUTE, START + jump + MINUTE)


@pytest.mark.parametrize("jump", [TEN_YEARS, DAY, HOUR, TOLERANCE + BLINK])
def test_a_jump_backwards_keeps_nothing_open_and_opens_nothing(jump):
    wall, clock = _clock()
    wall.jump(-jump)
    assert clock.moment() == Moment(START - jump, START)
    assert clock.beat() == START
    assert clock.distrusted


@pytest.mark.parametrize("drift", [TOLERANCE, -TOLERANCE, timedelta(seconds=1), -timedelta(seconds=1)])
def test_a_small_correction_is_followed_at_the_next_beat(drift):
    wall, clock = _clock()
    wall.jump(drift)
    assert clock.trusted() == START
    assert clock.beat() == START + drift
    assert not clock.distrusted


def test_what_was_distrusted_stays_so_when_the_wall_clock_comes_back_by_itself():
    wall, clock = _clock()
    wall.jump(TEN_YEARS)
    clock.beat()
    wall.jump(-TEN_YEARS + MINUTE)
    assert clock.beat() == START
    assert clock.distrusted
    assert clock.moment() == Moment(START, START + MINUTE)


def test_a_person_who_confirms_makes_the_wall_clock_right():
    wall, clock = _clock()
    wall.jump(TEN_YEARS)
    clock.beat()
    clock.confirm()
    assert not clock.distrusted
    assert clock.moment() == Moment.exactly(START + TEN_YEARS)
    wall.forward(MINUTE)
    assert clock.beat() == wall.at


def test_the_first_start_believes_the_wall_clock():
    _, clock = _restarted(START, None)
    assert clock.trusted() == START
    assert not clock.distrusted
    _, clock = _restarted(START, None, distrusted=True)
    assert not clock.distrusted


@pytest.mark.parametrize("stop", [timedelta(0), HOUR, timedelta(days=30), LONGEST_STOP])
def test_a_stop_of_up_to_thirty_one_days_is_believed(stop):
    _, clock = _restarted(START + stop, START)
    assert not clock.distrusted
    assert clock.moment() == Moment.exactly(START + stop)


@pytest.mark.parametrize("stop", [LONGEST_STOP + BLINK, timedelta(days=32), TEN_YEARS])
def test_a_longer_stop_waits_for_a_person(stop):
    wall, clock = _restarted(START + stop, START)
    assert clock.distrusted
    assert clock.moment() == Moment(START, START + stop)
    wall.forward(HOUR)
    assert clock.trusted() == START + HOUR
    clock.confirm()
    assert clock.moment() == Moment.exactly(START + stop + HOUR)


def test_a_heartbeat_a_little_ahead_of_the_wall_clock_is_kept():
    _, clock = _restarted(START - TOLERANCE, START)
    assert not clock.distrusted
    assert clock.trusted() == START
    assert clock.moment() == Moment(START - TOLERANCE, START)


@pytest.mark.parametrize("back", [TOLERANCE + BLINK, DAY, TEN_YEARS])
def test_a_clock_set_back_during_a_stop_is_distrusted(back):
    _, clock = _restarted(START - back, START)
    assert clock.distrusted
    assert clock.moment() == Moment(START - back, START)


def test_distrust_outlives_a_restart():
    _, clock = _restarted(START + HOUR, START, distrusted=True)
    assert clock.distrusted
    assert clock.trusted() == START


def test_a_trusting_start_forgets_an_older_distrust_of_this_clock():
    wall, clock = _clock()
    wall.jump(DAY)
    clock.beat()
    clock.start(wall.at - HOUR)
    assert not clock.distrusted


def test_the_night_of_the_change_to_winter_time_is_a_night_like_any_other():
    """Where clocks on the wall say 02:30 twice, the archive's time goes on, because it is UTC."""
    wall, clock = _clock(datetime(2026, 10, 25, 0, 0, tzinfo=UTC))
    paris, seen = ZoneInfo("Europe/Paris"), []
    for _ in range(180):
        wall.forward(MINUTE)
        seen.append(clock.beat().astimezone(paris).strftime("%H:%M"))
        assert clock.moment() == Moment.exactly(wall.at)
    assert seen.count("02:30") == 2
    assert not clock.distrusted


def test_the_wall_clock_says_its_zone():
    assert utc_now().tzinfo is UTC


JUMPS = st.sampled_from(
    [timedelta(0), TEN_YEARS, -TEN_YEARS, DAY, -DAY, HOUR, -HOUR, 3 * MINUTE, -3 * MINUTE]
)
STEPS = st.lists(st.tuples(st.integers(0, 5000), JUMPS, st.booleans()), max_size=12)


@settings(max_examples=300)
@given(STEPS)
def test_while_running_no_setting_of_the_clock_opens_early_or_keeps_open_late(steps):
    """The true time is what the monotonic clock counts from a right start."""
    wall, clock = _clock()
    true, jumped = START, False
    for minutes, jump, beat in steps:
        wall.forward(minutes * MINUTE)
        true += minutes * MINUTE
        wall.at = true + jump
        jumped = jumped or (beat and bool(jump))
        if beat:
            assert clock.beat() == true
        moment = clock.moment()
        assert moment.low <= true <= moment.high
        assert not Window(opens=true + BLINK).holds(moment)
        assert not Window(closes=true).holds(moment)
        assert clock.distrusted == jumped


@settings(max_examples=200)
@given(st.integers(32, 4000), st.integers(0, 5000))
def test_after_a_long_stop_nothing_opens_until_someone_confirms(days, minutes):
    wall, clock = _restarted(START + days * DAY, START)
    wall.forward(minutes * MINUTE)
    moment = clock.moment()
    assert not Window(opens=START + minutes * MINUTE + BLINK).holds(moment)
    assert not Window(closes=START + days * DAY).holds(moment)


@settings(max_examples=200)
@given(st.lists(st.integers(-119, 119), min_size=1, max_size=20))
def test_small_corrections_add_up_to_no_more_than_they_are(drifts):
    wall, clock = _clock()
    for seconds in drifts:
        wall.forward(MINUTE)
        wall.jump(timedelta(seconds=seconds))
        clock.beat()
        assert clock.moment() == Moment.exactly(wall.at)
    assert not clock.distrusted
