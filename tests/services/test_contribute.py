"""Contributing through the services: drafts, sending, what is allowed, changing, hiding. People are synthetic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial.domain import consent as rules
from memorial.domain import fates, workflow
from memorial.domain.errors import NotPermitted, Stale
from memorial.gate import Actor, Reader, shown
from memorial.models import (
    ConsentForm,
    Contribution,
    Item,
    ItemCheck,
    LedgerEntry,
    Party,
    PersonName,
    Record,
    Revision,
    Text,
)
from memorial.services import audit, codes, consent, contribute, custody, family, review, tasks
from memorial.services import contribution_content as content
from memorial.services.sending import Sending
from tests.builders import public

TOLD = {
    "task": "testimony",
    "words": "Synthetic words, told by nobody.",
    "stood": "survivor",
    "your_name": "Synthetic Real Name",
    "name_shown": "full",
    "audience": "everyone",
    "keep": "yes",
    "show": "yes",
}
REMEMBERED = {
    "task": "remembrance",
    "person": "Synthetic Person",
    "spellings": "Sintetik Şəxs\nСинтетический Человек",
    "born": "about 1950",
    "fate": "died",
    "known": "A neighbour told us.",
    "life": "A synthetic life.",
    "audience": "everyone",
    "keep": "yes",
    "show": "yes",
}


def begun(house, answers, language="en"):
    """A draft that holds these answers; returns the contribution's id and its printed code."""
    with house.writing(house.keeper()) as session:
        made = contribute.begin(
            session, house.keys, codes.issue(house.keys), answers["task"], language, now=house.now()
        )
        draft = contribute.read(house.keys, made.contribution)
        draft.answers.update(answers)
        contribute.keep(session, house.keys, made.contribution, draft, now=house.now())
        return made.contribution.id, made.code.printed


def sent(house, contribution_id, send_key="key-1", language="en", note="", **answers):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        if answers:
            draft = contribute.read(house.keys, contribution)
            draft.answers.update(answers)
            contribute.keep(session, house.keys, contribution, draft, now=house.now())
        return tasks.send(
            session, house.keys, contribution, Sending(send_key, language, note), now=house.now()
        ).id


def published(house, contribution_id, *, approve=True):
    """What the desk and the family do until it stands; the desk is a synthetic moderator."""
    desk = Actor("account:1", frozenset({"moderator", "specialist"}), account_id=1)
    _an_account(house)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        for verb in ("take", "make_ready"):
            _checked(session, item)
            review.advance(session, desk, item, verb, now=house.now(), keys=house.keys)
    if approve:
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, contribution_id)
            item = contribute.item_of(session, contribution_id)
            family.approve(session, house.keys, contribution, item.revision_id, now=house.now())
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        item.facts = {**item.facts, "form_gone_through": True}
        item.flags = [flag for flag in item.flags if flag not in ("death", "minor")]
        review.advance(session, desk, item, "publish", now=house.now(), keys=house.keys)


def _an_account(house):
    from memorial.models import Account

    with house.writing(house.keeper()) as session:
        if session.get(Account, 1) is None:
            session.add(
                Account(
                    email="synthetic@example.org", roles=["moderator", "specialist"], created_at=house.now()
                )
            )


def _checked(session, item):
    for check in workflow.CHECKLIST:
        wanted = select(ItemCheck).where(
            ItemCheck.item_id == item.id, ItemCheck.check == check, ItemCheck.revision_id == item.revision_id
        )
        if session.scalars(wanted).first() is None:
            session.add(
                ItemCheck(
                    item_id=item.id,
                    revision_id=item.revision_id,
                    check=check,
                    account_id=1,
                    at=item.created_at,
                )
            )
    session.flush()


def seen(house, contribution_id, reader=None):
    """What a visitor sees of a contribution's record, or None."""
    with house.session(house.keeper()) as session:
        record_id = session.scalars(select(Record.id).where(Record.contribution_id == contribution_id)).one()
    with house.session(reader or public(house)) as session:
        record = session.get(Record, record_id)
        return shown(session, record) if record else None


def test_a_draft_lies_encrypted_and_is_read_again_with_its_key(house):
    contribution_id, _ = begun(house, TOLD)
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert b"Synthetic words" not in contribution.answers
        assert contribute.read(house.keys, contribution).answers["words"] == TOLD["words"]
        assert contribute.item_of(session, contribution_id).state == "draft"


