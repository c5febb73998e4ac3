"""What changed between two texts, word by word.

    runs("He was a teacher.", "He was a young teacher.")
    # [Run("same", "He was a "), Run("added", "young "), Run("same", "teacher.")]
    fields({"title": "One"}, {"title": "Two"})      # only what differs, field by field

Joining what is not "added" gives the text before, joining what is not "removed" the text
after, to the last sign. Paragraphs are compared first and words only where a paragraph
changed, so that a long testimony with one changed word costs no more than that paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

SAME: Literal["same"] = "same"
REMOVED: Literal["removed"] = "removed"
ADDED: Literal["added"] = "added"
Kind = Literal["same", "removed", "added"]

_PARAGRAPHS = re.compile(r"[^\n]*\n+|[^\n]+")
_WORDS = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*|\s+|.", re.DOTALL)
# Beyond this many words on either side a changed stretch is shown as a whole: comparing
# words costs their product.
MOST_WORDS = 4_000


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


def runs(before: str, after: str) -> list[Run]:
    """The difference as stretches in reading order; what went stands before what came."""
    found: list[Run] = []
    _compare(_PARAGRAPHS.findall(before), _PARAGRAPHS.findall(after), _words, found)
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
) -> None:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal":
            into.append(Run(SAME, old))
        else:
            replaced(old, new, into)


def _words(old: str, new: str, into: list[Run]) -> None:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not before or not after or max(len(before), len(after)) > MOST_WORDS:
        _whole(old, new, into)
        return
    _compare(before, after, _whole, into)


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
