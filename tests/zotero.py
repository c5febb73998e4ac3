"""What Zotero would save of a page: how its translators read embedded metadata and COinS.

    saved = from_head(html)      # the "Embedded Metadata" translator of June 2024 with RDF, in short
    saved = from_coins(html)     # the "COinS" translator: {"itemType", "title", "creators", …}

Written from what those programs do (zotero/translators, zotero/utilities), for the fields we give.
"""

from __future__ import annotations

import html as entities
import re
from typing import Any
from urllib.parse import unquote

HIGHWIRE = {
    "citation_title": "title", "citation_publication_date": "date", "citation_date": "date",
    "citation_journal_title": "publicationTitle", "citation_inbook_title": "publicationTitle",
    "citation_technical_report_institution": "institution", "citation_technical_report_number": "number",
    "citation_publisher": "publisher", "citation_public_url": "url", "citation_language": "language",
}  # fmt: skip
# These names decide the type, whatever else the page says of it.
DECIDES = {
    "citation_journal_title": "journalArticle", "citation_technical_report_institution": "report",
    "citation_conference_title": "conferencePaper", "citation_inbook_title": "bookSection",
    "citation_dissertation_institution": "thesis",
}  # fmt: skip
ITEM_TYPES = {
    "book", "bookSection", "case", "document", "encyclopediaArticle", "film", "journalArticle", "letter",
    "magazineArticle", "newspaperArticle", "presentation", "report", "statute", "tvBroadcast", "webpage",
}  # fmt: skip
_META = re.compile(r"<meta\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')


def metas(html: str) -> list[tuple[str, str]]:
    head = html.partition("</head>")[0]
    found = [dict(_ATTRIBUTE.findall(each)) for each in _META.findall(head)]
    return [(each["name"], entities.unescape(each.get("content", ""))) for each in found if "name" in each]


def from_head(html: str) -> dict[str, Any]:
    pairs = [(name, value) for name, value in metas(html) if value]
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    rdf = {
        name.lower(): value for name, value in reversed(pairs) if re.match(r"(dc|prism|z)[.:]", name, re.I)
    }
    item: dict[str, Any] = {
        "title": rdf.get("dc.title"),
        "date": rdf.get("dc.date"),
        "publicationTitle": rdf.get("prism.publicationname") or rdf.get("dc.source"),
        "publisher": rdf.get("dc.publisher"),
        "number": rdf.get("prism.number"),
        "language": rdf.get("dc.language"),
    }
    item |= {field: " ".join(first[name].split()) for name, field in HIGHWIRE.items() if name in first}
    said = rdf.get("z:itemtype", "")
    item["itemType"] = said if said in ITEM_TYPES else "journalArticle"
    item["itemType"] = next((DECIDES[name] for name in first if name in DECIDES), item["itemType"])
    item["creators"] = [value for name, value in pairs if name == "citation_author"]
    item["pages"] = first.get("citation_firstpage")
    return {name: value for name, value in item.items() if value}


def spans(html: str) -> list[str]:
    return [entities.unescape(title) for title in re.findall(r'<span class="Z3988" title="([^"]*)"', html)]


def from_coins(html: str) -> dict[str, Any]:
    (context_object,) = spans(html)
    pairs = [each.split("=") for each in context_object.split("&")]
    assert all(len(pair) == 2 for pair in pairs), "a sign that was not encoded"
    values = [(name, unquote(re.sub(r"\+|%2[bB]", " ", value))) for name, value in pairs]
    given = dict(values)
    genre, form = given.get("rft.genre"), given["rft_val_fmt"].rpartition(":")[2]
    item: dict[str, Any] = {"creators": [value for name, value in values if name == "rft.au"]}
    if form == "dc":
        item["itemType"] = given["rft.type"] if given.get("rft.type") in ITEM_TYPES else "webpage"
        item["title"], item["publicationTitle"] = given.get("rft.title"), given.get("rft.source")
    elif form == "journal":
        item |= {
            "itemType": "journalArticle",
            "title": given.get("rft.atitle"),
            "publicationTitle": given.get("rft.jtitle"),
        }
    elif genre == "bookitem":
        item |= {
            "itemType": "bookSection",
            "title": given.get("rft.atitle"),
            "publicationTitle": given.get("rft.btitle"),
        }
    else:
        item |= {"itemType": genre if genre == "report" else "book", "title": given.get("rft.btitle")}
    for name, field in (
        ("date", "date"),
        ("publisher", "publisher"),
        ("language", "language"),
        ("pages", "pages"),
    ):
        item[field] = given.get(f"rft.{name}")
    item["url"] = given.get("rft_id") if re.match("https?://", given.get("rft_id", "")) else None
    return {name: value for name, value in item.items() if value}
