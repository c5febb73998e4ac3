"""The ledger in the database: appended, folded and projected in one transaction, by the letter of the pure rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from sqlalchemy import event, func, select

from memorial.domain import consent as rules
from memorial.domain.consent import BEGIN, FOREVER, Moment, Window
from memorial.gate import Actor, Reader
from memorial.gate.policies import folded
from memorial.models import (
    Boundary,
    Head,
    LedgerEntry,
    Part,
    Party,
    Policy,
    PolicyWindow,
    Record,
    SearchEntry,
    Text,
)
from memorial.services import consent
from memorial.services.consent import Said
from tests.builders import ALL_MAY_VIEW, Made, a_press_account, a_testimony, public
from tests.every_part import Canaries, plant
from tests.oracle_consent import histories

BY = Actor.system()
VIEW = {rules.EVERY_PART: ALL_MAY_VIEW}


def say(house, made: Made, kind: str, will=None, *, act="will", parts=(), **values) -> None:
    with house.writing(house.keeper()) as session:
        party = (
            consent.archive_party(session)
            if kind == rules.ARCHIVE
            else consent.party_of(session, kind, made.contribution_id or 0)
        )
        said = Said(party, act, will or {}, frozenset(parts), **values)
        consent.append(session, session.get_one(Record, made.record_id), said, by=BY, at=house.now())


def is_public(house, made: Made, table=Record) -> bool:
    with house.session(public(house)) as session:
        key = table.id if table is Record else table.record_id
        return bool(session.scalar(select(func.count()).select_from(table).where(key == made.record_id)))


def epoch(house) -> int:
    with house.session(house.keeper()) as session:
        return session.scalars(select(Head.epoch)).one()


# -- the rule's edges, as the database counts positions ---------------------------------------


def test_a_yes_to_a_kind_reaches_only_what_was_there_when_it_was_said():
    page = rules.Part("page", "page")
    kind = rules.Entry(
        2, rules.ARCHIVE, "will", will={"page": rules.everything(), "kind:memory": rules.everything()}
    )
    for added, reached in ((0, True), (1, True), (2, False), (3, False)):
        part = rules.Part("one", "memory", added=added)
        policy = rules.fold(part, page, {"page": page, "one": part}, [kind])
        assert bool(policy.windows) == reached, added


def test_a_will_is_the_same_bytes_in_whatever_order_and_script_it_was_put_together():
    one = {"page": {}, "kind:şəkil": rules.everything(), "*": {}}
    other = dict(reversed(one.items()))
    assert rules.will_to_json(one) == rules.will_to_json(other)
    assert rules.will_to_json(one).startswith('{"*":[],"kind:')
    assert rules.will_to_json(one).isascii()
    assert rules.will_from_json(rules.will_to_json(one)) == one


# -- what one entry does --------------------------------------------------------------------


def test_a_party_s_latest_entry_is_its_whole_will(house):
    made = a_testimony(house)
    say(house, made, "contributor", {"text": ALL_MAY_VIEW})
    assert not is_public(house, made)
    say(house, made, "contributor", VIEW)
    assert is_public(house, made)
    assert is_public(house, made, Text)


def test_a_new_party_narrows_and_letting_it_go_widens_again(house):
    made = a_testimony(house)
    say(house, made, "guardian", act="need", parts=["*"])
    assert not is_public(house, made)
    say(house, made, "guardian", VIEW)
    assert is_public(house, made)
    say(house, made, "guardian", {})
    assert not is_public(house, made)
    say(house, made, "guardian", act="release", parts=["*"])
    assert is_public(house, made)


def test_a_part_alone_can_be_withheld(house):
    made = a_testimony(house)
    say(house, made, "contributor", {**VIEW, "text": {}})
    assert is_public(house, made)
    with house.session(public(house)) as session:
        assert session.scalars(select(Text.role)).all() == ["title"]


def test_an_embargo_opens_and_a_limited_yes_ends_without_a_transaction(house, clock):
    now = house.now()
    window = Window(now + timedelta(days=10), now + timedelta(days=20))
    made = a_testimony(house, contributor={"*": {("public", "view"): window}})
    before = epoch(house)
    seen = []
    for _ in range(4):
        seen.append(is_public(house, made))
        clock.forward(timedelta(days=10) - timedelta(microseconds=1))
        seen.append(is_public(house, made))
        clock.forward(timedelta(microseconds=1))
    assert seen == [False, False, True, True, False, False, False, False]
    assert epoch(house) == before
    with house.session(house.keeper()) as session:
        assert set(session.scalars(select(Boundary.at))) == {window.opens, window.closes}


def test_always_and_for_ever_are_no_boundaries(house):
    a_testimony(house)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Boundary.at)).all() == []
        windows = session.scalars(select(PolicyWindow)).all()
        assert {(w.opens, w.closes) for w in windows} == {(BEGIN, FOREVER)}


def test_every_entry_moves_the_epoch_and_the_ledger_s_count(house):
    made = a_testimony(house)
    before = epoch(house)
    say(house, made, "contributor", {})
    assert epoch(house) > before
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Head.ledger_count)).one() == session.scalar(
            select(func.count(LedgerEntry.id))
        )


def test_entries_are_numbered_from_one_and_chained_within_their_record(house):
    one, other = a_testimony(house), a_testimony(house)
    say(house, one, "contributor", {})
    with house.session(house.keeper()) as session:
        for made, length in ((one, 4), (other, 3)):
            wanted = select(LedgerEntry).where(LedgerEntry.record_id == made.record_id)
            rows = session.scalars(wanted.order_by(LedgerEntry.position)).all()
            assert [row.position for row in rows] == list(range(1, length + 1))
            assert [row.prev_hash for row in rows] == ["", *(row.hash for row in rows[:-1])]


def test_several_things_said_at_once_are_one_act(house):
    made = a_press_account(house, published=False)
    with house.writing(house.keeper()) as session:
        archive = consent.archive_party(session)
        record = session.get_one(Record, made.record_id)
        said = [Said(archive, "will", {}), Said(archive, "will", {"*": rules.everything()})]
        consent.append(session, record, said, by=BY, at=house.now())
    assert is_public(house, made)


def test_an_entry_says_how_and_by_whom_it_came(house):
    made = a_testimony(house)
    say(house, made, "narrator", VIEW, authority="guardian", method="interview", language="az", interpreter=True,
        evidence="hash", basis="legitimate_interest")  # fmt: skip
    with house.session(house.keeper()) as session:
        row = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
        assert (row.authority, row.method, row.language, row.interpreter) == (
            "guardian",
            "interview",
            "az",
            True,
        )
        assert (row.evidence, row.basis, row.recorded_by, row.recorded_at) == (
            "hash", "legitimate_interest", "system", house.now(),
        )  # fmt: skip


def test_nothing_is_shown_when_the_transaction_fails(house):
    made = a_testimony(house, published=False)
    before = epoch(house)
    with pytest.raises(RuntimeError), house.writing(house.keeper()) as session:
        said = Said(consent.archive_party(session), "will", {"*": rules.everything()})
        consent.append(session, session.get_one(Record, made.record_id), said, by=BY, at=house.now())
        raise RuntimeError("synthetic failure")
    assert not is_public(house, made)
    assert epoch(house) == before


# -- parties and parts ---------------------------------------------------------------------------


def test_there_is_one_archive_and_one_party_of_a_kind_in_a_contribution(house):
    one, other = a_testimony(house), a_testimony(house)
    with house.writing(house.keeper()) as session:
        assert consent.archive_party(session) is consent.archive_party(session)
        mine = consent.party_of(session, "narrator", one.contribution_id)
        assert consent.party_of(session, "narrator", one.contribution_id).id == mine.id
        assert consent.party_of(session, "narrator", other.contribution_id).id != mine.id
        assert session.scalar(select(func.count(Party.id)).where(Party.kind == rules.ARCHIVE)) == 1


def test_an_old_blanket_yes_does_not_reach_a_new_part(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        part = consent.add_part(session, record, "late", "text", contribution_id=made.contribution_id)
        assert part.added == 3
        assert part.policy_id is None
        assert consent.guard_of(session, part)["public_from"] is None
    say(house, made, "contributor", VIEW)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Part.policy_id).where(Part.key == "late")).one() is None
    say(house, made, rules.ARCHIVE, {"*": rules.everything()})
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Part.policy_id).where(Part.key == "late")).one() is not None


def test_a_copy_made_later_is_shown_with_its_original_at_once(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        text = session.scalars(select(Part).where(Part.record_id == record.id, Part.key == "text")).one()
        copy = consent.add_part(
            session, record, "copy", "web_copy", root=text, contribution_id=made.contribution_id
        )
        assert copy.policy_id == text.policy_id
        assert consent.guard_of(session, copy)["public_from"] == BEGIN


def test_a_new_row_carries_the_guard_of_its_part(house):
    made = a_testimony(house, contributor={"*": rules.chosen(["research"], ["view"])})
    with house.session(house.keeper()) as session:
        part = session.scalars(select(Part).where(Part.record_id == made.record_id, Part.key == "text")).one()
        guard = consent.guard_of(session, part)
        assert (guard["part_id"], guard["contribution_id"]) == (part.id, made.contribution_id)
        assert guard["policy_id"] is not None
        assert (guard["public_from"], guard["public_until"]) == (None, None)


# -- policies --------------------------------------------------------------------------------------


def test_equal_results_are_one_policy_however_many_share_it(house):
    made = [a_press_account(house) for _ in range(3)]
    with house.session(house.keeper()) as session:
        policies = set(session.scalars(select(Record.policy_id)))
        assert len(policies) == 1
        assert session.scalar(select(func.count(Policy.id))) == 1
        windows = {(w.audience, w.use) for w in session.scalars(select(PolicyWindow))}
        assert windows == set(rules.everything())
    say(house, made[0], rules.ARCHIVE, {})
    with house.session(house.keeper()) as session:
        assert session.get_one(Record, made[0].record_id).policy_id is None
        assert session.get_one(Record, made[1].record_id).policy_id in policies


def test_interning_again_in_another_session_finds_the_same_policy(house):
    policy = rules.Policy({("public", "view"): Window(house.now(), FOREVER)})
    ids = []
    for _ in range(2):
        with house.writing(house.keeper()) as session:
            ids += [consent.intern(session, policy), consent.intern(session, policy)]
    assert len(set(ids)) == 1
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Policy.hash)).one() == policy.hash()


def test_locking_takes_the_records_in_the_order_of_their_ids(house):
    one, other = a_press_account(house), a_press_account(house)
    sent: list[str] = []
    with house.writing(house.keeper()) as session:
        event.listen(house.engine, "before_cursor_execute", lambda *said: sent.append(said[2]))
        consent.lock(session, [other.record_id, one.record_id])
        consent.lock(session, [])
    locks = [words for words in sent if words.startswith("SELECT records.id")]
    assert len(locks) == 2
    for words in locks:
        assert "ORDER BY records.id" in words
        assert words.rstrip().endswith("FOR UPDATE") == (house.engine.dialect.name == "postgresql")


# -- the projection, for random ledgers --------------------------------------------------------------


def _disagreements(house, record_id: int) -> list[str]:
    """Every guarded row of the record whose guard is not what the fold says of its part."""
    wrong = []
    with house.session(house.keeper()) as session:
        policies = folded(session, record_id)
        for table in consent.guarded_tables():
            for row in session.scalars(select(table).where(table.part_id.in_(policies))):
                policy = policies[row.part_id]
                window = policy.window("public", "view")
                guard = (row.public_from, row.public_until)
                if guard != ((window.opens, window.closes) if window else (None, None)):
                    wrong.append(f"{table.__tablename__} {row.part_id}: {guard}")
                stored = session.get(Policy, row.policy_id) if row.policy_id else None
                if (stored.hash if stored else rules.NOTHING.hash()) != policy.hash():
                    wrong.append(f"{table.__tablename__} {row.part_id}: another policy")
    return wrong


def test_every_row_of_every_guarded_table_carries_what_the_fold_says(house):
    canaries = Canaries()

    @settings(max_examples=12, database=None)
    @given(histories())
    def holds(history):
        planted = plant(house, "testimony", *history, canaries)
        assert _disagreements(house, planted.made.record_id) == []

    holds()


def test_what_search_may_find_follows_the_projection(house):
    made = a_testimony(house)
    with house.session(public(house)) as session:
        assert session.scalar(select(func.count(SearchEntry.id))) > 0
    say(house, made, "contributor", {})
    with house.session(public(house)) as session:
        assert session.scalar(select(func.count(SearchEntry.id))) == 0
    later = Moment.exactly(house.now() + timedelta(days=365000))
    with house.session(Reader.public(later)) as session:
        assert session.scalar(select(func.count(SearchEntry.id))) == 0
