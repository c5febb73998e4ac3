"""What can be done with the lines of a transcript that somebody is writing: set, cut, join, move in time.

    line = Line(7, 1 << 32, 4000, 9000, "Synthetic narrator", "Yes. No.")
    cut(line, 4, number=8)            # two lines: "Yes." keeps the number 7, "No." is the number 8
    joined(line, following)           # one line with both texts and the first one's number
    moved(line, -500)                 # half a second earlier
    written(line, body="Yes, no.")    # other words; the times of those that stayed are kept
    mark(line)                        # what tells whether it is still as somebody saw it

Values only. A line keeps its number, which is its address in the page. What is masked stays where it is: a line
whose masks would go or come is refused (`Invalid("mask_stays")`), for only lifting a mask puts its words back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from memorial.domain.alignment import matches
from memorial.domain.errors import Invalid
from memorial.domain.lines import one_line
from memorial.domain.transcript import LATEST, Cue, Run, Word, body, masks_in, plain, runs, tidy

ROOM = 1 << 32  # between the positions of two neighbours: so that many can come between them
LONGEST = 20_000  # characters of a line
LONGEST_NAME = 200

Words = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    position: int
    starts: int
    ends: int
    speaker: str
    body: str
    words: Words = ()

    @property
    def cue(self) -> Cue:
        return Cue(self.starts, self.ends, self.body, self.speaker, tuple(Word(*word) for word in self.words))


def line_of(cue: Cue, number: int, position: int) -> Line:
    words = tuple((word.text, word.begin, word.end) for word in cue.words)
    return Line(number, position, cue.begin, cue.end, cue.speaker, cue.body, words)


def kept(line: Line | None) -> list[Any] | None:
    """As a step holds it; `from_kept` reads it again."""
    return None if line is None else list(asdict(line).values())[1:]


def from_kept(number: int, values: Sequence[Any] | None) -> Line | None:
    if values is None:
        return None
    position, starts, ends, speaker, text, words = values
    return Line(number, position, starts, ends, speaker, text, words_of(words))


def words_of(given: Sequence[Any]) -> Words:
    return tuple((str(text), int(begin), int(end)) for text, begin, end in given)


def mark(line: Line) -> str:
    """Changes with whatever a person sees of the line."""
    seen = json.dumps([line.starts, line.ends, line.speaker, line.body], ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


def typed(text: str) -> str:
    """The body that somebody typed: the five marks where they are whole, and all else as it stands."""
    if len(text) > LONGEST:
        raise Invalid("line_too_long", field="body")
    return body(runs(text.replace("\r\n", "\n").replace("\r", "\n")))


def legible(text: str) -> str:
    """A body as it is typed: with bare signs where nothing would read them as marks."""
    bare = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return bare if body(runs(bare)) == text else text


def written(line: Line, **given: Any) -> Line:
    """The line with other words, speaker or times. Raises Invalid."""
    if "body" in given:
        given["body"] = typed(given["body"])
    if "speaker" in given:
        given["speaker"] = tidy(one_line(given["speaker"]))[:LONGEST_NAME]
    changed = replace(line, **given)
    check_times(changed.starts, changed.ends)
    if sorted(masks_in(changed.body)) != sorted(masks_in(line.body)):
        raise Invalid("mask_stays", field="body")
    return replace(changed, words=_words_kept(changed))


def check_times(starts: int, ends: int) -> None:
    if not 0 <= starts <= ends <= LATEST:
        raise Invalid("line_times", field="starts")


def _words_kept(line: Line) -> Words:
    """Those that still stand in the line, in their order, and lie within its times."""
    here = plain(line.body).split()
    said = [text for text, _, _ in line.words]
    stayed = {at for a, _, size in matches(said, here) for at in range(a, a + size)}
    if len(stayed) < len(
        said
    ):  # a word of a recogniser may be more or less than what stands between two blanks
        stayed |= _found_in_order(line, stayed)
    return tuple(
        word
        for at, word in enumerate(line.words)
        if at in stayed and line.starts <= word[1] <= word[2] <= line.ends
    )


def _found_in_order(line: Line, stayed: set[int]) -> set[int]:
    text, at, found = plain(line.body), 0, set[int]()
    for number, (word, _, _) in enumerate(line.words):
        place = text.find(word, at)
        if place >= 0 and (number in stayed or place - at < 3):
            found.add(number)
            at = place + len(word)
    return found


def cut(line: Line, at: int, *, number: int, position: int, moment: int | None = None) -> tuple[Line, Line]:
    """Two lines: `at` counts characters of the plain words. The moment, where none is given, is that of the first
    word behind the cut, else as far into the line as the cut is into its words."""
    first, second = (body(part) for part in _parted(line.body, at))
    if not first or not second:
        raise Invalid("nothing_to_split", field="body")
    before, behind = _words_parted(line, at)
    if moment is None:
        share = round((line.ends - line.starts) * at / max(1, len(plain(line.body))))
        moment = behind[0][1] if behind else line.starts + share
    if not line.starts <= moment <= line.ends:
        raise Invalid("line_times", field="starts")
    one = replace(line, body=first, ends=moment, words=before)
    two = replace(line, number=number, position=position, starts=moment, body=second, words=behind)
    return replace(one, words=_within(one)), replace(two, words=_within(two))


def _within(line: Line) -> Words:
    return tuple(word for word in line.words if line.starts <= word[1] <= word[2] <= line.ends)


def _parted(text: str, at: int) -> tuple[list[Run], list[Run]]:
    """A mask stays whole: it falls to the part in which it begins."""
    first, second, place = list[Run](), list[Run](), 0
    for run in runs(text):
        here = min(max(0, at - place), len(run.text))
        if run.withheld:
            here = len(run.text) if here else 0
        first.append(replace(run, text=run.text[:here]))
        second.append(replace(run, text=run.text[here:]))
        place += len(run.text)
    return [run for run in first if run.text], [run for run in second if run.text]


def _words_parted(line: Line, at: int) -> tuple[Words, Words]:
    text, place, count = plain(line.body), 0, 0
    for word, _, _ in line.words:
        found = text.find(word, place)
        if found < 0 or found >= at:
            break
        place, count = found + len(word), count + 1
    return line.words[:count], line.words[count:]


def joined(line: Line, following: Line) -> Line:
    """One line from both. The speaker is the first one's, else the other's."""
    text = body([*runs(line.body), Run(" "), *runs(following.body)])
    if len(text) > LONGEST:
        raise Invalid("line_too_long", field="body")
    return replace(
        line,
        ends=max(line.ends, following.ends),
        starts=min(line.starts, following.starts),
        speaker=line.speaker or following.speaker,
        body=text,
        words=line.words + following.words,
    )


def moved(line: Line, by: int) -> Line:
    """Earlier or later as a whole, its words with it."""
    check_times(line.starts + by, line.ends + by)
    words = tuple((text, begin + by, end + by) for text, begin, end in line.words)
    return replace(line, starts=line.starts + by, ends=line.ends + by, words=words)
