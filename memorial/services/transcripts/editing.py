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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.transcript_lines import Line, from_kept
from memorial.gate import Actor, GatedSession
from memorial.models import Draft, DraftStep, Media
from memorial.services.transcripts import drafts
from memorial.services.transcripts.changes import ACTS
from memorial.services.transcripts.work import Change, Clash, Work

JOINED_WITHIN = timedelta(minutes=5)
MOST_CHANGES = 500  # of one save


@dataclass(frozen=True, slots=True)
class Clashing:
    """A change that was not made, since somebody else was there first; `line` is how it stands, None: gone."""

    change: Change
    line: Line | None


@dataclass(slots=True)
class Saved:
    version: int
    lines: list[Line] = field(default_factory=list)  # those that changed or came
    gone: list[int] = field(default_factory=list)
    clashes: list[Clashing] = field(default_factory=list)


def save(
    session: GatedSession, actor: Actor, draft: Draft, changes: Sequence[Change], *, now: datetime
) -> Saved:
    """All that does not clash is written, in one transaction. The draft was found with `lock`. Raises Invalid (and
    then nothing is written), NotPermitted."""
    medium = session.get_one(Media, draft.media_id)
    drafts.demand(session, actor, "transcribe", medium, now=now)
    if len(changes) > MOST_CHANGES:
        raise Invalid("too_many_changes")
    work = Work(session, draft)
    clashes = []
    for change in changes:
        try:
            _does(change)(work, change)
        except Clash as clash:
            clashes.append(Clashing(change, clash.line))
    return _kept(work, actor, clashes, now)


def _kept(work: Work, actor: Actor, clashes: list[Clashing], now: datetime) -> Saved:
    changes, touched = work.write()
    if changes:
        work.draft.version += 1
        _keep_step(work.session, work.draft, actor, changes, now)
        work.session.flush()
    saved = Saved(work.draft.version, clashes=clashes)
    saved.lines = [line for number in touched if (line := work.after[number]) is not None]
    saved.gone = [number for number in touched if work.after[number] is None]
    return saved


def _does(change: Change) -> Callable[[Work, Change], None]:
    act = ACTS.get(str(change.get("do", "")))
    if act is None:
        raise Invalid("no_such_change", field="do")
    return act


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
