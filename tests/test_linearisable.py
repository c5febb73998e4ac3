"""The checker of the trial of many moderators is itself tried: a sound history, and the same with one thing wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.trial.item_model import Deed, Item, Page
from tests.trial.linearisable import Event, Row, chain_faults, check

ADA, BEK, FAMILY = "account:1", "account:2", "family:x"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROLES = {ADA: frozenset({"moderator"}), BEK: frozenset({"second_reader"}), FAMILY: frozenset({"family"})}
START = Page("r", {"i": Item("submitted", 1, checks=frozenset({"minors"}))})
History = tuple[list[Event], list[Row]]


def an_event(
    number: int, actor: str, verb: str, outcome: str = "done", *, until: float | None = None, **more
) -> Event:
    """It begins at `number` seconds and ends half a second later, or at `until`."""
    about = {name: more.pop(name) for name in ("expected", "ticks") if name in more}
    item = "" if verb in ("hide", "show_again") else more.pop("item", "i")
    deed = Deed(actor, ROLES[actor], verb, item, NOON + timedelta(seconds=number), **about)
    return Event(deed, number, number + 0.5 if until is None else until, outcome, **more)


def a_row(
    number: int, event: Event, before: str = "", after: str = "", verb: str = "", thing: str = "item:i"
) -> Row:
    deed = event.deed
    return Row(number, deed.at.isoformat(), deed.actor, "", verb or deed.verb, thing, before, after,
               f"hash{number - 1}", f"hash{number}")  # fmt: skip


def sound() -> History:
    """Taken, checked, shown to the family and approved, published, hidden; somebody looks, two come too late."""
    took = an_event(1, ADA, "take", expected=1, state="in_review", version=2)
    late = an_event(1, BEK, "take", "stale", until=3, expected=1)
    held = an_event(2, BEK, "take", "refused", expected=2, reason="free")
    ticked = an_event(3, ADA, "check", state="in_review", version=2, ticks=frozenset({"minors"}))
    again = an_event(4, ADA, "check", state="in_review", version=2, ticks=frozenset({"minors"}))
    ready = an_event(5, ADA, "make_ready", expected=2, state="ready", version=3)
    approved = an_event(6, FAMILY, "approve", state="ready", version=4)
    passed = an_event(7, BEK, "pass_on", expected=4, state="ready", version=5)
    out = an_event(8, ADA, "publish", until=9.5, expected=5, state="done", version=6)
    hid = an_event(9, FAMILY, "hide", until=9.8)
    looks = [an_event(n, BEK, "look", "saw", state=state, version=version, public=public, until=until)
             for n, until, state, version, public in (
                 (0, 0.9, "submitted", 1, False), (8.1, 9.7, "done", 6, True), (10, 11, "done", 6, False))]  # fmt: skip
    events = [took, late, held, ticked, again, ready, approved, passed, out, hid, *looks]
    rows = [
        a_row(1, took, "submitted", "in_review"),
        a_row(2, ticked),
        a_row(3, ready, "in_review", "ready"),
        a_row(4, approved, "ready", "ready"),
        a_row(5, out, "ready", "done"),
        a_row(6, hid, thing="record:r"),
    ]
    return events, rows


def swapped(history: History, first: int, second: int) -> History:
    """The chain has two of them the other way round."""
    events, rows = history
    rows[first], rows[second] = replace(rows[second], id=rows[first].id), replace(rows[first], id=rows[second].id)  # fmt: skip
    return events, rows


def changed(history: History, place: int, **values) -> History:
    history[0][place] = replace(history[0][place], **values)
    return history


def done_by(history: History, place: int, **values) -> History:
    history[0][place] = replace(history[0][place], deed=replace(history[0][place].deed, **values))
    return history


def without(history: History, event: int | None = None, row: int | None = None) -> History:
    return (
        [each for place, each in enumerate(history[0]) if place != event],
        [each for place, each in enumerate(history[1]) if place != row],
    )


def test_a_sound_history_has_no_fault_and_its_chain_none_either():
    events, rows = sound()
    assert check(START, events, rows) == []
    assert chain_faults(rows) == []


def test_two_that_overlapped_may_stand_either_way_round():
    assert check(START, *swapped(sound(), 4, 5)) != []  # the look at 8.1 saw it published: hidden came later
    events, rows = swapped(sound(), 4, 5)
    assert check(START, [each for each in events if each.invoked != 8.1], rows) == []


WRONG: dict[str, tuple[Callable[[], History], str]] = {
    "an act that was acknowledged is lost": (lambda: without(sound(), row=0), "the audit has []"),
    "the last act is lost": (lambda: without(sound(), row=5), "hide of the page"),
    "a line that nobody wrote": (lambda: without(sound(), event=6), "nobody did it"),
    "one act twice": (lambda: (sound()[0], [*sound()[1], replace(sound()[1][3], id=7)]), "the audit has"),
    "two in an order that the workflow has not": (lambda: swapped(sound(), 2, 3), "no_such_step"),
    "two that did not overlap, the other way round": (lambda: swapped(sound(), 0, 1), "had ended before"),
    "two acts told the same version": (lambda: changed(sound(), 8, version=5), "was told"),
    "one told another state": (lambda: changed(sound(), 5, state="done"), "was told"),
    "an act on an older version": (lambda: done_by(sound(), 5, expected=1), "was done on version 1"),
    "a silent act is lost": (lambda: without(sound(), event=7), "came of it"),
    "published by somebody who did not have it": (lambda: done_by(sound(), 0, actor=BEK), "nobody did it"),
    "refused without a reason": (lambda: changed(sound(), 2, reason="taken"), "true at no moment"),
    "called stale long before": (lambda: changed(sound(), 1, invoked=0.1, returned=0.4), "true at no moment"),
    "seen by visitors after it was hidden": (lambda: changed(sound(), 12, public=True), "true at no moment"),
    "seen in a state it had no more": (
        lambda: changed(sound(), 12, state="ready", version=5),
        "true at no moment",
    ),
    "a check that changed something and left no line": (lambda: without(sound(), row=1), "checklist"),
    "a wait that was none": (lambda: changed(sound(), 8, outcome="waits"), "“waits”"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_history_with_one_thing_wrong_is_found(name: str):
    make, words = WRONG[name]
    faults = check(START, *make())
    assert any(words in fault for fault in faults), faults


def test_of_two_looks_one_after_the_other_the_second_does_not_see_what_was_before():
    events, rows = sound()
    # While the publication is under way both states may be seen, but not the later one first.
    shown = an_event(8, BEK, "look", "saw", until=8.4, state="done", version=6, public=True)
    hidden = an_event(8.5, BEK, "look", "saw", until=8.9, state="ready", version=5, public=False)
    assert any("true at no moment" in fault for fault in check(START, [*events, shown, hidden], rows))
    shown, hidden = replace(shown, invoked=8.5, returned=8.9), replace(hidden, invoked=8, returned=8.4)
    assert check(START, [*events, shown, hidden], rows) == []


def test_a_death_waits_for_a_second_person_who_is_named_in_the_audit():
    item = Item("ready", 1, flags=frozenset({"death"}), approved=True, taken_by=ADA, taken_until=NOON + timedelta(hours=1))  # fmt: skip
    start = Page("r", {"i": item})
    asked = an_event(1, ADA, "publish", "waits", expected=1, state="ready", version=2)
    again = an_event(2, ADA, "publish", "refused", expected=2, reason="taken")
    took = an_event(3, BEK, "take", state="ready", version=3)
    out = an_event(4, BEK, "publish", state="done", version=4)
    rows = [
        a_row(1, asked, "ready", "ready", "asked_publish"),
        a_row(2, took, "ready", "ready"),
        replace(a_row(3, out, "ready", "done"), second=ADA),
    ]
    assert check(start, [asked, again, took, out], rows) == []
    assert check(start, [asked, again, took, out], [*rows[:2], replace(rows[2], second="")]) != []
    assert check(start, [took, out], rows[1:]) != []  # a second reader alone publishes nothing


def test_a_hold_that_ended_while_somebody_wrote_is_theirs_until_somebody_else_takes_it():
    start = Page("r", {"i": Item("submitted", 1)}, lock=timedelta(seconds=5))
    took = an_event(1, ADA, "take", expected=1, state="in_review", version=2)
    late = an_event(10, ADA, "ask", expected=2, state="question", version=3)
    rows = [a_row(1, took, "submitted", "in_review"), a_row(2, late, "in_review", "question")]
    assert check(start, [took, late], rows) == []
    other = an_event(8, BEK, "take", expected=2, state="in_review", version=3)
    too_late = replace(late, deed=replace(late.deed, expected=3), version=4)
    between = [
        rows[0],
        a_row(2, other, "in_review", "in_review"),
        a_row(3, too_late, "in_review", "question"),
    ]
    assert any("refused: taken" in fault for fault in check(start, [took, other, too_late], between))


def test_a_lost_row_in_the_middle_breaks_the_chain():
    _, rows = sound()
    assert chain_faults([*rows[:2], *rows[3:]]) == ["audit 4: does not follow 2"]
    assert chain_faults([rows[0], replace(rows[1], prev_hash="other"), *rows[2:]]) == ["audit 2: does not follow 1"]  # fmt: skip
