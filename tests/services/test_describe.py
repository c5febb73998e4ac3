"""Describing: contents become rows of their parts, replace their own and nobody else's, and widen nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, StatementContent, TextContent, canonical
from memorial.gate import Actor, shown
from memorial.models import (
    Citation,
    Head,
    Part,
    Person,
    PersonName,
    Record,
    Revision,
    SearchEntry,
    Statement,
    Text,
)
from memorial.services import consent, describe
from memorial.services.consent import Said
from memorial.services.describe import part_key
from tests.builders import (
    Made,
    a_contribution,
    a_press_account,
    a_remembrance,
    a_testimony,
    public,
    some_content,
)

BY = Actor.system()


def rewrite(
    house, made: Made, content: Content, *, contribution_id: int | None = None, apply: bool = True
) -> int:
    """Propose a content (of the record's own contribution unless another is named) and make it stand."""
    contribution_id = made.contribution_id if contribution_id is None else contribution_id
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        revision = describe.propose(
            session, record, content, by=BY, now=house.now(), contribution_id=contribution_id or None
        )
        if apply:
            describe.apply(session, revision, now=house.now())
        return revision.id


def bodies(house, made: Made, reader=None) -> list[str]:
    with house.session(reader or house.keeper()) as session:
        return list(
            session.scalars(select(Text.body).where(Text.record_id == made.record_id).order_by(Text.position))
        )


@pytest.mark.parametrize("kind", sorted(describe.DETAIL_OF))
def test_an_empty_record_has_a_page_a_detail_row_and_nothing_to_see(house, kind):
    with house.writing(house.keeper()) as session:
        record = describe.create_record(session, kind, now=house.now(), language="az")
        page = session.get_one(Part, record.part_id)
        assert (page.key, page.kind, page.added) == ("page", "page", 0)
        detail = getattr(record, kind)
        assert detail.part_id == page.id
        assert (record.revision, record.language, record.policy_id) == (0, "az", None)
        number = record.id
    with house.session(public(house)) as session:
        assert session.get(Record, number) is None


def test_a_remembrance_has_a_person_of_its_own(house):
    made = a_remembrance(house)
    with house.session(house.keeper()) as session:
        person = session.scalars(select(Person)).one()
        assert (person.listed, person.record_id) == ("remembrance", made.record_id)
        assert session.scalars(select(Statement.person_id)).all() == [person.id]
        assert [name.listed for name in person.names] == ["remembrance"]


def test_a_testimony_s_narrator_is_one_person_however_often_it_changes(house):
    made = a_testimony(house)
    rewrite(house, made, some_content("testimony", "changed"))
    with house.session(house.keeper()) as session:
        person = session.scalars(select(Person)).one()
        assert (person.listed, person.roles) == ("authority", ["narrator"])
        assert [name.text for name in person.names] == ["Synthetic changed Narrator"]


def test_only_a_testimony_has_a_narrator(house):
    content = Content(names=[NameContent("Synthetic Nobody", part="page")])
    with pytest.raises(ValueError, match="press has no narrator"):
        a_press_account(house, content=content)


def test_a_pseudonym_ranks_after_every_real_name(house):
    names = [
        NameContent("Synthetic Pseudonym", "pseudonym", "pseudonym"),
        NameContent("Synthetic First"),
        NameContent("Synthetic Second"),
    ]
    made = a_testimony(house, content=replace(some_content("testimony"), names=names))
    with house.session(house.keeper()) as session:
        ranked = select(PersonName.text).order_by(PersonName.rank)
        assert session.scalars(ranked).all() == ["Synthetic First", "Synthetic Second", "Synthetic Pseudonym"]
    with house.session(public(house)) as session:
        assert shown(session, session.get_one(Record, made.record_id)).title == "Synthetic First"


# -- revisions ---------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_it_is_applied(house):
    made = a_testimony(house)
    before = bodies(house, made)
    number = rewrite(house, made, some_content("testimony", "proposed"), apply=False)
    assert bodies(house, made) == before
    with house.session(house.keeper()) as session:
        revision = session.get_one(Revision, number)
        assert (revision.number, revision.applied_at) == (2, None)
        assert describe.latest(session, made.record_id, made.contribution_id) == Content.from_json(
            revision.content
        )


def test_applying_replaces_the_contribution_s_rows_and_counts_the_revision(house, clock):
    from datetime import timedelta

    made = a_testimony(house)
    clock.forward(timedelta(hours=1))
    with house.session(house.keeper()) as session:
        before = session.scalars(select(Head.epoch)).one()
    rewrite(house, made, some_content("testimony", "changed"))
    assert all("changed" in body for body in bodies(house, made))
    with house.session(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        assert (record.revision, record.changed_at) == (2, house.now())
        assert session.scalars(select(Head.epoch)).one() > before
        words = session.scalars(select(SearchEntry.body).where(SearchEntry.record_id == made.record_id)).all()
        assert all("synthetic" not in word.replace("synthetic changed narrator", "") for word in words)
        first = session.scalars(select(Revision).where(Revision.number == 1)).one()
        assert "synthetic" in str(first.content)


def test_the_page_s_own_columns_follow_the_content(house):
    made = a_testimony(house)
    content = replace(
        some_content("testimony"), language="ru", content_note="hard to read", date_edtf="1992-02~", date_words="late winter",
        detail={"stood": "relative", "told_at": "elsewhere"},
    )  # fmt: skip
    rewrite(house, made, content)
    with house.session(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        told = record.testimony
        assert (record.language, record.content_note) == ("ru", "hard to read")
        assert (told.stood, told.told_at, told.date_edtf, told.date_words) == (
            "relative",
            "elsewhere",
            "1992-02~",
            "late winter",
        )
        assert record.sort_day == told.date_earliest
        assert told.date_earliest.isoformat() <= "1992-02-01" <= told.date_latest.isoformat()
        assert record.sort_key == "a synthetic testimony"


def test_a_title_that_is_not_the_page_s_is_no_sort_key(house):
    """The key of a public list is read with the page: a title of a closed part must not stand in it."""
    content = replace(some_content("testimony"), texts=[TextContent("title", "Secret", "text", "en")])
    made = a_testimony(house, content=content)
    with house.session(house.keeper()) as session:
        assert session.get_one(Record, made.record_id).sort_key == ""


def test_a_revision_s_hash_is_of_its_canonical_content_unless_a_keyed_one_is_given(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        first = session.scalars(select(Revision)).one()
        same = describe.propose(
            session,
            record,
            Content.from_json(first.content),
            by=BY,
            now=house.now(),
            contribution_id=made.contribution_id,
        )
        keyed = describe.propose(
            session,
            record,
            Content(),
            by=BY,
            now=house.now(),
            contribution_id=made.contribution_id,
            digest="keyed",
            note="n",
        )
        assert same.sha256 == first.sha256
        assert (keyed.sha256, keyed.note, keyed.number) == ("keyed", "n", 3)


def test_the_latest_content_of_somebody_who_said_nothing_is_empty(house):
    made = a_testimony(house)
    with house.session(house.keeper()) as session:
        assert describe.latest(session, made.record_id, None) == Content()


# -- parts -------------------------------------------------------------------------------------


def test_applying_never_widens_what_is_shown(house):
    """A part that the will does not reach yet stays dark, on a page that is open."""
    made = a_testimony(house)
    content = some_content("testimony")
    content = replace(content, texts=[*content.texts, TextContent("memory", "New words.", "memory", "en")])
    rewrite(house, made, content)
    assert "New words." in bodies(house, made)
    assert "New words." not in bodies(house, made, public(house))
    assert len(bodies(house, made, public(house))) == 2


def test_a_new_part_takes_its_kind_from_its_key(house):
    texts = [TextContent("caption", "Words.", "photograph:abc", "en")]
    a_testimony(house, content=replace(some_content("testimony"), texts=texts))
    with house.session(house.keeper()) as session:
        assert dict(session.execute(select(Part.key, Part.kind)).all())["photograph:abc"] == "photograph"


def test_two_contributions_to_one_record_have_parts_of_their_own(house):
    made = a_remembrance(house)
    with house.writing(house.keeper()) as session:
        sibling = a_contribution(house, session).id
    rewrite(house, made, some_content("remembrance", "sibling"), contribution_id=sibling)
    assert len(bodies(house, made)) == 4
    with house.session(house.keeper()) as session:
        for table in (Text, PersonName, Statement):
            for row in session.scalars(select(table)):
                part = session.get_one(Part, row.part_id)
                own = "sibling" in str(vars(row))
                assert (
                    part.contribution_id == row.contribution_id == (sibling if own else made.contribution_id)
                )
        assert {f"text:{sibling}", f"name:{sibling}", f"page:{sibling}"} < set(
            session.scalars(select(Part.key))
        )
    rewrite(house, made, some_content("remembrance", "again"))
    assert sum("sibling" in body for body in bodies(house, made)) == 2
    rewrite(house, made, Content(), contribution_id=sibling)
    assert sum("sibling" in body for body in bodies(house, made)) == 0
    assert sum("again" in body for body in bodies(house, made)) == 2


def test_what_a_sibling_adds_waits_for_the_archive_and_for_the_sibling(house):
    made = a_remembrance(house)
    with house.writing(house.keeper()) as session:
        sibling = a_contribution(house, session).id
    rewrite(house, made, some_content("remembrance", "sibling"), contribution_id=sibling)
    assert not any("sibling" in body for body in bodies(house, made, public(house)))
    assert len(bodies(house, made, public(house))) == 2


def test_a_sibling_does_not_rewrite_the_page_s_own_columns(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        sibling = a_contribution(house, session).id
    rewrite(
        house,
        made,
        replace(some_content("testimony", "sibling"), language="fr"),
        contribution_id=sibling,
    )
    with house.session(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        assert (record.language, record.testimony.told_at) == ("en", "synthetic town")


def test_a_part_s_name_is_kept_where_it_is_free_or_one_s_own():
    mine, theirs = Part(key="text", contribution_id=7), Part(key="text", contribution_id=8)
    assert part_key("text", None, 7) == "text"
    assert part_key("text", mine, 7) == "text"
    assert part_key("text", theirs, 7) == "text:7"
    assert part_key("text", theirs, None) == "text:0"


def test_what_pointed_at_replaced_rows_does_not_stand_in_the_way(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        page = session.get_one(Part, session.get_one(Record, made.record_id).part_id)
        guard = consent.guard_of(session, page)
        name, text = session.scalars(select(PersonName.id)).one(), session.scalars(select(Text.id)).first()
        session.execute(insert(Citation), [{"name_id": name, "as_given": "synthetic", **guard}])
        session.execute(insert(Citation), [{"text_id": text, "as_given": "synthetic", **guard}])
    rewrite(house, made, some_content("testimony", "changed"))
    with house.session(house.keeper()) as session:
        assert session.execute(select(Citation.text_id, Citation.name_id)).all() == [(None, None)] * 2


def test_the_notice_has_an_address_of_its_own_that_stays(house):
    content = replace(
        some_content("testimony"), texts=[TextContent("notice", "Taken back.", rules.NOTICE, "en")]
    )
    made = a_testimony(house, content=content)
    rewrite(house, made, content)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Text.public_id)).all() == [f"notice-{made.kind}-{made.public_id}"]


def test_after_a_yes_to_the_new_part_it_is_shown(house):
    made = a_testimony(house)
    content = some_content("testimony")
    content = replace(content, texts=[*content.texts, TextContent("memory", "New words.", "memory", "en")])
    rewrite(house, made, content)
    with house.writing(house.keeper()) as session:
        view = {rules.EVERY_PART: rules.everything()}
        parties = (
            consent.party_of(session, "contributor", made.contribution_id),
            consent.archive_party(session),
        )
        said = [Said(party, "will", view) for party in parties]
        consent.append(session, session.get_one(Record, made.record_id), said, by=BY, at=house.now())
    assert "New words." in bodies(house, made, public(house))


# -- contents as values ---------------------------------------------------------------------------

WORDS = st.text(max_size=20)
CONTENTS = st.builds(
    Content,
    language=WORDS,
    content_note=WORDS,
    detail=st.dictionaries(WORDS, WORDS, max_size=3),
    date_edtf=WORDS,
    date_words=WORDS,
    texts=st.lists(st.builds(TextContent, WORDS, WORDS, WORDS, WORDS, st.booleans()), max_size=3),
    names=st.lists(st.builds(NameContent, WORDS, WORDS, WORDS), max_size=3),
    statements=st.lists(
        st.builds(StatementContent, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS), max_size=3
    ),
)


@given(CONTENTS)
def test_a_content_survives_its_json(content):
    import json

    again = Content.from_json(json.loads(canonical(content.to_json())))
    assert again == content
    assert canonical(again.to_json()) == canonical(content.to_json())
    assert content.parts() == {row.part for row in (*content.texts, *content.names, *content.statements)}
