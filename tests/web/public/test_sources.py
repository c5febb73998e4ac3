"""A work's page: where it can be read, what rests on it and where; films; the list of all works as a file."""

from __future__ import annotations

import json
import re

import bibtexparser
import pytest
import rispy
from sqlalchemy import select

from memorial.formats.jsonl import Fault, Row
from memorial.gate import Actor
from memorial.models import PolicyWindow, Source
from memorial.services.collection import finish, import_objects, objects
from memorial.services.used_by import MOST_USES
from tests.zotero import from_coins, from_head

REF = "000_synthetic.txt"
WORK = {
    "id": "src-seed-000", "kind": "report", "authors": ["A Synthetic Institute"], "editors": ["C Probe"],
    "title": "A synthetic <i>report</i>", "container_title": None, "publisher": "A House", "place": "Testville",
    "year": "1992", "date": "1992-09", "pages": "24", "document_number": None, "url": "https://work.example/a?b=1&c=2",
    "archived_url": "https://copies.example/a", "accessed": "2021-05-01", "cited_in": [], "note": None, "seed_refs": [],
}  # fmt: skip
FILM = {
    "id": "film-test", "title": "A synthetic film", "alternative_title": None, "kind": "documentary", "year": "2011",
    "directors": ["B Probe"], "country": "Testland", "language": None, "about": "It tells of nobody.",
    "about_stated_by": "A synthetic reviewer", "url": None, "archived_url": None, "accessed": None, "note": None,
    "seed_refs": [f"{REF}:L7-L7"],
}  # fmt: skip
EVENT = {
    "id": "event-test", "phase": "during", "title": "A synthetic event", "date": "1992-02-26", "date_note": None,
    "place": None, "claimants": [], "contested": True,
    "rival_accounts": [{"claimant": "One side", "account": "It was so.", "seed_refs": [f"{REF}:L9-L9"]}],
    "account_ids": [], "note": None, "seed_refs": [f"{REF}:L3-L4", f"{REF}:L8-L8"],
}  # fmt: skip
FIGURE = {
    "id": "fig-test", "measure": "killed_total", "value": 5, "min": None, "max": None, "qualifier": "exact",
    "claimant": "A synthetic office", "seed_refs": [f"{REF}:L5-L5"],
}  # fmt: skip
ACCOUNT = {
    "id": "acc-test", "speaker": "A synthetic speaker", "role": None, "side": None, "topic": [],
    "statement": "Somebody says so.", "form": None, "published_in": None, "press_account_id": None, "date": None,
    "seed_refs": [REF],
}  # fmt: skip
PERSON = {
    "id": "person-test", "names": [{"spelling": "Synthetic Witness", "seeds": []}], "roles": ["witness"], "fate": "not stated",
    "accused": False, "seed_refs": [f"{REF}:L6-L6"],
}  # fmt: skip


def load(house, **files):
    reports = {}
    with house.writing(house.keeper()) as session:
        for kind, values in files.items():
            rows: list[Row | Fault] = [Row(f"{kind}.jsonl", at, value) for at, value in enumerate(values, 1)]
            reports[kind] = import_objects(
                session, Actor.command("one"), kind, rows, now=house.now(), publish=True, second="command:other",
                note_hash="signed",
            )  # fmt: skip
        finish(session)
    assert [report.faults for report in reports.values() if report.faults] == []


def text(answer) -> str:
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def path_of(house, external_id: str) -> str:
    with house.session(house.keeper()) as session:
        return (
            "/sources/"
            + session.scalars(select(Source.public_id).where(Source.external_id == external_id)).one()
        )


@pytest.fixture
def work(house):
    load(
        house,
        sources=[WORK],
        films=[FILM],
        timeline=[EVENT],
        people=[PERSON],
        accounts=[ACCOUNT],
        figures=[FIGURE],
    )
    return path_of(house, "src-seed-000")


def test_a_work_names_everything_that_rests_on_it_and_where(house, client, work):
    page = text(client.get(f"/en{work}"))
    for title, place in (
        ("A synthetic event", "lines 3–4, line 8"),
        ("Synthetic Witness", "line 6"),
        ("A synthetic film", "line 7"),
    ):
        assert re.search(rf">{title}</(?:a|span)> <span class=\"meta\">[^<]*{place}</span>", page), title
    assert "A synthetic office" in page
    assert re.search(r'href="/en/figures/[\w-]+#s-\w+"', page)
    assert "line 5" in page
    assert "It was so." in page
    assert "line 9" in page
    assert "A synthetic &lt;i&gt;report&lt;/i&gt;" in page
    assert "Somebody says so." in page  # no place is given, but the source is
    assert "No source named" not in page


def test_each_of_them_links_back_to_the_work_and_the_place(house, client, work):
    page = text(client.get(f"/en{work}"))
    event = text(client.get(re.search(r'href="(/en/timeline/\w+)"', page)[1]))
    for place in ("lines 3–4", "line 8", "line 9"):
        assert re.search(rf'href="/en{work}">[^<]+</a>(?:, |<div class="small-note">)?{place}', event), place
    question = text(client.get(re.search(r'href="(/en/figures/[\w-]+)#', page)[1]))
    assert f'href="/en{work}"' in question
    assert "line 5" in question


