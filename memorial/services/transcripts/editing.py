"""Saving what somebody wrote in a draft, line by line; and any older version of it.

    saved = save(session, actor, draft, [{"do": "set", "number": 7, "seen": "3f…", "body": "Yes."}], now=now)
    saved.version, saved.lines, saved.clashes
    at(session, draft, 12)                       # its lines as they were in that version
    steps(session, draft)                        # who changed what, the latest first

Each change names the mark of the line as its writer saw it (`transcript_lines.mark`). Who writes in different lines
loses nothing; where a line is no longer as it was seen, it stays as it is and comes back as a clash, with both. What a
person saves within five minutes is one step, under the latest version.

A save reads and writes the lines that it names and at most a neighbour of each, however long the draft is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.transcript import masks_in
from memorial.domain.transcript_lines import (
    ROOM,
    Line,
    check_times,
    cut,
    from_kept,
    joined,
    kept,
    mark,
    moved,
    written,
)
from memorial.gate import Actor, GatedSession
from memorial.models import Draft, DraftCue, DraftStep, Media
from memorial.services.transcripts import chaptering, drafts

JOINED_WITHIN = timedelta(minutes=5)
MOST_CHANGES = 500  # of one save
NAME, CHAPTERS = "made_by", "chapters"
Change = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """A change that was not made, since somebody else was there first; `line` is how it stands, None: gone."""

    change: Change
    line: Line | None


@dataclass(slots=True)
class Saved:
    version: int
    lines: list[Line] = field(default_factory=list)  # those that changed or came
    gone: list[int] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)


def save(
    session: GatedSession, actor: Actor, draft: Draft, changes: Sequence[Change], *, now: datetime
) -> Saved:
    """All that does not clash is written, in one transaction. The draft was found with `lock`. Raises Invalid (and
    then nothing is written), NotPermitted."""
    medium = session.get_one(Media, draft.media_id)
    drafts.demand(session, actor, "transcribe", medium, now=now)
    if len(changes) > MOST_CHANGES:
        raise Invalid("too_many_changes")
    work = _Work(session, draft)
    clashes = []
    for change in changes:
        try:
            _does(change)(work, change)
        except _Clash as clash:
            clashes.append(Clash(change, clash.line))
    return work.keep(actor, clashes, now)


def _does(change: Change) -> Callable[[_Work, Change], None]:
    act = ACTS.get(str(change.get("do", "")))
    if act is None:
        raise Invalid("no_such_change", field="do")
    return act


class _Clash(Exception):
    def __init__(self, line: Line | None) -> None:
        self.line = line


class _Work:
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
            raise _Clash(line)
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
            raise _Clash(None)
        return line.position

    def _give_room(self) -> None:
        """Rare: thirty lines have come between two that were neighbours."""
        for row in self.session.scalars(select(DraftCue).where(DraftCue.draft_id == self.draft.id)):
            self.know(row, row.number)
        lines = sorted((line for line in self.after.values() if line), key=lambda line: line.position)
        for place, line in enumerate(lines, 1):
            self.put(replace(line, position=place * ROOM))

    # -- keeping --

    def keep(self, actor: Actor, clashes: list[Clash], now: datetime) -> Saved:
        touched = [number for number, line in self.after.items() if line != self.before[number]]
        saved = Saved(self.draft.version, clashes=clashes)
        saved.lines = [line for number in touched if (line := self.after[number]) is not None]
        saved.gone = [number for number in touched if self.after[number] is None]
        changes = [[n, kept(self.before[n]), kept(self.after[n])] for n in touched] + self.besides
        if changes:
            for number in touched:
                self._write(number)
            self.draft.version += 1
            _keep_step(self.session, self.draft, actor, changes, now)
            self.session.flush()
        saved.version = self.draft.version
        return saved

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


def _keep_step(session: GatedSession, draft: Draft, actor: Actor, changes: list[Any], now: datetime) -> None:
    last = session.scalars(
        select(DraftStep).where(DraftStep.draft_id == draft.id).order_by(DraftStep.version.desc()).limit(1)
    ).first()
    if last is None or not _goes_on(last, draft, actor, now):
        drafts.step(session, draft, actor, changes, now)
        return
    last.changes = _together(last.changes, changes)
    last.version = draft.version


def _goes_on(last: DraftStep, draft: Draft, actor: Actor, now: datetime) -> bool:
    """Whether this save is of the same stretch of work: what was released, or how it began, stays a step by itself."""
    fresh = last.made_at <= now < last.made_at + JOINED_WITHIN
    return fresh and last.made_by == actor.label and last.version not in (1, draft.released)


def _together(first: Sequence[Any], then: Sequence[Any]) -> list[Any]:
    """What was before the first and is after the last, each thing once."""
    found: dict[Any, list[Any]] = {}
    for key, before, after in [*first, *then]:
        found.setdefault(key, [key, before, after])[2] = after
    return [change for change in found.values() if change[1] != change[2]]


# -- the acts -------------------------------------------------------------------------------


def _set(work: _Work, change: Change) -> None:
    line = work.seen(change)
    given: dict[str, Any] = {name: _text(change, name) for name in ("body", "speaker") if name in change}
    given |= {name: _moment(change, name) for name in ("starts", "ends") if name in change}
    work.put(written(line, **given))


def _split(work: _Work, change: Change) -> None:
    line = work.seen(change)
    moment = _moment(change, "moment") if change.get("moment") is not None else None
    place = work.place_behind(line.number)
    line = work.seen(change)
    first, second = cut(line, _count(change, "at"), number=work.new_number(), position=place, moment=moment)
    work.put(first)
    work.put(second)


def _merge(work: _Work, change: Change) -> None:
    """With the line that follows, if that is the one that was seen to."""
    line, other = work.seen(change), work.seen(change, "next", "next_seen")
    following = work.following(line.position)
    if following is None or following.number != other.number:
        raise _Clash(line)
    work.put(joined(line, other))
    work.remove(other)


def _insert(work: _Work, change: Change) -> None:
    """A new line behind another, or (behind 0) before all. A translation's can have the number that it translates."""
    behind = change.get("behind", 0)
    above = work.line(behind) if behind else None
    if behind and above is None:
        raise _Clash(None)
    place = work.place_behind(above.number) if above else _first_place(work)
    number = change.get("number") if work.draft.translates_id else None
    if number is not None and work.line(number) is not None:
        raise _Clash(work.line(number))
    starts = _moment(change, "starts") if "starts" in change else (above.ends if above else 0)
    ends = _moment(change, "ends") if "ends" in change else starts
    empty = Line(number if number is not None else work.new_number(), place, starts, ends, "", "")
    work.put(written(empty, body=_text(change, "body"), speaker=_text(change, "speaker")))


