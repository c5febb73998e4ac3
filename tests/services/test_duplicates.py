"""Two that may be one: raised, looked at side by side, joined, parted, remembered. All people are synthetic."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from memorial import jobs
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Reader, may
from memorial.gate.facts import closed_to
from memorial.models import (
    Account,
    AuditEntry,
    Contribution,
    Item,
    Person,
    PersonName,
    Record,
    Remembrance,
    SameAs,
)
from memorial.services import alike, desk_acts, duplicates, review, search_index, withdrawal
from memorial.services import pairs as pairs_beside
from memorial.services.check import check
from tests.builders import a_remembrance
from tests.services.colleagues import an_actor

NAME = "Sintetik Şəxs"


def somebody(house, name=NAME, born="1950", lived="Synthetic town"):
    content = Content(
        language="en",
        texts=[TextContent("life", "A synthetic life.", part="text", language="en")],
        names=[NameContent(name, part="name", language="az")],
        statements=[StatementContent("born", born, stated_by="a synthetic relative"),
                    StatementContent("lived", lived, stated_by="a synthetic relative")],
    )  # fmt: skip
    made = a_remembrance(house, content=content)
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [made.record_id])
    return made


def person_of(session, made):
    return session.scalars(select(Remembrance.person_id).where(Remembrance.record_id == made.record_id)).one()


def flagged(house, actor, one, other):
    with house.writing(house.keeper()) as session:
        return duplicates.flag(session, actor, one, other, now=house.now()).id


def decides(house, actor, number, *verbs, note="zqreasonzq"):
    for verb in verbs:
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, number)
            desk_acts.act(session, actor, item, verb, now=house.now(), keys=house.keys, note=note)


def pairs(house):
    with house.session(house.keeper()) as session:
        found = session.scalars(select(Item).where(Item.kind == "duplicate").order_by(Item.id)).all()
        return [(item.state, tuple(item.facts["agrees"])) for item in found]


def test_the_night_finds_the_same_name_in_other_letters_once_and_not_again(house):
    somebody(house), somebody(house, "Şəxs Sintetik", born="5 May 1950", lived="Elsewhere")
    somebody(house, NAME, born="1931", lived="Nowhere"), somebody(house, "Another Name")
    assert jobs.find_duplicates(house) == 1
    assert jobs.find_duplicates(house) == 0
    assert pairs(house) == [("submitted", ("name_exact", "year"))]
    somebody(house, lived="Elsewhere")
    assert jobs.find_duplicates(house) == 2


@pytest.mark.parametrize(
    ("name", "born", "lived", "found"),
    [
        ("Шахс С.", "1950", "Synthetic town", [("name_initial", "year", "place")]),
        ("Sintetik Şəxs Vəli oğlu", "1951", "Elsewhere", [("name_exact", "year_near")]),
        ("Sintetik Şəxs", "1931", "Synthetic town", []),  # one may be the other's father
    ],
)
def test_candidates_are_found_by_the_sound_of_their_names_and_weighed(house, name, born, lived, found):
    somebody(house), somebody(house, name, born=born, lived=lived)
    assert jobs.find_duplicates(house) == len(found)
    assert pairs(house) == [("submitted", each) for each in found]


def test_a_search_reads_the_facts_of_all_candidates_together(house, count_queries):
    costs = []
    for _ in range(2):
        for _ in range(3):
            somebody(house)
        with house.session(Reader.desk(house.moment())) as session:
            names = session.execute(select(PersonName.person_id, PersonName.text, PersonName.kind)).all()
            count_queries()
            alike.candidates(session, names)
            costs.append(count_queries() - len(names))  # one look at the index for each name
    assert costs[0] == costs[1] <= 8


def test_an_edit_of_a_name_asks_nobody_again(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house)
    decides(house, editor, flagged(house, editor, one.path, other.path), "take", "different")
    with house.writing(house.keeper()) as session:
        guard = session.scalars(select(PersonName).where(PersonName.record_id == one.record_id)).first()
        session.add(
            PersonName(
                person_id=guard.person_id, record_id=one.record_id, text="Sintetik Shakhs", listed="remembrance",
                part_id=guard.part_id, policy_id=guard.policy_id, contribution_id=guard.contribution_id,
            )
        )  # fmt: skip
    assert jobs.find_duplicates(house) == 0
    assert [state for state, _ in pairs(house)] == ["declined"]


def test_both_stand_side_by_side_field_by_field_with_what_agrees_and_what_differs(house, count_queries):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house, "Şəxs Sintetik", born="1931")
    number = flagged(house, editor, one.path, other.path)
    with house.session(Reader.desk(house.moment())) as session:
        item = session.get_one(Item, number)
        beside = pairs_beside.pair_of(session, item)
        count_queries()
        pairs_beside.pairs_of(session, [item])
        cost = count_queries()
        pairs_beside.pairs_of(session, [item] * 9)
        assert count_queries() == cost <= 13
    lines = {line.key: line for line in beside.lines}
    assert list(lines) == ["names", "born", "lived"]
    assert [[told.words for told in cell] for cell in lines["born"].cells] == [["1950"], ["1931"]]
    assert {told.by for cell in lines["born"].cells for told in cell} == {"a synthetic relative"}
    assert [(lines[key].agrees, lines[key].against) for key in lines] == [
        (["name_exact"], []), ([], ["year_apart"]), (["place"], []),
    ]  # fmt: skip


def test_nobody_who_is_marked_never_is_offered_by_the_night_or_by_hand(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house)
    with house.writing(house.keeper()) as session:
        person = session.get_one(Person, person_of(session, other))
        person.listed = "never"
    assert jobs.find_duplicates(house) == 0
    with pytest.raises(Invalid) as refused:
        flagged(house, editor, one.path, other.path)
    assert (refused.value.key, refused.value.field) == ("not_listed", "other")


def test_what_was_decided_is_remembered_and_never_raised_again(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house)
    jobs.find_duplicates(house)
    number = flagged(house, editor, f"/en{other.path}", one.path)
    decides(house, editor, number, "take", "different")
    with house.writing(house.keeper()) as session:  # as if both had come anew
        session.execute(update(PersonName).values(rank=5), execution_options={"projection": True})
        session.get_one(duplicates.ArchiveSetting, duplicates.MARK).value = 0
    assert jobs.find_duplicates(house) == 0
    assert flagged(house, editor, one.path, other.path) == number
    assert pairs(house) == [("declined", ("name_exact", "year", "place"))]
    with house.session(house.keeper()) as session:
        assert pairs_beside.pair_of(session, session.get_one(Item, number)).decision == "different"


def test_a_union_is_a_link_that_is_taken_back_and_moves_nothing(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house, lived="Elsewhere")
    number = flagged(house, editor, one.path, other.path)
    with house.session(house.keeper()) as session:
        before = [
            (each.part_id, each.public_from) for each in session.scalars(select(Record).order_by(Record.id))
        ]
    decides(house, editor, number, "take", "same")
    with house.session(Reader.desk(house.moment())) as session:
        assert pairs_beside.same_as(session, one.record_id) == [(NAME, other.path)]
        link = session.scalars(select(SameAs)).one()
        assert (link.undone_at, link.reason[:5]) == (None, "item:")
        item = session.get_one(Item, number)
        beside = pairs_beside.pair_of(session, item)
        assert (beside.joined, [side.title for side in beside.sides]) == (True, [NAME, NAME])
        assert [told.words for key in ("born", "lived") for told in beside.sides[1].fields[key]] == [
            "1950",
            "Elsewhere",
        ]
    decides(house, editor, number, "undo_same")
    with house.session(house.keeper()) as session:
        assert pairs_beside.same_as(session, one.record_id) == []
        assert session.scalars(select(SameAs)).one().undone_at is not None
        after = [
            (each.part_id, each.public_from) for each in session.scalars(select(Record).order_by(Record.id))
        ]
        acts = session.scalars(
            select(AuditEntry.verb).where(AuditEntry.thing.like("item:%")).order_by(AuditEntry.id)
        ).all()
        assert list(check(session, house.storage, now=house.now(), elsewhere=house.second_lines())) == []
    assert after == before
    assert acts == ["flag_duplicate", "take", "same", "undo_same"]


def test_two_that_are_one_let_a_family_remove_what_it_sent_for_good(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house)
    number = flagged(house, editor, one.path, other.path)
    decides(house, editor, number, "take", "same")
    for made in (one, other):
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, made.contribution_id)
            withdrawal.erase(session, editor, contribution, now=house.now())
    with house.session(Reader.desk(house.moment())) as session:
        beside = pairs_beside.pair_of(session, session.get_one(Item, number))
        assert [side.title for side in beside.sides] == ["", ""]
        assert session.scalar(select(func.count()).select_from(SameAs)) == 0


def test_of_what_is_sealed_the_pair_shows_no_name(house):
    editor = an_actor(house, "one", "editor")
    one, other = somebody(house), somebody(house)
    number = flagged(house, editor, one.path, other.path)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, other.contribution_id)
        withdrawal.seal(session, editor, contribution, now=house.now())
    with house.session(Reader.desk(house.moment())) as session:
        assert sorted(
            side.title for side in pairs_beside.pair_of(session, session.get_one(Item, number)).sides
        ) == ["", NAME]


@pytest.mark.parametrize(
    ("one", "other", "key", "field"),
    [("/people/nobody", "", "no_such_person", "one"), ("", "/press/1", "no_such_person", "one")],
)
def test_an_address_of_nobody_is_refused_by_its_field(house, one, other, key, field):
    with pytest.raises(Invalid) as refused:
        flagged(house, an_actor(house, "one", "editor"), one, other)
    assert (refused.value.key, refused.value.field) == (key, field)


def test_who_may_not_is_refused_and_nobody_is_a_duplicate_of_themselves(house):
    made = somebody(house)
    with pytest.raises(NotPermitted):
        flagged(house, an_actor(house, "one", "second_reader"), made.path, made.path)
    with pytest.raises(Invalid) as refused:
        flagged(house, an_actor(house, "two", "editor"), made.path, made.path)
    assert refused.value.key == "same_page"


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("why", ["kept away", "violence"])
def test_a_pair_is_as_closed_as_either_of_its_two_pages(house, side, why):
    officer, moderator = an_actor(house, "one", "consent_officer"), an_actor(house, "two", "moderator")
    two = somebody(house), somebody(house)
    flagged(house, officer, two[0].path, two[1].path)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, two[side].record_id)
        own = review.new_item(session, "promise", now=house.now(), record=record)
        pair = session.scalars(select(Item).where(Item.kind == "duplicate")).one()
        assert may(session, moderator, "read", pair, now=house.now())
        act = {"now": house.now(), "keys": house.keys, "note": "zqreasonzq"}
        if why == "violence":
            desk_acts.act(session, officer, own, "mark_violence", **act)
        else:
            desk_acts.act(session, officer, own, "exclude", account=moderator.account_id, **act)
    with house.session(house.keeper()) as session:
        pair = session.scalars(select(Item).where(Item.kind == "duplicate")).one()
        reason = "specialist" if why == "violence" else "recused"
        assert may(session, moderator, "read", pair, now=house.now()).reason == reason
        assert (
            closed_to(session, pair, [session.get_one(Account, moderator.account_id)]).popitem()[1] == reason
        )
        assert may(session, officer, "read", pair, now=house.now())
