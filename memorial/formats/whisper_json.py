"""What speech recognisers write: JSON with segments, and words with their times.

    reading = read(data)          # Reading(Transcript, faults); raises Refused
    write(transcript).text

Read as written by Whisper and faster-whisper, WhisperX (with speakers), OpenAI's verbose_json, and whisper.cpp, whose
list is called `transcription` and counts in milliseconds. The list is read element by element, so that each fault has
its line and a file that ends in the middle is kept up to there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from memorial.domain.lines import one_line
from memorial.domain.transcript import KINDS, LANGUAGE, UNKNOWN, Cue, Transcript, Word, body_of, plain, tidy
from memorial.formats.faults import MOST_CUES, Faults, Reading, Refused, Written
from memorial.formats.language_names import code_of
from memorial.formats.moments import Lined, in_order
from memorial.formats.speakers import unheld
from memorial.formats.text_bytes import decoded

_BLANKS = re.compile(r"[ \n]*")
_LISTS = ("segments", "transcription")
_TASKS = {"translate": "translation"}
_DECODER = json.JSONDecoder()


def read(data: bytes, language: str = UNKNOWN, kind: str = "verbatim") -> Reading[Transcript]:
    faults = Faults()
    walk = _Walk(decoded(data, faults), faults)
    found: list[Lined] = []
    for line, place, segment in walk.segments():
        cue = _cue(segment, line, place, faults)
        if cue is not None:
            found.append((line, cue))
    cues = in_order(found, faults)
    if not cues:
        faults.add(0, "no_cues")
    return Reading(
        Transcript(cues, _language(walk.said, language, faults), _kind(walk.said, kind)), faults.told()
    )


class _Walk:
    """Over the members of the outermost object. `said` is what stands beside the segments."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.text, self.faults = text, faults
        self.said: dict[str, Any] = {}
        self.full = False  # more segments than are read
        self.read = 0
        self._at = 0
        self._counted = (0, 1)

    def segments(self) -> Iterator[tuple[int, str, Any]]:
        first = self._sign()
        if first not in ("{", "["):
            raise Refused("not_json", self._line(), self.text[:40])
        try:
            yield from self._list("") if first == "[" else self._members()
        except (ValueError, RecursionError) as e:
            if not self.read:
                raise Refused("not_json", self._line(), _why(e)) from None
            self.faults.add(self._line(), "breaks_off", found=_why(e))

    def _members(self) -> Iterator[tuple[int, str, Any]]:
        seen = False
        self._at += 1
        while self._sign() not in ("}", ""):
            name = self._value()
            self._expect(":")
            if name in _LISTS and self._sign() == "[" and not seen:
                seen = True
                yield from self._list(str(name))
                if self.full:
                    return
            else:
                self.said[str(name)] = self._value()
            if self._sign() == ",":
                self._at += 1
        self._expect("}")
        if not seen:
            raise Refused("not_whisper", 1)

    def _list(self, name: str) -> Iterator[tuple[int, str, Any]]:
        self._at += 1
        number = 0
        while self._sign() not in ("]", "") and number <= MOST_CUES:
            line = self._line()
            yield line, f"{name}[{number}]", self._value()
            self.read = number = number + 1
            if self._sign() == ",":
                self._at += 1
        self.full = number > MOST_CUES
        if not self.full:
            self._expect("]")

    def _value(self) -> Any:
        self._sign()
        value, self._at = _DECODER.raw_decode(self.text, self._at)
        return value

    def _sign(self) -> str:
        """The next sign that is no blank, without passing it; nothing at the end."""
        found = _BLANKS.match(self.text, self._at)
        self._at = found.end() if found else self._at
        return self.text[self._at : self._at + 1]

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise ValueError(f"{sign} is missing")
        self._at += 1

    def _line(self) -> int:
        self._sign()
        at, line = self._counted
        self._counted = self._at, line + self.text.count("\n", at, self._at)
        return self._counted[1]


