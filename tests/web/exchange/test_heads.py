"""What a record's page says to programs: linked data, links to the same in other forms, and whether machines may be trained on it."""

from __future__ import annotations

import re
import warnings
from html import unescape

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.content import Content, TextContent
from memorial.domain.ids import ALPHABET, new_public_id
from memorial.models import Record
from tests.builders import ALL_MAY_VIEW, a_press_account, a_remembrance, a_testimony, some_content
from tests.conftest import application_over
from tests.services.colleagues import an_actor
from tests.web.exchange.test_oai import ALL, say
from tests.web.public.test_as_one import decide
from tests.web.public.test_press_page import FIRST, WORKS, load
from tests.web.public.test_records import _withdraw


def withdrawn_with_a_notice(house):
    notice = TextContent("notice", "22 November 2026", part="notice")
    content = Content(language="en", texts=[TextContent("testimony", "Synthetic.", part="text"), notice])
    made = a_testimony(house, content=content, contributor={rules.EVERY_PART: ALL_MAY_VIEW, "notice": {}})
    _withdraw(house, made, notice=True)
    return made


LINKED = {"Accept": "application/ld+json"}
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def block(page: str) -> str:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) <= 1
    return found[0] if found else ""


def graph(text: str) -> Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's of itself
        return Graph().parse(data=text, format="json-ld")


