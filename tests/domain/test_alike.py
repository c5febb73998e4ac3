"""When the archive asks whether two are one: the name and something more, and what speaks against it. All names are synthetic."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.alike import AGAINST, FOR, Pair, key_of, known, pair_of_key, score, union_with

ONE = known(["Sintetik Şəxs"], ["5 May 1950"], ["Synthetic town"])


@pytest.mark.parametrize(
    ("names", "born", "lived", "agrees", "ask"),
    [
        (["Шахс Синтетик", "Şəxs Sintetik"], ["1950"], [], ("name_exact", "year"), True),
        (["Sintetik Sexs"], [], ["SYNTHETIC TOWN"], ("name_exact", "place"), True),
        (["Sintetik Şəxs"], ["1950"], ["Synthetic town"], ("name_exact", "year", "place"), True),
        (["Sintetik Şəxs"], ["1951"], ["Elsewhere"], ("name_exact", "year_near"), True),
        (["Sintetik Şəxs"], ["about 1950"], [], ("name_exact", "year"), True),
        (["Sintetik Şəxs"], ["1950s"], [], ("name_exact",), False),
        (["Sintetik Şəxs"], [], [], ("name_exact",), False),
        (["S. Şəxs"], ["1950"], [], ("name_initial", "year"), False),
        (["S. Şəxs"], ["1950"], ["Synthetic town"], ("name_initial", "year", "place"), True),
        (["Sintetik"], ["1950"], ["Synthetic town"], (), False),
        (["Another Name"], ["1950"], ["Synthetic town"], (), False),
    ],
)
def test_two_are_asked_about_when_the_name_and_something_more_agree(names, born, lived, agrees, ask):
    other = known(names, born, lived)
    assert score(ONE, other) == score(other, ONE)
    assert (score(ONE, other).agrees, score(ONE, other).ask) == (agrees, ask)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"names": ["Elman Həsən oğlu Hacıyev"]}, {"names": ["Гаджиев Эльман Гасанович"]}, "father"),
        ({"names": ["Elman Həsən oğlu Hacıyev"]}, {"names": ["Elman Vəli oğlu Hacıyev"]}, "father_apart"),
        ({"names": ["Ülkər Hacıyeva"]}, {"names": ["Ülkər Hacıyev"]}, "sex_apart"),
        ({"names": ["Elman Hacıyev"], "born": ["1931"]}, {"names": ["Elman Hajiyev"], "born": ["1960"]}, "year_apart"),
        ({"names": ["Elman Hacıyev"], "age": ["34"]}, {"names": ["Elman Hajiyev"], "age": ["34"]}, "age"),
        ({"names": ["Elman Hacıyev"], "age": ["34"]}, {"names": ["Elman Hajiyev"], "age": ["62"]}, "age_apart"),
        ({"names": ["Elman Hacıyev"], "relatives": ["Kayun (killed)"]}, {"names": ["Elman Hajiyev"], "relatives": ["Kayun"]}, "relative"),
        ({"names": ["Elman Hacıyev"], "relatives": ["a son, not named"]}, {"names": ["Elman Hajiyev"], "relatives": ["a son, not named"]}, ""),
        ({"names": ["Elman Hacıyev"], "passages": [(1, "line 3")]}, {"names": ["Elman Hajiyev"], "passages": [(1, "line 3")]}, "passage"),
        ({"names": ["Elman Hacıyev"], "passages": [(1, "line 3")]}, {"names": ["Elman Hajiyev"], "passages": [(1, "line 8")]}, "listed_twice"),
        ({"names": ["Elman Hacıyev"], "passages": [(1, "")]}, {"names": ["Elman Hajiyev"], "passages": [(1, "")]}, ""),
    ],
)  # fmt: skip
def test_every_reason_for_and_against_has_a_name(one, other, reason):
    found = score(known(**one), known(**other))
    said = [*found.agrees, *found.against]
    assert said[0].startswith("name_")
    assert said[1:] == ([reason] if reason else [])


def test_what_speaks_against_it_weighs_more_than_an_equal_home():
    for names, more in (
        (["Elman Vəli oğlu Hacıyev"], {}), (["Elman Hacıyev"], {"born": ["1960"]}), (["Elman Hacıyeva"], {}),
        (["Elman Hacıyev"], {"passages": [(1, "line 8")]}),
    ):  # fmt: skip
        one = known(["Elman Həsən oğlu Hacıyev"], ["1931"], ["Synthetic town"], passages=[(1, "line 3")])
        found = score(one, known(names, lived=["Synthetic town"], **more))
        assert "place" in found.agrees
        assert found.against
        assert not found.ask


def test_nothing_but_a_name_is_ever_reason_enough():
    assert max(points for word, points in FOR.items() if word.startswith("name_")) < 4
    assert all(points < 0 for points in AGAINST.values())


def test_spellings_of_one_person_are_offered_and_others_seldom(shared: Path):
    """The pairs of corpora/names, with a family name in two scripts and an equal year of birth."""
    rows = map(json.loads, (shared / "corpora/names/person-names.jsonl").read_text().splitlines())
    asked = [(row["same"], _offered(row["a"], row["b"])) for row in rows]
    right, same, offered = (sum(each) for each in ([a and b for a, b in asked], *zip(*asked, strict=True)))
    assert right / same >= 0.94, f"{right} of {same}"
    assert right / offered >= 0.99, f"{right} of {offered}"


def _offered(one, other):
    return score(known([f"{one} Məmmədov"], ["1950"]), known([f"{other} Мамедов"], ["1950"])).ask


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=9), st.integers(1, 9))
def test_a_union_is_the_same_for_each_of_its_own(pairs: list[Pair], person):
    union = union_with(person, pairs)
    assert all(union_with(other, pairs) == union for other in union)
    assert all((one in union) == (other in union) for one, other in pairs)


def test_a_pair_has_one_name():
    assert key_of(12, 5) == key_of(5, 12) == "5-12"
    assert pair_of_key("5-12") == (5, 12)
    assert pair_of_key("") is pair_of_key("5") is pair_of_key("x-1") is None
