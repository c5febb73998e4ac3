"""Languages: addresses, the way from `/`, and words for every page in all four."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from memorial.domain.views import When
from memorial.services import site
from memorial.services.collection.questions import OURS
from memorial.web.languages import CATALOGUES, catalogue, words
from memorial.web.templating import capital, language_name, number, size, text_direction
from memorial.web.when import in_words
from tests.importing import publish

MEMORIAL = Path(__file__).resolve().parents[3] / "memorial"


@pytest.mark.parametrize(
    ("asked", "code"),
    [("az,en;q=0.5", "az"), ("de, ru;q=0.3", "ru"), ("de", "en"), ("", "en"), ("tr-TR", "tr")],
)
def test_the_bare_address_leads_to_the_readers_language(client, asked, code):
    answer = client.get("/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{code}/")
    assert "Accept-Language" in answer.headers["Vary"]


def test_an_unknown_language_is_not_there(client):
    for path in ["/xx/", "/fr/people", "/EN/people", "/en2/people"]:
        assert client.get(path).status_code == 404


def test_the_archive_may_offer_fewer_languages(house, client):
    with house.writing(house.keeper()) as session:
        site.change(session, {"languages": ["az", "ru"]})
    assert client.get("/en/").status_code == 404
    assert client.get("/ru/").status_code == 200
    assert client.get("/", headers={"Accept-Language": "en"}).headers["Location"] == "/az/"


def test_the_archives_own_words_come_in_the_readers_language(house, client):
    with house.writing(house.keeper()) as session:
        site.change(session, {"name": {"en": "Synthetic Archive", "az": "Sintetik Arxiv"}})
    assert "Sintetik Arxiv" in client.get("/az/people").get_data(as_text=True)
    assert "Synthetic Archive" in client.get("/tr/people").get_data(as_text=True)


PUBLIC = re.compile(r"web/(templates/(base|public|_parts)|public/|errors|when)")


@pytest.mark.parametrize("code", ["az", "ru", "tr"])
def test_every_word_of_the_public_pages_is_translated(code):
    known: set[str] = set()
    for path in catalogue(code).parent.glob("*.po"):
        with path.open("rb") as source:
            known |= {
                (message.id if isinstance(message.id, str) else message.id[0])
                for message in read_po(source, locale=code)
                if message.id
                and (all(message.string) if isinstance(message.string, (tuple, list)) else message.string)
                and not message.fuzzy
            }
    wanted: set[str] = set(OURS)
    methods = [("web/templates/**.html", "jinja2"), ("web/**.py", "python")]
    for file, _line, message, _comments, _context in extract_from_dir(
        MEMORIAL, methods, {}, comment_tags=(), directory_filter=lambda _folder: True
    ):
        if PUBLIC.search(f"web/{file.removeprefix('web/')}"):
            wanted.add(message if isinstance(message, str) else message[0])
    assert sorted(wanted - known) == []


def test_a_question_is_asked_in_the_readers_language_and_anothers_title_stays(house, client):
    figure = {"id": "fig-1", "value": 7, "claimant": "Synthetic office", "qualifier": "exact"}
    publish(
        house, "figures", figure | {"measure": "killed"}, figure | {"id": "fig-2", "measure": "lamps_lit"}
    )
    asked = client.get("/az/figures").get_data(as_text=True)
    assert ">Neçə nəfər öldürülüb</a>" in asked
    assert ' lang="">Lamps lit</a>' in asked
    page = client.get("/az/figures/killed").get_data(as_text=True)
    assert "<h1>Neçə nəfər öldürülüb</h1>" in page
    assert "How many people were killed" not in page
    assert client.get("/az/figures/killed.json").get_json()["question"] == "How many people were killed"


@pytest.mark.parametrize("code", ["az", "ru", "tr"])
def test_a_translation_keeps_the_names_of_its_values(code):
    place = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    for path in catalogue(code).parent.glob("*.po"):
        with path.open("rb") as source:
            messages = [message for message in read_po(source, locale=code) if message.id]
        for message in messages:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            for string in filter(None, strings):
                assert set(place.findall(string)) == set(place.findall(ids[-1])), (message.id, string)


@pytest.mark.parametrize(("code", "forms"), [("az", 2), ("ru", 3), ("tr", 1)])
def test_what_is_counted_has_every_plural_form_of_its_language_and_no_other(code, forms, capsys):
    for path in catalogue(code).parent.glob("*.po"):
        with path.open("rb") as source:
            counted = [message for message in read_po(source, locale=code) if isinstance(message.id, tuple)]
        assert [message.id for message in counted if len([*filter(None, message.string)]) != forms] == [], (
            path
        )
    assert capsys.readouterr().out == "", "Babel prints what it had to leave out"


def test_no_compiled_file_is_kept():
    assert not list(CATALOGUES.rglob("*.mo"))
    assert words("az").gettext("People") == "İnsanlar"


@pytest.mark.parametrize(
    ("edtf", "given", "shown"),
    [
        ("1992-02-26", "", "26 February 1992"),
        ("1992-02-25T23:00", "", "25 February 1992, 23:00"),
        ("1992-02", "", "February 1992"),
        ("1961", "", "1961"),
        ("1961~", "", "about 1961"),
        ("1961?", "", "1961, not certain"),
        ("196X", "", "the 1960s"),
        ("1961-21", "", "spring 1961"),
        ("[1992-02-25,1992-02-26]", "", "25 February 1992 or 26 February 1992"),
        ("1988/1991", "", "1988 – 1991"),
        ("1988/..", "", "from 1988"),
        ("XXXX-05-28", "", "28 May, year not given"),
        ("1992-13-45", "on a winter night", "on a winter night"),
        ("", "the year of the flood", "the year of the flood"),
        ("{1960..1970}", "", "{1960..1970}"),
    ],
)
def test_dates_are_said_in_words(edtf, given, shown):
    assert in_words(When(edtf, given), "en") == shown


def test_dates_sizes_and_numbers_follow_the_language():
    assert in_words(When("1992-02-26"), "ru") == "26 февраля 1992"
    assert in_words(When("1992-02-26"), "az") == "26 fevral 1992"
    assert number("en", 1324) == "1,324"
    assert number("az", 0.94) == "0,94"
    assert size("en", 84_000) == "84 KB"
    assert language_name("en", "az") == "Azerbaijani"
    assert language_name("en", "zz-nobody") == "zz-nobody"
    assert text_direction("fa") == "rtl"
    assert [capital(code, "indirebilir") for code in ("tr", "en")] == ["İndirebilir", "Indirebilir"]
