"""The desk changes what a family sent: always a new revision, never over somebody else's. All of it is synthetic."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial.domain.consent import EVERY_PART
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.models import AuditEntry, Contribution, Item, LedgerEntry, Message, Part, Revision, Text
from memorial.services import consent, custody, desk_difference, desk_edit, desk_revisions, review, withdrawal
from memorial.services.consent import Said
from memorial.services.desk_edit import Typed
from tests.builders import ALL_MAY_VIEW, record_of, some_content
from tests.web.desk.people import a_colleague, all_checks, an_item, change, family, made_ready, move

WHY = "Synthetic reason: a word was misspelt."
STORY = Content(
    language="en",
    texts=[TextContent("testimony", "In spring we went to the synthetic river. My aunt stayed at home.", "text", "en")],
    names=[NameContent("Synthetic Narrator", language="en")],
    statements=[StatementContent("born", "1961", stated_by="a synthetic relative")],
)  # fmt: skip


@pytest.fixture
def colleague(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


@pytest.fixture
def work(house, colleague):
    """A testimony that the moderator has taken; the family's last words are STORY, revision 2."""
    made = an_item(house)
    change(house, made, STORY)
    move(house, made, colleague.actor, "take")
    return made


def key_of(page, label, what=""):
    return next(
        each.field.key for each in page.fields if each.field.label == label and what in ("", each.field.what)
    )


def page_of(house, work):
    with house.session(house.keeper()) as session:
        return desk_edit.page_of(session, session.get_one(Item, work.item_id))


def save(house, work, actor, typed):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_edit.save(session, actor, item, typed, keys=house.keys, now=house.now()).number


def edit(house, work, actor, label, words, *, why=WHY, what="", revision=0):
    page = page_of(house, work)
    return save(house, work, actor, Typed(revision or page.revision, {key_of(page, label, what): words}, why))


def again(house, work, typed):
    with house.session(house.keeper()) as session:
        return desk_edit.page_again(session, session.get_one(Item, work.item_id), typed)


def story(house, work, number):
    with house.session(house.keeper()) as session:
        return desk_revisions.content_of(session, session.get_one(Item, work.item_id), number)


def test_an_edit_is_a_new_revision_with_its_reason_and_touches_nothing_else(house, work, colleague):
    with house.session(house.keeper()) as session:
        version = session.get_one(Item, work.item_id).version
        before = (session.scalar(select(func.count()).select_from(LedgerEntry)), session.scalars(select(Part.key).order_by(Part.key)).all())  # fmt: skip
    number = edit(house, work, colleague.actor, "text:testimony", "In spring we went to the synthetic river.")
    assert number == 3
    assert story(house, work, 2).to_json() == STORY.to_json()
    assert story(house, work, 3).names == STORY.names
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        revision = session.get_one(Revision, item.revision_id)
        assert (revision.number, revision.made_by, revision.contribution_id) == (3, colleague.actor.label, work.made.contribution_id)  # fmt: skip
        after = (session.scalar(select(func.count()).select_from(LedgerEntry)), session.scalars(select(Part.key).order_by(Part.key)).all())  # fmt: skip
        assert after == before
        standing = session.scalars(select(Text.body).where(Text.record_id == work.made.record_id)).all()
        assert standing == ["In spring we went to the synthetic river."]
        line = session.scalars(select(AuditEntry).where(AuditEntry.verb == "edit")).one()
        assert "river" not in line.details
        assert WHY not in line.details
        named = {"item": item.public_id, "revision": revision.id, "number": 3, "from": 2}
        assert json.loads(line.details) == named
        assert item.version > version  # whoever read it before is told
        assert line.note_hash == custody.hash_note(session, house.keys, work.made.contribution_id, WHY)
        assert WHY.encode() not in session.scalars(select(Message.body)).one()
        made = desk_revisions.made(session, item, 3, keys=house.keys)
        assert (made.why, made.by, made.before) == (WHY, colleague.actor.label, 2)


def test_what_was_checked_and_approved_for_the_content_before_counts_no_more(house, colleague):
    work = an_item(house)
    made_ready(house, work, colleague)
    move(house, work, colleague.actor, "reopen", note="Synthetic: one more look.")
    edit(house, work, colleague.actor, "text:title", "Another synthetic title")
    with pytest.raises(NotPermitted, match="checklist"):
        move(house, work, colleague.actor, "make_ready")
    all_checks(house, work, colleague.actor)
    move(house, work, colleague.actor, "make_ready")
    with pytest.raises(NotPermitted, match="proof_approved"):
        move(house, work, colleague.actor, "publish")
    move(house, work, family(work), "approve")
    assert move(house, work, colleague.actor, "publish").state == "done"


