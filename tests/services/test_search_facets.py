"""A search can be narrowed and asked more exactly; both engines find the same, and only what the reader may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from memorial.domain.content import NameContent, TextContent
from memorial.models import WrittenName
from memorial.services import search as service
from memorial.services.search import search
from tests.builders import a_press_account, a_remembrance, a_testimony, public, some_content
from tests.importing import publish

ACCOUNTS = [
    ("press-a", "The Synthetic Gazette", "Baku", "1992-02-28", "en", "apricot and hospital train"),
    ("press-b", "The Synthetic Gazette", "Moscow", "1992-03-01", "ru", "apricot, a train to the hospital"),
    ("press-c", "The Synthetic Times", "Baku", "1993-02-26", "en", "apricots and a hospital train"),
]


def _accounts(house) -> None:
    publish(
        house,
        "press_accounts",
        *(
            {
                "id": name, "kind": "quotation", "publication": paper, "city": city, "date": day, "language": language, "headline": f"About {name}",
                "quotation": words,
            }
            for name, paper, city, day, language, words in ACCOUNTS
        ),
    )  # fmt: skip


def _find(house, query: str, **more):
    with house.session(public(house)) as session:
        return search(session, query, **more)


def _titles(house, query: str, **more) -> list[str]:
    return sorted(entry.title for entry in _find(house, query, **more).entries)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"hospital train"', "ac"),
        ("hospital train", "abc"),
        ("hospital -moscow", "ac"),
        ('hospital -"hospital train"', "b"),
        ("apricot", "ab"),
        ("apricot*", "abc"),
        ("Gazette -times", "ab"),
        ("газетте", "ab"),
    ],
)
def test_phrases_exclusions_and_beginnings(house, query, names):
    _accounts(house)
    assert _titles(house, query) == [f"About press-{name}" for name in names]


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ({"year": "1992"}, "ab"),
        ({"language": "en"}, "ac"),
        ({"place": "Baku"}, "ac"),
        ({"publication": "The Synthetic Times"}, "c"),
        ({"publication": "The Synthetic Gazette", "place": "Moscow"}, "b"),
        ({"kind": "press"}, "abc"),
        ({"kind": "event"}, ""),
        ({"source": "nothing"}, ""),
    ],
)
def test_a_search_is_narrowed_inside_the_cut(house, narrowed, names):
    _accounts(house)
    assert _titles(house, "hospital", narrowed=narrowed) == [f"About press-{name}" for name in names]


def test_the_ways_to_narrow_count_the_hits_that_came_through(house):
    _accounts(house)
    a_press_account(house, published=False, content=_about("hospital in hiding"))
    facets = _find(house, "hospital").facets
    counted = {name: {each.value: each.count for each in choices} for name, choices in facets.items()}
    assert counted["kind"] == {"press": 3}
    assert counted["year"] == {"1992": 2, "1993": 1}
    assert counted["place"] == {"Baku": 2, "Moscow": 1}
    assert counted["publication"] == {"The Synthetic Gazette": 2, "The Synthetic Times": 1}
    assert counted["language"] == {"en": 2, "ru": 1}


def _about(words: str):
    return replace(
        some_content("press"), texts=[TextContent("title", "Synthetic"), TextContent("quotation", words)]
    )


def test_by_date_the_first_comes_first_and_what_has_no_day_last(house):
    _accounts(house)
    a_testimony(house, content=replace(some_content("testimony"), texts=[TextContent("testimony", "hospital", part="text")], date_edtf="", date_words=""))  # fmt: skip
    days = [entry.when.edtf for entry in _find(house, "hospital", order="date").entries]
    assert days[:3] == ["1992-02-28", "1992-03-01", "1993-02-26"]
    assert len(days) == 4
    assert date.fromisoformat(days[0]) == date(1992, 2, 28)


@pytest.mark.parametrize("typed", ["hosptal", "hospitall", "hosipital", "hopsital", "hospitol"])
def test_a_letter_typed_wrongly_is_forgiven_and_said(house, typed):
    _accounts(house)
    found = _find(house, typed)
    assert len(found.entries) == 3
    assert found.instead == ["hospital"]
    assert "\u0002hospital\u0003" in found.entries[0].snippet


def test_what_is_said_instead_is_said_as_it_is_printed(house):
    a_press_account(house, content=_about("the road to Khodjaly, synthetic"))
    found = _find(house, "Khodjali")
    assert (len(found.entries), found.instead) == (1, ["Khodjaly"])


PLACE = {
    "id": "place-s", "label": "Sintetikabad", "kind": "town",
    "variants": [{"spelling": each, "seeds": []} for each in ("Sintetikcalı", "Synthetykjaly", "Синтетикджалы")],
}  # fmt: skip


def test_a_place_is_found_in_texts_by_any_spelling_that_its_page_has(house):
    publish(house, "places", PLACE)
    a_press_account(house, content=_about("fire near Synthetykjaly, they said"))
    a_press_account(house, content=_about("another road"))
    for typed in ("Синтетикджалы", "sintetikcali", "Synthetykjaly", "Sintetikabad", "fire Sintetikcalı"):
        found = _find(house, typed)
        assert [entry.snippet for entry in found.entries if entry.kind == "press"] == [
            "\u0002fire\u0003 near \u0002Synthetykjaly\u0003, they said"
            if "fire" in typed
            else "fire near \u0002Synthetykjaly\u0003, they said"
        ], typed
        assert not found.partly
        assert not found.instead
    for typed in ("Синтетикджалы fier", "fier Sintetikcalı"):  # also where a letter of another word is wrong
        assert [entry.kind for entry in _find(house, typed).entries] == ["press"]
    for typed in ("said -Sintetikcalı", "siad -Синтетикджалы"):
        assert _find(house, typed).total == 0
    assert _find(house, "said -another").total == 1


def test_a_person_lends_a_text_no_other_spelling(house):
    """Who is known by two names is not a place: their other name may be another person's."""
    a_remembrance(
        house,
        content=replace(
            some_content("remembrance"), names=[NameContent("Sintetikcalı"), NameContent("Qurama")]
        ),
    )
    a_press_account(house, content=_about("fire near Qurama, they said"))
    assert [entry.kind for entry in _find(house, "Sintetikcalı").entries] == ["remembrance"]