def test_a_sent_testimony_waits_and_nobody_sees_it(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    assert seen(house, contribution_id) is None
    with house.session(house.keeper()) as session:
        assert contribute.item_of(session, contribution_id).state == "submitted"
        kinds = set(session.scalars(select(Party.kind)))
        assert kinds == {"contributor", "narrator"}
        form = session.scalars(select(ConsentForm)).one()
        assert (form.version, form.language, form.approved_by) == (2, "en", "")
        assert "May the archive keep" in form.text
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def test_the_same_form_sent_fifty_times_is_one_record(house):
    contribution_id, _ = begun(house, TOLD)
    first = sent(house, contribution_id)
    with house.session(house.keeper()) as session:
        entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    assert {sent(house, contribution_id) for _ in range(49)} == {first}
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Record)) == 1
        assert session.scalar(select(func.count()).select_from(Item)) == 1
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == entries
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_the_same_form_sent_by_many_hands_at_once_is_one_record(house):
    contribution_id, _ = begun(house, TOLD)
    with ThreadPoolExecutor(6) as hands:
        items = set(hands.map(lambda _: sent(house, contribution_id), range(12)))
    assert len(items) == 1
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 1
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def test_nothing_is_sent_without_the_consent_to_keep_it(house):
    contribution_id, _ = begun(house, {**TOLD, "keep": "no"})
    with pytest.raises(NotPermitted, match="kept"):
        sent(house, contribution_id)
    with house.session(house.keeper()) as session:
        assert contribute.item_of(session, contribution_id).state == "draft"
        assert session.scalars(select(LedgerEntry)).all() == []


def test_a_published_testimony_shows_the_name_that_was_allowed(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    published(house, contribution_id)
    view = seen(house, contribution_id)
    assert view.title == "Synthetic Real Name"
    assert view.text("testimony").body == TOLD["words"]
    assert view.text("notice") is None


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ({"name_shown": "pseudonym", "other_name": "Synthetic Other"}, "Synthetic Other"),
        ({"name_shown": "first", "other_name": "Synthetic"}, "Synthetic"),
        ({"name_shown": "not_shown"}, "A survivor"),
        ({"name_shown": ""}, "A survivor"),
    ],
)
def test_a_name_that_is_withheld_is_nowhere_in_what_a_visitor_gets(house, answers, title):
    contribution_id, _ = begun(house, {**TOLD, **answers})
    sent(house, contribution_id)
    published(house, contribution_id)
    view = seen(house, contribution_id)
    assert view.title == title
    assert "Real Name" not in repr(view)
    with house.session(public(house)) as session:
        assert "Synthetic Real Name" not in session.scalars(select(PersonName.text)).all()


def test_for_researchers_means_researchers_alone(house):
    contribution_id, _ = begun(house, {**TOLD, "audience": "researchers"})
    sent(house, contribution_id)
    published(house, contribution_id)
    assert seen(house, contribution_id) is None
    assert seen(house, contribution_id, Reader.research(house.moment())).title == "Synthetic Real Name"


def test_closed_until_a_day_opens_when_it_has_ended_everywhere(house, clock):
    contribution_id, _ = begun(house, {**TOLD, "audience": "later", "closed_until": "2026-11-25"})
    sent(house, contribution_id)
    published(house, contribution_id)
    clock.forward(timedelta(days=4, hours=2))  # 26 November, 11:00 UTC
    assert seen(house, contribution_id) is None
    clock.forward(timedelta(hours=1))
    assert seen(house, contribution_id) is not None


@pytest.mark.parametrize("answers", [{"audience": "not_sure"}, {"show": "no"}, {"show": ""}])
def test_who_is_not_sure_has_allowed_nothing(answers):
    assert content.grants_of({**TOLD, **answers}) == {}


def test_reuse_is_allowed_only_where_it_was_said_and_training_never():
    without, with_it = content.grants_of(TOLD), content.grants_of({**TOLD, "reuse": "yes"})
    assert {use for _, use in without} == {"view"}
    assert {use for _, use in with_it} == {"view", "download", "reuse"}


