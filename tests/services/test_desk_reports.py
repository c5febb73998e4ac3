"""The desk's reports, counted from what really happened to synthetic contributions."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from memorial import jobs
from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Item
from memorial.services import desk_reports, reckonings, review
from memorial.services.audit import Act, record_act
from memorial.services.desk_reports import count, month_of, months_from
from tests.builders import a_press_account, a_testimony
from tests.walking import signed_in
from tests.web.desk.people import a_colleague, an_item, family, made_ready, move, token_in


def counted(house):
    with house.session(house.keeper()) as session:
        return count(session, now=house.now())


def did(house, clock, verb, thing, *, days, actor=None):
    """By the log alone: at so many days after the test began."""
    with house.writing(house.keeper()) as session:
        at = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(days=days)
        record_act(session, actor or Actor("account:1"), Act(verb, thing), at)


def test_how_long_families_wait_is_told_by_the_month_in_which_they_sent_it(house, clock):
    for thing, sent, answered, decided in (
        ("a", 0, 2, 10),
        ("b", 1, 5, 20),
        ("c", 2, 12, None),
        ("d", 3, None, None),
    ):
        did(house, clock, "send", f"item:{thing}", days=sent, actor=Actor("family:x"))
        did(house, clock, "take", f"item:{thing}", days=sent)
        if answered:
            did(house, clock, "ask", f"item:{thing}", days=answered)
            did(house, clock, "answer", f"item:{thing}", days=answered + 1, actor=Actor("family:x"))
        if decided:
            did(house, clock, "publish", f"item:{thing}", days=decided)
    did(house, clock, "send", "item:left", days=4, actor=Actor("family:y"))
    did(house, clock, "take_back", "item:left", days=5, actor=Actor("family:y"))
    did(house, clock, "ask", "item:of-another-time", days=5)
    assert counted(house)["families"] == [["2026-11", 4, 4, 10, 1, 14.5, 19, 2]]
    did(house, clock, "send", "item:e", days=-40, actor=Actor("family:z"))
    did(house, clock, "decline", "item:e", days=-39.5)
    did(house, clock, "send", "item:too-old", days=-900)
    assert counted(house)["families"][0] == ["2026-09", 1, 0.5, 0.5, 0, 0.5, 0.5, 0]


def test_what_waits_is_told_by_kind_and_age_and_whose_turn_it_is(house):
    for days, state in ((0, "submitted"), (5, "in_review"), (6, "submitted"), (20, "submitted"), (90, "submitted"),
                        (90, "question"), (90, "done")):  # fmt: skip
        with house.writing(house.keeper()) as session:
            item = review.new_item(session, "report", now=house.now(), state=state)
            item.waiting_since = house.now() - timedelta(days=days)
    assert counted(house)["waiting"] == [["report", 2, 1, 1, 1, 1]]


def test_what_was_published_is_told_by_month_and_kind(house, clock):
    work, moderator = an_item(house), a_colleague(house, "moderator")
    made_ready(house, work, moderator)
    move(house, work, moderator.actor, "publish")
    press = a_press_account(house)
    clock.forward(timedelta(days=20))
    did(house, clock, "publish", f"record:{press.public_id}", days=40, actor=Actor.command("synthetic"))
    did(house, clock, "publish", "record:gone", days=40)
    assert counted(house)["published"] == [["2026-11", "testimony", 1], ["2026-12", "press", 1]]


def test_yeses_that_end_are_told_by_month_and_this_month_has_its_row(house):
    for days in (10, 40, 40, 800):
        a_testimony(
            house,
            contributor={"*": rules.chosen(["public"], ["view"], closes=house.now() + timedelta(days=days))},
        )
    found = counted(house)["renewals"]
    assert found[:3] == [["2026-11", 0], ["2026-12", 1], ["2027-01", 2]]
    assert (len(found), sum(number for _, number in found)) == (13, 3)


def test_promised_answers_are_open_or_overdue(house):
    today = house.now().date()
    for due, state in (
        (today, "submitted"),
        (today - timedelta(days=1), "in_review"),
        (None, "submitted"),
        (today, "done"),
    ):
        with house.writing(house.keeper()) as session:
            session.add(review.new_item(session, "promise", now=house.now(), state=state, due_on=due))
    assert counted(house)["promises"] == [["", 1, 0], ["2026-11", 2, 1]]


@pytest.mark.parametrize(("day", "months", "first"), [
    (date(2026, 11, 30), -24, date(2024, 11, 1)), (date(2026, 1, 31), -1, date(2025, 12, 1)),
    (date(2026, 12, 1), 1, date(2027, 1, 1)), (date(2026, 2, 28), 0, date(2026, 2, 1)),
])  # fmt: skip
def test_months_go_over_the_years(day, months, first):
    assert months_from(day, months) == first
    assert month_of(first) == first.isoformat()[:7]


def test_the_page_shows_what_was_counted_and_as_of_when_and_asks_for_no_count_itself(
    app, house, clock, count_queries
):
    work = an_item(house)
    did(house, clock, "send", f"item:{work.public_id}", days=0, actor=family(work))
    editor = signed_in(app, house, "editor")
    assert "Nothing has been counted yet" in editor.get("/en/desk/reports").get_data(as_text=True)
    assert jobs.count_reports(house)
    assert not jobs.count_reports(house)  # twice within a minute is once
    count_queries()
    page = editor.get("/en/desk/reports").get_data(as_text=True)
    few = count_queries()
    assert "As of <time" in page
    assert "November 2026" in page
    assert page.count('<svg role="img"') == 1  # nobody has been answered: of that there is a table alone
    for number in range(5):
        an_item(house, mark=f"synthetic {number}")
    editor.get("/en/desk/reports")  # the epoch moved: the archive's settings are read anew
    count_queries()
    editor.get("/en/desk/reports")
    assert count_queries() == few
    assert "Synthetic" not in page.split("<main", 1)[1]


def test_each_report_is_a_file_too_and_they_are_for_their_roles(app, house, clock):
    did(house, clock, "send", "item:a", days=0)
    jobs.count_reports(house)
    editor = signed_in(app, house, "editor")
    for name in desk_reports.NAMES:
        answer = editor.get(f"/en/desk/reports/{name}.csv")
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
        assert rows[0] == list(desk_reports.tables_of({})[name].columns)
    assert editor.get("/en/desk/reports/accounts.csv").status_code == 404
    assert (
        editor.post("/en/desk/reports", data={"csrf_token": token_in(editor.get("/en/desk"))}).status_code
        == 302
    )
    reader = signed_in(app, house, "second_reader")
    assert reader.get("/en/desk/reports").status_code == 403
    assert reader.get("/en/desk/reports/families.csv").status_code == 403
    assert "/desk/reports" not in reader.get("/en/desk").get_data(as_text=True)
    with house.session(house.keeper()) as session:
        assert reckonings.kept(session, "reports").result["families"][0][:2] == ["2026-11", 1]
        assert session.query(Item).count() == 0
