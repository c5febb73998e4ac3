"""The API: what may be reused, page by page, in the language that was asked for, and clear words where something was asked wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from sqlalchemy import event

from memorial.app import create_app
from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, StatementContent
from memorial.house import House, open_house
from memorial.web.security import limiter
from tests.builders import Made, a_remembrance, a_testimony, some_content
from tests.conftest import ROOT, a_clock, migrated, settings_in
from tests.published import _load
from tests.states import take_back, with_notice
from tests.voices import a_recording, a_transcript
from tests.walking import whole
from tests.web.exchange.described import try_out

ALL = {rules.EVERY_PART: rules.everything()}
ROOMS = (
    "testimonies",
    "press",
    "people",
    "documents",
    "timeline",
    "places",
    "sources",
    "figures",
    "statements",
)
NEVER = "0000000000000"


@dataclass
class Archive:
    house: House
    app: Flask
    client: FlaskClient
    told: Made  # a testimony with a recording, to be handed on
    transcript: str
    withheld: str  # a transcript that is not released
    read: Made  # a testimony to be read, and not handed on
    living: Made

    def get(self, path: str, **more: Any) -> Any:
        answer = self.client.get(f"/api/v1{path}", **more)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json


@pytest.fixture(scope="module")
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The starter collection, and beside it what families sent: all of these are synthetic."""
    folder, clock = tmp_path_factory.mktemp("api"), a_clock()
    for url in migrated("sqlite", folder, request):
        house = open_house(settings_in(folder, url), wall=clock.wall, monotonic=clock.monotonic)
        _load(house, ROOT / "memorial" / "starter")
        told = a_testimony(house, contributor=ALL)
        recording = a_recording(house, told)
        _hand_on(house, told)
        lines = [f"Synthetic line {number}." for number in range(1, 8)]
        living = a_remembrance(house, contributor=ALL, content=_alive())
        app = create_app(house)
        app.testing = True
        yield Archive(
            house, app, app.test_client(), told, a_transcript(house, recording, lines),
            a_transcript(house, recording, ["Held back."], release=False, kind="edited"), a_testimony(house), living,
        )  # fmt: skip
        house.engine.dispose()


def _hand_on(house: House, made: Made) -> None:
    """Everyone says yes again, so that it reaches the recording too."""
    from tests.web.exchange.test_oai import say

    say(house, made, ALL, "contributor")


def _alive() -> Content:
    said = [
        StatementContent("fate", "survived", stated_by="synthetic relative"),
        StatementContent("born", "3 May 1961", stated_by="synthetic relative"),
    ]
    names = [NameContent("Synthetic Survivor", part="name", language="en")]
    return Content(language="en", detail={}, texts=[], names=names, statements=said)


@pytest.fixture
def counted(archive: Archive) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(archive.house.engine, "before_cursor_execute", note)
    yield seen
    event.remove(archive.house.engine, "before_cursor_execute", note)


def followed(archive: Archive, path: str) -> list[dict[str, Any]]:
    """A list to its end, and back to its beginning: both ways the same entries."""
    there: list[dict[str, Any]] = []
    answer, last = archive.get(path), ""
    while True:
        there += answer["items"]
        last = answer.get("previous", "")
        if "next" not in answer:
            break
        answer = archive.client.get(onward(answer["next"])).json
    back = list(answer["items"])
    while last:
        answer = archive.client.get(onward(last)).json
        back, last = [*answer["items"], *back], answer.get("previous", "")
    assert [each.get("id", each.get("number")) for each in back] == [
        each.get("id", each.get("number")) for each in there
    ]
    return there


