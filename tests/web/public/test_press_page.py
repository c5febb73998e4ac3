"""The page of a press account: other wordings, the same text elsewhere, where it is read, whom it names, and doubts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import render_template

from memorial.formats.jsonl import Row
from memorial.gate import Actor, shown
from memorial.models import Record
from memorial.services import consent
from memorial.services.collection import finish, import_objects

WORKS = [
    {"id": "src-seed-901", "kind": "booklet", "title": "Synthetic booklet", "cited_in": ["901_a.txt"]},
    {"id": "src-seed-902", "kind": "letter", "title": "Synthetic letter", "cited_in": ["902_b.txt"]},
]
FIRST: dict[str, Any] = {
    "id": "press-901", "kind": "quotation", "publication": "Synthetic Gazette", "headline": "A synthetic headline",
    "authors": ["Synthia Writer"], "byline_as_printed": None, "date": "1992-03-06", "attribution_confidence": "medium",
    "quotation": "The road was closed by Army units in the made-up hills.\n\nNobody invented came.",
    "quotation_segments": [
        {"text": "The road was closed by Army units in the made-up hills.", "seed_ref": "901_a.txt:L1-L3"},
        {"text": "Nobody invented came.", "seed_ref": "901_a.txt:L6-L7"},
    ],
    "media_cited_within": ["Synthetic Agency"], "caption_refs": ["901_a.txt:L4-L5"],
    "seed_refs": ["901_a.txt:L1-L3", "901_a.txt:L6-L7", "901_a.txt:L4-L5"], "reproduced_in": ["901_a.txt"],
    "persons_named": ["Kaspar", "Fritz Made-up"], "notes": ["Seed 902 reads otherwise, as does press-902."],
    "variants": [{
        "reproduced_in": "902_b.txt", "seed_refs": ["902_b.txt:L8-L9"], "attributed_as": "an invented daily",
        "quotation": "The road was closed by the Army units in the made-up hills.", "differences": "One article more.",
    }],
    "see_also": ["press-902"], "figure_ids": ["fig-901"],
}  # fmt: skip
SECOND: dict[str, Any] = {
    "id": "press-902", "kind": "quotation", "publication": "Synthetic Courier", "date": "1992-03-08",
    "quotation": "The road was closed by armed strangers in the made-up hills.", "figure_ids": ["fig-901"],
    "reproduced_in": ["902_b.txt"], "persons_named": ["Kaspar"], "see_also": ["press-901"],
}  # fmt: skip
KASPAR = {
    "id": "person-901", "label": "Kaspar", "accused": False, "fate": "killed", "roles": ["victim"],
    "names": [{"spelling": "Kaspar", "seeds": [{"seed": "901_a.txt", "first_ref": "901_a.txt:L1-L1", "occurrences": 1}]}],
    "seed_refs": ["901_a.txt:L1-L1"],
}  # fmt: skip
FIGURE = {
    "id": "fig-901", "measure": "synthetic", "claimant": "a synthetic claimant", "value": 71, "as_printed": "seventy-one",
    "press_account_id": "press-901",
}  # fmt: skip


def load(house, **objects: list[dict[str, Any]]) -> None:
    signed: dict[str, Any] = {"publish": True, "second": "command:other", "note_hash": "signed"}
    with house.writing(house.keeper()) as session:
        for kind, values in objects.items():
            rows = [Row(f"{kind}.jsonl", line, value) for line, value in enumerate(values, 1)]
            report = import_objects(session, Actor.command("one"), kind, rows, now=house.now(), **signed)
            assert not report.refused, report
        finish(session)


@pytest.fixture
def gazette(house):
    """Two synthetic accounts of one text, a person, a figure."""
    load(house, sources=WORKS, press_accounts=[FIRST, SECOND], people=[KASPAR], figures=[FIGURE])
    with house.session(house.keeper()) as session:
        return {each.external_id: each.public_id for each in session.query(Record) if each.external_id}


def hide(house, name: str) -> None:
    with house.writing(house.keeper()) as session:
        record = session.query(Record).filter(Record.external_id == name).one()
        nothing = consent.Said(consent.archive_party(session), "will", {})
        consent.append(session, record, nothing, by=Actor.system(), at=house.now())


def page(client, path: str) -> str:
    answer = client.get(f"/en{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def section(html: str, name: str) -> str:
    found = re.search(
        rf'<section class="section" aria-labelledby="{name}-heading">(.*?)</section>', html, re.S
    )
    return found[1] if found else ""


def test_what_is_known_and_doubted_of_an_account_stands_on_its_page(client, gazette):
    html = page(client, f"/press/{gazette['press-901']}")
    for words in ("Synthetic Agency", "None is printed where the archive has it from", "Not entirely sure"):
        assert words in html
    assert "<dt>Who is believed to have written it</dt><dd>Synthia Writer</dd>" in html
    notes = section(html, "notes")
    assert "Seed 902 reads otherwise" in notes
    assert "not of the newspaper" in notes
    assert re.search(r"seed 902: <a[^>]*>Synthetic letter", notes)
    assert f'href="/en/press/{gazette["press-902"]}">Synthetic Courier' in notes
    assert "broken into 2 pieces" in html
    found = section(html, "reproduced")
    assert "has not seen the original itself" in found
    assert "lines 1–3; lines 6–7; the caption with newspaper and date: lines 4–5" in found


def test_a_translation_stands_under_the_original_with_who_translated_and_a_citation_has_page_and_edition(
    house, client, gazette
):
    translation = {"language": "ru", "text": "Синтетический перевод.", "translator": "Synthia Nobody"}
    load(house, press_accounts=[FIRST | {
        "language": "en", "page": "A12", "edition": "second edition", "rights": "quotation right",
        "translations": [translation | {"seed_refs": ["src-seed-902, p. 3"]}, {"language": "az", "text": "Sintetik."}],
    }])  # fmt: skip
    address = f"/press/{gazette['press-901']}"
    html = page(client, address)
    order = [
        "Nobody invented came.</p>", "Translation into Russian by Synthia Nobody</figcaption>",
        '<blockquote lang="ru" dir="ltr"><p>Синтетический перевод.', ">Synthetic letter (letter)</a>, p. 3",
        "Translation into Azerbaijani. Who translated is not said.", "shown here: the right of quotation",
        "<dt>Page</dt><dd>A12</dd>", "<dt>Edition</dt><dd>second edition</dd>",
    ]  # fmt: skip
    assert sorted(order, key=html.index) == order
    said = {code: client.get(f"/{code}{address}").get_data(as_text=True) for code in ("az", "tr")}
    assert "Henüz çevrilmedi" in said["tr"]
    assert "Hələ tərcümə olunmayıb" not in said["az"], "it stands beneath"
    (item,) = client.get(f"/en/cite{address}.csl.json").json
    assert (item["page"], item["edition"]) == ("A12", "second edition")
    assert "edition = {second edition}" in page(client, f"/cite{address}.bib")
    assert "ET  - second edition" in page(client, f"/cite{address}.ris")


def test_another_wording_stands_beside_the_quotation_word_by_word(client, gazette):
    html = page(client, f"/press/{gazette['press-901']}")
    variants = section(html, "variants")
    assert "The road was closed by <ins>the</ins> Army units in the made-up hills." in variants
    assert "an invented daily" in variants
    assert "One article more." in variants
    assert "lines 8–9" in variants
    same = section(html, "same")
    assert f'href="/en/press/{gazette["press-902"]}"' in same
    assert "Synthetic Courier · 8 March 1992" in same
    assert "closed by <del>Army units</del> in" in same
    assert "closed by <ins>armed strangers</ins> in" in same
    assert "see_also" not in html


def test_whom_an_account_names_it_leads_to_only_where_that_spelling_is_theirs(client, gazette):
    named = section(page(client, f"/press/{gazette['press-901']}"), "people")
    assert f'href="/en/people/{gazette["person-901"]}">Kaspar</a>' in named
    assert "Fritz Made-up" in named
    assert named.count("<a ") == 1
    # Read in another work: perhaps another Kaspar.
    assert "<a " not in section(page(client, f"/press/{gazette['press-902']}"), "people")
    back = section(page(client, f"/people/{gazette['person-901']}"), "newspapers")
    assert gazette["press-901"] in back
    assert gazette["press-902"] not in back


def test_a_figure_stands_with_every_account_that_gives_it_and_leads_to_them(client, gazette):
    for name in ("press-901", "press-902"):
        assert "seventy-one" in section(page(client, f"/press/{gazette[name]}"), "figures")
    question = page(client, "/figures/synthetic")
    assert f'href="/en/press/{gazette["press-902"]}"' in question


def test_a_hidden_account_is_beside_no_other(house, client, gazette):
    hide(house, "press-902")
    for path in (f"/press/{gazette['press-901']}", "/figures/synthetic"):
        html = page(client, path)
        assert gazette["press-902"] not in html
        assert "armed strangers" not in html
        assert "Synthetic Courier" not in html


def test_a_full_page_costs_a_fixed_number_of_queries(client, gazette, count_queries):
    path = f"/press/{gazette['press-901']}"
    page(client, path)
    count_queries()
    page(client, path)
    assert count_queries() <= 23


def test_a_proof_shows_the_account_by_its_record_alone(app, client, house, gazette):
    """What the desk sees before publishing goes through the same page."""
    with house.session(house.keeper()) as session:
        record = session.query(Record).filter(Record.external_id == "press-901").one()
        view = shown(session, record)
    page(client, "/press")  # templates learn their language with the first request
    with app.test_request_context("/en/"):
        app.preprocess_request()
        html = render_template("public/press_account.html", record=view, citation="")
    assert "The road was closed by the Army units" in html
    assert "Kaspar; Fritz Made-up" in html
    assert "Seed 902 reads otherwise" in html
    assert "see_also" not in html
