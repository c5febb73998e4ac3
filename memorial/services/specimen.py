"""The specimen that ships: a guide to recording one's own testimony, which shows how a recording stands on its page.

    load(session, storage, keys, now=now)

It is nobody's testimony, and says so on its page, in lists and in what a search finds (`stood` is "specimen"). No voice
comes with the program: what is heard is a quiet tone at each line (`stood_words` is "tone"), and the page says that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from memorial.domain import transcript
from memorial.domain.content import Content, TextContent
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Cue, Derivative, Media, Part, Record, Segment, Transcript
from memorial.services import archive_word, consent, custody, describe, search_index
from memorial.storage import Storage

FOLDER = Path(__file__).resolve().parents[1] / "starter" / "specimen"
ACTOR = Actor.command("starter collection")
EXTERNAL_ID = "specimen-guide"
LINE = 6_000  # milliseconds, as long as a tone and the silence after it
COPIES = {"tone.ogg": "audio/ogg", "tone.m4a": "audio/mp4"}


def load(session: GatedSession, storage: Storage, keys: ArchiveKey, *, now: datetime) -> Record | None:
    """Nothing where it is there already."""
    if session.scalars(select(Record).where(Record.external_id == EXTERNAL_ID)).first() is not None:
        return None
    guide = json.loads((FOLDER / "guide.json").read_text(encoding="utf-8"))
    record = describe.create_record(session, "testimony", now=now)
    record.external_id = EXTERNAL_ID
    content = Content(
        language=guide["languages"][0],
        detail={"stood": "specimen", "stood_words": "tone", "medium": "audio"},
        texts=[TextContent("title", guide["title"], language=guide["languages"][0])],
    )
    revision = describe.propose(session, record, content, by=ACTOR, now=now, contribution_id=None)
    describe.apply(session, revision, now=now)
    medium, part = _recording(session, storage, keys, record, len(guide["lines"]) * LINE, now)
    _chapters(session, record, medium, part, guide)
    original: Transcript | None = None
    for language in guide["languages"]:
        row = _transcript(session, record, medium, part, guide["lines"], language, original, now)
        original = original or row
    archive_word.publish(session, record, None, by=ACTOR, at=now)
    words = select(Part.key).where(Part.record_id == record.id, Part.kind.in_(archive_word.RELEASED))
    archive_word.release(session, record, session.scalars(words).all(), by=ACTOR, at=now)
    search_index.index_records(session, [record.id])
    return record


def _recording(
    session: GatedSession, storage: Storage, keys: ArchiveKey, record: Record, length: int, now: datetime
) -> tuple[Media, Part]:
    public_id = new_public_id()
    part = consent.add_part(session, record, f"recording:{public_id}", "recording")
    first = next(iter(COPIES))
    with (FOLDER / first).open("rb") as sound:
        kept = storage.put_original(sound, keys)
    medium = Media(
        public_id=public_id, record_id=record.id, role="audio", mime=COPIES[first], sha256=kept.sha256_plain,
        bytes=kept.bytes_plain, storage_key=kept.storage_key, file_name=first, received_at=now, length=length, due="",
        **consent.guard_of(session, part),
    )  # fmt: skip
    session.add(medium)
    session.flush()
    custody.log(session, ACTOR, "received", f"media:{public_id}", None, now=now, digest=kept.sha256_plain)
    for name, mime in COPIES.items():
        session.add(_copy(session, storage, medium, part, name, mime))
    return medium, part


def _copy(
    session: GatedSession, storage: Storage, medium: Media, part: Part, name: str, mime: str
) -> Derivative:
    content, public_id = (FOLDER / name).read_bytes(), new_public_id()
    return Derivative(
        public_id=public_id, media_id=medium.id, kind="audio", mime=mime, bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(), storage_key=storage.put_derived(f"{public_id}/{name}", content),
        **consent.guard_of(session, part),
    )  # fmt: skip


def _chapters(
    session: GatedSession, record: Record, medium: Media, root: Part, guide: Mapping[str, Any]
) -> None:
    part = consent.add_part(session, record, f"chapters:{medium.public_id}", "chapters", root=root)
    guard = consent.guard_of(session, part)
    for position, chapter in enumerate(guide["chapters"]):
        session.add_all(
            Segment(
                media_id=medium.id, position=position, starts=(chapter["line"] - 1) * LINE, language=language,
                title=chapter[language], **guard,
            )
            for language in guide["languages"]
        )  # fmt: skip


def _transcript(
    session: GatedSession, record: Record, medium: Media, root: Part, lines: Sequence[Mapping[str, str]],
    language: str, original: Transcript | None, now: datetime,
) -> Transcript:  # fmt: skip
    of, public_id = "translation" if original else "transcript", new_public_id()
    part = consent.add_part(session, record, f"{of}:{public_id}", of, root=root)
    guard = consent.guard_of(session, part)
    row = Transcript(
        public_id=public_id, media_id=medium.id, record_id=record.id, kind="translation" if original else "edited", language=language,
        translates_id=original.id if original else None, released_at=now, **guard,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        Cue(
            transcript_id=row.id, position=number, number=number, starts=(number - 1) * LINE, ends=number * LINE,
            body=transcript.body_of(line[language]), **guard,
        )
        for number, line in enumerate(lines, 1)
    )  # fmt: skip
    return row
