"""Results and how they are printed: each figure beside its goal, a missed goal called missed.

result = Result("list", "a list of 24, not cached", 0.14, "× hello", at_least(0.12))
print(table([result]))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What DESIGN asks for: at least (or at most) so much."""

    value: float
    least: bool = True

    def reached(self, figure: float) -> bool:
        return figure >= self.value if self.least else figure <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.value:g}"


def at_least(value: float) -> Goal:
    return Goal(value)


def at_most(value: float) -> Goal:
    return Goal(value, least=False)


@dataclass(frozen=True, slots=True)
class Result:
    """One line. `spread` is the lowest and highest of the runs; `told` explains the figure."""

    name: str
    what: str
    figure: float
    unit: str = ""
    goal: Goal | None = None
    spread: tuple[float, float] | None = None
    told: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "reached" if self.goal.reached(self.figure) else "missed"


@dataclass
class Pairs:
    """Ratios of two sides that were measured in turns."""

    ratios: list[float] = field(default_factory=list)

    def add(self, ours: float, other: float) -> None:
        self.ratios.append(ours / other)

    @property
    def median(self) -> float:
        return median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.ratios), max(self.ratios)


def number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


HEADS = ("work", "figure", "goal", "", "runs", "")


def cells(result: Result) -> tuple[str, ...]:
    low_high = "–".join(number(each) for each in result.spread) if result.spread else ""
    figure = f"{number(result.figure)} {result.unit}".strip()
    return (
        result.what, figure, str(result.goal or ""), result.verdict, low_high, result.told,
    )  # fmt: skip


def table(results: Iterable[Result]) -> str:
    """For a terminal."""
    rows = [HEADS, *(cells(result) for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    lines = ["  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=False)) for row in rows]
    return "\n".join(f"{line}  {row[5]}".rstrip() for line, row in zip(lines, rows, strict=True))


def markdown(results: Iterable[Result]) -> str:
    """For docs/bench/."""
    lines = ["| work | figure | goal | | runs | |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(cells(result)) + " |" for result in results)])


def as_json(results: Sequence[Result], about: dict[str, Any]) -> str:
    rows = [{**asdict(result), "verdict": result.verdict} for result in results]
    return json.dumps({**about, "results": rows}, ensure_ascii=False, indent=1)