def test_a_remembrance_tells_names_life_and_fate_with_who_says_so(house):
    contribution_id, _ = begun(house, REMEMBERED)
    sent(house, contribution_id)
    published(house, contribution_id)
    view = seen(house, contribution_id)
    assert view.title == "Synthetic Person"
    assert [name.text for name in view.names][1:] == ["Sintetik Şəxs", "Синтетический Человек"]
    assert view.text("life").body == "A synthetic life."
    said = {s.property: s for s in view.statements}
    assert said["born"].value == "about 1950"
    assert said["fate"].value == "Died"
    assert said["fate"].stated_by == "Whoever sent this remembrance"
    assert said["fate"].cites[0].label == "A neighbour told us."


def test_rather_not_say_states_nothing(house):
    contribution_id, _ = begun(house, {**REMEMBERED, "fate": "rather_not", "born": ""})
    sent(house, contribution_id)
    published(house, contribution_id)
    assert seen(house, contribution_id).statements == []


def test_flags_tell_the_desk_of_a_death_a_minor_and_a_call():
    assert content.flags_of(REMEMBERED, 0) == ["death"]
    assert content.flags_of({**TOLD, "children": "yes", "audience": "not_sure"}, 2) == [
        "minor",
        "media",
        "call",
    ]


def test_a_narrator_under_age_needs_a_guardian(house):
    contribution_id, _ = begun(house, {**TOLD, "children": "me"})
    sent(house, contribution_id)
    with house.session(house.keeper()) as session:
        assert set(session.scalars(select(Party.kind))) == {"contributor", "narrator", "guardian"}
    published(house, contribution_id)
    assert seen(house, contribution_id) is None


def test_a_contact_is_ciphertext_and_opened_only_by_the_desk_that_may(house):
    contribution_id, _ = begun(house, {**TOLD, "contact": "synthetic number 000", "safe": "no"})
    sent(house, contribution_id)
    officer = Actor("account:1", frozenset({"moderator"}), account_id=1, stepped_up=True)
    with house.writing(house.keeper()) as session:
        party = session.scalars(select(Party).where(Party.kind == "contributor")).one()
        assert b"synthetic number" not in party.contact
        contribution = session.get_one(Contribution, contribution_id)
        found = custody.show_contact(session, officer, house.keys, contribution, now=house.now())
        assert found["contributor"] == "synthetic number 000\nsafe to leave a message: no"


def test_a_note_for_the_desk_is_a_message_and_not_part_of_the_page(house):
    contribution_id, _ = begun(house, {**TOLD, "people": "my synthetic neighbour lives there"})
    sent(house, contribution_id, note="People named: my synthetic neighbour lives there")
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        (spoken,) = family.messages_of(session, house.keys, contribution)
        assert spoken.words.startswith("People named")
        assert not any("neighbour" in str(r.content) for r in session.scalars(select(Revision)))


