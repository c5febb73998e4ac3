"""A yes that staff enter: two people, its evidence, and nothing that was not asked by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import lapses
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import Actor
from memorial.models import (
    AuditEntry,
    ConsentForm,
    Contribution,
    CustodyEvent,
    Evidence,
    Item,
    LedgerEntry,
    Party,
    Proposal,
    Record,
)
from memorial.services import backup, check, consent, consent_forms, evidence, parties, proposals, withdrawal
from memorial.services.consent import Said
from memorial.services.evidence import Yes
from memorial.services.parties import Wanted
from tests.services.colleagues import an_actor
from tests.services.test_parties import agree, published, say, texts
from tests.web.desk.people import family

SPOKEN = b"A synthetic recording of somebody who says yes."
DAY = date(2026, 11, 20)


@pytest.fixture
def officer(house):
    return an_actor(house, "one", "consent_officer")


@pytest.fixture
def other(house):
    return an_actor(house, "two", "second_reader")


@pytest.fixture
def asked_third(house, officer):
    """A published testimony, hidden because a third person is asked and has not answered."""
    work = published(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        wanted = Wanted("third_person", frozenset({"*"}), "A synthetic neighbour", "Named and alive.")
        party = parties.require(session, officer, item, wanted, now=house.now(), keys=house.keys)
        return work, party.id


def a_yes(house, party_id, **values):
    with house.writing(house.keeper()) as session:
        form = consent_forms.form_id(session, "az")
    usual = Yes(party_id, frozenset({"public", "research"}), frozenset({"view"}), "interview", DAY, form,
                interpreter=True, present="Synthetic interviewer and interpreter")  # fmt: skip
    return replace(usual, **values)


def enter(house, actor, work, yes, content=SPOKEN):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        key = evidence.key_of(session, house.keys, item)
        kept = evidence.keep(house.storage, key, BytesIO(content), "synthetic name.ogg") if content else None
        return evidence.ask(session, actor, item, yes, kept, now=house.now(), keys=house.keys).public_id


def test_nothing_is_allowed_before_a_second_person_has_agreed(house, officer, other, asked_third):
    work, party = asked_third
    proposal = enter(house, officer, work, a_yes(house, party))
    assert texts(house, work) == 0
    with pytest.raises(NotPermitted, match="other_person"):
        agree(house, officer, work, proposal)
    assert texts(house, work) == 0
    agree(house, other, work, proposal)
    assert texts(house, work) == 2


def test_the_ledger_holds_what_was_shown_in_which_language_and_by_whom_it_was_entered(
    house, officer, other, asked_third
):
    work, party = asked_third
    yes = a_yes(house, party)
    agree(house, other, work, enter(house, officer, work, yes))
    with house.session(house.keeper()) as session:
        entry = session.scalars(
            select(LedgerEntry).where(LedgerEntry.party_id == party, LedgerEntry.act == "will")
        ).one()
        form = session.get_one(ConsentForm, entry.form_id)
        assert (entry.language, entry.interpreter, entry.method) == ("az", True, "interview")
        assert (form.language, entry.recorded_by, entry.authority) == ("az", other.label, "third_person")
        assert len(entry.evidence) == 64
        assert session.scalars(select(Proposal.particulars)).one()["form_sha256"] == form.sha256
        row = session.scalars(select(AuditEntry).where(AuditEntry.verb == "enter_yes")).one()
        assert (row.actor, row.second) == (other.label, officer.label)


def test_the_evidence_lies_encrypted_and_is_known_to_the_check_of_files(house, officer, other, asked_third):
    work, party = asked_third
    proposal = enter(house, officer, work, a_yes(house, party))
    with house.writing(house.keeper()) as session:
        row = session.scalars(select(Evidence)).one()
        assert b"Synthetic" not in row.present + row.file_name
        with house.storage.open_sealed(row.storage_key) as sealed:
            assert SPOKEN not in sealed.read()
        assert row.storage_key in backup._files(session)
        assert not [*check.files_without_a_row(session, house.storage, put_aside=False)]
        assert not [*check.damaged_files(session, house.storage)]
        item = session.get_one(Item, work.item_id)
        opened, name = evidence.open_file(
            session, other, item, row.public_id, keys=house.keys, storage=house.storage, now=house.now()
        )
        with opened:
            assert (opened.read(), name) == (SPOKEN, "synthetic name.ogg")
    with house.session(house.keeper()) as session:
        assert session.scalars(select(CustodyEvent.verb).order_by(CustodyEvent.id)).all() == [
            "received",
            "evidence_shown",
        ]
    assert proposal


def test_evidence_of_another_record_is_not_opened_here(house, officer, asked_third):
    work, party = asked_third
    enter(house, officer, work, a_yes(house, party))
    stranger = published(house)
    with house.writing(house.keeper()) as session:
        row = session.scalars(select(Evidence.public_id)).one()
        item = session.get_one(Item, stranger.item_id)
        with pytest.raises(NotOpen):
            evidence.open_file(
                session, officer, item, row, keys=house.keys, storage=house.storage, now=house.now()
            )


@pytest.mark.parametrize(("values", "reason"), [
    ({"uses": frozenset({"view", "ai_training"})}, "training_not_named"),
    ({"uses": frozenset({"everything"})}, "no_such_use"),
    ({"audiences": frozenset({"friends"})}, "no_such_use"),
    ({"parts": frozenset({"no-such-part"})}, "no_such_part"),
    ({"parts": frozenset()}, "no_such_part"),
    ({"method": "hearsay"}, "no_such_method"),
    ({"agreed_on": date(2026, 11, 23)}, "day_to_come"),
    ({"ask_again": 3}, "no_such_years"),
    ({"present": "  "}, "present_missing"),
    ({"form_id": 10**6}, "no_such_form"),
    ({"party_id": 10**6}, "no_such_party"),
    ({"is_child": True}, "majority_missing"),
])  # fmt: skip
def test_what_a_careful_reader_would_stop_at_is_refused(house, officer, asked_third, values, reason):
    work, party = asked_third
    with pytest.raises(Invalid) as refused:
        enter(house, officer, work, replace(a_yes(house, party), **values))
    assert refused.value.key == reason


def test_without_a_file_there_is_no_evidence(house, officer, asked_third):
    work, party = asked_third
    with pytest.raises(Invalid, match="evidence_missing"):
        enter(house, officer, work, a_yes(house, party), content=None)
    with house.session(house.keeper()) as session:
        key = evidence.key_of(session, house.keys, session.get_one(Item, work.item_id))
    with pytest.raises(Invalid, match="evidence_empty"):
        evidence.keep(house.storage, key, BytesIO(b""), "empty.pdf")
    assert list(house.storage.listing("originals")) == []


def test_training_is_allowed_only_where_it_was_asked_by_name(house, officer, other, asked_third):
    work, party = asked_third
    yes = a_yes(house, party, uses=frozenset({"view", "ai_training"}), ai_training_named=True)
    agree(house, other, work, enter(house, officer, work, yes))
    with house.session(house.keeper()) as session:
        _, _, will = parties.will_of(session, work.made.record_id, party)
    assert ("public", "ai_training") in rules.will_from_json(will)["*"]
    for uses in (frozenset({"view", "download", "reuse"}), frozenset({"view"})):
        granted = evidence.will_of("narrator", a_yes(house, party, uses=uses, ai_training_named=True))
        assert not [use for _, use in granted["*"] if use == "ai_training"]


def test_what_the_party_said_itself_later_goes_before_paper(house, officer, other, asked_third, clock):
    work, party = asked_third
    waiting = enter(house, officer, work, a_yes(house, party))
    say(house, work, party, {})
    with pytest.raises(Stale):
        agree(house, other, work, waiting)
    assert texts(house, work) == 0
    clock.forward(timedelta(days=2))
    with pytest.raises(NotPermitted, match="said_later"):
        enter(house, officer, work, a_yes(house, party, agreed_on=date(2026, 11, 21)))
    enter(house, officer, work, a_yes(house, party, agreed_on=date(2026, 11, 22)))


def test_staff_show_nothing_again_that_the_family_has_hidden(house, officer, other, asked_third):
    work, _ = asked_third
    with house.session(house.keeper()) as session:
        contributor = consent.party_of(session, "contributor", work.made.contribution_id).id
    waiting = enter(house, officer, work, a_yes(house, contributor, agreed_on=date(2026, 11, 22)))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        withdrawal.hide(session, family(work), contribution, now=house.now())
    with pytest.raises((Stale, NotPermitted)):
        agree(house, other, work, waiting)
    with pytest.raises(NotPermitted, match="hidden_by_family"):
        enter(house, officer, work, a_yes(house, contributor, agreed_on=date(2026, 11, 22)))
    assert texts(house, work) == 0


def test_a_guardians_yes_on_paper_ends_when_the_child_is_grown(house, officer, other, clock):
    work = published(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        wanted = Wanted("guardian", frozenset({"*"}), "A synthetic mother", "A child tells it.")
        party = parties.require(session, officer, item, wanted, now=house.now(), keys=house.keys).id
    birthday = date(2027, 5, 3)
    yes = a_yes(house, party, method="paper", majority=birthday)
    agree(house, other, work, enter(house, officer, work, yes))
    assert texts(house, work) == 2
    clock.forward(lapses.ends(birthday) - house.now() - timedelta(seconds=1))
    assert texts(house, work) == 2
    clock.forward(timedelta(seconds=1))
    assert texts(house, work) == 0
    with pytest.raises(Invalid, match="majority_missing"):
        enter(house, officer, work, replace(yes, majority=None, agreed_on=house.now().date()))


def test_a_yes_for_some_years_on_paper_ends_and_one_with_a_day_opens(house):
    yes = a_yes(house, 1, ask_again=5, closed_until=date(2027, 1, 1))
    window = evidence.will_of("narrator", yes)["*"][("public", "view")]
    assert (window.opens.isoformat(), window.closes) == (
        "2027-01-02T12:00:00+00:00",
        lapses.ends(date(2031, 11, 20)),
    )


@pytest.mark.parametrize("roles", [("moderator",), ("editor",), ("second_reader",), ("admin",)])
def test_only_who_may_enters_it_and_only_with_proved_presence(house, asked_third, roles):
    work, party = asked_third
    actor = an_actor(house, "three", *roles, stepped_up=False)
    expected = "stepped_up" if roles == ("moderator",) else "role"
    with pytest.raises(NotPermitted, match=expected):
        enter(house, actor, work, a_yes(house, party))


def test_erasing_takes_the_evidence_and_who_was_there_with_it(house, officer, other, asked_third):
    work, party = asked_third
    agree(house, other, work, enter(house, officer, work, a_yes(house, party)))
    enter(house, officer, work, a_yes(house, party, agreed_on=date(2026, 11, 22)))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        receipt = withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    assert receipt["files"] == 2
    assert list(house.storage.listing("originals")) == []
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Evidence)).all() == session.scalars(select(Proposal)).all() == []
        assert session.get_one(Party, party).who is None
        assert not [*consent.broken_at(session)]
        assert session.get_one(Record, work.made.record_id)


def test_staff_without_evidence_still_only_narrow(house, officer, asked_third):
    work, party = asked_third
    with house.writing(house.keeper()) as session, pytest.raises(NotPermitted, match="only_narrow"):
        said = Said(session.get_one(Party, party), "will", {"*": rules.everything()}, second="account:2")
        consent.append(
            session, session.get_one(Record, work.made.record_id), said, by=officer, at=house.now()
        )


def test_a_yes_is_dropped_by_whoever_looked_at_the_evidence_and_was_not_convinced(
    house, officer, other, asked_third
):
    work, party = asked_third
    waiting = enter(house, officer, work, a_yes(house, party))
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert [each.verb for each in proposals.waiting(session, item)] == ["enter_yes"]
        proposals.drop(session, other, item, waiting, now=house.now())
        assert proposals.waiting(session, item) == []
    assert texts(house, work) == 0
