"""Support addresses, by country, as the archive lists them. The places are synthetic."""

from __future__ import annotations

import pytest

from memorial.services.site import site_of
from memorial.services.support import countries

ROWS = [
    {
        "country": "AZ",
        "name": {"az": "Sintetik xətt", "en": "A synthetic line"},
        "telephone": "+994 12 000 00 00",
        "hours": {"en": "day and night", "az": "gecə-gündüz"},
        "language": ["az", "ru"],
    },
    {"country": "TR", "name": "Synthetic house", "address": "https://house.example"},
    {"country": "az", "name": "Another", "telephone": "100"},
]


def test_they_stand_by_country_in_the_reader_s_language_with_a_number_to_call():
    (first, second) = countries(ROWS, "az")
    assert (first.name, second.name) == ("Azərbaycan", "Türkiyə")
    line = first.places[0]
    assert (line.name, line.call, line.hours) == ("Sintetik xətt", "tel:+994120000000", "gecə-gündüz")
    assert line.languages == "azərbaycan, русский"
    assert [place.name for place in first.places] == ["Sintetik xətt", "Another"]
    assert countries(ROWS, "en")[0].places[0].name == "A synthetic line"


def test_older_rows_with_a_label_are_still_shown():
    ((country),) = countries([{"label": "Somebody", "address": "tel:100"}], "en")
    assert (country.name, country.places[0].name, country.places[0].link) == ("", "Somebody", "tel:100")


@pytest.mark.parametrize("value", [None, [], "words", [3], [{"hours": "x"}], {"en": "words"}, [{"name": ""}]])
def test_a_setting_that_makes_no_sense_shows_nothing_and_breaks_no_page(value):
    assert site_of({"support": value}, "en").support == ()


def test_a_setting_runs_no_script():
    ((country),) = countries(
        [{"name": "x", "address": "javascript:alert(1)", "telephone": "javascript:1"}], "en"
    )
    assert (country.places[0].link, country.places[0].call) == ("", "tel:1")
