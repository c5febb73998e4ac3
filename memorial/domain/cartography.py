"""Maps of places: which part of the world is drawn, what lies where on it, and what shape a kind has.

    sheets(spots)                  # the region, the crowded part of it, and the rest of the world
    box.across(46.79, 39.91)       # (0.42, 0.57): shares of the sheet's width and height, north up

Degrees are WGS 84, longitude first as in GeoJSON. A sheet is flat: a degree of longitude is as long
as it is in the sheet's middle, which is right to a hair for a region and plain for the world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from statistics import median

from memorial.domain.names import fold

Position = tuple[float, float]  # longitude, latitude
Ring = Sequence[Position]

KM = 111.2  # of a degree of latitude
REGION_KM = 450.0  # from the middle of the places; what lies further is drawn on the sheet of the world
SHAPE, WORLD_SHAPE = 1.6, 2.0  # width by height of a sheet
CROWDED = 0.045  # of a sheet's width: places nearer to each other than this are drawn larger beside it
LEAST = 0.35  # degrees of latitude that a sheet shows at least
LATITUDES, LONGITUDES = (-56.0, 84.0), (-180.0, 180.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a map. `number` is its number in the list beside the map, 0 where there is no list."""

    number: int
    longitude: float
    latitude: float
    label: str
    form: str = ""
    address: str = ""
    language: str = "und"

    @property
    def position(self) -> Position:
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the world between two meridians and two parallels."""

    west: float
    south: float
    east: float
    north: float

    def across(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - self.west) / (self.east - self.west)
        return x, (self.north - latitude) / (self.north - self.south)

    def holds(self, position: Position) -> bool:
        return self.west <= position[0] <= self.east and self.south <= position[1] <= self.north

    def covers(self, other: Box) -> bool:
        return self.holds((other.west, other.south)) and self.holds((other.east, other.north))

    def grown(self, by: float) -> Box:
        """Larger by a share of its own size on every side."""
        wide, tall = (self.east - self.west) * by, (self.north - self.south) * by
        return Box(self.west - wide, self.south - tall, self.east + wide, self.north + tall)

    @property
    def kilometres(self) -> float:
        """How wide it is in its middle."""
        return (self.east - self.west) * KM * cos(radians((self.north + self.south) / 2))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing: `spots` are labelled on it, `unnamed` are drawn without a label (they have one elsewhere)."""

    key: str  # region, close or world
    box: Box
    spots: Sequence[Spot]
    unnamed: Sequence[Spot] = ()
    frames: Sequence[Box] = ()  # what is drawn larger on another sheet


def is_drawn(longitude: float | None, latitude: float | None) -> bool:
    """Whether a position can be drawn. 0° 0′ is what a form writes for nothing: it is kept as given, and not drawn."""
    return longitude is not None and latitude is not None and (longitude, latitude) != (0, 0)


def sheets(spots: Sequence[Spot], wanted: Sequence[float] = ()) -> list[Sheet]:
    """The region where most places lie (or that a community wants: west, south, east, north), and what else is needed."""
    if not spots:
        return []
    near, region = _region(spots, wanted)
    close = crowded(near, region)
    inside = [spot for spot in near if close and close.holds(spot.position)]
    found = [
        Sheet("region", region, [s for s in near if s not in inside], inside, frames=[close] if close else [])
    ]
    if close:
        found.append(Sheet("close", close, inside))
    far = [spot for spot in spots if spot not in near]
    if far:
        corners = [(region.west, region.south), (region.east, region.north)] if near else []
        box = fitted([*(spot.position for spot in far), *corners], WORLD_SHAPE, margin=0.1)
        found.append(Sheet("world", box, far, frames=[region] if near else []))
    return [sheet for sheet in found if sheet.spots or sheet.unnamed]


def _region(spots: Sequence[Spot], wanted: Sequence[float]) -> tuple[list[Spot], Box]:
    if len(wanted) == 4:
        box = fitted([(wanted[0], wanted[1]), (wanted[2], wanted[3])], SHAPE)
        return [spot for spot in spots if box.holds(spot.position)], box
    middle = median(s.longitude for s in spots), median(s.latitude for s in spots)
    near = [spot for spot in spots if distance(spot.position, middle) <= REGION_KM] or [
        min(spots, key=lambda spot: distance(spot.position, middle))
    ]
    return near, fitted([spot.position for spot in near], SHAPE, margin=0.12)


def around(position: Position, tall: float = 2.2) -> Box:
    """The country about one place, so many degrees of latitude of it: some 400 km across, if not said otherwise."""
    return fitted([position], SHAPE, least=tall)


