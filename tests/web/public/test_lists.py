"""Lists: order, pages by cursor, filters, and nothing of what is hidden."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, TextContent
from memorial.domain.views import Entry, When
from memorial.web.public.timeline import grouped
from tests.builders import a_press_account, a_record, a_remembrance, a_testimony, some_content


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _titles(page: str) -> list[str]:
    return re.findall(r'class="entry-title"[^>]*><a href="[^"]*">([^<]*)</a>', page)


def _press(house, title: str, day: str, **values):
    content = replace(
        some_content("press"), texts=[TextContent("title", title, language="en")], date_edtf=day
    )
    return a_press_account(house, content=content, **values)


def _link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_press_is_listed_by_date_and_undated_accounts_come_last(house, client):
    _press(house, "Undated", "")
    _press(house, "Second", "1992-03-02")
    _press(house, "First", "1992-02-28")
    assert _titles(_text(client.get("/en/press"))) == ["First", "Second", "Undated"]


def test_pages_lead_through_the_whole_list_and_back(house, client):
    days = [f"1992-03-{n:02d}" for n in range(1, 29)] + [""] * 25
    for number, day in enumerate(days):
        _press(house, f"Account {number:02d}", day)
    seen, path, visited = [], "/en/press", []
    while path:
        visited.append(path)
        page = _text(client.get(path))
        seen += _titles(page)
        path = _link(page, "next")
    assert seen == [f"Account {number:02d}" for number in range(53)]
    assert len(visited) == 3
    back = _link(_text(client.get(visited[2])), "prev")
    assert _titles(_text(client.get(back))) == seen[24:48]
    first = _link(_text(client.get(back)), "prev")
    assert _titles(_text(client.get(first))) == seen[:24]


def test_hidden_accounts_leave_neither_a_line_nor_a_gap(house, client):
    for number in range(30):
        _press(house, f"Hidden {number}", "1992-02-27", published=False)
    _press(house, "Open", "1992-03-01")
    page = _text(client.get("/en/press"))
    assert _titles(page) == ["Open"]
    assert not _link(page, "next")


def test_a_broken_cursor_is_refused_in_words(house, client):
    for cursor in ["x", "%01", "W10", "WyJhIiwxXQ", "a" * 500, "WzEsMl0", "W251bGwsLTFd"]:
        answer = client.get(f"/en/press?after={cursor}")
        assert answer.status_code == 422
        assert "a place in a list that is not there. Begin the list anew." in _text(answer)


def test_people_are_listed_once_under_the_best_name_that_may_be_shown(house, client):
    content = replace(
        some_content("remembrance"),
        names=[
            NameContent("Synthetic Realname", part="name"),
            NameContent("Synthetic Otherspelling", part="name"),
            NameContent("Synthetic Pseudonym", part="pseudonym", kind="pseudonym"),
        ],
    )
    may = {rules.EVERY_PART: rules.chosen(["public"], ["view"])}
    a_remembrance(house, content=content, contributor=may)
    a_remembrance(house, content=content, contributor={**may, "name": {}})
    page = _text(client.get("/en/people"))
    assert page.count('<li><a href="/en/people/') == 2
    assert page.count("Synthetic Realname") == 1
    assert page.count("Synthetic Pseudonym") == 1
    assert "Otherspelling" not in page


def test_a_list_may_be_narrowed_by_what_it_shows(house, client):
    content = some_content("press")
    for city in ("Synthville", "Otherville"):
        text = [TextContent("title", f"From {city}", language="en")]
        a_press_account(house, content=replace(content, texts=text, detail={**content.detail, "city": city}))
    assert _titles(_text(client.get("/en/press?city=Synthville"))) == ["From Synthville"]
    assert len(_titles(_text(client.get("/en/press?sealed=1")))) == 2


@pytest.mark.parametrize("path", ["/press", "/documents", "/testimonies", "/people", "/sources", "/timeline"])
def test_a_list_costs_a_few_queries_however_long_it_is(house, client, count_queries, path):
    kind = {"/press": "press", "/documents": "document", "/timeline": "event"}.get(path)
    for _ in range(3):
        if kind:
            a_record(house, kind, contributed=False, archive={rules.EVERY_PART: rules.everything()})
        elif path == "/testimonies":
            a_testimony(house)
        elif path == "/people":
            a_remembrance(house)
    client.get(f"/en{path}")
    count_queries()
    assert client.get(f"/en{path}").status_code == 200
    # The wall also asks for portraits, for letters, for what is counted, and for whoever has no name; the two forms
    # once for each thing by which they narrow, however many values there are.
    assert count_queries() <= {"/people": 6, "/press": 7, "/documents": 6}.get(path, 4)


def test_the_timeline_is_parted_by_year_and_a_full_month_by_day():
    def entry(edtf: str) -> Entry:
        return Entry("event", edtf, "/timeline/x", edtf, when=When(edtf))

    few = [entry("1987~"), entry("1991-12")]
    night = [entry(f"1992-02-25T{hour:02d}:00") for hour in range(10, 20)]
    day = [entry(f"1992-02-26T{hour:02d}:00") for hour in range(5)]
    groups = grouped([*few, *night, *day, entry("")], "en")
    assert [heading for heading, _ in groups] == [
        "1987", "1991", "25 February 1992", "26 February 1992", "Date not known",
    ]  # fmt: skip


def test_the_first_page_shows_one_person_and_counts_nothing(house, client):
    a_remembrance(house)
    page = _text(client.get("/en/"))
    assert "Synthetic synthetic Person" in re.sub(r"</?span>", "", page)


def test_content_with_a_note_is_not_the_person_of_the_day(house, client):
    content = replace(some_content("remembrance"), content_note="describes a killing")
    a_remembrance(house, content=content)
    assert "Synthetic synthetic Person" not in re.sub(r"</?span>", "", _text(client.get("/en/")))


def test_an_empty_archive_has_every_page(house, client):
    for path in ("/", "/people", "/testimonies", "/press", "/documents", "/timeline", "/places", "/figures",
                 "/sources", "/search", "/cite", "/about", "/help"):  # fmt: skip
        assert client.get(f"/en{path}").status_code == 200, path


def test_content_is_plain_even_in_an_unknown_language(house, client):
    made = a_testimony(
        house, content=Content(language="und", texts=[TextContent("testimony", "Words.", part="text")])
    )
    assert client.get(f"/az{made.path}").status_code == 200


def test_the_first_page_reads_nothing_of_the_person_of_the_day_that_it_does_not_show(
    house, client, count_queries
):
    costs = []
    for _ in range(2):
        for _ in range(3):
            a_remembrance(house)
            a_press_account(house)
        client.get("/en/")
        count_queries()
        page = _text(client.get("/en/"))
        assert 'id="today"' in page
        costs.append(count_queries())
    assert max(costs) <= 12  # one of them only where the day's pivot lies behind every address
