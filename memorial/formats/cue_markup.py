"""The marks within a cue of WebVTT, and those that SRT files have taken over from HTML.

    pieces("<v Mary><i>No</i> way!", 12, faults)      # runs with who speaks and from when

Four marks are kept: who speaks, the language, italics and bold; and the time of a word. All others go, their words
stay, and that is said. Read as WebVTT has its cue text tokenised (https://www.w3.org/TR/webvtt1/#webvtt-cue-text-tokenizer).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from memorial.domain.lines import one_line
from memorial.domain.transcript import LANGUAGE, Cue, Run, Word, body, tidy
from memorial.formats.faults import LONGEST, MOST_MARKS, Faults, Refused
from memorial.formats.moments import moment

_TOKEN = re.compile(r"<([^>]*)(>|$)|([^<]+)", re.DOTALL)
_NAME = re.compile(r"(/?)([A-Za-z0-9]*)((?:\.[^\s.]*)*)(?:\s+(.*))?", re.DOTALL)
# What an SRT file can mean as a mark; any other "<" there is a sign like all others.
LIKE_HTML = re.compile(
    r"</?(?:i|b|u|s|font|v|lang|c|br|ruby|rt|span|script|style|p|div)(?:[\s./][^<>]*)?>", re.I
)
PLACING = re.compile(r"\{\\[^{}\n]*\}")
_DEEPEST = 16  # marks in one another; nobody means more
ENTITY = re.compile(r"&(?:lt|gt|amp|nbsp|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run, who says it, and from when where that is marked."""

    run: Run
    voice: str = ""
    at: int | None = None


def bounded(text: str) -> str:
    """The text of a whole file, unless it is a wall of marks: those cost the most of all signs."""
    if text.count("<") > MOST_MARKS:
        raise Refused("too_many_marks", found=str(MOST_MARKS))
    return text


def pieces(text: str, line: int, faults: Faults) -> list[Piece]:
    """Of a payload of WebVTT; `line` is the one it begins in."""
    walk = _Walk(_of_length(text, line, faults), line, faults)
    for token in _TOKEN.finditer(walk.text):
        walk.reach(token.start())
        if token[3] is not None:
            walk.say(html.unescape(token[3]))
        elif token[2]:
            walk.tag(token[1])
        else:
            faults.add(walk.line, "unclosed", found=token[0])
            walk.tag(token[1])
    return walk.found


def pieces_like_html(text: str, line: int, faults: Faults) -> list[Piece]:
    """Of SRT, which has no rule: tags that are meant as such, and entities that stand for one sign."""
    text = _of_length(text, line, faults)
    for placing in PLACING.findall(text):
        faults.add(line, "markup", found=placing)
    text = PLACING.sub("", text)
    walk, at = _Walk(text, line, faults), 0
    for tag in LIKE_HTML.finditer(text):
        walk.reach(tag.start())
        walk.say(_unescaped(text[at : tag.start()]))
        walk.tag(tag[0][1:-1])
        at = tag.end()
    walk.say(_unescaped(text[at:]))
    return walk.found


def _of_length(text: str, line: int, faults: Faults) -> str:
    if len(text) > LONGEST:
        faults.add(line, "too_long", found=str(LONGEST))
    return text[:LONGEST]


def _unescaped(text: str) -> str:
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


