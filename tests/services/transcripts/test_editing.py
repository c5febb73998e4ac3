"""Two people write in one draft, nothing they wrote is lost, and any older version comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.models import Draft, DraftCue, DraftStep, Item, Recusal
from memorial.models.guarded import AtTheDesk
from memorial.services.transcripts import chaptering, drafts, editing
from tests.builders import a_testimony, public
from tests.services.colleagues import an_actor
from tests.services.transcripts.writing import (
    a_draft,
    lines,
    save,
    seen,
    some_cues,
    the_recording,
    version,
    write,
)
from tests.voices import a_recording
from tests.web.desk.people import an_item


@pytest.fixture
def editor(house):
    return an_actor(house, "editor", "editor")


@pytest.fixture
def recording(house):
    return a_recording(house, a_testimony(house))


def test_two_who_write_in_different_lines_both_keep_their_words(house, editor, recording):
    other, draft = an_actor(house, "other", "moderator"), a_draft(house, editor, recording)
    mine, theirs = seen(house, draft, 1), seen(house, draft, 2)
    save(house, editor, draft, {"do": "set", "body": "Mine.", **mine})
    assert not save(house, other, draft, {"do": "set", "body": "Theirs.", **theirs}).clashes
    assert lines(house, draft) == ["Mine.", "Theirs.", "Line 3."]


def test_of_two_at_the_same_moment_none_loses_a_line(house, editor, recording):
    draft, people = a_draft(house, editor, recording, 12), [editor, an_actor(house, "other", "moderator")]

    def their_lines(whose: int) -> None:
        for number in range(whose + 1, 13, 2):
            assert not write(house, people[whose], draft, number, f"{number} by {whose}").clashes

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(their_lines, whose) for whose in (0, 1)]:
            done.result()
    assert lines(house, draft) == [f"{number} by {(number + 1) % 2}" for number in range(1, 13)]
    assert version(house, draft) == 13


def test_of_two_who_write_in_one_line_the_second_sees_both_and_overwrites_nothing(house, editor, recording):
    other, draft = an_actor(house, "other", "moderator"), a_draft(house, editor, recording)
    both = seen(house, draft, 1)
    save(house, editor, draft, {"do": "set", "body": "Mine.", **both})
    saved = save(
        house, other, draft, {"do": "set", "body": "Theirs.", **both},
        {"do": "set", "speaker": "Somebody", **seen(house, draft, 3)},
    )  # fmt: skip
    (clash,) = saved.clashes
    assert (clash.change["body"], clash.line.body) == ("Theirs.", "Mine.")
    assert [line.speaker for line in saved.lines] == ["Somebody"], "what does not clash is kept"
    assert lines(house, draft)[0] == "Mine."


def test_lines_are_split_merged_inserted_removed_and_moved(house, editor, recording):
    draft = a_draft(house, editor, recording)
    saved = save(house, editor, draft, {"do": "split", "at": 4, **seen(house, draft, 2)})
    assert [(line.number, line.body) for line in saved.lines] == [(2, "Line"), (4, "2.")]
    save(house, editor, draft, {"do": "insert", "behind": 0, "body": "First."})
    save(house, editor, draft, {"do": "insert", "behind": 4, "body": "Between."})
    assert lines(house, draft) == ["First.", "Line 1.", "Line", "2.", "Between.", "Line 3."]
    joins = {"do": "merge", **seen(house, draft, 2), "next": 4, "next_seen": seen(house, draft, 4)["seen"]}
    saved = save(house, editor, draft, joins, {"do": "remove", **seen(house, draft, 5)})
    assert sorted(saved.gone) == [4, 5]
    save(house, editor, draft, {"do": "shift", "first": 1, "last": 3, "by": 250})
    with house.session(house.keeper()) as session:
        found = drafts.lines_of(session, drafts.find(session, draft))
    assert [(line.number, line.starts) for line in found] == [(1, 250), (2, 4250), (6, 8250), (3, 8250)]


def test_lines_that_are_no_neighbours_are_not_merged(house, editor, recording):
    draft = a_draft(house, editor, recording)
    joins = {"do": "merge", **seen(house, draft, 1), "next": 3, "next_seen": seen(house, draft, 3)["seen"]}
    assert save(house, editor, draft, joins).clashes
    assert len(lines(house, draft)) == 3


def test_many_lines_come_between_two_neighbours(house, editor, recording):
    draft = a_draft(house, editor, recording, 2)
    for count in range(40):
        save(house, editor, draft, {"do": "insert", "behind": 1, "body": f"{count}."})
    assert lines(house, draft) == ["Line 1.", *(f"{n}." for n in reversed(range(40))), "Line 2."]
    with house.session(house.keeper()) as session:
        assert len(editing.at(session, drafts.find(session, draft), 1)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"do": "paint"}, {"do": "set", "number": "1"}, {"do": "shift", "first": 1, "last": 2, "by": -5000},
        {"do": "set", "ends": -1}, {"do": "set", "body": 7}, {"do": "split", "at": 0}, {"do": "chapters"},
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_made_leaves_all_as_it_was(house, editor, recording, change):
    draft = a_draft(house, editor, recording)
    good = {"do": "set", "body": "Good.", **seen(house, draft, 2)}
    known = seen(house, draft, 1) if "number" not in change else {}
    if change["do"] == "chapters":
        known = {"seen": chaptering.mark([]), "chapters": [{"begin": -1, "tellings": []}]}
    with pytest.raises(Invalid):
        save(house, editor, draft, good, {**known, **change})
    assert (lines(house, draft)[1], version(house, draft)) == ("Line 2.", 1)


def test_what_one_person_writes_within_five_minutes_is_one_step(house, editor, recording):
    draft, at = a_draft(house, editor, recording), house.now()
    for text, minutes in (("One.", 0), ("Two.", 4), ("Three.", 6)):
        write(house, editor, draft, 1, text, now=at + timedelta(minutes=minutes))
    write(house, an_actor(house, "other", "moderator"), draft, 1, "Four.", now=at + timedelta(minutes=7))
    with house.session(house.keeper()) as session:
        found = drafts.find(session, draft)
        told = [
            (step.version, step.changes[0][2][4]) for step in editing.steps(session, found) if step.changes
        ]
        assert told == [(5, "Four."), (4, "Three."), (3, "Two.")]
        for number, text in ((5, "Four."), (4, "Three."), (3, "Two."), (1, "Line 1.")):
            assert editing.at(session, found, number)[0].body == text
        with pytest.raises(NotOpen):
            editing.at(session, found, 2)


def test_saving_a_line_costs_the_same_in_a_long_draft(house, editor, recording, count_queries):
    short, long = a_draft(house, editor, recording), a_draft(house, editor, recording, 6000)
    costs = []
    for draft in (short, long):
        known = seen(house, draft, 2)
        count_queries()
        save(house, editor, draft, {"do": "split", "at": 4, **known})
        costs.append(count_queries())
        with house.session(house.keeper()) as session:
            step = editing.steps(session, drafts.find(session, draft))[0]
            assert [change[0] for change in step.changes] == [2, step.changes[1][0]]
    assert costs[0] == costs[1]


def test_a_translation_has_the_numbers_of_what_it_translates(house, editor, recording):
    first = a_draft(house, editor, recording)
    with the_recording(house, recording) as (session, medium):
        original = drafts.find(session, first)
        about = {"translates": original, "now": house.now()}
        empty = drafts.begin(session, editor, medium, "translation", "ru", "", **about)
        same = drafts.begin(session, editor, medium, "translation", "az", "", cues=some_cues(3), **about)
        other = drafts.begin(session, editor, medium, "translation", "tr", "", cues=some_cues(2), **about)
        found = [[line.number for line in drafts.lines_of(session, one)] for one in (empty, same, other)]
        assert found == [[1, 2, 3], [1, 2, 3], [1_000_001, 1_000_002]]
        assert {line.body for line in drafts.lines_of(session, empty)} == {""}


def test_who_keeps_away_from_what_a_family_sent_writes_none_of_its_words(house, editor):
    work = an_item(house)
    recording = a_recording(house, work.made)
    draft = a_draft(house, editor, recording)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        session.add(
            Recusal(item_id=item.id, account_id=editor.account_id, set_by=editor.label, at=house.now())
        )
    with pytest.raises(NotPermitted, match="recused"):
        write(house, editor, draft, 1, "Not mine to write.")
    assert lines(house, draft)[0] == "Line 1."


def test_no_visitor_reads_a_draft(house, editor, recording):
    a_draft(house, editor, recording)
    with house.session(public(house)) as session:
        for table in (Draft, DraftCue, DraftStep):
            assert issubclass(table, AtTheDesk)
            assert session.scalar(select(func.count()).select_from(table)) == 0
