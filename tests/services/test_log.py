"""The log: narrowed at a bounded cost, taken out as a file, and checked by somebody who has only that file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from memorial import jobs
from memorial.domain.errors import NotPermitted
from memorial.formats.csv_out import bare, guarded, line
from memorial.gate import Actor
from memorial.models import AuditEntry, CustodyEvent
from memorial.services import custody, desk_log, log_export, reckonings
from memorial.services.audit import Act, record_acts
from memorial.services.desk_log import Wanted

ANNA = Actor("account:7", frozenset({"moderator"}), 7)
BEN = Actor("account:8", frozenset({"second_reader"}), 8)
OFFICER = Actor("account:9", frozenset({"consent_officer"}), 9, stepped_up=True)


def written(house, actor, *verbs, thing="item:synthetic", second=""):
    with house.writing(house.keeper()) as session:
        record_acts(session, actor, [Act(verb, thing, second=second) for verb in verbs], house.now())


def page(house, wanted=Wanted(), actor=ANNA, **more):
    with house.session(house.keeper()) as session:
        return desk_log.log(session, actor, wanted, now=house.now(), **more)


def numbers(found):
    return [line.id for line in found.lines]


@pytest.fixture
def three_days(house, clock):
    """Lines 1 and 2 on the 22nd, 3 to 5 on the 23rd, 6 on the 24th."""
    written(house, ANNA, "take", "publish", thing="item:one")
    clock.forward(timedelta(days=1))
    written(house, BEN, "take", thing="item:one")
    written(house, BEN, "publish", thing="item:two", second="account:7")
    written(house, ANNA, "asked_erase", thing="item:two")
    clock.forward(timedelta(days=1))
    written(house, Actor.system(), "lapse", thing="item:two")
    return house


@pytest.mark.parametrize(("wanted", "lines"), [
    (Wanted(), [6, 5, 4, 3, 2, 1]),
    (Wanted(actor="account:7"), [5, 2, 1]),
    (Wanted(verb="publish"), [4, 2]),
    (Wanted(thing="item:one"), [3, 2, 1]),
    (Wanted(actor="account:8", verb="publish"), [4]),
    (Wanted(two=True), [5, 4]),
    (Wanted(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)), [5, 4, 3]),
    (Wanted(first_day=date(2026, 11, 24)), [6]),
    (Wanted(last_day=date(2026, 11, 22), actor="account:7"), [2, 1]),
    (Wanted(first_day=date(2027, 1, 1)), []),
    (Wanted(last_day=date(2020, 1, 1)), []),
    (Wanted(last_day=date.max), [6, 5, 4, 3, 2, 1]),
])  # fmt: skip
def test_the_log_is_narrowed_by_who_what_on_what_when_and_by_two(three_days, wanted, lines):
    assert numbers(page(three_days, wanted)) == lines


def test_a_page_looks_through_a_stretch_and_goes_on_where_it_ended(house, monkeypatch, count_queries):
    monkeypatch.setattr(desk_log, "LOOKED", 10)
    written(house, ANNA, "erase", *["take"] * 25, second="account:8")
    written(house, ANNA, *["take"] * 5)
    count_queries()
    found = page(house, Wanted(actor="account:7", verb="erase"))
    assert count_queries() <= 4
    assert (numbers(found), found.older) == ([], 22)
    found = page(house, Wanted(actor="account:7", verb="erase"), before=found.older)
    found = page(house, Wanted(actor="account:7", verb="erase"), before=found.older)
    assert found.older == 2
    found = page(house, Wanted(actor="account:7", verb="erase"), before=found.older)
    assert (numbers(found), found.older) == ([1], 0)


@pytest.mark.parametrize(("wanted", "index"), [
    (Wanted(), ""),
    (Wanted(actor="account:7"), "ix_audit_actor_id"),
    (Wanted(verb="publish", two=True), "ix_audit_verb_id"),
    (Wanted(thing="item:one", actor="account:7"), "ix_audit_thing"),
    (Wanted(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)), "ix_audit_at"),
])  # fmt: skip
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_each_filter_is_answered_by_an_index_and_no_page_walks_the_log(house, wanted, index):
    """By the plans of SQLite, which decides without statistics."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    written(house, ANNA, "publish")
    event.listen(house.engine, "before_cursor_execute", note)
    page(house, wanted)
    event.remove(house.engine, "before_cursor_execute", note)
    with house.engine.connect() as connection:
        plans = [
            row[3]
            for statement, parameters in seen
            if " audit" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert any(index in plan for plan in plans), plans
    # What an index gave may be sorted again, which are LOOKED lines at the most; the log itself never is.
    assert not any(plan.startswith("SCAN audit") for plan in plans if index), plans


def test_everybody_reads_what_they_did_themselves_and_the_rest_is_for_its_roles(house):
    written(house, BEN, "take")
    written(house, ANNA, "take")
    assert numbers(page(house, Wanted(actor=BEN.label), BEN)) == [1]
    for wanted in (Wanted(), Wanted(actor=ANNA.label), Wanted(thing="item:synthetic")):
        with pytest.raises(NotPermitted):
            page(house, wanted, BEN)


def test_what_was_opened_is_a_log_of_its_own(house):
    with house.writing(house.keeper()) as session:
        for actor, verb in ((ANNA, "contact_shown"), (BEN, "evidence_shown")):
            custody.log(session, actor, verb, "contribution:synthetic", None, now=house.now())
    found = page(house, source=CustodyEvent)
    assert [(each.actor, each.verb) for each in found.lines] == [
        ("account:8", "evidence_shown"), ("account:7", "contact_shown"),
    ]  # fmt: skip
    assert numbers(page(house, Wanted(verb="contact_shown"), source=CustodyEvent)) == [1]
    assert "contact_shown" in exported(house, Wanted(verb="contact_shown"), source=CustodyEvent)


# -- does it hold? -----------------------------------------------------------------------------------


def rewritten(house, order):
    """By somebody with the database's password, who took the triggers away first."""
    with house.engine.execution_options(writes=True).begin() as connection:
        if house.engine.dialect.name == "sqlite":
            for name in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text(order))


