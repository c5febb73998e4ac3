"""Memories and quiet signs on somebody's page: read before they are shown, taken back by their own code.

The people and the words are synthetic.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, Reader, proof, session_for, shown
from memorial.models import (
    Account,
    Contribution,
    ItemCheck,
    Media,
    Part,
    Record,
    SearchEntry,
    Tribute,
)
from memorial.services import (
    archive_word,
    codes,
    consent,
    contribute,
    custody,
    family,
    photographs,
    review,
    search,
    tasks,
    tributes,
    withdrawal,
)
from memorial.services.sending import Sending
from tests.builders import Made, public
from tests.web.contribute.helpers import a_photograph

DESK = Actor("account:1", frozenset({"moderator", "specialist"}), account_id=1)
KEPT = {
    "keep": "yes",
    "show": "yes",
    "audience": "everyone",
    "name_shown": "pseudonym",
    "other_name": "Synthetic N.",
}


def a_page(house):
    """A remembrance that a synthetic family has sent and that is published."""
    with house.writing(house.keeper()) as session:
        begun = contribute.begin(
            session, house.keys, codes.issue(house.keys), "remembrance", "en", now=house.now()
        )
        draft = contribute.read(house.keys, begun.contribution)
        draft.answers.update({**KEPT, "person": "Synthetic Person", "life": "A synthetic life."})
        contribute.keep(session, house.keys, begun.contribution, draft, now=house.now())
        made = Made(
            begun.record.id,
            begun.record.public_id,
            "remembrance",
            begun.contribution.id,
            begun.contribution.public_id,
        )
    sent(house, made.contribution_id)
    published(house, made.contribution_id)
    return made


def left_on(house, made, send=True, **answers):
    """A memory that somebody begins on a page; returns the contribution's id."""
    with house.writing(house.keeper()) as session:
        begun = contribute.begin(
            session, house.keys, codes.issue(house.keys), "memory", "en", now=house.now()
        )
        contribute.choose(session, begun.contribution, session.get_one(Record, made.record_id))
        draft = contribute.read(house.keys, begun.contribution)
        draft.answers.update({**KEPT, "about": made.public_id, **answers})
        contribute.keep(session, house.keys, begun.contribution, draft, now=house.now())
        number = begun.contribution.id
    if send:
        sent(house, number)
    return number


def sent(house, contribution_id, key="a key of one form", **answers):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        draft = contribute.read(house.keys, contribution)
        draft.answers.update(answers)
        contribute.keep(session, house.keys, contribution, draft, now=house.now())
        return tasks.send(
            session, house.keys, contribution, Sending(f"{key}, {contribution_id}", "en"), now=house.now()
        ).id


def an_account(house):
    with house.writing(house.keeper()) as session:
        if session.get(Account, 1) is None:
            session.add(Account(email="synthetic@example.org", roles=["moderator"], created_at=house.now()))


def published(house, contribution_id):
    """Read by a synthetic moderator, approved by its sender, published."""
    an_account(house)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        item.facts = {**item.facts, "form_gone_through": True}
        for check in workflow.KINDS[item.kind].checks:
            session.add(
                ItemCheck(
                    item_id=item.id, revision_id=item.revision_id, check=check, account_id=1, at=house.now()
                )
            )
        session.flush()
        for verb in ("take", "make_ready"):
            review.advance(session, DESK, item, verb, now=house.now(), keys=house.keys)
        contribution = session.get_one(Contribution, contribution_id)
        family.approve(session, house.keys, contribution, item.revision_id, now=house.now())
        review.advance(session, DESK, item, "publish", now=house.now(), keys=house.keys)


def page_of(house, made, reader=None):
    with house.session(reader or public(house)) as session:
        record = session.get(Record, made.record_id)
        return shown(session, record) if record is not None else None


def words_on(house, made):
    view = page_of(house, made)
    return [each.text.body for each in view.memories.shown] if view else None


def signs_on(house, made):
    return [(each.form, each.signed) for each in page_of(house, made).signs.shown]


