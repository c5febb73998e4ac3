"""The queue at any size: what each filter finds, how it is found, and that every item is reached once. Synthetic items."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, update

from memorial.domain import workflow
from memorial.domain.errors import Invalid
from memorial.domain.ids import new_public_id
from memorial.gate import Reader
from memorial.models import Account, Confirmation, Item, ItemPass
from memorial.services import desk, desk_counts, desk_pages
from memorial.services.desk import Filters
from tests.web.desk.people import a_colleague

MANY = 6_000


def items(house, *rows, **same):
    """Open items by value, each a minute younger than the one before; returns their ids."""
    with house.writing(house.keeper()) as session:
        start, values = house.now() - timedelta(days=1), []
        for number, row in enumerate(rows):
            said = {"kind": "import", "state": "submitted", "precedence": 0, "language": "en", **same, **row}
            flags = said.get("flags", [])
            values.append(
                {
                    "public_id": new_public_id(), "waiting_since": start + timedelta(minutes=number),
                    "created_at": start, "due_on": None, "round": 1, "assigned_to_id": None, "taken_by_id": None,
                    "taken_until": None, **said, "flags": flags, "has_media": "media" in flags,
                    "graphic": "graphic" in flags,
                }
            )  # fmt: skip
        session.execute(insert(Item), values)
        return list(session.scalars(select(Item.id).order_by(Item.id.desc()).limit(len(rows))))[::-1]


def page(house, colleague, filters=None, after=""):
    with house.session(Reader.desk(house.moment())) as session:
        return desk.part_of(session, colleague.actor, filters or Filters(), now=house.now(), after=after)


def reached(house, colleague, filters=None):
    """The ids of all pages in their order, and how many pages it took."""
    found, after, pages = [], "", 0
    while pages == 0 or after:
        part = page(house, colleague, filters, after)
        found += [item.id for item in part.items]
        after, pages = part.after, pages + 1
        assert pages < 1_000
    return found, pages


# -- what each filter finds ------------------------------------------------------------------


def test_each_filter_finds_what_it_says_and_leaves_the_rest(house):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    today = house.now().date()
    ids = items(
        house,
        {"language": "az"},
        {"language": "ru", "flags": ["media"]},
        {"language": "und", "flags": ["graphic"]},
        {"assigned_to_id": me.account_id},
        {"assigned_to_id": other.account_id},
        {"due_on": today + timedelta(days=3)},
        {"due_on": today + timedelta(days=30)},
        {"taken_by_id": me.account_id, "taken_until": house.now() + timedelta(minutes=5)},
        {"taken_by_id": me.account_id, "taken_until": house.now()},
        {"round": 2},
    )
    plain, russian, graphic, mine, theirs, soon, later, taken, over, returned = ids
    with house.writing(house.keeper()) as session:
        session.get_one(Account, me.account_id).languages = ["az"]
        for number, actor in ((plain, other), (russian, me)):
            session.add(Confirmation(item_id=number, verb="publish", actor=actor.actor.label, at=house.now()))

    def found(**said):
        return set(reached(house, me, Filters(**said))[0])

    assert found(read=True) == {plain, graphic}
    assert found(assigned=True) == {mine}
    assert found(mine=True) == {taken}
    assert found(second=True) == {plain}
    assert found(second=True, language="ru") == found(mine=True, second=True) == set()
    assert found(due=True) == {soon}
    assert found(returned=True) == {returned}
    assert found(text_only=True) == set(ids) - {russian}
    assert found(without_graphic=True) == set(ids) - {graphic}
    assert found(kind="import", state="submitted", language="ru", text_only=True) == set()
    assert reached(house, me, Filters(sort="due"))[0][:3] == [soon, later, plain]
    assert theirs in found()
    assert over in found()


def test_a_language_filter_without_a_word_of_one_s_own_hides_nothing(house):
    me = a_colleague(house, "moderator")
    ids = items(house, {"language": "az"}, {"language": "ru"})
    assert reached(house, me, Filters(read=True))[0] == ids


def test_what_somebody_let_pass_is_not_offered_to_them_again_and_to_others_it_is(house):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    ids = items(house, {}, {})
    with house.writing(house.keeper()) as session:
        session.add(ItemPass(account_id=me.account_id, item_id=ids[0]))
    assert reached(house, me)[0] == ids[1:]
    assert reached(house, me, Filters(passed=True))[0] == reached(house, other)[0] == ids


def test_a_second_reader_s_word_for_an_older_content_waits_for_nobody(house):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    (number,) = items(house, {})
    with house.writing(house.keeper()) as session:
        session.add(Confirmation(item_id=number, verb="publish", actor=other.actor.label, at=house.now()))
    assert reached(house, me, Filters(second=True))[0] == [number]
    with house.writing(house.keeper()) as session:
        session.execute(update(Confirmation).values(actor=me.actor.label))
    assert reached(house, me, Filters(second=True))[0] == []


# -- pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [{}, {"sort": "due"}, {"kind": "import"}, {"language": "en"}, {"text_only": True}, {"returned": True},
     {"language": "en", "text_only": True, "state": "submitted"}, {"read": True}, {"due": True}, {"mine": True}],
    ids=str,
)  # fmt: skip
def test_every_item_is_reached_once_in_order_even_where_few_rows_fit(house, monkeypatch, said):
    monkeypatch.setattr(desk, "PER_PAGE", 3)
    monkeypatch.setattr(desk_pages, "WINDOW", 4)
    me = a_colleague(house, "moderator")
    with house.writing(house.keeper()) as session:
        session.get_one(Account, me.account_id).languages = ["en", "ru"]
    until, due = house.now() + timedelta(minutes=9), house.now().date()
    rows = [
        {
            "precedence": (number % 3) - 1, "language": "en" if number % 4 else "az", "round": 1 + number % 2,
            "flags": ["media"] if number % 5 else [], "due_on": due if number % 2 else None,
            "taken_by_id": me.account_id if number % 3 else None, "taken_until": until,
        }
        for number in range(23)
    ]  # fmt: skip
    ids = items(house, *rows)

    def fits(row):
        return all(
            (
                said.get("language") in (None, row["language"]),
                not said.get("text_only") or not row["flags"],
                not said.get("returned") or row["round"] > 1,
                not said.get("read") or row["language"] != "az",
                not said.get("due") or row["due_on"],
                not said.get("mine") or row["taken_by_id"],
            )
        )

    by_due = "due" in said or said.get("sort") == "due"
    wanted = sorted(
        (not (by_due and row["due_on"]), 0 if by_due and row["due_on"] else row["precedence"], number)
        for number, row in zip(ids, rows, strict=True)
        if fits(row)
    )
    assert reached(house, me, Filters(**said))[0] == [number for _, _, number in wanted]


def test_a_cursor_of_another_making_is_refused(house):
    from memorial.services.cursors import Place, write_cursor

    me = a_colleague(house, "moderator")
    for words in (
        "7 2026-01-01T00:00:00+00:00",
        "0 yesterday",
        "0 2026-01-01T00:00:00",
        "due 2026",
        "due",
        "0 a b",
    ):
        for said in ({}, {"mine": True}):
            if (words, said) != ("due", {}):
                with pytest.raises(Invalid):
                    page(house, me, Filters(**said), write_cursor(Place(words, 1)))


def test_counts_go_no_further_than_they_are_shown_and_every_language_is_named_once(house):
    items(house, *({"language": code} for code in ("az", "ru", "az", "und")), kind="report")
    items(house, *({} for _ in range(desk_counts.MOST + 5)))
    items(house, {"state": "done", "language": "tr"})
    with house.session(Reader.desk(house.moment())) as session:
        assert desk_counts.counts(session) == {
            ("report", "submitted"): 4,
            ("import", "submitted"): desk_counts.MOST,
        }
        assert desk_counts.languages(session) == ["az", "en", "ru", "und"]


def test_take_downs_stand_first_and_stay_there_through_a_question(house):
    assert workflow.usual_precedence("take_down") == -1
    me = a_colleague(house, "moderator")
    older, down = items(house, {}, {"kind": "take_down", "precedence": -1})
    assert reached(house, me)[0] == [down, older]


# -- how it is found ------------------------------------------------------------------------------


def plans(house, act):
    """What the engine does for each statement on items that `act` sends."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "items" in statement and statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(house.engine, "before_cursor_execute", note)
    act()
    event.remove(house.engine, "before_cursor_execute", note)
    lite = house.engine.dialect.name == "sqlite"
    with house.engine.connect() as connection:
        for statement, parameters in sent:
            order = "EXPLAIN QUERY PLAN " if lite else "EXPLAIN (ANALYZE, FORMAT JSON) "
            rows = connection.exec_driver_sql(order + statement, parameters).fetchall()
            yield statement, [row[3] for row in rows] if lite else rows[0][0]


