"""What masks keep of the words that they took out, as it lies encrypted in `Mask.taken_out`.

standing = read(session, keys, record_id)       # every mask of the record that is not lifted, opened
standing[0].kept.marks["k7f3…0"].runs           # what stood where that mark stands
write(session, keys, standing)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from memorial.domain.masks import Span
from memorial.domain.transcript import WITHHELD, Run
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Mask, Media
from memorial.services import custody

_FIGURES = "0123456789abcdefghijklmnopqrstuvwxyz"
NEAR = 12  # characters beside a place by which it is known again after somebody edited around it


@dataclass(slots=True)
class Marked:
    """Words of a line, by the key of their mark. `starts` and `ends` say when they are said, as far as is known."""

    runs: list[list[Any]]
    line: str
    starts: int
    ends: int
    times: list[Any] = field(default_factory=list)
    media: int = 0

    @property
    def said(self) -> tuple[Run, ...]:
        return tuple(Run(*each) for each in self.runs)

    @property
    def words(self) -> str:
        return "".join(str(each[0]) for each in self.runs)


@dataclass(slots=True)
class Slot:
    """Words of another text: which of its `count` signs WITHHELD stands for them, and how the text looked."""

    place: str
    what: str
    words: str
    at: int
    count: int = 0
    sum: str = ""
    left: str = ""
    right: str = ""

    def look(self, text: str) -> None:
        """Remember how the text is now."""
        self.count, self.sum = text.count(WITHHELD), digest(text)
        begin = spot(text, self.at)
        self.left, self.right = text[max(0, begin - NEAR) : begin], text[begin + len(WITHHELD) :][:NEAR]

    def fits(self, text: str) -> bool:
        """Whether the sign is still the one that stands for these words."""
        if text.count(WITHHELD) != self.count:
            return False
        begin = spot(text, self.at)
        left, right = text[max(0, begin - NEAR) : begin], text[begin + len(WITHHELD) :][:NEAR]
        return (
            self.sum == digest(text)
            or bool(left and left == self.left)
            or bool(right and right == self.right)
        )


@dataclass(slots=True)
class Kept:
    """All that one mask took out, and by which names and words it was found."""

    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    whole: bool = False  # everything that is said in its span is withheld
    next: int = 0
    marks: dict[str, Marked] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)  # of contents as they were, by their numbers

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Kept:
        value = json.loads(text)
        marks = {key: Marked(**each) for key, each in value.pop("marks").items()}
        slots = [Slot(**each) for each in value.pop("slots")]
        return cls(**value, marks=marks, slots=slots)


@dataclass(slots=True)
class Standing:
    """A mask and what it keeps."""

    mask: Mask
    kept: Kept

    @property
    def span(self) -> Span:
        return span_of(self.mask)

    def key(self) -> str:
        """A mark that nothing else has: the mask's own id and a number."""
        number, figures = self.kept.next, ""
        self.kept.next += 1
        while number or not figures:
            number, rest = divmod(number, 36)
            figures = _FIGURES[rest] + figures
        return f"{self.mask.public_id}{figures}"

    def withholds(self, media: int, starts: int, ends: int) -> bool:
        """Whether all that is said between these moments of a recording is this mask's to withhold."""
        return self.kept.whole and self.mask.media_id == media and self.span.meets(starts, ends)


def span_of(mask: Mask) -> Span:
    return Span(mask.starts, mask.ends, mask.sound, mask.picture)


def read(session: GatedSession, keys: ArchiveKey, record_id: int) -> list[Standing]:
    """Every mask of a record that stands, in the order in which they were placed."""
    wanted = select(Mask).join(Media, Media.id == Mask.media_id).where(Media.record_id == record_id)
    rows = session.scalars(wanted.where(Mask.lifted_at.is_(None)).order_by(Mask.id)).all()
    return [Standing(row, kept_of(session, keys, row)) for row in rows]


def kept_of(session: GatedSession, keys: ArchiveKey, mask: Mask) -> Kept:
    if mask.taken_out is None:
        return Kept()
    return Kept.from_json(custody.open_words(session, keys, mask.contribution_id, mask.taken_out))


def write(session: GatedSession, keys: ArchiveKey, standing: Iterable[Standing]) -> None:
    for each in standing:
        words = each.kept.to_json()
        each.mask.taken_out = custody.seal_words(session, keys, each.mask.contribution_id, words)


def spot(text: str, number: int) -> int:
    """Where the sign of this number begins."""
    at = -1
    for _ in range(number + 1):
        at = text.find(WITHHELD, at + 1)
    return at


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def slots_in(standing: Sequence[Standing], place: str) -> list[Slot]:
    """The words that any mask took out of one text, in the order of their signs."""
    found = (slot for each in standing for slot in each.kept.slots if slot.place == place)
    return sorted(found, key=lambda slot: slot.at)