def test_a_published_page_keeps_its_words_until_the_change_is_published(house, colleague):
    work = an_item(house)
    made_ready(house, work, colleague)
    move(house, work, colleague.actor, "publish")
    later = an_item_about(house, work)
    move(house, later, colleague.actor, "take")
    edit(house, later, colleague.actor, "text:title", "Another synthetic title")
    with house.session(house.keeper()) as session:
        bodies = session.scalars(select(Text.body).where(Text.record_id == work.made.record_id)).all()
    assert "A synthetic testimony" in bodies
    assert "Another synthetic title" not in bodies


def an_item_about(house, work):
    """The change that the family of a published page has sent."""
    from memorial.models import Record
    from tests.web.desk.people import Work, describe_latest

    with house.writing(house.keeper()) as session:
        item = review.new_item(
            session, "revision", now=house.now(), record=session.get_one(Record, work.made.record_id),
            contribution=session.get_one(Contribution, work.made.contribution_id),
            revision_id=describe_latest(session, work.made),
        )  # fmt: skip
        return Work(item.public_id, item.id, work.made)


@pytest.mark.parametrize(
    ("label", "words", "why", "wrong"),
    [
        ("text:testimony", STORY.texts[0].body, WHY, "nothing_changed"),
        ("text:testimony", "Other words.", "  ", "note"),
        ("text:testimony", "", WHY, "words_missing"),
    ],
)
def test_an_edit_that_says_nothing_or_gives_no_reason_is_refused(
    house, work, colleague, label, words, why, wrong
):
    with pytest.raises(Invalid, match=wrong):
        edit(house, work, colleague.actor, label, words, why=why)
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.max(Revision.number))) == 2


def test_who_may_not_edit_is_told_why(house, work, colleague):
    def reason(actor, item_id=work.item_id):
        with house.session(house.keeper()) as session:
            return desk_edit.open_to(session, actor, session.get_one(Item, item_id), now=house.now()).reason

    other = a_colleague(house, "editor", name="Synthetic Editor").actor
    assert reason(other, an_item(house, mark="other").item_id) == "taken"  # first
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        removal = withdrawal.ask_erasure(session, family(work), contribution, now=house.now()).id
        empty = review.new_item(session, "tribute", now=house.now(), contribution=contribution).id
    assert [reason(other, item_id) for item_id in (removal, empty)] == ["no_content"] * 2
    assert reason(colleague.actor) == ""
    assert reason(other) == "free"
    assert reason(a_colleague(house, "second_reader", name="Synthetic Second").actor) == "role"
    move(house, work, colleague.actor, "release")
    assert reason(other) == "taken"
    move(house, work, colleague.actor, "take")
    all_checks(house, work, colleague.actor)
    move(house, work, colleague.actor, "make_ready")
    assert reason(colleague.actor) == "proof_is_read"


def test_a_lock_that_ends_while_somebody_writes_is_renewed_unless_a_colleague_has_one_by_then(
    house, work, colleague, clock
):
    clock.forward(timedelta(minutes=30))
    assert edit(house, work, colleague.actor, "text:testimony", "First words.") == 3
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).taken_until == house.now() + timedelta(minutes=20)
    clock.forward(timedelta(minutes=30))
    move(house, work, a_colleague(house, "editor", name="Synthetic Editor").actor, "take")
    with pytest.raises(NotPermitted, match="free"):
        edit(house, work, colleague.actor, "text:testimony", "Second words.")


# -- two at once ------------------------------------------------------------------------------


def theirs(content=STORY, **values):
    return replace(content, **values)


def test_a_form_that_shows_an_older_content_writes_nothing(house, work, colleague):
    page = page_of(house, work)
    typed = Typed(page.revision, {key_of(page, "text:testimony"): "Mine."}, WHY)
    change(house, work, theirs(texts=[replace(STORY.texts[0], body="Theirs.")]))
    with pytest.raises(Stale):
        save(house, work, colleague.actor, typed)
    assert story(house, work, 3).texts[0].body == "Theirs."
    (field,) = [each for each in again(house, work, typed).fields if each.clashes]
    assert (field.started, field.stands, field.mine) == (STORY.texts[0].body, "Theirs.", "Mine.")


