"""OHMS, the Oral History Metadata Synchronizer: an interview with its transcript and its index, in XML.

    reading = read(data)                           # Reading((Interview, …), faults); raises Refused
    write(interview, on=date(2026, 11, 28)).text   # version 6.0, valid by the schema

Versions 5.1 to 6.0 (https://www.weareavp.com/nunncenter/ohms/ohms.xsd) are read: up to 5.4 the transcript is text with
the places of whole minutes (ohms_sync.py), from 6.0 on it is WebVTT. What every element is called and in which order
stands in ohms_fields.py. Written is 6.0. A chapter has two languages there and no more, and begins on a whole second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from memorial.domain.transcript import LATEST, UNKNOWN, Interview, Link, Segment, Spot, Telling, Transcript
from memorial.formats import ohms_fields as fields
from memorial.formats import transcript_text, vtt
from memorial.formats.faults import Faults, Reading, Refused
from memorial.formats.language_names import code_of
from memorial.formats.ohms_sync import read_with_minutes, stamps_of
from memorial.formats.ohms_writing import write
from memorial.formats.xml_tree import Element, tree

__all__ = ["read", "write"]

VERSIONS = frozenset({"5.1", "5.2", "5.3", "5.4", "6.0"})


def read(data: bytes) -> Reading[tuple[Interview, ...]]:
    faults = Faults()
    root, _ = tree(data, faults)
    if root.name != "ROOT":
        raise Refused("not_ohms", root.line, root.name)
    if root.namespace != fields.NAMESPACE:
        faults.add(root.line, "namespace")
    for other in root.children:
        if other.name != "record":
            faults.add(other.line, "field_unknown", "ROOT", other.name)
    interviews = tuple(_Record(record, faults).interview() for record in root.all("record"))
    if not interviews:
        faults.add(root.line, "field_missing", "record")
    return Reading(interviews, faults.told())


@dataclass(slots=True)
class _Record:
    record: Element
    faults: Faults
    facts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, Element] = field(default_factory=dict)  # elements that hold a transcript, or its minutes
    index: list[Element] = field(default_factory=list)

    def interview(self) -> Interview:
        self._attributes()
        self._elements()
        main, other = self._language("language"), self._language("transcript_alt_lang")
        found = [self._transcript("", main, "verbatim"), self._transcript("_alt", other, "translation")]
        segments = tuple(self._segments(main, other))
        return Interview(self.facts, tuple(one for one in found if one is not None), segments)

    def _attributes(self) -> None:
        for name in ("id", "dt"):
            value = self.record.attributes.get(name, "")
            if fields.fits(f"record/{name}", value):
                self.facts[f"record/{name}"] = (value,)
            else:
                key = "field_type" if value else "field_missing"
                self.faults.add(self.record.line, key, f"record/{name}", value)

    def _elements(self) -> None:
        reached = 0
        for element in self.record.children:
            name = element.name
            if name not in fields.ORDER:
                self.faults.add(element.line, "field_unknown", name, element.text)
                continue
            place = fields.ORDER.index(name)
            if place < reached:
                self.faults.add(element.line, "field_order", name)
            reached = max(reached, place)
            self._element(element)
        version = fields.first(self.facts, "version")
        if version and version not in VERSIONS:
            self.faults.add(self.record.line, "version", "version", version)
        for name in ("version", "date", "title"):
            if not any(self.record.all(name)):
                self.faults.add(self.record.line, "field_missing", name)

    def _element(self, element: Element) -> None:
        name = element.name
        if name == "index":
            self.index.extend(element.children)
        elif name in fields.WORDS:
            if element.text.strip(" \n"):
                self.words.setdefault(name, element)
        elif name == "mediafile":
            for part in element.children:
                self._fact(f"mediafile/{part.name}", part)
        elif name == "date":
            for attribute in ("value", "format"):
                if value := element.attributes.get(attribute, "").strip():
                    self.facts[f"date/{attribute}"] = (value,)
        else:
            self._fact(name, element)

    def _fact(self, name: str, element: Element) -> None:
        value = element.text.strip(" \n")
        if not value:
            return
        if not fields.known(name):
            self.faults.add(element.line, "field_unknown", name, value)
        elif name in self.facts and name not in fields.REPEATED:
            self.faults.add(element.line, "field_again", name, value)
        elif not fields.fits(name, value):
            self.faults.add(element.line, "field_type", name, value)
        else:
            self.facts[name] = (*self.facts.get(name, ()), value)

    def _language(self, name: str) -> str:
        said = fields.first(self.facts, name)
        code = code_of(said)
        if said and not code:
            line = next((element.line for element in self.record.all(name)), self.record.line)
            self.faults.add(line, "language", name, said)
        return code or UNKNOWN

    def _transcript(self, side: str, language: str, kind: str) -> Transcript | None:
        timed, text, sync = (
            self.words.get(f"{name}{side}") for name in ("vtt_transcript", "transcript", "sync")
        )
        if timed is not None:
            transcript = self._vtt(timed, language, kind)
            if transcript is not None:
                if text is not None:
                    self.faults.add(text.line, "field_again", text.name, text.text)
                return transcript
        if text is None:
            if sync is not None:
                self.faults.add(sync.line, "sync", sync.name, "no words")
            return None
        words, inner = self._inner(text)
        if sync is not None:
            beside = Faults(sync.line - 1, sync.name)
            stamps, every = stamps_of(sync.text, beside)
            self.faults.take(beside.told())
            return self._take(read_with_minutes(words, stamps, every, inner, language, kind), inner)
        return self._take(transcript_text.read_text(words, inner, language, kind), inner)

    def _vtt(self, element: Element, language: str, kind: str) -> Transcript | None:
        words, inner = self._inner(element)
        try:
            return self._take(vtt.read_text(words, inner, language, kind), inner)
        except Refused as e:
            self.faults.add(e.fault.line, e.fault.key, element.name, e.fault.found)
            return None

    def _inner(self, element: Element) -> tuple[str, Faults]:
        """The text without what stands before its first word, and faults that know its line and its field.

        Where minutes count lines, only a mark of order goes."""
        text = element.text.lstrip("\ufeff")
        if element.name.startswith("vtt"):
            text = text.lstrip(" \n\ufeff")
        skipped = element.text.count("\n") - text.count("\n")
        return text.rstrip(" \n"), Faults(element.text_line - 1 + skipped, element.name)

    def _take(self, reading: Reading[Transcript], inner: Faults) -> Transcript:
        self.faults.take(inner.told())
        return reading.value

    # -- the index ------------------------------------------------------------------------

    def _segments(self, main: str, other: str) -> Iterator[Segment]:
        begin = 0
        for number, point in enumerate(self.index, 1):
            if point.name != "point":
                self.faults.add(point.line, "field_unknown", f"index/{point.name}", point.text)
                continue
            reader = _Point(point, f"point {number}", self.faults)
            begin = reader.time(begin)
            yield reader.segment(begin, main, other)


class _Point:
    def __init__(self, point: Element, name: str, faults: Faults) -> None:
        self.point, self.name, self.faults = point, name, faults
        self.said: dict[str, str] = {}
        self._spots: list[dict[str, str]] = []
        self._links: list[dict[str, str]] = []
        beside: dict[str, str] = {}  # up to 5.2 a place and a link stood in the point itself
        for element in point.children:
            if element.name == "gpspoints":
                self._spots.append(self._leaves(element, fields.SPOT))
            elif element.name == "hyperlinks":
                self._links.append(self._leaves(element, fields.LINK))
            elif element.name in fields.SPOT or element.name in fields.LINK:
                beside[element.name] = element.text.strip(" \n")
            elif element.name not in fields.POINT:
                self._fault(element, "field_unknown", element.text)
            elif element.name in self.said:
                self._fault(element, "field_again", element.text)
            else:
                self.said[element.name] = element.text.strip(" \n")
        self._spots.append(beside)
        self._links.append(beside)

    def _fault(self, element: Element, key: str, found: str = "") -> None:
        self.faults.add(element.line, key, f"{self.name}/{element.name}", found)

    def _leaves(self, element: Element, names: Sequence[str]) -> dict[str, str]:
        said = {}
        for leaf in element.children:
            if leaf.name not in names:
                self._fault(leaf, "field_unknown", leaf.text)
            else:
                said[leaf.name] = leaf.text.strip(" \n")
        return said

    def time(self, before: int) -> int:
        """In milliseconds; a chapter whose time nobody can read begins with the one above it."""
        written = self.said.get("time", "")
        if written.isascii() and written.isdecimal() and len(written) < 9 and int(written) * 1000 <= LATEST:
            return int(written) * 1000
        line = next((element.line for element in self.point.all("time")), self.point.line)
        self.faults.add(line, "field_type" if written else "field_missing", f"{self.name}/time", written)
        return before

    def segment(self, begin: int, main: str, other: str) -> Segment:
        tellings = [self._telling("", main), self._telling("_alt", other)]
        spots = [Spot(*(spot.get(name, "") for name in fields.SPOT)) for spot in self._spots]
        links = [Link(*(link.get(name, "") for name in fields.LINK)) for link in self._links]
        return Segment(
            begin,
            tuple(told for told in tellings if told != Telling(told.language)),
            spots=tuple(spot for spot in spots if spot.point or spot.name or spot.name_alt),
            links=tuple(link for link in links if link != Link()),
        )

    def _telling(self, side: str, language: str) -> Telling:
        title, synopsis, keywords, subjects, excerpt = (
            self.said.get(f"{name}{side}", "")
            for name in ("title", "synopsis", "keywords", "subjects", "partial_transcript")
        )
        return Telling(language, title, synopsis, _list(keywords), _list(subjects), excerpt)


def _list(joined: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in joined.split(";") if one.strip())
