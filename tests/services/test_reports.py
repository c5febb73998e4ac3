"""Something is wrong, or should come down: asked by a code, decided by a person, told to both. All of it is synthetic."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Reader
from memorial.models import AuditEntry, Contribution, Item, LedgerEntry, Message, Record, Report
from memorial.services import (
    archive_word,
    codes,
    contribute,
    desk,
    desk_acts,
    desk_hiding,
    desk_others,
    family,
    reports,
    review,
    tasks,
    withdrawal,
)
from memorial.services.desk import Filters
from memorial.services.sending import Sending
from tests.builders import a_press_account, public
from tests.services.test_tributes import DESK, a_page, an_account, left_on, page_of, published

WRONG = "zqwrongqz: the day is another one."


def asked(house, task="correction", made=None, language="en", **answers):
    """What somebody outside says about a page; returns the contribution's id."""
    with house.writing(house.keeper()) as session:
        begun = contribute.begin(
            session, house.keys, codes.issue(house.keys), task, language, now=house.now()
        )
        number = begun.contribution.id
        if made is not None:
            contribute.choose(session, begun.contribution, session.get_one(Record, made.record_id))
        draft = contribute.read(house.keys, begun.contribution)
        draft.answers.update({"wrong": WRONG, "page": made.path if made else "/timeline", **answers})
        contribute.keep(session, house.keys, begun.contribution, draft, now=house.now())
    send(house, number)
    return number


def send(house, number, key="form", **answers):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, number)
        draft = contribute.read(house.keys, contribution)
        draft.answers.update(answers)
        contribute.keep(session, house.keys, contribution, draft, now=house.now())
        tasks.send(session, house.keys, contribution, Sending(f"{key} {number}", "en"), now=house.now())


def item_id(house, number):
    with house.session(house.keeper()) as session:
        return contribute.item_of(session, number).id


def state(house, number):
    with house.session(house.keeper()) as session:
        return contribute.item_of(session, number).state


def does(house, number, verb, note="", actor=DESK, **more):
    """One act of the desk on somebody's item."""
    an_account(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id(house, number))
        return desk_acts.act(session, actor, item, verb, now=house.now(), keys=house.keys, note=note, **more)


def told(house, number):
    """What the holder of this code reads from the archive."""
    with house.session(Reader.family(number, house.moment())) as session:
        contribution = session.get_one(Contribution, number)
        page = family.my_page(session, house.keys, contribution)
        return [message.words for message in page.messages if message.to_family]


def test_what_is_wrong_comes_to_the_desk_with_its_page_and_passage(house):
    made = a_page(house)
    number = asked(house, made=made, passage="born in 1950", how_known="I was there.")
    with house.session(Reader.desk(house.moment())) as session:
        item = contribute.item_of(session, number)
        case = reports.case_of(session, house.keys, item)
    assert (item.kind, item.state, item.record_id) == ("report", "submitted", made.record_id)
    assert case.page == made.path
    assert case.words == (("passage", "born in 1950"), ("wrong", WRONG), ("how_known", "I was there."))


def test_the_page_is_found_by_its_address_too_and_a_page_without_a_record_is_kept_as_an_address(house):
    made = a_press_account(house)
    number, other = asked(house, page=made.path), asked(house, page="/figures/killed")
    with house.session(house.keeper()) as session:
        assert contribute.item_of(session, number).record_id == made.record_id
        item = contribute.item_of(session, other)
        assert (item.record_id, session.get_one(Report, item.report_id).page) == (None, "/figures/killed")


def test_no_word_of_a_report_lies_open_in_the_database(house):
    asked(house, "removal", a_page(house), ground="safety", who_you_are="named", passage="zqwrongqz passage")
    with house.session(house.keeper()) as session:
        report = session.scalars(select(Report)).one()
        assert (report.body, report.ground, report.facts) == ("", "safety", {"who": "named"})
        assert not any(b"zqwrongqz" in body for body in session.scalars(select(Message.body)))


def test_a_ground_that_nobody_offered_is_not_kept(house):
    asked(house, "removal", a_page(house), ground="zqwrongqz", who_you_are="zqwrongqz")
    with house.session(house.keeper()) as session:
        report = session.scalars(select(Report)).one()
        assert (report.ground, report.facts) == ("", {"who": ""})


def test_asking_changes_nothing_on_the_page_however_often(house):
    made = a_page(house)
    before = entries(house)
    for _ in range(5):
        asked(house, "removal", made, ground="safety")
    assert page_of(house, made) is not None
    assert entries(house) == before


def entries(house):
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry))


def test_a_request_for_removal_stands_before_all_else_and_has_a_day(house):
    made = a_page(house)
    asked(house, made=made)
    asked(house, "removal", made)
    with house.session(Reader.desk(house.moment())) as session:
        page = desk.queue(session, DESK, Filters(), now=house.now())
        assert [row.kind for row in page.pinned] == ["take_down"]
        assert page.pinned[0].due_on is not None


