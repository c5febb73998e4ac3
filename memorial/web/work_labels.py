"""What the short name of a work is made of, so that its set words are said in the reader's language.

    label_parts("Khojaly Massacre (wiki article)")     # [words, kind in brackets]
    label_parts("The Times, 2 March 1992")             # [words, day]

Names, titles and numbers are the work's own and stay as they are; only the kinds of works that
services/collection/sources.py names, "without a title" and the date of a newspaper are ours.
Said by `work_label` in _parts/coded.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from memorial.domain.views import When
from memorial.services.collection.press import MONTHS

# Each has its words in `work_kind` of _parts/coded.html.
KINDS = (
    "booklet", "campaign booklet", "article", "letter", "wiki article", "web page", "book", "report", "judgment",
    "declaration", "written declaration", "resolution", "communiqué", "United Nations document", "convention",
    "memoir", "video footage", "documentary", "film", "photograph", "Memorial web page",
)  # fmt: skip
_KIND = "|".join(KINDS)
_BRACKETS = re.compile(rf"(?P<title>.+) \((?P<kind>{_KIND})\)")
_UNTITLED = re.compile(r"(?P<kind>.+) without a title")
_DATE = re.compile(
    rf"(?P<before>.+), (?:(?P<day>\d\d?) )?(?P<month>{'|'.join(MONTHS)})(?: (?P<year>\d{{4}})|, year not given)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as they are, the kind of a work, or a day."""

    words: str = ""
    kind: str = ""
    in_brackets: bool = False
    untitled: bool = False
    when: When = field(default_factory=When)


@lru_cache(maxsize=8192)
def label_parts(label: str) -> Sequence[Piece]:
    if found := _BRACKETS.fullmatch(label):
        return (Piece(found["title"]), Piece(kind=found["kind"], in_brackets=True))
    if found := _DATE.fullmatch(label):
        month = f"{found['year'] or 'XXXX'}-{MONTHS.index(found['month']) + 1:02}"
        day = f"-{int(found['day']):02}" if found["day"] else ""
        if day or found["year"]:
            return (*label_parts(found["before"]), Piece(when=When(month + day)))
    return tuple(map(_piece, label.split(", ")))


def _piece(part: str) -> Piece:
    found = _UNTITLED.fullmatch(part)
    kind = found["kind"] if found else part
    known = kind if kind in KINDS else kind[:1].lower() + kind[1:]
    if found:
        return Piece(kind=known if known in KINDS else kind, untitled=True)
    return Piece(kind=known) if known in KINDS else Piece(part)
