"""What every page of a draft begins with: the draft in custody, and what is shown of it beside its lines.

draft, medium = here(public_id)      # NotOpen, NotPermitted
about(draft, medium)                 # values for the template
"""

from __future__ import annotations

from typing import Any

from flask import request

from memorial.gate import GatedSession
from memorial.models import Draft, Media, Record
from memorial.services import desk
from memorial.services.transcripts import drafts, exchange, releasing
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, recordings


def here(public_id: str) -> tuple[Draft, Media]:
    """The draft, for whoever reads what came with its recording. Raises NotOpen, NotPermitted."""
    session = guard.session()
    draft = drafts.find(session, public_id)
    medium = session.get_one(Media, draft.media_id)
    recordings.allowed(session, "read", medium)
    return draft, medium


def record_of(session: GatedSession, draft: Draft) -> str:
    return session.get_one(Record, draft.record_id).public_id


def about(draft: Draft, medium: Media) -> dict[str, Any]:
    """What every page of a draft shows of it."""
    session, actor, now = guard.session(), identity.actor(), house().now()
    stands = releasing.standing_of(session, draft)
    labels = {draft.begun_by, *(each.by for each in stands.readings)}
    record = session.get_one(Record, draft.record_id)
    return {
        "draft": draft,
        "medium": medium,
        "record": record,
        "title": desk.titles(session, [record.id]).get(record.id, ""),
        "copies": recordings.copies_of(session, [medium]).get(medium.id, []),
        "original": drafts.original_of(session, draft),
        "standing": stands,
        "names": desk.names_of(session, labels),
        "verdicts": {
            "transcribe": drafts.allowed(session, actor, "transcribe", medium, now=now),
            "read_transcript": drafts.allowed(session, actor, "read_transcript", medium, now=now),
            "release_transcript": releasing.may_release(session, actor, draft, now=now),
            "hide_part": drafts.allowed(session, actor, "hide_part", medium, now=now),
        },
        "forms": exchange.ENDINGS,
        "me": identity.me(),
        "error": "",
        "error_at": "",
        "done": request.args.get("done", ""),
    }
