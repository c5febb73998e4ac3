"""One person's page: names, life, family, what sources say, and what children and the living are spared.

Everybody here is synthetic.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from memorial import gate
from memorial.domain.content import Content, NameContent, StatementContent
from memorial.domain.ids import new_public_id
from memorial.domain.sparing import RULES
from memorial.formats.jsonl import Row
from memorial.gate import Actor
from memorial.models import Media, Part, Person, Record, Relation
from memorial.services import consent
from memorial.services.collection import finish, import_objects, objects
from tests.builders import a_remembrance
from tests.pages import Page
from tests.services.colleagues import an_actor
from tests.services.published.changing import SIGNED, act, change

SOURCES = [
    {"id": "src-synthetic-1", "label": "Synthetic Gazette", "title": "Synthetic Gazette"},
    {"id": "src-synthetic-2", "label": "Synthetic Herald", "title": "Synthetic Herald"},
]


def somebody(number: int, name: str, fate: str = "killed", **more: Any) -> dict[str, Any]:
    return {
        "id": f"person-{number}", "names": [{"spelling": name, "seeds": []}], "roles": [], "fate": fate,
        "relations": [], "accused": False, "seed_refs": ["src-synthetic-1, p. 1"], **more,
    }  # fmt: skip


def said(property: str, value: str, source: int = 1, **more: Any) -> dict[str, Any]:
    where = f"src-synthetic-{source}, p. {source}"
    return {
        "property": property,
        "value": value,
        "claimant": f"Synthetic claimant {source}",
        "ref": where,
        **more,
    }


FULL = somebody(
    901, "Synthetic Fullname", fate_corroboration="disputed",
    names=[
        {"spelling": "Synthetic Fullname", "seeds": [{"seed": "src-synthetic-1", "occurrences": 1, "first_ref": "src-synthetic-1, p. 3"}]},
        {"spelling": "Синтетик Полноимя", "seeds": [], "language": "ru"},
        {"spelling": "Synthetic Maidenname", "seeds": [], "kind": "birth", "language": "az"},
    ],
    statements=[
        said("fate", "survived, a synthetic colleague said", 2, said="1992-03-05", certainty="uncertain", corroboration="pending"),
        said("fate", "died of cold", 2, said="1992-03-01"),
        said("born", "1930"), said("age", "55", 2, as_of="1992-03-01"), said("occupation", "synthetic carpenter"),
    ],
    relations=[
        {"relation": "mother of", "person": "a daughter (missing), not named"},
        {"relation": "wife of", "person": "Synthetic Husband (killed)"},
        {"relation": "aide to", "person": "a synthetic governor"},
    ],
)  # fmt: skip


def load(house, *people: dict[str, Any]) -> None:
    with house.writing(house.keeper()) as session:
        for kind, values in (("sources", SOURCES), ("people", people)):
            rows = [Row("synthetic.jsonl", at, value) for at, value in enumerate(values, start=1)]
            report = import_objects(session, Actor.command("one"), kind, rows, now=house.now(), **SIGNED)
            assert not report.faults, report.faults
        finish(session)


def page_of(house, client, number: int, language: str = "en") -> Page:
    with house.session(house.keeper()) as session:
        path = session.query(Record.public_id).filter_by(external_id=f"person-{number}").scalar()
    answer = client.get(f"/{language}/people/{path}")
    assert answer.status_code == 200
    return Page(f"/people/{path}", 200, unescape(answer.get_data(as_text=True)))


def missing(text: str, *words: str) -> list[str]:
    return [each for each in words if each not in text]


def test_every_source_has_its_row_with_words_reading_claimant_place_and_status(house, client):
    load(house, FULL)
    page = page_of(house, client, 901)
    rows = [
        block.text
        for block in page.blocks
        if block.tag == "tr" and any(i.startswith("s-") for i in block.ids)
    ]
    assert len(rows) == 3
    cold, survived, killed = rows  # by the day they were said; the undated last
    assert missing(cold, "died of cold", "Not yet compared with other sources") == []
    assert missing(survived, "survived", "a synthetic colleague said", "Synthetic Herald") == []
    assert missing(survived, "not certain", "Being checked", "Synthetic claimant 2") == []
    assert missing(killed, "was killed", "Disputed by another source") == []
    assert "These sources do not agree." in page.own.text
    assert page.own.leads_to("/about/criteria")


def test_names_stand_in_groups_with_language_and_place(house, client):
    load(house, FULL)
    page = page_of(house, client, 901)
    assert '<span class="spelling" lang="ru">Синтетик Полноимя</span>' in page.html.replace(' dir="ltr"', "")
    assert "Name at birth Synthetic Maidenname" in page.own.text
    assert "As printed in a source Synthetic Fullname" in page.own.text
    assert re.search(r"Synthetic Gazette[ ()]*, p\. 3", page.own.text)


def test_an_age_and_a_birth_that_cannot_both_be_stand_and_are_said_not_to_agree(house, client):
    load(house, FULL)
    text = page_of(house, client, 901).own.text
    assert missing(text, "Born 1930", "Age 55 Synthetic claimant 2, as of 1 March 1992") == []
    assert text.count("These two do not agree.") == 1


def test_kin_are_seen_from_both_ends_and_the_unnamed_are_said_to_be_so(house, client):
    load(house, FULL, somebody(902, "Synthetic Husband"))
    page, other = page_of(house, client, 901), page_of(house, client, 902)
    assert "Children a daughter (missing), not named In their words: mother of" in page.own.text
    assert "источник не называет имени" in page_of(house, client, 901, "ru").own.text
    assert page.own.leads_to(other.path)
    assert other.own.leads_to(page.path)
    assert "Wife or husband Synthetic Fullname" in other.own.text
    assert "aide to a synthetic governor" in page.own.text
    assert "жена или муж" in page_of(house, client, 902, "ru").own.text.lower()


def test_a_family_is_everybody_whom_sources_connect_and_nobody_besides(house, client):
    chain = [
        somebody(910, "Synthetic One", relations=[{"relation": "mother of", "person": "Synthetic Two"}]),
        somebody(911, "Synthetic Two", relations=[{"relation": "brother of", "person": "Synthetic Three"}]),
        somebody(
            912, "Synthetic Three", relations=[{"relation": "neighbour of", "person": "Synthetic Four"}]
        ),
        somebody(913, "Synthetic Four"),
    ]
    load(house, *chain)
    text = page_of(house, client, 910).own.text
    assert "Synthetic Three Brothers and sisters: through Synthetic Two" in text
    assert "Synthetic Four" not in text


def test_somebody_whom_a_source_only_describes_has_a_page_marked_so(house, client):
    names = [{"spelling": "a synthetic daughter", "seeds": [], "kind": "described"}]
    load(house, somebody(920, "", "missing", names=names))
    page = page_of(house, client, 920)
    assert page.heading == "a synthetic daughter"
    assert "gives no name" in page.own.text


def test_nobody_is_listed_as_anything_without_a_source(house, client):
    made = a_remembrance(house, content=Content(language="en", names=[NameContent("Synthetic Nobody")]))
    text = Page(made.path, 200, client.get(f"/en{made.path}").get_data(as_text=True)).own.text
    assert "Not known. No source that we have says what happened." in text


def test_whoever_is_never_listed_stands_in_no_ones_family(house, client):
    load(house, FULL, somebody(902, "Synthetic Husband"))
    with house.writing(house.keeper()) as session:
        husband = session.query(Person).filter_by(external_id="person-902").one()
        husband.listed = "never"
        assert session.query(Relation).filter_by(other_id=husband.id).count() == 1
    assert "Synthetic Husband" not in page_of(house, client, 901).own.text


def test_whoever_is_accused_is_nobodys_relative_whatever_stands_behind_the_name(house, client):
    accused = {**somebody(970, "Synthetic Accused", "not stated"), "accused": True}
    relations = [{"relation": "brother of", "person": "Synthetic Accused (killed)"}]
    load(house, somebody(971, "Synthetic Brother", relations=relations), accused)
    assert "Accused" not in page_of(house, client, 971).html


LIVES = somebody(930, "Synthetic Survivor", "missing; her family asked", statements=[
    said("fate", "found alive"), said("born", "3 May 1961", language="en"), said("lived", "Synthetic town, Canaryroad 7"),
])  # fmt: skip
CHILD = somebody(931, "Synthetic Child", statements=[
    said("age", "7"), said("born", "3 May 1984", language="en"), said("school", "Canaryschool"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("person", "shown", "hidden"),
    [(LIVES, ["1961", "Synthetic town"], ["3 May", "Canaryroad"]), (CHILD, ["1984"], ["3 May", "Canaryschool"])],
)  # fmt: skip
def test_children_and_the_living_are_spared_on_every_page_that_tells_of_them(
    house, client, person, shown, hidden
):
    load(house, person)
    page = page_of(house, client, int(person["id"][-3:]))
    assert all(words in page.own.text for words in shown)
    source = next(link for link, _ in page.own.links if link.startswith("/sources/"))
    public = [
        page.html,
        client.get(f"/en{source}").get_data(as_text=True),
        client.get("/en/people").get_data(as_text=True),
    ]
    assert not [words for words in hidden for html in public if words in html]
    for words in hidden:
        found = client.get("/en/search", query_string={"q": words.split()[-1]}).get_data(as_text=True)
        assert page.path not in found or words == "3 May"
    with house.session(house.keeper()) as session:
        assert person in list(objects(session, "people", everything=True))
        given = json.dumps(list(objects(session, "people", everything=False)))
    assert [words for words in hidden if words in given] == []


@pytest.mark.parametrize(("fate", "own", "shown"), [
    ("Survived", False, False), ("Survived", True, True), ("Died", False, True),
])  # fmt: skip
def test_a_photograph_of_who_lives_waits_for_a_yes_of_its_own(house, fate, own, shown):
    content = Content(names=[NameContent("Synthetic Person")], statements=[StatementContent("fate", fate)])
    made = a_remembrance(house, content=content)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        page = session.get_one(Part, record.part_id)
        part = consent.add_part(session, record, "photograph:x", "photograph") if own else page
        session.add(
            Media(
                public_id=new_public_id(), record_id=record.id, role="photograph", sha256="0" * 64, bytes=1,
                mime="image/jpeg", storage_key=new_public_id(), received_at=house.now(), due="",
                file_name="synthetic", **consent.guard_of(session, part),
            )
        )  # fmt: skip
        session.flush()
        assert bool(gate.shown(session, record).pictures) is shown


def test_the_criteria_say_what_each_word_means_and_every_rule(client):
    for code in ("az", "en", "ru", "tr"):
        html = client.get(f"/{code}/about/criteria").get_data(as_text=True)
        assert len(re.findall(r'<dt id="(?:fates|corroboration)-', html)) == 14
        assert html.count("<li>") >= len(RULES)
    assert "/en/about/criteria" in client.get("/en/about/method").get_data(as_text=True)


def test_what_a_family_answers_stands_on_the_page_as_its_word(house, client):
    content = Content(
        language="az",
        names=[NameContent("Sintetik Şəxs", language="az"), NameContent("Синтетик", language="ru")],
        statements=[
            StatementContent("born", "1950", stated_by="Synthetic niece"),
            StatementContent("fate", "Həlak olub. Qarda", stated_by="Synthetic niece"),
        ],
    )
    made = a_remembrance(house, content=content)
    text = Page(made.path, 200, client.get(f"/en{made.path}").get_data(as_text=True)).own.text
    assert "Born 1950 Synthetic niece" in text
    assert (
        missing(text, "died; how is not said", "Həlak olub. Qarda", "Other names and spellings Синтетик")
        == []
    )


def test_a_status_is_set_at_the_desk_with_a_reason_and_a_revision(house, client):
    load(house, somebody(940, "Synthetic Person"))
    editor, second = an_actor(house, "editor", "editor"), an_actor(house, "second", "moderator")
    typed = {"fate_corroboration": "confirmed", "statements-0-property": "fate", "statements-0-value": "killed",
             "statements-0-claimant": "Synthetic Herald", "statements-0-ref": "src-synthetic-2, p. 2"}  # fmt: skip
    item = change(house, editor, "people", "person-940", typed, why="Two synthetic sources say so.")
    before = page_of(house, client, 940)
    if act(house, editor, item).waits:
        act(house, second, item, "take")
        act(house, second, item)
    after = page_of(house, client, 940)
    assert "Confirmed by another source" not in before.own.text
    assert missing(after.own.text, "Confirmed by another source", "Revision 2 of this page") == []
    with house.session(house.keeper()) as session:
        given = next(iter(objects(session, "people", everything=True)))
    assert json.loads(json.dumps(given))["fate_corroboration"] == "confirmed"


def test_a_large_family_costs_what_a_small_one_costs(house, client, count_queries):
    for number, many in ((950, 1), (960, 8)):
        names = [f"Synthetic Relative {number + at}" for at in range(1, many + 1)]
        relations = [{"relation": "mother of", "person": name} for name in names]
        others = [somebody(number + at, name) for at, name in enumerate(names, start=1)]
        load(house, somebody(number, f"Synthetic Mother {number}", relations=relations), *others)
    costs = []
    for number in (950, 960):
        page_of(house, client, number)
        count_queries()
        page_of(house, client, number)
        costs.append(count_queries())
    assert costs[0] == costs[1] <= 27, costs
