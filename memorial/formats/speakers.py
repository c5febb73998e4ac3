"""Names before a colon, where a format has no other way to say who speaks.

    labelled("MARY: No way!")       # ("MARY", "No way!")
    labelled("I said: no way!")     # ("", "I said: no way!")

A name has at most five words, none of which begins with a small letter. "Note: " is taken for a name as well: whoever
imports says whether names stand in the file at all, and is told the ones that were taken.
"""

from __future__ import annotations

import re

from memorial.domain.lines import one_line
from memorial.domain.transcript import Cue, body_of, plain
from memorial.formats.faults import Faults

_LABEL = re.compile(r"([^\W_][^:\n.?!;,]{0,58}[^\s:.?!;,]|[^\W\d_]):(?:[ ]+|[ ]*\n|$)")
_MOST_WORDS = 5


def labelled(text: str) -> tuple[str, str]:
    """The name and what is said; no name where none stands there."""
    found = _LABEL.match(text)
    if found is None or found[1] != " ".join(one_line(found[1]).split(" ")):
        return "", text
    words = found[1].split(" ")
    if len(words) > _MOST_WORDS or any(not word or word[0].islower() for word in words):
        return "", text
    return found[1], text[found.end() :]


def taken(text: str, line: int, faults: Faults) -> tuple[str, str]:
    who, said = labelled(text)
    if who:
        faults.add(line, "speakers_by_label", found=who)
    return who, said


def with_label(cue: Cue, number: int, faults: Faults) -> str:
    """The plain words of a cue with its name before them; what will not be read back so is said."""
    text = plain(cue.body)
    written = f"{cue.speaker}: {text}" if cue.speaker else text
    if labelled(written) != (cue.speaker, text):
        key = "no_speaker" if cue.speaker else "reads_as_speaker"
        faults.add(0, key, f"cue {number}", cue.speaker or text)
    return written


def unheld(cue: Cue, number: int, faults: Faults, *, marks: bool, words: bool = True) -> None:
    """Says what of a cue a format without times for words, or without marks, cannot hold."""
    if words and cue.words:
        faults.add(0, "no_words", f"cue {number}")
    if marks and cue.body != body_of(plain(cue.body)):
        faults.add(0, "no_marks", f"cue {number}")
