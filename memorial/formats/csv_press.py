"""Press accounts as CSV: flat, lists joined with "; ", read into the objects of the JSON file.

    for row in read(stream, "press_accounts.csv"):   # Row or Fault

An empty cell means that nothing is said about the field, which is not the same as null.
Notes cannot be taken apart again (they hold semicolons themselves) and come as one; variants and
translations are a text there and no list, so they are kept under names of their own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from memorial.formats.jsonl import FORBIDDEN, Fault, Row

LISTS = frozenset(
    {
        "authors", "reproduced_in", "mentioned_in", "caption_refs", "seed_refs", "media_cited_within",
        "persons_named", "places_named", "mentions_figures", "see_also", "figure_ids", "account_ids",
    }
)  # fmt: skip
OTHER_NAMES = {name: f"{name}_as_text" for name in ("variants", "translations")}
_FORMULA = re.compile(r"[=@]|[+-][A-Za-z0-9]*\(")


def read(stream: BinaryIO, file: str) -> Iterator[Row | Fault]:
    """Every row below the header, as an object or as what is wrong with it."""
    try:
        text = stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        problem = f"not UTF-8 at byte {wrong.start + 1}, perhaps UTF-16, Latin-1 or Windows-1252"
        yield Fault(file, 1, "", problem, "save it as CSV UTF-8")
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
    except csv.Error as wrong:
        header = []
        yield Fault(file, 1, "", f"the header cannot be read: {wrong}", "balance the quotation marks")
        return
    fault = _wrong_header(file, header)
    if fault is not None:
        yield fault
        return
    yield from _below(rows, file, header)


def _wrong_header(file: str, header: Sequence[str]) -> Fault | None:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        return Fault(file, 1, "", "the columns are not parted by commas", "save it with commas")
    if "id" not in header:
        return Fault(file, 1, "id", "the first line is no header: it names no column id", "add the header")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        return Fault(file, 1, twice[0] or "(no name)", "the column stands twice", "keep one of them")
    return None


def _below(rows: Any, file: str, header: Sequence[str]) -> Iterator[Row | Fault]:
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield Fault(file, line, "", f"quotation marks do not balance: {wrong}", 'double each " in a cell')
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problem = f"{len(cells)} cells, the header has {len(header)}"
            yield Fault(file, line, "", problem, "put cells with commas between quotation marks")
            continue
        yield _row(file, line, dict(zip(header, cells, strict=True)))


def _row(file: str, line: int, cells: dict[str, str]) -> Row | Fault:
    value: dict[str, Any] = {}
    for name, cell in cells.items():
        if cell == "":
            continue
        if found := FORBIDDEN.search(cell):
            return Fault(
                file, line, name, f"a character that is no text (U+{ord(found[0]):04X})", "take it out"
            )
        if _FORMULA.match(cell):
            advice = "take the sign away, or import the row as JSON if these are the words"
            return Fault(file, line, name, "the cell begins like a formula of a spreadsheet", advice)
        value[OTHER_NAMES.get(name, name)] = _cell(name, cell)
    return Row(file, line, value, "csv")


def _cell(name: str, cell: str) -> Any:
    if name in LISTS:
        return cell.split("; ")
    if name == "notes":
        return [cell]
    if name == "word_count" and cell.isdecimal():
        return int(cell)
    return cell
