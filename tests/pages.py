"""A page as its reader has it: the words, what stands together, and where it leads.

    page = Page("/press", 200, html); page.blocks, page.links, page.heading

A page is known by its path without the language. Its *blocks* are what a reader takes in at one look: a row of a
table, an entry of a list, an article, a figure with its caption, a term with what belongs to it, a paragraph, the
head of a page. Texts are compared in plain words: quotation marks and dashes straight, spaces single, "1,275" as
1275, whatever stands between the thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import urljoin

import html5lib

LANGUAGE = "/en"
WHOLE = ("tr", "article", "li", "figure", "p", "caption")
UNREAD = ("svg", "script", "style", "template", "head")
MAIN = re.compile(r"<main\b.*</main>", re.S)
TITLE = re.compile(r"<title>(.*?)</title>", re.S)
FRAMED = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
STRAIGHT = str.maketrans("“”„«»‘’‚`´–—‑−\u00a0\u202f\u2009", "\"\"\"\"\"'''''----   ")


def plain(text: str) -> str:
    """Words as they are compared."""
    text = re.sub(r"(?<=\d)[,\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = " ".join(text.translate(STRAIGHT).split())
    return re.sub(r" (?=[,.;:!?)\]])|(?<=[(\[]) ", "", text)


@dataclass(frozen=True)
class Block:
    """What a reader takes in at one look."""

    tag: str
    text: str
    ids: frozenset[str]
    links: tuple[tuple[str, str], ...]  # (address without language, words)

    def leads_to(self, path: str) -> bool:
        """To a page, or to a place in it where `path` names one."""
        whole = "#" in path
        return any(
            (link if whole else link.partition("#")[0].partition("?")[0]) == path for link, _ in self.links
        )


@dataclass(repr=False, eq=False)
class Page:
    path: str
    status: int
    html: str

    @cached_property
    def main(self) -> Any:
        """What is the page's own, parsed; the frame around it is on every page."""
        return html5lib.parseFragment(MAIN.search(self.html)[0], namespaceHTMLElements=False)

    @cached_property
    def frame(self) -> str:
        return MAIN.sub("", self.html)

    @cached_property
    def title(self) -> str:
        return plain(unescape("".join(TITLE.findall(self.html))))

    @cached_property
    def headings(self) -> list[str]:
        return [words_of(each) for each in self.main.iter("h1")] + re.findall(r"<h1\b", self.frame)

    @property
    def heading(self) -> str:
        return self.headings[0] if self.headings else ""

    @cached_property
    def links(self) -> list[tuple[str, str, str]]:
        """(address without language, words, rel) of everything in this language, the whole page."""
        framed = [(unescape(href), "", "") for href in FRAMED.findall(self.frame)]
        return [*_links(self.main, self.path), *_local(framed, self.path)]

    @cached_property
    def blocks(self) -> list[Block]:
        return list(_blocks(self))

    @cached_property
    def own(self) -> Block:
        """The page itself as one block."""
        return _block("page", [self.main], self.path)


def words_of(*elements: Any, without: str = "") -> str:
    """What is read; `without` leaves out an element, as "del" for the wording that differs."""
    return plain(" ".join(piece for element in elements for piece in _pieces(element, without)))


def _pieces(element: Any, without: str) -> Iterator[str]:
    if _name(element) in (*UNREAD, without) or "hidden" in element.attrib:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _pieces(child, without)
        if child.tail:
            yield child.tail


def _name(element: Any) -> str:
    """Of a tag, without the namespace of a drawing; comments are left unread like a head."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "head"


def _links(element: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Those in drawings too."""
    links = [each for each in element.iter() if _name(each) == "a" and each.get("href")]
    return _local([(link.get("href"), words_of(link), link.get("rel", "")) for link in links], path)


def _local(links: list[tuple[str, str, str]], path: str) -> Iterator[tuple[str, str, str]]:
    for href, words, rel in links:
        target = urljoin(LANGUAGE + path, href)
        if target.startswith(LANGUAGE + "/"):
            yield target.removeprefix(LANGUAGE), words, rel


def _block(tag: str, elements: list[Any], path: str) -> Block:
    ids = [inner.get("id") for each in elements for inner in each.iter() if inner.get("id")]
    links = [(where, words) for each in elements for where, words, _ in _links(each, path)]
    return Block(tag, words_of(*elements), frozenset(ids), tuple(links))


def _blocks(page: Page) -> Iterator[Block]:
    for element in page.main.iter():
        if element.tag == "header" or (element.tag in WHOLE and element.find(".//h1") is None):
            yield _block(element.tag, [element], page.path)
        elif element.tag == "dl":
            yield from _pairs(element, page.path)


def _pairs(listing: Any, path: str) -> Iterator[Block]:
    pair: list[Any] = []
    for each in [child for child in listing.iter() if child.tag in ("dt", "dd")]:
        if each.tag == "dt" and pair and pair[-1].tag == "dd":
            yield _block("dl", pair, path)
            pair = []
        pair.append(each)
    if pair:
        yield _block("dl", pair, path)
