"""Positions as somebody stated them: two numbers in words, and how finely they are written.

position("39.91, 46.79")      # Position(39.91, 46.79, places=2)
position("near the river")    # None: words stay words
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIR = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
# Metres that one step of the last figure of a latitude makes on the ground, by figures after the point.
STEPS = (100_000, 10_000, 1_000, 100, 10, 1)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84. `places`: figures after the point of the finer of the two numbers."""

    latitude: float
    longitude: float
    places: int = 0

    @property
    def metres(self) -> int:
        """How fine the numbers are, which is not how right they are."""
        return STEPS[min(self.places, len(STEPS) - 1)]

    @property
    def is_nothing(self) -> bool:
        """0° 0′, which is what a form writes where nothing was said."""
        return self.latitude == 0 == self.longitude


def position(words: str) -> Position | None:
    found = _PAIR.fullmatch(words)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Position(latitude, longitude, max(len(text.partition(".")[2]) for text in found.groups()))