def _first_place(work: _Work) -> int:
    first = work.following(-(1 << 62))
    return first.position - ROOM if first else ROOM


def _remove(work: _Work, change: Change) -> None:
    line = work.seen(change)
    if masks_in(line.body):
        raise Invalid("mask_stays", field="body")
    work.remove(line)


def _shift(work: _Work, change: Change) -> None:
    """Every line from one to another, earlier or later by so many milliseconds."""
    first, last = work.line(change.get("first")), work.line(change.get("last"))
    if first is None or last is None:
        raise _Clash(None)
    by = change.get("by")
    if not isinstance(by, int) or isinstance(by, bool):
        raise Invalid("line_times", field="by")
    mine = select(DraftCue).where(
        DraftCue.draft_id == work.draft.id, DraftCue.position.between(first.position, last.position)
    )
    for row in work.session.scalars(mine.order_by(DraftCue.position)).all():
        work.know(row, row.number)
        if (line := work.after[row.number]) is not None:
            work.put(moved(line, by))


def _name(work: _Work, change: Change) -> None:
    """Who transcribed or translated, as it is to stand on the page."""
    name = drafts.name_of(_text(change, "value"))
    if change.get("seen") != work.draft.made_by:
        raise _Clash(None)
    work.besides.append([NAME, work.draft.made_by, name])
    work.draft.made_by = name


def _chapters(work: _Work, change: Change) -> None:
    before = work.draft.chapters
    if change.get("seen") != chaptering.mark(before):
        raise _Clash(None)
    after = chaptering.checked(change.get("chapters"))
    work.besides.append([CHAPTERS, before, after])
    work.draft.chapters = after


ACTS: Mapping[str, Callable[[_Work, Change], None]] = {
    "set": _set, "split": _split, "merge": _merge, "insert": _insert, "remove": _remove, "shift": _shift,
    "made_by": _name, "chapters": _chapters,
}  # fmt: skip


def _text(change: Change, name: str) -> str:
    text = change.get(name, "")
    if not isinstance(text, str):
        raise Invalid("no_such_change", field=name)
    return text


def _count(change: Change, name: str) -> int:
    value = change.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("no_such_change", field=name)
    return value


def _moment(change: Change, name: str) -> int:
    value = _count(change, name)
    check_times(value, value)
    return value


# -- older versions -------------------------------------------------------------------------


def steps(
    session: GatedSession, draft: Draft, *, below: int | None = None, most: int = 20
) -> Sequence[DraftStep]:
    """The latest first; `below` goes on from an older one."""
    wanted = select(DraftStep).where(DraftStep.draft_id == draft.id)
    if below is not None:
        wanted = wanted.where(DraftStep.version < below)
    return session.scalars(wanted.order_by(DraftStep.version.desc()).limit(most)).all()


def at(session: GatedSession, draft: Draft, version: int) -> list[Line]:
    """The lines as they were. Raises NotOpen for a version that is no step's."""
    later = session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.version >= version)
        .order_by(DraftStep.version.desc())
    ).all()
    if not later or later[-1].version != version:
        raise NotOpen("version")
    lines: dict[int, Line] = {line.number: line for line in drafts.lines_of(session, draft)}
    for each in later[:-1]:
        for key, before, _ in each.changes:
            if isinstance(key, int):
                lines.pop(key, None)
                if (line := from_kept(key, before)) is not None:
                    lines[key] = line
    return sorted(lines.values(), key=lambda line: (line.position, line.number))
