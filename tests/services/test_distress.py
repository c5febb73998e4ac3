"""Words that speak of harm to oneself bring an item before a person first, and do nothing else. People are synthetic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.phrases import joined
from memorial.domain.word_lists import DISTRESS, SHIPPED
from memorial.gate import Actor
from memorial.models import ArchiveSetting, Contribution, Item
from memorial.services import contribute, distress, family, floods, review, site
from tests.services.test_contribute import TOLD, _an_account, begun, sent
from tests.services.test_desk import queue
from tests.web.desk.people import a_colleague

ALL = joined(SHIPPED[DISTRESS])


@pytest.mark.parametrize(
    "text",
    [
        "Bəzən düşünürəm ki, özümü öldürəcəyəm.",
        "ARTIQ YAŞAMAQ İSTƏMİRƏM",
        "yasamaq istemirem",
        "I don’t want to live any more",
        "some days i think of suicide",
        "Я не хочу жить.",
        "думаю о самоубийстве",
        "Artık yaşamak istemiyorum…",
        "intiharı düşündüm",
    ],
)
def test_it_is_noticed_in_each_language_however_it_is_typed(text):
    assert distress.speaks_of_harm(text, ALL)


@pytest.mark.parametrize(
    "text",
    [
        "We want to live in peace.",
        "They killed my brother; I saw it myself.",
        "Он хочет жить дома.",
        "Yaşamaq istəyirəm, evimə qayıtmaq istəyirəm.",
        "Köyde yaşamak istiyorum.",
        "",
    ],
)
def test_other_words_are_left_alone(text):
    assert not distress.speaks_of_harm(text, ALL)


def item(house, contribution_id):
    with house.session(house.keeper()) as session:
        found = contribute.item_of(session, contribution_id)
        return found.public_id, found.state, list(found.flags), found.precedence


def test_a_text_that_speaks_of_harm_is_sent_like_any_other_and_waits_on_top(house, clock):
    colleague = a_colleague(house, "moderator")
    plain, _ = begun(house, TOLD)
    sent(house, plain, "k1")
    clock.forward(timedelta(hours=1))
    dark, _ = begun(house, {**TOLD, "words": "Synthetic words. I want to die."})
    sent(house, dark, "k2")
    public_id, state, flags, _ = item(house, dark)
    assert (state, flags.count("distress")) == ("submitted", 1)
    page = queue(house, colleague)
    assert [row.public_id for row in page.pinned] == [public_id]
    assert [row.public_id for row in page.rows] == [item(house, plain)[0]]


def test_it_stays_marked_when_the_words_are_changed_until_a_person_has_moved_it_on(house):
    contribution_id, _ = begun(house, {**TOLD, "words": "I want to die."})
    sent(house, contribution_id, "k1")
    sent(house, contribution_id, "k2", words="Other synthetic words.")
    assert item(house, contribution_id)[3] == -1
    assert "distress" in item(house, contribution_id)[2]
    _an_account(house)
    desk = Actor("account:1", frozenset({"moderator"}), account_id=1)
    with house.writing(house.keeper()) as session:
        found = contribute.item_of(session, contribution_id)
        review.advance(session, desk, found, "take", now=house.now(), keys=house.keys)
        review.advance(session, desk, found, "return", now=house.now(), keys=house.keys)
        assert found.precedence == -1
        review.advance(session, desk, found, "take", now=house.now(), keys=house.keys)
        review.advance(session, desk, found, "ask", now=house.now(), keys=house.keys, note="A question.")
        assert found.precedence == 0
        assert "distress" in found.flags


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_message_that_speaks_of_harm_comes_before_a_person_whatever_it_is_about(house, was_sent):
    contribution_id, _ = begun(house, TOLD)
    if was_sent:
        sent(house, contribution_id)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        family.speak(session, house.keys, contribution, "Я не хочу жить", now=house.now())
    with house.session(house.keeper()) as session:
        (row,) = session.scalars(select(Item).where(Item.precedence == -1))
        assert row.kind == ("contribution" if was_sent else "promise")
        assert row.state == "submitted"


def test_the_archive_s_own_list_takes_the_place_of_ours_in_its_language(house):
    with house.writing(house.keeper()) as session:
        site.change(session, {"distress": {"en": ["synthetic sorrow*"], "ru": []}})
        chosen = distress.phrases(session)
    assert distress.speaks_of_harm("such Synthetic Sorrows", chosen)
    assert not distress.speaks_of_harm("I want to die", chosen)
    assert not distress.speaks_of_harm("Я не хочу жить", chosen)
    assert distress.speaks_of_harm("yaşamak istemiyorum", chosen)


def test_a_list_that_is_no_list_breaks_nothing(house):
    for value in ("words", {"en": "words"}, [], {"az": [None, 3, "(", "*"]}):
        with house.writing(house.keeper()) as session:
            session.merge(ArchiveSetting(key="distress", value=value))
            session.flush()
            assert not distress.speaks_of_harm("quiet words", distress.phrases(session))


def test_what_speaks_of_harm_is_first_even_when_it_was_begun_in_a_flood(house):
    for words in ("I want to die.", "Synthetic words."):
        contribution_id, _ = begun(house, {**TOLD, "words": words})
        with house.writing(house.keeper()) as session:
            floods.note(session, contribute.item_of(session, contribution_id))
        sent(house, contribution_id, words)
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(Item).order_by(Item.id)).all()
        assert [row.precedence for row in rows] == [-1, 1]
        assert ["flood" in row.flags for row in rows] == [True, True]