def test_a_memory_is_seen_by_nobody_before_the_desk_has_said_yes(house):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic words of a neighbour.")
    assert words_on(house, made) == []
    published(house, number)
    [memory] = page_of(house, made).memories.shown
    assert (memory.text.body, memory.signed) == ("Synthetic words of a neighbour.", "Synthetic N.")
    assert memory.sent == house.now().date()


def test_the_family_s_page_is_the_same_but_for_the_memory(house):
    """Its revision, its day, its parts and what they allow."""
    made = a_page(house)
    before, stood = page_of(house, made), policies(house, made)
    published(house, left_on(house, made, memory="Synthetic words."))
    after = page_of(house, made)
    assert (after.revision, after.changed, after.texts) == (before.revision, before.changed, before.texts)
    assert {key: policy for key, policy in policies(house, made).items() if key in stood} == stood


def policies(house, made):
    with house.session(house.keeper()) as session:
        rows = session.execute(select(Part.key, Part.policy_id).where(Part.record_id == made.record_id))
        return {row[0]: row[1] for row in rows}


def test_publishing_one_memory_opens_no_other_one_and_nothing_that_was_hidden(house):
    """Also where the archive once said yes to everything that there was."""
    made = a_page(house)
    waiting = left_on(house, made, memory="Synthetic words that nobody has read.")
    hidden = left_on(house, made, memory="Synthetic words that were taken back.")
    published(house, hidden)
    taken_back(house, hidden)
    published(house, left_on(house, made, memory="Synthetic words that were read."))
    assert words_on(house, made) == ["Synthetic words that were read."]
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        archive_word.hide(session, record, ["page"], by=DESK, at=house.now())
        archive_word.show_again(session, record, by=DESK, at=house.now())
    assert words_on(house, made) == ["Synthetic words that were read."]
    published(house, waiting)
    assert len(words_on(house, made)) == 2


def taken_back(house, contribution_id, notice=False):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        family.hide(session, contribution, now=house.now(), notice=notice)


def test_what_is_published_while_the_page_is_hidden_for_now_does_not_open_it(house):
    made = a_page(house)
    with house.writing(house.keeper()) as session:
        archive_word.hide(session, session.get_one(Record, made.record_id), ["page"], by=DESK, at=house.now())
    published(house, left_on(house, made, memory="Synthetic words."))
    assert page_of(house, made) is None
    with house.writing(house.keeper()) as session:
        archive_word.show_again(session, session.get_one(Record, made.record_id), by=DESK, at=house.now())
    assert words_on(house, made) == ["Synthetic words."]


@pytest.mark.parametrize("notice", [False, True])
def test_the_sender_takes_a_memory_back_and_the_page_stays(house, notice):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic words.", sign="candle")
    other = left_on(house, made, memory="Synthetic words of another.")
    published(house, number)
    published(house, other)
    taken_back(house, number, notice)
    assert words_on(house, made) == ["Synthetic words of another."]
    assert signs_on(house, made) == []
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, number)
        family.show_again(session, house.keys, contribution, now=house.now())
    assert set(words_on(house, made)) == {"Synthetic words.", "Synthetic words of another."}


def test_a_hidden_page_hides_its_memories_and_its_own_text_can_be_hidden_alone(house):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic words.")
    published(house, number)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, contribution.id), contribution, now=house.now())
    assert page_of(house, made) is None
    with house.session(public(house)) as session:
        assert session.scalars(select(Tribute)).all() == []


def test_after_removal_for_good_no_word_of_it_is_left_and_the_page_stays(house, clock):
    made = a_page(house)
    number = left_on(house, made, memory="zqcanaryqz words.", sign="blossom", other_name="zqcanaryqz N.")
    with_photograph(house, number)
    published(house, number)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, number)
        family.ask_removal(session, contribution, now=house.now())
    assert words_on(house, made) == []
    clock.forward(timedelta(days=15))
    with house.writing(house.keeper()) as session:
        withdrawal.erase(session, DESK, session.get_one(Contribution, number), now=house.now())
    with house.session(house.keeper()) as session:
        for table in (Tribute, Media):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert not any("zqcanaryqz" in body for body in session.scalars(select(SearchEntry.body)))
    assert page_of(house, made).title == "Synthetic Person"