def test_the_desk_answers_and_the_sender_reads_it_and_may_write_once_more(house):
    number = asked(house, made=a_page(house))
    does(house, number, "take")
    does(house, number, "reply", "We are looking.")
    does(house, number, "ask", "Which day?")
    assert state(house, number) == "question"
    says(house, number, "The 25th.")
    assert state(house, number) == "in_review"
    does(house, number, "close", "It says so now.")
    assert told(house, number) == ["We are looking.", "Which day?", "It says so now."]
    says(house, number, "Thank you, but the month too.")
    assert state(house, number) == "submitted"
    does(house, number, "take")
    with pytest.raises(NotPermitted, match="note"):
        does(house, number, "decline", " ")
    does(house, number, "decline", "Two sources say otherwise.")
    assert told(house, number)[-1] == "Two sources say otherwise."


def says(house, number, words):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, number)
        family.speak(session, house.keys, contribution, words, now=house.now())


def test_the_sender_takes_it_back(house):
    number = asked(house, made=a_page(house))
    with house.writing(house.keeper()) as session:
        family.take_back(session, house.keys, session.get_one(Contribution, number), now=house.now())
    assert state(house, number) == "taken_back"


def test_what_is_sent_again_is_read_as_it_is_now_and_is_one_item(house):
    number = asked(house, made=a_page(house))
    send(house, number, key="another form", wrong="Other synthetic words.")
    with house.session(house.keeper()) as session:
        item = contribute.item_of(session, number)
        assert ("wrong", "Other synthetic words.") in reports.case_of(session, house.keys, item).words
        assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_nothing_is_sent_without_words(house):
    with pytest.raises(NotPermitted, match="said_enough"):
        asked(house, made=a_page(house), wrong=" ")


# -- hiding for the time being ----------------------------------------------------------------


def test_one_act_hides_the_page_for_now_and_another_shows_it_again(house):
    made = a_page(house)
    number = asked(house, "removal", made, ground="safety", contact="zqwrongqz@example.org")
    does(house, number, "take")
    does(house, number, "hold", "An address of somebody living.")
    assert page_of(house, made) is None
    [words] = told(house, made.contribution_id)
    assert words == desk_hiding.HIDDEN_WORDS["en"]
    does(house, number, "lift_hold", "The address is gone.")
    assert page_of(house, made) is not None
    assert told(house, made.contribution_id)[-1] == desk_hiding.SHOWN_WORDS["en"]
    with house.session(house.keeper()) as session:
        verbs = set(session.scalars(select(AuditEntry.verb)))
        assert {"hold", "lift_hold"} <= verbs


def test_one_part_is_hidden_and_all_else_stays(house):
    made = a_page(house)
    memory = left_on(house, made, memory="Synthetic words with an address.")
    published(house, memory)
    number = asked(house, "removal", made)
    does(house, number, "take")
    with house.session(Reader.desk(house.moment())) as session:
        [part] = [each for each in desk_hiding.parts_of(session, made.record_id) if each.key == "memory"]
        assert (part.words, part.hidden) == ("Synthetic words with an address.", False)
    does(house, number, "hide_part", "An address.", part="memory")
    view = page_of(house, made)
    assert view.memories.shown == []
    assert [text.body for text in view.texts] == ["A synthetic life."]
    assert told(house, memory) == [desk_hiding.HIDDEN_WORDS["en"]]
    assert told(house, made.contribution_id) == []
    does(house, number, "show_part", "It is gone.", part="memory")
    assert len(page_of(house, made).memories.shown) == 1


@pytest.mark.parametrize("part", ["", "page", "memory:999", "*"])
def test_no_part_is_hidden_that_is_not_there(house, part):
    number = asked(house, "removal", a_page(house))
    does(house, number, "take")
    with pytest.raises(Invalid):
        does(house, number, "hide_part", "Why.", part=part)


def test_hiding_wants_a_reason_and_only_what_is_hidden_is_shown_again(house):
    made = a_page(house)
    number = asked(house, "removal", made)
    does(house, number, "take")
    with pytest.raises(NotPermitted, match="note"):
        does(house, number, "hold", " ")
    with pytest.raises(NotPermitted, match="not_held"):
        does(house, number, "lift_hold", "Why.")
    with pytest.raises(NotPermitted, match="not_held"):
        does(house, number, "show_part", "Why.", part="text")
    does(house, number, "hold", "Why.")
    with pytest.raises(NotPermitted, match="not_shown"):
        does(house, number, "hold", "Why.")


def test_what_a_family_has_taken_back_is_not_shown_by_the_desk_s_showing_again(house):
    made = a_page(house)
    number = asked(house, "removal", made)
    does(house, number, "take")
    does(house, number, "hold", "Why.")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, family.actor_of(contribution), contribution, now=house.now())
    does(house, number, "lift_hold", "Why.")
    assert page_of(house, made) is None


def test_a_case_for_which_something_was_hidden_ends_only_when_both_are_told(house):
    made = a_page(house)
    number = asked(house, "removal", made)
    does(house, number, "take")
    does(house, number, "hold", "Why.")
    with pytest.raises(NotPermitted, match="others_told"):
        does(house, number, "close", "It stays hidden.")
    does(house, number, "write_to_sender", "It stays hidden, because of an address in it.")
    does(house, number, "close", "It stays hidden.")
    assert told(house, made.contribution_id)[-1] == "It stays hidden, because of an address in it."
    assert told(house, number) == ["It stays hidden."]
    assert page_of(house, made) is None


