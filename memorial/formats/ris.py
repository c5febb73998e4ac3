"""CSL items as RIS, for reference managers that read neither CSL-JSON nor BibTeX.

    text = written(items)

One line a value: RIS knows no continued lines that all programs read. A span or an uncertain date goes
out as it is written, since `DA` knows whole days only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorial.formats.csl import Item, edtf_of, is_plain, name_in_one

MEDIA_TYPE = "application/x-research-info-systems"

TYPES = {
    "article-newspaper": "NEWS", "article-magazine": "MGZN", "article-journal": "JOUR", "broadcast": "VIDEO",
    "book": "BOOK", "chapter": "CHAP", "entry-encyclopedia": "ENCYC", "report": "RPRT", "legal_case": "CASE",
    "legislation": "STAT", "motion_picture": "MPCT", "pamphlet": "PAMP", "personal_communication": "PCOMM",
    "webpage": "ELEC",
}  # fmt: skip

_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)")


def written(items: Sequence[Item]) -> str:
    return "\r\n".join(reference(item) for item in items)


def reference(item: Item) -> str:
    lines = [f"{tag}  - {line(value)}" for tag, value in _tags(item) if line(value)]
    return "".join(f"{each}\r\n" for each in [f"TY  - {TYPES.get(item['type'], 'GEN')}", *lines, "ER  - "])


def line(text: str) -> str:
    return " ".join(text.split())


def _tags(item: Item) -> Iterator[tuple[str, str]]:
    yield "ID", item["id"]
    yield "TI", item.get("title", "")
    yield from (("AU", name_in_one(name)) for name in item.get("author", ()))
    yield from (("A2", name_in_one(name)) for name in item.get("editor", ()))
    yield from _dates(item.get("issued", {}))
    yield "T2", item.get("container-title", "")
    yield "PB", item.get("publisher", "")
    yield "CY", item.get("publisher-place", "")
    yield from _pages(item.get("page", ""))
    yield "IS", item.get("number", "")
    yield "ET", item.get("edition", "")
    yield "M3", item.get("genre", "")
    yield "LA", item.get("language", "")
    yield "UR", item.get("URL", "").replace(";", "%3B")  # some programs part addresses there
    yield "Y2", edtf_of(item.get("accessed", {})).replace("-", "/")
    yield "DB", item.get("archive", "")
    yield "N1", item.get("note", "")


def _dates(issued: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    written_date = issued.get("literal") or edtf_of(issued)
    if is_plain(issued):
        yield "PY", f"{issued['date-parts'][0][0]:04}"
        written_date = written_date.replace("-", "/")
    yield "DA", written_date


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    if found := _RANGE.fullmatch(pages.strip()):
        yield "SP", found[1]
        yield "EP", found[2]
    else:
        yield "SP", pages
