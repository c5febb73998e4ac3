"""CSL items as BibTeX, with biblatex's `date` beside `year`, so that an uncertain date keeps its EDTF.

    text = written(items)

Titles and the names of institutions are in braces of their own: no program changes their letters or
takes "Smith and Sons" for two people. Everything that is not a sign of (La)TeX stays as it is, in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorial.formats.csl import Item, edtf_of, is_plain

MEDIA_TYPE = "application/x-bibtex"

TYPES = {
    "article-newspaper": "article", "article-magazine": "article", "article-journal": "article", "book": "book",
    "chapter": "incollection", "entry-encyclopedia": "incollection", "report": "techreport", "pamphlet": "booklet",
    "webpage": "online",
}  # fmt: skip
_CONTAINER = {"article": "journal", "incollection": "booktitle"}
_HOUSE = {"techreport": "institution"}

_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\lbrace{}", "}": r"\rbrace{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}~^&%$#_]|(?<=[-`'<>,])(?=[-`'<>,])|(?<=[?!])(?=`)")


def written(items: Sequence[Item]) -> str:
    return "\n".join(entry(item) for item in items)


def entry(item: Item) -> str:
    kind = TYPES.get(item["type"], "misc")
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(item, kind) if value)
    return f"@{kind}{{{item['id']},\n{fields}}}\n"


def _fields(item: Item, kind: str) -> Iterator[tuple[str, str]]:
    yield "title", whole(item.get("title", ""))
    yield "author", _people(item.get("author", ()))
    yield "editor", _people(item.get("editor", ()))
    yield from _date(item.get("issued", {}))
    yield _CONTAINER.get(kind, "howpublished"), escaped(item.get("container-title", ""))
    yield _HOUSE.get(kind, "publisher"), escaped(item.get("publisher", ""))
    yield "address", escaped(item.get("publisher-place", ""))
    yield "pages", escaped(item.get("page", ""))
    yield "number", escaped(item.get("number", ""))
    yield "edition", escaped(item.get("edition", ""))
    yield "type", escaped(item.get("genre", ""))
    yield "language", escaped(item.get("language", ""))
    yield "url", escaped(item.get("URL", ""))
    yield "urldate", edtf_of(item.get("accessed", {}))
    yield "library", escaped(item.get("archive", ""))
    yield "version", escaped(item.get("version", ""))
    yield "note", escaped(item.get("note", ""))


def _date(issued: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "date", escaped(edtf_of(issued))
    if is_plain(issued):
        yield "year", f"{issued['date-parts'][0][0]:04}"
    else:
        yield "year", escaped(issued.get("literal", ""))


def _people(names: Sequence[Mapping[str, str]]) -> str:
    return " and ".join(
        whole(name["literal"])
        if "literal" in name
        else f"{escaped(name['family'])}, {escaped(name['given'])}"
        for name in names
    )


def whole(text: str) -> str:
    """In braces of its own, unless there is nothing."""
    return f"{{{escaped(text)}}}" if text.strip() else ""


def escaped(text: str) -> str:
    """One line in which nothing means anything to TeX; pairs that it would join (`--`) are parted."""
    return _SPECIAL.sub(lambda found: _SIGNS.get(found[0], "{}"), " ".join(text.split()))
