"""A transcript is read whole by somebody and released by another; what is taken down is gone from every page."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.gate import Reader
from memorial.models import Media, Record, Segment, Transcript
from memorial.services import archive_word
from memorial.services.transcripts import chaptering, drafts, releasing, waiting
from tests.builders import a_testimony, public
from tests.services.colleagues import an_actor
from tests.services.transcripts.writing import a_draft, act, save, shown, the_recording, version, write
from tests.voices import a_recording
from tests.web.desk.people import an_item


@pytest.fixture
def made(house):
    return a_testimony(house)


@pytest.fixture
def recording(house, made):
    return a_recording(house, made)


@pytest.fixture
def editor(house):
    return an_actor(house, "editor", "editor")


@pytest.fixture
def other(house):
    return an_actor(house, "other", "moderator")


def test_one_reads_it_whole_another_releases_it_and_only_then_visitors_read_it(
    house, editor, other, recording
):
    draft = a_draft(house, editor, recording)
    with pytest.raises(NotPermitted, match="read_by_other"):
        act(house, other, draft, "release")
    act(house, editor, draft, "read_whole", "")
    assert shown(house) == {}
    with pytest.raises(NotPermitted, match="read_by_other"):
        act(house, editor, draft, "release")
    act(house, other, draft, "release")
    assert shown(house) == {draft: ["Line 1.", "Line 2.", "Line 3."]}


def test_one_more_letter_asks_for_one_more_look_and_the_page_stays_until_then(
    house, editor, other, recording
):
    draft = a_draft(house, editor, recording)
    act(house, editor, draft, "read_whole", "")
    act(house, other, draft, "release")
    write(house, other, draft, 2, "Changed.")
    with pytest.raises(NotPermitted, match="read_by_other"):
        act(house, other, draft, "release")
    assert shown(house)[draft][1] == "Line 2."
    act(house, other, draft, "read_whole", "")
    act(house, editor, draft, "release")
    assert shown(house)[draft][1] == "Changed."


def test_who_saw_an_older_version_does_not_release_the_newer_one(house, editor, other, recording):
    draft = a_draft(house, editor, recording)
    write(house, editor, draft, 1, "Newer.")
    for what, more in (("read_whole", [""]), ("release", [])):
        with house.writing(house.keeper()) as session, pytest.raises((Stale, NotPermitted)):
            getattr(releasing, what)(
                session, other, drafts.find(session, draft), 1, *more, keys=house.keys, now=house.now()
            )


def test_the_family_sees_what_was_read_once_before_anybody_else_does(house, editor, made, recording):
    draft = a_draft(house, editor, recording)
    act(house, editor, draft, "read_whole", "")
    with house.session(Reader.family(made.contribution_id, house.moment())) as session:
        assert session.scalars(select(Transcript.public_id)).all() == [draft]
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        archive_word.publish(session, record, made.contribution_id, by=editor, at=house.now())
    assert shown(house) == {}, "publishing the page again releases no words"


def test_what_is_taken_down_is_gone_and_can_come_again(house, editor, other, recording):
    draft = a_draft(house, editor, recording)
    act(house, editor, draft, "read_whole", "")
    act(house, other, draft, "release")
    act(house, other, draft, "take_down")
    assert shown(house) == {}
    with pytest.raises(Stale):
        act(house, other, draft, "take_down")
    act(house, other, draft, "release")
    assert list(shown(house)) == [draft]


def test_what_a_program_wrote_waits_until_a_person_has_read_it_whole(house, editor, other, recording):
    draft = a_draft(house, editor, recording, machine=True, made_by="synthetic-model")
    with house.session(house.keeper()) as session:
        found = drafts.find(session, draft)
        assert found.machine
        assert releasing.may_release(session, other, found, now=house.now()).reason == "read_by_other"
    with pytest.raises(Invalid, match="reader_missing"):
        act(house, editor, draft, "read_whole", " ")
    act(house, editor, draft, "read_whole", "Synthetic Reader")
    act(house, other, draft, "release")
    with house.session(house.keeper()) as session:
        row = session.scalars(select(Transcript)).one()
        assert (row.made_by, row.machine) == ("synthetic-model; Synthetic Reader", False)


def test_of_the_archives_own_recording_one_person_is_enough(house, editor, made, recording):
    with house.writing(house.keeper()) as session:
        session.get_one(Media, recording).contribution_id = None
    act(house, editor, (draft := a_draft(house, editor, recording)), "release")
    assert version(house, draft) == 1
    machine = a_draft(house, editor, recording, machine=True)
    with pytest.raises(NotPermitted, match="machine_unread"):
        act(house, editor, machine, "release")


def test_lines_that_are_still_empty_are_no_lines_of_the_page(house, editor, other, recording):
    draft = a_draft(house, editor, recording)
    with the_recording(house, recording) as (session, medium):
        original = drafts.find(session, draft)
        about = {"translates": original, "now": house.now()}
        empty = drafts.begin(session, editor, medium, "translation", "ru", "", **about).public_id
    with pytest.raises(Invalid, match="nothing_written"):
        act(house, editor, empty, "read_whole", "")
    write(house, editor, empty, 2, "Вторая.")
    for one in (draft, empty):
        act(house, editor, one, "read_whole", "")
        act(house, other, one, "release")
    assert shown(house)[empty] == ["Вторая."]
    with house.session(house.keeper()) as session:
        ids = dict(session.execute(select(Transcript.public_id, Transcript.id)).all())
        row = session.get_one(Transcript, ids[empty])
        assert row.translates_id == ids[draft]


CHAPTER = {
    "begin": 4000, "end": None, "spots": [], "links": [],
    "tellings": [
        {"language": "en", "title": "A synthetic chapter", "synopsis": "S.", "keywords": ["k"], "persons": ["P"]},
        {"language": "az", "title": "Sintetik fəsil", "places": ["Yer"]},
    ],
}  # fmt: skip


def test_chapters_are_released_in_all_their_languages_under_one_place(house, editor, other, recording):
    draft = a_draft(house, editor, recording, kind="chapters", cues=(), language="und")
    save(house, editor, draft, {"do": "chapters", "seen": chaptering.mark([]), "chapters": [CHAPTER]})
    act(house, editor, draft, "read_whole", "")
    for _ in range(2):  # released twice they are there once
        act(house, other, draft, "release")
    with house.session(public(house)) as session:
        told = {
            (row.position, row.language, row.title, *row.persons, *row.places)
            for row in session.scalars(select(Segment))
        }
    assert told == {(1, "en", "A synthetic chapter", "P"), (1, "az", "Sintetik fəsil", "Yer")}


def test_the_list_of_what_waits_costs_the_same_however_much_waits(house, editor, other, count_queries):
    costs = []
    for more in (1, 4):
        for _ in range(more):
            draft = a_draft(house, editor, a_recording(house, an_item(house).made))
        act(house, editor, draft, "read_whole", "")
        with house.session(house.keeper()) as session:
            count_queries()
            page = waiting.waiting(session, other, now=house.now())
            costs.append(count_queries())
        assert page.rows[0].read_by == [editor.label]
    assert len(page.rows) == 5
    assert costs[0] == costs[1]
