"""Atom 1.0 (RFC 4287): what is new in the archive.

    body = feed(Feed("…/feeds/press.atom", "Khojaly archive: press", entries))

An entry has no picture and nothing that a source owns: a title, the archive's own summary, a link. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from memorial.formats.catalogue_xml import XML, holdable

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
register_namespace("atom", ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    address: str  # also its id: permanent
    title: str
    updated: datetime
    kind: str
    language: str = "und"
    summary: str = ""
    summary_language: str = "und"
    authors: Sequence[str] = ()
    rights: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    address: str
    title: str
    home: str
    author: str
    entries: Sequence[FeedEntry] = ()


def feed(made: Feed) -> bytes:
    root = Element(f"{{{ATOM}}}feed")
    newest = max((entry.updated for entry in made.entries), default=datetime(1970, 1, 1, tzinfo=UTC))
    _add(root, "id", made.address)
    _add(root, "title", made.title)
    _add(root, "updated", _time(newest))
    _add(root, "link", rel="self", type="application/atom+xml", href=made.address)
    _add(root, "link", rel="alternate", type="text/html", href=made.home)
    _add(_add(root, "author"), "name", made.author)
    for entry in made.entries:
        _entry(root, entry)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, entry: FeedEntry) -> None:
    node = _add(root, "entry")
    _add(node, "id", entry.address)
    _add(node, "title", entry.title, **_in(entry.language))
    _add(node, "updated", _time(entry.updated))
    _add(node, "link", rel="alternate", type="text/html", href=entry.address)
    _add(node, "category", term=entry.kind)
    for name in entry.authors:
        _add(_add(node, "author"), "name", name)
    if entry.rights:
        _add(node, "rights", entry.rights)
    if entry.summary:
        _add(node, "summary", entry.summary, type="text", **_in(entry.summary_language))


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    found = SubElement(
        parent, f"{{{ATOM}}}{name}", {key: holdable(value) for key, value in attributes.items()}
    )
    if text:
        found.text = holdable(text)
    return found


def _in(language: str) -> dict[str, str]:
    return {} if language in ("", "und") else {f"{{{XML}}}lang": language}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
