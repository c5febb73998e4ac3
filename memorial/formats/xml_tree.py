"""XML from strangers as plain elements, each with its line. Safe by what it refuses, with the parser of Python alone.

    root, broken = tree(data, faults)     # raises Refused

Expat resolves nothing from elsewhere. A document type is refused as soon as it begins, and with it every entity that a
file could define: so nothing can grow ("billion laughs") or be fetched. Elements, depth and bytes are counted. What
people get wrong by hand is mended and said: `&nbsp;` and a bare `&`. Of a file that breaks off, what stands before
that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers import expat

from memorial.formats.faults import MOST_ELEMENTS, MOST_MARKS, Faults, Refused
from memorial.formats.text_bytes import decoded

_DEEPEST = 20
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,30})["']""")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,30});|(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};))")
_OF_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})


@dataclass(slots=True)
class Element:
    name: str  # without its namespace
    line: int
    namespace: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    text_line: int = 0  # in which the text begins
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)


def tree(data: bytes, faults: Faults) -> tuple[Element, bool]:
    """The outermost element, and whether the file is broken before its end."""
    declared = _DECLARED.match(data[:400])
    text = decoded(data, faults, declared[1].decode("ascii") if declared else "")
    built = _Built()
    error = built.parse(text)
    if error and text.count("&") <= MOST_MARKS and (mended := _mended(text, faults)) != text:
        built = _Built()
        error = built.parse(mended)
    if built.root is None:
        raise Refused("not_xml", error.lineno if error else 1, expat.ErrorString(error.code) if error else "")
    if error:
        faults.add(error.lineno, "breaks_off", found=expat.ErrorString(error.code))
        built.finish()
    return built.root, error is not None


class _Built:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")

    def parse(self, text: str) -> expat.ExpatError | None:
        parser = self._parser
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            return error
        return None

    def finish(self) -> None:
        """Closes what the file did not: the words that were read so far belong to it."""
        while self._open:
            self._end("")

    def _document_type(self, *_: object) -> None:
        raise Refused("document_type", self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Refused("too_many_elements", line, str(MOST_ELEMENTS))
        if len(self._open) >= _DEEPEST:
            raise Refused("too_deep", line)
        namespace, _, local = name.rpartition(" ")
        element = Element(local, line, namespace, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _say(self, text: str) -> None:
        if not self._texts[-1]:
            self._open[-1].text_line = self._parser.CurrentLineNumber
        self._texts[-1].append(text)

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts[-1])
        self._texts.pop()


def _mended(text: str, faults: Faults) -> str:
    """With entities of HTML as their signs, and each bare ampersand as the one that is meant."""
    parts = _CDATA.split(text)
    line = 1
    for place, part in enumerate(parts):
        if place % 2 == 0:
            at, above = 0, line
            for wrong in _AMPERSAND.finditer(part):
                if wrong[1] not in _OF_XML:
                    above += part.count("\n", at, wrong.start())
                    at = wrong.start()
                    faults.add(above, "bare_sign", found=part[at : at + 20])
            parts[place] = _AMPERSAND.sub(_meant, part)
        line += part.count("\n")
    return "".join(parts)


def _meant(wrong: re.Match[str]) -> str:
    name = wrong[1]
    if name in _OF_XML:
        return wrong[0]
    known = html5.get(f"{name};") if name else None
    if known is None:
        return "&amp;" + wrong[0][1:]
    return known.replace("&", "&amp;").replace("<", "&lt;")
