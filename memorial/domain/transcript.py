"""What was said in a recording: cues with times and speakers, chapters, and the words of both in several languages.

    Transcript((Cue(4000, 29000, "Yes.", "Synthetic narrator"),), language="az")
    plain("<i>Yes</i> &amp; no")          # "Yes & no"
    runs("<lang ru>Да</lang>")            # (Run("Да", language="ru"),)
    runs("With <mask k7f3>.")             # (Run("With "), Run("[…]", withheld="k7f3"), Run("."))

Times are milliseconds from the start of the recording; a transcript in which all are 0 has none. The text of a
cue (`Cue.body`) is data with five marks at most: `<i>`, `<b>`, `<lang az>`, `<mask k7f3>` where words were taken
out (services/masks.py), and `&amp;` `&lt;` `&gt;` for the signs themselves. That is the form `body` writes, and the
one that is stored. Values only: what is wrong with a file, its reader in `formats/` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from memorial.domain.ids import ID_LENGTH

KINDS = ("verbatim", "edited", "summary", "translation", "audio_description")
UNKNOWN = "und"
LATEST = 2**31 - 1  # milliseconds, 24 days: what a column holds

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # the shape of BCP 47, not its registry
# Controls but the line end, halves of characters, and the two that no XML holds.
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
WITHHELD = "[…]"  # what stands for words that were taken out, wherever there are no marks
_TAG = re.compile(
    rf"</?(?:i|b|lang(?: (?P<language>{LANGUAGE.pattern}))?)>|<mask (?P<withheld>[A-Za-z0-9]{{4,40}})>"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a cue that is set in one way. One that is `withheld` has no words of its own, only its mark."""

    text: str
    italic: bool = False
    bold: bool = False
    language: str = ""
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it is said, where the source knows it."""

    text: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    begin: int
    end: int
    body: str
    speaker: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    cues: tuple[Cue, ...]
    language: str = UNKNOWN
    kind: str = "verbatim"

    @property
    def timed(self) -> bool:
        return any(cue.end for cue in self.cues)


@dataclass(frozen=True, slots=True)
class Telling:
    """A chapter in one language. `excerpt` is how its words begin."""

    language: str = UNKNOWN
    title: str = ""
    synopsis: str = ""
    keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map that a chapter names: "lat, lon" as written, and its name by language."""

    point: str = ""
    zoom: str = ""
    name: str = ""
    name_alt: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    address: str = ""
    text: str = ""
    text_alt: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A chapter: from when, until when where that is known, and what is said of it in each language."""

    begin: int
    tellings: tuple[Telling, ...]
    end: int | None = None
    spots: tuple[Spot, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """A file that holds more than one transcript: what it says of the interview, its words, its chapters.

    `facts` are the fields of the file by their own names, each with its values in order.
    """

    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transcripts: tuple[Transcript, ...] = ()
    segments: tuple[Segment, ...] = ()

    def fact(self, name: str) -> str:
        return next(iter(self.facts.get(name, ())), "")


# -- the text of a cue ------------------------------------------------------------------------


def body(runs: Iterable[Run]) -> str:
    """The one way to write these runs: lines without blanks at their ends, none empty, equal neighbours joined."""
    groups = ([run, *more] for _, (run, *more) in groupby(_trimmed(runs), _look))
    return "".join(_written(_with(group[0], "".join(run.text for run in group))) for group in groups)


def runs(text: str) -> tuple[Run, ...]:
    """The runs of a body. What is no mark of a body is text, and so nothing in it is ever a mark of HTML."""
    found, at = [], 0
    italic = bold = 0
    languages = [""]
    for tag in _TAG.finditer(text):
        if tag.start() > at:
            found.append(Run(_bare(text[at : tag.start()]), italic > 0, bold > 0, languages[-1]))
        at, step, name = tag.end(), -1 if tag[0][1] == "/" else 1, tag[0].strip("</>")
        if tag["withheld"]:
            found.append(Run(WITHHELD, italic > 0, bold > 0, languages[-1], tag["withheld"]))
        elif name == "i":
            italic = max(0, italic + step)
        elif name == "b":
            bold = max(0, bold + step)
        elif step > 0:
            languages.append(tag["language"] or "")
        elif len(languages) > 1:
            languages.pop()
    if at < len(text):
        found.append(Run(_bare(text[at:]), italic > 0, bold > 0, languages[-1]))
    return tuple(found)


def plain(text: str) -> str:
    """The bare words of a body: for search, for lists, for formats without marks."""
    return "".join(run.text for run in runs(text))


def masks_in(text: str) -> tuple[str, ...]:
    """The marks in a body for words that are withheld, in their order."""
    return tuple(run.withheld for run in runs(text) if run.withheld) if "<mask " in text else ()


def mask_of(mark: str) -> str:
    """The public id of the mask that a mark is of; which of its marks, a number behind it says."""
    return mark[:ID_LENGTH]


def body_of(words: str) -> str:
    """The body that says exactly these plain words."""
    return body([Run(words)])


def tidy(text: str) -> str:
    """One line with single blanks; other spaces are signs as letters are."""
    return " ".join(filter(None, text.replace("\n", " ").split(" ")))


def _bare(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _written(run: Run) -> str:
    text = f"<mask {run.withheld}>" if run.withheld else escaped(run.text)
    if run.italic:
        text = f"<i>{text}</i>"
    if run.bold:
        text = f"<b>{text}</b>"
    return f"<lang {run.language}>{text}</lang>" if run.language else text


def _look(run: Run) -> tuple[bool, bool, str, str]:
    return run.italic, run.bold, run.language, run.withheld


def _with(run: Run, text: str) -> Run:
    return replace(run, text=text)


def _trimmed(given: Iterable[Run]) -> Iterator[Run]:
    """Blanks go out when it is known that a word follows them, so that no line has blanks at its ends."""
    waiting: list[Run] = []  # blanks and line ends since the last word
    begun = False
    for run in given:
        text = WITHHELD if run.withheld else CONTROLS.sub("", run.text)
        words = text.strip(" \n")
        if not words:
            waiting.append(_with(run, text))
            continue
        waiting.append(_with(run, text[: len(text) - len(text.lstrip(" \n"))]))
        if begun:
            yield from _gap(waiting)
        begun = True
        yield _with(run, "\n".join(filter(None, (line.strip(" ") for line in words.split("\n")))))
        waiting = [_with(run, text[len(text.rstrip(" \n")) :])]


def _gap(waiting: list[Run]) -> Iterator[Run]:
    """What stands between two words: the blanks as they are, or one line end for any mixture with one."""
    line_end = next((run for run in waiting if "\n" in run.text), None)
    yield from (run for run in waiting if run.text) if line_end is None else [_with(line_end, "\n")]