def test_spellings_of_a_place_that_is_hidden_find_nothing(house):
    publish(house, "places", PLACE)
    a_press_account(house, content=_about("fire near Synthetykjaly, they said"))
    assert _find(house, "Синтетикджалы").total == 2  # the place itself and what was said of it
    ended = update(WrittenName).values(public_until=house.now() - timedelta(days=1))
    with house.writing(house.keeper()) as session:
        session.execute(ended, execution_options={"projection": True})
    assert [entry.kind for entry in _find(house, "Синтетикджалы").entries] == ["place"]


def test_a_wrong_letter_does_not_bring_what_is_hidden(house):
    a_press_account(house, published=False, content=_about("hospital in hiding"))
    found = _find(house, "hosptal")
    assert (list(found.entries), list(found.instead), found.total) == ([], [], 0)


def test_a_search_within_a_source_finds_what_rests_on_it(house):
    publish(
        house, "sources", {"id": "src-synthetic", "kind": "book", "title": "A synthetic book", "year": "1994"}
    )
    publish(
        house, "timeline",
        {"id": "event-s", "title": "A hospital somewhere", "date": "1992-02-26", "seed_refs": ["src-synthetic, p. 3"]},
        {"id": "event-t", "title": "A hospital elsewhere", "date": "1992-02-27"},
    )  # fmt: skip
    [choice] = _find(house, "hospital").facets["source"]
    assert (choice.words.startswith("A synthetic book"), choice.count) == (True, 1), choice.words
    assert _titles(house, "hospital", narrowed={"source": choice.value}) == ["A hospital somewhere"]


def test_of_very_many_hits_the_ways_to_narrow_are_of_the_best_and_say_no_number(house, monkeypatch):
    _accounts(house)
    monkeypatch.setattr(service, "FACTED", 2)
    monkeypatch.setattr(service, "SAMPLED", 2)
    facets = _find(house, "hospital").facets
    assert [(each.value, each.count) for each in facets["kind"]] == [("press", 3)]
    assert {each.count for name, choices in facets.items() if name != "kind" for each in choices} == {0}
    by_day = _find(house, "hospital", order="date").facets
    assert {each.value: each.count for each in by_day["year"]} == {"1992": 2, "1993": 1}