def test_changes_of_different_places_are_brought_together_and_kept_when_they_are_saved(
    house, work, colleague
):
    page = page_of(house, work)
    typed = Typed(page.revision, {
        key_of(page, "text:testimony"): "In summer we went to the synthetic river. My aunt stayed at home.",
        key_of(page, "statement:born"): "about 1961",
    }, WHY)  # fmt: skip
    fate = StatementContent("fate", "not known")
    change(house, work, theirs(
        texts=[replace(STORY.texts[0], body="In spring we went to the synthetic river. My aunt went with us.")],
        statements=[fate, *STORY.statements],
    ))  # fmt: skip
    merged = again(house, work, typed)
    assert merged.apart
    assert not [each for each in merged.fields if each.clashes]
    values = {each.field.key: each.merged for each in merged.fields}
    assert save(house, work, colleague.actor, Typed(merged.revision, values, WHY, merged.older)) == 4
    after = story(house, work, 4)
    assert after.texts[0].body == "In summer we went to the synthetic river. My aunt went with us."
    assert [said.value_text for said in after.statements] == ["not known", "about 1961"]


@pytest.mark.parametrize(
    ("chosen", "by_hand", "expected"),
    [
        ("mine", "", "In summer we went to the synthetic river. My aunt stayed at home."),
        ("stands", "", "In autumn we went to the synthetic river. My aunt stayed at home."),
        ("mine", "early spring", "In early spring we went to the synthetic river. My aunt stayed at home."),
        ("", "", None),
    ],
)
def test_where_two_changes_clash_a_person_chooses_or_writes_and_nothing_is_taken_by_itself(
    house, work, colleague, chosen, by_hand, expected
):
    page = page_of(house, work)
    key = key_of(page, "text:testimony")
    own = {
        key: STORY.texts[0].body.replace("spring", "summer"),
        key_of(page, "content_note"): "speaks of a river",
    }
    typed = Typed(page.revision, own, WHY)
    change(
        house,
        work,
        theirs(texts=[replace(STORY.texts[0], body=STORY.texts[0].body.replace("spring", "autumn"))]),
    )
    merged = again(house, work, typed)
    (field,) = [each for each in merged.fields if each.clashes]
    assert [(clash.base, clash.mine, clash.theirs) for clash in field.clashes] == [
        ("spring", "summer", "autumn")
    ]
    place = f"{field.field.key}-0"
    answer = Typed(
        merged.revision, {each.field.key: each.merged for each in merged.fields if not each.clashes}, WHY,
        merged.older, {field.field.key: field.mine}, {place: chosen} if chosen else {}, {place: by_hand},
    )  # fmt: skip
    if expected is None:
        with pytest.raises(Invalid) as refused:
            save(house, work, colleague.actor, answer)
        assert (refused.value.key, refused.value.field) == ("choose_reading", place)
        (still,) = [each for each in again(house, work, answer).fields if each.clashes]
        assert still.mine == field.mine
    else:
        save(house, work, colleague.actor, answer)
        assert story(house, work, 4).texts[0].body == expected


def test_a_third_content_while_somebody_chooses_loses_neither_the_choice_nor_the_words(
    house, work, colleague
):
    page = page_of(house, work)
    typed = Typed(page.revision, {key_of(page, "name"): "Synthetic N. Narrator"}, WHY)
    change(house, work, theirs(names=[NameContent("Synthetic Q. Narrator", language="en")]))
    merged = again(house, work, typed)
    (field,) = [each for each in merged.fields if each.clashes]
    answer = Typed(
        merged.revision,
        {},
        WHY,
        merged.older,
        {field.field.key: field.mine},
        {f"{field.field.key}-0": "mine"},
    )
    change(
        house,
        work,
        theirs(names=[NameContent("Synthetic Q. Narrator", language="en")], content_note="a death"),
    )
    with pytest.raises(Stale):
        save(house, work, colleague.actor, answer)
    third = again(house, work, answer)
    found = {each.field.label: each.merged for each in third.fields if each.field.main}
    assert (found["name"], found["content_note"]) == ("Synthetic N. Narrator", "a death")
    assert not [each for each in third.fields if each.clashes]


def test_a_row_that_somebody_took_out_while_i_wrote_in_it_is_there_to_be_chosen(house, work, colleague):
    page = page_of(house, work)
    typed = Typed(page.revision, {key_of(page, "statement:born"): "1962"}, WHY)
    change(house, work, theirs(statements=[]))
    merged = again(house, work, typed)
    (field,) = [each for each in merged.fields if each.clashes]
    assert (field.started, field.stands, field.mine) == ("1961", "", "1962")
    for chosen, note, expected in (("stands", "speaks of a river", []), ("mine", "", ["1962"])):
        answer = Typed(
            page_of(house, work).revision, {"content_note": note}, WHY, merged.older,
            {field.field.key: field.mine}, {f"{field.field.key}-0": chosen},
        )  # fmt: skip
        number = save(house, work, colleague.actor, answer)
        assert [said.value_text for said in story(house, work, number).statements] == expected


