"""A record's story: all of it in one order of time, and of what is closed to somebody not a line. People are synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import Reader
from memorial.models import Contribution, Item, Record, Recusal
from memorial.services import consent, custody, describe, review, story, story_words
from memorial.services.consent import Said
from tests.builders import ALL_MAY_VIEW, a_contribution, some_content
from tests.web.desk.people import a_colleague, an_item, family, made_ready, move


def told(house, work, actor, **more):
    with house.session(
        Reader.desk(house.moment(), consent_officer="consent_officer" in actor.roles)
    ) as session:
        record = story.find(session, work.made.public_id)
        return story.story(session, actor, record, now=house.now(), **more)


def words(page):
    """Each line in a word: content 1, said contributor, a verb."""
    return [
        f"content {each.revision}"
        if each.revision
        else f"{each.said.party} {each.act}"
        if each.said
        else each.line.verb
        for each in page.told
    ]


def memory(house, work):
    """Somebody else adds something to the same record, by a contribution of their own."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        contribution = a_contribution(house, session)
        revision = describe.propose(
            session, record, some_content("testimony", "canary"), by=family(work), now=house.now(),
            contribution_id=contribution.id,
        )  # fmt: skip
        party = consent.party_of(session, "contributor", contribution.id)
        consent.append(
            session, record, Said(party, "will", {"*": ALL_MAY_VIEW}), by=family(work), at=house.now()
        )
        item = review.new_item(
            session,
            "tribute",
            now=house.now(),
            record=record,
            contribution=contribution,
            revision_id=revision.id,
        )
        custody.log(session, family(work), "received", "media:canary", contribution.id, now=house.now())
        return item.id, contribution.id


@pytest.fixture
def moderator(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


@pytest.fixture
def published(house, clock, moderator):
    """Sent, and a day later read, approved and published; then somebody looks up how to reach the family."""
    work = an_item(house)
    clock.forward(timedelta(days=1))
    made_ready(house, work, moderator)
    move(house, work, moderator.actor, "publish")
    clock.forward(timedelta(days=1))
    with house.writing(house.keeper()) as session:
        thing = f"contribution:{work.made.ref}"
        custody.log(
            session, moderator.actor, "contact_shown", thing, work.made.contribution_id, now=house.now()
        )
    return work


def test_contents_words_decisions_and_what_was_opened_stand_in_one_order_of_time(house, moderator, published):
    page = told(house, published, moderator.actor)
    assert words(page) == [
        "content 1", "contributor need", "contributor will", "archive will",
        "take", "check", "make_ready", "approve", "publish", "contact_shown",
    ]  # fmt: skip
    assert [each.at for each in page.told] == sorted(each.at for each in page.told)
    assert page.told[2].said.grants[0][:3] == ("*", "public", "view")
    assert (page.after, page.kept_back) == ("", "")


def test_who_does_not_read_the_log_is_not_told_what_colleagues_opened(house, published):
    editor = a_colleague(house, "editor", name="Synthetic Editor")
    assert "contact_shown" not in words(told(house, published, editor.actor))


@pytest.mark.parametrize("at_once", [1, 3, 9])
def test_page_by_page_it_is_the_same_story_and_every_page_costs_the_same(
    house, moderator, published, monkeypatch, count_queries, at_once
):
    whole = words(told(house, published, moderator.actor))
    monkeypatch.setattr(story, "PER_PAGE", at_once)
    found, after, costs = [], "", set()
    while True:
        count_queries()
        page = told(house, published, moderator.actor, after=after)
        costs.add(count_queries())
        found, after = found + words(page), page.after
        if not after:
            break
    assert found == whole
    assert len(costs) == 1


@pytest.mark.parametrize("why", ["sealed", "specialist"])
def test_of_what_is_closed_to_somebody_not_a_line_is_told(house, moderator, published, why):
    item_id, contribution_id = memory(house, published)
    assert len(words(told(house, published, moderator.actor))) == 13
    with house.writing(house.keeper()) as session:
        if why == "sealed":
            session.get_one(Contribution, contribution_id).sealed_at = house.now()
        else:
            session.get_one(Item, item_id).flags = ["sexual_violence"]
    page = told(house, published, moderator.actor)
    assert page.kept_back == why
    assert len(page.told) == 10
    assert item_id not in [item.id for item in page.items]
    officer = a_colleague(house, "consent_officer", name="Synthetic Officer")
    assert len(words(told(house, published, officer.actor))) == 13


def test_where_all_of_it_is_closed_the_page_says_why_and_nothing_else(house, moderator, published):
    with house.writing(house.keeper()) as session:
        session.add(
            Recusal(item_id=published.item_id, account_id=moderator.account_id, set_by="x", at=house.now())
        )
    with pytest.raises(NotPermitted, match="recused"):
        told(house, published, moderator.actor)


def test_a_record_or_a_place_that_never_was_is_none(house, moderator, published):
    with house.session(Reader.desk(house.moment())) as session:
        for public_id in ("never", "0000000000000", published.public_id):
            with pytest.raises(NotOpen):
                story.find(session, public_id)
    for after in ("x", "WyI5IDIwMjYtMTEtMjIiLDFd", "WyIxIHgiLDFd"):
        with pytest.raises(Invalid):
            told(house, published, moderator.actor, after=after)


def test_each_decision_is_told_with_its_words_and_the_content_it_was_made_on(house, clock, moderator):
    work = an_item(house)
    move(house, work, moderator.actor, "take")
    clock.forward(timedelta(minutes=5))
    move(house, work, moderator.actor, "decline", "It tells of another synthetic event.")
    page = told(house, work, moderator.actor)
    with house.session(Reader.desk(house.moment())) as session:
        beside = story_words.beside_of(session, moderator.actor, page, keys=house.keys, now=house.now())
    why = {
        each.line.verb: beside.why[each.rank, each.id].text
        for each in page.told
        if (each.rank, each.id) in beside.why
    }
    assert why == {"decline": "It tells of another synthetic event."}
    assert [beside.contents[each.line.details["revision"]] for each in page.told if each.line] == [1, 1]


def test_words_of_a_sealed_item_are_told_to_whoever_may_read_them_there(house, moderator):
    work = an_item(house)
    move(house, work, moderator.actor, "take")
    move(house, work, moderator.actor, "decline", "zqcanaryqz")
    officer = a_colleague(house, "consent_officer", name="Synthetic Officer").actor
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, work.made.contribution_id).sealed_at = house.now()
    for stepped_up, found in ((False, 0), (True, 1)):
        actor = replace(officer, stepped_up=stepped_up)
        page = told(house, work, actor)
        with house.session(Reader.desk(house.moment(), consent_officer=True)) as session:
            beside = story_words.beside_of(session, actor, page, keys=house.keys, now=house.now())
        assert len(beside.why) == found
