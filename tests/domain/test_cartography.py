"""Which part of the world a map shows, and where on it a place lies. All these places are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.cartography import (
    KINDS,
    LATITUDES,
    LONGITUDES,
    SHAPES,
    Box,
    Spot,
    around,
    crowded,
    cut,
    fitted,
    is_drawn,
    kind_of,
    runs,
    scale_of,
    sheets,
)

TOWN = [(46.79, 39.91), (46.83, 39.94), (46.75, 39.82), (46.93, 39.99)]
COUNTRY = [(44.51, 40.18), (49.87, 40.41), (46.36, 40.68), (48.85, 38.75)]
WORLD = [(4.31, 52.08), (104.76, -2.98)]


def spots(*positions: tuple[float, float]) -> list[Spot]:
    return [Spot(number, x, y, f"Synthetic {number}") for number, (x, y) in enumerate(positions, 1)]


def test_north_is_up_and_east_is_right():
    box = Box(40, 30, 50, 40)
    assert box.across(40, 40) == (0, 0)
    assert box.across(50, 30) == (1, 1)
    assert box.across(45, 37.5) == (0.5, 0.25)


def test_far_places_and_crowded_ones_have_sheets_of_their_own():
    found = {sheet.key: sheet for sheet in sheets(spots(*TOWN, *COUNTRY, *WORLD))}
    assert list(found) == ["region", "close", "world"]
    assert [spot.number for spot in found["close"].spots] == [1, 2, 3, 4]
    assert [spot.number for spot in found["region"].spots] == [5, 6, 7, 8]
    assert [spot.number for spot in found["region"].unnamed] == [1, 2, 3, 4]
    assert [spot.number for spot in found["world"].spots] == [9, 10]
    assert found["region"].frames == [found["close"].box]
    assert found["world"].frames == [found["region"].box]


def test_every_place_is_labelled_on_exactly_one_sheet_whatever_the_community():
    for some in (TOWN, COUNTRY, WORLD, TOWN[:1], [*COUNTRY, *WORLD], [(179.9, 0.1), (-179.9, 0.2)], []):
        drawn = sheets(spots(*some))
        assert sorted(spot.number for sheet in drawn for spot in sheet.spots) == list(range(1, len(some) + 1))
        for sheet in drawn:
            assert all(sheet.box.holds(spot.position) for spot in [*sheet.spots, *sheet.unnamed])


def test_a_community_may_say_which_region_its_map_shows():
    found = sheets(spots(*TOWN, *COUNTRY), wanted=[46, 39, 48, 40.8])
    assert [spot.number for spot in found[-1].spots] == [5, 6, 8]
    assert found[0].box.covers(Box(46.01, 39.01, 47.99, 40.79))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-56, 84)), min_size=1, max_size=6))
def test_a_sheet_never_leaves_the_world(positions):
    for shape in (1.6, 2.0):
        box = fitted(positions, shape, margin=0.1)
        assert LONGITUDES[0] - 1e-6 <= box.west < box.east <= LONGITUDES[1] + 1e-6
        assert LATITUDES[0] - 1e-6 <= box.south < box.north <= LATITUDES[1] + 1e-6


def test_two_places_close_together_are_no_crowd():
    box = fitted(COUNTRY, 1.6)
    assert crowded(spots(*TOWN[:2]), box) is None
    assert crowded(spots(*TOWN), box).holds(TOWN[0])


def test_nought_by_nought_is_not_drawn_and_the_equator_is():
    assert not is_drawn(0, 0)
    assert not is_drawn(None, 40)
    assert is_drawn(0, 51.5)
    assert is_drawn(32.58, 0)


def test_every_kind_has_a_shape_of_its_own_so_that_the_map_needs_no_colour():
    assert set(SHAPES) == {*KINDS, "other"}
    assert len(set(SHAPES.values())) == len(SHAPES)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("town", "town"), ("city (as the seed calls it)", "town"), ("village", "village"), ("state or city", "region"),
        ("mountain pass", "ground"), ("memorial", "memorial"), ("place of a memorial", "other"),
        ("place, kind not stated", "other"), ("", "other"), ("şəhər", "town"), ("село", "village"), ("köy", "village"),
    ],
)  # fmt: skip
def test_a_kind_is_read_from_what_a_source_calls_the_place(form, kind):
    assert kind_of(form) == kind


def test_the_scale_is_a_round_number_that_fits():
    box = around((46.79, 39.91))
    assert scale_of(box) == 100
    assert 3 * scale_of(box) <= box.kilometres


def test_a_ring_and_a_line_are_cut_to_their_box():
    box = Box(0, 0, 10, 10)
    assert sorted(cut([(-5, -5), (5, -5), (5, 5), (-5, 5)], box)) == [(0, 0), (0, 5), (5, 0), (5, 5)]
    assert cut([(20, 20), (30, 20), (30, 30)], box) == []
    assert runs([(-5, 5), (5, 5), (20, 5), (30, 5), (9, 9), (9, 20)], box) == [
        [(-5, 5), (5, 5), (20, 5)],
        [(30, 5), (9, 9), (9, 20)],
    ]
