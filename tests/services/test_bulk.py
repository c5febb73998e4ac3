"""One act on many items: previewed, done, cut, gone on with, taken back. All of it is synthetic."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.models import Account, AuditEntry, BulkAct, BulkLine, BulkNote, Item, Message, Record
from memorial.services import bulk, bulk_run, review
from memorial.services.audit import broken_at
from memorial.services.bulk import Wanted
from tests.builders import a_press_account
from tests.services.colleagues import an_actor

NOTE = "zqnotezq: the file was the wrong one."


def an_import(house, count=3, run="run1", flags=(), published=False):
    """Items of one import that wait at the desk; their ids."""
    made = [a_press_account(house, published=published) for _ in range(count)]
    with house.writing(house.keeper()) as session:
        return [
            review.new_item(
                session, "import", now=house.now(), record=session.get_one(Record, each.record_id),
                flags=list(flags), facts={"run": run, "file": "press_accounts"},
            ).id
            for each in made
        ]  # fmt: skip


def previewed(house, actor, verb="decline", note=NOTE, **wanted):
    with house.writing(house.keeper()) as session:
        return bulk.preview(
            session, actor, Wanted(verb, **wanted), note, keys=house.keys, now=house.now()
        ).public_id


def does(house, actor, public_id, turn, **more):
    with house.writing(house.keeper()) as session:
        act = bulk.find(session, public_id)
        getattr(bulk, turn)(session, actor, act, expected=act.version, now=house.now(), **more)
        return act.id


def begun(house, actor, verb="decline", **wanted):
    """An act that is begun and not yet carried out: its address and its number."""
    public_id = previewed(house, actor, verb, **wanted)
    return public_id, does(house, actor, public_id, "begin")


def carried_out(house, number):
    while jobs.carry_out_bulk(house, number):
        pass


def states(house, ids):
    with house.session(house.keeper()) as session:
        return [session.get_one(Item, number).state for number in ids]


def outcomes(house):
    with house.session(house.keeper()) as session:
        return [
            tuple(row)
            for row in session.execute(select(BulkLine.outcome, BulkLine.reason).order_by(BulkLine.id))
        ]


def acts_of(house, public_id):
    """(verb, item) of every line of the audit that was done with this bulk act."""
    with house.session(house.keeper()) as session:
        found = session.execute(
            select(AuditEntry.verb, AuditEntry.thing, AuditEntry.details).order_by(AuditEntry.id)
        ).all()
        assert list(broken_at(session)) == []
    return [
        (verb, thing) for verb, thing, text in found if text and json.loads(text).get("bulk") == public_id
    ]


def whole(house, ids):
    """All of an item that taking back must bring again."""
    with house.session(house.keeper()) as session:
        found = [session.get_one(Item, number) for number in ids]
        return [
            (item.state, item.waiting_since, item.precedence, item.ended_at, item.taken_by_id, item.facts)
            for item in found
        ]


def test_a_preview_says_what_is_refused_and_why_and_touches_nothing(house):
    desk, other = an_actor(house, "one", "editor"), an_actor(house, "two", "moderator")
    ids = an_import(house, 3)
    elsewhere = an_import(house, 1, run="run2")
    with house.writing(house.keeper()) as session:
        review.advance(
            session, other, session.get_one(Item, ids[0]), "take", now=house.now(), keys=house.keys
        )
    before = whole(house, ids)
    public_id = previewed(house, desk, run="run1")
    with house.session(house.keeper()) as session:
        view = bulk.view_of(session, desk, bulk.find(session, public_id), now=house.now())
        assert (view.outcomes, view.reasons) == ({"": 2, "refused": 1}, {"free": 1})
        assert [left.reason for left in view.left] == ["free"]
        assert len(view.sample) == 2
    assert whole(house, ids) == before
    assert states(house, elsewhere) == ["submitted"]
    assert acts_of(house, public_id) == []


def test_it_is_done_with_each_item_with_a_line_of_its_own_and_the_words_lie_with_the_items(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 3)
    public_id, number = begun(house, desk, run="run1")
    with house.session(house.keeper()) as session:
        assert [(each.run, each.file, each.number) for each in bulk.imports(session)] == [
            ("run1", "press_accounts", 3)
        ]
    assert jobs.sweep(house) == 3  # what a queue forgot
    assert states(house, ids) == ["declined"] * 3
    assert [verb for verb, _ in acts_of(house, public_id)] == ["take", "decline"] * 3
    with house.session(house.keeper()) as session:
        assert session.get_one(BulkAct, number).state == "done"
        assert session.scalar(select(func.count()).select_from(BulkNote)) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 3
        assert not any(b"zqnotezq" in body for body in session.scalars(select(Message.body)))


@pytest.mark.parametrize("verb", ["take", "return", "decline", "publish"])
def test_taking_it_back_leaves_every_item_as_it_was(house, verb):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 2)
    if verb == "return":
        with house.writing(house.keeper()) as session:
            for number in ids:
                item = session.get_one(Item, number)
                for each in ("take", "release"):
                    review.advance(session, desk, item, each, now=house.now(), keys=house.keys)
    before = whole(house, ids)
    public_id, number = begun(house, desk, verb)
    carried_out(house, number)
    assert whole(house, ids) != before
    does(house, desk, public_id, "take_back", keys=house.keys, note="zqbackzq")
    carried_out(house, number)
    rested = [{"rested": ["page"]} if verb == "publish" else {} for _ in ids]
    assert whole(house, ids) == [
        (*each[:-1], {**each[-1], **more}) for each, more in zip(before, rested, strict=True)
    ]
    assert {outcome for outcome, _ in outcomes(house)} == {"undone"}


def test_an_item_that_somebody_touched_since_stays_and_is_named(house):
    desk, other = an_actor(house, "one", "editor"), an_actor(house, "two", "moderator")
    ids = an_import(house, 2)
    public_id, number = begun(house, desk)
    carried_out(house, number)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, ids[0])
        review.advance(session, other, item, "reopen", now=house.now(), keys=house.keys, note="Read again.")
    does(house, other, public_id, "take_back", keys=house.keys, note="Wrong file.")
    carried_out(house, number)
    assert states(house, ids) == ["in_review", "submitted"]
    assert outcomes(house) == [("kept", "touched_since"), ("undone", "")]


def test_what_changed_since_the_preview_is_left_alone(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 2)
    public_id = previewed(house, desk)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, ids[1])
        for verb in ("take", "return"):
            review.advance(session, desk, item, verb, now=house.now(), keys=house.keys)
    carried_out(house, does(house, desk, public_id, "begin"))
    assert states(house, ids) == ["declined", "submitted"]
    assert outcomes(house) == [("done", ""), ("refused", "changed_since")]


def test_an_account_that_ends_while_it_runs_does_nothing_more(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 3)
    _, number = begun(house, desk)
    with house.session(house.keeper()) as session:
        lines = bulk_run.open_lines(session, number)
    with house.writing(house.keeper()) as session:
        bulk_run.carry_out(session, number, lines[0], keys=house.keys, now=house.now())
    with house.writing(house.keeper()) as session:
        session.get_one(Account, desk.account_id).disabled_at = house.now()
    carried_out(house, number)
    assert states(house, ids) == ["declined", "submitted", "submitted"]
    assert outcomes(house) == [("done", ""), ("refused", "role"), ("refused", "role")]


def test_two_that_run_at_once_do_each_item_once(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 2)
    public_id, number = begun(house, desk)
    with house.session(house.keeper()) as session:
        lines = bulk_run.open_lines(session, number)
    for line in [*lines, *lines]:
        with house.writing(house.keeper()) as session:
            assert bulk_run.carry_out(session, number, line, keys=house.keys, now=house.now())
    assert states(house, ids) == ["declined"] * 2
    assert outcomes(house) == [("done", "")] * 2
    assert [verb for verb, _ in acts_of(house, public_id)] == ["take", "decline"] * 2


class Cut(BaseException):
    """As a kill: nothing of the program runs after it."""


def test_cut_anywhere_it_goes_on_with_nothing_lost_and_nothing_twice(house, monkeypatch):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 4)
    public_id, number = begun(house, desk)
    reached = itertools.count(1)

    def cut(label):
        if next(reached) % 4 == 0:
            raise Cut(label)

    monkeypatch.setattr("memorial.house.at", cut)
    cuts = 0
    while True:
        try:
            over = not jobs.carry_out_bulk(house, number)
        except Cut:
            cuts += 1
            continue
        if over:
            break
    monkeypatch.undo()
    assert cuts > 3
    assert states(house, ids) == ["declined"] * 4
    assert [verb for verb, _ in acts_of(house, public_id)] == ["take", "decline"] * 4
    assert [outcome for outcome, _ in outcomes(house)] == ["done"] * 4


def test_stopped_it_leaves_the_rest_and_goes_on_when_it_is_asked_to(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 2)
    public_id, number = begun(house, desk)
    does(house, desk, public_id, "stop")
    assert jobs.carry_out_bulk(house, number) == 0
    assert states(house, ids) == ["submitted"] * 2
    does(house, desk, public_id, "go_on")
    carried_out(house, number)
    assert states(house, ids) == ["declined"] * 2


def test_of_what_needs_two_people_nothing_is_published_in_bulk(house):
    desk = an_actor(house, "one", "editor")
    ids = [*an_import(house, 1, flags=["death"]), *an_import(house, 1)]
    _, number = begun(house, desk, "publish")
    carried_out(house, number)
    assert states(house, ids) == ["submitted", "done"]
    assert outcomes(house) == [("refused", "two_people"), ("done", "")]


def test_what_a_published_import_showed_is_hidden_by_taking_it_back_and_shown_by_publishing_anew(app, house):
    desk = an_actor(house, "one", "editor")
    made = a_press_account(house, published=False)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        review.new_item(session, "import", now=house.now(), record=record)
    client, seen = app.test_client(), []
    for turn in ("publish", "back", "publish"):
        if turn == "publish":
            public_id, number = begun(house, desk, "publish")
        else:
            does(house, desk, public_id, "take_back", keys=house.keys, note="Too early.")
        carried_out(house, number)
        seen.append(client.get(f"/en{made.path}").status_code)
    assert seen == [200, 404, 200]


def test_who_may_not_and_what_is_not_offered_is_refused_with_its_reason(house):
    desk, reader = an_actor(house, "one", "editor"), an_actor(house, "two", "second_reader")
    an_import(house, 1)
    for actor, verb, note, fault in (
        (reader, "decline", NOTE, NotPermitted("role")),
        (desk, "erase", NOTE, Invalid("not_in_bulk")),
        (desk, "decline", " ", NotPermitted("note")),
        (desk, "close", NOTE, Invalid("nothing_chosen")),
    ):
        with pytest.raises(type(fault)) as refused:
            previewed(house, actor, verb, note)
        assert refused.value.key == fault.key
    public_id, _ = begun(house, desk)
    with pytest.raises(Stale):
        does(house, desk, public_id, "begin")
