"""Hints at the desk are seen, dismissed with a reason, and go with an erasure. People and words are synthetic."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.content import StatementContent, TextContent
from memorial.domain.errors import NotPermitted, Stale
from memorial.domain.hints import FILED
from memorial.gate.facts import checks_done
from memorial.models import AuditEntry, Contribution, Item, ItemCheck, Media, Record
from memorial.services import consent, desk_acts, desk_hints, desk_item, withdrawal
from memorial.services.consent import Said
from tests.builders import some_content
from tests.web.desk.people import Work, a_colleague, all_checks, an_item, change, family

WORDS = "Write to synthetic@mail.example. My son, 7, saw the corpses."


@pytest.fixture
def colleague(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


def told(words: str = WORDS, **more):
    content = some_content("testimony")
    texts = [text for text in content.texts if text.role == "title"]
    return replace(content, texts=[*texts, TextContent("testimony", words, "text", "en")], **more)


def an_item_that_says(house, words: str = WORDS, **more) -> Work:
    work = an_item(house)
    change(house, work, told(words, **more))
    return work


def seen(house, work, colleague, **more):
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_hints.hints_view(session, colleague.actor, item, keys=house.keys, now=house.now(), **more)


def kinds(view) -> dict[str, int]:
    return {group.kind: group.total for group in view.groups}


def digest_of(view, kind: str) -> str:
    return next(group.shown[0].digest for group in view.groups if group.kind == kind)


def dismiss(house, work, colleague, digest, note="It is the archive's own address."):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        desk_hints.dismiss(session, colleague.actor, item, digest, note, keys=house.keys, now=house.now())


def bring_back(house, work, colleague, digest):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        desk_hints.bring_back(session, colleague.actor, item, digest, now=house.now())


def test_what_was_sent_is_looked_at_and_counted_for_each_line_of_the_checklist(house, colleague):
    view = seen(house, an_item_that_says(house), colleague)
    assert kinds(view) == {"email": 1, "minors": 1, "graphic": 1}
    assert view.by_check == {"addresses": 1, "minors": 1, "graphic_notes": 1}
    assert view.reason == ""
    assert view.marked("text:testimony", WORDS)[1] == ("synthetic@mail.example", 1)
    assert "".join(words for words, _ in view.marked("text:testimony", WORDS)) == WORDS


def test_a_dismissal_stands_for_later_contents_that_say_the_same_and_is_taken_back(house, colleague):
    work = an_item_that_says(house)
    digest = digest_of(seen(house, work, colleague), "email")
    dismiss(house, work, colleague, digest)
    change(house, work, told(WORDS + " More words."))
    view = seen(house, work, colleague)
    assert "email" not in kinds(view)
    (one,) = view.dismissed
    assert (one.by, one.reason) == ("Synthetic Moderator", "It is the archive's own address.")
    change(house, work, told("Write to other@mail.example."))
    assert kinds(seen(house, work, colleague)) == {"email": 1}
    assert seen(house, work, colleague).dismissed == []
    change(house, work, told())
    bring_back(house, work, colleague, digest)
    assert kinds(seen(house, work, colleague))["email"] == 1
    with house.session(house.keeper()) as session:
        verbs = select(AuditEntry.verb).where(AuditEntry.verb.like("%hint")).order_by(AuditEntry.id)
        assert list(session.scalars(verbs)) == ["dismiss_hint", "bring_back_hint"]


def test_a_dismissal_and_the_checklist_do_not_touch_each_other(house, colleague):
    work = an_item_that_says(house)
    dismiss(house, work, colleague, digest_of(seen(house, work, colleague), "email"))
    all_checks(house, work, colleague.actor)
    with house.session(house.keeper()) as session:
        done = checks_done(session, session.get_one(Item, work.item_id))
        assert len(done) == 9
        assert not any(check.startswith(FILED) for check in done)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        desk_acts.set_checks(session, colleague.actor, item, set(), seen_revision=2, now=house.now())
    assert len(seen(house, work, colleague).dismissed) == 1
    with house.session(house.keeper()) as session:
        taken_back = session.scalars(
            select(AuditEntry.details).where(AuditEntry.verb == "check").order_by(AuditEntry.id)
        ).all()[-1]
        assert FILED not in taken_back


def test_a_reason_is_needed_and_the_hint_must_still_be_there(house, colleague):
    work = an_item_that_says(house)
    digest = digest_of(seen(house, work, colleague), "email")
    with pytest.raises(NotPermitted, match="note"):
        dismiss(house, work, colleague, digest, " ")
    officer = a_colleague(house, "consent_officer")
    with pytest.raises(NotPermitted, match="role"):
        dismiss(house, work, officer, digest)
    assert seen(house, work, officer).reason == "role"
    dismiss(house, work, colleague, digest)
    for act in (
        lambda: dismiss(house, work, colleague, digest),
        lambda: dismiss(house, work, colleague, "0" * 32),
        lambda: bring_back(house, work, colleague, "0" * 32),
    ):
        with pytest.raises(Stale):
            act()


def test_an_erasure_takes_the_reasons_with_it_and_leaves_no_word_and_no_plain_hash(house, colleague):
    work = an_item_that_says(house)
    canary = "Canary: they live there no more"
    dismiss(house, work, colleague, digest_of(seen(house, work, colleague), "email"), canary)
    with house.session(house.keeper()) as session:
        (row,) = session.scalars(select(ItemCheck))
        assert canary not in row.note
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        withdrawal.erase(session, colleague.actor, contribution, now=house.now())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(ItemCheck)).all() == []
    view = seen(house, work, colleague)
    assert (view.groups, view.dismissed) == ((), ())


def test_a_sealed_item_shows_its_hints_to_nobody_who_may_not_read_it(house, colleague):
    work = an_item_that_says(house)
    digest = digest_of(seen(house, work, colleague), "email")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        withdrawal.seal(session, colleague.actor, contribution, now=house.now(), method="desk")
    with pytest.raises(NotPermitted, match="sealed"):
        dismiss(house, work, colleague, digest)


def test_a_part_that_nobody_could_see_says_whose_yes_is_missing(house, colleague):
    work = an_item_that_says(house, "Quiet words.")
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        guardian = consent.party_of(session, "guardian", work.made.contribution_id)
        said = Said(guardian, "need", parts=frozenset({"text"}))
        consent.append(session, record, said, by=colleague.actor, at=house.now())
    (group,) = seen(house, work, colleague).groups
    assert (group.kind, group.shown[0].hint.about) == ("not_covered", ("text", "guardian"))


def test_a_name_kept_from_the_public_is_pointed_at_where_the_words_say_it(house, colleague):
    work = an_item_that_says(house, "I am Synthetic synthetic NARRATOR, they said.")
    assert kinds(seen(house, work, colleague)) == {}
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        contributor = consent.party_of(session, "contributor", work.made.contribution_id)
        will = {rules.EVERY_PART: rules.chosen(["public", "research"], ["view"]), "name": {}}
        consent.append(session, record, Said(contributor, "will", will), by=family(work), at=house.now())
    found = {group.kind: group.shown[0].hint for group in seen(house, work, colleague).groups}
    assert found["name_kept_back"].meant == "Synthetic synthetic NARRATOR"
    assert found["not_covered"].about == ("name",)


def test_statements_files_and_others_of_the_same_name(house, colleague):
    other = an_item(house)
    work = an_item_that_says(
        house, "Quiet words.", statements=[StatementContent("fate", "Died", "page", "a synthetic relative")]
    )
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        guard = {
            "part_id": record.part_id,
            "record_id": record.id,
            "contribution_id": work.made.contribution_id,
        }
        values = {"sha256": "", "bytes": 1, "mime": "image/jpeg", "received_at": house.now()}
        session.add(
            Media(public_id="m1", storage_key="m1", file_name="one.jpg", others="yes", **values, **guard)
        )
    view = seen(house, work, colleague)
    assert kinds(view) == {"others": 1, "rights": 1, "unsourced": 1, "alike": 1}
    found = {group.kind: group.shown[0].hint for group in view.groups}
    assert found["unsourced"].where == "statement:fate"
    assert found["alike"].about == (other.made.path,)


def test_the_page_costs_the_same_however_long_the_text_and_however_many_revisions(
    house, colleague, count_queries
):
    work = an_item_that_says(house)
    counts = []
    for words, revisions in ((WORDS, 1), (WORDS * 200, 6)):
        for _ in range(revisions):
            change(house, work, told(words))
        count_queries()
        seen(house, work, colleague)
        counts.append(count_queries())
    assert counts[0] == counts[1] <= 16


def test_hints_block_nothing(house, colleague):
    work = an_item_that_says(house)
    all_checks(house, work, colleague.actor)
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        view = desk_item.item_view(session, colleague.actor, item, keys=house.keys, now=house.now())
    assert view.hints.by_check
    assert {button.verb: button.reason for button in view.buttons}["take"] == ""
    assert all(check.by for check in view.checks)
