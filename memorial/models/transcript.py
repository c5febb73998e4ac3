"""Interviews, transcripts, their cues, segments (chapters) and masks (what is taken out for a listener).

What a page shows are `Transcript`, `Cue` and `Segment`: the words as they were released. What somebody at the desk is
writing are the `Draft` tables, which no page reads; releasing copies one into the other (docs/decisions/0018).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk, Dated, Guarded


class Interview(Guarded, Dated, Base):
    """One session of telling: who asked, who else was there, where, when, with what, and what was agreed.

    The narrator is the testimony's own. A session may have several recordings, and a testimony several sessions.
    """

    __tablename__ = "interviews"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    interviewers: Mapped[list[Any]] = mapped_column(default=list, comment="names, as they wish to be named")
    others_present: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="", comment="as given")
    languages: Mapped[list[Any]] = mapped_column(default=list, comment="BCP 47")
    equipment: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    agreed: Mapped[str] = mapped_column(default="", comment="what was agreed, in plain words")


class Transcript(Guarded, Base):
    """The released words of a recording in one language. Words that are masked are not in it."""

    __tablename__ = "transcripts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="verbatim, edited, summary, translation, audio_description")
    language: Mapped[str] = mapped_column(default="und")
    translates_id: Mapped[int | None] = mapped_column(ForeignKey("transcripts.id"))
    made_by: Mapped[str] = mapped_column(
        default="", comment="who transcribed or translated, as named on the page"
    )
    machine: Mapped[bool] = mapped_column(default=False, comment="made by a machine, and read by nobody yet")
    masked: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, comment="counts its releases")
    released_at: Mapped[datetime | None]


class Cue(Guarded, Base):
    """A line of a transcript with its times in milliseconds from the start of the recording."""

    __tablename__ = "cues"
    __table_args__ = (
        Index("ix_cues_transcript_id_position", "transcript_id", "position"),
        UniqueConstraint("transcript_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    position: Mapped[int]
    number: Mapped[int] = mapped_column(
        comment="its address in the page, c-118: kept when lines are split, joined or retimed; a translation's line "
        "has the number of the line that it translates"
    )
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int] = mapped_column(comment="milliseconds")
    speaker: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(comment="domain/transcript.py says which marks it may hold")
    words: Mapped[list[Any]] = mapped_column(
        default=list, comment="[word, starts, ends] where the source has them"
    )


class Segment(Guarded, Base):
    """A chapter of a recording, told in one language; tellings of one chapter share its position."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    position: Mapped[int]
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int | None] = mapped_column(comment="milliseconds")
    language: Mapped[str] = mapped_column(default="und")
    title: Mapped[str]
    synopsis: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="", comment="how its words begin")
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    subjects: Mapped[list[Any]] = mapped_column(default=list)
    persons: Mapped[list[Any]] = mapped_column(
        default=list, comment="names, as the chapter's writer gives them"
    )
    places: Mapped[list[Any]] = mapped_column(default=list)
    spots: Mapped[list[Any]] = mapped_column(default=list, comment="domain/transcript.Spot as objects")
    links: Mapped[list[Any]] = mapped_column(default=list, comment="domain/transcript.Link as objects")


class Draft(AtTheDesk, Base):
    """What the desk is writing of a recording: a transcript, a translation, or (kind `chapters`) its segments."""

    __tablename__ = "transcript_drafts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        unique=True, comment="also that of the transcript it is released as"
    )
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="one of domain/transcript.KINDS, or chapters")
    language: Mapped[str] = mapped_column(default="und")
    translates_id: Mapped[int | None] = mapped_column(ForeignKey("transcript_drafts.id"))
    made_by: Mapped[str] = mapped_column(default="")
    machine: Mapped[bool] = mapped_column(default=False)
    chapters: Mapped[list[Any]] = mapped_column(default=list, comment="domain/transcript.Segment as objects")
    version: Mapped[int] = mapped_column(
        default=0, comment="counts its steps; whoever saves names the one they saw"
    )
    released: Mapped[int | None] = mapped_column(comment="the version that stands on the page; NULL: none")
    next_number: Mapped[int] = mapped_column(default=1)
    begun_by: Mapped[str] = mapped_column(default="", comment="account:ID, command:name or machine")
    begun_at: Mapped[datetime]


class DraftCue(AtTheDesk, Base):
    """A line of a draft."""

    __tablename__ = "draft_cues"
    __table_args__ = (
        Index("ix_draft_cues_draft_id_position", "draft_id", "position"),
        UniqueConstraint("draft_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("transcript_drafts.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    position: Mapped[int] = mapped_column(BigId, comment="with room between neighbours")
    number: Mapped[int]
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int] = mapped_column(comment="milliseconds")
    speaker: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    words: Mapped[list[Any]] = mapped_column(default=list)


class DraftStep(AtTheDesk, Base):
    """What one save changed in a draft: enough to go back to any version of it."""

    __tablename__ = "draft_steps"
    __table_args__ = (UniqueConstraint("draft_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("transcript_drafts.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    version: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    changes: Mapped[list[Any]] = mapped_column(comment="[number, before, after] of each line that changed")


class Mask(Guarded, Base):
    """A span of a recording that is withheld in text, sound and picture. Guarded as the recording is: a listener is
    told that something was taken out, and why. The words themselves are ciphertext."""

    __tablename__ = "masks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int] = mapped_column(comment="milliseconds")
    reason: Mapped[str] = mapped_column(default="", comment="fit to be read by everyone")
    sound: Mapped[str] = mapped_column(default="silence", comment="silence, tone, or empty: the sound stays")
    picture: Mapped[bool] = mapped_column(default=False, comment="the picture is blurred in the span")
    taken_out: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="age ciphertext: the words, and where each stood"
    )
    placed_by: Mapped[str] = mapped_column(default="")
    placed_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None]