def test_a_page_names_the_lines_that_somebody_changed_narrowed_or_not(three_days):
    house = three_days
    assert page(house).unfit == []
    rewritten(house, "UPDATE audit SET verb = 'decline' WHERE id = 2")
    assert page(house).unfit == [2]
    assert page(house, Wanted(actor="account:7")).unfit == [2]
    assert page(house, Wanted(actor="account:8")).unfit == []
    rewritten(house, "UPDATE audit SET hash = 'made again' WHERE id = 4")
    assert page(house).unfit == [5, 4, 2]
    assert page(house, Wanted(thing="item:two", verb="asked_erase")).unfit == [5]


def test_the_night_goes_through_the_whole_log_and_its_page_says_what_it_found(three_days):
    assert jobs.check_chains(three_days) == 0
    rewritten(three_days, "UPDATE audit SET actor = 'account:1' WHERE id = 3")
    assert jobs.check_chains(three_days) == 1
    with three_days.session(three_days.keeper()) as session:
        kept = reckonings.kept(session, "chains")
        assert kept.result == {"reached": 6, "faults": 1, "first": ["audit 3: changed"]}
        assert kept.at == three_days.now()


# -- as a file -----------------------------------------------------------------------------------------


def exported(house, wanted=Wanted(), form="jsonl", **more):
    with house.writing(house.keeper()) as session:
        extent = log_export.begin(session, OFFICER, wanted, form, now=house.now(), **more)
    opened = lambda: house.session(house.keeper())  # noqa: E731
    return "".join(log_export.written(extent, opened, house.now()))


def recomputed(file):
    """Somebody elsewhere, with the file alone and docs/log.md: are all hashes right, and does each follow the other?"""
    first, *rows, last = [json.loads(row) for row in file.splitlines()]
    before = rows[0]["prev_hash"] if rows else ""
    for row in rows:
        array = json.dumps([row[name] for name in first["hashed"]], separators=(",", ":"))
        if row["prev_hash"] != before or row["hash"] != hashlib.sha256(array.encode()).hexdigest():
            return False
        before = row["hash"]
    reaches_the_head = last["lines"] != first["head"]["line"] or before == first["head"]["hash"]
    return first["every_line"] and last["lines"] == len(rows) and reaches_the_head


def test_an_outsider_computes_the_hashes_again_from_the_file_alone(three_days, monkeypatch):
    monkeypatch.setattr(log_export, "AT_ONCE", 4)
    written(three_days, Actor.command("Sinaqçı Ünal"), "import", thing="record:ə")
    file = exported(three_days)
    assert [json.loads(row)["id"] for row in file.splitlines()[1:-1]] == [1, 2, 3, 4, 5, 6, 7]
    assert recomputed(file)
    assert not recomputed(file.replace('"verb":"publish"', '"verb":"decline"', 1))
    assert not recomputed("\n".join(row for row in file.splitlines() if '"id":3,' not in row))
    assert json.loads(file.splitlines()[-1]) == {
        "kind": "end", "lines": 7, "holds": True, "faults": 0, "broken": [],
    }  # fmt: skip
    days = exported(three_days, Wanted(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)))
    assert recomputed(days)
    assert [json.loads(row)["id"] for row in days.splitlines()[1:-1]] == [3, 4, 5]


def test_a_file_says_where_the_chain_does_not_hold(three_days):
    rewritten(three_days, "UPDATE audit SET verb = 'decline' WHERE id = 2")
    assert json.loads(exported(three_days).splitlines()[-1])["broken"] == [2]
    assert json.loads(exported(three_days, Wanted(verb="publish")).splitlines()[-1])["broken"] == []
    assert json.loads(exported(three_days, Wanted(actor="account:7")).splitlines()[-1])["broken"] == [2]


def test_taking_the_log_out_is_a_line_of_it_and_not_everybodys(three_days):
    exported(three_days, Wanted(actor="account:7"))
    with three_days.session(three_days.keeper()) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "export_log")).one()
        assert json.loads(entry.details) == {
            "actor": "account:7", "custody": False, "first": 1, "form": "jsonl", "last": 5,
        }  # fmt: skip
    for actor, reason in ((ANNA, "role"), (Actor("account:9", OFFICER.roles, 9), "stepped_up")):
        with three_days.writing(three_days.keeper()) as session, pytest.raises(NotPermitted, match=reason):
            log_export.begin(session, actor, Wanted(), "csv", now=three_days.now())


def test_a_file_for_a_spreadsheet_holds_no_formula(house):
    written(house, Actor("=cmd()"), "take", thing="@synthetic")
    rows = list(csv.DictReader(io.StringIO(exported(house, form="csv").removeprefix("\ufeff"), newline="")))
    assert (rows[0]["actor"], rows[0]["thing"]) == ("'=cmd()", "'@synthetic")
    assert bare(rows[0]["actor"]) == "=cmd()"


@given(st.text())
@example("=1+1")
@example("'=1")
@example("\tx")
@example("''")
def test_every_text_comes_back_from_a_cell_as_it_was_and_none_begins_a_formula(cell):
    assert bare(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_row_is_one_row_whatever_stands_in_it():
    assert next(csv.reader(io.StringIO(line(['a "b",\nc', 3]), newline=""))) == ['a "b",\nc', "3"]
