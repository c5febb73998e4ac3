"""What is wrong with a transcript file, each with its line: for whoever made the file.

    faults = Faults()
    faults.add(12, "time", found="00:00:1d.890")     # line 12: …
    raise Refused("not_vtt", line=1)                  # not that format at all
    Reading(transcript, faults.told())            # .value, .faults

A fault has a stable key (the pages translate it; `SENTENCES` says it in English), the line of the file, the field where
the format has fields, and the words that stand there, cut short. `lost` says that something of the file is not kept. A
file can be wrong in every line: of each kind so many are listed, and the last one says how many more there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from memorial.domain.errors import Invalid

LISTED = 200  # faults of a kind
QUOTED = 80  # characters of what stands there
LARGEST = 12 * 1024 * 1024  # bytes of a file: four hours with times for each word are ten
MOST_LINES = 500_000
MOST_ELEMENTS = 100_000  # of XML
MOST_MARKS = 250_000  # of captions: four hours with a time for each word are eighty thousand
LONGEST = 100_000  # characters of one cue
MOST_CUES = 50_000

# What is no mistake of anybody, and would stand in every line: said once, with how often.
ONCE = frozenset(
    {"name_of_cue", "place_on_screen", "speakers_by_label", "no_times", "no_hours", "markup", "word_rest"}
)

# key: (whether something is lost, the sentence)
SENTENCES: Mapping[str, tuple[bool, str]] = {
    "too_large": (True, "the file is larger than %(found)s megabytes"),
    "too_many_lines": (True, "the file has more than %(found)s lines"),
    "too_many_marks": (True, "the file has more than %(found)s marks within its words"),
    "too_many_elements": (True, "the file has more than %(found)s elements"),
    "too_long": (True, "a cue is longer than %(found)s characters; what follows in it is left out"),
    "not_vtt": (True, "this is not WebVTT: the first line has to begin with WEBVTT"),
    "not_srt": (True, "this is not SRT: no line has two times with --> between them"),
    "not_text": (True, "this is not text"),
    "not_json": (True, "this is not JSON: %(found)s"),
    "not_whisper": (True, "this JSON has no list of segments as speech recognisers write it"),
    "not_xml": (True, "this is not XML: %(found)s"),
    "not_ohms": (True, "this XML is not of OHMS: it begins with %(found)s and not with ROOT"),
    "document_type": (True, "the file declares a document type; files that do are not read"),
    "too_deep": (True, "elements stand in one another without end"),
    "no_cues": (True, "the file holds no words"),
    "encoding": (False, "the file is not UTF-8 and is read as %(found)s: please look whether all letters are right"),
    "bad_signs": (True, "some signs here are none in %(found)s"),
    "controls": (True, "control characters are taken out"),
    "time": (True, "the times cannot be read: %(found)s; the words under them are left out"),
    "no_time": (True, "words without a time are left out: %(found)s"),
    "time_form": (False, "the times are not written as the format has them, and are read all the same: %(found)s"),
    "no_hours": (False, "the times have no hours"),
    "too_late": (True, "the time is later than a recording can be: %(found)s"),
    "backwards": (False, "the end is before the beginning: %(found)s; the end is taken from what follows"),
    "out_of_order": (False, "this begins before what stands above it; it is put in order"),
    "overlaps": (False, "this begins before the words above it have ended"),
    "empty": (True, "nothing is said between these times"),
    "too_many": (True, "there are more cues than %(found)s; what follows is left out"),
    "stray": (True, "words outside a cue are left out: %(found)s"),
    "blank_line": (False, "an empty line stands within a cue; its words are kept together"),
    "no_blank_line": (False, "an empty line is missing before this"),
    "comment": (True, "a comment is left out: %(found)s"),
    "heading": (True, "a line of the heading is left out: %(found)s"),
    "style": (True, "how the words look is left out: %(found)s"),
    "region": (True, "where the words stand on the screen is left out: %(found)s"),
    "name_of_cue": (True, "names of cues are left out, as %(found)s"),
    "place_on_screen": (True, "where cues stand on the screen is left out, as %(found)s"),
    "markup": (True, "markup is left out and its words are kept: %(found)s"),
    "unclosed": (True, "a mark that is opened and never closed swallows the words after it: %(found)s"),
    "several_voices": (False, "several people speak in one cue; each has a cue of the same times"),
    "word_time": (True, "the time of a word is not within its cue, or before the word above: %(found)s"),
    "word_rest": (True, "the times of words are left out where words and text differ: %(found)s"),
    "speakers_by_label": (False, "names before a colon are taken for speakers, as %(found)s"),
    "no_times": (False, "the words have no times"),
    "language": (True, "the language is not known by this name: %(found)s"),
    "kind": (True, "the kind is none that the archive knows: %(found)s"),
    "field_type": (True, "the field does not hold what it has to: %(found)s"),
    "field_missing": (False, "the field is missing"),
    "field_unknown": (True, "the format has no such field: %(found)s"),
    "field_again": (True, "the field stands here a second time: %(found)s"),
    "field_order": (False, "the field stands where the format does not have it, and is read all the same"),
    "field_short": (True, "the format has no place for this: %(found)s"),
    "namespace": (False, "the file does not name the namespace of OHMS"),
    "version": (False, "the version is not one from 5.1 to 6.0: %(found)s"),
    "breaks_off": (True, "the file breaks off or is broken here: %(found)s; what stands above is kept"),
    "bare_sign": (False, "a sign that XML needs written otherwise: %(found)s; it is read as meant"),
    "sync": (True, "the places of the minutes cannot be read: %(found)s"),
    "no_milliseconds": (True, "the format counts this in whole seconds: %(found)s"),
    "lengthened": (False, "a cue of no length is made a millisecond long"),
    "no_speaker": (False, "the format has no speakers; the name stands before the words: %(found)s"),
    "reads_as_speaker": (True, "a reader will take the first words for a speaker: %(found)s"),
    "reads_as_time": (True, "a reader will take a line for a time: %(found)s"),
    "no_words": (True, "the format has no times for words"),
    "no_marks": (True, "the format has no italics, no bold and no languages within a text"),
    "one_interview": (True, "the file holds %(found)s interviews; the first one is read"),
    "facts_left": (True, "what the file says of the interview is not taken over: %(found)s"),
    "languages": (True, "the format has two languages and no more: %(found)s"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    line: int  # from 1; 0: the file as a whole
    key: str
    field: str = ""
    found: str = ""
    count: int = 1  # with those of the same kind that are not listed

    @property
    def lost(self) -> bool:
        return SENTENCES[self.key][0]

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        more = f" ({self.count} times)" if self.count > 1 else ""
        name = f"{self.field}: " if self.field else ""
        return f"{where}{name}{SENTENCES[self.key][1] % {'found': self.found}}{more}"


class Refused(Invalid):
    """Not that format at all; `fault` says why and in which line."""

    def __init__(self, key: str, line: int = 0, found: str = "") -> None:
        self.fault = Fault(line, key, "", cut(found))
        super().__init__(f"transcript_{key}", line=line, found=self.fault.found)


class Faults:
    """Collects; at most so many of a kind. `offset` is added to lines: for a text within another file."""

    def __init__(self, offset: int = 0, field: str = "") -> None:
        self._found: list[Fault] = []
        self._count: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        self.offset, self.field = offset, field

    def add(self, line: int, key: str, field: str = "", found: str = "") -> None:
        self._count[key] += 1
        if self._count[key] > _limit(key):
            return
        self._last[key] = len(self._found)
        self._found.append(Fault(line + self.offset, key, field or self.field, cut(found)))

    def told(self) -> tuple[Fault, ...]:
        """By line; the last of a kind says how many more there are."""
        told = list(self._found)
        for key, place in self._last.items():
            told[place] = replace(told[place], count=max(1, self._count[key] - _limit(key) + 1))
        return tuple(sorted(told, key=lambda fault: fault.line))

    def take(self, others: tuple[Fault, ...], within: str = "") -> None:
        """What a reader or writer of a part has to say."""
        self._found.extend(
            replace(fault, field="/".join(filter(None, (within, fault.field)))) for fault in others
        )


def _limit(key: str) -> int:
    return 1 if key in ONCE else LISTED


Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Read]):
    """What a reader could read, and what it has to say of the rest."""

    value: Read
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and what of the value it does not hold; `field` of such a fault names the cue."""

    text: str
    lost: tuple[Fault, ...] = ()


def cut(words: str) -> str:
    line = " ".join(words[: 4 * QUOTED].split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"
