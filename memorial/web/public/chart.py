"""Positions on a small map: degrees become x and y in a box of 0 to 1000, north up.

No tiles, no coast: only how the places lie to each other. The box is drawn around the
middle of the places; those far away from it are in the list, not on the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from statistics import median

from memorial.services.lists import Point

FAR = 1.6  # degrees of latitude from the middle
BOX = 1000.0


def on_the_map(points: Sequence[Point]) -> list[tuple[float, float, str, str]]:
    """(x, y, label, address) for `_parts/map.html`; empty for fewer than two places."""
    if len(points) < 2:
        return []
    middle = median(point.latitude for point in points), median(point.longitude for point in points)
    wide = cos(radians(middle[0])) or 1.0
    flat = [
        ((point.longitude - middle[1]) * wide, middle[0] - point.latitude, point)
        for point in points
        if abs(point.latitude - middle[0]) <= FAR and abs(point.longitude - middle[1]) * wide <= FAR
    ]
    if len(flat) < 2:
        return []
    left, top = min(x for x, _, _ in flat), min(y for _, y, _ in flat)
    across = max(x for x, _, _ in flat) - left or 1.0
    down = max(y for _, y, _ in flat) - top or 1.0
    return [
        (round((x - left) / across * BOX, 1), round((y - top) / down * BOX, 1), point.label, point.address)
        for x, y, point in flat
    ]
