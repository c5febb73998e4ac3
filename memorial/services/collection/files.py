"""Files of a collection: which kind each is, in which order they are loaded, and their rows.

kind, rows = open_file(Path("press_accounts.csv"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from memorial.formats import csv_objects, csv_press, csv_rows, jsonl
from memorial.formats.jsonl import Fault, Row
from memorial.services.collection import given
from memorial.services.collection.kinds import KINDS, recognised
from memorial.services.collection.tables import shape_of

_ORDER = {name: place for place, name in enumerate(KINDS)}

_ONE_WAY = (
    "testimonies are not read from a file: what people allowed does not travel in it",
    "restore a backup, or let whoever told it send it",
)


def in_order(paths: Iterable[Path], kind: str = "") -> list[Path]:
    """Files in the order in which they find what they point to; JSON before CSV of the same kind."""
    return sorted(paths, key=lambda path: (_ORDER.get(kind or path.stem, -1), path.suffix.lower() == ".csv"))


def open_file(path: Path, kind: str = "") -> tuple[str, Iterator[Row | Fault]]:
    """The kind of a file (given, else by its name, else by its first object) and its rows.

    The kind is "" where nothing tells it; the rows then hold a fault that says so.
    """
    if not kind and path.stem == given.TESTIMONIES:
        return "", iter([Fault(path.name, 0, "", *_ONE_WAY)])
    kind = kind or (path.stem if path.stem in KINDS else "")
    if path.suffix.lower() == ".csv":
        kind = kind or _by_header(path)
        rows = _table(path, kind) if kind in KINDS else iter(())
    else:
        rows = _rows(path, jsonl.read)
    if not kind:
        rows, kind = _by_first(rows)
    if kind not in KINDS:
        names = ", ".join(KINDS)
        problem = f"“{kind}” is no kind of file" if kind else "neither its name nor its fields tell its kind"
        return "", iter([Fault(path.name, 0, "", problem, f"give --kind, one of {names}")])
    return kind, _each_once(rows)


def _rows(path: Path, read: Callable[[BinaryIO, str], Iterator[Row | Fault]]) -> Iterator[Row | Fault]:
    try:
        with path.open("rb") as stream:
            yield from read(stream, path.name)
    except OSError as wrong:
        yield Fault(
            path.name, 0, "", f"the file cannot be read: {wrong.strerror}", "look at its name and rights"
        )


def _header(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            return csv_rows.header(stream, csv_objects.SEPARATORS)
    except OSError:
        return []  # `_rows` says so


def _by_header(path: Path) -> str:
    """The kind whose fields the columns are."""
    names = (name.removesuffix(csv_objects.JSON).partition(".")[0] for name in _header(path))
    return recognised(dict.fromkeys(names))


def _table(path: Path, kind: str) -> Iterator[Row | Fault]:
    """Press accounts have an older form in which lists are parted by semicolons."""
    if kind == "press_accounts" and not csv_objects.is_ours(_header(path)):
        return _rows(path, csv_press.read)
    return _rows(path, lambda stream, name: csv_objects.read(stream, name, shape_of(kind)))


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
