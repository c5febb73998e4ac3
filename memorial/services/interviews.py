"""How an interview was held: who asked, who else was there, where, when, with what, and what was agreed.

    row = save(session, keys, actor, item, "", Told(place="Agdam"), now=now)      # a new session of telling
    save(session, keys, actor, item, row.public_id, told, seen=mark(row), now=now) # Stale where it is another by now
    show(session, actor, item, row, now=now); hide(…)                             # the archive's own yes to it

The narrator is the testimony's own. A session has as many recordings as name it (`Media.interview_id`). It is a part
made from the page's text: the family's yes to that reaches it, and the archive says yes to it by itself, when
somebody has seen to it that whoever is named in it wishes that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.domain.dates import from_words
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import new_public_id
from memorial.domain.transcript import LANGUAGE
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Interview, Item, Media, Part, Record
from memorial.services import archive_word, consent, masks, parties, review
from memorial.services.audit import Act, record_act

KIND = "interview"
MOST_NAMES, LONGEST_LINE, LONGEST = 20, 300, 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wrote of one session. Names stand as whoever bears them wishes to be named."""

    interviewers: tuple[str, ...] = ()
    others_present: str = ""
    place: str = ""
    date_words: str = ""
    languages: tuple[str, ...] = ()
    equipment: str = ""
    summary: str = ""
    agreed: str = ""
    recordings: frozenset[str] = frozenset()  # public ids of files


def save(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    public_id: str,
    told: Told,
    *,
    now: datetime,
    seen: str = "",
) -> Interview:
    """Write it down; a new one is shown to nobody. Raises NotPermitted, Invalid with the field, Stale."""
    record = _begun(session, actor, item, now)
    row = of_item(session, item, public_id) if public_id else None
    if row is not None and seen != mark(row):
        raise Stale("interview_changed")
    _fit(session, keys, record, told)
    if row is None:
        row = _new(session, actor, item, record, now)
    _write(row, told, record.language)
    _hold(session, item, row, told.recordings)
    _done(session, actor, item, record, row, "interview", now)
    return row


