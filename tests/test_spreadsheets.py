"""Workbooks that strangers send: read as they stand, or refused before they cost anything. Everybody is synthetic."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest

from memorial.derivatives import Refused, spreadsheet_rows
from memorial.derivatives.spreadsheet import rows


def workbook(*among: list[Any], **cells: Any) -> bytes:
    book = openpyxl.Workbook()
    for row in among:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def changed(content: bytes, name: str, made: Any) -> bytes:
    """The same workbook with one part written anew."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            words = before.read(part)
            after.writestr(part.filename, made(words) if part.filename == name else words)
    return kept.getvalue()


def told(content: bytes) -> list[Any]:
    return [json.loads(line) for line in rows(content, "list.xlsx").splitlines()]


SHEET = "xl/worksheets/sheet1.xml"
SMALL = workbook(["No", "Ad"], [1, "Sınaqov"])


def test_cells_come_as_they_read_and_nothing_is_worked_out() -> None:
    content = workbook(["No", "Ad"], [1, '=HYPERLINK("http://x.example")'], [2.0, 1992], [True, 0.5])
    assert [cells for _, cells, _ in told(content)] == [
        ["No", "Ad"], ["1", '=HYPERLINK("http://x.example")'], ["2", "1992"], ["TRUE", "0.5"],
    ]  # fmt: skip


def test_a_gap_keeps_the_numbers_of_the_rows_and_another_sheet_is_named() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(["No", "Ad"], B9="Sınaqov")))
    book.create_sheet().append(["x"])
    kept = io.BytesIO()
    book.save(kept)
    assert told(kept.getvalue()) == [[1, ["No", "Ad"], {}], [9, ["", "Sınaqov"], {}], [0, [], {"sheets": 1}]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 nothing", "damaged"),
        (SMALL[: len(SMALL) // 2], "damaged"),
        (workbook(), "empty"),
        (workbook(["x"], XFD1="far"), "too_large_bytes"),
        (changed(SMALL, SHEET, lambda words: b'<!DOCTYPE x [<!ENTITY a "b">]>' + words), "damaged"),
        (changed(SMALL, SHEET, lambda words: words + b" " * (64 << 20)), "too_large_bytes"),
        (changed(SMALL, SHEET, lambda _: b"<worksheet><sheetData><row>"), "damaged"),
        (changed(SMALL, "xl/workbook.xml", lambda _: b"<workbook/>"), "empty"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_or_too_much_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rows(content, "list.xlsx")
    assert refused.value.reason_code == code


def test_it_is_read_in_a_process_of_its_own() -> None:
    assert json.loads(spreadsheet_rows(SMALL, "list.xlsx").splitlines()[1]) == [2, ["1", "Sınaqov"], {}]
