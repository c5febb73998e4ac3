"""Sitemaps (sitemaps.org 0.9) with the languages of each page. Their own elements bear no prefix: many who read them know none.

index(["…/sitemaps/0.xml", …])
pages([Listed({"az": "…", "en": "…"}, changed), …])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MEDIA_TYPE = "application/xml; charset=utf-8"
register_namespace("xhtml", XHTML)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its address in each language, and when it changed last (UTC), where that is known."""

    addresses: Mapping[str, str]
    changed: datetime | None = None


def index(addresses: Iterable[str]) -> bytes:
    root = Element("sitemapindex", xmlns=SITEMAP)
    for address in addresses:
        SubElement(SubElement(root, "sitemap"), "loc").text = address
    return _written(root)


def pages(listed: Iterable[Listed]) -> bytes:
    root = Element("urlset", xmlns=SITEMAP)
    for page in listed:
        for address in page.addresses.values():
            node = SubElement(root, "url")
            SubElement(node, "loc").text = address
            if page.changed is not None:
                day = page.changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                SubElement(node, "lastmod").text = day
            for language, other in page.addresses.items():
                said = {"rel": "alternate", "hreflang": language, "href": other}
                SubElement(node, f"{{{XHTML}}}link", said)
    return _written(root)


def _written(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
