"""Reading an XLSX workbook row by row, in the decoder's process only (`inside.py`).

    content = rows(workbook)       # JSON Lines: [number of the row, [cells as text], {column: what was odd}]

Nothing in a workbook is worked out: a formula comes as it is written, links to elsewhere and macros are not read.
What is looked at before anything is unpacked: how many parts there are, how large they say they become, that none
declares entities. The process itself is limited in time and memory.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from memorial.derivatives.refusal import Refused

MOST_PARTS: Final = 2_000
MOST_UNPACKED: Final = 300 << 20  # bytes of all parts together
MOST_PACKED: Final = 200  # times: text packs to a tenth, a bomb to a thousandth
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST: Final = 20_000  # characters of a cell
LARGEST: Final = 60 << 20  # bytes of what is handed back
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}\d{1,7}"')
_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


def rows(content: bytes, name: str) -> bytes:
    """The first sheet that holds anything. Raises Refused."""
    merged = _looked_at(content, name)
    from openpyxl import load_workbook  # 20 MB, which the pictures' process need not carry

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return _first(book, merged, name)
    except (Refused, MemoryError):
        raise
    except Exception as wrong:  # what strangers' bytes make a reader raise
        raise Refused("damaged", name=name) from wrong


def _first(book: Any, merged: dict[str, dict[int, str]], name: str) -> bytes:
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
    for sheet in sheets:
        part = sheet._worksheet_path.lstrip("/")
        sheet.reset_dimensions()  # what a sheet says of its own size is a claim
        told = b"".join(_lines(sheet, merged.get(part, {}), name))
        if told:
            others = len(sheets) - 1
            return told + (json.dumps([0, [], {"sheets": others}]).encode() + b"\n" if others else b"")
    raise Refused("empty", name=name)


def _lines(sheet: Any, merged: dict[int, str], name: str) -> Iterator[bytes]:
    size = count = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if not cells:
            continue
        words = [_words(cell.value) for cell in cells]
        while words and not words[-1]:
            words.pop()
        if not words:
            continue
        count += 1
        if count > MOST_ROWS or len(words) > MOST_COLUMNS:
            raise Refused("too_large_bytes", name=name, limit=MOST_ROWS, bytes=count)
        odd = {"merged": merged[number]} if number in merged else {}
        line = json.dumps([number, words, odd], ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        size += len(line)
        if size > LARGEST:
            raise Refused("too_large_bytes", name=name, limit=LARGEST, bytes=size)
        yield line


def _words(value: Any) -> str:
    """A cell as it reads: a whole number without a point, a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    # An array formula is an object of its own, with its text beside it.
    return str(getattr(value, "text", None) or value)[:LONGEST]


def _looked_at(content: bytes, name: str) -> dict[str, dict[int, str]]:
    """The merged cells of each sheet, by the row they begin in. Raises Refused for what is no workbook or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            whole = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or _is_bomb(parts):
                raise Refused("too_large_bytes", name=name, limit=MOST_UNPACKED, bytes=whole)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise Refused("not_an_image", name=name)
            found = {}
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with packed.open(part) as stream:
                        found[part.filename] = _merged(stream, name)
            return found
    except (Refused, MemoryError):
        raise
    except Exception as wrong:
        raise Refused("damaged", name=name) from wrong


def _is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    return any(
        part.file_size > 1 << 20 and part.file_size > MOST_PACKED * max(1, part.compress_size)
        for part in parts
    )


def _merged(stream: Any, name: str) -> dict[int, str]:
    """Reads a part once from end to end: its merged cells; whoever declares entities is refused."""
    found: dict[int, str] = {}
    rest = b""
    while piece := stream.read(1 << 20):
        window = rest + piece
        if _DECLARES.search(window):
            raise Refused("damaged", name=name)
        for match in _MERGED.finditer(window):
            if len(found) < MOST_ROWS:
                found[int(match[2])] = match[0].split(b'"')[1].decode()
        rest = window[-200:]
    return found
