"""The rows of a CSV file, each with its line and its cells by column, or what is wrong with it.

    for found in read(stream, "people.csv", ",;\t"):      # Cells or Fault

Reads UTF-8, and UTF-16 where a mark says so. A file of another encoding is one fault, and nothing of it is read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from memorial.formats.csv_out import bare
from memorial.formats.jsonl import FORBIDDEN, Fault

_FORMULA = re.compile(r"[=@]|[+-][A-Za-z0-9]*\(")
_CHUNK = 1 << 20
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A cell may be as long as a line of JSON; the csv module's own limit is the process's and below our longest texts.
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Cells:
    line: int
    of: Mapping[str, str]


def read(stream: BinaryIO, file: str, separators: str = ",") -> Iterator[Cells | Fault]:
    """Every row below the header. Cells that would be a formula are a fault; a guarding apostrophe is taken off."""
    encoding = _encoding(stream)
    if fault := _not_text(stream, file, encoding):
        yield fault
        return
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        yield from _table(text, file, separators)
    finally:
        text.detach()


def header(stream: BinaryIO, separators: str = ",") -> list[str]:
    """The names of the columns, none where they cannot be read; the stream is at its beginning again."""
    text = io.TextIOWrapper(stream, _encoding(stream), newline="")
    try:
        return next(csv.reader(text, delimiter=_separator(text, separators)), [])
    except (csv.Error, UnicodeDecodeError):
        return []
    finally:
        text.detach()
        stream.seek(0)


def _encoding(stream: BinaryIO) -> str:
    start = stream.read(2)
    stream.seek(0)
    return "utf-16" if start in _WIDE else "utf-8-sig"


def _not_text(stream: BinaryIO, file: str, encoding: str) -> Fault | None:
    decoder, at = codecs.getincrementaldecoder(encoding)(), 0
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
            at += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        which = "UTF-16, Latin-1, Windows-1251 or Windows-1254"
        problem = f"not UTF-8 near byte {at + wrong.start + 1}, perhaps {which}"
        return Fault(file, 1, "", problem, "save it as CSV UTF-8")
    finally:
        stream.seek(0)
    return None


def _separator(text: io.TextIOWrapper, separators: str) -> str:
    first = text.readline(_CHUNK)
    text.seek(0)
    return max(separators, key=first.count)


def _table(text: io.TextIOWrapper, file: str, separators: str) -> Iterator[Cells | Fault]:
    rows = csv.reader(text, delimiter=_separator(text, separators), strict=True)
    try:
        names = [bare(name) for name in next(rows, [])]
    except csv.Error as wrong:
        yield Fault(file, 1, "", f"the header cannot be read: {wrong}", "balance the quotation marks")
        return
    fault = _wrong_header(file, names)
    if fault is not None:
        yield fault
        return
    yield from _below(rows, file, names)


def _wrong_header(file: str, header: Sequence[str]) -> Fault | None:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        return Fault(file, 1, "", "the columns are not parted by commas", "save it with commas")
    if "id" not in header:
        return Fault(file, 1, "id", "the first line is no header: it names no column id", "add the header")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        return Fault(file, 1, twice[0] or "(no name)", "the column stands twice", "keep one of them")
    return None


def _below(rows: Any, file: str, header: Sequence[str]) -> Iterator[Cells | Fault]:
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


def _row(file: str, line: int, cells: Mapping[str, str]) -> Cells | Fault:
    for name, cell in cells.items():
        if found := FORBIDDEN.search(cell):
            return Fault(
                file, line, name, f"a character that is no text (U+{ord(found[0]):04X})", "take it out"
            )
        if _FORMULA.match(cell):
            advice = "take the sign away, or put an apostrophe before it if these are the words"
            return Fault(file, line, name, "the cell begins like a formula of a spreadsheet", advice)
    return Cells(line, {name: bare(cell) for name, cell in cells.items() if cell})
