"""Drafts of a recording's words: who may write them, how they begin, and a window of their lines.

    medium = recording(session, public_id)                          # NotOpen
    verdict = allowed(session, actor, "transcribe", medium, now=now)
    draft = begin(session, actor, medium, "verbatim", "az", "Synthetic Transcriber", now=now)
    found = find(session, draft.public_id)
    window(session, draft, after=0, most=50)                        # Lines, with what follows

A translation has the numbers of the lines that it translates. Lines of its own, and those of an imported one that does
not match, count from a million on, so that no two numbers ever agree by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from memorial.db import insert_many
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import is_public_id, new_public_id
from memorial.domain.lines import one_line
from memorial.domain.transcript import KINDS, LANGUAGE, Cue, tidy
from memorial.domain.transcript_lines import LONGEST_NAME, ROOM, Line, line_of, words_of
from memorial.domain.workflow import Verdict
from memorial.gate import Actor, GatedSession, may
from memorial.models import Draft, DraftCue, DraftStep, Item, Media, Part, Segment
from memorial.services import consent
from memorial.services.audit import Act, record_act

RECORDINGS = ("audio", "video")
CHAPTERS = "chapters"
MOST_SPEAKERS = 50
OWN_NUMBERS = 1_000_001  # of a translation's lines that translate none by number


def recording(session: GatedSession, public_id: str) -> Media:
    """Of a recording that is in custody. Raises NotOpen."""
    wanted = select(Media).where(Media.public_id == public_id, Media.role.in_(RECORDINGS))
    medium = session.scalars(wanted).first() if is_public_id(public_id) else None
    if medium is None or _never_sent(session, medium):
        raise NotOpen("recording")
    return medium


def _never_sent(session: GatedSession, medium: Media) -> bool:
    """Whether its family is still writing: nobody at the desk works on what was not handed over."""
    states = [item.state for item in _items(session, medium)]
    return bool(states) and set(states) == {workflow.DRAFT}


def _items(session: GatedSession, medium: Media) -> Sequence[Item]:
    wanted = select(Item).where(
        Item.record_id == medium.record_id,
        Item.contribution_id.is_not_distinct_from(medium.contribution_id),
    )
    return session.scalars(wanted.order_by(Item.id)).all()


def allowed(session: GatedSession, actor: Actor, verb: str, medium: Media, *, now: datetime) -> Verdict:
    """Of every item that the recording came with: whoever is kept from one of them is kept from its words."""
    verdict = may(session, actor, verb, now=now)
    for item in _items(session, medium) if medium.contribution_id else ():
        verdict = verdict and may(session, actor, verb, item, now=now)
    return verdict


def demand(session: GatedSession, actor: Actor, verb: str, medium: Media, *, now: datetime) -> None:
    """Raises NotPermitted with the reason."""
    verdict = allowed(session, actor, verb, medium, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)


def find(session: GatedSession, public_id: str, *, lock: bool = False) -> Draft:
    """A draft whose recording is in custody. Raises NotOpen."""
    wanted = select(Draft).where(Draft.public_id == public_id)
    draft = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if draft is None or session.get(Media, draft.media_id) is None:
        raise NotOpen("draft")
    return draft


def medium_of(session: GatedSession, draft: Draft) -> Media:
    return session.get_one(Media, draft.media_id)


def of_recordings(session: GatedSession, media: Iterable[Media]) -> dict[int, list[Draft]]:
    """By the number of the recording, the oldest first."""
    wanted = select(Draft).where(Draft.media_id.in_([medium.id for medium in media])).order_by(Draft.id)
    found: dict[int, list[Draft]] = {}
    for draft in session.scalars(wanted):
        found.setdefault(draft.media_id, []).append(draft)
    return found


# -- beginning ------------------------------------------------------------------------------


def begin(
    session: GatedSession,
    actor: Actor,
    medium: Media,
    kind: str,
    language: str,
    made_by: str,
    *,
    now: datetime,
    translates: Draft | None = None,
    cues: Sequence[Cue] = (),
    machine: bool = False,
) -> Draft:
    """A new draft. A translation without cues has the lines of what it translates, to be filled. Raises Invalid,
    NotPermitted."""
    if not machine:
        demand(session, actor, "transcribe", medium, now=now)
    consent.lock(session, [medium.record_id])
    _check(session, medium, kind, language, translates)
    draft = Draft(
        public_id=new_public_id(), media_id=medium.id, record_id=medium.record_id,
        contribution_id=medium.contribution_id, kind=kind, language=language, made_by=name_of(made_by),
        translates_id=translates.id if translates else None, machine=machine, version=1,
        begun_by="machine" if machine else actor.label, begun_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    write_lines(session, draft, _lines(session, draft, translates, cues))
    step(session, draft, actor, [], now)
    act = Act("begin_transcript", f"draft:{draft.public_id}", details={"kind": kind, "machine": machine})
    record_act(session, actor, act, now)
    return draft


def name_of(given: str) -> str:
    return tidy(one_line(given))[:LONGEST_NAME]


def _check(session: GatedSession, medium: Media, kind: str, language: str, translates: Draft | None) -> None:
    if kind not in (*KINDS, CHAPTERS):
        raise Invalid("no_such_choice", field="kind")
    if not LANGUAGE.fullmatch(language):
        raise Invalid("language_code", field="language")
    if (kind == "translation") != (translates is not None):
        raise Invalid("translates_what", field="translates")
    if translates is not None and translates.media_id != medium.id:
        raise Invalid("translates_what", field="translates")
    there = select(func.count()).where(Draft.media_id == medium.id, Draft.kind == CHAPTERS)
    if kind == CHAPTERS and session.scalar(there):
        raise Invalid("chapters_there", field="kind")


def _lines(session: GatedSession, draft: Draft, translates: Draft | None, cues: Sequence[Cue]) -> list[Line]:
    originals = lines_of(session, translates) if translates else []
    if translates is None:
        draft.next_number = len(cues) + 1
        return [line_of(cue, number, number * ROOM) for number, cue in enumerate(cues, 1)]
    draft.next_number = OWN_NUMBERS
    if not cues:
        return [replace(line, body="", words=()) for line in originals]
    if len(cues) == len(originals):
        pairs = zip(cues, originals, strict=True)
        return [line_of(cue, line.number, place * ROOM) for place, (cue, line) in enumerate(pairs, 1)]
    draft.next_number += len(cues)
    return [line_of(cue, OWN_NUMBERS + n, (n + 1) * ROOM) for n, cue in enumerate(cues)]


def write_lines(session: GatedSession, draft: Draft, lines: Sequence[Line]) -> None:
    """New lines of a draft."""
    rows = [
        {
            "draft_id": draft.id, "contribution_id": draft.contribution_id, "position": line.position,
            "number": line.number, "starts": line.starts, "ends": line.ends, "speaker": line.speaker,
            "body": line.body, "words": [list(word) for word in line.words],
        }
        for line in lines
    ]  # fmt: skip
    insert_many(session, DraftCue, rows)


def step(session: GatedSession, draft: Draft, actor: Actor, changes: list[Any], now: datetime) -> DraftStep:
    """What was changed, under the draft's version."""
    row = DraftStep(
        draft_id=draft.id, contribution_id=draft.contribution_id, version=draft.version,
        made_by=draft.begun_by if draft.begun_by == "machine" and not changes else actor.label,
        made_at=now, changes=changes,
    )  # fmt: skip
    session.add(row)
    return row


