"""Makes the lines that maps are drawn over, from Natural Earth as the npm package world-atlas carries it.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python benchmarks/map_lines.py region package/countries-10m.json --box 41.5 36.4 52 43.4 > static/map/region.json
    python benchmarks/map_lines.py world package/countries-110m.json > static/map/world.json

A region has land, lakes (`--lakes ne_10m_lakes.shp`, a Natural Earth shape file) and the boundaries of
states; the world has coasts alone, so that it says nothing of any boundary. docs/decisions/0013-the-map.md
says why. Another community makes a region of its own; static/map may hold several.
"""

from __future__ import annotations

import argparse
import itertools
import json
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from memorial.domain.cartography import LATITUDES, LONGITUDES, Box, Position, cut, runs

Line = list[Position]
WORLD = (LONGITUDES[0], LATITUDES[0], LONGITUDES[1], LATITUDES[1])
RELEASE = {"source": "Natural Earth", "version": "4.1.0", "year": 2018, "licence": "public domain"}


def arcs_of(topology: dict[str, Any]) -> list[Line]:
    """Every arc in degrees: quantised steps become positions (TopoJSON 1.0, 2.1.3)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        found.append(line)
    return found


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """The rings of a polygon or of several, each as numbers of arcs."""
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return [ring for polygon in geometry.get("arcs", ()) for ring in polygon]


def joined(ring: Iterable[int], arcs: list[Line]) -> Line:
    """A ring from its arcs; ~n is arc n the other way round."""
    line: Line = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += arc[1:] if line else arc
    return line


def boundaries(countries: list[dict[str, Any]], arcs: list[Line]) -> list[Line]:
    """Arcs that two states share."""
    users: dict[int, set[int]] = defaultdict(set)
    for place, country in enumerate(countries):
        for ring in rings_of(country):
            for number in ring:
                users[number if number >= 0 else ~number].add(place)
    return [arcs[number] for number, among in sorted(users.items()) if len(among) > 1]


def simplified(line: Line, within: float) -> Line:
    """Douglas and Peucker: no point is further than `within` degrees from what is left."""
    if len(line) < 3:
        return line
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, where = 0.0, 0
        for middle in range(first + 1, last):
            distance = off(line[middle], line[first], line[last])
            if distance > far:
                far, where = distance, middle
        if far > within:
            kept.add(where)
            waiting += [(first, where), (where, last)]
    return [line[place] for place in sorted(kept)]


def off(point: Position, start: Position, end: Position) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length)) if length else 0.0
    return float(((px - ax - along * dx) ** 2 + (py - ay - along * dy) ** 2) ** 0.5)


def unrolled(ring: Line) -> list[Line]:
    """A ring that crosses the line of date without its leap, and the same one turn to the west and east."""
    line, turns = ring[:1], 0
    for before, here in itertools.pairwise(ring):
        leap = here[0] - before[0]
        turns += (leap < -180) - (leap > 180)
        line.append((here[0] + 360 * turns, here[1]))
    return [[(x + turn, y) for x, y in line] for turn in (-360, 0, 360)]


def lakes_in(path: Path, box: Box) -> Iterator[Line]:
    """Outer rings of a shape file of polygons that lie in the box (ESRI, 1998)."""
    body, place = path.read_bytes(), 100
    while place < len(body):
        (words,) = struct.unpack(">i", body[place + 4 : place + 8])
        shape, place = body[place + 8 : place + 8 + 2 * words], place + 8 + 2 * words
        if shape[:4] != struct.pack("<i", 5):
            continue
        count, points = struct.unpack("<ii", shape[36:44])
        flat = struct.unpack(f"<{2 * points}d", shape[44 + 4 * count : 44 + 4 * count + 16 * points])
        starts = [*struct.unpack(f"<{count}i", shape[44 : 44 + 4 * count]), points]
        ring = list(zip(flat[::2], flat[1::2], strict=True))[: starts[1]]
        if any(box.holds(point) for point in ring):
            yield ring


def feature(kind: str, form: str, lines: list[Line], places: int) -> dict[str, Any]:
    coordinates = [[[round(x, places), round(y, places)] for x, y in line] for line in lines]
    if form == "MultiPolygon":
        return {
            "type": "Feature",
            "properties": {"kind": kind},
            "geometry": {"type": form, "coordinates": [[ring] for ring in coordinates]},
        }
    return {
        "type": "Feature",
        "properties": {"kind": kind},
        "geometry": {"type": form, "coordinates": coordinates},
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("what", choices=("region", "world"))
    reader.add_argument("countries", type=Path)
    reader.add_argument(
        "--box", type=float, nargs=4, default=WORLD, metavar=("WEST", "SOUTH", "EAST", "NORTH")
    )
    reader.add_argument("--lakes", type=Path)
    asked = reader.parse_args()
    region, box = asked.what == "region", Box(*asked.box)
    within, places, least = (0.004, 3, 4e-4) if region else (0.25, 1, 0.6)
    topology = json.loads(asked.countries.read_text(encoding="utf-8"))
    arcs = [simplified(arc, within) for arc in arcs_of(topology)]
    rings = [
        joined(ring, arcs) for land in topology["objects"]["land"]["geometries"] for ring in rings_of(land)
    ]
    whole = [turned for ring in rings for turned in unrolled(ring)]
    land = [ring for each in whole if len(ring := cut(each, box)) > 3 and area(ring) > least]
    features = [
        feature("land", "MultiPolygon", [[*ring, ring[0]] for ring in land if turns_right(ring)], places)
    ]
    holes = [[*ring, ring[0]] for ring in land if not turns_right(ring)]
    if asked.lakes:
        holes += [simplified(ring, within) for ring in lakes_in(asked.lakes, box)]
    if holes:
        features.append(feature("water", "MultiPolygon", holes, places))
    if region:
        shared = boundaries(topology["objects"]["countries"]["geometries"], arcs)
        lines = [run for line in shared for run in runs(line, box)]
        features.append(feature("boundary", "MultiLineString", lines, places))
    print(
        json.dumps(
            {"type": "FeatureCollection", "bbox": asked.box, **RELEASE, "features": features},
            separators=(",", ":"),
        )
    )


def area(ring: Line) -> float:
    return abs(signed(ring))


def signed(ring: Line) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def turns_right(ring: Line) -> bool:
    """Whether land lies inside it: outer rings go clockwise in TopoJSON from shape files, holes the other way."""
    return signed(ring) < 0


if __name__ == "__main__":
    main()
