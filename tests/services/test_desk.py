"""The queue, the item's page as values, the log. All people are synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import Reader
from memorial.models import Contribution, ImportedObject, Item
from memorial.services import desk, desk_acts, desk_buttons, desk_difference, desk_item, desk_log, review
from memorial.services.desk import Filters
from tests.builders import some_content
from tests.web.desk.people import a_colleague, an_item, change, made_ready, move


def queue(house, colleague, filters=None, after=""):
    with house.session(Reader.desk(house.moment())) as session:
        return desk.queue(session, colleague.actor, filters or Filters(), now=house.now(), after=after)


def view(house, colleague, work):
    with house.session(Reader.desk(house.moment())) as session:
        item = desk_item.find(session, work.public_id)
        return desk_item.item_view(session, colleague.actor, item, keys=house.keys, now=house.now())


def test_the_oldest_waits_on_top_and_take_downs_before_all(house, clock):
    moderator = a_colleague(house, "moderator")
    works = []
    for number in range(3):
        works.append(an_item(house, mark=f"number{number}"))
        clock.forward(timedelta(minutes=1))
    down = an_item(house, item_kind="take_down")
    page = queue(house, moderator)
    assert [row.public_id for row in page.rows] == [work.public_id for work in works]
    assert [row.public_id for row in page.pinned] == [down.public_id]
    assert page.counts == {("contribution", "submitted"): 3, ("take_down", "submitted"): 1}


def test_pages_of_the_queue_hold_each_item_once_even_when_all_came_at_once(house, monkeypatch):
    monkeypatch.setattr(desk, "PER_PAGE", 2)
    moderator = a_colleague(house, "moderator")
    works = {an_item(house, mark=f"n{number}").public_id for number in range(5)}
    seen, after = [], ""
    for _ in range(3):
        page = queue(house, moderator, after=after)
        seen += [row.public_id for row in page.rows]
        after = page.after
    assert after == ""
    assert len(seen) == 5
    assert set(seen) == works
    with pytest.raises(Invalid):
        queue(house, moderator, after="no cursor of ours")


def test_filters_narrow_by_what_they_say(house, clock):
    moderator = a_colleague(house, "moderator")
    old = an_item(house, language="az")
    clock.forward(timedelta(days=5))
    media = an_item(house, flags=["media", "graphic"], language="ru", round=2)
    taken = an_item(house, language="en")
    move(house, taken, moderator.actor, "take")

    def found(**filters):
        return {row.public_id for row in queue(house, moderator, Filters(**filters)).rows}

    everything = {old.public_id, media.public_id, taken.public_id}
    assert found() == everything
    assert found(late=True) == {old.public_id}
    assert found(language="ru") == found(returned=True) == {media.public_id}
    assert found(text_only=True) == found(without_graphic=True) == everything - {media.public_id}
    assert found(mine=True) == found(state="in_review") == {taken.public_id}
    assert found(kind="erasure") == set()
    assert found(kind="contribution") == everything


def test_ended_items_and_drafts_are_not_in_the_queue(house):
    moderator = a_colleague(house, "moderator")
    work, draft = an_item(house), an_item(house, state="draft")
    made_ready(house, work, moderator)
    move(house, work, moderator.actor, "publish")
    assert queue(house, moderator).rows == []
    with house.session(Reader.desk(house.moment())) as session, pytest.raises(NotOpen):
        desk_item.find(session, draft.public_id)


def test_the_item_shows_what_its_kind_says_and_every_word_has_a_partial_and_every_reason_words(house):
    from pathlib import Path

    from memorial.domain.workflow import KINDS

    room = Path(desk_item.__file__).parent.parent / "web" / "templates" / "desk"
    words = (room / "_words.html").read_text()
    for kind in KINDS.values():
        for word in kind.shows:
            assert (room / "_shows" / f"{word}.html").exists(), word
        assert f'"{kind.name}"' in words
        for check in kind.checks:
            assert f'"{check}"' in words


def test_every_verb_and_need_has_words():
    from pathlib import Path

    from memorial.domain import workflow

    words = (Path(desk_item.__file__).parent.parent / "web/templates/desk/_words.html").read_text()
    needs = {need for step in workflow.STEPS for need in step.needs} - {"said_enough", "kept"}
    own = {step.verb for step in workflow.STEPS if "family" not in step.who}
    for key in (*needs, *own, *desk_buttons.BESIDES, *workflow.STATES, *workflow.ROLES):
        assert f'"{key}"' in words, key


def test_every_act_that_has_a_button_can_be_done_and_no_other():
    assert set(desk_buttons.BESIDES) == set(desk_acts.DEEDS)


def test_the_page_tells_the_content_the_consent_and_the_history(house):
    moderator, work = a_colleague(house, "moderator", name="Synthetic Moderator"), an_item(house)
    move(house, work, moderator.actor, "take")
    seen = view(house, moderator, work)
    assert {piece.key: piece.text for piece in seen.sent}["text:testimony"].startswith("These are synthetic")
    said = {will.party: will for will in seen.wills}
    assert said["contributor"].needed
    assert ("*", "public", "view", None, None) in said["contributor"].grants
    assert [line.verb for line in seen.history] == ["take"]
    assert seen.names[moderator.actor.label] == "Synthetic Moderator"
    assert {button.verb: button.reason for button in seen.buttons}["make_ready"] == "checklist"
    assert seen.row.taken_by_me


def test_the_difference_is_between_revisions_of_one_contribution(house):
    work = an_item(house)
    change(house, work, replace(some_content("testimony"), content_note="New note."))
    with house.session(Reader.desk(house.moment())) as session:
        item = desk_item.find(session, work.public_id)
        assert desk_difference.span_of(session, item) == (1, 2)
        changes = desk_difference.changes_of(session, item)
        assert [change.field for change in changes] == ["content_note"]
        with pytest.raises(NotOpen):
            desk_difference.difference(session, item, 1, 3)


def test_a_refusal_of_removal_has_one_of_two_grounds_and_both_people_mean_the_same(house):
    first = a_colleague(house, "moderator")
    second = a_colleague(house, "moderator", name="Synthetic Second")
    work = an_item(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        item = review.new_item(session, "erasure", now=house.now(), contribution=contribution)
        erasure = replace(work, public_id=item.public_id, item_id=item.id)

    def refuse(colleague, ground):
        move(house, erasure, colleague.actor, "take")
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, erasure.item_id)
            return desk_acts.act(
                session,
                colleague.actor,
                item,
                "refuse",
                now=house.now(),
                keys=house.keys,
                note="Synthetic reason.",
                ground=ground,
            )

    with pytest.raises(Invalid):
        refuse(first, "inconvenient")
    assert refuse(first, "not_the_holder").waits
    with pytest.raises(Invalid) as differs:
        refuse(second, "legal_hold")
    assert differs.value.key == "refusal_differs"
    assert refuse(second, "not_the_holder").state == "declined"


def test_a_legal_hold_is_for_the_consent_officer_with_proved_presence(house):
    officer, work = a_colleague(house, "consent_officer"), an_item(house)

    def hold(actor):
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, work.item_id)
            desk_acts.act(
                session, actor, item, "set_legal_hold", now=house.now(), keys=house.keys, note="Case 1."
            )

    with pytest.raises(NotPermitted) as refused:
        hold(officer.actor)
    assert refused.value.key == "stepped_up"
    with pytest.raises(NotPermitted):
        hold(replace(a_colleague(house, "moderator").actor, stepped_up=True))
    hold(replace(officer.actor, stepped_up=True))
    with house.session(house.keeper()) as session:
        assert session.get_one(Contribution, work.made.contribution_id).legal_hold == "Case 1."


def test_the_log_goes_back_page_by_page_and_leftovers_are_only_what_is_left(house, monkeypatch):
    monkeypatch.setattr(desk_log, "PER_PAGE", 3)
    moderator, work = a_colleague(house, "moderator"), an_item(house)
    for _ in range(2):
        move(house, work, moderator.actor, "take")
        move(house, work, moderator.actor, "release")
    with house.writing(house.keeper()) as session:
        for number, unmatched in (("a", ["Synthetic Gazette"]), ("b", [])):
            session.add(
                ImportedObject(
                    file="synthetic",
                    external_id=number,
                    thing="record:1",
                    unmatched=unmatched,
                    sha256="x",
                    imported_at=house.now(),
                )
            )
    with house.session(Reader.desk(house.moment())) as session:
        first = desk_log.log(session, moderator.actor, desk_log.Wanted(), now=house.now())
        second = desk_log.log(
            session, moderator.actor, desk_log.Wanted(), now=house.now(), before=first.older
        )
        numbers = [line.id for line in [*first.lines, *second.lines]]
        assert numbers == sorted(numbers, reverse=True)
        assert len(set(numbers)) == 6
        left, more = desk_log.leftovers(session, moderator.actor, now=house.now())
        assert [each.external_id for each in left] == ["a"]
        assert not more
        assert session.scalars(select(ImportedObject)).all()