# -- reading --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines in their order; `before` and `after` name the places to go on from, None at an end."""

    lines: Sequence[Line]
    total: int
    first: int  # the place of the first of them, from 1
    after: int | None = None
    before: int | None = None


def line(row: DraftCue) -> Line:
    return Line(row.number, row.position, row.starts, row.ends, row.speaker, row.body, words_of(row.words))


def lines_of(session: GatedSession, draft: Draft) -> list[Line]:
    """All of them."""
    wanted = select(DraftCue).where(DraftCue.draft_id == draft.id).order_by(DraftCue.position, DraftCue.id)
    return [line(row) for row in session.scalars(wanted)]


def by_number(session: GatedSession, draft: Draft, numbers: Iterable[int]) -> dict[int, DraftCue]:
    wanted = select(DraftCue).where(DraftCue.draft_id == draft.id, DraftCue.number.in_(list(numbers)))
    return {row.number: row for row in session.scalars(wanted)}


def window(session: GatedSession, draft: Draft, *, first: int = 1, most: int = 50) -> Window:
    """From the place `first` on, which is counted from 1: a page of the form, or a piece of the editor."""
    mine = DraftCue.draft_id == draft.id
    total = session.scalar(select(func.count()).select_from(DraftCue).where(mine)) or 0
    first = max(1, min(first, total or 1))
    wanted = select(DraftCue).where(mine).order_by(DraftCue.position, DraftCue.id)
    rows = session.scalars(wanted.offset(first - 1).limit(most)).all()
    last = first - 1 + len(rows)
    return Window(
        [line(row) for row in rows], total, first,
        after=last + 1 if last < total else None, before=max(1, first - most) if first > 1 else None,
    )  # fmt: skip


