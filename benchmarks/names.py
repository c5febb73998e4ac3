"""`memorial bench names`: how many spellings of one name are found, and how many found are another's.

    memorial bench names                    # the pairs in ../shared/corpora/names
    memorial bench names --pairs DIR --misses

Pairs of one name in two spellings, and of two names that look alike, per file and category. A pair
counts as found where one side, typed into the search, has the other as the *same* name (exactly, or
as another spelling); `offered` counts what the search shows below those too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from memorial.domain.name_match import Match, compare

PAIRS = Path(__file__).resolve().parents[2] / "shared/corpora/names"
FILES = ("person-names.jsonl", "place-names.jsonl", "person-benchmark.jsonl")
# Both sides Azerbaijani or Russian, in any script; the others are "elsewhere".
OURS = [
    "az-cyrillic",
    "az-latin-ascii",
    "az-arabic-script",
    "az-armenian-script",
    "az-georgian-script",
    "russian-style-surname-latin",
    "near-az",
    "near-cyrl",
    "near-cross-script",
    "near-latn",
]


@dataclass
class Line:
    """One category: pairs of one name, and pairs of two."""

    category: str
    alike: int = 0
    found: int = 0
    offered: int = 0
    different: int = 0
    mistaken: int = 0
    mistaken_offered: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Line) -> None:
        for name in ("alike", "found", "offered", "different", "mistaken", "mistaken_offered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recall(self) -> float | None:
        return self.found / self.alike if self.alike else None

    @property
    def precision(self) -> float | None:
        return self.found / (self.found + self.mistaken) if self.alike and self.different else None


def measure(folder: Path = PAIRS) -> list[Line]:
    """A line for each category, then the two groups that have a goal, then each file."""
    lines: dict[tuple[str, str], Line] = {}
    for file, row in _rows(folder):
        if row["same"] and row.get("spelling_variant") is False:
            continue  # another name of the same place: an alias for the table, not a spelling
        category = str(row.get("category") or "other")
        line = lines.setdefault((file, "benchmark" if file == FILES[2] else category), Line(category))
        _count(line, str(row["a"]), str(row["b"]), bool(row["same"]))
    for (file, _), line in lines.items():
        if file == FILES[2]:
            line.category = "person-benchmark"
    first = (FILES[0], FILES[1])
    return [
        *lines.values(),
        _sum(
            "Azerbaijani and Russian", (each for (f, c), each in lines.items() if f == FILES[0] and c in OURS)
        ),
        _sum(
            "elsewhere",
            (each for (f, c), each in lines.items() if f in first and (c not in OURS or "near" in c)),
        ),
    ]


def _rows(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    for name in FILES:
        if (folder / name).exists():
            for line in (folder / name).read_text("utf-8").splitlines():
                yield name, json.loads(line)


def _count(line: Line, one: str, other: str, same: bool) -> None:
    match = best(one, other)
    found, offered = bool(match and match.same), match is not None
    if same:
        line.alike += 1
        line.found += found
        line.offered += offered
    else:
        line.different += 1
        line.mistaken += found
        line.mistaken_offered += offered
    if found != same:
        line.wrong.append(f"{one} ~ {other}")


def best(one: str, other: str) -> Match | None:
    """The better answer of the two ways round: a search has the full name or a part of it."""
    answers = [match for match in (compare(one, other), compare(other, one)) if match]
    return min(answers, key=lambda match: match.order, default=None)


def _sum(name: str, lines: Iterable[Line]) -> Line:
    total = Line(name)
    for line in lines:
        total.add(line)
    return total


def as_table(lines: Iterable[Line], misses: bool = False) -> str:
    """In Markdown, as it stands in docs/bench/."""
    rows = [
        "| category | one name | found | recall | offered too | two names | taken as one | offered too | precision |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for line in lines:
        rows.append(
            f"| {line.category} | {line.alike} | {line.found} | {_share(line.recall)} | {line.offered - line.found} "
            f"| {line.different} | {line.mistaken} | {line.mistaken_offered - line.mistaken} | {_share(line.precision)} |"
        )
        if misses and line.wrong:
            rows.append(f"| | {'; '.join(line.wrong)} |")
    return "\n".join(rows)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
