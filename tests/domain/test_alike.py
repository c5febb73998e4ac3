"""When the archive asks whether two are one: the whole name, and a year or a place. All names are synthetic."""

from __future__ import annotations

import pytest

from memorial.domain.alike import known, name_key, why_alike

ONE = known(["Sintetik Şəxs"], ["5 May 1950"], ["Synthetic town"])


@pytest.mark.parametrize(
    ("names", "born", "lived", "agrees"),
    [
        (["Шахс Синтетик", "Şəxs Sintetik"], ["1950"], [], ("name", "year")),
        (["Sintetik Sexs"], [], ["SYNTHETIC TOWN"], ("name", "place")),
        (["Sintetik Şəxs"], ["1950"], ["Synthetic town"], ("name", "year", "place")),
        (["Sintetik Şəxs"], ["1951"], ["Elsewhere"], ()),
        (["Sintetik Şəxs"], ["about 1950"], [], ("name", "year")),
        (["Sintetik Şəxs"], ["1950s"], [], ()),
        (["Sintetik Şəxs"], [], [], ()),
        (["Sintetik"], ["1950"], ["Synthetic town"], ()),
        (["Another Name"], ["1950"], ["Synthetic town"], ()),
    ],
)
def test_two_are_asked_about_when_the_name_and_something_more_agree(names, born, lived, agrees):
    other = known(names, born, lived)
    assert why_alike(ONE, other) == why_alike(other, ONE) == agrees


def test_a_name_is_the_same_in_any_order_and_script():
    assert name_key("Şəxs Sintetik") == name_key("SINTETIK sexs")