def with_photograph(house, contribution_id):
    """A synthetic photograph of this contribution, taken in as an upload is."""
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        key = custody.contribution_key(house.keys, contribution)
        received = photographs.receive(house.storage, key, BytesIO(a_photograph()), "synthetic.jpg", 1 << 20)
        record = contribute.record_of(session, contribution)
        return photographs.add(session, contribution, record, received, now=house.now(), most=5).public_id


def test_a_photograph_stands_beside_its_memory_and_not_among_the_family_s(house):
    made = a_page(house)
    number = left_on(house, made, send=False, memory="")
    picture = with_photograph(house, number)
    sent(house, number, photos={picture: {"alt": "Two synthetic people", "show": "yes"}})
    published(house, number)
    view = page_of(house, made)
    assert view.pictures == []
    [memory] = view.memories.shown
    assert [each.public_id for each in memory.pictures] == [picture]
    taken_back(house, number)
    with house.session(public(house)) as session:
        assert session.scalars(select(Media)).all() == []


def test_a_quiet_sign_has_no_name_unless_its_sender_wishes(house):
    made = a_page(house)
    for answers in (
        {"sign": "candle", "name_shown": "not_shown", "your_name": "Synthetic Secret"},
        {"sign": "blossom", "name_shown": "full", "your_name": "Synthetic Open"},
    ):
        published(house, left_on(house, made, **answers))
    assert sorted(signs_on(house, made)) == [("blossom", "Synthetic Open"), ("candle", "")]
    assert words_on(house, made) == []


@pytest.mark.parametrize(
    "missing", [{"memory": " "}, {"memory": "Words.", "audience": ""}, {"memory": "Words.", "keep": "no"}]
)
def test_nothing_is_taken_without_words_an_audience_and_leave_to_keep_it(house, missing):
    number = left_on(house, a_page(house), send=False, **missing)
    with pytest.raises(NotPermitted):
        sent(house, number)


def test_a_memory_for_researchers_is_not_for_everyone(house):
    made = a_page(house)
    published(house, left_on(house, made, memory="Synthetic words.", audience="researchers"))
    assert words_on(house, made) == []
    research = page_of(house, made, Reader.research(house.moment()))
    assert [each.text.body for each in research.memories.shown] == ["Synthetic words."]


