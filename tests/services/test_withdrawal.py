"""Taking back, in three depths: hidden at once, sealed from the desk, erased for good. Nobody else's words go with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from memorial import second_place
from memorial.domain import consent as rules
from memorial.domain.content import NameContent, TextContent
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.gate import Actor, Reader
from memorial.models import (
    Account,
    AuditEntry,
    Citation,
    Confirmation,
    Contribution,
    Derivative,
    DestroyedKey,
    Item,
    ItemCheck,
    LedgerEntry,
    Media,
    Message,
    Part,
    Party,
    Person,
    PersonName,
    Record,
    Revision,
    SameAs,
    SearchEntry,
    Statement,
    Text,
    Upload,
)
from memorial.services import audit, consent, describe, review, search_index, withdrawal
from memorial.services.consent import Said
from memorial.services.links import pointing_at
from tests.builders import (
    ALL_MAY_VIEW,
    Made,
    a_contribution,
    a_press_account,
    a_remembrance,
    a_testimony,
    public,
    some_content,
)

VIEW = {rules.EVERY_PART: ALL_MAY_VIEW}


def doing(house, made: Made, act, **values):
    """One act of withdrawal by the family's code, committed."""
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        actor = Actor.family(made.ref, made.contribution_id)
        return act(session, actor, contribution, **values, now=house.now())


