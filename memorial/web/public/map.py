"""Maps as the page draws them: lines of Natural Earth cut to each sheet, places upon them, labels that keep apart.

    drawn(points)              # Drawing: the sheets and the list beside them; for _parts/map.html
    locator(spot)              # Drawing of one place in its country

No request leaves for it: the lines are files of the program (static/map, made by benchmarks/map_lines.py).
The finest file that holds the whole region is taken, else the coasts of the world.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from memorial.domain.cartography import (
    SHAPE,
    SHAPES,
    WORLD_SHAPE,
    Box,
    Position,
    Sheet,
    Spot,
    around,
    cut,
    kind_of,
    runs,
    scale_of,
    sheets,
)
from memorial.domain.map_labels import Label, Mark, place
from memorial.services.lists import MOST_POINTS
from memorial.web import static_files

WIDE = 800  # units of a sheet's own drawing
# The narrowest sheet in pixels: with numbers on a telephone of 320, with names from 48rem on.
NARROW, BROAD = 286.0, 680.0
LETTER, LONGEST = 9.4, 24
COARSE = 18.0  # degrees of latitude


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place on a sheet: per cent from its left and top, the shape of its kind, its two labels."""

    x: float
    y: float
    spot: Spot
    shape: str
    narrow: Label | None = None
    broad: Label | None = None  # the name; its number where `short`


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    key: str
    lines: Sequence[tuple[str, str]]  # land, water or boundary, and its path
    places: Sequence[Drawn]
    frames: Sequence[tuple[float, float, float, float]] = ()  # left, top, width, height in per cent
    kilometres: int = 0
    bar: float = 0.0  # per cent of the width


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines` tells which file the region was cut from; its boundaries are as of `year`."""

    sheets: Sequence[DrawnSheet] = ()
    spots: Sequence[Spot] = ()
    kinds: Sequence[tuple[str, str]] = ()  # kinds that occur, with their shapes
    lines: str = ""
    version: str = ""
    year: int = 0
    boundaries: bool = False
    more: bool = False


def drawn(points: Sequence[Spot], wanted: Sequence[float] = ()) -> Drawing:
    """Every place that has a position, as far as a map can hold them."""
    return _drawn(tuple(points[:MOST_POINTS]), tuple(wanted), len(points) > MOST_POINTS)


@lru_cache(maxsize=16)
def _drawn(points: tuple[Spot, ...], wanted: tuple[float, ...], more: bool) -> Drawing:
    return _drawing(sheets(points, wanted), points, more)


@lru_cache(maxsize=256)
def locator(spot: Spot) -> Drawing:
    """Where the lines are coarse, a part of the world large enough to know it by its coasts."""
    box = around(spot.position)
    if _file_for(box) is _file_for(None):
        box = around(spot.position, COARSE)
    return _drawing([Sheet("region", box, [spot])], [spot], False)


def _drawing(among: Sequence[Sheet], spots: Sequence[Spot], more: bool) -> Drawing:
    if not among:
        return Drawing()
    file = _file_for(among[0].box if among[0].key != "world" else None)
    kinds = {kind_of(spot.form) for spot in spots}
    return Drawing(
        [_sheet(sheet, file if sheet.key != "world" else _file_for(None)) for sheet in among],
        spots,
        [(kind, shape) for kind, shape in SHAPES.items() if kind in kinds],
        file.name,
        file.version,
        file.year,
        any(kind == "boundary" for kind, _ in file.lines),
        more,
    )


# -- lines ----------------------------------------------------------------------------------

Lines = Sequence[tuple[str, Sequence[Sequence[Position]]]]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    box: Box
    version: str
    year: int
    lines: Lines = field(repr=False)


@cache
def files() -> Sequence[File]:
    """The finest first: the one with the smallest box."""
    found = [_read(path.name) for path in sorted((static_files.ROOT / "map").glob("*.json"))]
    return sorted(found, key=lambda file: file.box.east - file.box.west)


def _read(name: str) -> File:
    held: dict[str, Any] = json.loads((static_files.ROOT / "map" / name).read_text(encoding="utf-8"))
    lines = []
    for feature in held["features"]:
        geometry = feature["geometry"]
        among = geometry["coordinates"]
        rings = [polygon[0] for polygon in among] if geometry["type"] == "MultiPolygon" else among
        lines.append((feature["properties"]["kind"], [[(x, y) for x, y in ring] for ring in rings]))
    return File(name, Box(*held["bbox"]), held["version"], held["year"], lines)


def _file_for(box: Box | None) -> File:
    among = files()
    return next((file for file in among if box and file.box.covers(box)), among[-1])


def _paths(file: File, box: Box, tall: float) -> list[tuple[str, str]]:
    """What lies in the box, a little beyond its edges, so that the cut itself is not seen."""
    beyond = box.grown(0.02)
    found = []
    for kind, lines in file.lines:
        if kind == "boundary":
            pieces = [(run, "") for line in lines for run in runs(line, beyond)]
        else:
            pieces = [(ring, "z") for line in lines if (ring := cut(line, beyond))]
        path = "".join(_path(box, piece, tall) + end for piece, end in pieces)
        if path:
            found.append((kind, path))
    return found


def _path(box: Box, line: Sequence[Position], tall: float) -> str:
    words, last = [], ""
    for x, y in (box.across(*point) for point in line):
        word = f"{round(x * WIDE)} {round(y * tall)}"
        if word != last:
            words.append(word)
        last = word
    return "M" + "L".join(words)


# -- places ---------------------------------------------------------------------------------


def _sheet(sheet: Sheet, file: File) -> DrawnSheet:
    shape = WORLD_SHAPE if sheet.key == "world" else SHAPE
    kilometres = 0 if sheet.key == "world" else scale_of(sheet.box)
    return DrawnSheet(
        sheet.key,
        _paths(file, sheet.box, WIDE / shape),
        _places(sheet, shape),
        [_frame(sheet.box, frame) for frame in sheet.frames],
        kilometres,
        round(100 * kilometres / sheet.box.kilometres, 1),
    )


def _places(sheet: Sheet, shape: float) -> list[Drawn]:
    among = [*sheet.spots, *sheet.unnamed]
    across = [sheet.box.across(*spot.position) for spot in among]
    labelled = set(sheet.spots)
    numbers = [len(str(spot.number or spot.label)) * LETTER if spot in labelled else 0.0 for spot in among]
    names = [_name_width(spot) if spot in labelled else 0.0 for spot in among]
    narrow = _labels(across, numbers, numbers, NARROW, shape)
    broad = _labels(across, names, numbers, BROAD, shape)
    return [
        Drawn(round(100 * x, 2), round(100 * y, 2), spot, SHAPES[kind_of(spot.form)], narrow[n], broad[n])
        for n, (spot, (x, y)) in enumerate(zip(among, across, strict=True))
    ]


def _name_width(spot: Spot) -> float:
    return LETTER * len(spot.label) if len(spot.label) <= LONGEST else 0.0


def _labels(
    across: Sequence[tuple[float, float]],
    widths: Sequence[float],
    short: Sequence[float],
    wide: float,
    shape: float,
) -> list[Label | None]:
    tall = wide / shape
    marks = [Mark(x * wide, y * tall, widths[n], short[n]) for n, (x, y) in enumerate(across)]
    return place(marks, wide, tall)


def _frame(box: Box, inner: Box) -> tuple[float, float, float, float]:
    left, top = box.across(inner.west, inner.north)
    right, bottom = box.across(inner.east, inner.south)
    return tuple(round(100 * each, 2) for each in (left, top, right - left, bottom - top))  # type: ignore[return-value]
