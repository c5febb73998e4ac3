"""Files of a collection: which kind each is, in which order they are loaded, and their rows.

kind, rows = open_file(Path("press_accounts.csv"))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from memorial.formats import csv_press, jsonl
from memorial.formats.jsonl import Fault, Row
from memorial.services.collection.kinds import KINDS, recognised

_ORDER = {name: place for place, name in enumerate(KINDS)}


def in_order(paths: Iterable[Path], kind: str = "") -> list[Path]:
    """Files in the order in which they find what they point to; JSON before CSV of the same kind."""
    return sorted(paths, key=lambda path: (_ORDER.get(kind or path.stem, -1), path.suffix.lower() == ".csv"))


def open_file(path: Path, kind: str = "") -> tuple[str, Iterator[Row | Fault]]:
    """The kind of a file (given, else by its name, else by its first object) and its rows.

    The kind is "" where nothing tells it; the rows then hold a fault that says so.
    """
    rows = _rows(path)
    kind = kind or (path.stem if path.stem in KINDS else "")
    if not kind:
        rows, kind = _by_first(rows)
    if kind not in KINDS:
        names = ", ".join(KINDS)
        problem = f"“{kind}” is no kind of file" if kind else "neither its name nor its fields tell its kind"
        return "", iter([Fault(path.name, 0, "", problem, f"give --kind, one of {names}")])
    if path.suffix.lower() == ".csv" and kind != "press_accounts":
        return "", iter([Fault(path.name, 0, "", f"{kind} are not read from CSV", "give them as JSON Lines")])
    return kind, _each_once(rows)


def _rows(path: Path) -> Iterator[Row | Fault]:
    try:
        with path.open("rb") as stream:
            read = csv_press.read if path.suffix.lower() == ".csv" else jsonl.read
            yield from read(stream, path.name)
    except OSError as wrong:
        yield Fault(
            path.name, 0, "", f"the file cannot be read: {wrong.strerror}", "look at its name and rights"
        )


def _by_first(rows: Iterator[Row | Fault]) -> tuple[Iterator[Row | Fault], str]:
    seen: list[Row | Fault] = []
    for row in rows:
        seen.append(row)
        if isinstance(row, Row):
            return chain(seen, rows), recognised(row.value)
    return iter(seen), ""


def _each_once(rows: Iterable[Row | Fault]) -> Iterator[Row | Fault]:
    """The same rows, but the second of an id is a fault."""
    seen: dict[str, int] = {}
    for row in rows:
        name = row.value.get("id") if isinstance(row, Row) else None
        if isinstance(row, Row) and isinstance(name, str):
            if name in seen:
                problem = f"the id {name} stands in line {seen[name]} already"
                yield Fault(row.file, row.line, "id", problem, "give each object an id of its own")
                continue
            seen[name] = row.line
        yield row
