"""Scans and photographs through the desk's own pages. Every file and word added is synthetic."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest

from memorial import jobs
from tests.pdfs import a_pdf
from tests.services.published.changing import load
from tests.services.published.test_attaching import an_image, first_of
from tests.web.desk.people import a_colleague, signed_in, token_in
from tests.web.desk.test_published import versions, words

WORDS = {
    "alt": "zqgrey page of nobody", "rights": "zqholder of nothing", "basis": "zqground", "credit": "zqscanner",
    "date": "1992~", "content_note": "zqnote", "why": "A synthetic reason.",
}  # fmt: skip


@pytest.fixture
def engine_name() -> str:
    """What has SQL of its own is tested in tests/services/published on both engines."""
    return "sqlite"


@pytest.fixture
def collection(house):
    load(house, "sources", "press_accounts", "places", most=2)


@pytest.fixture
def editor(app, house, collection):
    return signed_in(app, house, a_colleague(house, "editor"))


def send(client: Any, address: str, content: bytes | None = None, **typed: str) -> Any:
    form: dict[str, Any] = {**WORDS, "do": "save", **typed}
    form |= dict(
        re.findall(r'name="(seen|csrf_token)" value="([^"]*)"', client.get(address).get_data(as_text=True))
    )
    if content is not None:
        form["files"] = (io.BytesIO(content), "synthetic.bin")
    return client.post(address, data=form, content_type="multipart/form-data")


def published(client: Any, kept: Any) -> str:
    """The item's page as whoever decides reads it; then it is published."""
    assert kept.status_code == 302, words(kept)
    item = kept.headers["Location"].split("?")[0]
    page = client.get(item)
    acts = {"csrf_token": token_in(page), "note": "Synthetic."} | versions(page)
    assert client.post(f"{item}/publish", data=acts).status_code == 302
    return html.unescape(page.get_data(as_text=True))


REFUSED = [
    ({"alt": ""}, an_image(), "This is needed."),
    ({"rights": ""}, an_image(), "This is needed."),
    ({"why": ""}, an_image(), "Write the reason"),
    ({"date": "1992-02-30"}, an_image(), "no day of the calendar"),
    ({}, None, "Choose the file."),
    ({}, b"", "Choose the file.|This file is empty"),
    ({}, b"<html><script>alert(1)</script>", "This file is a web page"),
    ({}, an_image()[:700], "The end of this picture is missing"),
    ({}, a_pdf(b"/S/JavaScript"), "This PDF holds a program"),
]


def test_a_form_that_is_refused_says_why_and_keeps_every_word(house, editor):
    name = first_of(house, "press_accounts")
    object_page = editor.get(f"/en/desk/published/press_accounts/{name}")
    address = f"/en/desk/attach/press_accounts/{name}"
    assert f'href="{address}"' in object_page.get_data(as_text=True)
    for typed, content, reason in REFUSED:
        answer = send(editor, address, content, graphic="yes", **typed)
        said = words(answer)
        assert answer.status_code == 422, said
        assert re.search(reason, said), (typed, said)
        raw = answer.get_data(as_text=True)
        for field, written in {**WORDS, **typed}.items():
            assert not written or written in html.unescape(raw), field
        assert re.search(r'name="graphic" value="yes" checked', raw)
    looked = send(editor, address, do="look")
    assert looked.status_code == 200
    assert "Understood as:" in words(looked)
    assert list(house.storage.listing("originals")) == []


def test_a_photograph_of_a_place_goes_from_the_form_to_its_page_and_away_again(house, client, editor):
    name = first_of(house, "places")
    home, address = f"/en/desk/published/places/{name}", f"/en/desk/attach/places/{name}"
    public = re.search(r'href="(/en/places/[^"]+)"', editor.get(home).get_data(as_text=True))
    assert public is not None
    assert "This is a PDF" in words(send(editor, address, a_pdf()))
    kept = send(editor, address, an_image(), graphic="yes")
    assert "zqgrey" not in client.get(public[1]).get_data(as_text=True)
    jobs.sweep(house)
    page = published(editor, kept)
    assert "zqholder of nothing" in page
    assert "Show this image" in page, "covered, and described first"
    shown = client.get(public[1]).get_data(as_text=True)
    assert "zqgrey page of nobody" in shown
    assert "zqholder of nothing; zqground" in shown
    assert "<img" not in shown[shown.index('id="pictures-heading"') :], (
        "graphic: not loaded before it is asked for"
    )
    copy = re.search(r'href="(/media/[^"]+)"', shown)
    assert copy is not None
    assert client.get(copy[1], buffered=True).status_code == 200
    mine = re.search(r'href="(/en/desk/attached/[^"]+)"', editor.get(home).get_data(as_text=True))
    assert mine is not None
    published(editor, send(editor, mine[1], alt="zqother words", graphic=""))
    assert "zqother words" in client.get(public[1]).get_data(as_text=True)
    published(editor, send(editor, mine[1], do="remove", alt="", rights=""))
    assert "zqother" not in client.get(public[1]).get_data(as_text=True)
    assert client.get(copy[1]).status_code == 404
    history = words(editor.get(home))
    assert history.count("Compare with what stands, or go back to it") == 2
    assert editor.get(mine[1]).status_code == 404


def test_a_pdf_stands_on_the_page_as_a_download_with_its_size(house, client, editor):
    name = first_of(house, "press_accounts")
    public = re.search(
        r'href="(/en/press/[^"]+)"',
        editor.get(f"/en/desk/published/press_accounts/{name}").get_data(as_text=True),
    )
    assert public is not None
    kept = send(editor, f"/en/desk/attach/press_accounts/{name}", a_pdf())
    jobs.sweep(house)
    proof = re.search(r'href="(/media-proof/[^"]+)"', published(editor, kept))
    assert proof is not None
    assert editor.get(proof[1], buffered=True).headers["Content-Disposition"] == "attachment"
    page = client.get(public[1]).get_data(as_text=True)
    link = re.search(r'<a class="action" href="(/media/[^"]+/scan.pdf)" download>([^<]+)</a>', page)
    assert link is not None, page
    assert re.search(r"PDF, [\d.]+\s\wB", html.unescape(link[2]))
    assert "A scan of it is on this page" in words(client.get(public[1])) or "As reproduced in" not in page
    answer = client.get(link[1], buffered=True)
    assert (answer.data, answer.content_type) == (a_pdf(), "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(link[1].removesuffix("/scan.pdf")).status_code == 404, (
        "the door of pictures lets none out"
    )
