"""Three versions of one form, field by field: what somebody started from, what stands now, what they wrote.

    for each in versions(form, started=…, stands=…, mine=…):
        each.clashes, each.merged

The mappings name the fields as the form does (`Form.seen_in`, `Form.written_on`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorial.domain import merging
from memorial.domain.difference import Run, runs, shortened
from memorial.domain.editing import Field, Form
from memorial.domain.merging import Agreed, Clash, Piece


@dataclass(frozen=True, slots=True)
class Versions:
    """One field in three versions, and what comes of them."""

    field: Field
    started: str
    stands: str
    mine: str
    pieces: Sequence[Piece]

    @property
    def clashes(self) -> Sequence[Clash]:
        return merging.clashes(self.pieces)

    @property
    def merged(self) -> str:
        """Both changes together; where they clash, what I wrote, until somebody chooses."""
        return merging.resolved(self.pieces, [clash.mine for clash in self.clashes])

    @property
    def by_others(self) -> bool:
        return self.started != self.stands

    @property
    def by_me(self) -> bool:
        return self.started != self.mine

    def change_by_others(self) -> list[Run]:
        return shortened(runs(self.started, self.stands))

    def change_by_me(self) -> list[Run]:
        return shortened(runs(self.started, self.mine))


def versions(
    form: Form, *, started: Mapping[str, str], stands: Mapping[str, str], mine: Mapping[str, str]
) -> list[Versions]:
    """Every field of the form."""
    return [three(each, started[each.key], stands[each.key], mine[each.key]) for each in form.fields]


def three(field: Field, started: str, stands: str, mine: str) -> Versions:
    """One field in its three versions."""
    return Versions(field, started, stands, mine, _pieces(field, started, stands, mine))


def _pieces(field: Field, started: str, stands: str, mine: str) -> list[Piece]:
    """A text is merged by its words; a name, a date, a choice is one thing."""
    if field.long:
        return merging.merge(started, mine, stands)
    if mine in (started, stands):
        return [Agreed(stands)]
    return [Agreed(mine) if stands == started else Clash(started, mine, stands)]