def links(answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, relation in re.findall(r'<([^>]+)>; rel="([^"]+)"', answer.headers.get("Link", "")):
        found.setdefault(relation, []).append(address)
    return found


def test_a_page_holds_its_linked_data_and_leads_to_its_other_forms(house, client):
    made = a_press_account(house)
    answer = client.get(f"/en{made.path}")
    inside = graph(block(answer.text))
    beside = graph(client.get(f"{made.path}.jsonld").text)
    assert len(inside) > 4
    assert isomorphic(inside, beside)
    assert links(answer)["cite-as"] == [f"http://localhost/en{made.path}"]
    assert "https://schema.org/NewsArticle" in links(answer)["type"]
    for address in links(answer)["describedby"]:
        assert made.public_id in client.get(address.removeprefix("http://localhost")).text
    assert f'<link rel="alternate" type="application/ld+json" href="{made.path}.jsonld">' in answer.text


def test_a_catalogue_names_who_wrote_and_takes_no_place_of_printing_for_the_subject(house):
    printed = {"byline_as_printed": "By Synthia Writer, Testville", "country": "Testland"}
    load(house, sources=WORKS, press_accounts=[FIRST | printed])
    with house.session(house.keeper()) as session:
        public_id = session.scalars(select(Record.public_id).where(Record.external_id == FIRST["id"])).one()
    house.settings.naan = "99999"
    client = application_over(house).test_client()
    said = client.get(f"/press/{public_id}.jsonld").get_json(force=True)
    assert [each["name"] for each in said["creator"]] == ["Synthia Writer"]
    assert said["identifier"] == [f"http://localhost/ark:/99999/{public_id}"]
    assert "spatialCoverage" not in said
    asked = f"/oai?verb=GetRecord&identifier=oai:localhost:{public_id}&metadataPrefix="
    for prefix, subject, author in (
        ("oai_dc", "coverage>", "dc:creator>"),
        ("mods", "geographic>", "mods:namePart>"),
    ):
        answer = client.get(asked + prefix).text
        assert f"<{author}Synthia Writer<" in answer
        assert subject not in answer
        assert f"/ark:/99999/{public_id}<" in answer


def test_a_title_cannot_end_the_block(house, client):
    content = some_content("press")
    wicked = '</script><script>alert(1)</script><!--<script>&amp;\u2028"'
    content.texts[0] = TextContent("title", wicked, part=content.texts[0].part, language="en")
    made = a_press_account(house, content=content)
    page = client.get(f"/en{made.path}").text
    assert "<script>alert" not in page
    assert any(wicked.split("\u2028")[0] in str(each) for each in graph(block(page)).objects())
    assert unescape(block(page)) == block(page), "a browser reads in it what stands there"


def test_of_what_may_only_be_read_a_page_says_where_it_stays_and_no_more(house, client):
    made = a_testimony(house)
    answer = client.get(f"/en{made.path}")
    assert answer.status_code == 200
    assert not block(answer.text)
    assert ".jsonld" not in answer.text
    assert links(answer).keys() == {"cite-as", "type"}
    assert client.get(f"/en{made.path}", headers=LINKED).status_code == 404


def test_the_page_and_its_data_are_never_given_for_each_other(house):
    house.settings.page_cache = 100
    client = application_over(house).test_client()
    page, data = a_press_account(house).path, a_press_account(house).path
    for path, first in ((page, {}), (data, LINKED)):
        etags = set()
        for asked in (
            first,
            {},
            LINKED,
            {},
            {"Accept": "application/*"},
            LINKED,
            {"Accept": "text/html, application/ld+json;q=0.5"},
        ):
            answer = client.get(f"/en{path}", headers=asked)
            wanted = "application/ld+json" if asked == LINKED else "text/html"
            assert answer.mimetype == wanted, asked
            assert set(answer.vary) >= {"Accept", "Cookie"}
            etags.add((wanted, answer.headers["ETag"]))
        assert len(etags) == 2
        of_page = dict(etags)["text/html"]
        assert client.get(f"/en{path}", headers={**LINKED, "If-None-Match": of_page}).status_code == 200
        assert client.get(f"/en{path}", headers={"If-None-Match": of_page}).status_code == 304


def test_only_where_everyone_said_yes_of_every_part_is_a_page_open_to_training(house, client):
    def reserved(made) -> str:
        return client.get(f"/en{made.path}").headers["TDM-Reservation"]

    everything = a_testimony(house, contributor=ALL)
    kept = {**ALL, "text": rules.chosen(["public"], ["view", "download", "reuse"])}
    assert reserved(everything) == "0"
    assert client.get(f"/en{everything.path}").headers["X-Robots-Tag"] == "all"
    assert reserved(a_testimony(house, contributor=kept)) == "1"
    assert reserved(a_testimony(house)) == "1"
    say(house, everything, kept, "contributor")
    answer = client.get(f"/en{everything.path}")
    assert (answer.headers["TDM-Reservation"], "noai" in answer.headers["X-Robots-Tag"]) == ("1", True)
    for path in ("/en/", "/en/press", "/oai?verb=Identify", "/en/no-such-page"):
        assert client.get(path).headers["TDM-Reservation"] == "1", path


@pytest.fixture
def ark(house):
    house.settings.naan = "99999"
    client = application_over(house).test_client()
    return lambda public_id, **headers: client.get(f"/ark:/99999/{public_id}", headers=headers)


def test_a_permanent_address_leads_to_the_page_in_the_readers_language(house, ark):
    made = a_testimony(house)
    answer = ark(made.public_id, Accept_Language="ru")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/ru{made.path}")
    assert ark(f"{made.public_id[:4]}-{made.public_id[4:].upper()}").headers["Location"] == f"/en{made.path}"
    page = application_over(house).test_client().get(f"/en/cite?record={made.public_id}").text
    assert f"http://localhost/ark:/99999/{made.public_id}" in page


def test_a_page_is_cited_by_its_permanent_address_in_every_form_and_by_its_own_where_there_is_none(
    house, ark
):
    made = a_testimony(house)
    client = application_over(house).test_client()
    own, stays = f"http://localhost/az{made.path}", f"http://localhost/ark:/99999/{made.public_id}"
    forms = [f"/az/cite{made.path}.{ending}" for ending in ("bib", "ris", "csl.json")]
    forms += [f"/az{made.path}", f"/az/cite{made.path}"]
    for address in forms:
        assert stays in client.get(address).text, address
    page = client.get(f"/az{made.path}").text
    assert f'<meta name="citation_public_url" content="{stays}">' in page
    assert f"{stays} (" in page
    house.settings.naan = ""
    for address in forms:
        text = application_over(house).test_client().get(address).text
        assert (own in text, "ark:" in text) == (True, False), address


def test_linked_data_of_what_was_withdrawn_is_gone_where_its_page_says_so_and_says_no_more(house, client):
    told, hidden = withdrawn_with_a_notice(house), a_testimony(house, contributor=ALL)
    _withdraw(house, hidden, notice=False)
    for made, status in ((told, 410), (hidden, 404)):
        assert client.get(f"/en{made.path}").status_code == status
        for answer in (client.get(f"/en{made.path}", headers=LINKED), client.get(f"{made.path}.jsonld")):
            assert answer.status_code == status
            assert "22 November 2026" not in answer.text.replace("Printed 22 November 2026", "")
    assert client.get(f"/press/{told.public_id}.jsonld").status_code == 404


def test_a_moment_that_is_cited_is_found_from_the_permanent_address(house, ark):
    made = a_testimony(house)
    assert ark(f"{made.public_id}?t=12:04").headers["Location"] == f"/en{made.path}?t=12%3A04"
    assert ark(f"{made.public_id}?").headers["Location"] == f"/en{made.path}"


def test_a_slip_of_the_pen_is_told_from_the_address_alone_and_what_is_hidden_from_nothing(house, ark):
    shown, hidden = a_testimony(house), a_testimony(house, published=False)

    def slipped(public_id: str) -> str:
        return public_id[:-1] + ALPHABET[(ALPHABET.index(public_id[-1]) + 1) % len(ALPHABET)]

    told = {ark(slipped(each)).text for each in (shown.public_id, hidden.public_id, new_public_id())}
    assert len(told) == 1
    assert "slip of the pen" in told.pop()
    never, unseen = ark(new_public_id()), ark(hidden.public_id)
    assert (unseen.status_code, unseen.text) == (404, never.text)
    assert "slip of the pen" not in never.text
    assert ark("short").status_code == 404


def test_a_permanent_address_leads_to_whoever_somebody_is_read_as_one_with(house, ark, app):
    one, other = a_remembrance(house), a_remembrance(house)
    client = app.test_client()
    decide(house, an_actor(house, "editor", "moderator"), one, other, "take", "same")
    ends = {
        client.get(ark(each.public_id).headers["Location"], follow_redirects=True).request.path
        for each in (one, other)
    }
    assert ends == {f"/en{one.path}"}


def test_at_a_permanent_address_stands_the_notice_of_a_withdrawal_where_its_family_wished_it(house, ark):
    made = withdrawn_with_a_notice(house)
    answer = ark(made.public_id, Accept_Language="tr")
    assert (answer.status_code, 'lang="tr"' in answer.text) == (410, True)
    assert "22 November 2026" in answer.text
