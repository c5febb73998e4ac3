"""What became of the rows of one kind of file: counted, with faults and differences by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from memorial.formats.jsonl import Fault
from memorial.services.collection.differences import Difference

COUNTED = ("read", "added", "changed", "proposed", "unchanged", "kept", "refused", "published")
MOST_TOLD = 200  # differences that a report names; all changes are counted


@dataclass
class Report:
    """What became of the rows of one kind."""

    kind: str
    read: int = 0
    added: int = 0
    changed: int = 0
    proposed: int = 0
    unchanged: int = 0
    kept: int = 0  # CSV rows whose object came as JSON
    refused: int = 0
    published: int = 0
    faults: list[Fault] = field(default_factory=list)
    leftovers: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def refuse(self, faults: Sequence[Fault]) -> None:
        self.refused += 1
        self.faults.extend(faults)

    def add(self, more: Report) -> None:
        """Take in what became of further rows of the same kind."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.faults.extend(more.faults)
        self.leftovers.update(more.leftovers)
        self.tell(more.differences)

    def tell(self, differences: Sequence[Difference]) -> None:
        self.differences.extend(differences[: MOST_TOLD - len(self.differences)])
