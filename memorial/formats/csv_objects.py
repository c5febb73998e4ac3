"""Objects as one flat table a kind, and back again, equal: what `memorial export --format csv` writes.

    cells = cells_of(value, shape)                       # of one object, by column
    names = columns(all_columns, shape)                  # the header, once all cells are known
    for row in read(stream, "people.csv", shape): …      # Row or Fault

How an object lies in a row (docs/collection-files.md tells people):

- `fate`: a text, a number, true or false, as it is.
- `roles`: a list of texts, parted by `|`; `\\|` is the sign itself, `\\\\` a backslash.
- `names.1.spelling`: a field of the first of a list of objects.
- `NAME:json`: whatever has no flat form, as JSON; `*:json` a whole object.
- `empty`: which fields are there and say nothing: `note` is null, `roles[]` an empty list, `note""` an empty text.

An empty cell says nothing about its field, which is not the same as null. Each cell is tried on the way out: what would
not come back as it was, leaves as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from memorial.formats import csv_rows, jsonl
from memorial.formats.jsonl import Fault, Row

EMPTY, JSON, WHOLE = "empty", ":json", "*:json"
MOST_ENTRIES = 20  # of a list of objects that get columns of their own; a longer list is one cell of JSON
SEPARATORS = ",;\t"
_PARTS = re.compile(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)", re.DOTALL)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_ENTRY = re.compile(r"(?P<list>[^.]+)\.(?P<number>[1-9]\d{0,5})\.(?P<name>[^.]+)")

Cells = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Column:
    """What a field holds: text, number, boolean, list (of texts), or objects of a shape."""

    form: str = "text"
    shape: Mapping[str, Column] = field(default_factory=dict)


Shape = Mapping[str, Column]


class _Wrong(Exception):
    def __init__(self, column: str, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.column, self.problem, self.advice = column, problem, advice


# -- out ------------------------------------------------------------------------------------


def cells_of(value: Mapping[str, Any], shape: Shape) -> Cells:
    """The cells of one object by their columns; those that stay empty are left out."""
    cells: Cells = {}
    empties: list[str] = []
    for name, part in value.items():
        mine, said = _cells_of_field(name, part, shape)
        cells |= mine
        empties += said
    if empties:
        cells[EMPTY] = _joined(empties)
    if _comes_back(cells, value, shape):
        return cells
    return {"id": str(value.get("id", "")), WHOLE: json.dumps(value, ensure_ascii=False)}


def _cells_of_field(name: str, part: Any, shape: Shape) -> tuple[Cells, list[str]]:
    cells: Cells = {}
    empties: list[str] = []
    _flat(name, part, shape.get(name), cells, empties)
    tried = cells | ({EMPTY: _joined(empties)} if empties else {})
    if _comes_back(tried, {name: part}, shape):
        return cells, empties
    return {name + JSON: json.dumps(part, ensure_ascii=False)}, []


def _flat(path: str, part: Any, column: Column | None, cells: Cells, empties: list[str]) -> None:
    form = column.form if column else ""
    if part is None:
        empties.append(path)
    elif part == "":
        empties.append(path + '""')
    elif part == []:
        empties.append(path + "[]")
    elif form == "number" and isinstance(part, int | float) and not isinstance(part, bool):
        cells[path] = part
    elif form == "boolean" and isinstance(part, bool):
        cells[path] = "true" if part else "false"
    elif form == "text" and isinstance(part, str):
        cells[path] = part
    elif form == "list" and isinstance(part, list) and all(isinstance(item, str) for item in part):
        cells[path] = _joined(part)
    elif column and form == "objects" and "." not in path and _fits(part):
        for number, item in enumerate(part, 1):
            for name, each in item.items():
                _flat(f"{path}.{number}.{name}", each, column.shape.get(name), cells, empties)
    else:
        cells[path + JSON] = json.dumps(part, ensure_ascii=False)


def _fits(part: Any) -> bool:
    return (
        isinstance(part, list) and len(part) <= MOST_ENTRIES and all(isinstance(item, dict) for item in part)
    )


def _comes_back(cells: Cells, value: Mapping[str, Any], shape: Shape) -> bool:
    try:
        back = value_of({name: str(cell) for name, cell in cells.items()}, shape)
    except _Wrong:
        return False
    # 1, 1.0 and true are one to Python and three to JSON.
    return json.dumps(back, sort_keys=True) == json.dumps(value, sort_keys=True)


def _joined(items: Iterable[str]) -> str:
    return "|".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def columns(known: Iterable[str], shape: Shape) -> list[str]:
    """The columns that some cells need, in the order of the fields; `empty` is always there and the last."""
    order = {name: place for place, name in enumerate(shape)}

    def place(column: str) -> tuple[int, int, int, str]:
        name = column.removesuffix(JSON)
        entry = _of_objects(name, shape)
        if entry is None:
            return order.get(name, len(order)), 0, 0, column
        inner = list(shape[entry["list"]].shape)
        within = inner.index(entry["name"]) if entry["name"] in inner else len(inner)
        return order[entry["list"]], int(entry["number"]), within, column

    return [*dict.fromkeys(["id", *sorted(set(known) - {EMPTY}, key=place)]), EMPTY]


# -- in -------------------------------------------------------------------------------------


def is_ours(header: Iterable[str]) -> bool:
    """Whether a header is of this form: press accounts have an older, flatter one as well."""
    return any(name == EMPTY or name.endswith(JSON) or _ENTRY.fullmatch(name) for name in header)


def read(stream: BinaryIO, file: str, shape: Shape) -> Iterator[Row | Fault]:
    """Every row below the header, as an object or as what is wrong with it."""
    for found in csv_rows.read(stream, file, SEPARATORS):
        if isinstance(found, Fault):
            yield found
            continue
        try:
            yield Row(file, found.line, value_of(found.of, shape), "csv")
        except _Wrong as wrong:
            yield Fault(file, found.line, wrong.column, wrong.problem, wrong.advice)


def value_of(cells: Mapping[str, str], shape: Shape) -> dict[str, Any]:
    """The object of a row. A cell that says something goes before what `empty` says of its field."""
    if WHOLE in cells:
        return _whole(cells)
    said = {name: _said(name, cell, shape) for name, cell in cells.items() if name != EMPTY}
    value: dict[str, Any] = {}
    entries: dict[str, dict[int, dict[str, Any]]] = {}
    for column, part in said.items():
        _put(column, column.removesuffix(JSON), part, value, entries, shape)
    for name, part in _empties(cells.get(EMPTY, "")):
        entry = _of_objects(name, shape)
        if entry is None:
            if name not in entries:
                value.setdefault(name, part)
        elif int(entry["number"]) in entries.get(entry["list"], {}):
            entries[entry["list"]][int(entry["number"])].setdefault(entry["name"], part)
    return value | {name: [some[number] for number in sorted(some)] for name, some in entries.items()}


def _put(
    column: str, name: str, part: Any, value: dict[str, Any], entries: dict[str, dict[int, dict[str, Any]]],
    shape: Shape,
) -> None:  # fmt: skip
    entry = _of_objects(name, shape)
    home = (
        value if entry is None else entries.setdefault(entry["list"], {}).setdefault(int(entry["number"]), {})
    )
    key = name if entry is None else entry["name"]
    if key in home or (key in entries if entry is None else entry["list"] in value):
        raise _Wrong(column, "the field is said twice, flat and as JSON", "keep one of them")
    home[key] = part


def _of_objects(name: str, shape: Shape) -> re.Match[str] | None:
    entry = _ENTRY.fullmatch(name)
    return entry if entry and entry["list"] in shape and shape[entry["list"]].form == "objects" else None


def _said(name: str, cell: str, shape: Shape) -> Any:
    if name.endswith(JSON):
        return _json(name, cell)
    entry = _of_objects(name, shape)
    column = shape[entry["list"]].shape.get(entry["name"]) if entry else shape.get(name)
    form = column.form if column else "text"
    if form == "number" and _NUMBER.fullmatch(cell.strip()):
        return json.loads(cell)
    if form == "boolean" and cell.strip().casefold() in ("true", "false"):
        return cell.strip().casefold() == "true"
    if form == "list":
        return _items(cell)
    return cell


def _items(cell: str) -> list[str]:
    """The texts of a list; what stands empty between two signs is none."""
    found = [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).strip() for part in _PARTS.findall(cell)]
    return [item for item in found if item]


def _empties(cell: str) -> Iterator[tuple[str, Any]]:
    for name in _items(cell):
        if name.endswith("[]"):
            yield name[:-2], []
        else:
            yield name.removesuffix('""'), "" if name.endswith('""') else None


def _json(column: str, cell: str) -> Any:
    try:
        found = jsonl.parse(b'{"":' + cell.encode() + b"}")
    except jsonl.Unusable as wrong:
        raise _Wrong(column, wrong.problem, "write JSON, or leave the cell empty") from wrong
    if set(found) != {""}:
        raise _Wrong(column, "more than one value of JSON", "write one value")
    return found[""]


def _whole(cells: Mapping[str, str]) -> dict[str, Any]:
    value = _json(WHOLE, cells[WHOLE])
    if not isinstance(value, dict):
        raise _Wrong(WHOLE, f"not an object but {jsonl.kind_of(value)}", "write { … }")
    others = set(cells) - {WHOLE, "id"}
    if others or ("id" in cells and cells["id"] != value.get("id")):
        raise _Wrong(WHOLE, "the field is said twice, flat and as JSON", "keep one of them")
    return value