def onward(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def test_every_kind_is_listed_page_by_page_both_ways_and_what_is_listed_opens(archive):
    for room in ROOMS:
        entries = followed(archive, f"/{room}?limit=40")
        assert len({each["id"] for each in entries}) == len(entries) > 0, room
        assert len(archive.get(f"/{room}?limit=3")["items"]) == min(3, len(entries))
        for each in (entries[0], entries[-1]):
            opened = archive.get(f"/{room}/{each['id']}")
            assert opened["id"] == each["id"]
            if room != "statements":
                assert urlsplit(opened["address"]).path == f"/en/{room}/{each['id']}"
                assert opened.get("title") == each.get("title")


def test_what_may_only_be_read_what_is_taken_back_and_what_never_was_are_one_answer(archive):
    gone = a_testimony(archive.house, contributor=ALL)
    tag = archive.client.get(f"/api/v1{gone.path}").headers["ETag"]
    assert archive.client.get(f"/api/v1{gone.path}", headers={"If-None-Match": tag}).status_code == 304
    take_back(archive.house, gone, "hidden")
    draft = a_testimony(archive.house, published=False, contributor=ALL)
    never = whole(archive.client.get(f"/api/v1/testimonies/{NEVER}"))
    assert "404" in never.splitlines()[0]
    for made in (gone, draft, archive.read):
        for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
            assert whole(archive.client.get(f"/api/v1{made.path}", headers=headers)) == never
        assert whole(archive.client.get(f"/api/v1{made.path}/transcripts")) == never
        head = archive.client.head(f"/api/v1{made.path}")
        assert (head.status_code, head.data) == (404, b"")
    listed = {each["id"] for each in followed(archive, "/testimonies?limit=40")}
    assert archive.told.public_id in listed
    assert not listed & {gone.public_id, draft.public_id, archive.read.public_id}
    assert whole(archive.client.get(f"/api/v1/press/{archive.told.public_id}")) == never
    assert whole(archive.client.get("/api/v1/no/such/room")) == never


def test_where_the_page_says_that_it_was_withdrawn_the_api_says_so_and_hands_on_no_words_of_the_notice(
    archive,
):
    made = a_testimony(
        archive.house, contributor=ALL, content=with_notice(some_content("testimony"), "zqnotice")
    )
    take_back(archive.house, made, "withdrawn")
    page = archive.client.get(f"/en{made.path}")
    assert page.status_code == 410
    assert "zqnotice" in page.text
    for ending in ("", "/transcripts", f"/transcripts/{archive.transcript}"):
        for headers in ({}, {"If-None-Match": "*"}):
            answer = archive.client.get(f"/api/v1{made.path}{ending}", headers=headers)
            assert (answer.status_code, answer.content_type) == (410, "application/problem+json")
            assert answer.json["detail"] in page.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert "zqnotice" not in whole(answer)
    assert archive.client.head(f"/api/v1{made.path}").status_code == 410
    assert archive.client.get(f"/api/v1/press/{made.public_id}").status_code == 404
    assert made.public_id not in {each["id"] for each in followed(archive, "/testimonies?limit=40")}
    described = archive.get("/openapi.json")["paths"]
    told = {path for path, said in described.items() if "410" in said["get"]["responses"]}
    assert {"/api/v1/testimonies/{public_id}", "/api/v1/people/{public_id}"} < told
    assert not [path for path in told if "{" not in path or "/sources" in path or "/statements" in path]
    described_as = described["/api/v1/testimonies/{public_id}"]["get"]["responses"]["410"]["$ref"]
    assert described_as == "#/components/responses/410"


def test_a_transcript_comes_with_its_lines_and_only_when_it_is_released(archive):
    (about,) = archive.get(f"{archive.told.path}/transcripts")["items"]
    assert about["id"] == archive.transcript
    lines = followed(archive, f"{onward(about['lines']).removeprefix('/api/v1')}?limit=3")
    assert [each["body"] for each in lines] == [f"Synthetic line {number}." for number in range(1, 8)]
    assert lines[1]["starts"] == 4000
    for name in (archive.withheld, NEVER):
        answer = archive.client.get(f"/api/v1{archive.told.path}/transcripts/{name}")
        assert answer.status_code == 404


def test_of_the_living_no_more_is_said_away_from_their_page_than_on_it(archive):
    said = [
        each
        for each in followed(archive, "/statements?limit=100")
        if each["stated_by"] == "synthetic relative"
    ]
    assert {each["value"] for each in said} == {"survived", "1961"}
    page = archive.get(archive.living.path)
    assert {each["value"] for each in page["statements"]} == {"survived", "1961"}


def test_somebody_named_in_sources_is_found_by_name_and_by_words_in_any_spelling(archive):
    found = archive.get("/names?q=Synthetic+Survivour")["items"]
    assert [each["id"] for each in found] == [archive.living.public_id]
    assert found[0]["written"] == "Synthetic Survivor"
    place = archive.get("/names?q=Agdam&of=places")["items"][0]
    assert place["kind"] == "place"
    hits = archive.get("/search?q=Aghdam&fields=snippet")
    assert hits["total"] >= len(hits["items"])
    assert all(set(each) <= {"kind", "id", "snippet"} for each in hits["items"])
    onwards = archive.client.get(onward(hits["next"])).json
    assert not {each["id"] for each in onwards["items"]} & {each["id"] for each in hits["items"]}
    assert archive.client.get(onward(onwards["previous"])).json["items"] == hits["items"]
    assert {each["kind"] for each in archive.get("/search?q=Aghdam&kind=press&year=1992")["items"]} == {
        "press"
    }


def test_labels_are_said_in_the_language_that_was_asked_for_and_keys_are_not(archive):
    english, russian = (archive.get(f"/press?limit=1&lang={code}")["items"][0] for code in ("en", "ru"))
    assert english["kind"] == russian["kind"] == "press"
    assert english["labels"]["kind"] != russian["labels"]["kind"]
    assert urlsplit(russian["address"]).path == f"/ru/press/{english['id']}"
    assert "1992" in russian["labels"]["when"]
    slug = archive.get("/figures?limit=1")["items"][0]["id"]
    named = archive.get(f"/figures/{slug}?lang=az")
    assert set(named["labels"]["properties"]) >= {each["property"] for each in named["statements"]}
    assert archive.client.get("/api/v1/press?lang=ru").headers["Content-Language"] == "ru"


def test_only_the_fields_that_were_asked_for_come_and_those_it_cannot_be_without(archive):
    assert set(archive.get("/press?limit=1&fields=title,when")["items"][0]) == {"kind", "id", "title", "when"}
    assert set(archive.get(f"{archive.told.path}?fields=texts")) == {
        "kind",
        "id",
        "address",
        "revision",
        "texts",
    }


WRONG = {
    "limit=-1": "limit", "limit=0": "limit", "limit=101": "limit", "limit=1_0": "limit", "limit=": "limit",
    "limit=99999999999999999999": "limit", "colour=red": "colour", "after=zz": "after", "before=%F0": "before",
    "after=WyIiLDFd&before=WyIiLDFd": "after", "after=WyJ4IiwxXQ": "after", "lang=xx": "lang", "lang=EN": "lang",
    "limit=1&limit=2": "limit", "fields=colour": "fields", "fields=": "fields", "offset=3": "offset",
}  # fmt: skip


def test_whatever_is_asked_wrongly_is_said_with_its_place_and_what_to_do(archive):
    for asked, name in WRONG.items():
        answer = archive.client.get(f"/api/v1/press?{asked}")
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json"), asked
        (fault,) = answer.json["errors"]
        assert fault["name"] == name, asked
        assert all(fault[word] for word in ("where", "detail", "advice"))
    for path in ("/search", "/names?q=", "/search?q=a&year=0000", "/search?q=a&after=WyIiLDdd", "/openapi.json?x=1",
                 f"/sources/{NEVER}?after=WyIiLDFd", f"{archive.told.path}/transcripts/{archive.transcript}?after=W251bGwsOTld"):  # fmt: skip
        assert archive.client.get(f"/api/v1{path}").status_code == 422, path
    post = archive.client.post("/api/v1/press")
    assert (post.status_code, post.content_type) == (405, "application/problem+json")
    assert "GET" in post.headers["Allow"]
    assert archive.client.get("/en/press/zz").content_type.startswith("text/html")


def test_who_asks_too_fast_is_told_how_long_to_wait(archive):
    limiter.reset()
    answers = [archive.client.get(f"/api/v1/places/{NEVER}x") for _ in range(601)]
    limiter.reset()
    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert (answers[-1].status_code, answers[-1].content_type) == (429, "application/problem+json")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_longer_page_of_a_list_asks_the_database_no_more_often(archive, counted):
    paths = [*(f"/{room}?" for room in ROOMS), "/names?q=Hajiyev&"]
    for path in paths:
        asked = []
        for limit in (2, 20, 100):
            archive.get(f"{path}limit={limit}")
            counted.clear()
            archive.get(f"{path}limit={limit}")
            asked.append(len(counted))
        # A longer page speaks of more kinds of things; of each kind, and not of each thing, the database is asked.
        assert max(asked) <= (20 if "statements" in path else asked[0] + 2), (path, asked)


def test_what_the_page_about_the_api_asks_is_answered(archive):
    asked = re.findall(r"^GET (/api/v1/\S+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
    assert len(asked) > 5
    for path in asked:
        assert archive.client.get(path).status_code == 200, path


def test_examples_are_as_the_schemas_say(archive):
    described = archive.get("/openapi.json")
    assert described["openapi"].startswith("3.1")
    shared = {"components": described["components"]}
    with_one = 0
    for operations in described["paths"].values():
        for given_ in operations["get"]["responses"]["200"]["content"].values():
            check = Draft202012Validator({**shared, **given_["schema"]})
            assert not list(check.iter_errors(given_["example"])), given_["example"]
            with_one += 1
    assert with_one == len(described["paths"])


# -- with schemathesis ------------------------------------------------------------------------


def test_nothing_that_schemathesis_asks_is_answered_otherwise_than_described(archive):
    known = {room: archive.get(f"/{room}?limit=1")["items"][0]["id"] for room in ROOMS}
    known |= {"people": archive.living.public_id, "testimonies": archive.told.public_id}
    tried = try_out(archive.app, known, archive.transcript, examples=2)
    assert len(tried) == 2 * (2 * len(ROOMS) + 6), "GET and HEAD of every address"
    assert all(tried.values()), tried


def test_the_lists_that_only_the_api_has_say_what_may_be_reused(house, client):
    made = a_remembrance(house, contributor=ALL)
    (said,) = client.get("/api/v1/statements").json["items"]
    assert said["stated_by"] == "synthetic relative"
    assert urlsplit(said["about"]["address"]).path == f"/en{made.path}"
    assert client.get(f"/api/v1/statements/{said['id']}").json == said
    assert client.get("/api/v1/figures").json["items"] == []
