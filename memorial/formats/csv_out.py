"""Tables that leave as CSV, so that no spreadsheet takes a cell for a formula.

    yield first_line(["month", "number"])
    yield line([month, 12])

A cell that begins with = + - @, a tab or a carriage return gets an apostrophe in front, as one that
begins with an apostrophe does: `bare` takes it away again, and every text comes back as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"  # without it the commonest spreadsheet reads the file as Latin-1
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def first_line(names: Iterable[str]) -> str:
    """The mark of UTF-8 and the header."""
    return BOM + line(names)


def line(cells: Iterable[object]) -> str:
    """One row. Numbers stay numbers."""
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell


def bare(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGINS_A_FORMULA) else cell
