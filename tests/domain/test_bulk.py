"""Which acts are done in bulk: the whole table of kind, state and verb, written down a second time."""

from __future__ import annotations

import itertools

import pytest

from memorial.domain import bulk, workflow
from memorial.domain.workflow import IN_REVIEW, KINDS, SUBMITTED, VERBS, step_for

# Widening what is done in bulk is a decision: it is made here as well.
OFFERED = {
    *((kind, SUBMITTED, "take") for kind in KINDS),
    *((kind, IN_REVIEW, "return") for kind in KINDS),
    *(("import", state, verb) for state in (SUBMITTED, IN_REVIEW) for verb in ("decline", "publish")),
    *(("amendment", state, "decline") for state in (SUBMITTED, IN_REVIEW)),
    *((kind, state, verb) for kind in ("promise", "job", "fixity") for state in (SUBMITTED, IN_REVIEW)
      for verb in ("decline", "close")),
}  # fmt: skip
NEEDS_TWO = {("import", state, "publish") for state in (SUBMITTED, IN_REVIEW)}
EVERYTHING = list(itertools.product(KINDS, workflow.STATES, VERBS))


def offered(*, two_people: bool) -> set[tuple[str, str, str]]:
    return {
        (kind, state, verb)
        for kind, state, verb in EVERYTHING
        if not bulk.why_not(kind, state, verb, two_people=two_people)
    }


def test_what_is_offered_is_what_is_written_down_here():
    assert offered(two_people=False) == OFFERED


def test_what_needs_two_people_is_never_offered():
    assert offered(two_people=True) == OFFERED - NEEDS_TWO
    for kind, state, verb in NEEDS_TWO:
        assert bulk.why_not(kind, state, verb, two_people=True) == "two_people"
    assert not {verb for _, _, verb in OFFERED} & workflow.ALWAYS_TWO


def test_nobody_outside_is_told_anything_in_bulk():
    for kind, state, verb in OFFERED:
        for each in bulk.route(state, verb):
            step = step_for(kind, state, each)
            assert step is not None
            assert "tell_family" not in step.then
            state = step.to
    assert bulk.why_not("contribution", IN_REVIEW, "decline", two_people=False) == "told"


@pytest.mark.parametrize("row", sorted(OFFERED), ids="-".join)
def test_every_act_has_a_way_back_that_ends_where_it_began(row):
    kind, before, verb = row
    state = before
    for each in (*bulk.route(before, verb), *bulk.way_back(verb, before)):
        step = step_for(kind, state, each)
        assert step is not None, (state, each)
        state = step.to
    assert state == before


@pytest.mark.parametrize(
    ("state", "verb", "mine", "steps"),
    [
        (SUBMITTED, "take", False, ("take",)),
        (SUBMITTED, "decline", False, ("take", "decline")),
        (SUBMITTED, "decline", True, ("take", "decline")),
        (IN_REVIEW, "decline", False, ("take", "decline")),
        (IN_REVIEW, "decline", True, ("decline",)),
    ],
)
def test_an_item_is_taken_before_it_is_decided_unless_it_is_taken_already(state, verb, mine, steps):
    assert bulk.route(state, verb, mine) == steps
    assert mine or bulk.route(state, verb) == steps


def test_the_lists_of_verbs_and_kinds_follow_from_the_table():
    assert set(bulk.offered()) == {verb for _, _, verb in OFFERED}
    assert set(bulk.offered("renewal")) == {"take", "return"}
    assert set(bulk.kinds_for("close")) == {"promise", "job", "fixity"}
    assert (set(bulk.kinds_for("take")), set(bulk.kinds_for("publish"))) == (set(KINDS), {"import"})
    assert bulk.why_not("import", SUBMITTED, "note", two_people=False) == "no_way_back"
