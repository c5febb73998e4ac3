"""Whose yes is needed by a decision of the desk: one person can ask for more, two can ask for less."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from memorial.domain import consent as rules
from memorial.domain.content import TextContent
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.models import AuditEntry, Item, LedgerEntry, Message, Party, Proposal, Record, Text
from memorial.services import audit, consent, describe, parties, proposals
from memorial.services.consent import Said
from memorial.services.parties import Wanted
from tests.builders import ALL_MAY_VIEW, a_press_account, public, some_content
from tests.services.colleagues import an_actor
from tests.web.desk.people import an_item, family

ALL = frozenset({rules.EVERY_PART})
WHO = Wanted("third_person", ALL, "A synthetic neighbour", "Named, alive, and was not asked.")


@pytest.fixture
def moderator(house):
    return an_actor(house, "one", "moderator")


@pytest.fixture
def other(house):
    return an_actor(house, "two", "second_reader")


def published(house, kind="testimony", **values):
    work = an_item(house, kind, **values)
    say(house, work, "archive", {"*": rules.everything()})
    return work


def say(house, work, party_id, will):
    with house.writing(house.keeper()) as session:
        party = consent.archive_party(session) if party_id == "archive" else session.get_one(Party, party_id)
        said = Said(party, "will", will)
        consent.append(
            session, session.get_one(Record, work.made.record_id), said, by=family(work), at=house.now()
        )


def decide(house, actor, work, wanted=WHO):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return parties.require(session, actor, item, wanted, now=house.now(), keys=house.keys).id


def ask_removal(house, actor, work, party_id, note="Found to be a public official acting as such."):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        asked = proposals.ask_removal(session, actor, item, party_id, note, now=house.now(), keys=house.keys)
        return asked.public_id


def agree(house, actor, work, proposal):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        proposals.agree(session, actor, item, proposal, now=house.now(), keys=house.keys)


def texts(house, work) -> int:
    with house.session(public(house)) as session:
        wanted = select(func.count()).select_from(Text).where(Text.record_id == work.made.record_id)
        return session.scalar(wanted)


def asked(house, work):
    with house.session(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        return parties.asked_of(session, house.keys, record)


def test_what_was_public_is_gone_at_once_when_a_third_person_becomes_required(house, moderator):
    work = published(house)
    assert texts(house, work) == 2
    party = decide(house, moderator, work)
    assert texts(house, work) == 0
    say(house, work, party, {"*": ALL_MAY_VIEW})
    assert texts(house, work) == 2


def test_one_part_can_ask_for_somebody_while_the_rest_stays(house, moderator):
    work = published(house)
    decide(house, moderator, work, Wanted("rights_holder", frozenset({"text"}), "A synthetic heir", "Why."))
    with house.session(public(house)) as session:
        assert session.scalars(select(Text.role).where(Text.record_id == work.made.record_id)).all() == [
            "title"
        ]


def test_a_part_that_comes_later_asks_for_them_too(house, moderator):
    work = published(house)
    party = decide(house, moderator, work)
    say(house, work, party, {"*": ALL_MAY_VIEW})
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        consent.add_part(
            session, record, "photograph:late", "photograph", contribution_id=work.made.contribution_id
        )
    assert "photograph:late" in next(each.parts for each in asked(house, work) if each.party_id == party)


def test_the_notice_of_a_withdrawal_stays_the_contributors_own(house, moderator):
    content = some_content("testimony")
    notice = TextContent("notice", "Taken back.", rules.NOTICE, "en")
    work = published(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        changed = replace(content, texts=[*content.texts, notice])
        revision = describe.propose(
            session, record, changed, by=moderator, now=house.now(), contribution_id=work.made.contribution_id
        )
        describe.apply(session, revision, now=house.now())
    party = decide(house, moderator, work)
    assert rules.NOTICE not in next(each.parts for each in asked(house, work) if each.party_id == party)


def test_one_person_alone_lets_nobody_go(house, moderator):
    work = published(house)
    party = decide(house, moderator, work)
    proposal = ask_removal(house, moderator, work, party)
    assert texts(house, work) == 0
    with pytest.raises(NotPermitted, match="other_person"):
        agree(house, moderator, work, proposal)
    assert texts(house, work) == 0


def test_a_second_person_lets_them_go_and_the_page_is_back(house, moderator, other):
    work = published(house)
    party = decide(house, moderator, work)
    agree(house, other, work, ask_removal(house, moderator, work, party))
    assert texts(house, work) == 2
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.verb for row in rows] == ["require_party", "asked_remove_party", "remove_party"]
        assert (rows[-1].actor, rows[-1].second) == (other.label, moderator.label)
        assert all(row.note_hash for row in rows[:2])
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.act == "release")).one()
        assert (entry.authority, entry.method, bool(entry.evidence)) == ("desk", "desk", True)
        assert not [*consent.broken_at(session), *audit.broken_at(session)]


def test_what_was_agreed_to_is_done_once_and_what_was_dropped_never(house, moderator, other):
    work = published(house)
    party = decide(house, moderator, work)
    dropped = ask_removal(house, moderator, work, party)
    with house.writing(house.keeper()) as session:
        proposals.drop(session, other, session.get_one(Item, work.item_id), dropped, now=house.now())
    with pytest.raises(NotPermitted, match="no_such_step"):
        agree(house, other, work, dropped)
    assert texts(house, work) == 0
    kept = ask_removal(house, moderator, work, party)
    agree(house, other, work, kept)
    with pytest.raises(NotPermitted, match="no_such_step"):
        agree(house, other, work, kept)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Proposal.outcome).order_by(Proposal.id)).all() == ["dropped", "done"]


def test_a_second_reader_confirms_and_begins_nothing(house, other):
    work = published(house)
    with pytest.raises(NotPermitted, match="role"):
        decide(house, other, work)
    with pytest.raises(NotPermitted, match="role"):
        ask_removal(house, other, work, 1)


def test_a_reason_is_asked_for_and_lies_encrypted_for_colleagues(house, moderator):
    work = published(house)
    with pytest.raises(NotPermitted, match="note"):
        decide(house, moderator, work, Wanted("next_of_kin", ALL, "A synthetic sister", "  "))
    party = decide(house, moderator, work)
    with pytest.raises(NotPermitted, match="note"):
        ask_removal(house, moderator, work, party, note=" ")
    ask_removal(house, moderator, work, party, note="Named no longer.")
    with house.session(house.keeper()) as session:
        message, later = session.scalars(select(Message).order_by(Message.id)).all()
        assert message.direction == later.direction == "among_desk"
        assert b"Named" not in message.body
        assert b"neighbour" not in session.get_one(Party, party).who


@pytest.mark.parametrize("wanted", [
    Wanted("contributor", ALL, "x", "why"), Wanted("archive", ALL, "x", "why"), Wanted("third_person", ALL, " ", "why"),
    Wanted("third_person", frozenset(), "x", "why"), Wanted("third_person", frozenset({"no-such-part"}), "x", "why"),
])  # fmt: skip
def test_what_the_desk_cannot_decide_is_refused_in_words(house, moderator, wanted):
    work = published(house)
    with pytest.raises(Invalid):
        decide(house, moderator, work, wanted)
    assert texts(house, work) == 2


def test_two_third_persons_are_two_and_one_can_be_asked_for_more(house, moderator):
    work = published(house)
    one = decide(
        house, moderator, work, Wanted("third_person", frozenset({"text"}), "First synthetic", "Why.")
    )
    two = decide(
        house, moderator, work, Wanted("third_person", frozenset({"name"}), "Second synthetic", "Why.")
    )
    again = decide(house, moderator, work, Wanted("third_person", frozenset({"name"}), "", "Why.", one))
    assert again == one != two
    found = {each.party_id: (each.who, each.parts) for each in asked(house, work)}
    assert found[one] == ("First synthetic", ["name", "text"])
    assert found[two] == ("Second synthetic", ["name"])


def test_nobody_is_let_go_who_is_asked_by_the_table_or_is_no_party(house, moderator):
    work = published(house)
    stranger = published(house)
    elsewhere = decide(house, moderator, stranger)
    contributor = asked(house, work)[0].party_id
    for party in (contributor, elsewhere, 10**6):
        with pytest.raises(NotOpen):
            ask_removal(house, moderator, work, party)
    with pytest.raises(NotOpen):
        decide(house, moderator, work, Wanted("third_person", ALL, "", "Why.", elsewhere))


def test_the_archives_own_records_can_ask_for_a_third_person_as_well(house, moderator, other):
    made = a_press_account(house)
    from memorial.services import review
    from tests.web.desk.people import Work

    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        item = review.new_item(session, "take_down", now=house.now(), record=record)
        work = Work(item.public_id, item.id, made)
    assert texts(house, work) > 0
    party = decide(house, moderator, work)
    assert texts(house, work) == 0
    assert asked(house, work)[0].who == "A synthetic neighbour"
    agree(house, other, work, ask_removal(house, moderator, work, party))
    assert texts(house, work) > 0
