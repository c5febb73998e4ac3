"""The workflow table: every row can be reached, every refusal has its reason, no sequence walks around it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memorial.domain import workflow
from memorial.domain.workflow import FAMILY, KINDS, ROLES, STEPS, Facts, Step, judge, step_for, steps_from
from memorial.services.review import EFFECTS

# Facts under which every need of the table is met.
ALL_MET = Facts(
    taken_by_me=True,
    has_note=True,
    checks_done=frozenset(workflow.CHECKLIST),
    checks_wanted=frozenset(workflow.CHECKLIST),
    proof_approved=True,
    two_people=True,
    confirmed_by_other=True,
    waited=True,
    stepped_up=True,
    refusal_ground=True,
    others_told=True,
    matched=True,
    reads_until=True,
)
# What takes each need away again.
UNMET = {
    "free": {"taken_by_other": True},
    "taken": {"taken_by_me": False},
    "note": {"has_note": False},
    "said_enough": {"said_enough": False},
    "kept": {"kept": False},
    "checklist": {"checks_done": frozenset(workflow.CHECKLIST[1:])},
    "proof_approved": {"proof_approved": False},
    "form_approved": {"form_approved": False},
    "other_person": {"confirmed_by_other": False},
    "waited": {"waited": False},
    "no_legal_hold": {"legal_hold": True},
    "stepped_up": {"stepped_up": False},
    "refusal_ground": {"refusal_ground": False},
    "others_told": {"others_told": False},
    "matched": {"matched": False},
    "reads_until": {"reads_until": False},
}
BEGINS = {kind: {"draft"} for kind in ("contribution", "revision", "tribute", "report", "take_down")}
READ_AGAIN = {
    "import": {"reopen", "unpublish"}, "duplicate": {"reopen", "undo_same"}, "promise": {"reopen"}, "job": {"reopen"},
    "fixity": {"reopen"}, "amendment": {"reopen"},
}  # fmt: skip
ROWS = [(kind, step) for step in STEPS for kind in step.kinds]


def named(row: tuple[str, Step]) -> str:
    kind, step = row
    return f"{kind}-{step.source}-{step.verb}"


def reachable(kind: str) -> set[str]:
    """The states an item of this kind can come to from where it begins."""
    known = BEGINS.get(kind, {"submitted"})
    while True:
        more = {step.to for state in known for step in steps_from(kind, state)} - known
        if not more:
            return known
        known = known | more


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_every_row_can_be_reached_and_taken_by_each_of_its_roles(row: tuple[str, Step]) -> None:
    kind, step = row
    assert step.source in reachable(kind)
    assert step_for(kind, step.source, step.verb) is step
    for role in step.who:
        assert judge(step, {role, "specialist"} if role != FAMILY else {role}, ALL_MET)


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_every_need_refuses_with_its_own_name(row: tuple[str, Step]) -> None:
    _, step = row
    for need in step.needs:
        assert judge(step, step.who, replace(ALL_MET, **UNMET[need])).reason == need


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_nobody_without_the_role_takes_a_row(row: tuple[str, Step]) -> None:
    _, step = row
    others = {FAMILY, workflow.COMMAND, workflow.SYSTEM, *ROLES} - set(step.who) - set(workflow.CONFIRMS)
    assert judge(step, others, ALL_MET).reason == "role"
    assert judge(step, (), ALL_MET).reason == "role"


def test_no_kind_state_and_verb_has_two_rows() -> None:
    keys = [(kind, step.source, step.verb) for kind, step in ROWS]
    assert len(keys) == len(set(keys))


def test_every_kind_can_come_to_an_end() -> None:
    for kind in KINDS:
        assert reachable(kind) & set(workflow.ENDED_STATES), kind
        # Whoever said something about a page may always say more. Beyond that the desk alone reads its own work again.
        again = {step.verb for state in workflow.ENDED_STATES for step in steps_from(kind, state)}
        assert again == READ_AGAIN.get(kind, {"answer"} if kind in workflow.ASKED_FOR else set()), kind


def test_every_need_and_every_consequence_is_known() -> None:
    assert {need for step in STEPS for need in step.needs} == UNMET.keys()
    assert {effect for step in STEPS for effect in step.then} <= EFFECTS.keys()
    assert {kind for step in STEPS for kind in step.kinds} == KINDS.keys()
    assert {step.source for step in STEPS} | {step.to for step in STEPS} <= set(workflow.STATES)


def test_an_act_that_is_not_in_the_table_is_refused() -> None:
    assert judge(step_for("contribution", "draft", "publish"), ROLES, ALL_MET).reason == "no_such_step"
    assert judge(step_for("job", "in_review", "publish"), ROLES, ALL_MET).reason == "no_such_step"


@pytest.mark.parametrize("verb", ["publish", "erase", "refuse", "new_code"])
def test_a_second_reader_confirms_and_begins_nothing(verb: str) -> None:
    for kind, step in ROWS:
        if step.verb != verb or workflow.COMMAND in step.who:
            continue
        assert judge(step, {"second_reader"}, ALL_MET), kind
        alone = replace(ALL_MET, confirmed_by_other=False, two_people=False)
        assert judge(step, {"second_reader"}, alone).reason == "confirms_only"


def test_who_stepped_back_takes_no_row_of_the_desk_and_may_still_be_family() -> None:
    recused = replace(ALL_MET, recused=True)
    for _, step in ROWS:
        expected = "" if step.who in ((FAMILY,), (workflow.COMMAND,), (workflow.SYSTEM,)) else "recused"
        assert judge(step, step.who, recused).reason == expected


def test_accounts_of_sexual_violence_and_of_children_are_for_those_trained_for_them() -> None:
    facts = replace(ALL_MET, needs_specialist=True)
    publish = step_for("contribution", "ready", "publish")
    assert judge(publish, {"moderator", "editor", "admin"}, facts).reason == "specialist"
    assert judge(publish, {"specialist"}, facts)
    assert judge(publish, {"second_reader"}, facts).reason == "specialist"
    assert set(workflow.FOR_SPECIALISTS) == {"sexual_violence", "minor"}


def test_only_what_another_person_has_not_asked_for_waits_for_one() -> None:
    publish = step_for("contribution", "ready", "publish")
    for need in publish.needs:
        verdict = judge(publish, {"moderator"}, replace(ALL_MET, **UNMET[need]))
        assert workflow.second_person_wanted(verdict) is (need == "other_person")


def test_publishing_needs_all_that_the_design_asks() -> None:
    for kind in ("contribution", "revision", "tribute"):
        needs = set(step_for(kind, "ready", "publish").needs)
        assert needs == {"taken", "checklist", "proof_approved", "form_approved", "other_person"}
    assert "archive_yes" in step_for("contribution", "ready", "publish").then
    says_yes = {step.verb for step in STEPS if "archive_yes" in step.then}
    assert says_yes == {"publish"}


def test_an_act_waits_for_a_second_person_only_once_nothing_else_is_missing() -> None:
    assert {
        step.needs.index("other_person") - len(step.needs) for step in STEPS if "other_person" in step.needs
    } == {-1}


def test_only_the_family_says_its_own_will() -> None:
    for step in STEPS:
        if {"record_will", "approve_proof", "withdraw"} & set(step.then):
            assert step.who == (FAMILY,)


def test_a_sealed_item_is_read_by_the_consent_officer_alone() -> None:
    facts = replace(ALL_MET, sealed=True)
    publish = step_for("contribution", "ready", "publish")
    verdict = judge(publish, {"moderator", "specialist", "editor", "admin"}, facts)
    assert (verdict.ok, verdict.reason) == (False, "sealed")
    assert workflow.barred({"consent_officer"}, facts) is None
    assert workflow.barred({"moderator", "consent_officer"}, facts) is None


def test_a_person_has_decided_once_the_item_left_the_queue_for_good() -> None:
    decided = {step.verb for step in STEPS if workflow.decided_by_the_desk(step)}
    assert decided == {
        "ask",
        "make_ready",
        "publish",
        "close",
        "decline",
        "erase",
        "refuse",
        "new_code",
        "give_answer",
        "approve_reader",
        "same",
        "different",
        "cannot_tell",
    }
    for step in STEPS:
        others = {FAMILY, workflow.COMMAND, workflow.SYSTEM} & set(step.who)
        stays = step.verb in ("take", "release", "return", "reply", "reopen", "unpublish", "undo_same")
        assert workflow.decided_by_the_desk(step) is not (bool(others) or stays)


def test_an_item_is_locked_for_twenty_minutes_and_erasure_waits_fourteen_days() -> None:
    assert timedelta(minutes=20) == workflow.TAKEN_FOR
    assert timedelta(days=14) == workflow.ERASURE_WAITS


ENDINGS = {"publish", "close", "same", "give_answer", "erase", "new_code", "renew", "approve_reader"}
VERBS = st.sampled_from(workflow.VERBS)
ACTORS = st.sampled_from([FAMILY, workflow.COMMAND, workflow.SYSTEM, *ROLES])
FACTS = st.builds(
    Facts,
    **{f.name: st.booleans() for f in fields(Facts) if f.name not in ("checks_done", "checks_wanted")},
    checks_done=st.sampled_from([frozenset(), frozenset(workflow.CHECKLIST)]),
    checks_wanted=st.just(frozenset(workflow.CHECKLIST)),
)


@settings(max_examples=400)
@given(st.sampled_from(list(KINDS)), st.lists(st.tuples(VERBS, ACTORS, FACTS), max_size=30))
@example("duplicate", [("take", "moderator", ALL_MET), ("same", "moderator", ALL_MET)])
@example("promise", [("take", "editor", ALL_MET), ("give_answer", "editor", ALL_MET)])
def test_no_sequence_of_acts_reaches_done_but_by_a_decision_with_all_its_needs(
    kind: str, acts: list[tuple[str, str, Facts]]
) -> None:
    state = sorted(BEGINS.get(kind, {"submitted"}))[0]
    for verb, role, facts in acts:
        step = step_for(kind, state, verb)
        verdict = judge(step, {role}, facts)
        if not verdict:
            assert verdict.reason
            continue
        assert role in step.who or role in workflow.CONFIRMS
        if step.to == workflow.DONE:
            assert step.verb in ENDINGS
            assert not facts.two_people or "other_person" not in step.needs or facts.confirmed_by_other
        if step.verb == "publish" and kind != "import":
            assert facts.proof_approved
            assert facts.checks_done == facts.checks_wanted
            assert facts.taken_by_me
        if step.verb == "erase":
            assert facts.waited
            assert facts.stepped_up
            assert not facts.legal_hold
        state = step.to
