"""A record as catalogues exchange it: simple Dublin Core (`oai_dc`) and MODS 3.5. Elements of `xml.etree`.

    oai_dc(card)        # <oai_dc:dc>
    mods(card)          # <mods>

Both say only what a `Card` holds, and leave out what it leaves empty. Dates go out as EDTF (ISO 8601-2) where the record has
one, else in the words of its source; nothing is made more certain than it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, register_namespace

from memorial.domain.rights import Label

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
MODS = "http://www.loc.gov/mods/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
SCHEMAS = {
    OAI_DC: "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    MODS: "http://www.loc.gov/standards/mods/v3/mods-3-5.xsd",
}
for prefix, namespace in (("oai_dc", OAI_DC), ("dc", DC), ("mods", MODS), ("xsi", XSI)):
    register_namespace(prefix, namespace)

# What XML 1.0 cannot hold, whatever stands in the database.
_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# MODS types of resource (a closed list) and DCMI's, by kind of record.
TYPES = {
    "testimony": ("text", "Text"), "press": ("text", "Text"), "remembrance": ("text", "Text"),
    "document": ("text", "Text"), "event": ("text", "Event"), "place": ("text", "Text"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of a record. `abstracts` are (language, words)."""

    address: str
    title: str
    kind: str
    language: str = "und"
    agents: Sequence[tuple[str, str]] = ()  # role, name
    publication: str = ""
    number: str = ""
    date: str = ""  # EDTF
    date_words: str = ""
    where: str = ""  # of an event or a place; else where it came out, which is not what it is about
    permanent: str = ""  # the address that stays where it names neither language nor kind (ARK)
    abstracts: Sequence[tuple[str, str]] = ()
    archive: str = ""
    rights: str = ""  # the address of a statement of rights or a licence
    labels: Sequence[Label] = ()  # of communities, in their words

    @property
    def is_of_somewhere(self) -> bool:
        return self.kind in ("event", "place")


def holdable(text: str) -> str:
    return _UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _add(parent: Element, namespace: str, name: str, text: str = "", **attributes: str) -> Element:
    found = SubElement(parent, f"{{{namespace}}}{name}", attributes)
    if text:
        found.text = holdable(text)
    return found


def _in(language: str) -> dict[str, str]:
    return {} if language in ("", "und") else {f"{{{XML}}}lang": language}


def oai_dc(card: Card) -> Element:
    root = Element(f"{{{OAI_DC}}}dc", {f"{{{XSI}}}schemaLocation": f"{OAI_DC} {SCHEMAS[OAI_DC]}"})
    said = [
        ("title", card.title, _in(card.language)),
        *(("creator", name, {}) for _, name in card.agents),
        *(("description", words, _in(language)) for language, words in card.abstracts),
        ("publisher", card.publication, {}),
        ("date", card.date or card.date_words, {}),
        ("type", TYPES[card.kind][1], {}),
        ("type", card.kind, {}),
        ("identifier", card.address, {}),
        ("identifier", card.permanent, {}),
        ("identifier", card.number, {}),
        ("language", "" if card.language == "und" else card.language, {}),
        ("coverage", card.where if card.is_of_somewhere else "", {}),
        ("relation", card.archive, {}),
        ("rights", card.rights, {}),
        *(("rights", label.said(), _in(label.language)) for label in card.labels),
    ]
    for name, text, attributes in said:
        if text:
            _add(root, DC, name, text, **attributes)
    return root


def mods(card: Card) -> Element:
    root = Element(
        f"{{{MODS}}}mods", {"version": "3.5", f"{{{XSI}}}schemaLocation": f"{MODS} {SCHEMAS[MODS]}"}
    )
    if card.title:
        _add(_add(root, MODS, "titleInfo", **_in(card.language)), MODS, "title", card.title)
    for role, name in card.agents:
        agent = _add(root, MODS, "name")
        _add(agent, MODS, "namePart", name)
        _add(_add(agent, MODS, "role"), MODS, "roleTerm", role, type="text")
    _add(root, MODS, "typeOfResource", TYPES[card.kind][0])
    _add(root, MODS, "genre", card.kind)
    _origin(root, card)
    if card.language != "und":
        term = _add(_add(root, MODS, "language"), MODS, "languageTerm", card.language)
        term.attrib |= {"type": "code", "authority": "rfc5646"}
    for language, words in card.abstracts:
        _add(root, MODS, "abstract", words, **_in(language))
    if card.where and card.is_of_somewhere:
        _add(_add(root, MODS, "subject"), MODS, "geographic", card.where)
    if card.publication:
        host = _add(root, MODS, "relatedItem", type="host")
        _add(_add(host, MODS, "titleInfo"), MODS, "title", card.publication)
    if card.number:
        _add(root, MODS, "identifier", card.number, type="document number")
    for address in filter(None, (card.address, card.permanent)):
        _add(root, MODS, "identifier", address, type="uri")
    if card.rights:
        _add(root, MODS, "accessCondition", card.rights, type="use and reproduction")
    for label in card.labels:
        _add(root, MODS, "accessCondition", label.said(), type="community label", **_in(label.language))
    place = _add(root, MODS, "location")
    _add(place, MODS, "url", card.address, usage="primary display")
    return root


def _origin(root: Element, card: Card) -> None:
    place = "" if card.is_of_somewhere else card.where
    if not (card.date or card.date_words or place):
        return
    origin = _add(root, MODS, "originInfo")
    if place:
        _add(_add(origin, MODS, "place"), MODS, "placeTerm", place, type="text")
    if card.date:
        _add(origin, MODS, "dateIssued", card.date, encoding="edtf")
    elif card.date_words:
        _add(origin, MODS, "dateIssued", card.date_words)
