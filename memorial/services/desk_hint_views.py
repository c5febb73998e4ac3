"""What the page of one item shows of its hints: plain values, made by `services/desk_hints.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from memorial.domain.hints import CHECK_OF, Hint


@dataclass(frozen=True, slots=True)
class Open:
    """A hint that waits for somebody; `number` is its mark in the text."""

    hint: Hint
    digest: str
    number: int = 0

    @property
    def before(self) -> str:
        return self.hint.seen[: self.hint.hit[0]]

    @property
    def after(self) -> str:
        return self.hint.seen[self.hint.hit[1] :]


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A hint that somebody found to be none here. `reason` is "" where its key was destroyed."""

    hint: Hint
    digest: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """The open hints of one kind: the first of them, and how many there are."""

    kind: str
    shown: Sequence[Open]
    total: int

    @property
    def check(self) -> str:
        return CHECK_OF[self.kind]


@dataclass(frozen=True, slots=True)
class HintsView:
    """What the page shows. `reason` says why this account dismisses none."""

    groups: Sequence[Group] = ()
    dismissed: Sequence[Dismissed] = ()
    by_check: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""

    def marked(self, key: str, text: str) -> list[tuple[str, int]]:
        """A piece's text in stretches, each with the number of the hint that it is meant by; 0 for none."""
        cut, done = [], 0
        for begin, end, number in self._spans(key):
            cut += [(text[done:begin], 0), (text[begin:end], number)]
            done = end
        return [stretch for stretch in [*cut, (text[done:], 0)] if stretch[0]]

    def has_mark(self, opened: Open) -> bool:
        """Whether it is marked in its piece; of two that overlap the first is."""
        return opened.number in {number for _, _, number in self._spans(opened.hint.where)}

    def _spans(self, key: str) -> list[tuple[int, int, int]]:
        spans = sorted(
            (opened.hint.at + opened.hint.hit[0], opened.hint.at + opened.hint.hit[1], opened.number)
            for group in self.groups
            for opened in group.shown
            if opened.hint.where == key and opened.hint.hit[1]
        )
        apart: list[tuple[int, int, int]] = []
        for span in spans:
            if not apart or span[0] >= apart[-1][1]:
                apart.append(span)
        return apart