def _why(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error) or "too deep"


def _cue(segment: Any, line: int, place: str, faults: Faults) -> Cue | None:
    if not isinstance(segment, Mapping):
        faults.add(line, "field_type", place, str(segment))
        return None
    begin, end = _times(segment)
    if begin is None or end is None:
        faults.add(line, "time", place, f"{segment.get('start')} {segment.get('end')} {segment.get('text')}")
        return None
    text = segment.get("text", "")
    if not isinstance(text, str) or not (said := body_of(text.replace("\r", "\n"))):
        key = "empty" if isinstance(text, str) else "field_type"
        faults.add(line, key, f"{place}.text", str(text))
        return None
    speaker = segment.get("speaker") or ""
    if not isinstance(speaker, str):
        faults.add(line, "field_type", f"{place}.speaker", str(speaker))
        speaker = ""
    words = _words(segment.get("words"), begin, end, line, f"{place}.words", faults)
    return Cue(begin, end, said, tidy(one_line(speaker)), words)


def _times(value: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """In milliseconds; of whisper.cpp they are that already."""
    offsets = value.get("offsets")
    if isinstance(offsets, Mapping):
        return _number(offsets.get("from"), 1), _number(offsets.get("to"), 1)
    return _number(value.get("start"), 1000), _number(value.get("end"), 1000)


def _number(value: Any, times: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value * times) if 0 <= value < 10**9 else None  # neither NaN nor Infinity is


def _words(given: Any, begin: int, end: int, line: int, place: str, faults: Faults) -> tuple[Word, ...]:
    """Those that have times within their segment. WhisperX gives numerals none, which is no fault."""
    if given is None:
        return ()
    if not isinstance(given, list):
        faults.add(line, "field_type", place, str(given))
        return ()
    words: list[Word] = []
    for number, one in enumerate(given):
        text = one.get("word", one.get("text")) if isinstance(one, Mapping) else None
        if not isinstance(text, str):
            faults.add(line, "field_type", f"{place}[{number}]", str(one))
            continue
        first, last = _times(one)
        if first is None or last is None or not begin <= first <= last:
            if first is not None or last is not None or one.get("start") is not None:
                faults.add(
                    line, "word_time", f"{place}[{number}]", f"{one.get('start')} {one.get('end')} {text}"
                )
            continue
        if said := tidy(plain(body_of(text))):
            words.append(Word(said, first, last))
    return tuple(words)


def _language(said: Mapping[str, Any], language: str, faults: Faults) -> str:
    result = said.get("result")
    own = said.get("language") or (result.get("language") if isinstance(result, Mapping) else None)
    if own is None:
        return language
    code = code_of(own) if isinstance(own, str) else ""
    if not code or not LANGUAGE.fullmatch(code):
        faults.add(0, "language", "language", str(own))
    return code or language


def _kind(said: Mapping[str, Any], kind: str) -> str:
    own = said.get("kind", _TASKS.get(str(said.get("task")), kind))
    return own if own in KINDS else kind


def write(transcript: Transcript) -> Written:
    faults = Faults()
    segments = [_segment(number, cue, faults) for number, cue in enumerate(transcript.cues)]
    whole = {
        "text": " ".join(plain(cue.body) for cue in transcript.cues),
        "language": transcript.language,
        "kind": transcript.kind,
        "segments": segments,
    }
    return Written(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", faults.told())


def _segment(number: int, cue: Cue, faults: Faults) -> dict[str, Any]:
    unheld(cue, number + 1, faults, marks=True, words=False)
    segment: dict[str, Any] = {
        "id": number, "start": cue.begin / 1000, "end": cue.end / 1000, "text": plain(cue.body),
    }  # fmt: skip
    if cue.speaker:
        segment["speaker"] = cue.speaker
    if cue.words:
        segment["words"] = [
            {"word": word.text, "start": word.begin / 1000, "end": word.end / 1000} for word in cue.words
        ]
    return segment
