"""The lines of a list on its source's page, and the list on a person's page. Everybody here is synthetic."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from memorial.domain.list_plan import head_of, read_plan
from memorial.domain.name_lists import List, read
from memorial.formats import tables
from memorial.models import Person, SameAs
from tests.importing import publish
from tests.services.test_name_lists import listed

SOURCE = {"id": "src-list", "kind": "document", "title": "Synthetic mosque list"}


def rows(house: Any, count: int, **map_: Any) -> None:
    text = "No;Ad;Yaş\n" + "".join(
        f"{n};Sınaqov {chr(64 + n % 26 + 1)}li;{n % 60 + 20}\n" for n in range(1, count + 1)
    )
    lines = list(tables.read(text.encode()))
    head = head_of(lines)
    told = read(lines, read_plan(map_, head), head, List("src-list", "Synthetic mosque list"))
    publish(house, "people", *(dict(each.value) for each in told if each.value))


def address(client: Any) -> str:
    found = re.search(r'href="(/en/sources/[^"?]+)"', client.get("/en/sources").get_data(as_text=True))
    assert found
    return found[1]


def test_a_list_s_lines_stand_in_its_order_page_by_page(house: Any, client: Any) -> None:
    publish(house, "sources", SOURCE)
    rows(house, 120)
    source = address(client)
    assert "The lines of this list" in client.get(source).get_data(as_text=True)
    path, numbers = f"{source}/lines", []
    while path:
        page = client.get(path).get_data(as_text=True)
        numbers += re.findall(r'<p class="meta">line (\d+) · Age: <bdi>\d+</bdi></p>', page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1] if more else ""
    assert numbers == [str(n) for n in range(1, 121)]


def test_a_list_that_waits_shows_no_line_and_a_remembrance_says_on_which_list_it_stands(
    house: Any, client: Any
) -> None:
    publish(house, "sources", SOURCE)
    listed(house)
    source = address(client)
    assert "The lines of this list" not in client.get(source).get_data(as_text=True)
    assert "No line of this list can be read here." in client.get(f"{source}/lines").get_data(as_text=True)
    other = {"id": "p1", "names": [{"spelling": "Sınaqova Leyla"}], "accused": False, "fate": "killed"}
    publish(house, "people", {**other, "seed_refs": ["src-list, line 212"]})
    person = re.search(
        r'href="(/en/people/[0-9A-Za-z]{10,})"', client.get("/en/people").get_data(as_text=True)
    )
    assert person
    page = client.get(person[1]).get_data(as_text=True)
    assert "On lists of names" in page
    assert re.search(r"Synthetic mosque list[^<]*</a>, line 212", page)


def test_a_line_that_the_desk_reads_as_one_with_somebody_stands_on_their_page(
    house: Any, client: Any
) -> None:
    publish(house, "sources", SOURCE)
    rows(house, 1)
    publish(
        house,
        "people",
        {"id": "p1", "names": [{"spelling": "Synthetic One"}], "accused": False, "fate": "killed"},
    )
    with house.writing(house.keeper()) as session:
        line, one = session.scalars(select(Person).order_by(Person.record_id.is_not(None))).all()
        guard = {name: getattr(one, name) for name in ("part_id", "policy_id", "public_from", "public_until")}
        session.add(SameAs(person_id=line.id, other_id=one.id, made_at=house.now(), sealed=False, **guard))
    person = re.search(
        r'href="(/en/people/[0-9A-Za-z]{10,})"', client.get("/en/people").get_data(as_text=True)
    )
    assert person
    page = client.get(person[1]).get_data(as_text=True)
    assert re.search(r"On lists of names.*Synthetic mosque list[^<]*</a>, line 1<", page, re.S)


def test_a_list_at_an_address_that_is_none_is_not_there(client: Any) -> None:
    assert client.get("/en/sources/never/lines").status_code == 404
    assert client.get("/en/sources/never/lines?after=x").status_code == 404
