"""The fold against an oracle that another hand wrote from the order of events, and the rule's own words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain import consent
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
    grants_to_json,
    needed,
    will_from_json,
    will_to_json,
)
from tests.builders import will_of
from tests.oracle_consent import EDGES, MOMENTS, allowed, histories, lives

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(days=400)
PAGE = Part("page", "page")
TEXT = Part("text", "text")
VIEW = {("public", "view"): Window()}


def _pure(parts, events):
    pure = {
        p["id"]: Part(p["id"], consent.NOTICE if p["notice"] else p["kind"], p["root"], p["added"])
        for p in parts
    }
    history = [
        Entry(
            number,
            event["party"],
            event["act"],
            frozenset(event.get("parts") or ()),
            will_of(event),
        )
        for number, event in enumerate(events, start=1)
    ]
    return pure, history


@settings(max_examples=700)
@given(histories(), st.sampled_from([*MOMENTS, *EDGES]))
def test_the_fold_says_what_the_order_of_events_says(history, moment):
    parts, events = history
    pure, entries = _pure(parts, events)
    page = next(pure[p["id"]] for p in parts if p["page"])
    for part in pure.values():
        policy = fold(part, page, pure, entries)
        for audience in consent.AUDIENCES:
            for use in consent.USES:
                said = policy.allows(audience, use, Moment.exactly(moment))
                assert said == allowed(parts, events, part.id, audience, use, moment), (part, audience, use)


@settings(max_examples=300)
@given(lives(), st.sampled_from([*MOMENTS, *EDGES]))
def test_a_childs_record_is_shown_over_the_years_as_the_order_of_events_says(life, moment):
    parts, events = life
    pure, entries = _pure(parts, events)
    for part in pure.values():
        policy = fold(part, pure["page"], pure, entries)
        for audience in consent.AUDIENCES:
            said = policy.allows(audience, "view", Moment.exactly(moment))
            assert said == allowed(parts, events, part.id, audience, "view", moment), (part, audience)


@settings(max_examples=300)
@given(histories(), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS))
def test_an_uncertain_now_never_shows_more_than_either_end_of_it(history, one, other):
    parts, events = history
    pure, entries = _pure(parts, events)
    page = next(pure[p["id"]] for p in parts if p["page"])
    between = Moment(min(one, other), max(one, other))
    for part in pure.values():
        policy = fold(part, page, pure, entries)
        if policy.allows("public", "view", between):
            assert policy.allows("public", "view", Moment.exactly(one))
            assert policy.allows("public", "view", Moment.exactly(other))


def _says(position, party, will):
    return Entry(position, party, "will", will=will)


def _needs(position, party, *parts):
    return Entry(position, party, "need", frozenset(parts or {"*"}))


def _fold(part, *entries, parts=(PAGE, TEXT)):
    return fold(part, PAGE, {p.id: p for p in (*parts, part)}, entries)


def test_nothing_said_allows_nothing():
    assert _fold(TEXT) == Policy({})


def test_the_archive_alone_opens_what_needs_nobody_else():
    policy = _fold(TEXT, _says(1, "archive", {"*": everything()}))
    assert policy.allows("public", "view", Moment.exactly(NOW))
    assert set(policy.windows) == {(a, u) for a in consent.AUDIENCES for u in consent.USES}


def test_everyone_needed_must_have_said_yes():
    entries = [_needs(1, "7"), _says(2, "archive", {"*": everything()})]
    assert not _fold(TEXT, *entries).windows
    assert _fold(TEXT, *entries, _says(3, "7", {"*": VIEW})).windows == VIEW


def test_a_withdrawal_counts_for_every_part_and_may_leave_the_notice():
    notice = Part("notice", consent.NOTICE)
    entries = [_needs(1, "7"), _says(2, "archive", {"*": everything()}), _says(3, "7", {"*": VIEW})]
    gone = _says(4, "7", {"notice": VIEW})
    parts = (PAGE, TEXT, notice)
    assert not _fold(TEXT, *entries, gone, parts=parts).windows
    assert not _fold(PAGE, *entries, gone, parts=parts).windows
    assert _fold(notice, *entries, gone, parts=parts).windows == VIEW


def test_a_blanket_yes_does_not_reach_a_part_added_later():
    late = Part("photo", "photograph", added=2)
    entries = [_says(1, "archive", {"*": everything()}), _says(2, "archive", {"*": everything()})]
    assert not _fold(late, *entries).windows
    assert _fold(late, *entries, _says(3, "archive", {"*": everything()})).windows


def test_a_copy_needs_what_its_original_needs_and_its_own_yes_where_its_kind_is_named():
    photo = Part("photo", "photograph")
    copy = Part("copy", "web_copy", root="photo", added=9)
    transcript = Part("transcript", "transcript", root="photo")
    entries = [_says(1, "archive", {"page": everything(), "photo": VIEW, "kind:transcript": {}})]
    parts = (PAGE, photo, copy, transcript)
    assert _fold(copy, *entries, parts=parts).windows == VIEW
    assert not _fold(transcript, *entries, parts=parts).windows


def test_a_derived_part_asks_for_the_parties_of_its_original():
    photo = Part("photo", "photograph")
    copy = Part("copy", "web_copy", root="photo")
    entries = [_says(1, "archive", {"*": everything()}), _needs(2, "9", "photo")]
    assert not _fold(copy, *entries, parts=(PAGE, photo, copy)).windows


def test_a_child_is_never_wider_than_its_page():
    entries = [
        _says(1, "archive", {"page": {("public", "view"): Window(NOW, FOREVER)}, "text": everything()})
    ]
    assert _fold(TEXT, *entries).windows == {("public", "view"): Window(NOW, FOREVER)}


def test_windows_meet_and_an_empty_meeting_allows_nothing():
    opens = {("public", "view"): Window(LATER, FOREVER)}
    closes = {("public", "view"): Window(BEGIN, LATER)}
    entries = [_needs(1, "7"), _says(2, "archive", {"*": opens}), _says(3, "7", {"*": closes})]
    assert not _fold(TEXT, *entries).windows


def test_a_window_is_half_open():
    window = Window(NOW, LATER)
    assert window.holds(Moment.exactly(NOW))
    assert not window.holds(Moment.exactly(LATER))
    assert not window.holds(Moment(NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)))
    assert not window.holds(Moment(NOW, LATER))
    assert window.holds(Moment(NOW, LATER - timedelta(microseconds=1)))
    assert Window(NOW, NOW).empty
    assert not window.empty


def test_releasing_everyone_from_every_part_forgets_what_was_asked_for_one():
    asked = [_needs(1, "7", "text"), Entry(2, "7", "release", frozenset({"*"}))]
    assert needed(TEXT, asked) == {"archive"}
    assert needed(TEXT, [*asked, _needs(3, "7", "text")]) == {"archive", "7"}
    some = [_needs(1, "7"), Entry(2, "7", "release", frozenset({"text"}))]
    assert needed(TEXT, some) == {"archive"}
    assert needed(PAGE, some) == {"archive", "7"}


def test_equal_policies_have_equal_hashes_and_others_do_not():
    one = Policy({("public", "view"): Window(NOW, LATER), ("research", "view"): Window()})
    other = Policy({("research", "view"): Window(), ("public", "view"): Window(NOW, LATER)})
    assert one.hash() == other.hash()
    assert one.hash() != Policy({("public", "view"): Window(NOW, FOREVER)}).hash()
    assert one.canonical() == (
        '[["public","view","2026-11-22T00:00:00+00:00","2027-12-27T00:00:00+00:00"],'
        '["research","view","1970-01-01T00:00:00+00:00","9999-01-01T00:00:00+00:00"]]'
    )


@given(histories())
def test_a_will_survives_the_ledgers_json(history):
    _, entries = _pure(*history)
    for entry in entries:
        if entry.act == "will":
            text = will_to_json(entry.will)
            assert will_from_json(text) == entry.will
            assert will_to_json(will_from_json(text)) == text


def test_what_is_chosen_is_granted_and_nothing_else():
    grants = consent.chosen(["research"], ["view", "download"], opens=NOW)
    assert grants == {("research", "view"): Window(NOW), ("research", "download"): Window(NOW)}
    assert grants_to_json({}) == "[]"
    assert everything(NOW, LATER)["public", "reuse"] == Window(NOW, LATER)
    assert Policy({}).window("public", "view") is None


def test_a_contributed_part_asks_the_people_of_the_table():
    assert consent.REQUIRED["own_testimony"] == ("contributor", "narrator")
    assert consent.REQUIRED["minor"] == ("contributor", "narrator", "guardian")
    assert consent.REQUIRED["for_another"] == ("contributor", "narrator")
    assert consent.REQUIRED["remembrance"] == ("contributor",)
    assert consent.REQUIRED["published_record"] == ()


@pytest.mark.parametrize("field", ["windows"])
def test_a_policy_cannot_be_changed(field):
    with pytest.raises(AttributeError):
        setattr(Policy(), field, {})
