"""A moment of a testimony in another house, oEmbed, and previews of links: what may be reused, and nothing once it is taken back."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from memorial.domain import consent as rules
from memorial.domain.content import TextContent
from memorial.gate import Actor
from memorial.models import Contribution, Record
from memorial.services import withdrawal
from tests.builders import a_press_account, a_testimony, some_content
from tests.iiif import EVERYTHING, a_photograph, agree, everything
from tests.states import with_notice
from tests.walking import whole

VIEW = {rules.EVERY_PART: rules.chosen(["public"], ["view", "download"])}
NEVER = "00000000000000"
HERE = "http://localhost"


def embedded(client, address: str, **more: str):
    return client.get("/oembed", query_string={"url": address, **more})


def head_of(page: str) -> dict[str, str]:
    return dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+|description)" content="([^"]*)">', page)
    )


def test_a_moment_shows_its_line_plays_between_two_moments_and_falls_silent_when_it_is_taken_back(
    house, client
):
    made = everything(house)
    path = f"/en/embed/{made.made.public_id}"
    answer = client.get(f"{path}?t=0:04,7")
    page = answer.text
    assert answer.status_code == 200
    assert f'<source src="/iiif/media/{made.copies["sound"]}#t=4,7" type="audio/ogg">' in page
    assert "Üç" in page
    assert "Three." in page  # beside it, in the language of the frame
    assert "Bir" not in page
    assert '<span class="withheld">[withheld]</span>' in page
    assert f'href="/en{made.made.path}?t=4" target="_blank"' in page
    assert "Synthetic Archive" in page  # whose work it is
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!/|http://localhost/)', page)  # nothing of anybody else's
    assert "Set-Cookie" not in answer.headers
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert '#t=4"' in client.get(f"{path}?t=4,3").text  # an end before its beginning is none
    for nonsense in ("x", "-1", "9" * 40, ",", "1,2,3", "٣"):
        assert client.get(path, query_string={"t": nonsense}).status_code == 200
    assert "Bütün şəhadət" in client.get(path.replace("/en/", "/az/")).text
    # No other page may be framed.
    assert client.get(f"/en{made.made.path}").headers["X-Frame-Options"] == "DENY"
    never = client.get(f"/en/embed/{NEVER}")
    assert never.status_code == 404
    assert "Nothing is shown here." in never.text
    agree(house, made.made, VIEW)
    assert client.get(f"/en{made.made.path}").status_code == 200  # it may still be looked at here
    assert whole(client.get(f"{path}?t=4")) == whole(never)
    assert client.get(f"/iiif/media/{made.copies['sound']}").status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_withdrawn_with_a_notice_the_frame_is_gone_and_says_no_more_than_of_what_never_was(house, client):
    made = everything(house, content=with_notice(some_content("testimony"), "synthetic"))
    assert client.get(f"/en/embed/{made.made.public_id}").status_code == 200
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.made.contribution_id)
        withdrawal.hide(
            session, Actor.family(made.made.ref, contribution.id), contribution, now=house.now(), notice=True
        )
    page, frame = client.get(f"/en{made.made.path}"), client.get(f"/en/embed/{made.made.public_id}")
    assert (page.status_code, frame.status_code) == (410, 410)
    assert "Withdrawn, says" not in frame.text
    assert frame.data == client.get(f"/en/embed/{NEVER}").data
    assert embedded(client, f"{HERE}/en{made.made.path}").status_code == 404
    assert client.get(f"/iiif/media/{made.copies['film']}").status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_oembed_gives_a_frame_of_a_testimony_a_link_of_other_pages_and_the_protocol_s_errors(house, client):
    made, press, kept = everything(house), a_press_account(house), a_testimony(house)
    address = f"{HERE}/az{made.made.path}?t=4"
    said = json.loads(embedded(client, address, maxwidth="400").data)
    assert (said["version"], said["type"], said["width"], said["height"]) == ("1.0", "rich", 400, 320)
    assert f'src="{HERE}/az/embed/{made.made.public_id}?t=4"' in said["html"]
    assert said["title"] == "Synthetic synthetic Narrator"
    root = ElementTree.fromstring(embedded(client, address, format="xml").data)
    assert {node.tag: node.text for node in root}["provider_url"] == f"{HERE}/az/"
    assert embedded(client, address).headers["Access-Control-Allow-Origin"] == "*"
    link = json.loads(embedded(client, f"{HERE}/en{press.path}").data)
    assert (link["type"], link["title"], "html" in link) == ("link", "A synthetic press", False)
    film = json.loads(
        embedded(client, f"{HERE}/en/embed/{made.made.public_id}?recording={made.video}&t=%22onload%3D").data
    )
    assert film["type"] == "video"
    assert "onload" not in film["html"]
    # The page itself says where to ask, and the answer is the same.
    page = client.get(f"/az{made.made.path}?t=4").text
    found = re.search(r'type="application/json\+oembed" title="[^"]*" href="([^"]+)"', page)
    assert found
    assert client.get(found[1].replace("&amp;", "&").removeprefix(HERE)).status_code == 200
    for wrong in (
        f"https://elsewhere.example/en{press.path}", f"{HERE}/en{kept.path}", f"{HERE}/en/people", f"{HERE}/xx{press.path}",
        f"{HERE}/en/press/{made.made.public_id}", "nonsense", "http://[", f"javascript:{press.path}", f"{HERE}/en/sources/{NEVER}",
    ):  # fmt: skip
        assert embedded(client, wrong).status_code == 404, wrong
    hidden = embedded(client, f"{HERE}/en{kept.path}")
    assert whole(hidden) == whole(embedded(client, f"{HERE}/en/testimonies/{NEVER}"))
    assert embedded(client, "").status_code == 400
    assert embedded(client, address, maxwidth="-1").status_code == 400
    assert embedded(client, address, format="yaml").status_code == 501


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_page_hands_out_the_lines_of_a_frame_only_where_it_may_be_shown_elsewhere(house, client):
    made = everything(house)
    page = client.get(f"/en{made.made.path}?t=4").text
    assert f"{HERE}/en/embed/{made.made.public_id}?t=4" in page
    assert "&lt;iframe src=" in page
    agree(house, made.made, VIEW)
    assert "&lt;iframe" not in client.get(f"/en{made.made.path}?t=4").text


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_preview_has_the_archive_s_own_words_and_no_picture_that_is_graphic_or_may_not_be_shown_elsewhere(
    house, client
):
    content = some_content("testimony")
    content.texts.append(TextContent("summary", "A synthetic summary & more.", language="en"))
    made = a_testimony(house, contributor=EVERYTHING, content=content)
    graphic = a_photograph(house, made, "A described wound", graphic=True)
    noted = a_photograph(house, made, "Another", content_note="Shows a wound")
    agree(house, made)
    told = head_of(client.get(f"/en{made.path}").text)
    assert (told["og:title"], told["og:locale"]) == ("Synthetic synthetic Narrator", "en_GB")
    assert told["og:url"] == f"{HERE}/en{made.path}"
    assert told["og:description"] == "A synthetic summary &amp; more."
    assert "og:image" not in told
    assert told["twitter:card"] == "summary"
    face = a_photograph(house, made, "A synthetic face")
    agree(house, made)
    told = head_of(client.get(f"/en{made.path}").text)
    assert told["og:image"] == f"{HERE}/iiif/image/{face}/full/1280,960/0/default.jpg"
    assert not {each for each in told.values() if graphic in each or noted in each}
    assert client.get(told["og:image"].removeprefix(HERE), buffered=True).status_code == 200
    with house.writing(house.keeper()) as session:
        session.get_one(Record, made.record_id).content_note = "Describes a killing"
    assert "og:image" not in head_of(client.get(f"/ru{made.path}").text)
    with house.writing(house.keeper()) as session:
        session.get_one(Record, made.record_id).content_note = ""
    agree(house, made, VIEW)
    page = client.get(f"/tr{made.path}").text
    assert face in page  # it is looked at here
    assert "og:image" not in head_of(page)
