"""The lines that one save touches: as they were, as they become, and written down at the end.

    work = Work(session, draft)
    line = work.seen({"number": 7, "seen": "3f…"})      # Clash where it is no longer as it was seen
    work.put(line)
    work.write()                                        # (changes for the step, numbers that were touched)

Reads the lines that are named and at most a neighbour of each, however long the draft is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid
from memorial.domain.transcript_lines import ROOM, Line, kept, mark
from memorial.gate import GatedSession
from memorial.models import Draft, DraftCue
from memorial.services.transcripts import drafts

Change = Mapping[str, Any]


class Clash(Exception):
    """Somebody else was there first; `line` is how it stands, None: gone."""

    def __init__(self, line: Line | None) -> None:
        self.line = line


class Work:
    """The lines that a save touches, as they were and as they become."""

    def __init__(self, session: GatedSession, draft: Draft) -> None:
        self.session, self.draft = session, draft
        self.before: dict[int, Line | None] = {}
        self.after: dict[int, Line | None] = {}
        self.rows: dict[int, DraftCue] = {}
        self.besides: list[Any] = []  # changes of what is no line

    # -- lines --

    def line(self, number: Any) -> Line | None:
        if not isinstance(number, int) or isinstance(number, bool):
            raise Invalid("no_such_line", field="number")
        if number not in self.after:
            self.know(drafts.by_number(self.session, self.draft, [number]).get(number), number)
        return self.after[number]

    def know(self, row: DraftCue | None, number: int) -> None:
        if number not in self.after:
            if row is not None:
                self.rows[number] = row
            self.before[number] = self.after[number] = drafts.line(row) if row is not None else None

    def seen(self, change: Change, number: str = "number", seen: str = "seen") -> Line:
        """The line, if it is as whoever changes it saw it."""
        line = self.line(change.get(number))
        if line is None or mark(line) != change.get(seen):
            raise Clash(line)
        return line

    def put(self, line: Line) -> None:
        self.before.setdefault(line.number, None)
        self.after[line.number] = line

    def remove(self, line: Line) -> None:
        self.after[line.number] = None

    def new_number(self) -> int:
        number = self.draft.next_number
        self.draft.next_number = number + 1
        return number

    def following(self, position: int) -> Line | None:
        """The next line behind a place, as this save has left it."""
        mine = select(DraftCue).where(DraftCue.draft_id == self.draft.id, DraftCue.position > position)
        row = self.session.scalars(mine.order_by(DraftCue.position).limit(1)).first()
        if row is not None:
            self.know(row, row.number)
        near = [line for line in self.after.values() if line is not None and line.position > position]
        return min(near, key=lambda line: line.position, default=None)

    def place_behind(self, number: int) -> int:
        """A place between this line and the next. Where there is none left, all lines are given room anew."""
        position = self._position(number)
        following = self.following(position)
        if following is None:
            return position + ROOM
        if following.position - position <= 1:
            self._give_room()
            return self.place_behind(number)
        return position + (following.position - position) // 2

    def _position(self, number: int) -> int:
        line = self.line(number)
        if line is None:
            raise Clash(None)
        return line.position

    def know_all(self) -> None:
        for row in self.session.scalars(select(DraftCue).where(DraftCue.draft_id == self.draft.id)):
            self.know(row, row.number)

    def _give_room(self) -> None:
        """Rare: thirty lines have come between two that were neighbours."""
        self.know_all()
        lines = sorted((line for line in self.after.values() if line), key=lambda line: line.position)
        for place, line in enumerate(lines, 1):
            self.put(replace(line, position=place * ROOM))

    # -- keeping --

    def write(self) -> tuple[list[Any], Sequence[int]]:
        touched = [number for number, line in self.after.items() if line != self.before[number]]
        for number in touched:
            self._write(number)
        changes = [[n, kept(self.before[n]), kept(self.after[n])] for n in touched]
        return changes + self.besides, touched

    def _write(self, number: int) -> None:
        line, row = self.after[number], self.rows.get(number)
        if line is None:
            if row is not None:
                self.session.delete(row)
            return
        if row is None:
            row = DraftCue(draft_id=self.draft.id, contribution_id=self.draft.contribution_id, number=number)
            self.session.add(row)
        row.position, row.starts, row.ends = line.position, line.starts, line.ends
        row.speaker, row.body, row.words = line.speaker, line.body, [list(word) for word in line.words]
