"""Words that whoever gathered the collection sets (about, up to, bodies, booklet) are the page's; what is printed is not.
Everything is synthetic."""

from __future__ import annotations

import html
import re

import pytest

from memorial.domain.views import Assertion
from memorial.services.collection.statements import BEFORE
from memorial.web.templating import _bound
from memorial.web.work_labels import KINDS, label_parts
from tests.importing import publish

UNITS = (
    "bodies",
    "families",
    "vehicles",
    "pieces",
    "graves",
    "cases",
    "examinations",
    "square kilometres",
    "share",
)
WORDS = (
    "dozens", "hundreds", "hundreds, possibly thousands", "a few dozen", "denied figure", "widely accepted",
    "vary from … to as many as", "as many as … may have",
)  # fmt: skip


@pytest.fixture
def engine_name() -> str:
    """Nothing here has SQL of its own."""
    return "sqlite"


@pytest.fixture
def said(app):
    """A macro of _parts/coded.html in a language, as plain words."""
    base = app.jinja_env

    def words(code: str, macro: str, *given: object) -> str:
        module = _bound(base, code, app.extensions["static"]).get_template("_parts/coded.html").module
        return html.unescape(re.sub(r"<[^>]+>", "", str(getattr(module, macro)(*given)))).strip()

    return words


def figure(
    value: str, qualifier: str = "exact", unit: str = "persons", high: float | None = None
) -> Assertion:
    return Assertion("id", "killed", value, "Synthetic office", qualifier=qualifier, unit=unit, high=high)


@pytest.mark.parametrize(
    ("one", "english", "russian"),
    [
        (figure("600"), "600", "600"),
        (figure("about 600", "about"), "about 600", "около 600"),
        (figure("up to 500", "up_to"), "up to 500", "до 500"),
        (figure("200–300", "around", high=300), "around 200–300", "порядка 200–300"),
        (figure("51", unit="bodies", high=51.0), "51 bodies", "51 тело"),
        (figure("1", unit="bodies", high=1.0), "1 body", "1 тело"),
        (figure("more than 51", "more than", "bodies", 51.0), "more than 51 bodies", "более 51 тел"),
        (figure("dozens", "dozens", "bodies"), "dozens of bodies", "десятки тел"),
        (figure("dozens", "dozens"), "dozens", "десятки"),
        (figure("200", '"widely accepted"', high=200.0), "200 (widely accepted)", "200 (широко признано)"),
        (figure("0.94", unit="square kilometres", high=0.94), "0.94 square kilometres", "0.94 кв. км"),
        (figure("7", "zqword", "zqthings", 7.0), "7 zqthings (zqword)", "7 zqthings (zqword)"),
    ],
)
def test_a_figure_has_its_set_words_in_the_readers_language(said, one, english, russian):
    assert said("en", "amount", one) == english
    assert said("ru", "amount", one) == russian


@pytest.mark.parametrize("code", ["az", "ru", "tr"])
def test_no_set_word_stays_english(said, code):
    for word in BEFORE:
        assert said("en", "before", word, "7") == f"{word} 7"
        assert said(code, "before", word, "7") != f"{word} 7"
    same = {
        *(word for word in WORDS if said(code, "amount_words", word) == word),
        *(
            unit
            for unit in UNITS
            if said(code, "counted", "7", unit, 7) == said("en", "counted", "7", unit, 7)
        ),
        *(kind for kind in KINDS if said(code, "work_kind", kind) == kind),
    }
    assert same - {"film"} == set()


@pytest.mark.parametrize(
    ("label", "turkish"),
    [
        ("Khojaly Massacre (wiki article)", "Khojaly Massacre (viki maddesi)"),
        ("Campaign booklet without a title", "Başlıksız kampanya kitapçığı"),
        ("Synthetic leaflet without a title", "Başlıksız Synthetic leaflet"),
        ("Synthia Writer, letter, 2021", "Synthia Writer, mektup, 2021"),
        ("Synthetic Gazette, 6 March 1992", "Synthetic Gazette, 6 Mart 1992"),
        ("Synthetic Gazette, 28 May, year not given", "Synthetic Gazette, 28 Mayıs, yılı verilmemiş"),
        (
            "A report on the night of 25 to 26 February 1992",
            "A report on the night of 25 to 26 February 1992",
        ),
        ("<b>Gazette</b>, report", "<b>Gazette</b>, rapor"),
    ],
)
def test_a_works_short_name_keeps_its_own_words_and_says_the_others_in_the_readers_language(
    said, label, turkish
):
    assert said("tr", "work_label", label) == turkish
    assert said("en", "work_label", label) == label


def test_a_label_that_is_nothing_is_nothing():
    assert [part.words for part in label_parts("")] == [""]


def test_what_is_printed_stays_as_it_is_beside_them(house, client):
    row = {
        "id": "fig-1", "measure": "killed", "conflict_group": "killed", "value": 60, "qualifier": "more than",
        "unit": "bodies", "claimant": "Synthetic office", "as_printed": "more than 60 bodies, they said",
    }  # fmt: skip
    publish(house, "figures", row)
    page = client.get("/az/figures/killed").get_data(as_text=True)
    assert "60 rəqəmindən çox cəsəd" in page
    assert "more than 60 bodies, they said</q>" in page


def test_a_month_by_itself_is_in_the_pages_language_whichever_was_asked_first():
    from memorial.domain.views import When
    from memorial.web.when import in_words

    assert [in_words(When("1992-09"), code) for code in ("az", "tr", "ru", "en")] == [
        "sentyabr 1992", "Eylül 1992", "сентябрь 1992", "September 1992",
    ]  # fmt: skip
