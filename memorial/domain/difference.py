"""What changed between two texts, word by word.

    runs("He was a teacher.", "He was a young teacher.")
    # [Run("same", "He was a "), Run("added", "young "), Run("same", "teacher.")]
    fields({"title": "One"}, {"title": "Two"})      # only what differs, field by field

Joining what is not "added" gives the text before, joining what is not "removed" the text
after, to the last sign. Paragraphs are compared first and words only where a paragraph
changed, and both in time that grows with the text (domain/alignment.py), so that 300 pages can
be compared. `shortened` leaves out what stayed far from any change; `sides` puts both texts
beside each other, paragraph by paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from memorial.domain.alignment import Purse, matches

SAME: Literal["same"] = "same"
REMOVED: Literal["removed"] = "removed"
ADDED: Literal["added"] = "added"
SKIPPED: Literal["skipped"] = "skipped"  # what stayed and is not shown; its text is there all the same
Kind = Literal["same", "removed", "added", "skipped"]

_PARAGRAPHS = re.compile(r"[^\n]*\n+|[^\n]+")
_WORDS = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*|\s+|.", re.DOTALL)
# So many signs of what stayed are shown before and after a change; more than four times that is shortened.
AROUND = 400


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that is not as it was."""

    field: str
    runs: Sequence[Run]

    @property
    def sides(self) -> list[Row]:
        """Both texts beside each other."""
        return sides(self.runs)


def runs(before: str, after: str) -> list[Run]:
    """The difference as stretches in reading order; what went stands before what came."""
    found: list[Run] = []
    purse = Purse()

    def words(old: str, new: str, into: list[Run]) -> None:
        _compare(words_of(old), words_of(new), _whole, into, purse)

    _compare(paragraphs_of(before), paragraphs_of(after), words, found, purse)
    return _joined(found)


def fields(before: Mapping[str, str], after: Mapping[str, str]) -> list[FieldChange]:
    """The fields that differ, in the order of `after`, then those that went altogether."""
    names = [*after, *(name for name in before if name not in after)]
    changed = [name for name in names if before.get(name, "") != after.get(name, "")]
    return [FieldChange(name, runs(before.get(name, ""), after.get(name, ""))) for name in changed]


def _compare(
    before: Sequence[str],
    after: Sequence[str],
    replaced: Callable[[str, str, list[Run]], None],
    into: list[Run],
    purse: Purse,
) -> None:
    a = b = 0
    for next_a, next_b, size in [*matches(before, after, purse), (len(before), len(after), 0)]:
        if next_a > a or next_b > b:
            replaced("".join(before[a:next_a]), "".join(after[b:next_b]), into)
        if size:
            into.append(Run(SAME, "".join(before[next_a : next_a + size])))
        a, b = next_a + size, next_b + size


def paragraphs_of(text: str) -> list[str]:
    """Joined again they are the text."""
    return _PARAGRAPHS.findall(text)


def words_of(text: str) -> list[str]:
    """Words, stretches of space, single signs; joined again they are the text."""
    return _WORDS.findall(text)


def _whole(old: str, new: str, into: list[Run]) -> None:
    into.extend(run for run in (Run(REMOVED, old), Run(ADDED, new)) if run.text)


def _joined(found: Sequence[Run]) -> list[Run]:
    """Neighbours of one kind as one; between two stretches that stayed, all that went, then all that came.

    Spaces that stayed between two changed words go with both: a phrase is read as a phrase.
    """
    joined: list[Run] = []
    gone, come, space = "", "", ""
    for run in [*found, Run(SAME, "")]:
        if run.kind == SAME and run.text.isspace() and (gone or come) and not space:
            space = run.text
        elif run.kind == SAME:
            joined += [Run(REMOVED, gone)] * bool(gone) + [Run(ADDED, come)] * bool(come)
            _extend(joined, space + run.text)
            gone, come, space = "", "", ""
        else:
            if space:
                gone, come, space = gone + space, come + space, ""
            gone += run.text if run.kind == REMOVED else ""
            come += run.text if run.kind == ADDED else ""
    return joined


def _extend(joined: list[Run], text: str) -> None:
    if not text:
        return
    if joined and joined[-1].kind == SAME:
        joined[-1] = Run(SAME, joined[-1].text + text)
    else:
        joined.append(Run(SAME, text))


# -- for the page -----------------------------------------------------------------------------


class Row(NamedTuple):
    """A paragraph, or several that changed together: how it read before, and how it reads after."""

    before: Sequence[Run]
    after: Sequence[Run]


def shortened(found: Sequence[Run], around: int = AROUND) -> list[Run]:
    """The same difference without the middle of long stretches that stayed; whole words are kept."""
    short: list[Run] = []
    for at, run in enumerate(found):
        head = _cut_before(run.text, around) if at else 0
        tail = _cut_after(run.text, around) if at + 1 < len(found) else len(run.text)
        if run.kind != SAME or len(run.text) <= 4 * around or tail <= head:
            short.append(run)
            continue
        cut = [Run(SAME, run.text[:head]), Run(SKIPPED, run.text[head:tail]), Run(SAME, run.text[tail:])]
        short += [each for each in cut if each.text]
    return short


def _cut_before(text: str, around: int) -> int:
    """A place after `around` signs where a word ends."""
    return next((at for at in range(around, min(len(text), 2 * around)) if text[at].isspace()), around)


def _cut_after(text: str, around: int) -> int:
    end = len(text) - around
    return next((at for at in range(end, max(0, end - around), -1) if text[at - 1].isspace()), max(0, end))


def sides(found: Sequence[Run]) -> list[Row]:
    """Both texts beside each other; a row ends where a line ends that stands in both."""
    rows: list[Row] = []
    before: list[Run] = []
    after: list[Run] = []
    for run in found:
        lines = paragraphs_of(run.text) if run.kind == SAME else [run.text]
        for line in lines:
            piece = Run(run.kind, line)
            before += [piece] * (run.kind != ADDED)
            after += [piece] * (run.kind != REMOVED)
            if run.kind == SAME and line.endswith("\n"):
                rows.append(Row(before, after))
                before, after = [], []
    return [*rows, Row(before, after)] if before or after else rows
