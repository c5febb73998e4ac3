"""A printed list of people, line by line: what each line says of whom, as an object of the kind `people`.

    for told in read(lines, plan, head, List("src-list", "The list")):        # Told: object or None, remarks

A line is kept as it is given: what cannot be understood stays words, what looks odd is remarked upon with its
line and column, and only a line that names nobody is left out. Lines, headings and plan: domain/list_plan.py. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorial.domain import ages
from memorial.domain.dates import from_words, parse
from memorial.domain.lines import one_line
from memorial.domain.list_headings import NAMES, SAID, is_sum
from memorial.domain.list_plan import LINE, LONGEST, Head, Line, Plan, Remark
from memorial.domain.names import fold, script_of
from memorial.domain.views import When

LONG = 150  # characters of a name at which somebody should look
FORMULA = re.compile(r"[=@]|[+-][A-Za-z0-9]*\(")
_SCRIPTS = frozenset({"Latn", "Cyrl", "Armn", "Arab", "Geor"})


@dataclass(frozen=True, slots=True)
class List:
    """The work a list is: its id in the collection, what it is called as the one that says so, and what the ids of
    its lines begin with."""

    source: str
    called: str
    name: str = ""

    def id_of(self, line: int) -> str:
        return f"{self.name or self.source}:{line}"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a line: an object, or None where it names nobody."""

    line: int
    value: Mapping[str, Any] | None
    remarks: Sequence[Remark] = ()


# -- lines ----------------------------------------------------------------------------------


@dataclass
class _Reading:
    plan: Plan
    head: Head
    of: List
    numbers: dict[str, int] = field(default_factory=dict)  # numbers in the list, and the line that had each


def read(lines: Iterable[Line], plan: Plan, head: Head, of: List) -> Iterator[Told]:
    """Every line of the table, in its order, but for empty ones."""
    reading = _Reading(plan, head, of)
    for line in each_line(lines, head):
        yield line if isinstance(line, Told) else _told(line, reading)


def each_line(lines: Iterable[Line], head: Head) -> Iterator[Line | Told]:
    """The lines that say something, and what is told of those that only stand there."""
    last = max(head.lines, default=0)
    for line in lines:
        if line.number in head.lines or not any(cell.strip() for cell in line.cells):
            if line.remarks:
                yield Told(line.number, None, line.remarks)
        elif line.number < last:
            words = " ".join(cell.strip() for cell in line.cells if cell.strip())
            yield Told(line.number, None, [Remark(line.number, "above_headings", given=words[:200])])
        elif _repeats(line, head):
            yield Told(line.number, None, [*line.remarks, Remark(line.number, "heading_again")])
        else:
            yield line


def _repeats(line: Line, head: Head) -> bool:
    """The headings once more, as at the top of each page."""
    if not head.lines:
        return False
    here = [fold(cell) for cell in line.cells if cell.strip()]
    there = [fold(part) for title in head.titles for part in (title, *title.split(" / "))]
    return len(here) > 1 and all(cell in there for cell in here)


def _told(line: Line, reading: _Reading) -> Told:
    plan, head = reading.plan, reading.head
    remarks = [*line.remarks]

    def remark(key: str, column: int | None = None, given: str = "", left_out: bool = False) -> None:
        title = head.title(column) if column is not None else ""
        remarks.append(Remark(line.number, key, title, given[:200], left_out))

    if len(line.cells) != len(head.titles):
        remark(
            "more_cells" if len(line.cells) > len(head.titles) else "fewer_cells", given=str(len(line.cells))
        )
    filled = [column for column, cell in enumerate(line.cells) if cell.strip()]
    cells = _cells(line, plan, remark)
    printed = [cells[column] for column in _name_columns(plan) if cells.get(column)]
    spelled = " ".join(printed)
    if len(filled) <= 3 and is_sum(line.cells[filled[0]]):
        remark("a_sum", given=" ".join(line.cells[column].strip() for column in filled), left_out=True)
        return Told(line.number, None, remarks)
    if not spelled:
        remark("no_name", left_out=True)
        return Told(line.number, None, remarks)
    if len(spelled) > LONGEST:
        remark("too_long", given=f"{len(spelled):,}", left_out=True)
        return Told(line.number, None, remarks)
    if len(filled) == 1 and len(plan.columns) > 2:
        remark("one_cell", filled[0])
    _look_at_name(spelled, remark)
    number = _number(line, cells, reading, remark)
    return Told(line.number, _object(line, cells, spelled, number, reading, remark), remarks)


