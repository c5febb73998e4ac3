"""How a page or a work is cited: five styles, three files, and what Zotero reads in the page itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, TextContent
from tests.builders import ALL_MAY_VIEW, a_press_account, a_remembrance, a_testimony, some_content
from tests.zotero import from_coins, from_head, metas

HEADLINE = 'A <b>synthetic</b> "headline" & {more} 50%'


def text(answer) -> str:
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


@pytest.fixture
def account(house):
    content = some_content("press")
    detail = {
        **content.detail,
        "publication": "Synthetic Gazette",
        "byline": "By Anna Testperson",
        "city": "Testville",
    }
    title = [
        TextContent("title", HEADLINE, language="en"),
        TextContent("quotation", "Not cited words.", language="en"),
    ]
    return a_press_account(house, content=replace(content, texts=title, detail=detail))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_page_is_cited_in_five_styles_with_its_headline_as_words(client, account):
    page = text(client.get(f"/en/cite/press/{account.public_id}"))
    lines = dict(re.findall(r'id="in-(\w+)"[^>]*>(.*?)</p>', page, re.S))
    assert list(lines) == ["chicago", "apa", "mla", "iso690", "gost"]
    for line in lines.values():
        assert "A &lt;b&gt;synthetic&lt;/b&gt;" in line
        assert f"/en/press/{account.public_id}" in line
        assert "Not cited words" not in line
    assert page.count("data-copy=") == 6
    assert 'id="citation"' in page


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_zotero_saves_of_a_page_is_what_its_files_say(client, account):
    page = text(client.get(f"/en{account.path}"))
    links = dict(re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', page))
    answers = {kind: client.get(address) for kind, address in links.items() if "oembed" not in kind}
    assert set(answers) == {
        "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json",
    }  # fmt: skip
    for kind, answer in answers.items():
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert re.fullmatch(
            r'attachment; filename="?press-\w+\.(bib|ris|csl\.json)"?', answer.headers["Content-Disposition"]
        )
        assert answer.headers["Cache-Control"] == "no-cache"
    (item,) = json.loads(answers["application/vnd.citationstyles.csl+json"].data)
    (ris,) = rispy.loads(answers["application/x-research-info-systems"].get_data(as_text=True))
    library = bibtexparser.parse_string(
        answers["application/x-bibtex"].get_data(as_text=True), append_middleware=[LatexDecodingMiddleware()]
    )
    (bibtex,) = [{name: field.value for name, field in each.fields_dict.items()} for each in library.entries]
    for saved in (from_head(page), from_coins(page)):
        assert saved["itemType"] == "newspaperArticle"
        assert saved["title"] == HEADLINE == item["title"] == ris["title"] == bibtex["title"]
        assert saved["creators"] == ["By Anna Testperson"] == ris["authors"]
        assert saved["publicationTitle"] == "Synthetic Gazette" == ris["secondary_title"] == bibtex["journal"]
        assert saved["url"] == item["URL"] == bibtex["url"] == ris["urls"][0]
        assert saved["url"].endswith(f"/en/press/{account.public_id}")


@pytest.mark.parametrize("kind", ["press", "document", "event", "place", "testimony", "remembrance"])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_kind_of_page_says_what_it_is(house, client, kind):
    from tests.builders import a_record

    open_to_all = {rules.EVERY_PART: rules.everything()}
    if kind in ("testimony", "remembrance"):
        made = a_record(house, kind, contributor={rules.EVERY_PART: ALL_MAY_VIEW}, archive=open_to_all)
    else:
        made = a_record(house, kind, contributed=False, archive=open_to_all)
    page = text(client.get(f"/ru{made.path}"))
    expected = {"press": "newspaperArticle", "document": "statute"}.get(kind, "webpage")
    assert from_head(page)["itemType"] == from_coins(page)["itemType"] == expected
    assert from_head(page)["title"] == from_coins(page)["title"]
    assert 'class="citation"' in text(client.get(f"/ru/cite/{kind}/{made.public_id}"))


def test_a_withheld_name_is_in_no_form_of_a_citation(house, client):
    content = Content(
        language="en",
        texts=[TextContent("testimony", "Synthetic words.", part="text")],
        names=[
            NameContent("Synthetic Realname", part="name"),
            NameContent("A synthetic neighbour", part="pseudonym", kind="pseudonym"),
        ],
    )
    made = a_testimony(house, content=content, contributor={rules.EVERY_PART: ALL_MAY_VIEW, "name": {}})
    forms = [made.path, f"/cite/testimony/{made.public_id}"]
    forms += [f"/cite/testimony/{made.public_id}.{ending}" for ending in ("bib", "ris", "csl.json")]
    for form in forms:
        found = text(client.get(f"/en{form}"))
        assert "A synthetic neighbour" in found
        assert "Realname" not in found


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_page_without_any_name_is_cited_in_the_readers_words(house, client):
    content = replace(some_content("remembrance"), texts=[])
    made = a_remembrance(house, content=content, contributor={rules.EVERY_PART: ALL_MAY_VIEW, "name": {}})
    assert dict(metas(text(client.get(f"/en{made.path}"))))["citation_title"] == "Name not shown"
    assert "Name not shown" in text(client.get(f"/en/cite/people/{made.public_id}.bib"))


@pytest.mark.parametrize("ending", ["bib", "ris", "csl.json"])
def test_a_hidden_page_has_no_file(house, client, ending):
    made = a_testimony(house, published=False)
    assert client.get(f"/en/cite/testimony/{made.public_id}.{ending}").status_code == 404
    other = a_testimony(house)
    assert client.get(f"/en/cite/press/{other.public_id}.{ending}").status_code == 404
    assert client.get(f"/en/cite/testimony/{other.public_id}.pdf").status_code == 404
