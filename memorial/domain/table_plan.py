"""A catalogue's table, line by line, as objects of a kind: which column fills which field, and what each line then is.

    plan = read_plan({"kind": "recognitions", "columns": {"title": "dcterms:title"}}, head, forms)    # raises Invalid
    for told in read(lines, plan, head, of, forms): …                                               # name_lists.Told

`forms` says how each field of the kind is written: line, prose, list, date, number, language. A cell that cannot be
read as its field wants it is remarked upon; every cell as it was given is kept with its line. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorial.domain import markup
from memorial.domain.dates import BadDate, from_words, parse
from memorial.domain.errors import Invalid
from memorial.domain.list_plan import LINE, LONGEST, Head, Line, Remark, column_of
from memorial.domain.name_lists import FORMULA, List, Told, each_line, row_of
from memorial.domain.table_headings import TITLES, guessed

SEPARATORS = ("|", ";", ",")
LONGEST_PROSE = 200_000
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
Forms = Mapping[str, str]
Tell = Callable[[str, int, str], None]


@dataclass(frozen=True, slots=True)
class TablePlan:
    kind: str
    columns: Mapping[str, Sequence[int]]  # field -> columns, counted from 0
    separator: str = ""  # what parts several values in one cell; "": whole cells
    language: str = "und"


def as_json(plan: TablePlan) -> dict[str, Any]:
    columns = {field: list(columns) for field, columns in plan.columns.items()}
    return {
        "kind": plan.kind, "columns": columns, "separator": plan.separator, "language": plan.language,
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> TablePlan:
    return TablePlan(**{name: kept[name] for name in ("kind", "columns", "separator", "language")})


def read_plan(given: Mapping[str, Any], head: Head, forms: Forms, lines: Sequence[Line]) -> TablePlan:
    """A map as somebody wrote it; without columns, what the headings say. Raises Invalid."""
    kind = str(given["kind"])
    unknown = sorted(given.keys() - {"kind", "columns", "language", "separator", "heading", "encoding"})
    if unknown:
        raise Invalid("map_unknown", field=str(unknown[0]))
    columns = given.get("columns")
    if columns is None:
        fields = guessed(head.titles, kind, list(forms))
        found = {field: [column] for column, field in enumerate(fields) if field}
    else:
        found = _columns(columns, head, forms)
    if not found.get(TITLES[kind]):
        raise Invalid("no_title_column", field="columns")
    language = given.get("language") or "und"
    if not isinstance(language, str) or not _CODE.fullmatch(language):
        raise Invalid("no_language", field="language")
    separator = given.get("separator")
    if separator is None:
        separator = _separator(found, forms, lines)
    if separator not in ("", *SEPARATORS):
        raise Invalid("no_separator", field="separator")
    return TablePlan(kind, found, separator, language)


def _columns(given: Any, head: Head, forms: Forms) -> dict[str, list[int]]:
    if not isinstance(given, Mapping):
        raise Invalid("map_form", field="columns")
    found = {}
    for field, wanted in given.items():
        if field not in forms:
            raise Invalid("map_unknown", field=str(field))
        some = wanted if isinstance(wanted, list) else [wanted]
        if len(some) > 1 and forms[field] not in ("prose", "list", "line"):
            raise Invalid("one_value", field=field)
        found[field] = [column_of(each, head, field) for each in some]
    return found


def _separator(columns: Mapping[str, Sequence[int]], forms: Forms, lines: Sequence[Line]) -> str:
    """The bar, else the semicolon, where one stands in a column of a list. A comma is in too many names to be guessed."""
    listed = [column for field, some in columns.items() if forms[field] == "list" for column in some]
    cells = [line.cells[n] for line in lines[1:] for n in listed if n < len(line.cells)]
    return next((mark for mark in SEPARATORS[:2] if any(mark in cell for cell in cells)), "")


# -- lines ----------------------------------------------------------------------------------


def read(lines: Iterable[Line], plan: TablePlan, head: Head, of: List, forms: Forms) -> Iterator[Told]:
    for line in each_line(lines, head):
        yield line if isinstance(line, Told) else _told(line, plan, head, of, forms)


def _told(line: Line, plan: TablePlan, head: Head, of: List, forms: Forms) -> Told:
    remarks = [*line.remarks]

    def tell(key: str, column: int, given: str) -> None:
        remarks.append(Remark(line.number, key, head.title(column), given[:200]))

    if len(line.cells) != len(head.titles):
        key = "more_cells" if len(line.cells) > len(head.titles) else "fewer_cells"
        remarks.append(Remark(line.number, key, given=str(len(line.cells))))
    said: dict[str, Any] = {}
    for field, columns in plan.columns.items():
        cells = {column: words for column in columns if (words := _words(line, column, tell))}
        if cells:
            said |= _said(field, cells, plan, forms, tell)
    if not said.get(TITLES[plan.kind]):
        remarks.append(Remark(line.number, "no_title", left_out=True))
        return Told(line.number, None, remarks)
    value = {"id": of.id_of(line.number), **said, **_stands(plan.kind, said)}
    value |= {"seed_refs": [f"{of.source}, {LINE}{line.number}"], "row": row_of(line, head)}
    return Told(line.number, value, remarks)


def _stands(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What an object of the kind cannot be without."""
    if kind == "press_accounts":
        return {"kind": "quotation" if said.get("quotation") else "mention_only"}
    return {}


def _words(line: Line, column: int, tell: Tell) -> str:
    """The cell's words: HTML as plain text; a formula says nothing by itself."""
    given = line.cells[column].strip() if column < len(line.cells) else ""
    if FORMULA.match(given):
        tell("formula", column, given)
        return ""
    return markup.plain(given) if _TAG.search(given) else given


def _said(field: str, cells: Mapping[int, str], plan: TablePlan, forms: Forms, tell: Tell) -> dict[str, Any]:
    form, first = forms[field], next(iter(cells))
    if form == "list":
        return {field: [item for words in cells.values() for item in _parted(words, plan.separator)]}
    if form == "prose":
        return _short(field, "\n\n".join(cells.values()), LONGEST_PROSE, first, tell)
    if form == "date":
        return _date(field, cells[first], plan, forms, first, tell)
    if form == "number":
        return _number(field, cells[first], first, tell)
    if form == "language" and not _CODE.fullmatch(cells[first]):
        tell("language_words", first, cells[first])
        return {}
    lines = (" ".join(part.split()) for words in cells.values() for part in _parted(words, plan.separator))
    return _short(field, "; ".join(lines), LONGEST, first, tell)


def _parted(words: str, separator: str) -> list[str]:
    return [part.strip() for part in words.split(separator) if part.strip()] if separator else [words]


def _short(field: str, words: str, longest: int, column: int, tell: Tell) -> dict[str, Any]:
    if len(words) > longest:
        tell("too_long_cell", column, f"{len(words):,}")
        return {}
    return {field: words}


def _date(field: str, words: str, plan: TablePlan, forms: Forms, column: int, tell: Tell) -> dict[str, Any]:
    try:
        return {field: parse(words).edtf}
    except BadDate:
        found = from_words(words, plan.language)
    if not found.edtf:
        tell("date_words", column, words)
    noted = {"date_note": words} if "date_note" in forms and "date_note" not in plan.columns else {}
    return noted | ({field: found.edtf} if found.edtf else {})


def _number(field: str, words: str, column: int, tell: Tell) -> dict[str, Any]:
    if not _NUMBER.fullmatch(words):
        tell("number_words", column, words)
        return {}
    return {field: float(words.replace(",", "."))}
