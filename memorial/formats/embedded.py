"""What a page says of itself to reference managers: metadata in its head and a COinS span.

    machine = embedded(item, files=[File("BibTeX", "application/x-bibtex", "/en/cite/press/…")])

The names are those that Zotero's "Embedded Metadata" and "COinS" translators read, and Highwire's as
Google Scholar does. Two traps: `citation_journal_title` makes a journal article of everything, whatever
else is said; and a date under `citation_publication_date` is read as a certain one. So a newspaper
stands under PRISM, and what is not certain under Dublin Core alone, as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from memorial.formats.csl import Item, edtf_of, is_plain, name_in_one

# What Zotero calls each type.
ZOTERO = {
    "article-newspaper": "newspaperArticle", "article-magazine": "magazineArticle",
    "article-journal": "journalArticle", "broadcast": "tvBroadcast", "book": "book", "chapter": "bookSection",
    "entry-encyclopedia": "encyclopediaArticle", "report": "report", "legal_case": "case",
    "legislation": "statute", "motion_picture": "film", "pamphlet": "book", "personal_communication": "letter",
    "speech": "presentation", "webpage": "webpage",
}  # fmt: skip
_COINS = {
    "journalArticle": ("journal", "article"), "book": ("book", "book"), "bookSection": ("book", "bookitem"),
    "report": ("book", "report"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """Another form of the same citation."""

    title: str
    media_type: str
    address: str


@dataclass(frozen=True, slots=True)
class Machine:
    """For `_parts/machine.html`: names and contents of meta elements, files to link to, the COinS."""

    meta: Sequence[tuple[str, str]]
    files: Sequence[File]
    coins: str


def embedded(item: Item, files: Sequence[File] = ()) -> Machine:
    meta = [(name, " ".join(value.split())) for name, value in _meta(item)]
    return Machine([pair for pair in meta if pair[1]], files, coins(item))


def item_type(item: Item) -> str:
    return ZOTERO.get(item["type"], "document")


def _meta(item: Item) -> Iterator[tuple[str, str]]:
    yield "z:itemType", item_type(item)
    yield "citation_title", item.get("title", "")
    for name in item.get("author", ()):
        yield "citation_author", name_in_one(name)
    for name in item.get("editor", ()):
        yield "citation_editor", name_in_one(name)
    issued = item.get("issued", {})
    if is_plain(issued):
        yield "citation_publication_date", edtf_of(issued).replace("-", "/")
    yield from _container(item)
    yield "citation_firstpage", item.get("page", "")
    yield "citation_language", item.get("language", "")
    yield "citation_public_url", item.get("URL", "")
    yield "DC.title", item.get("title", "")
    for name in item.get("author", ()):
        yield "DC.creator", name_in_one(name)
    yield "DC.date", issued.get("literal") or edtf_of(issued)
    yield "DC.publisher", item.get("publisher", "")
    yield "DC.type", item.get("genre", "")
    yield "DC.language", item.get("language", "")
    yield "DC.identifier", item.get("URL", "")


def _container(item: Item) -> Iterator[tuple[str, str]]:
    container, kind = item.get("container-title", ""), item_type(item)
    if kind == "journalArticle":
        yield "citation_journal_title", container
    elif kind in ("bookSection", "encyclopediaArticle"):
        yield "citation_inbook_title" if kind == "bookSection" else "prism.publicationName", container
    else:
        yield "prism.publicationName", container
    if kind == "report":
        yield "citation_technical_report_institution", item.get("publisher", "")
        yield "citation_technical_report_number", item.get("number", "")
    else:
        yield "citation_publisher", item.get("publisher", "")
        yield "prism.number", item.get("number", "")


# -- COinS (Z39.88-2004) --------------------------------------------------------------------


def coins(item: Item) -> str:
    """The title of the span, not yet escaped for HTML."""
    pairs = [("ctx_ver", "Z39.88-2004"), *_kind(item), *_common(item)]
    return "&".join(
        f"{name}={quote(' '.join(value.split()), safe='')}" for name, value in pairs if value.strip()
    )


def _kind(item: Item) -> Iterator[tuple[str, str]]:
    kind, title, container = item_type(item), item.get("title", ""), item.get("container-title", "")
    format_, genre = _COINS.get(kind, ("dc", ""))
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{format_}"
    yield "rft.genre", genre
    if format_ == "dc":
        yield "rft.type", kind
        yield "rft.title", title
        yield "rft.source", container
    else:
        whole = kind in ("book", "report")
        yield "rft.btitle" if whole else "rft.atitle", title
        yield "rft.jtitle" if format_ == "journal" else "rft.btitle", "" if whole else container


def _common(item: Item) -> Iterator[tuple[str, str]]:
    for name in item.get("author", ()):
        yield "rft.au", name_in_one(name)
    issued: Mapping[str, Any] = item.get("issued", {})
    yield "rft.date", issued.get("literal") or edtf_of(issued)
    yield "rft.publisher", item.get("publisher", "")
    yield "rft.place", item.get("publisher-place", "")
    yield "rft.pages", item.get("page", "")
    yield "rft.language", item.get("language", "")
    yield "rft_id", item.get("URL", "")