def fitted(positions: Iterable[Position], shape: float, margin: float = 0.0, least: float = LEAST) -> Box:
    """The smallest box of a shape (width by height on the ground) that holds all of them."""
    xs, ys = zip(*positions, strict=True)
    box = Box(min(xs), min(ys), max(xs), max(ys)).grown(margin)
    middle = (box.west + box.east) / 2, (box.south + box.north) / 2
    squeeze = cos(radians(max(-80.0, min(80.0, middle[1])))) if shape == SHAPE else 1.0
    tall = max(box.north - box.south, (box.east - box.west) * squeeze / shape, least)
    wide = min(tall * shape / squeeze, LONGITUDES[1] - LONGITUDES[0])
    tall = min(tall, LATITUDES[1] - LATITUDES[0])
    west, south = _within(middle[0], wide, LONGITUDES), _within(middle[1], tall, LATITUDES)
    return Box(west, south, west + wide, south + tall)


def _within(middle: float, size: float, limits: tuple[float, float]) -> float:
    return max(limits[0], min(middle - size / 2, limits[1] - size))


def distance(one: Position, other: Position) -> float:
    """Kilometres, near enough to tell near from far."""
    squeeze = cos(radians((one[1] + other[1]) / 2))
    return KM * hypot((one[0] - other[0]) * squeeze, one[1] - other[1])


def crowded(spots: Sequence[Spot], box: Box) -> Box | None:
    """Where three or more places lie so close together that their names cannot stand beside them."""
    reach = box.kilometres * CROWDED
    groups: dict[int, int] = {place: place for place in range(len(spots))}

    def head(place: int) -> int:
        while groups[place] != place:
            place = groups[place]
        return place

    for one in range(len(spots)):
        for other in range(one):
            if distance(spots[one].position, spots[other].position) < reach:
                groups[head(one)] = head(other)
    together: dict[int, list[Position]] = defaultdict(list)
    for place, spot in enumerate(spots):
        together[head(place)].append(spot.position)
    largest = max(together.values(), key=len, default=[])
    found = fitted(largest, SHAPE, margin=0.2, least=0.05) if len(largest) >= 3 else None
    return found if found and found.kilometres < box.kilometres / 2 else None


def scale_of(box: Box) -> int:
    """Kilometres of the bar that tells the scale: about a quarter of the width, a 1, 2 or 5 with noughts."""
    most = box.kilometres / 3
    steps = [step * 10**power for power in range(5) for step in (1, 2, 5)]
    return max((step for step in steps if step <= most), default=1)


# -- kinds ----------------------------------------------------------------------------------

# Each kind has a shape of its own, so that a map can be read without colour. The first word of what
# a source calls a place decides, in any of the four languages; what is not known here is "other".
KINDS = {
    "town": "city town capital seher qorod gorod sehir kasaba",
    "village": "village hamlet settlement kend qesebe selo derevnya poselok koy",
    "region": "region state country province district republic oblast rayon respublika bolge il ilce",
    "ground": "mountain pass road highway street forest river lake bridge dag yol mese cay gora doroga les orman nehir",
    "memorial": "monument memorial museum cemetery abide muzey pamyatnik anit muze",
}
SHAPES = {
    "town": "circle", "village": "ring", "region": "square", "ground": "triangle", "memorial": "diamond",
    "other": "cross",
}  # fmt: skip
_KIND_OF = {fold(word): kind for kind, words in KINDS.items() for word in words.split()}


def kind_of(form: str) -> str:
    """One of `SHAPES`, by what a source calls the place."""
    first = fold(form).split()[:1]
    return _KIND_OF.get(first[0], "other") if first else "other"


# -- lines ----------------------------------------------------------------------------------


def cut(ring: Ring, box: Box) -> Ring:
    """The part of a ring inside a box (Sutherland and Hodgman)."""
    for axis, edge, side in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        out: list[Position] = []
        for before, here in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            was, now = side * (before[axis] - edge) >= 0, side * (here[axis] - edge) >= 0
            if was != now:
                share = (edge - before[axis]) / (here[axis] - before[axis])
                out.append(
                    (before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1]))
                )
            if now:
                out.append(here)
        ring = out
    return ring


def runs(line: Ring, box: Box) -> list[list[Position]]:
    """Stretches of a line inside a box, each with the point beyond its edge."""
    found: list[list[Position]] = [[]]
    for place, point in enumerate(line):
        if box.holds(point):
            found[-1] = found[-1] or list(line[max(0, place - 1) : place])
            found[-1].append(point)
        elif found[-1]:
            found[-1].append(point)
            found.append([])
    return [run for run in found if run]
