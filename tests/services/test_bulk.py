"""One act on many items: previewed, done, cut, gone on with, taken back. All of it is synthetic."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.domain import bulk as rules
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import new_public_id
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


def test_an_item_that_fails_halfway_is_left_out_with_its_reason_and_the_others_go(house, monkeypatch):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 3)
    faults = {ids[0]: NotPermitted("synthetic_reason"), ids[1]: RuntimeError("synthetic")}
    advance = review.advance

    def failing(session, actor, item, *more, **named):
        outcome = advance(session, actor, item, *more, **named)
        if item.id in faults:
            raise faults[item.id]
        return outcome

    monkeypatch.setattr(review, "advance", failing)
    public_id, number = begun(house, desk)
    carried_out(house, number)
    assert states(house, ids) == ["submitted", "submitted", "declined"]
    assert outcomes(house) == [("refused", "synthetic_reason"), ("refused", "failed"), ("done", "")]
    faults[ids[2]] = NotPermitted("synthetic_reason")
    does(house, desk, public_id, "take_back", keys=house.keys, note="Wrong file.")
    carried_out(house, number)
    assert states(house, ids) == ["submitted", "submitted", "declined"]
    assert outcomes(house)[2] == ("kept", "synthetic_reason")
    with house.session(house.keeper()) as session:
        assert [line.at for line in session.scalars(select(BulkLine))] == [house.now()] * 3
        assert session.get_one(BulkAct, number).state == "undone"


def test_stopped_it_leaves_the_rest_and_goes_on_when_it_is_asked_to(house):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 2)
    public_id, number = begun(house, desk)
    does(house, desk, public_id, "stop")
    assert jobs.carry_out_bulk(house, number) == 0
    assert states(house, ids) == ["submitted"] * 2
    with house.writing(house.keeper()) as session:
        assert bulk_run.finish(
            session, number, now=house.now()
        )  # nothing more to do, and nothing ends by that
        assert session.get_one(BulkAct, number).state == "stopped"
    does(house, desk, public_id, "go_on")
    carried_out(house, number)
    assert states(house, ids) == ["declined"] * 2


@pytest.mark.parametrize(("later", "verbs"), [(0, ["decline"]), (20, ["take", "decline"])])
def test_what_somebody_has_taken_already_is_not_taken_again_while_they_have_it(house, clock, later, verbs):
    desk = an_actor(house, "one", "editor")
    ids = an_import(house, 1)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, ids[0])
        review.advance(session, desk, item, "take", now=house.now(), keys=house.keys)
    clock.forward(timedelta(minutes=later))
    public_id, number = begun(house, desk)
    carried_out(house, number)
    assert [verb for verb, _ in acts_of(house, public_id)] == verbs


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
        number = review.new_item(session, "import", now=house.now(), record=record, facts={"run": "run1"}).id
    client, seen, facts = app.test_client(), [], []
    for turn in ("publish", "back", "publish"):
        if turn == "publish":
            public_id, act = begun(house, desk, "publish")
        else:
            does(house, desk, public_id, "take_back", keys=house.keys, note="Too early.")
        carried_out(house, act)
        with house.session(house.keeper()) as session:
            facts.append(session.get_one(Item, number).facts)
        seen.append(client.get(f"/en{made.path}").status_code)
    assert seen == [200, 404, 200]
    assert facts == [{"run": "run1"}, {"run": "run1", "rested": ["page"]}, {"run": "run1"}]


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


def test_only_whoever_previewed_it_begins_and_goes_on_and_anybody_stops_it_and_takes_it_back(house):
    desk, other = an_actor(house, "one", "editor"), an_actor(house, "two", "moderator")
    an_import(house, 2)
    public_id = previewed(house, desk)
    for actor, turn, expected in (
        (other, "begin", "not_yours"), (desk, "begin", ""), (other, "stop", ""), (other, "go_on", "not_yours"),
    ):  # fmt: skip
        if expected:
            with pytest.raises(NotPermitted, match=expected):
                does(house, actor, public_id, turn)
        else:
            does(house, actor, public_id, turn)
    with pytest.raises(NotPermitted, match="note"):
        does(house, other, public_id, "take_back", keys=house.keys, note=" ")
    with house.writing(house.keeper()) as session:
        act = bulk.find(session, public_id)
        assert act.ended_at == house.now()
        with pytest.raises(Stale):  # read before it was stopped
            bulk.go_on(session, desk, act, expected=act.version - 1, now=house.now())
    does(house, desk, public_id, "go_on")
    with house.session(house.keeper()) as session:
        assert bulk.find(session, public_id).ended_at is None
        wanted = select(AuditEntry).where(AuditEntry.thing == f"bulk:{public_id}").order_by(AuditEntry.id)
        lines = session.scalars(wanted).all()
        assert [(line.verb, line.actor) for line in lines] == [
            ("bulk_begun", desk.label), ("bulk_stopped", other.label), ("bulk_gone_on", desk.label),
        ]  # fmt: skip
        assert json.loads(lines[0].details) == {"verb": "decline", "items": 2}
    does(house, desk, public_id, "stop")
    does(house, other, public_id, "take_back", keys=house.keys, note="Wrong file.")
    with house.session(house.keeper()) as session:
        act = bulk.find(session, public_id)
        assert (act.made_by, act.undone_by, act.undone_at) == (desk.label, other.label, house.now())
        assert act.account_id == other.account_id  # it is taken back as far as they may


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_of_two_who_stop_it_at_once_one_is_told(house):
    """On SQLite there is one writer at a time; here the act is read anew under its lock."""
    desk, other = an_actor(house, "one", "editor"), an_actor(house, "two", "moderator")
    an_import(house, 1)
    public_id, _ = begun(house, desk)
    with house.writing(house.keeper()) as late:
        act = bulk.find(late, public_id)
        seen = act.version
        does(house, other, public_id, "stop")
        with pytest.raises(Stale):
            bulk.stop(late, desk, act, expected=seen, now=house.now())


def test_the_page_of_an_act_shows_some_of_its_items_and_all_it_leaves_out_page_by_page(house, monkeypatch):
    monkeypatch.setattr(bulk, "SAMPLE", 1)
    monkeypatch.setattr(bulk, "PER_PAGE", 2)
    desk, other = an_actor(house, "one", "editor"), an_actor(house, "two", "moderator")
    ids = an_import(house, 6)
    with house.writing(house.keeper()) as session:
        for number in ids[:4]:
            review.advance(
                session, other, session.get_one(Item, number), "take", now=house.now(), keys=house.keys
            )
    public_id = previewed(house, desk)
    with house.session(house.keeper()) as session:
        addresses = [session.get_one(Item, number).public_id for number in ids]
        act, seen, after = bulk.find(session, public_id), [], 0
        while True:
            view = bulk.view_of(session, desk, act, now=house.now(), after=after)
            seen.append([left.row.public_id for left in view.left])
            if not (after := view.after):
                break
        assert seen == [addresses[:2], addresses[2:4]]
        assert [row.public_id for row in view.sample] == [addresses[4]]
        assert (view.total, view.reasons) == (6, {"free": 4})
        assert list(view.names) == [desk.label]


def test_what_is_chosen_from_and_what_was_begun_are_listed_the_newest_first(house, clock, monkeypatch):
    desk = an_actor(house, "one", "editor")
    an_import(house, 2, run="older")
    clock.forward(timedelta(minutes=1))
    newer = an_import(house, 1, run="newer")
    with house.writing(house.keeper()) as session:
        session.get_one(Item, newer[0]).language = "az"
    first, _ = begun(house, desk, "take", run="older")
    second, number = begun(house, desk, language="az")
    assert previewed(house, desk, kind="import") != previewed(
        house, desk
    )  # the one before is nothing any more
    with house.session(house.keeper()) as session:
        assert [(each.run, each.number) for each in bulk.imports(session)] == [("newer", 1), ("older", 2)]
        assert [act.public_id for act in bulk.lately(session)] == [second, first]
        assert session.scalar(select(func.count()).select_from(BulkAct)) == 3
        assert [len(bulk_run.open_lines(session, act.id)) for act in bulk.lately(session)] == [1, 2]
        for unknown in (new_public_id(), "nonsense"):
            with pytest.raises(NotOpen):
                bulk.find(session, unknown)
    carried_out(house, number)
    monkeypatch.setattr(rules, "MOST", 1)
    begun(house, desk, "take")
    with house.session(house.keeper()) as session:
        assert [each.run for each in bulk.imports(session)] == ["older"]
        assert len(bulk_run.open_lines(session, bulk.lately(session)[0].id)) == 1
