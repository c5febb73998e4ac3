"""The timeline by year, day and hour, some days on a page of their own, and the picture of the periods."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from memorial.domain.views import Entry, When
from memorial.services import site
from memorial.web.public.periods import hours, picture
from memorial.web.public.timeline import grouped
from tests.importing import publish

NIGHT = "/en/timeline/days/1992-02-25/1992-02-26"


def an_event(number: int, date: str, **more):
    return {"id": f"event-{number}", "title": f"Synthetic event {number}", "date": date, **more}


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _in_order(page: str, *words: str) -> bool:
    places = [page.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def entry(edtf: str, contested: bool = False) -> Entry:
    return Entry("event", edtf, "/timeline/x", edtf, when=When(edtf), contested=contested)


def test_the_timeline_is_read_by_the_year_the_day_or_the_hour():
    entries = [entry("1992-02-25"), entry("1992-02-25T23:10:00"), entry("1992-02-25T23:00:00"), entry("1993")]
    assert [heading for heading, _ in grouped(entries, "en")] == ["1992", "1993"]
    assert [heading for heading, _ in grouped(entries, "en", "day")] == ["25 February 1992", "1993"]
    by_hour = grouped(entries, "en", "hour")
    assert [heading for heading, _ in by_hour] == ["25 February 1992", "25 February 1992, 23:00", "1993"]
    assert [each.title for each in by_hour[1][1]] == ["1992-02-25T23:00:00", "1992-02-25T23:10:00"]


def test_some_days_are_told_hour_by_hour_with_rival_accounts_beside_each_other(house, client):
    rivals = [{"claimant": f"Synthetic side {side}", "account": f"Synthetic words of {side}", "seed_refs": []}
              for side in ("one", "two")]  # fmt: skip
    publish(
        house, "timeline",
        an_event(1, "1992-02-26", contested=True, rival_accounts=rivals),
        an_event(2, "1992-02-25T23:00:00"), an_event(3, "1992-02-25T20:30:00"),
        an_event(4, "1992-02"), an_event(5, "1992"), an_event(6, "1992-02-27"), an_event(7, "1991-12/1992-02"),
    )  # fmt: skip
    publish(house, "press_accounts", {"id": "p", "kind": "quoted", "headline": "Synthetic headline", "date": "1992-02-26"})  # fmt: skip
    page = _text(client.get(NIGHT))
    assert "25–26 February 1992" in page
    page = page[page.index("timeline-group") :]  # after the drawing
    assert _in_order(page, "Synthetic event 3", "Synthetic event 2", "Synthetic event 1", "Synthetic side one",
                     "Synthetic words of one", "Synthetic side two", "In the weeks around", "Synthetic event 7",
                     "Synthetic event 4", "Printed on these days", "Synthetic headline")  # fmt: skip
    assert "Synthetic event 5" not in page  # a whole year
    assert "Synthetic event 6" not in page  # the day after


@pytest.mark.parametrize("days", ["no-day", "1992-02-30", "1992-02-26/1992-02-25", "1992-01-01/1992-12-31", "1992~", "/"])  # fmt: skip
def test_what_is_no_day_has_no_page(client, days):
    assert client.get(f"/en/timeline/days/{days}").status_code == 404


def test_the_archives_own_days_are_linked_from_the_timeline(house, client):
    with house.writing(house.keeper()) as session:
        site.change(session, {"event_dates": ["1992-02-25/1992-02-26", "1990-01-20", "not a date"]})
    page = _text(client.get("/en/timeline"))
    assert f'href="{NIGHT}">25–26 February 1992</a>' in page
    assert 'href="/en/timeline/days/1990-01-20">20 January 1990</a>' in page
    assert _text(client.get("/az/timeline")).count("25–26 fevral 1992") == 1


def test_an_event_leads_to_what_is_said_of_it_and_the_question_leads_back(house, client):
    publish(house, "timeline", an_event(1, "1992-02-26", account_ids=["acc-1", "acc-nobody", "acc-1"]))
    # The accounts come with a later file.
    publish(house, "accounts", {"id": "acc-1", "speaker": "Synthetic Speaker", "statement": "Synthetic words.",
                                "topic": ["who_fired"]})  # fmt: skip
    event = re.search(r'href="(/en/timeline/[0-9a-z]+)"', _text(client.get("/en/timeline")))[1]
    page = _text(client.get(event))
    assert _in_order(page, "What is said of it elsewhere", "Synthetic Speaker", "Synthetic words.")
    there = re.search(r'href="(/en/figures/[^"#]*)#(s-[^"]*)">Beside what others say', page)
    question = _text(client.get(there[1]))
    assert f'id="{there[2]}"' in question
    assert _in_order(question, "Synthetic words.", "In the timeline", f'href="{event}"')


def test_what_waits_at_the_desk_is_told_of_no_day(house, client):
    publish(house, "timeline", an_event(1, "1992-02-25"), signed=False)
    page = _text(client.get(NIGHT))
    assert "Synthetic event" not in page
    assert "Nothing is told of these days yet." in page


def test_a_day_costs_the_same_however_much_is_told_of_it(house, client, count_queries):
    rival = {"claimant": "Synthetic side", "account": "Synthetic words", "seed_refs": []}
    publish(house, "timeline", an_event(0, "1992-02-25", rival_accounts=[rival]), an_event(99, "1992-02"))
    publish(
        house, "press_accounts", {"id": "p", "kind": "quoted", "headline": "Synthetic", "date": "1992-02-26"}
    )
    count_queries()
    client.get(NIGHT)
    few = count_queries()
    publish(house, "timeline", *(an_event(n, "1992-02-25", rival_accounts=[rival] * 3) for n in range(1, 30)))
    count_queries()
    client.get(NIGHT)
    assert count_queries() <= few


def test_the_picture_shows_each_entry_once_and_what_is_contested_hollow():
    years, weeks = picture(
        [
            entry("1987~"),
            entry("1992-02-26", contested=True),
            entry("1992-02-26"),
            entry("2010-04-22"),
            entry(""),
        ],
        ["1992-02-25/1992-02-26"],
        "en",
    )
    assert len(years.marks) == 4
    assert [mark.contested for mark in weeks.marks] == [True, False]
    assert {mark.lane for mark in weeks.marks} == {0, 1}  # one day, so one below the other
    assert [label for _, label in years.ticks] == ["1990", "1995", "2000", "2005", "2010"]
    assert all(0 <= mark.left <= mark.left + mark.width <= 100 for mark in (*years.marks, *weeks.marks))


def test_marks_of_one_lane_never_lie_on_each_other():
    days = [entry(f"1992-0{month}-{day:02d}") for month in (1, 2, 3) for day in range(1, 29)]
    for panel in picture(days, ["1992-02-15"], "ru"):
        for lane in range(panel.lanes):
            marks = sorted((mark for mark in panel.marks if mark.lane == lane), key=lambda mark: mark.left)
            assert all(a.left + a.width <= b.left for a, b in pairwise(marks))


def test_a_night_is_drawn_by_the_hour():
    panel = hours(
        [entry("1992-02-25T23:00:00"), entry("1992-02-26")], date(1992, 2, 25), date(1992, 2, 26), "en"
    )
    at, day = panel.marks
    assert (round(at.left), round(day.left), round(day.width)) == (48, 50, 50)
    assert [label for _, label in panel.ticks][:3] == ["00:00", "06:00", "12:00"]
    assert hours([entry("1992-02-25")], date(1992, 2, 25), date(1992, 2, 26), "en") is None
