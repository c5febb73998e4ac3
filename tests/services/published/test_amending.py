"""Whatever a collection holds can be changed at the desk, as a proposal that a person publishes. All words added here
are synthetic."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.gate import may
from memorial.gate.facts import recused_from
from memorial.models import Citation, ImportedObject, Item, Record, Recusal, Revision, Source, Statement
from memorial.services import search
from memorial.services.collection import KINDS, objects
from memorial.services.collection.batch import place_in_source
from memorial.services.collection.starter import STARTER
from memorial.services.published import history, proposing
from memorial.services.published.forms import ObjectForm
from memorial.services.published.proposing import Change
from tests.builders import public
from tests.services.colleagues import an_actor
from tests.services.published.changing import act, amended, change, load, there


def read(kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (STARTER / f"{kind}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_in_which_nothing_is_changed_gives_the_very_object(kind):
    """As a browser sends it back: other line ends, nothing else."""
    for value in read(kind):
        form = ObjectForm(KINDS[kind], value)
        made = form.rebuilt({key: words.replace("\n", "\r\n") for key, words in form.values().items()})
        assert (made.value, made.problems, made.changed) == (value, {}, frozenset()), value["id"]


# What is written into a field of each sort. Every word is synthetic.
WRITTEN = {
    "line": "Synthetic words", "prose": "Synthetic words.\n\nAnother paragraph.", "lines": "Synthetic one\nSynthetic two",
    "places": "000_5829d7e7f7050a09.txt:L1-L2\nsrc-seed-001, p. 3", "works": "src-seed-001", "work": "src-seed-001",
    "place": "src-seed-001, p. 3", "ids": "press-001", "id": "press-001", "date": "1992~", "number": "7",
    "language": "az", "boolean": "yes", "web": "https://synthetic.example/work",
}  # fmt: skip
# A person who is accused has no entry; that is another test.
NOT_HERE = {("people", "accused")}


def every_field(kind: str, value: dict[str, Any]) -> dict[str, str]:
    """Something new in each field of a form, and one new row in each list of objects."""
    typed: dict[str, str] = {}
    for group in ObjectForm(KINDS[kind], value).groups():
        for entry in group.rows[-1]:
            if (kind, entry.name) not in NOT_HERE:
                typed[entry.key] = WRITTEN.get(entry.what) or "".join(entry.field.choices[-1:])
            if entry.what == "rows":
                sorts = [WRITTEN[one.what] for one in entry.field.shape.values()]
                typed[entry.key] = " | ".join(sorts)
    if kind == "people":
        typed["fate"] = "killed, as a synthetic source says"
    return typed


def test_every_field_of_every_kind_is_changed_at_the_desk_and_leaves_again_with_an_export(house):
    load(house, most=3)
    editor, second = an_actor(house, "editor", "editor"), an_actor(house, "second", "moderator")
    for kind in KINDS:
        before = there(house, kind, read(kind)[0]["id"])
        typed = every_field(kind, dict(before.value or {}))
        item = change(house, editor, kind, before.id, typed)
        if act(house, editor, item).waits:  # of the dead, two people decide
            act(house, second, item, "take")
            act(house, second, item)
        with house.session(house.keeper()) as session:
            given = {value["id"]: value for value in objects(session, kind, everything=True)}[before.id]
        shown = ObjectForm(KINDS[kind], given).values()
        assert {key: shown[key] for key in typed} == typed, kind
        untouched = {key for key in ObjectForm(KINDS[kind], before.value or {}).values() if key not in typed}
        assert {key: shown[key] for key in untouched} == {
            key: ObjectForm(KINDS[kind], before.value or {}).values()[key] for key in untouched
        }, kind


def test_a_proposal_shows_nothing_until_it_is_published_and_then_search_finds_it(house):
    load(house, "sources", "recognitions", most=3)
    editor = an_actor(house, "editor", "editor")
    kind, name = "recognitions", read("recognitions")[0]["id"]
    change(house, editor, kind, name, {"title": "A synthetic title of the day before"})
    item = change(house, editor, kind, name, {"title": "Zyxwvut, a synthetic title"})
    with house.session(public(house)) as session:
        assert search.search(session, "Zyxwvut").total == 0
    assert there(house, kind, name).value["title"] != "Zyxwvut, a synthetic title"
    act(house, editor, item)
    with house.session(public(house)) as session:
        assert search.search(session, "Zyxwvut").total == 1
        record = session.scalars(select(Record).where(Record.external_id == name)).one()
        assert record.revision - record.skipped == 2, "a visitor is told of one change"
    assert there(house, kind, name).value["title"] == "Zyxwvut, a synthetic title"


def test_new_objects_with_and_without_a_page_are_public_when_somebody_has_published_them(house):
    load(house, "sources", most=1)
    editor = an_actor(house, "editor", "editor")
    amended(house, editor, "sources", "src-new", {"title": "A synthetic work", "authors": "Synthetic Author"})
    amended(house, editor, "figures", "fig-new", {
        "measure": "killed", "value": "7", "claimant": "a synthetic report", "seed_refs": "src-new, p. 23",
    })  # fmt: skip
    amended(house, editor, "timeline", "tl-new", {"title": "A synthetic event", "date": "1992-02-26"})
    with house.session(public(house)) as session:
        figure = session.scalars(select(Statement).where(Statement.external_id == "fig-new")).one()
        cited = session.scalars(select(Citation).where(Citation.statement_id == figure.id)).one()
        source = session.get_one(Source, cited.source_id)
        event = session.scalars(select(Record).where(Record.external_id == "tl-new")).one()
        assert (source.external_id, cited.locator) == ("src-new", "p. 23")
        assert event.sort_day is not None
    with house.session(house.keeper()) as session:
        moved = session.scalars(select(Revision).where(Revision.thing == "timeline:tl-new")).one()
        assert (moved.record_id, moved.number) == (event.id, 1)
        assert moved.applied_at is not None
        assert moved.content["texts"][0]["body"] == "A synthetic event"
        assert set(session.scalars(select(Item.state).where(Item.record_id == event.id))) == {"done"}


def test_every_change_is_a_revision_and_any_of_them_can_come_back(house):
    load(house, "sources", "figures", most=3)
    editor = an_actor(house, "editor", "editor")
    name = read("figures")[0]["id"]
    first = dict(there(house, "figures", name).value)
    amended(house, editor, "figures", name, {"note": "A first synthetic note."})
    amended(house, editor, "figures", name, {"note": "A second synthetic note."})
    with house.session(house.keeper()) as session:
        here = there(house, "figures", name)
        told = history.history(session, here, keys=house.keys)
        assert [line.why for line in told.lines] == ["A reason.", "A reason."]
        assert [line.may_come_back for line in told.lines] == [False, True]
        assert told.had_before
        said = history.changes(here.kind, first, here.value)
        assert [change.field for change in said] == ["note"]
    for number, note in ((told.lines[1].number, "A first synthetic note."), (0, first["note"])):
        with house.writing(house.keeper()) as session:
            here, seen = there(house, "figures", name), proposing.mark(there(house, "figures", name).value)
            item = history.go_back(
                session, editor, here, number, why="It was right.", seen=seen, keys=house.keys, now=house.now()
            )  # fmt: skip
            public_id = item.public_id
        act(house, editor, public_id)
        assert there(house, "figures", name).value["note"] == note
    assert there(house, "figures", name).value == first


def test_two_editors_have_one_amendment_and_neither_overwrites_the_other(house, clock):
    load(house, "sources", "figures", most=3)
    one, other = an_actor(house, "one", "editor"), an_actor(house, "other", "moderator")
    name = read("figures")[0]["id"]
    here = there(house, "figures", name)
    item = change(house, one, "figures", name, {"note": "What one wrote."})
    with pytest.raises(NotPermitted, match="free"):
        change(house, other, "figures", name, {"note": "What the other wrote."})
    with house.writing(house.keeper()) as session:
        session.query(Item).filter_by(public_id=item).one().taken_until = None
    with pytest.raises(Stale), house.writing(house.keeper()) as session:
        stale = Change(
            "figures", name, here.value, proposing.mark(here.value), {**here.value, "unit": "x"}, "…"
        )
        proposing.save(session, other, stale, keys=house.keys, now=house.now())
    assert change(house, other, "figures", name, {"unit": "x"}) == item
    with house.session(house.keeper()) as session:
        given = session.scalars(select(Revision.content).order_by(Revision.number.desc())).first()["given"]
    assert (given["note"], given["unit"]) == ("What one wrote.", "x")


def test_an_import_that_came_meanwhile_keeps_the_proposal_from_standing(house):
    load(house, "sources", "figures", most=3)
    editor = an_actor(house, "editor", "editor")
    name = read("figures")[0]["id"]
    item = change(house, editor, "figures", name, {"note": "What the editor wrote."})
    again(house, "figures", name, note="What the file says by now.")
    with pytest.raises(NotPermitted, match="object_changed"):
        act(house, editor, item)
    with house.session(house.keeper()) as session:
        here = there(house, "figures", name)
        proposal = proposing.open_for(session, here)
        base, seen = proposing.head(here, proposal), proposing.seen(here, proposal)
        started, stands = proposing.behind(here, proposal, base, seen)
        assert started["note"] != stands["note"] == "What the file says by now."


def test_what_the_desk_changed_no_later_import_changes_and_the_row_of_before_changes_nothing(house):
    load(house, "sources", "figures", "recognitions", most=3)
    editor = an_actor(house, "editor", "editor")
    for kind in ("figures", "recognitions"):
        name = read(kind)[0]["id"]
        amended(house, editor, kind, name, {"note": "What the desk says."})
        report = again(house, kind, name)
        assert (report.unchanged, report.refused) == (1, 0)
        report = again(house, kind, name, note="What a file says later.")
        assert (report.refused, report.changed) == (1, 0)
        assert "changed at the desk" in report.faults[0].problem
        assert there(house, kind, name).value["note"] == "What the desk says."


def again(house, kind: str, name: str, **fields: Any):
    """The same row of the file once more, with these fields changed."""
    from memorial.formats.jsonl import Row
    from memorial.gate import Actor
    from memorial.services.collection import import_objects
    from tests.services.published.changing import SIGNED

    value = next(value for value in read(kind) if value["id"] == name) | fields
    with house.writing(house.keeper()) as session:
        row = Row("x", 1, value)
        return import_objects(session, Actor.command("one"), kind, [row], now=house.now(), **SIGNED)


def test_whoever_is_marked_as_accused_gets_no_entry_and_is_taken_out_of_search(house):
    load(house, "sources", most=1)
    editor = an_actor(house, "editor", "editor")
    named = {"names-0-spelling": "Synthetic Qwertyman", "accused": "no", "fate": "not stated"}
    amended(house, editor, "people", "person-x", named)
    with house.session(public(house)) as session:
        assert search.search(session, "Qwertyman").total == 1
    amended(house, editor, "people", "person-x", {"accused": "yes"})
    with house.session(house.keeper()) as session:
        assert search.search(session, "Qwertyman").total == 0
        assert session.get_one(ImportedObject, ("people", "person-x")).thing == ""
    assert there(house, "people", "person-x").value["accused"] is True


def test_saving_needs_a_reason_a_change_and_the_role(house):
    load(house, "sources", most=1)
    name = read("sources")[0]["id"]
    editor, officer = an_actor(house, "editor", "editor"), an_actor(house, "officer", "consent_officer")
    with pytest.raises(Invalid, match="note"):
        change(house, editor, "sources", name, {"note": "Synthetic."}, why=" ")
    with pytest.raises(Invalid, match="nothing_changed"):
        change(house, editor, "sources", name, {})
    with pytest.raises(NotPermitted, match="role"):
        change(house, officer, "sources", name, {"note": "Synthetic."})


def test_of_two_who_save_at_once_one_keeps_the_change_and_the_other_is_told(house):
    load(house, "sources", "figures", most=2)
    people = [an_actor(house, name, "editor") for name in ("one", "other")]
    name = read("figures")[0]["id"]
    here, ready = there(house, "figures", name), threading.Barrier(2)
    came: list[str] = []

    def work(actor: Any) -> None:
        said = Change(
            "figures", name, here.value, proposing.mark(here.value), {**here.value, "note": actor.label}, "…"
        )
        ready.wait()
        try:
            with house.writing(house.keeper()) as session:
                proposing.save(session, actor, said, keys=house.keys, now=house.now())
            came.append("kept")
        except (Stale, NotPermitted) as refused:
            came.append(type(refused).__name__)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["NotPermitted", "kept"]
    with house.session(house.keeper()) as session:
        assert len(session.scalars(select(Item).where(Item.kind == "amendment")).all()) == 1


@pytest.mark.parametrize(
    ("as_given", "place"),
    [
        ("000_5829d7e7f7050a09.txt:L1-L2", ("src-seed-000", "L1–L2")), ("000_5829d7e7f7050a09.txt", ("src-seed-000", "")),
        ("src-report-1994, p. 23", ("src-report-1994", "p. 23")), ("src-report-1994", ("src-report-1994", "")),
        ("press-001, column 2: the end", ("press-001", "column 2: the end")),
        ("Milliyet, 4 March 1992", ("", "")), ("a letter, not dated", ("", "")),
    ],
)  # fmt: skip
def test_a_citation_leads_to_any_work_of_the_archive_by_its_id_and_the_place_in_it(as_given, place):
    assert place_in_source(as_given) == place


def test_a_statement_can_rest_on_a_press_account_as_on_any_work(house):
    load(house, "sources", "press_accounts", most=2)
    editor, press = an_actor(house, "editor", "editor"), read("press_accounts")[0]["id"]
    said = {
        "measure": "killed",
        "value": "7",
        "claimant": "a synthetic report",
        "seed_refs": f"{press}, column 2",
    }
    amended(house, editor, "figures", "fig-new", said)
    with house.session(house.keeper()) as session:
        cited = session.scalars(select(Citation).where(Citation.as_given == f"{press}, column 2")).one()
        work = session.get_one(Source, cited.source_id)
        assert session.get_one(Record, work.record_id).external_id == press


def test_who_keeps_away_from_one_object_reads_the_others_of_its_collection(house):
    load(house, "sources", "press_accounts", "figures", most=4)
    editor = an_actor(house, "editor", "editor")
    one, other = [row["id"] for row in read("figures")[:2]]
    first, second = (change(house, editor, "figures", name, {"note": f"Of {name}."}) for name in (one, other))
    with house.writing(house.keeper()) as session:
        item = session.scalars(select(Item).where(Item.public_id == first)).one()
        kept = {"item_id": item.id, "account_id": editor.account_id, "set_by": editor.label}
        session.add(Recusal(**kept, at=house.now()))
    with house.session(house.keeper()) as session:
        items = {
            name: session.scalars(select(Item).where(Item.public_id == name)).one()
            for name in (first, second)
        }
        assert items[first].record_id == items[second].record_id
        assert recused_from(session, editor, items.values()) == {items[first].id}
        assert may(session, editor, "read", items[first], now=house.now()).reason == "recused"
        assert may(session, editor, "read", items[second], now=house.now())
