"""Writes OHMS 6.0: see ohms.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from memorial.domain.transcript import CONTROLS, UNKNOWN, Interview, Segment, Telling, Transcript
from memorial.formats import ohms_fields as fields
from memorial.formats import transcript_text, vtt
from memorial.formats.faults import Faults, Written
from memorial.formats.language_names import code_of, name_of

_KINDS = {"": "verbatim", "_alt": "translation"}  # what a transcript without times is, which nothing says
_OURS = frozenset({"version", "language", "transcript_alt_lang"})  # written from the transcripts


def write(interview: Interview, on: date) -> Written:
    """`on` is the day that the file bears where the interview has none of its own."""
    file = _File(interview, on)
    record = "\n".join(file.record())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ROOT xmlns={quoteattr(fields.NAMESPACE)}'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{fields.NAMESPACE} {fields.NAMESPACE}/ohms.xsd">\n{record}\n</ROOT>\n'
    )
    return Written(text, file.faults.told())


class _File:
    def __init__(self, interview: Interview, on: date) -> None:
        self.interview, self.on = interview, on
        self.faults = Faults()
        self.main, self.other = _languages(interview)
        self._written = self._facts()
        self._written |= self._transcripts(interview.transcripts)
        self._written |= self._language_names()

    def record(self) -> Iterator[str]:
        identity = self._attribute("id", "0")
        day = self._attribute("dt", self.on.isoformat())
        yield f"<record id={quoteattr(identity)} dt={quoteattr(day)}>"
        for name in fields.ORDER:
            if name == "date":
                parts = ((part, self._own(f"date/{part}")) for part in ("value", "format"))
                yield "<date " + " ".join(f"{part}={quoteattr(said)}" for part, said in parts) + "/>"
            elif name == "mediafile":
                yield from self._mediafile()
            elif name == "index":
                yield from self._index()
            else:
                for value in self._written.get(name, ()):
                    yield _element(name, value)
        yield "</record>"

    def _own(self, name: str) -> str:
        return _clean(self.interview.fact(name))

    def _attribute(self, name: str, otherwise: str) -> str:
        value = self._own(f"record/{name}")
        return value if fields.fits(f"record/{name}", value) else otherwise

    def _facts(self) -> dict[str, tuple[str, ...]]:
        """The facts that the schema has a place for, each as often as it may stand there."""
        kept: dict[str, tuple[str, ...]] = {"version": ("6.0",), "title": ("",)}
        for name, values in self.interview.facts.items():
            if name in _OURS or name.partition("/")[0] in ("record", "date"):
                continue
            held = [value for value in values if fields.known(name) and fields.fits(name, value)]
            held = held if name in fields.REPEATED else held[:1]
            for value in values[len(held) :]:
                self.faults.add(0, "field_short", name, value)
            if held:
                kept[name] = tuple(held)
        return kept

    def _mediafile(self) -> Iterator[str]:
        parts = [(part, self._written.get(f"mediafile/{part}", ())) for part in fields.MEDIAFILE]
        if any(values for _, values in parts):
            yield "<mediafile>"
            for part, values in parts:
                yield from (_element(part, value) for value in values)
            yield "</mediafile>"

    # -- words ----------------------------------------------------------------------------

    def _language_names(self) -> dict[str, tuple[str, ...]]:
        sides = (("language", self.main), ("transcript_alt_lang", self.other))
        return {
            name: (own if code_of(own := self.interview.fact(name)) == code else name_of(code),)
            for name, code in sides
            if code != UNKNOWN
        }

    def _transcripts(self, transcripts: Sequence[Transcript]) -> dict[str, tuple[str, ...]]:
        written: dict[str, tuple[str, ...]] = {}
        for side, transcript in zip(("", "_alt"), transcripts, strict=False):
            if transcript.timed:
                name, file = f"vtt_transcript{side}", vtt.write(transcript)
            else:
                name, file = f"transcript{side}", transcript_text.write(transcript, times=False)
                if transcript.kind != _KINDS[side]:
                    self.faults.add(0, "field_short", name, transcript.kind)
            written[name] = (file.text,)
            self.faults.take(file.lost, name)
        for more in transcripts[2:]:
            self.faults.add(0, "languages", "transcript", more.language)
        return written

    # -- the index ------------------------------------------------------------------------

    def _index(self) -> Iterator[str]:
        if self.interview.segments:
            yield "<index>"
            for number, segment in enumerate(self.interview.segments, 1):
                yield from self._point(f"point {number}", segment)
            yield "</index>"

    def _point(self, name: str, segment: Segment) -> Iterator[str]:
        if segment.begin % 1000:
            self.faults.add(0, "no_milliseconds", f"{name}/time", str(segment.begin))
        if segment.end is not None:
            self.faults.add(0, "field_short", f"{name}/end", str(segment.end))
        main, other = self._tellings(name, segment.tellings)
        yield f"<point><time>{segment.begin // 1000}</time>"
        for field in ("title", "partial_transcript", "synopsis", "keywords", "subjects"):
            yield _element(field, self._said(name, field, main))
            yield _element(f"{field}_alt", self._said(name, field, other))
        for spot in segment.spots:
            zoom = spot.zoom if fields.fits("gps_zoom", spot.zoom) else ""
            if zoom != spot.zoom:
                self.faults.add(0, "field_type", f"{name}/gps_zoom", spot.zoom)
            leaves = zip(fields.SPOT, (spot.point, zoom, spot.name, spot.name_alt), strict=True)
            yield "<gpspoints>" + "".join(_element(*leaf) for leaf in leaves) + "</gpspoints>"
        for link in segment.links:
            leaves = zip(fields.LINK, (link.address, link.text, link.text_alt), strict=True)
            yield "<hyperlinks>" + "".join(_element(*leaf) for leaf in leaves) + "</hyperlinks>"
        yield "</point>"

    def _tellings(self, name: str, tellings: Sequence[Telling]) -> tuple[Telling, Telling]:
        """The one in the language of the interview, and the one in the other language."""
        left = list(tellings)
        sides = []
        for language in (self.main, self.other):
            said = next((one for one in left if one.language == language), Telling(language))
            left = [one for one in left if one is not said]
            sides.append(said)
        for more in left:
            self.faults.add(0, "languages", name, f"{more.language} {more.title}")
        return sides[0], sides[1]

    def _said(self, name: str, field: str, told: Telling) -> str:
        if field in ("keywords", "subjects"):
            words: tuple[str, ...] = getattr(told, field)
            for word in words:
                if ";" in word:
                    self.faults.add(0, "field_short", f"{name}/{field}", word)
            return ";".join(word.replace(";", ",") for word in words)
        return told.excerpt if field == "partial_transcript" else str(getattr(told, field))


def _languages(interview: Interview) -> tuple[str, str]:
    """Of the two sides: as the transcripts are, else as the file said, else as the chapters are told."""
    told = [one.language for segment in interview.segments for one in segment.tellings]
    codes = [one.language for one in interview.transcripts[:2]]
    if not codes:
        codes.append(code_of(interview.fact("language")) or next(iter(told), UNKNOWN))
    if len(codes) == 1:
        others = [language for language in told if language != codes[0]]
        codes.append(next(iter(others), code_of(interview.fact("transcript_alt_lang")) or UNKNOWN))
    return codes[0], codes[1]


def _clean(text: str) -> str:
    return CONTROLS.sub("", text.replace("\t", " "))


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>"
