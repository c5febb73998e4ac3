"""Memories on somebody's page as visitors meet them, and "Something wrong?" on every page. All of it is synthetic."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from memorial.domain import consent as rules
from memorial.domain.ids import new_public_id
from memorial.models import Part, Record, Tribute
from memorial.services import consent
from tests.builders import a_press_account
from tests.services.test_tributes import a_page, left_on, published, taken_back
from tests.walking import whole


def text_of(client, path):
    answer = client.get(f"/en{path}")
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def with_many(house, made, count, form="memory"):
    """Rows as they stand after publication, each on a day of its own."""
    day = house.now().replace(hour=0) - timedelta(days=count)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        guard = consent.guard_of(session, session.get_one(Part, record.part_id))
        for number in range(count):
            session.add(
                Tribute(
                    public_id=new_public_id(), record_id=record.id, form=form, quiet=form != "memory",
                    body="" if form != "memory" else f"Synthetic words {number:03}.",
                    created_at=day + timedelta(days=number), **guard,
                )
            )  # fmt: skip


def test_a_memory_stands_beneath_the_life_with_its_name_and_day(house, client):
    made = a_page(house)
    published(house, left_on(house, made, memory="She sang <b>synthetic</b> songs.", sign="candle"))
    page = text_of(client, made.path)
    assert "She sang &lt;b&gt;synthetic&lt;/b&gt; songs." in page
    assert page.index("A synthetic life.") < page.index("She sang") < page.index('id="fate-heading"')
    assert "Synthetic N." in page
    assert "22 November 2026" in page
    assert "A candle" in page


def test_a_page_says_how_to_add_to_it_and_hands_on_nothing_but_its_address(house, client):
    made = a_page(house)
    links = re.findall(r'href="(/en/contribute\?[^"]+)"', text_of(client, made.path))
    assert f"/en/contribute?task=memory&amp;page={made.path}" in links
    assert f"/en/contribute?task=memory&amp;page={made.path}&amp;sign=candle" in links
    assert f"/en/contribute?task=correction&amp;page={made.path}" in links


def test_no_number_of_memories_or_signs_stands_anywhere(house, client):
    made = a_page(house)
    with_many(house, made, 47)
    with_many(house, made, 53, "candle")
    for path in (made.path, f"{made.path}/memories", f"{made.path}/signs", "/people", "/"):
        words = re.sub(r"<[^>]+>|\d+ \w+ 2026", " ", text_of(client, path))
        assert not re.search(r"\b(30|31|17|47|53|100)\b", words), path


@pytest.mark.parametrize(("room", "form"), [("memories", "memory"), ("signs", "candle")])
def test_those_beyond_the_first_are_found_by_their_links(house, client, room, form):
    made = a_page(house)
    with_many(house, made, 65, form)
    seen, path = [], made.path
    for _ in range(3):
        page = text_of(client, path)
        seen += re.findall(rf'id="(?:{"memory" if form == "memory" else "sign"}-)([0-9a-z]+)"', page)
        following = re.findall(rf'href="/en({made.path}/{room}\?after=[^"]+)"', page)
        path = following[-1] if following and following[-1] != path else ""
    assert (len(seen), len(set(seen)), path) == (65, 65, "")


def test_a_page_with_a_thousand_memories_costs_what_a_page_with_thirty_one_costs(
    house, client, count_queries
):
    few, many = a_page(house), a_page(house)
    with_many(house, few, 31)
    with_many(house, many, 1000)
    costs = []
    for made in (few, many):
        text_of(client, made.path)
        count_queries()
        costs.append((len(text_of(client, made.path)), count_queries()))
    (length, queries), (longer, more) = costs
    assert queries == more
    assert longer < length + 500  # the days are written with longer and shorter names


def test_memories_of_a_hidden_page_are_never_was(house, client):
    made = a_page(house)
    published(house, left_on(house, made, memory="Synthetic words."))
    taken_back(house, made.contribution_id)
    never = made.path.replace(made.public_id, new_public_id())
    for room in ("", "/memories", "/signs", "/memories?after=2026-11-22.0000000000000"):
        hidden, nothing = client.get(f"/en{made.path}{room}"), client.get(f"/en{never}{room}")
        assert hidden.status_code == 404
        assert whole(hidden) == whole(nothing)


@pytest.mark.parametrize("after", ["x", "2026-11-22.", "9999-99-99.0000000000000", "%00", "2026-11-22.'--"])
def test_a_broken_link_to_further_memories_is_no_fault_of_the_server(house, client, after):
    made = a_page(house)
    assert client.get(f"/en{made.path}/memories?after={after}").status_code in (400, 404, 422)


def test_a_memory_in_another_language_says_so(house, client):
    made = a_page(house)
    published(house, left_on(house, made, memory="Synthetic words."))
    page = client.get(f"/az{made.path}").get_data(as_text=True)
    assert 'lang="en"' in page[page.index('class="memory"') :]


PAGES = ["/", "/people", "/testimonies", "/press", "/documents", "/timeline", "/places", "/figures", "/sources", "/about", "/help", "/search"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_something_wrong_can_be_said_of_every_page(house, client, path):
    found = re.findall(
        r'data-wrong href="(/en/contribute\?task=correction&amp;page=[^"]*)"', text_of(client, path)
    )
    assert found == [f"/en/contribute?task=correction&amp;page={path}"]


def test_a_record_s_page_asks_it_once_and_knows_its_own_address(house, client):
    made = a_press_account(house)
    found = re.findall(r'data-wrong href="([^"]*)"', text_of(client, made.path))
    assert found == [f"/en/contribute?task=correction&amp;page={made.path}"]


def test_families_pages_and_errors_ask_nothing_of_the_kind(house, client):
    for path in ("/contribute", "/return", "/no-such-page"):
        assert "data-wrong" not in client.get(f"/en{path}").get_data(as_text=True)


def test_what_is_allowed_until_a_day_ends_by_the_clock(house, client, clock):
    made = a_page(house)
    number = left_on(house, made, memory="Synthetic words.")
    published(house, number)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", number)
        will = {"*": rules.chosen(["public"], ["view"], closes=house.now() + timedelta(days=1))}
        from memorial.gate import Actor

        consent.append(session, record, consent.Said(party, "will", will), by=Actor.system(), at=house.now())
    assert "Synthetic words." in text_of(client, made.path)
    clock.forward(timedelta(days=1))
    assert "Synthetic words." not in text_of(client, made.path)


def test_the_marked_passage_goes_along_shortened_and_without_scripts_the_link_is_plain(
    house, page, live_server
):
    made = a_page(house)
    published(house, left_on(house, made, memory="Ə" * 400))
    page.goto(f"{live_server}/en{made.path}")
    plain = page.get_attribute("a[data-wrong]", "href")
    assert plain == f"/en/contribute?task=correction&page={made.path}"
    page.evaluate(
        """() => { const range = document.createRange();
                   range.selectNodeContents(document.querySelector(".memory .prose p"));
                   getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    page.click("a[data-wrong]")
    query = parse_qs(urlsplit(page.url).query)
    assert query["page"] == [made.path]
    assert query["passage"] == ["Ə" * 299 + "…"]