def _begun(session: GatedSession, actor: Actor, item: Item, now: datetime) -> Record:
    review.lock(session, item)
    verdict = may(session, actor, "describe_interview", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    return parties.record_of(session, item)


def _fit(session: GatedSession, keys: ArchiveKey, record: Record, told: Told) -> None:
    if not any(asdict(told).values()):
        raise Invalid("interview_empty", field="place")
    if len(told.interviewers) > MOST_NAMES or any(len(name) > LONGEST_LINE for name in told.interviewers):
        raise Invalid("too_long", field="interviewers")
    for name in ("others_present", "place", "date_words", "equipment"):
        if len(getattr(told, name)) > LONGEST_LINE:
            raise Invalid("too_long", field=name)
    for name in ("summary", "agreed"):
        if len(getattr(told, name)) > LONGEST:
            raise Invalid("too_long", field=name)
    if not all(LANGUAGE.fullmatch(code) for code in told.languages):
        raise Invalid("no_such_language", field="languages")
    for name in ("interviewers", "others_present", "place", "equipment", "summary", "agreed"):
        value = getattr(told, name)
        if masks.says_masked(session, keys, record.id, value if isinstance(value, str) else "\n".join(value)):
            raise Invalid("says_masked", field=name)


def _new(session: GatedSession, actor: Actor, item: Item, record: Record, now: datetime) -> Interview:
    """With a part of its own, to which the archive has not said yes."""
    public_id = new_public_id()
    wanted = select(Part).where(
        Part.record_id == record.id, Part.contribution_id.is_not_distinct_from(item.contribution_id)
    )
    mine = session.scalars(wanted.order_by(Part.id)).all()
    root = next((part for part in mine if part.kind == "text"), None) or session.get_one(Part, record.part_id)
    key = f"{KIND}:{public_id}"
    part = consent.add_part(session, record, key, KIND, root=root, contribution_id=item.contribution_id)
    archive_word.hide(session, record, [key], by=actor, at=now)
    count = (
        select(Interview.position).where(Interview.record_id == record.id).order_by(Interview.position.desc())
    )
    last = session.scalars(count).first()
    row = Interview(
        public_id=public_id, record_id=record.id, position=0 if last is None else last + 1, **consent.guard_of(session, part)
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _write(row: Interview, told: Told, language: str) -> None:
    for name in ("others_present", "place", "equipment", "summary", "agreed"):
        setattr(row, name, getattr(told, name))
    row.interviewers, row.languages = list(told.interviewers), list(told.languages)
    when = from_words(told.date_words, language)
    row.date_edtf, row.date_words = when.edtf, when.words
    row.date_earliest, row.date_latest = when.earliest, when.latest


def _hold(session: GatedSession, item: Item, row: Interview, chosen: Collection[str]) -> None:
    """The recordings of this session; each belongs to one session or none."""
    rows = recordings(session, item)
    if not set(chosen) <= {medium.public_id for medium in rows}:
        raise Invalid("no_such_recording", field="recordings")
    session.flush()
    for medium in rows:
        if medium.public_id in chosen:
            medium.interview_id = row.id
        elif medium.interview_id == row.id:
            medium.interview_id = None


def _done(
    session: GatedSession, actor: Actor, item: Item, record: Record, row: Interview, verb: str, now: datetime
) -> None:
    session.flush()
    consent.move_epoch(session)
    item.version += 1
    details = {"item": item.public_id, "interview": row.public_id}
    record_act(session, actor, Act(verb, f"record:{record.public_id}", details=details), now)


def show(session: GatedSession, actor: Actor, item: Item, row: Interview, *, now: datetime) -> None:
    """The archive's yes; it reaches as far as the family's yes to the words of the page."""
    record = _begun(session, actor, item, now)
    archive_word.release(session, record, [f"{KIND}:{row.public_id}"], by=actor, at=now)
    _done(session, actor, item, record, row, "show_interview", now)


def hide(session: GatedSession, actor: Actor, item: Item, row: Interview, *, now: datetime) -> None:
    """The archive takes its yes to it back."""
    record = _begun(session, actor, item, now)
    archive_word.hide(session, record, [f"{KIND}:{row.public_id}"], by=actor, at=now)
    _done(session, actor, item, record, row, "hide_interview", now)


# -- reading --------------------------------------------------------------------------------


def mark(row: Interview) -> str:
    """What tells whether it is still as somebody saw it."""
    names = (
        "interviewers",
        "others_present",
        "place",
        "date_words",
        "languages",
        "equipment",
        "summary",
        "agreed",
    )
    seen = json.dumps([getattr(row, name) for name in names], ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def of_record(session: GatedSession, item: Item) -> Sequence[Interview]:
    """The sessions that this item's contribution, or the archive, has told of, in their order."""
    wanted = select(Interview).where(Interview.record_id == item.record_id)
    mine = Interview.contribution_id.is_not_distinct_from(item.contribution_id)
    return session.scalars(wanted.where(mine).order_by(Interview.position, Interview.id)).all()


def of_item(session: GatedSession, item: Item, public_id: str) -> Interview:
    """Raises NotOpen where it is another record's."""
    row = next((row for row in of_record(session, item) if row.public_id == public_id), None)
    if row is None:
        raise NotOpen("interview")
    return row


def recordings(session: GatedSession, item: Item) -> Sequence[Media]:
    wanted = select(Media).where(Media.record_id == item.record_id, Media.role.in_(("audio", "video")))
    mine = Media.contribution_id.is_not_distinct_from(item.contribution_id)
    return session.scalars(wanted.where(mine).order_by(Media.position, Media.id)).all()


def shown(session: GatedSession, item: Item) -> set[str]:
    """Those to which the archive says yes, by their public ids."""
    if item.record_id is None:
        return set()
    keys = archive_word.standing(session, item.record_id)
    return {key.partition(":")[2] for key in keys if key.startswith(f"{KIND}:")}