def test_a_work_can_be_read_at_its_address_and_in_a_copy(house, client, work):
    page = text(client.get(f"/en{work}"))
    assert 'href="https://work.example/a?b=1&amp;c=2"' in page
    assert 'href="https://copies.example/a"' in page
    assert "read on 1 May 2021" in page
    for saved in (from_head(page), from_coins(page)):
        assert saved["itemType"] == "report"
        assert saved["title"] == "A synthetic <i>report</i>"
        assert saved["creators"] == ["A Synthetic Institute"]
        assert saved["url"] == "https://work.example/a?b=1&c=2"
    (item,) = json.loads(client.get(f"/en/cite{work}.csl.json").data)
    assert item["issued"] == {"date-parts": [[1992, 9]]}
    assert item["accessed"] == {"date-parts": [[2021, 5, 1]]}
    for form in (f"/en/cite{work}", f"/en/cite?record={work.rpartition('/')[2]}"):
        assert "A Synthetic Institute" in text(client.get(form))


def test_what_is_said_of_a_work_comes_out_as_it_went_in(house, work):
    with house.session(house.keeper()) as session:
        assert list(objects(session, "sources", everything=True)) == [WORK]
        assert list(objects(session, "films", everything=True)) == [FILM]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "work.example/a", "https://a b.example"])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_address_that_is_none_is_refused_and_explained(house, address):
    with pytest.raises(AssertionError, match="is no address on the web"):
        load(house, sources=[{**WORK, "url": address}])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_films_have_a_list_with_makers_year_country_and_who_says_what_they_are_about(house, client, work):
    assert 'href="/en/films"' in text(client.get("/en/sources"))
    page = text(client.get("/en/films"))
    for words in ("A synthetic film", "B Probe · documentary · 2011 · Testland", "It tells of nobody.",
                  "as stated by A synthetic reviewer", "line 7"):  # fmt: skip
        assert words in page
    assert f'href="/en{work}"' in page
    film = text(client.get(f"/en{path_of(house, 'film-test')}"))
    assert from_head(film)["itemType"] == from_coins(film)["itemType"] == "film"
    assert f'href="/en{work}"' in film


def test_a_work_that_many_pages_cite_is_read_piece_by_piece_at_the_same_cost(house, client, count_queries):
    many = [{**EVENT, "id": f"event-{at}", "title": f"Event number {at}", "rival_accounts": [], "seed_refs": [f"{REF}:L1-L1"]}
            for at in range(MOST_USES * 2 + 3)]  # fmt: skip
    load(house, sources=[WORK], timeline=many[:5])
    path = path_of(house, "src-seed-000")
    text(client.get(f"/en{path}"))
    count_queries()
    text(client.get(f"/en{path}"))
    few = count_queries()
    load(house, timeline=many[5:])
    client.get(f"/en{path}")  # the site's settings are read anew after a publication
    seen, address = [], f"/en{path}"
    while address:
        count_queries()
        page = text(client.get(address))
        assert count_queries() <= few
        seen += re.findall(r">(Event number \d+)</a>", page)
        found = re.search(r'class="action" href="([^"]+\?of=uses[^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(f"Event number {at}" for at in range(len(many)))
    assert client.get(f"/en{path}?of=uses&after=xx").status_code == 422
    assert client.get(f"/en{path}?of=nothing").status_code == 422


# -- all of them ----------------------------------------------------------------------------


def test_all_works_leave_as_one_file_in_each_form_and_go_on_in_the_next(house, client, monkeypatch):
    load(house, sources=[{**WORK, "id": f"src-{at}", "title": f"Work {at}"} for at in range(5)])
    monkeypatch.setattr("memorial.web.public.citing.MOST_WORKS", 3)
    titles, address = [], "/en/sources.csl.json"
    while address:
        answer = client.get(address)
        titles += [item["title"] for item in json.loads(answer.data)]
        found = re.match(r'<https?://[^/]+([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        address = found[1] if found else ""
    assert titles == [f"Work {at}" for at in range(5)]
    assert len(rispy.loads(text(client.get("/en/sources.ris")))) == 3
    assert len(bibtexparser.parse_string(text(client.get("/en/sources.bib"))).entries) == 3


def test_a_work_that_may_be_viewed_and_not_reused_is_not_in_the_file(house, client, work):
    assert len(json.loads(client.get("/en/sources.csl.json").data)) == 2
    with house.writing(house.keeper()) as session:
        for window in session.scalars(select(PolicyWindow).where(PolicyWindow.use == "reuse")):
            session.delete(window)
    assert json.loads(client.get("/en/sources.csl.json").data) == []
    assert client.get(f"/en{work}").status_code == 200
    assert len(json.loads(client.get(f"/en/cite{work}.csl.json").data)) == 1
