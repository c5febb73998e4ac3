"""Where the labels of a map stand: beside their place, upon no other place and no other label.

    place([Mark(120.0, 80.0, 34.0)], 288, 180)      # [Label(8, -8, "start")] or None where there is no room

Worked out for the narrowest sheet, in pixels. A wider sheet moves places apart and leaves signs and
letters as large as they are, so two boxes that stand in the order of their places stay apart (`apart`);
and a label that keeps this order stands on its own place's side of every other. Where that leaves no room
there is none: the sign is a link, and the list beside the map names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

SIGN = 8.0  # half the size of a place's sign, with the air around it
LINE = 18.0  # height of a label
AIR = 2.0
REACH = (10.0, 18.0, 27.0, 38.0, 50.0, 64.0)
# Sixteenths of a circle: right and left come first.
TURNS = (0, 8, 12, 4, 14, 2, 10, 6, 15, 1, 9, 7, 13, 3, 11, 5)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the narrowest sheet, how wide its label is, and how wide what stands in where that finds no room."""

    x: float
    y: float
    wide: float = 0.0  # 0: it has none
    short: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label begins or ends, from its place; a line leads to it where it stands away."""

    x: float
    y: float
    anchor: str  # start or end
    led: bool
    short: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A rectangle that hangs on a place: its edges are told from there."""

    x: float
    y: float
    left: float
    top: float
    right: float
    bottom: float

    def apart(self, other: Taken) -> bool:
        """Whether they are side by side in the order in which their places stand: then no width makes them meet."""
        return _parted(self.x, self.left, self.right, other.x, other.left, other.right) or _parted(
            self.y, self.top, self.bottom, other.y, other.top, other.bottom
        )

    def inside(self, wide: float, tall: float) -> bool:
        return (
            self.x + self.left >= 0
            and self.x + self.right <= wide
            and self.y + self.top >= 0
            and self.y + self.bottom <= tall
        )


def _parted(one: float, low: float, high: float, other: float, other_low: float, other_high: float) -> bool:
    after = one <= other and other + other_low >= one + high
    return after or (one >= other and one + low >= other + other_high)


def place(marks: Sequence[Mark], wide: float, tall: float) -> list[Label | None]:
    """A label for each mark, None where there is no room: those with the nearest neighbours choose first."""
    taken = [Taken(mark.x, mark.y, -SIGN, -SIGN, SIGN, SIGN) for mark in marks]
    found: list[Label | None] = [None] * len(marks)
    for number in sorted(range(len(marks)), key=lambda n: (_nearest(marks, n), n)):
        near = [other for other in taken if not _all_about(marks[number]).apart(other)]
        for label, box in _choices(marks[number]):
            if box.inside(wide, tall) and all(box.apart(other) for other in near):
                found[number] = label
                taken.append(box)
                break
    return found


def _all_about(mark: Mark) -> Taken:
    """Everything that a label of this mark may reach."""
    across, down = REACH[-1] + mark.wide + AIR, REACH[-1] + LINE
    return Taken(mark.x, mark.y, -across, -down, across, down)


def _nearest(marks: Sequence[Mark], number: int) -> float:
    here = marks[number]
    return min((hypot(m.x - here.x, m.y - here.y) for n, m in enumerate(marks) if n != number), default=0.0)


def _choices(mark: Mark) -> Iterator[tuple[Label, Taken]]:
    """The whole label near its place, then the short one, at first near and then led to by a line."""
    for wide, short in ((mark.wide, False), (mark.short, True)):
        for reach in REACH if wide else ():
            for turn in TURNS:
                x, y = round(reach * cos(turn * pi / 8), 1), round(reach * sin(turn * pi / 8), 1)
                right = x >= 0
                left = x if right else x - wide
                box = Taken(mark.x, mark.y, left - AIR, y - LINE / 2, left + wide + AIR, y + LINE / 2)
                anchor = "start" if right else "end"
                yield Label(x, y, anchor, reach > REACH[1], short), box
