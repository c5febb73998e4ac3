"""Transcripts, their cues, segments (chapters) and masks (what is taken out for a listener)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class Transcript(Guarded, Base):
    """The words of a recording in one language. A masked edition is a transcript and a part of its own."""

    __tablename__ = "transcripts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="verbatim, edited, summary, translation, audio_description")
    language: Mapped[str] = mapped_column(default="und")
    translates_id: Mapped[int | None] = mapped_column(ForeignKey("transcripts.id"))
    made_by: Mapped[str] = mapped_column(default="")
    masked: Mapped[bool] = mapped_column(default=False)


class Cue(Guarded, Base):
    """A line of a transcript with its times in milliseconds from the start of the recording."""

    __tablename__ = "cues"
    __table_args__ = (Index("ix_cues_transcript_id_position", "transcript_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    position: Mapped[int]
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int] = mapped_column(comment="milliseconds")
    speaker: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    words: Mapped[list[Any]] = mapped_column(
        default=list, comment="[word, starts, ends] where the source has them"
    )


class Segment(Guarded, Base):
    """A chapter of a recording: title, synopsis, keywords, in one language."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    position: Mapped[int]
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int | None] = mapped_column(comment="milliseconds")
    language: Mapped[str] = mapped_column(default="und")
    title: Mapped[str]
    synopsis: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[Any]] = mapped_column(default=list)


class Mask(Guarded, Base):
    """A passage withheld in text and sound. Desk only: the masked edition is what others get."""

    __tablename__ = "masks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    starts: Mapped[int] = mapped_column(comment="milliseconds")
    ends: Mapped[int] = mapped_column(comment="milliseconds")
    reason: Mapped[str] = mapped_column(default="")