def test_a_page_shows_the_first_thirty_and_the_others_follow_by_their_place(house):
    made = a_page(house)
    many(house, made, 64)
    first = page_of(house, made).memories
    seen = [each.text.body for each in first.shown]
    assert len(seen) == 30
    after = first.after
    while after:
        with house.session(public(house)) as session:
            _, more = tributes.some(session, made.public_id, quiet=False, after=after)
        seen += [each.text.body for each in more.shown]
        after = more.after
    assert sorted(seen) == sorted(f"Synthetic words {n:02}." for n in range(64))
    assert seen == sorted(seen, key=lambda body: int(body[-3:-1]) // 8)


def many(house, made, count):
    """Rows as they stand after publication, eight a day."""
    day = house.now().replace(hour=0)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        guard = consent.guard_of(session, session.get_one(Part, record.part_id))
        for number in range(count):
            session.add(
                Tribute(
                    public_id=new_public_id(), record_id=record.id,
                    body=f"Synthetic words {number:02}.", created_at=day + timedelta(days=number // 8), **guard,
                )
            )  # fmt: skip


@pytest.mark.parametrize("place", ["x", "2026-11-22", "2026-11-22.x", "yesterday.00000000000000", "." * 500])
def test_a_place_that_is_none_of_ours_is_said_to_be_wrong(house, place):
    made = a_page(house)
    with house.session(public(house)) as session, pytest.raises(Invalid):
        tributes.some(session, made.public_id, quiet=True, after=place)


def test_search_finds_what_is_published_and_no_more(house):
    made = a_page(house)
    number = left_on(house, made, memory="He carried unmistakable pomegranates.")
    assert found(house, "pomegranates") == []
    published(house, number)
    assert found(house, "pomegranates") == [made.public_id]
    taken_back(house, number)
    assert found(house, "pomegranates") == []


def found(house, words):
    with house.session(public(house)) as session:
        return [entry.public_id for entry in search.search(session, words).entries]


def test_a_change_of_a_published_memory_waits_and_what_stood_stands_meanwhile(house):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic first words.")
    published(house, number)
    before = page_of(house, made).memories.shown[0]
    sent(house, number, key="a key of another form", memory="Synthetic second words.", sign="candle")
    assert words_on(house, made) == ["Synthetic first words."]
    assert [each.text.body for each in sender_s_proof(house, number) if each.text] == [
        "Synthetic second words."
    ]
    assert words_on(house, made) == ["Synthetic first words."]
    published(house, number)
    after = page_of(house, made).memories.shown[0]
    assert after.text.body == "Synthetic second words."
    assert (after.public_id, after.sent) == (before.public_id, before.sent)
    assert signs_on(house, made) == [("candle", "Synthetic N.")]


def sender_s_proof(house, contribution_id):
    with session_for(house.engine, house.keeper(), writes=True) as session:
        contribution = session.get_one(Contribution, contribution_id)
        view = tributes.proof_of(session, house.keys, contribution, now=house.now())
        session.rollback()
    return view


def test_the_sender_sees_the_block_as_it_will_stand_and_nothing_of_others(house):
    made = a_page(house)
    left_on(house, made, memory="Synthetic words of another.")
    number = left_on(house, made, memory="Synthetic words.", sign="candle")
    assert [(each.form, each.text.body if each.text else "") for each in sender_s_proof(house, number)] == [
        ("memory", "Synthetic words."),
        ("candle", ""),
    ]
    kept = left_on(house, made, memory="Synthetic words for nobody.", show="no")
    assert sender_s_proof(house, kept) == []


def test_the_desk_s_proof_of_a_memory_has_that_one_and_no_other_that_waits(house):
    made = a_page(house)
    left_on(house, made, memory="Synthetic words of another.")
    number = left_on(house, made, memory="Synthetic words.")
    with house.session(Reader.desk(house.moment())) as session:
        record = session.get_one(Record, made.record_id)
        assert [each.text.body for each in proof(session, record, number).memories.shown] == [
            "Synthetic words."
        ]
        assert proof(session, record).memories.shown == []


def test_a_sealed_memory_stays_sealed_when_its_sender_sends_it_again(house):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic words.")
    with house.writing(house.keeper()) as session:
        withdrawal.seal(session, DESK, session.get_one(Contribution, number), now=house.now())
    sent(house, number, key="a key of another form", memory="Synthetic other words.")
    with house.session(Reader.desk(house.moment())) as session:
        assert session.scalars(select(Tribute)).all() == []


def test_two_people_may_leave_a_memory_and_neither_takes_the_other_s_part(house):
    made = a_page(house)
    numbers = [left_on(house, made, memory=f"Synthetic words {n}.", sign="candle") for n in (1, 2)]
    with house.session(house.keeper()) as session:
        wanted = select(Part.key, Part.contribution_id).where(Part.kind.in_(("memory", "sign")))
        owned = {row[0]: row[1] for row in session.execute(wanted)}
    assert sorted(owned.values()) == sorted(numbers * 2)
    with house.session(house.keeper()) as session:
        for key, owner in owned.items():
            part = rules.Part(key, "memory")
            needed = rules.needed(part, consent_history(session, made.record_id))
            assert party(session, owner) in needed
            assert not {party(session, other) for other in numbers if other != owner} & needed


def consent_history(session, record_id):
    from memorial.gate.policies import history

    return history(session, record_id)


def party(session, contribution_id):
    return str(consent.party_of(session, "contributor", contribution_id).id)