def _cells(line: Line, plan: Plan, remark: Any) -> dict[int, str]:
    """The cells that the plan reads, each as one line; a formula says nothing by itself."""
    found = {}
    for columns in plan.columns.values():
        for column in columns:
            given = line.cells[column] if column < len(line.cells) else ""
            words = " ".join(one_line(given.replace("\n", " ").replace("\t", " ")).split())
            if FORMULA.match(words):
                remark("formula", column, words)
                words = ""
            elif len(words) > LONGEST:
                remark("too_long_cell", column, f"{len(words):,}")
                words = ""
            found[column] = words
    return found


def _name_columns(plan: Plan) -> list[int]:
    """In the order of the list's own columns: the name as it is printed."""
    return sorted(column for role in NAMES if role != "other_name" for column in plan.columns.get(role, ()))


def _look_at_name(name: str, remark: Any) -> None:
    if not any(character.isalpha() for character in name):
        remark("no_letters", given=name)
    elif any(character.isdecimal() for character in name):
        remark("digits", given=name)
    if len(name) > LONG:
        remark("long_name", given=f"{len(name)}")
    if any(len(_scripts_of(word)) > 1 for word in name.split()):
        remark("mixed_scripts", given=name)


def _scripts_of(word: str) -> set[str]:
    return {script_of(character) for character in unicodedata.normalize("NFC", word)} & _SCRIPTS


def _number(line: Line, cells: Mapping[int, str], reading: _Reading, remark: Any) -> str:
    """The line as the list itself counts it, where it does; else as the file does."""
    told = next((cells[column] for column in reading.plan.columns.get("line", ()) if cells.get(column)), "")
    told = told.strip().rstrip(".)")
    if not told or len(told) > 40:
        return str(line.number)
    before = reading.numbers.setdefault(told, line.number)
    if before != line.number:
        remark("number_twice", given=f"{told}, {before}")
    return told


def _object(
    line: Line, cells: Mapping[int, str], spelled: str, number: str, reading: _Reading, remark: Any
) -> dict[str, Any]:
    plan, of = reading.plan, reading.of
    ref = f"{of.source}, {LINE}{number}"
    others = [cells[column] for column in plan.columns.get("other_name", ()) if cells.get(column)]
    names = [_name(words, ref, plan.language) for words in dict.fromkeys([spelled, *others])]
    said = list(_said(cells, ref, reading, remark))
    note = "; ".join(cells[column] for column in plan.columns.get("note", ()) if cells.get(column))
    value: dict[str, Any] = {
        "id": of.id_of(line.number), "names": names, "accused": False, "listed": plan.listed,
        "statements": said, "seed_refs": [ref], "row": row_of(line, reading.head),
    }  # fmt: skip
    return value | ({"note": note} if note else {})


def _name(words: str, ref: str, language: str) -> dict[str, Any]:
    name = {"spelling": words, "seeds": [{"seed": ref, "occurrences": None, "first_ref": ref}]}
    return name | ({"language": language} if language != "und" else {})


def row_of(line: Line, head: Head) -> dict[str, str]:
    """Every cell as it was given, under its heading: nothing of a line is lost."""
    kept: dict[str, str] = {}
    for column, cell in enumerate(line.cells):
        if cell:
            title = head.title(column)
            kept[title if title not in kept else f"{title} ({column + 1})"] = cell
    return kept


def _said(cells: Mapping[int, str], ref: str, reading: _Reading, remark: Any) -> Iterator[dict[str, Any]]:
    plan = reading.plan
    dated: list[ages.Said] = []
    for role in SAID:
        for column in plan.columns.get(role, ()):
            words = cells.get(column, "")
            if not words:
                continue
            yield _statement(role, words, ref, reading, plan.as_of if role == "age" else "")
            dated += _checked(role, words, column, plan, remark)
    if plan.fate and not any(cells.get(column) for column in plan.columns.get("fate", ())):
        yield _statement("fate", plan.fate, ref, reading)
    if ages.disagreeing(dated):
        remark("age_and_birth", given=", ".join(said.words for said in dated))


def _statement(role: str, words: str, ref: str, reading: _Reading, as_of: str = "") -> dict[str, Any]:
    said = {"property": role, "value": words, "claimant": reading.of.called, "ref": ref}
    said |= {"language": reading.plan.language} if reading.plan.language != "und" else {}
    return said | ({"as_of": as_of} if as_of else {})


def _checked(role: str, words: str, column: int, plan: Plan, remark: Any) -> Iterator[ages.Said]:
    if role in ("born", "died"):
        when = from_words(words, plan.language)
        if not when.edtf:
            remark("date_words", column, words)
        if role == "born":
            yield ages.Said("born", when, words)
    elif role == "age":
        if ages.age_of(words) is None:
            remark("age_words", column, words)
        yield ages.Said("age", parse(plan.as_of) if plan.as_of else When(), words)
