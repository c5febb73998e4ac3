"""A lost code is replaced by people after proof, and the request tells nobody what the archive holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.models import AuditEntry, Contribution, Item, Message, Record
from memorial.services import codes, family, lost_codes, review, withdrawal
from memorial.services.codes import Attempts
from tests.services.colleagues import an_actor
from tests.services.test_contribute import TOLD, begun, sent
from tests.services.test_handing_on import opened, opened_or_unknown, take_back

PROOF = "Called back on the number that was left; she named what only the sender knows."


@pytest.fixture
def one(house):
    return an_actor(house, "one", "moderator")


@pytest.fixture
def two(house):
    return an_actor(house, "two", "second_reader")


def a_request(house, words="I sent synthetic words in May.", contact="Synthetic street 1"):
    with house.writing(house.keeper()) as session:
        return lost_codes.request(session, house.keys, words, contact, "en", now=house.now()).id


def match(house, actor, item_id, number):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        lost_codes.match(session, actor, item, number, now=house.now(), keys=house.keys)


def ref_of(house, contribution_id):
    with house.session(house.keeper()) as session:
        return session.get_one(Contribution, contribution_id).public_id


def new_code(house, actor, item_id, note=PROOF):
    """The outcome, and the code where one was made."""
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        if item.state == "submitted":
            review.advance(session, actor, item, "take", now=house.now(), keys=house.keys)
        outcome = review.advance(
            session, actor, item, "new_code", now=house.now(), keys=house.keys, note=note
        )
        return outcome, session.info.get("code_made", "")


def test_two_people_replace_it_and_the_new_one_opens(house, one, two):
    contribution_id, old = begun(house, TOLD)
    sent(house, contribution_id)
    item = a_request(house)
    match(house, one, item, ref_of(house, contribution_id))
    outcome, code = new_code(house, one, item)
    assert (outcome.waits, code) == (True, "")
    assert opened(house, old) == (contribution_id, None)
    outcome, code = new_code(house, two, item)
    assert outcome.state == "done"
    assert opened(house, code) == (contribution_id, None)
    assert opened_or_unknown(house, old) == "replaced"
    with house.session(house.keeper()) as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.verb == "new_code")).one()
        assert (row.actor, row.second, bool(row.note_hash)) == (two.label, one.label, True)


def test_whoever_still_has_the_old_code_takes_it_back_from_a_liar(house, one, two):
    contribution_id, old = begun(house, TOLD)
    item = a_request(house)
    match(house, one, item, ref_of(house, contribution_id))
    new_code(house, one, item)
    _, code = new_code(house, two, item)
    assert take_back(house, old) == contribution_id
    assert opened_or_unknown(house, code) == "unknown"


def test_nobody_gets_a_code_before_the_contribution_is_found_or_without_a_proof(house, one):
    item = a_request(house)
    with pytest.raises(NotPermitted, match="matched"):
        new_code(house, one, item)
    contribution_id, _ = begun(house, TOLD)
    match(house, one, item, ref_of(house, contribution_id))
    with pytest.raises(NotPermitted, match="note"):
        new_code(house, one, item, note=" ")


def test_one_persons_word_for_one_contribution_is_none_for_another(house, one, two):
    first, _ = begun(house, TOLD)
    second, _ = begun(house, TOLD)
    item = a_request(house)
    match(house, one, item, ref_of(house, first))
    new_code(house, one, item)
    match(house, two_with_role(house), item, ref_of(house, second))
    outcome, code = new_code(house, one, item)
    assert (outcome.waits, code) == (True, "")


def two_with_role(house):
    return an_actor(house, "three", "consent_officer")


def test_it_is_found_by_its_number_by_its_page_and_by_nothing_else(house, one):
    contribution_id, _ = begun(house, TOLD)
    with house.session(house.keeper()) as session:
        page = session.scalars(
            select(Record.public_id).where(Record.contribution_id == contribution_id)
        ).one()
    item = a_request(house)
    for number in (ref_of(house, contribution_id), page, f" https://example.org/en/testimonies/{page}/ "):
        match(house, one, item, number)
    for number in ("", "1234", "Synthetic Real Name", "0000000000000"):
        with pytest.raises(Invalid, match="no_such_contribution"):
            match(house, one, item, number)


def test_what_was_written_lies_under_the_archives_key_and_then_under_the_contributions(house, one):
    contribution_id, _ = begun(house, TOLD)
    item = a_request(house)
    with house.session(house.keeper()) as session:
        bodies = [message.body for message in session.scalars(select(Message))]
        assert len(bodies) == 2
        assert not any(b"ynthetic" in body for body in bodies)
    match(house, one, item, ref_of(house, contribution_id))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert {message.contribution_id for message in session.scalars(select(Message))} == {contribution_id}
        withdrawal.erase(session, one, contribution, now=house.now())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Message)).all() == []


def test_what_was_written_here_is_never_read_with_a_code(house, one):
    """A thief with the code must not learn how to reach whoever asks for a new one."""
    contribution_id, _ = begun(house, TOLD)
    sent(house, contribution_id)
    item = a_request(house)
    match(house, one, item, ref_of(house, contribution_id))
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert family.messages_of(session, house.keys, contribution) == []


def test_what_led_to_nothing_is_forgotten_some_weeks_later(house, one, clock):
    item_id = a_request(house)
    kept = a_request(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        for verb, note in (("take", ""), ("decline", "Nobody was found.")):
            review.advance(session, one, item, verb, now=house.now(), keys=house.keys, note=note)
    for days, left in ((29, 3), (1, 0)):
        clock.forward(timedelta(days=days))
        with house.writing(house.keeper()) as session:
            lost_codes.forget(session, house.now())
            mine = session.scalars(select(Message).where(Message.item_id == item_id)).all()
            assert len(mine) == left
            assert len(session.scalars(select(Message).where(Message.item_id == kept)).all()) == 2


@pytest.mark.parametrize("roles", [("editor",), ("second_reader",), ("specialist",)])
def test_only_who_may_looks_for_the_contribution(house, roles):
    contribution_id, _ = begun(house, TOLD)
    item = a_request(house)
    with pytest.raises(NotPermitted, match="role"):
        match(house, an_actor(house, "four", *roles), item, ref_of(house, contribution_id))


def test_a_second_reader_alone_makes_no_code(house, two):
    contribution_id, _ = begun(house, TOLD)
    item = a_request(house)
    match(house, two_with_role(house), item, ref_of(house, contribution_id))
    with pytest.raises(NotPermitted, match="confirms_only"):
        new_code(house, two, item)
    with house.session(house.keeper()) as session:
        assert codes.free(session, house.keys, codes.issue(house.keys))
    assert Attempts()
