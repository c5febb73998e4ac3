"""The one mover over real archives: what an act writes, and what no act can do. All people are synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.content import TextContent
from memorial.domain.errors import MemorialError, NotPermitted, Stale
from memorial.gate import Actor
from memorial.models import (
    AuditEntry,
    Confirmation,
    Contribution,
    Item,
    LedgerEntry,
    Message,
    Party,
    Record,
    Text,
)
from memorial.services import audit, consent, custody, desk_acts, review, withdrawal
from tests.builders import public, some_content
from tests.web.desk.people import (
    a_colleague,
    all_checks,
    an_item,
    change,
    family,
    made_ready,
    move,
)


def is_public(house, work) -> bool:
    with house.session(public(house)) as session:
        return session.get(Record, work.made.record_id) is not None


def state(house, work) -> str:
    with house.session(house.keeper()) as session:
        return session.get_one(Item, work.item_id).state


def hide(house, work) -> None:
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        withdrawal.hide(session, family(work), contribution, now=house.now())


def act(house, work, actor, verb, note="", **more):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_acts.act(session, actor, item, verb, now=house.now(), keys=house.keys, note=note, **more)


def test_a_contribution_is_published_when_everything_the_table_asks_is_there(house):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    made_ready(house, work, moderator)
    assert not is_public(house, work)
    assert move(house, work, moderator.actor, "publish").state == "done"
    assert is_public(house, work)


@pytest.mark.parametrize("left_out", ["take", "checks", "approve"])
def test_without_one_of_its_needs_nothing_is_published(house, left_out):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    move(house, work, moderator.actor, "take")
    all_checks(house, work, moderator.actor)
    move(house, work, moderator.actor, "make_ready")
    if left_out != "approve":
        move(house, work, family(work), "approve")
    if left_out == "take":
        move(house, work, moderator.actor, "release")
    if left_out == "checks":
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, work.item_id)
            desk_acts.set_checks(session, moderator.actor, item, {"minors"}, seen_revision=1, now=house.now())
    with pytest.raises(NotPermitted) as refused:
        move(house, work, moderator.actor, "publish")
    assert (
        refused.value.key == {"take": "taken", "checks": "checklist", "approve": "proof_approved"}[left_out]
    )
    assert not is_public(house, work)


def test_a_death_needs_two_different_people_and_the_same_one_twice_is_one(house):
    first, second = (
        a_colleague(house, "moderator"),
        a_colleague(house, "second_reader", name="Synthetic Second"),
    )
    work = an_item(house, "remembrance", flags=["death"])
    made_ready(house, work, first)
    assert move(house, work, first.actor, "publish").waits
    move(house, work, first.actor, "take")
    assert move(house, work, first.actor, "publish").waits
    assert not is_public(house, work)
    move(house, work, second.actor, "take")
    assert move(house, work, second.actor, "publish").state == "done"
    assert is_public(house, work)
    with house.session(house.keeper()) as session:
        published = session.scalars(select(AuditEntry).where(AuditEntry.verb == "publish")).one()
        assert (published.actor, published.second) == (second.actor.label, first.actor.label)
        assert list(audit.broken_at(session)) == []


def test_a_second_reader_alone_publishes_nothing(house):
    moderator = a_colleague(house, "moderator")
    second = a_colleague(house, "second_reader", name="Synthetic Second")
    work = an_item(house)
    made_ready(house, work, moderator)
    move(house, work, moderator.actor, "release")
    move(house, work, second.actor, "take")
    with pytest.raises(NotPermitted) as refused:
        move(house, work, second.actor, "publish")
    assert refused.value.key == "confirms_only"


def test_what_somebody_asked_for_ends_when_the_item_moves_on(house):
    first, second = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Second")
    work = an_item(house, flags=["death"])
    made_ready(house, work, first)
    move(house, work, first.actor, "publish")
    move(house, work, family(work), "ask_change", note="One synthetic word is wrong.")
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Confirmation)).all() == []
    move(house, work, second.actor, "take")
    move(house, work, second.actor, "make_ready")
    move(house, work, family(work), "approve")
    assert move(house, work, second.actor, "publish").waits


def test_changing_the_content_takes_approval_and_checks_back(house):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    made_ready(house, work, moderator)
    content = some_content("testimony")
    change(house, work, replace(content, texts=[TextContent("testimony", "Other words.", part="text")]))
    with pytest.raises(NotPermitted) as refused:
        move(house, work, moderator.actor, "publish")
    assert refused.value.key == "checklist"
    all_checks(house, work, moderator.actor)
    with pytest.raises(NotPermitted) as refused:
        move(house, work, moderator.actor, "publish")
    assert refused.value.key == "proof_approved"


def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(house):
    first, second = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Second")
    work = an_item(house)
    with house.session(house.keeper()) as session:
        seen = session.get_one(Item, work.item_id).version
    move(house, work, first.actor, "take", expected=seen)
    with pytest.raises(Stale):
        move(house, work, second.actor, "take", expected=seen)
    with pytest.raises(NotPermitted) as refused:
        move(house, work, second.actor, "take")
    assert refused.value.key == "free"


def test_who_takes_it_loses_it_after_twenty_minutes(house, clock):
    first, second = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Second")
    work = an_item(house)
    move(house, work, first.actor, "take")
    clock.forward(desk_acts.workflow.TAKEN_FOR)
    move(house, work, second.actor, "take")
    with pytest.raises(NotPermitted) as refused:
        move(house, work, first.actor, "ask", note="Who?")
    assert refused.value.key == "taken"


@pytest.mark.parametrize("order", ["hide first", "publish first"])
def test_hiding_beats_publishing_in_any_order(house, order):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    made_ready(house, work, moderator)
    if order == "hide first":
        hide(house, work)
        move(house, work, moderator.actor, "publish")
    else:
        move(house, work, moderator.actor, "publish")
        assert is_public(house, work)
        hide(house, work)
    assert not is_public(house, work)


def test_another_familys_code_moves_nothing(house):
    work, other = an_item(house), an_item(house, mark="another")
    for verb in ("approve", "take_back", "answer"):
        with pytest.raises(NotPermitted) as refused:
            move(house, work, family(other), verb, note="x")
        assert refused.value.key == "role"


def test_words_are_kept_as_ciphertext_and_the_audit_holds_a_keyed_hash_only(house):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    move(house, work, moderator.actor, "take")
    move(house, work, moderator.actor, "ask", note="A canary question?")
    with house.session(house.keeper()) as session:
        message = session.scalars(select(Message)).one()
        assert b"canary" not in message.body
        assert message.direction == "to_family"
        assert (
            custody.open_words(session, house.keys, message.contribution_id, message.body)
            == "A canary question?"
        )
        asked = session.scalars(select(AuditEntry).where(AuditEntry.verb == "ask")).one()
        assert len(asked.note_hash) == 64
        assert "canary" not in asked.details


def test_each_message_says_whose_it_is_and_an_answer_begins_another_round(house, clock):
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    move(house, work, moderator.actor, "take")
    move(house, work, moderator.actor, "ask", note="A synthetic question?")
    clock.forward(timedelta(days=1))
    answered = house.now()
    move(house, work, family(work), "answer", note="A synthetic answer.")
    move(house, work, moderator.actor, "take")
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert (item.round, item.waiting_since, item.ended_at) == (2, answered, None)
    clock.forward(timedelta(minutes=1))
    move(house, work, moderator.actor, "decline", note="A synthetic reason.")
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).ended_at == house.now()
        said = session.scalars(select(Message).order_by(Message.id)).all()
        assert [(message.direction, message.author) for message in said] == [
            ("to_family", moderator.actor.label), ("to_desk", "family"), ("to_family", moderator.actor.label),
        ]  # fmt: skip
        assert said[1].at == answered


def test_what_is_due_is_due_some_days_from_now():
    evening = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    assert [review.due_on(evening), review.due_on(evening, 0)] == [date(2026, 12, 3), date(2026, 11, 28)]


def test_an_unapproved_form_holds_publication_until_somebody_has_gone_through_it(house):
    from memorial.models import ConsentForm

    moderator, work = a_colleague(house, "moderator"), an_item(house)
    with house.writing(house.keeper()) as session:
        form = ConsentForm(name="synthetic", version=1, language="en", text="A synthetic form.", sha256="x")
        session.add(form)
        session.flush()
        party = consent.party_of(session, "contributor", work.made.contribution_id)
        will = {rules.EVERY_PART: rules.chosen(["public"], ["view"])}
        said = consent.Said(party, "will", will, form_id=form.id)
        consent.append(
            session, session.get_one(Record, work.made.record_id), said, by=family(work), at=house.now()
        )
    made_ready(house, work, moderator)
    with pytest.raises(NotPermitted) as refused:
        move(house, work, moderator.actor, "publish")
    assert refused.value.key == "form_approved"
    with pytest.raises(NotPermitted) as refused:
        act(house, work, moderator.actor, "go_through_form")
    assert refused.value.key == "note"
    act(house, work, moderator.actor, "go_through_form", "By telephone, a synthetic call.")
    assert move(house, work, moderator.actor, "publish").state == "done"


def test_erasure_waits_and_takes_two_people_who_proved_their_presence(house, clock):
    moderator = a_colleague(house, "moderator")
    second = a_colleague(house, "second_reader", name="Synthetic Second")
    work = an_item(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        item = withdrawal.ask_erasure(session, family(work), contribution, now=house.now())
        erasure = replace(work, public_id=item.public_id, item_id=item.id)
    present = [replace(actor, stepped_up=True) for actor in (moderator.actor, second.actor)]
    move(house, erasure, present[0], "take")
    with pytest.raises(NotPermitted) as refused:
        move(house, erasure, present[0], "erase")
    assert refused.value.key == "waited"
    clock.forward(desk_acts.workflow.ERASURE_WAITS)
    with pytest.raises(NotPermitted) as refused:
        move(house, erasure, moderator.actor, "erase")
    assert refused.value.key == "stepped_up"
    assert move(house, erasure, present[0], "erase").waits
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Text)).all()
    assert move(house, erasure, present[1], "erase").state == "done"
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Text)).all() == []
        assert list(audit.broken_at(session)) == []


# -- sequences ------------------------------------------------------------------------------

ACTS = st.lists(
    st.sampled_from(
        [
            "take", "release", "checks", "make_ready", "ask", "reopen", "publish", "decline", "return",
            "hold", "lift_hold", "note", "pass_on",
            "family:approve", "family:answer", "family:ask_change", "family:hide", "family:take_back",
        ]
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25)
@given(acts=ACTS)
def test_no_sequence_of_acts_shows_what_its_family_has_not_allowed(house, acts):
    moderator = a_moderator(house)
    work = an_item(house)
    hidden, approved = False, False
    for name in acts:
        who, _, verb = name.rpartition(":")
        try:
            if verb == "hide":
                hide(house, work)
            elif verb == "checks":
                all_checks(house, work, moderator)
            elif who:
                move(house, work, family(work), verb, note="Synthetic words.")
            else:
                act(house, work, moderator, verb, "Synthetic words.")
        except MemorialError:
            continue
        hidden = hidden or verb in ("hide", "take_back")
        approved = approved or verb == "approve"
        assert not (is_public(house, work) and (hidden or not approved))
    with house.session(house.keeper()) as session:
        party_says = (
            select(LedgerEntry.recorded_by)
            .join(Party, Party.id == LedgerEntry.party_id)
            .where(Party.kind != rules.ARCHIVE, LedgerEntry.record_id == work.made.record_id)
        )
        assert not [by for by in session.scalars(party_says) if by.startswith("account:")]
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def a_moderator(house) -> Actor:
    """One account for all the examples of a property: its number must be a real one."""
    from memorial.models import Account

    with house.session(house.keeper()) as session:
        found = session.scalars(select(Account.id)).first()
    number = found or a_colleague(house, "moderator").account_id
    return Actor(f"account:{number}", frozenset({"moderator"}), number)