def count(house, table, *where, reader=None) -> int:
    with house.session(reader or house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def is_public(house, made: Made) -> bool:
    return bool(count(house, Record, Record.id == made.record_id, reader=public(house)))


def chains_hold(house) -> bool:
    with house.session(house.keeper()) as session:
        return not [*consent.broken_at(session), *audit.broken_at(session)]


def lines(house) -> list[dict]:
    return list(second_place.lines(Path(house.settings.second_folder)))


# -- hide --------------------------------------------------------------------------------------


def test_hiding_ends_public_and_research_at_once_and_leaves_custody(house):
    made = a_testimony(house)
    doing(house, made, withdrawal.hide)
    assert not is_public(house, made)
    moment = house.moment()
    here = (Text.record_id == made.record_id,)
    assert count(house, Text, *here, reader=Reader.research(moment)) == 0
    assert count(house, Text, *here, reader=Reader.public(moment, "reuse")) == 0
    assert count(house, Text, *here, reader=Reader.family(made.contribution_id, moment)) == 2
    assert count(house, Text, *here, reader=Reader.desk(moment)) == 2


def test_hiding_is_written_to_the_second_place_before_it_counts(house):
    made = a_testimony(house)
    doing(house, made, withdrawal.hide)
    (line,) = lines(house)
    assert (line["kind"], line["record"], line["at"]) == ("hidden", made.public_id, house.now().isoformat())


def test_hiding_leaves_the_notice_where_that_is_wished_and_only_then(house):
    for notice in (False, True):
        content = some_content("testimony")
        content = replace(
            content, texts=[*content.texts, TextContent("notice", "Taken back.", rules.NOTICE, "en")]
        )
        made = a_testimony(house, content=content)
        doing(house, made, withdrawal.hide, notice=notice)
        assert not is_public(house, made)
        with house.session(public(house)) as session:
            wanted = select(Text.role).where(Text.record_id == made.record_id)
            assert session.scalars(wanted).all() == (["notice"] if notice else [])


def test_hiding_touches_nobody_else_s_record(house):
    made, other = a_testimony(house), a_testimony(house)
    doing(house, made, withdrawal.hide)
    assert is_public(house, other)


def test_hiding_beats_publishing_in_either_order(house):
    for first in ("hide", "publish"):
        made = a_testimony(house, published=False)
        for act in (first, "publish" if first == "hide" else "hide"):
            if act == "hide":
                doing(house, made, withdrawal.hide)
                continue
            with house.writing(house.keeper()) as session:
                yes = Said(consent.archive_party(session), "will", {"*": rules.everything()})
                record = session.get_one(Record, made.record_id)
                consent.append(session, record, yes, by=Actor.system(), at=house.now())
        assert not is_public(house, made)


def test_the_family_can_show_it_again_and_nothing_is_published_by_that_alone(house):
    published, waiting = a_testimony(house), a_testimony(house, published=False)
    for made in (published, waiting):
        doing(house, made, withdrawal.hide)
        doing(house, made, withdrawal.show_again, will=VIEW)
        with house.session(house.keeper()) as session:
            assert session.get_one(Contribution, made.contribution_id).hidden_at is None
    assert is_public(house, published)
    assert not is_public(house, waiting)
    assert [line["kind"] for line in lines(house)] == ["hidden", "shown_again"] * 2


def test_what_was_hidden_by_a_family_s_own_session_leaves_no_word_of_others_in_the_public_index(house):
    """The family sees only its own rows; the index must be told of all that went dark with its page."""
    made = a_remembrance(house)
    sibling = _sibling(house, made)
    before = _public_hits(house, "sibling")
    assert before
    with house.writing(Reader.family(made.contribution_id, house.moment())) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        actor = Actor.family(made.ref, made.contribution_id)
        withdrawal.hide(session, actor, contribution, now=house.now())
    assert count(house, SearchEntry, SearchEntry.public_from.is_not(None)) == 0
    assert _public_hits(house, "sibling") == []
    doing(house, made, withdrawal.show_again, will=VIEW)
    assert _public_hits(house, "sibling") == before
    assert sibling.contribution_id != made.contribution_id


def _public_hits(house, word: str) -> list[int]:
    from sqlalchemy import text

    order = f"SELECT rowid FROM fts_public WHERE fts_public MATCH '{word}'"
    if house.engine.dialect.name != "sqlite":
        order = (
            "SELECT id FROM search_entries WHERE public_from IS NOT NULL"
            f" AND to_tsvector('simple', body) @@ to_tsquery('simple', '{word}')"
        )
    with house.engine.connect() as connection:
        return list(connection.scalars(text(order)))


def _sibling(house, made: Made) -> Made:
    """Another contribution that adds a text, a name and a statement to the same record, all published."""
    now = house.now()
    with house.writing(house.keeper()) as session:
        contribution = a_contribution(house, session)
        record = session.get_one(Record, made.record_id)
        content = replace(
            some_content("remembrance", "sibling"),
            texts=[TextContent("life", "A sibling remembers.", "text", "en")],
            names=[NameContent("Synthetic Sibling Spelling", "name", language="en")],
        )
        revision = describe.propose(
            session, record, content, by=Actor.system(), now=now, contribution_id=contribution.id
        )
        describe.apply(session, revision, now=now)
        party = consent.party_of(session, "contributor", contribution.id)
        mine = session.scalars(select(Part.key).where(Part.contribution_id == contribution.id)).all()
        said = [
            Said(party, "need", parts=frozenset(mine)),
            Said(party, "will", VIEW),
            Said(consent.party_of(session, "contributor", made.contribution_id), "will", VIEW),
            Said(consent.archive_party(session), "will", {"*": rules.everything()}),
        ]
        consent.append(session, record, said, by=Actor.system(), at=now)
        return Made(record.id, record.public_id, made.kind, contribution.id, contribution.public_id)


# -- seal --------------------------------------------------------------------------------------------


def test_sealing_ends_the_desk_s_custody_but_the_consent_officer_s(house):
    made = a_testimony(house)
    doing(house, made, withdrawal.seal)
    moment = house.moment()
    here = (Text.record_id == made.record_id,)
    assert not is_public(house, made)
    assert count(house, Text, *here, reader=Reader.desk(moment)) == 0
    assert count(house, Text, *here, reader=Reader.desk(moment, consent_officer=True)) == 2
    assert count(house, Text, *here, reader=Reader.family(made.contribution_id, moment)) == 2
    doing(house, made, withdrawal.unseal)
    assert count(house, Text, *here, reader=Reader.desk(moment)) == 2
    assert not is_public(house, made)
    assert chains_hold(house)


def test_what_is_written_into_a_sealed_record_is_sealed(house):
    made, other = a_testimony(house), a_testimony(house)
    doing(house, made, withdrawal.seal)
    with house.writing(house.keeper()) as session:
        for each in (made, other):
            revision = session.scalars(select(Revision).where(Revision.record_id == each.record_id)).one()
            describe.apply(session, revision, now=house.now())
    desk = Reader.desk(house.moment())
    for table in (Text, PersonName, SearchEntry):
        assert count(house, table, table.record_id == made.record_id, reader=desk) == 0
        assert count(house, table, table.record_id == other.record_id, reader=desk) > 0


# -- erase ---------------------------------------------------------------------------------------------


def test_asking_for_erasure_hides_at_once_and_makes_one_item_that_waits(house, clock):
    made = a_testimony(house)
    doing(house, made, withdrawal.ask_erasure)
    assert not is_public(house, made)
    clock.forward(timedelta(days=1))
    doing(house, made, withdrawal.ask_erasure)
    with house.session(house.keeper()) as session:
        item = session.scalars(select(Item)).one()
        contribution = session.get_one(Contribution, made.contribution_id)
        assert (item.kind, item.state, item.record_id) == ("erasure", "submitted", made.record_id)
        assert item.due_on == (contribution.erase_asked_at + timedelta(days=14)).date()
        assert contribution.erase_asked_at == house.now() - timedelta(days=1)
        assert contribution.erased_at is None
        assert session.scalar(select(func.count()).select_from(Text)) == 2


def _full(house) -> Made:
    """A published testimony with everything a contribution can leave behind."""
    made = a_testimony(house)
    now = house.now()
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        contribution = session.get_one(Contribution, made.contribution_id)
        contribution.answers = b"synthetic ciphertext"
        page = session.get_one(Part, record.part_id)
        guard = consent.guard_of(session, page)
        medium = Media(public_id="m", record_id=record.id, sha256="", bytes=1, mime="image/png", storage_key="original",
                       received_at=now, **guard)  # fmt: skip
        session.add(medium)
        session.flush()
        session.add(
            Derivative(
                public_id="d",
                media_id=medium.id,
                bytes=1,
                mime="image/webp",
                sha256="",
                storage_key="copy",
                **guard,
            )
        )
        session.add(
            Upload(
                public_id="u",
                contribution_id=contribution.id,
                bytes_wanted=1,
                file_name="words",
                created_at=now,
            )
        )
        account = Account(email="m@synthetic.example", created_at=now)
        session.add(account)
        revision = session.scalars(select(Revision.id).where(Revision.record_id == record.id)).one()
        item = review.new_item(
            session, "contribution", now=now, record=record, contribution=contribution, revision_id=revision
        )
        review.say(session, item, Actor.system(), "words", now=now, keys=house.keys, direction="to_family")
        session.add(
            ItemCheck(item_id=item.id, revision_id=revision, check="minors", account_id=account.id, at=now)
        )
        session.add(
            Confirmation(item_id=item.id, revision_id=revision, verb="publish", actor="account:1", at=now)
        )
        consent.party_of(session, "contributor", contribution.id).contact = b"ciphertext"
    house.storage
    return made


WORDS_GO_WITH = (Text, PersonName, Statement, Media, Derivative, SearchEntry, Revision, Upload, Message)


def test_erasing_deletes_every_word_and_destroys_the_key(house, monkeypatch):
    made, kept = _full(house), a_testimony(house)
    deleted: list[str] = []
    monkeypatch.setattr(house.storage, "delete", deleted.append)
    receipt = doing(house, made, withdrawal.erase)
    assert receipt == {"files": 2, "records": 1}
    assert sorted(deleted) == ["copy", "original"]
    with house.session(house.keeper()) as session:
        for table in WORDS_GO_WITH:
            mine = (
                select(func.count()).select_from(table).where(table.contribution_id == made.contribution_id)
            )
            assert session.scalar(mine) == 0, table
        contribution = session.get_one(Contribution, made.contribution_id)
        assert (contribution.wrapped_key, contribution.answers) == (None, None)
        assert contribution.erased_at == house.now()
        parties = session.scalars(select(Party).where(Party.contribution_id == made.contribution_id)).all()
        assert [party.contact for party in parties] == [None] * len(parties)
        assert session.scalars(select(DestroyedKey.contribution)).all() == [made.ref]
        shell = session.get_one(Record, made.record_id)
        assert (shell.slug, shell.sort_key, shell.sort_day, shell.content_note) == ("", "", None, "")
        assert [
            (p.label, p.note, p.roles)
            for p in session.scalars(select(Person))
            if p.contribution_id == made.contribution_id
        ] == [("", "", [])]
        assert session.scalars(select(ItemCheck.check)).all() == ["minors"]
        assert session.scalars(select(Confirmation.revision_id)).all() == [None]
    assert is_public(house, kept)
    assert chains_hold(house)
    assert {"destroyed_key", "hidden"} == {line["kind"] for line in lines(house)}


def test_what_was_erased_is_not_public_even_if_it_was_never_hidden_before(house):
    made = a_remembrance(house)
    doing(house, made, withdrawal.erase)
    assert not is_public(house, made)
    assert count(house, LedgerEntry, LedgerEntry.record_id == made.record_id) == 4


def test_what_was_erased_cannot_be_shown_again(house):
    made = a_testimony(house)
    doing(house, made, withdrawal.erase)
    with pytest.raises(NotOpen) as refused:
        doing(house, made, withdrawal.show_again, will=VIEW)
    assert refused.value.key == "erased"
    assert not is_public(house, made)


def test_a_legal_hold_stops_erasing(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, made.contribution_id).legal_hold = "a synthetic court"
    with pytest.raises(NotPermitted) as refused:
        doing(house, made, withdrawal.erase)
    assert refused.value.key == "no_legal_hold"
    assert is_public(house, made)


def test_erasing_leaves_a_sibling_s_words_on_the_same_record(house):
    made = a_remembrance(house)
    sibling = _sibling(house, made)
    before = _words_of(house, sibling)
    doing(house, made, withdrawal.erase)
    assert _words_of(house, made) == []
    assert _words_of(house, sibling) == before
    assert any("sibling" in word for word in before)
    assert chains_hold(house)


def test_erasing_a_sibling_leaves_the_first_family_s_page_as_it_was(house):
    made = a_remembrance(house)
    sibling = _sibling(house, made)
    before = _words_of(house, made)
    doing(house, sibling, withdrawal.erase)
    assert _words_of(house, made) == before
    assert is_public(house, made)


def _words_of(house, made: Made) -> list[str]:
    words = []
    with house.session(house.keeper()) as session:
        for column in (Text.body, PersonName.text, Statement.value_text, Statement.stated_by):
            wanted = select(column).where(column.class_.contribution_id == made.contribution_id)
            words += session.scalars(wanted.order_by(column.class_.id)).all()
    return words


def test_the_archive_s_own_links_do_not_stand_in_the_way(house):
    """A citation of an erased text stays without it; a merge of an erased person stays as a bare link."""
    made, other = a_remembrance(house), a_remembrance(house)
    press = a_press_account(house)
    with house.writing(house.keeper()) as session:
        page = session.get_one(Part, session.get_one(Record, press.record_id).part_id)
        guard = consent.guard_of(session, page)
        text, statement, name = (
            session.scalars(select(table.id).where(table.contribution_id == made.contribution_id)).first()
            for table in (Text, Statement, PersonName)
        )
        session.execute(insert(Citation), [{"as_given": "synthetic", "text_id": text, "statement_id": statement, "name_id": name, **guard}])  # fmt: skip
        persons = session.scalars(select(Person.id).order_by(Person.id)).all()
        session.execute(insert(SameAs), [{"person_id": persons[0], "other_id": persons[1], "made_at": house.now(), **guard}])  # fmt: skip
    doing(house, made, withdrawal.erase)
    with house.session(house.keeper()) as session:
        cited = session.scalars(select(Citation)).one()
        assert (cited.text_id, cited.statement_id, cited.name_id) == (None, None, None)
        assert session.scalars(select(SameAs)).one().person_id == persons[0]
    assert is_public(house, other)


def test_every_column_that_points_at_a_text_is_known(house):
    found = {(table.__tablename__, name, empty) for table, name, empty in pointing_at(Text)}
    assert found == {("texts", "translates_id", True), ("citations", "text_id", True)}


def test_search_forgets_what_was_erased_for_good(house):
    made = a_testimony(house)
    assert len(_public_hits(house, "testimony")) > 0
    doing(house, made, withdrawal.erase)
    assert _public_hits(house, "testimony") == []
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [made.record_id])
    assert _public_hits(house, "testimony") == []


def test_a_family_that_takes_its_item_back_hides_what_it_sent(house):
    made = _full(house)
    with house.writing(house.keeper()) as session:
        item = session.scalars(select(Item)).one()
        actor = Actor.family(made.ref, made.contribution_id)
        review.advance(session, actor, item, "take_back", now=house.now(), keys=house.keys)
    assert not is_public(house, made)


def test_who_hid_sealed_and_erased_stands_in_the_audit(house):
    made = a_testimony(house)
    for act in (withdrawal.hide, withdrawal.seal, withdrawal.ask_erasure, withdrawal.erase):
        doing(house, made, act)
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.verb for row in rows] == ["hide", "seal", "ask_erasure", "erase"]
        assert {row.actor for row in rows} == {f"family:{made.ref}"}