def test_a_form_cannot_name_a_content_of_somebody_else(house, work, colleague):
    other = an_item(house)
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        for older in ((7,), (-1,)):
            with pytest.raises(NotOpen):
                desk_edit.page_again(session, item, Typed(2, {}, WHY, older))
        mine = {"texts-0-body": "Mine.", "nonsense": "x"}
        for older in ((), (1,)):  # readings of what never clashed, and of what is no field
            page = desk_edit.page_again(session, item, Typed(2, {}, WHY, older, mine))
            assert {each.field.key for each in page.fields if each.clashes} == (
                {"texts-0-body"} if older else set()
            )
        assert other.made.record_id != item.record_id


# -- going back -------------------------------------------------------------------------------


def go_back(house, work, actor, number, seen, why=WHY):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_edit.go_back(session, actor, item, number, why=why, seen=seen, keys=house.keys, now=house.now()).number  # fmt: skip


def test_an_earlier_content_becomes_the_content_again_as_a_new_revision(house, work, colleague):
    edit(house, work, colleague.actor, "text:testimony", "A synthetic mistake.")
    with pytest.raises(Stale):
        go_back(house, work, colleague.actor, 2, seen=2)
    with pytest.raises(Invalid, match="note"):
        go_back(house, work, colleague.actor, 2, seen=3, why=" ")
    with pytest.raises(NotPermitted):
        go_back(house, work, colleague.actor, 3, seen=3)
    assert go_back(house, work, colleague.actor, 2, seen=3) == 4
    assert story(house, work, 4).to_json() == STORY.to_json()
    assert story(house, work, 3).texts[0].body == "A synthetic mistake."


def test_what_the_family_took_out_since_does_not_come_back(house, work, colleague):
    with house.session(house.keeper()) as session:
        page = desk_revisions.revisions(session, session.get_one(Item, work.item_id), keys=None)
        assert [(made.number, made.may_come_back) for made in page.lines] == [(2, False), (1, False)]
    with pytest.raises(NotPermitted, match="family_said_later"):
        go_back(house, work, colleague.actor, 1, seen=2)


def test_what_the_desk_changed_can_be_said_again_after_the_family_has_sent_other_words(
    house, work, colleague
):
    edit(house, work, colleague.actor, "name", "Synthetic N. Narrator")
    change(house, work, theirs(content_note="speaks of a death"))
    with house.session(house.keeper()) as session:
        page = desk_edit.page_with_changes_of(session, session.get_one(Item, work.item_id), 3)
    found = {each.field.label: each.merged for each in page.fields if each.field.main}
    assert (page.revision, found["name"], found["content_note"]) == (
        4,
        "Synthetic N. Narrator",
        "speaks of a death",
    )


# -- what was agreed --------------------------------------------------------------------------


def test_each_entry_of_the_ledger_is_shown_by_what_it_changed(house, work):
    with house.writing(house.keeper()) as session:
        party = consent.party_of(session, "contributor", work.made.contribution_id)
        narrower = {"text": ALL_MAY_VIEW, "name": {}}
        consent.append(session, record_of(session, work.made), Said(party, "will", narrower), by=family(work), at=house.now())  # fmt: skip
    with house.session(house.keeper()) as session:
        page = desk_revisions.agreements(session, session.get_one(Item, work.item_id))
    last, first, need = page.lines
    assert (need.act, need.parts) == ("need", (EVERY_PART,))
    assert {(each.part, each.use) for each in first.come} == {(EVERY_PART, "view")}
    assert first.gone == []
    assert {each.part for each in last.gone} == {EVERY_PART}
    assert {each.part for each in last.come} == {"text"}
    assert last.by == family(work).label


def test_lists_of_revisions_and_agreements_come_by_the_page(house, work, monkeypatch):
    monkeypatch.setattr(desk_revisions, "PER_PAGE", 2)
    for number in range(3):
        change(house, work, some_content("testimony", f"synthetic{number}"))
    with house.session(house.keeper()) as session:
        item, seen, before = session.get_one(Item, work.item_id), [], 0
        while True:
            page = desk_revisions.revisions(session, item, keys=house.keys, before=before)
            assert len(page.lines) <= 2
            seen += [(made.number, made.before) for made in page.lines]
            if not (before := page.older):
                break
        assert seen == [(5, 4), (4, 3), (3, 2), (2, 1), (1, 0)]
        assert desk_difference.span_of(session, item) == (1, 5)