def with_next(session: GatedSession, draft: Draft, number: int) -> list[Line]:
    """A line and the one behind it, as far as they are there."""
    row = by_number(session, draft, [number]).get(number)
    if row is None:
        return []
    wanted = select(DraftCue).where(DraftCue.draft_id == draft.id, DraftCue.position > row.position)
    following = session.scalars(wanted.order_by(DraftCue.position).limit(1)).all()
    return [line(each) for each in (row, *following)]


def place_of(session: GatedSession, draft: Draft, moment: int) -> int:
    """The place of the line that is said at this moment, counted from 1."""
    wanted = select(func.count()).where(DraftCue.draft_id == draft.id, DraftCue.starts <= moment)
    return max(1, session.scalar(wanted) or 0)


def speakers_of(session: GatedSession, draft: Draft) -> list[str]:
    """Who speaks in it, to be offered: so that nobody is called by two names."""
    wanted = select(DraftCue.speaker).where(DraftCue.draft_id == draft.id, DraftCue.speaker != "")
    return sorted(session.scalars(wanted.distinct().limit(MOST_SPEAKERS)))


def discard(session: GatedSession, actor: Actor, draft: Draft, *, now: datetime) -> None:
    """A draft that nobody has read whole yet goes for good. Raises Stale once a page has, or had, something of it."""
    demand(session, actor, "transcribe", session.get_one(Media, draft.media_id), now=now)
    laid = select(func.count()).where(Part.record_id == draft.record_id, Part.key.endswith(draft.public_id))
    chapters = select(func.count()).where(Segment.media_id == draft.media_id)
    followed = select(func.count()).where(Draft.translates_id == draft.id)
    there = [laid, followed, *([chapters] if draft.kind == CHAPTERS else [])]
    if any(session.scalar(wanted) for wanted in there):
        raise Stale("in_use")
    for table in (DraftCue, DraftStep):
        session.execute(delete(table).where(table.draft_id == draft.id))
    session.delete(draft)
    record_act(session, actor, Act("discard_transcript", f"draft:{draft.public_id}"), now)


def behind_original(session: GatedSession, draft: Draft) -> int:
    """How many lines of what it translates a translation does not have. Of one with numbers of its own: none."""
    if draft.translates_id is None or draft.next_number > OWN_NUMBERS:
        return 0
    mine = select(DraftCue.number).where(DraftCue.draft_id == draft.id)
    wanted = select(func.count()).where(
        DraftCue.draft_id == draft.translates_id, DraftCue.number.not_in(mine)
    )
    return session.scalar(wanted) or 0


def original_of(session: GatedSession, draft: Draft) -> Draft | None:
    return session.get(Draft, draft.translates_id) if draft.translates_id else None