class _Walk:
    """Where in the marks the text stands."""

    def __init__(self, text: str, line: int, faults: Faults) -> None:
        self.text, self.line, self.faults = text, line, faults
        self._place = 0
        self.found: list[Piece] = []
        self._open: list[tuple[str, str]] = []  # name of the mark, what it says
        self._at: int | None = None

    def reach(self, place: int) -> None:
        self.line += self.text.count("\n", self._place, place)
        self._place = place

    def say(self, text: str) -> None:
        if not text:
            return
        names = [name for name, _ in self._open]
        run = Run(text, "i" in names, "b" in names, self._said("lang"))
        self.found.append(Piece(run, self._said("v"), self._at))

    def _said(self, mark: str) -> str:
        return next((said for name, said in reversed(self._open) if name == mark), "")

    def tag(self, written: str) -> None:
        if re.match(r"[0-9]", written):
            self._time(written)
            return
        found = _NAME.fullmatch(written)
        closes, name, classes, said = found.groups() if found else ("", "?", "", "")
        name = (name or "").lower()
        if name == "br":
            self.say("\n")
        elif name in ("i", "b", "v", "lang"):
            self._mark(name, bool(closes), classes or "", said or "", written)
        elif not closes:
            self.faults.add(self.line, "markup", found=f"<{written}>")

    def _time(self, written: str) -> None:
        at = moment(written.strip())
        if at is None or (self._at is not None and at < self._at):
            self.faults.add(self.line, "word_time", found=f"<{written}>")
        else:
            self._at = at
            self.found.append(Piece(Run(""), self._said("v"), at))  # where a pause begins, no word follows

    def _mark(self, name: str, closes: bool, classes: str, said: str, written: str) -> None:
        if closes:
            self._close(name)
            return
        said = tidy(one_line(html.unescape(said).replace("\n", " ")))
        kept = name == "v" or (name == "lang" and LANGUAGE.fullmatch(said)) or (name in "ib" and not said)
        if classes or not kept:
            self.faults.add(self.line, "markup", found=f"<{written}>")
        if name == "lang" and not kept:
            said = ""
        if name == "v":  # nobody writes a voice within a voice: a new one ends the one before
            self._close("v")
        if len(self._open) < _DEEPEST:
            self._open.append((name, said))

    def _close(self, name: str) -> None:
        """The nearest open mark of this name; one that nothing opened is nothing."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == name:
                del self._open[place]
                return


def cues_of(found: Sequence[Piece], begin: int, end: int, line: int, faults: Faults) -> list[Cue]:
    """The cues that a payload makes: one for each who speaks in it."""
    cues = []
    for group in _by_voice(found):
        text = body(piece.run for piece in group)
        if text:
            cues.append(Cue(begin, end, text, group[0].voice, _words(group, begin, end, line, faults)))
    if not cues:
        faults.add(line, "empty")
    if len(cues) > 1:
        faults.add(line, "several_voices")
    return cues


def _by_voice(found: Sequence[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for piece in found:
        if groups and (groups[-1][0].voice == piece.voice or not piece.run.text.strip(" \n")):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _words(group: Sequence[Piece], begin: int, end: int, line: int, faults: Faults) -> tuple[Word, ...]:
    """Words by the times before them; one ends where the next time stands, and the last one with its cue."""
    if all(piece.at is None for piece in group):
        return ()
    stretches: list[tuple[int, str]] = []
    for piece in group:
        at = begin if piece.at is None else piece.at
        if not begin <= at <= max(begin, end):
            faults.add(line, "word_time", found=str(at))
            return ()
        if stretches and stretches[-1][0] == at:
            stretches[-1] = (at, stretches[-1][1] + piece.run.text)
        else:
            stretches.append((at, piece.run.text))
    ends = [at for at, _ in stretches[1:]] + [end]
    return tuple(
        Word(tidy(text), at, until) for (at, text), until in zip(stretches, ends, strict=True) if tidy(text)
    )


def timed(text: str, cue: Cue) -> tuple[list[tuple[int, int]], bool]:
    """Where in the plain text a time is to stand: (place, time), and whether every word has its own.

    A time stands before each word that does not begin with its cue, and behind one that a pause follows. What is not
    found after the word before it, or has times that WebVTT cannot hold, has none."""
    at, last = 0, cue.begin
    placed: list[tuple[int, int, Word]] = []
    for word in cue.words:
        place = text.find(word.text, at) if word.text else -1
        if place >= 0 and last <= word.begin < word.end <= cue.end:
            at, last = place + len(word.text), word.end
            placed.append((place, at, word))
    marks = []
    for number, (place, behind, word) in enumerate(placed):
        if word.begin > cue.begin:
            marks.append((place, word.begin))
        follows = placed[number + 1][2].begin if number + 1 < len(placed) else cue.end
        if word.end < follows:
            marks.append((behind, word.end))
    return marks, len(placed) == len(cue.words) and (bool(marks) or not placed)