def test_whoever_sent_the_page_never_reads_who_asked(house):
    made = a_page(house)
    number = asked(house, "removal", made, your_name="zqwrongqz", contact="zqwrongqz@example.org")
    does(house, number, "take")
    does(house, number, "hold", "zqwrongqz asked for it.")
    does(house, number, "reply", "Dear zqwrongqz")
    with house.session(Reader.family(made.contribution_id, house.moment())) as session:
        page = family.my_page(session, house.keys, session.get_one(Contribution, made.contribution_id))
    assert "zqwrongqz" not in repr(page)


def test_a_page_of_the_archive_s_own_has_nobody_to_tell(house):
    made = a_press_account(house)
    number = asked(house, "removal", made)
    does(house, number, "take")
    does(house, number, "hold", "Why.")
    with pytest.raises(NotPermitted, match="nobody_to_tell"):
        does(house, number, "write_to_sender", "Words.")
    does(house, number, "close", "It is hidden.")
    assert page_of(house, made) is None


def test_after_removal_for_good_the_desk_reads_no_word_of_the_case(house):
    number = asked(house, "removal", a_page(house))
    with house.writing(house.keeper()) as session:
        withdrawal.erase(session, DESK, session.get_one(Contribution, number), now=house.now())
    with house.session(Reader.desk(house.moment())) as session:
        case = reports.case_of(session, house.keys, contribute.item_of(session, number))
    assert (case.words, case.gone) == ((), True)


# -- families who disagree --------------------------------------------------------------------


def test_two_of_one_family_who_disagree_are_both_heard_and_neither_decides_for_the_other(house):
    """A brother's page, a sister's page of the same dead, her memory on his and her request that his come down."""
    his = a_page(house)
    hers = a_page(house)
    memory = left_on(house, his, memory="She remembers it otherwise.")
    request = asked(house, "removal", his, ground="wrong", who_you_are="relative")
    answer = asked(house, "correction", hers)
    with house.session(Reader.desk(house.moment())) as session:
        seen = {
            number: {
                other.contribution_id
                for other in desk_others.others_of(session, contribute.item_of(session, number))
            }
            for number in (his.contribution_id, hers.contribution_id, memory, request, answer)
        }
    everyone = {his.contribution_id, hers.contribution_id, memory, request, answer}
    assert all(others == everyone - {number} for number, others in seen.items())
    assert page_of(house, his) is not None
    assert page_of(house, hers) is not None
    published(house, memory)
    does(house, request, "take")
    does(house, request, "hide_part", "While we look.", part="text")
    assert page_of(house, his).texts == []
    assert [each.text.body for each in page_of(house, his).memories.shown] == ["She remembers it otherwise."]
    does(house, request, "show_part", "Both stand beside each other.", part="text")
    does(house, request, "write_to_sender", "Your page stays. Your sister's words stand beside yours.")
    does(house, request, "decline", "His page stays, and yours beside it.")
    assert [text.body for text in page_of(house, his).texts] == ["A synthetic life."]
    with house.session(house.keeper()) as session:
        numbers = (his.contribution_id, hers.contribution_id)
        assert all(session.get_one(Contribution, number).hidden_at is None for number in numbers)


def test_no_code_opens_the_other_one_s_words(house):
    his = a_page(house)
    memory = left_on(house, his, memory="She remembers it otherwise.")
    with house.session(Reader.family(memory, house.moment())) as session:
        assert session.scalars(select(Record)).all() == []
        assert "A synthetic life." not in repr(
            family.my_page(session, house.keys, session.get_one(Contribution, memory))
        )


def test_the_desk_is_told_of_no_draft(house):
    his = a_page(house)
    left_on(house, his, send=False, memory="Not sent.")
    with house.session(Reader.desk(house.moment())) as session:
        assert desk_others.others_of(session, contribute.item_of(session, his.contribution_id)) == []


def test_a_held_page_that_its_family_changes_shows_nothing_unread_when_it_is_shown_again(house):
    """What was published once stays published once, however the archive hides it meanwhile."""
    made = a_page(house)
    with house.writing(house.keeper()) as session:
        archive_word.hide(session, session.get_one(Record, made.record_id), ["page"], by=DESK, at=house.now())
    send(house, made.contribution_id, key="a change", life="zqwrongqz that nobody has read.")
    with house.writing(house.keeper()) as session:
        archive_word.show_again(session, session.get_one(Record, made.record_id), by=DESK, at=house.now())
    with house.session(public(house)) as session:
        assert session.get(Record, made.record_id) is not None
    assert [text.body for text in page_of(house, made).texts] == ["A synthetic life."]


def test_the_one_mover_is_asked_for_every_act(house):
    number = asked(house, made=a_page(house))
    outsider = review.Actor("account:1", frozenset({"approved_reader"}), account_id=1)
    for verb in ("take", "hold", "hide_part", "write_to_sender"):
        with pytest.raises(NotPermitted):
            does(house, number, verb, "Why.", actor=outsider, part="text")
