"""A first draft by a program on this machine, where everybody whose yes it needs has given it (docs/decisions/0019).

    verdict = may_ask(session, actor, medium, model, now=now)     # with the reason why not
    ask(session, actor, medium, model, now=now)                   # due from now on
    carry_out(storage, writing, keeper, media_id, model, now=…)   # the job; returns the draft's public id, or ""

The program hears a copy of the recording, in which what is masked is silent. Nothing leaves the machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from memorial.derivatives.listener import CannotListen, listen
from memorial.domain import consent as rules
from memorial.domain.errors import NotPermitted
from memorial.domain.transcript import LANGUAGE, UNKNOWN
from memorial.domain.workflow import YES, Verdict
from memorial.formats import whisper_json
from memorial.formats.faults import Refused
from memorial.gate import Actor, GatedSession, Reader
from memorial.models import Derivative, LedgerEntry, Media, Party
from memorial.services import consent, fixity
from memorial.services.audit import Act, record_act
from memorial.services.transcripts import drafts
from memorial.storage import Missing, Storage

DUE = "recognise"
LEAST_SECONDS = 600
TIMES_LENGTH = 6  # a slow processor takes several times as long as the recording
Writing = Callable[[Reader], AbstractContextManager[GatedSession]]


def agreed(session: GatedSession, medium: Media, *, now: datetime) -> bool:
    """Whether everybody whose yes the record needs has named this, and it holds now. The archive decides for its own."""
    if medium.contribution_id is None:
        return True
    said: dict[int, bool] = {}
    needed: set[int] = set(session.scalars(_contributor(medium.contribution_id)))
    wanted = (
        select(LedgerEntry.party_id, LedgerEntry.act, LedgerEntry.will)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == medium.record_id, Party.kind != rules.ARCHIVE)
        .order_by(LedgerEntry.position)
    )
    for party, act, will in session.execute(wanted):
        if act == "will":
            grants = rules.will_from_json(will).get(rules.RECOGNITION, {})
            said[party] = any(window.opens <= now < window.closes for window in grants.values())
        elif act == "need" and json.loads(will):
            needed.add(party)
        elif act == "release":
            needed.discard(party)
    return bool(needed) and all(said.get(party, False) for party in needed)


def _contributor(contribution_id: int) -> Any:
    return select(Party.id).where(Party.contribution_id == contribution_id, Party.kind == "contributor")


def may_ask(
    session: GatedSession, actor: Actor, medium: Media, model: Path | None, *, now: datetime
) -> Verdict:
    verdict = drafts.allowed(session, actor, "transcribe", medium, now=now)
    if not verdict:
        return verdict
    if model is None:
        return Verdict(False, "no_recogniser")
    if not agreed(session, medium, now=now):
        return Verdict(False, "no_yes_to_recognition")
    if medium.due:
        return Verdict(False, "recording_at_work")
    return YES if _copy(session, medium) is not None else Verdict(False, "no_sound_yet")


def _copy(session: GatedSession, medium: Media) -> Derivative | None:
    wanted = select(Derivative).where(Derivative.media_id == medium.id, Derivative.kind == "audio")
    return session.scalars(wanted.order_by(Derivative.id)).first()


def ask(session: GatedSession, actor: Actor, medium: Media, model: Path | None, *, now: datetime) -> None:
    """Raises NotPermitted with the reason."""
    consent.lock(session, [medium.record_id])
    verdict = may_ask(session, actor, medium, model, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    medium.due = DUE
    record_act(session, actor, Act("ask_recognition", f"media:{medium.public_id}"), now)


def due(session: GatedSession) -> list[int]:
    return list(session.scalars(select(Media.id).where(Media.due == DUE).order_by(Media.id)))


def carry_out(
    storage: Storage, writing: Writing, keeper: Callable[[], Reader], media_id: int, model: Path | None, *,
    now: datetime,
) -> str:  # fmt: skip
    """No session is open while the model listens. What cannot be done is an item at the desk, with its reason."""
    with writing(keeper()) as session:
        medium = session.get(Media, media_id)
        if medium is None or medium.due != DUE:
            return ""
        copy = _copy(session, medium)
        if model is None or copy is None or not agreed(session, medium, now=now):
            medium.due = ""
            return ""
        key, seconds = copy.storage_key, max(LEAST_SECONDS, TIMES_LENGTH * (medium.length or 0) // 1000)
        language = medium.language if LANGUAGE.fullmatch(medium.language) else ""
    heard, why = b"", ""
    try:
        with storage.open_derived(key) as sound:
            heard = listen(model, sound, seconds, language)
    except (CannotListen, Missing) as cannot:
        why = getattr(cannot, "key", "no_sound_yet")
    with writing(keeper()) as session:
        return _kept(session, media_id, heard, why, model.name, now)


def _kept(session: GatedSession, media_id: int, heard: bytes, why: str, model: str, now: datetime) -> str:
    """The recording may have gone, or the yes to it, while the model listened: then nothing is kept."""
    medium = session.get(Media, media_id)
    if medium is None or medium.due != DUE:
        return ""
    medium.due = ""
    if not agreed(session, medium, now=now):
        return ""
    try:
        value = whisper_json.read(heard).value if not why else None
    except Refused:
        value, why = None, "failed"
    if value is None or not value.cues:
        fixity.job_failed(session, medium, DUE, why or "nothing_heard", now=now)
        return ""
    language = value.language if LANGUAGE.fullmatch(value.language) else UNKNOWN
    draft = drafts.begin(
        session, Actor.system(), medium, "verbatim", language, model, cues=value.cues, machine=True, now=now
    )
    return draft.public_id