def touched(node):
    """The most rows of items that a step of the plan reads, those it throws away among them."""
    node = node.get("Plan", node)
    of_items = node.get("Relation Name") == "items"
    rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return max([rows if of_items else 0, *(touched(each) for each in node.get("Plans", ()))])


SINGLE = [f.name for f in fields(Filters) if f.type == "bool" and f.name != "passed"]
ASKED = [
    {}, *({name: True} for name in SINGLE), {"kind": "contribution"}, {"state": "ready"}, {"language": "tr"},
    {"sort": "due"}, {"sort": "due", "language": "tr"}, {"kind": "contribution", "state": "ready", "language": "tr"},
    {"text_only": True, "language": "az", "late": True},
]  # fmt: skip


def test_no_page_reads_more_rows_because_more_waits(house):
    me = a_colleague(house, "moderator")
    with house.writing(house.keeper()) as session:
        session.get_one(Account, me.account_id).languages = ["tr", "ru"]
    items(
        house,
        *(
            {
                "kind": "contribution" if number % 2 else "report", "precedence": 0 if number % 50 else 1,
                "state": workflow.OPEN_STATES[number % 4], "language": ("az", "az", "az", "ru", "tr")[number % 5],
                "flags": ["media", "graphic"] if number > 40 else [], "round": 2 if number % 7 == 0 else 1,
                "due_on": house.now().date() + timedelta(days=number % 90) if number % 3 == 0 else None,
                "taken_by_id": me.account_id if number % 1500 == 3 else None, "taken_until": house.now() + timedelta(hours=1),
                "assigned_to_id": me.account_id if number % 1000 == 4 else None,
            }
            for number in range(MANY)
        ),
    )  # fmt: skip
    if house.engine.dialect.name == "postgresql":
        with house.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE items")

    def ask():
        for said in ASKED:
            after = page(house, me, Filters(**said)).after
            if after:
                page(house, me, Filters(**said), after)
        with house.session(Reader.desk(house.moment())) as session:
            desk_counts.counts(session)
            desk_counts.languages(session)

    for statement, plan in plans(house, ask):
        if house.engine.dialect.name == "sqlite":
            assert not any(line.startswith("SCAN items") for line in plan), (statement, plan)
            # Rows are put into order only where alternatives of a bounded number are brought together.
            sorts = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
            assert not sorts or "LIMIT" in statement.split("ORDER BY")[1], (statement, plan)
        else:
            assert touched(plan[0]) <= 4 * desk_pages.WINDOW, (
                statement.split("FROM", 1)[1],
                json.dumps(plan)[:3000],
            )
