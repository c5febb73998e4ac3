"""A file that somebody sent, opened as a table: its lines, whatever form and encoding it has.

    lines = lines_of(content, "siyahi.xlsx")       # raises Invalid, whose key says what to do

A workbook is read in the process for strangers' files (memorial/derivatives), text here.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memorial.derivatives import MOST_WORKBOOK, Refused, spreadsheet_rows
from memorial.domain.errors import Invalid
from memorial.domain.list_plan import Line, Remark
from memorial.formats import tables

MOST_BYTES = MOST_WORKBOOK
MOST_LINES = 100_000
PACKED, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NO_TEXT = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_REFUSALS: Mapping[str, str] = {
    "empty": "list_empty", "not_an_image": "no_table", "too_large_bytes": "list_too_large", "damaged": "list_damaged",
}  # fmt: skip


def lines_of(content: bytes, file_name: str, encoding: str = "") -> Sequence[Line]:
    """Every line that holds something. Raises Invalid."""
    if len(content) > MOST_BYTES:
        raise Invalid("list_too_large", field="file")
    if content.startswith(OLD_WORKBOOK):
        raise Invalid("old_workbook", field="file")
    if content.startswith(_NO_TEXT):
        raise Invalid("no_table", field="file")
    read = _workbook(content, file_name) if content.startswith(PACKED) else tables.read(content, encoding)
    lines = [line for line in read if line.remarks or any(cell.strip() for cell in line.cells)]
    if not any(line.cells for line in lines):
        raise Invalid("list_empty", field="file")
    if len(lines) > MOST_LINES:
        raise Invalid("list_too_large", field="file")
    return lines


def _workbook(content: bytes, file_name: str) -> Iterable[Line]:
    try:
        told = spreadsheet_rows(content, file_name)
    except Refused as wrong:
        # Too slow, too much memory, the reader died of it: all say the same to whoever sent it.
        raise Invalid(_REFUSALS.get(wrong.reason_code, "list_too_heavy"), field="file") from wrong
    for line in told.splitlines():
        number, cells, odd = json.loads(line)
        remarks = [Remark(number, name, given=str(value)) for name, value in odd.items()]
        yield Line(number, cells, remarks)


# -- kept ---------------------------------------------------------------------------------------


def packed(lines: Iterable[Line]) -> bytes:
    told = (
        json.dumps(
            [line.number, list(line.cells), [[each.key, each.column, each.given] for each in line.remarks]],
            ensure_ascii=False,
        )
        for line in lines
    )
    return zlib.compress("\n".join(told).encode("utf-8", "replace"))


def unpacked(kept: bytes, after: int = 0) -> Iterator[Line]:
    """The lines after one of them, one at a time: a large list is not held as a whole."""
    for told in io.BytesIO(zlib.decompress(kept)):
        if int(told[1 : told.index(b",")]) > after:
            number, cells, odd = json.loads(told)
            yield Line(number, cells, [Remark(number, *each) for each in odd])


def packed_remarks(remarks: Iterable[Remark]) -> bytes:
    rows = [[each.line, each.key, each.column, each.given, each.left_out] for each in remarks]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"))


def unpacked_remarks(kept: bytes) -> list[Remark]:
    return [Remark(*each) for each in json.loads(zlib.decompress(kept))]
