"""Feeds, sitemaps and what robots are told: what may be reused, in every language, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from memorial.domain import consent as rules
from memorial.domain.content import Content, TextContent
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent
from memorial.services.consent import Said
from memorial.web.exchange import robots
from memorial.web.security import limiter
from tests.builders import a_press_account, a_testimony

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ALL = {rules.EVERY_PART: rules.everything()}


def titles(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    root = ElementTree.fromstring(answer.data)
    return [node.findtext(f"{ATOM}id", "").rpartition("/")[2] for node in root.iter(f"{ATOM}entry")]


def locations(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return [str(node.text) for node in ElementTree.fromstring(answer.data).iter(f"{SITEMAP}loc")]


def take_back(house, made) -> None:
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", made.contribution_id)
        consent.append(session, record, Said(party, "will", {}), by=Actor.system(), at=house.now())


def test_a_feed_has_what_may_be_reused_the_latest_first_until_it_is_taken_back(house, client, clock):
    first = a_testimony(house, contributor=ALL)
    clock.forward(timedelta(hours=1))
    second = a_press_account(house)
    a_testimony(house)  # to be read, and not handed on
    assert titles(client, "/feeds/all.atom") == [second.public_id, first.public_id]
    assert titles(client, "/feeds/press.atom") == [second.public_id]
    assert titles(client, "/feeds/press.en.atom") == [second.public_id]
    assert titles(client, "/feeds/press.tr.atom") == []
    take_back(house, first)
    assert titles(client, "/feeds/all.atom") == [second.public_id]
    assert client.get("/feeds/people.atom").status_code == 404


def test_the_feed_of_a_language_has_what_the_public_may_take_of_it_in_that_language(house, client, clock):
    def titled(*words: TextContent) -> Content:
        return Content(
            language="und", detail={}, texts=[TextContent("title", "Sintetik", "text", "und"), *words]
        )

    summary = [TextContent("summary", f"Synthetic words in {code}.", "text", code) for code in ("en", "az")]
    told = a_testimony(house, contributor=ALL, content=titled(*summary))
    kept = {**ALL, "life": rules.chosen(["public"], ["view"])}
    half = a_testimony(
        house, contributor=kept, content=titled(TextContent("note", "Synthetic.", "life", "az"))
    )
    assert titles(client, "/feeds/all.atom") == [half.public_id, told.public_id]
    assert (
        titles(client, "/feeds/all.az.atom") == titles(client, "/feeds/testimony.az.atom") == [told.public_id]
    )
    assert "Synthetic words in az." in client.get("/feeds/all.az.atom").text
    assert titles(client, "/feeds/press.az.atom") == []
    take_back(house, told)
    assert titles(client, "/feeds/all.az.atom") == []


def test_what_is_published_late_stands_first_though_it_was_sent_early(house, client, clock):
    opens = house.now() + timedelta(days=3)
    early = a_testimony(house, contributor={rules.EVERY_PART: rules.everything(opens)})
    clock.forward(timedelta(days=1))
    later = a_press_account(house)
    assert titles(client, "/feeds/all.atom") == [later.public_id]
    clock.forward(timedelta(days=4))
    assert titles(client, "/feeds/all.atom") == [early.public_id, later.public_id]


def test_every_feed_of_the_collection_is_what_the_schema_says(published, shared: Path):
    folder = shared / "corpora/feeds/schema"

    class Beside(etree.Resolver):
        def resolve(self, address, _public, context):
            known = address.endswith("xml.xsd")
            return self.resolve_filename(str(folder / "xml.xsd"), context) if known else None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Beside())
    schema = etree.XMLSchema(etree.parse(folder / "atom.xsd", parser))
    for kind in ("all", "press", "document", "event", "place", "remembrance"):
        answer = published.client.get(f"/feeds/{kind}.atom")
        schema.assertValid(etree.fromstring(answer.data))
        assert len(titles(published.client, f"/feeds/{kind}.atom")) > 0, kind


def test_the_sitemap_leads_to_every_page_that_may_be_handed_on_in_every_language(house, client, monkeypatch):
    monkeypatch.setattr(robots, "ROOM", 3)
    made = [a_press_account(house) for _ in range(7)]
    kept = a_testimony(house)
    index = locations(client, "/sitemap.xml")
    assert len(index) > 2
    found = [place for each in index for place in locations(client, each.partition("localhost")[2])]
    for one in made:
        assert {f"http://localhost/{code}{one.path}" for code in ("az", "en", "ru", "tr")} <= set(found)
    assert not [place for place in found if kept.public_id in place]
    assert "http://localhost/en/people" in found
    page = client.get(index[1].partition("localhost")[2]).get_data(as_text=True)
    assert 'hreflang="az"' in page
    assert client.get("/sitemaps/999999.xml").status_code == 404


def test_robots_are_asked_away_from_forms_and_those_who_train_machines_from_everything(client):
    told = client.get("/robots.txt").get_data(as_text=True)
    trainers, others = told.split("User-agent: *")
    assert "User-agent: GPTBot" in trainers
    assert trainers.rstrip().endswith("Disallow: /")
    assert "Disallow: /az/contribute" in others
    assert "Disallow: /en/people" not in others
    assert "Sitemap: http://localhost/sitemap.xml" in others
    assert client.get("/.well-known/tdmrep.json").get_json() == [{"location": "/", "tdm-reservation": 1}]


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/sitemap.xml", "/sitemaps/rooms.xml"])
def test_an_answer_that_has_not_changed_is_not_sent_again(house, client, path):
    a_press_account(house)
    mark = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": mark}).status_code == 304


def test_lists_lead_to_their_feeds(house, client):
    for page, kind in (("/ru/", "all"), ("/ru/press", "press"), ("/ru/people", "remembrance")):
        told = client.get(page).get_data(as_text=True)
        for path in (f"/feeds/{kind}.atom", f"/feeds/{kind}.ru.atom"):
            assert f'href="{path}"' in told
            assert client.get(path).status_code == 200
    assert "/feeds/" not in client.get("/ru/about").get_data(as_text=True)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_whoever_asks_too_fast_is_told_when_to_come_again_in_the_way_of_each_door(client, monkeypatch):
    monkeypatch.setattr(type(limiter.limiter), "hit", lambda *_asked, **_more: False)
    for path, status in (("/oai?verb=Identify", 503), ("/feeds/all.atom", 429)):
        answer = client.get(path)
        assert answer.status_code == status
        assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Disallow: /" in client.get("/ai.txt").text
