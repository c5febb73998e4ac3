"""The edition of the criteria: who is included and what each status means (its words: web/public/criteria.py).

Whoever changes what a word means, who has a page, or a rule of domain/sparing.py, adds a line to CHANGES: a
citation of a page then tells by which criteria it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Change:
    edition: int
    day: date
    key: str  # what changed; its words stand beside the criteria


CHANGES: tuple[Change, ...] = (Change(1, date(2026, 11, 28), "first"),)
EDITION = CHANGES[-1].edition