def test_a_change_before_publication_takes_back_the_yes_to_the_proof(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    desk = Actor("account:1", frozenset({"moderator"}), account_id=1)
    _an_account(house)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        _checked(session, item)
        review.advance(session, desk, item, "take", now=house.now(), keys=house.keys)
        review.advance(session, desk, item, "make_ready", now=house.now(), keys=house.keys)
        contribution = session.get_one(Contribution, contribution_id)
        family.approve(session, house.keys, contribution, item.revision_id, now=house.now())
    sent(house, contribution_id, "key-2", note="Changed.", words="Other synthetic words.")
    with house.session(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        assert (item.kind, item.state, item.round) == ("contribution", "in_review", 2)
        assert item.approved_revision_id != item.revision_id
        texts = session.scalars(select(Text.body).where(Text.role == "testimony")).all()
        assert texts == ["Other synthetic words."]


def test_a_yes_to_a_proof_that_changed_meanwhile_does_not_count(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        with pytest.raises(Stale):
            family.approve(session, house.keys, contribution, 12345, now=house.now())


def test_a_revision_leaves_the_published_page_until_it_is_published(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", words="Other synthetic words.")
    assert seen(house, contribution_id).text("testimony").body == TOLD["words"]
    with house.session(house.keeper()) as session:
        assert contribute.item_of(session, contribution_id).kind == "revision"
    published(house, contribution_id)
    assert seen(house, contribution_id).text("testimony").body == "Other synthetic words."


def test_a_revision_can_bring_a_text_that_was_not_there(house):
    contribution_id, _ = begun(house, {**REMEMBERED, "life": ""})
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", life="A synthetic life after all.")
    assert seen(house, contribution_id).text("life") is None
    published(house, contribution_id)
    assert seen(house, contribution_id).text("life").body == "A synthetic life after all."


def test_the_proof_of_a_revision_shows_the_revision_and_leaves_no_trace(house):
    contribution_id, _ = begun(house, {**TOLD, "name_shown": "not_shown"})
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", words="Other synthetic words.", name_shown="full")
    reader = Reader.family(contribution_id, house.moment())
    from memorial.gate import session_for

    with session_for(house.engine, reader, writes=True) as session:
        contribution = session.get_one(Contribution, contribution_id)
        view = family.proof_of(session, house.keys, contribution, house.now())
        session.rollback()
    assert (view.title, view.text("testimony").body) == ("Synthetic Real Name", "Other synthetic words.")
    still = seen(house, contribution_id)
    assert (still.title, still.text("testimony").body) == ("A survivor", TOLD["words"])


def test_whoever_stole_a_code_unmasks_nobody_by_sending_a_change(house):
    contribution_id, _ = begun(house, {**TOLD, "name_shown": "not_shown", "audience": "researchers"})
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", name_shown="full", audience="everyone")
    assert seen(house, contribution_id) is None
    assert seen(house, contribution_id, Reader.research(house.moment())).title == "A survivor"
    published(house, contribution_id)
    assert seen(house, contribution_id).title == "Synthetic Real Name"


def test_a_change_that_narrows_counts_at_once(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", audience="researchers")
    assert seen(house, contribution_id) is None
    assert seen(house, contribution_id, Reader.research(house.moment())) is not None


def test_what_was_hidden_stays_hidden_through_a_change_until_it_is_shown_again(house):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.writing(house.keeper()) as session:
        family.hide(session, session.get_one(Contribution, contribution_id), now=house.now())
    assert seen(house, contribution_id) is None
    sent(house, contribution_id, "key-2", words="Other synthetic words.")
    published(house, contribution_id)
    assert seen(house, contribution_id) is None
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        family.show_again(session, house.keys, contribution, now=house.now())
    assert seen(house, contribution_id).text("testimony").body == "Other synthetic words."


def test_a_notice_stands_after_hiding_only_where_it_was_wished(house):
    for wished in (False, True):
        contribution_id, _ = begun(house, TOLD)
        sent(house, contribution_id, f"key-{wished}")
        published(house, contribution_id)
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, contribution_id)
            family.hide(session, contribution, now=house.now(), notice=wished)
        with house.session(public(house)) as session:
            notices = session.scalars(select(Text.body).where(Text.role == "notice")).all()
            assert notices == (["Withdrawn by those it belongs to."] if wished else [])


def test_removing_for_good_hides_at_once_waits_and_can_be_called_off(house, clock):
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.writing(house.keeper()) as session:
        family.ask_removal(session, session.get_one(Contribution, contribution_id), now=house.now())
    assert seen(house, contribution_id) is None
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        page = family.my_page(session, house.keys, contribution)
        assert page.erase_on == house.now() + timedelta(days=14)
        with pytest.raises(NotPermitted):
            family.show_again(session, house.keys, contribution, now=house.now())
        family.call_off_removal(session, house.keys, contribution, now=house.now())
        family.show_again(session, house.keys, contribution, now=house.now())
    assert seen(house, contribution_id) is not None
    with house.session(house.keeper()) as session:
        erasure = session.scalars(select(Item).where(Item.kind == "erasure")).one()
        assert erasure.state == "taken_back"
        assert session.get_one(Contribution, contribution_id).wrapped_key is not None


def test_a_narrowed_will_allows_only_what_both_allow():
    everyone, research = content.grants_of(TOLD), content.grants_of({**TOLD, "audience": "researchers"})
    met = content.narrowed({rules.EVERY_PART: everyone, "name": {}}, {rules.EVERY_PART: research})
    assert met[rules.EVERY_PART] == research
    assert met["name"] == {}


def test_what_a_family_answers_becomes_statements_a_persons_page_reads():
    made = content.content_of(REMEMBERED | {"lived": "Synthetic village"}, "az")
    assert [(name.text, name.language) for name in made.names] == [
        ("Synthetic Person", "az"),
        ("Sintetik Şəxs", "az"),
        ("Синтетический Человек", "und"),
    ]
    said = {each.property: each.value_text for each in made.statements}
    assert (said["born"], said["lived"], fates.read(said["fate"])) == (
        "about 1950",
        "Synthetic village",
        "died",
    )
