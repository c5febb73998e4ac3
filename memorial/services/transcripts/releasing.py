"""From the desk to the page: a draft is read whole by somebody, released, and can be taken down again.

    standing = standing_of(session, draft)             # who has read this version whole; whether it is on the page
    read_whole(session, actor, draft, version, "Their name", keys=keys, now=now)
    release(session, actor, draft, version, keys=keys, now=now)   # NotPermitted, Stale, Invalid
    take_down(session, actor, draft, now=now)

Of what a family gave, one person reads a version whole and another releases it; what a program wrote, a person reads
whole before anybody releases it. Who has read it lies in the chain of decisions, under the version that they read, so
that one more letter asks for one more look. The first version that was read is laid ready: its rows are there, the
family sees them in its proof, and the archive's own yes to them is missing (docs/decisions/0018).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from memorial.db import insert_many
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.transcript import masks_in
from memorial.domain.transcript_lines import LONGEST_NAME, Line
from memorial.domain.workflow import YES, Verdict
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import AuditEntry, Cue, Draft, Media, Part, Record, Segment, Transcript
from memorial.services import archive_word, consent, masks, search_index
from memorial.services.audit import Act, record_act
from memorial.services.transcripts import drafts
from memorial.services.transcripts.drafts import CHAPTERS

OURS = {"projection": True}  # rows that are written anew from the draft


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read a version from its first line to its last."""

    by: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a draft stands. `readings` are of the version as it is now."""

    released: int | None
    readings: Sequence[Reading] = ()
    others_word: bool = False  # whether somebody else has to have read it


def standing_of(session: GatedSession, draft: Draft) -> Standing:
    return Standing(
        draft.released,
        [each for each in _readings(session, draft) if each.version == draft.version],
        draft.contribution_id is not None,
    )


def _readings(session: GatedSession, draft: Draft) -> list[Reading]:
    wanted = select(AuditEntry).where(
        AuditEntry.thing == f"draft:{draft.public_id}", AuditEntry.verb == "read_transcript"
    )
    return [
        Reading(entry.actor, json.loads(entry.details)["version"], entry.at)
        for entry in session.scalars(wanted.order_by(AuditEntry.id))
    ]


def may_release(session: GatedSession, actor: Actor, draft: Draft, *, now: datetime) -> Verdict:
    """With the reason why not: by role, or because nobody else has read it yet."""
    medium = session.get_one(Media, draft.media_id)
    verdict = drafts.allowed(session, actor, "release_transcript", medium, now=now)
    if not verdict:
        return verdict
    stands = standing_of(session, draft)
    if stands.others_word and not any(each.by != actor.label for each in stands.readings):
        return Verdict(False, "read_by_other")
    if draft.machine:
        return Verdict(False, "machine_unread")
    return YES


def read_whole(
    session: GatedSession,
    actor: Actor,
    draft: Draft,
    version: int,
    name: str,
    *,
    keys: ArchiveKey,
    now: datetime,
) -> None:
    """A person vouches for every line. What a program wrote is theirs from now on as well, by the name they give."""
    medium, record = _locked(session, draft)
    drafts.demand(session, actor, "read_transcript", medium, now=now)
    _same(draft, version)
    _something(session, draft)
    _withheld(session, keys, draft)
    if draft.machine:
        if not (name := drafts.name_of(name)):
            raise Invalid("reader_missing", field="name")
        draft.made_by = "; ".join(filter(None, (draft.made_by, name)))[:LONGEST_NAME]
        draft.machine = False
    act = Act("read_transcript", f"draft:{draft.public_id}", details={"version": version})
    record_act(session, actor, act, now)
    if draft.released is None:
        part = _part(session, draft, medium)
        if part is None:
            part = _new_part(session, record, draft, medium)
            archive_word.hide(session, record, [part.key], by=actor, at=now)
        _lay(session, draft, part, None)


def release(
    session: GatedSession, actor: Actor, draft: Draft, version: int, *, keys: ArchiveKey, now: datetime
) -> None:
    """The words as they are in this version become those of the page."""
    medium, record = _locked(session, draft)
    verdict = may_release(session, actor, draft, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    _same(draft, version)
    _something(session, draft)
    _withheld(session, keys, draft)
    part = _part(session, draft, medium) or _new_part(session, record, draft, medium)
    _lay(session, draft, None, None)  # nothing is projected that goes
    archive_word.release(session, record, [part.key], by=actor, at=now)
    _lay(session, draft, part, now)
    draft.released = version
    _told(session, actor, draft, "release_transcript", now)


def take_down(session: GatedSession, actor: Actor, draft: Draft, *, now: datetime) -> None:
    """From the page; the draft stays, and what was released of it waits hidden."""
    medium, record = _locked(session, draft)
    drafts.demand(session, actor, "hide_part", medium, now=now)
    if draft.released is None:
        raise Stale("not_released")
    archive_word.hide(session, record, [part_key(draft, medium)], by=actor, at=now)
    draft.released = None
    _told(session, actor, draft, "take_down_transcript", now)


def _told(session: GatedSession, actor: Actor, draft: Draft, verb: str, now: datetime) -> None:
    record_act(session, actor, Act(verb, f"draft:{draft.public_id}", details={"version": draft.version}), now)
    session.flush()
    search_index.index_records(session, [draft.record_id])
    consent.move_epoch(session)


# -- parts ----------------------------------------------------------------------------------


def part_key(draft: Draft, medium: Media) -> str:
    if draft.kind == CHAPTERS:
        return f"{CHAPTERS}:{medium.public_id}"
    return f"{'translation' if draft.kind == 'translation' else 'transcript'}:{draft.public_id}"


def _part(session: GatedSession, draft: Draft, medium: Media) -> Part | None:
    wanted = select(Part).where(Part.record_id == draft.record_id, Part.key == part_key(draft, medium))
    return session.scalars(wanted).first()


def _new_part(session: GatedSession, record: Record, draft: Draft, medium: Media) -> Part:
    key = part_key(draft, medium)
    return consent.add_part(
        session, record, key, key.partition(":")[0],
        root=session.get_one(Part, medium.part_id), contribution_id=medium.contribution_id,
    )  # fmt: skip


def _locked(session: GatedSession, draft: Draft) -> tuple[Media, Record]:
    consent.lock(session, [draft.record_id])
    session.refresh(draft, with_for_update=True)
    medium = session.get(Media, draft.media_id)
    if medium is None:
        raise NotOpen("recording")
    return medium, session.get_one(Record, draft.record_id)


def _same(draft: Draft, version: int) -> None:
    if draft.version != version:
        raise Stale("stale")


def _something(session: GatedSession, draft: Draft) -> None:
    there = draft.chapters if draft.kind == CHAPTERS else _spoken(session, draft)
    if not there:
        raise Invalid("nothing_written", field="body")


def _withheld(session: GatedSession, keys: ArchiveKey, draft: Draft) -> None:
    """What was written or brought in after a mask was placed may say again what it withholds."""
    if any(still.sure for still in masks.still_said(session, keys, draft)):
        raise Invalid("masked_said", field="body")


def _spoken(session: GatedSession, draft: Draft) -> list[Line]:
    """What is still empty (in a translation that is not done) is no line of the page."""
    return [line for line in drafts.lines_of(session, draft) if line.body]


# -- rows -----------------------------------------------------------------------------------


def _lay(session: GatedSession, draft: Draft, part: Part | None, released: datetime | None) -> None:
    """The rows of the page, written anew; without a part they only go."""
    if draft.kind == CHAPTERS:
        session.execute(delete(Segment).where(Segment.media_id == draft.media_id), execution_options=OURS)
        if part is not None:
            insert_many(session, Segment, _segments(draft, consent.guard_of(session, part)))
        return
    row = session.scalars(select(Transcript).where(Transcript.public_id == draft.public_id)).first()
    if row is not None:
        session.execute(delete(Cue).where(Cue.transcript_id == row.id), execution_options=OURS)
    if part is None:
        return
    lines, guard = _spoken(session, draft), _guard(session, part)
    if row is None:
        row = Transcript(public_id=draft.public_id, version=0, **guard)
        session.add(row)
    _describe(session, row, draft, lines, released)
    session.flush()
    insert_many(session, Cue, [_cue(row.id, place, line, guard) for place, line in enumerate(lines, 1)])


def _guard(session: GatedSession, part: Part) -> Mapping[str, Any]:
    session.refresh(part)
    return {"sealed": False, **consent.guard_of(session, part)}


def _describe(
    session: GatedSession, row: Transcript, draft: Draft, lines: Sequence[Line], released: datetime | None
) -> None:
    row.media_id, row.record_id, row.kind, row.language = (
        draft.media_id, draft.record_id, draft.kind, draft.language,
    )  # fmt: skip
    row.made_by, row.machine = draft.made_by, draft.machine
    row.masked = any(masks_in(line.body) for line in lines)
    original = drafts.original_of(session, draft)
    if original is not None:
        wanted = select(Transcript.id).where(Transcript.public_id == original.public_id)
        row.translates_id = session.scalar(wanted)
    if released is not None:
        row.version += 1
        row.released_at = released


def _cue(transcript_id: int, place: int, line: Line, guard: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "transcript_id": transcript_id, "position": place, "number": line.number, "starts": line.starts,
        "ends": line.ends, "speaker": line.speaker, "body": line.body,
        "words": [list(word) for word in line.words], **guard,
    }  # fmt: skip


def _segments(draft: Draft, guard: Mapping[str, Any]) -> list[dict[str, Any]]:
    lists = ("keywords", "subjects", "persons", "places")
    return [
        {
            "media_id": draft.media_id, "position": place, "starts": chapter["begin"],
            "ends": chapter.get("end"), "language": told["language"], "title": told["title"],
            "synopsis": told["synopsis"], "excerpt": told.get("excerpt", ""),
            **{name: list(told.get(name, ())) for name in lists},
            "spots": chapter.get("spots", []), "links": chapter.get("links", []),
            "sealed": False, **guard,
        }
        for place, chapter in enumerate(draft.chapters, 1)
        for told in chapter["tellings"]
    ]  # fmt: skip
