"""Media: originals as received (encrypted, never served) and the copies made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class Media(Guarded, Base):
    """A photograph, scan or recording. The original lies encrypted under its contribution's key."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    role: Mapped[str] = mapped_column(
        default="photograph", comment="photograph, portrait, scan, audio, video, file"
    )
    position: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(index=True, comment="of the plain file as received")
    bytes: Mapped[int] = mapped_column(BigId, comment="of the plain file")
    mime: Mapped[str] = mapped_column(comment="found by content")
    width: Mapped[int | None] = mapped_column(comment="pixels, upright")
    height: Mapped[int | None] = mapped_column(comment="pixels, upright")
    storage_key: Mapped[str] = mapped_column(unique=True, comment="named by the ciphertext's SHA-256")
    file_name: Mapped[str] = mapped_column(
        default="", comment="as the family's device named it; for custody only"
    )
    rights: Mapped[str] = mapped_column(default="")
    credit: Mapped[str] = mapped_column(default="")
    alt: Mapped[str] = mapped_column(default="")
    content_note: Mapped[str] = mapped_column(default="")
    graphic: Mapped[bool] = mapped_column(default=False, comment="nothing is loaded before the reader asks")
    captured_edtf: Mapped[str] = mapped_column(default="")
    captured_words: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="", comment="of a recording, in the family's words")
    length_words: Mapped[str] = mapped_column(default="", comment="of a recording, as the family knows it")
    others: Mapped[str] = mapped_column(
        default="", comment="is somebody seen or heard who did not agree: no, yes, not_sure or not said"
    )
    received_at: Mapped[datetime] = mapped_column(index=True)
    damaged_at: Mapped[datetime | None] = mapped_column(
        comment="found damaged by the fixity round; not served"
    )
    due: Mapped[str] = mapped_column(
        default="copies", index=True, comment="what is left to do: assemble, copies; empty when done"
    )
    failed: Mapped[str] = mapped_column(default="", comment="why the work that is due cannot be done")

    length: Mapped[int | None] = mapped_column(
        BigId, comment="of a recording, milliseconds, as it was probed"
    )
    probed: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what a recording consists of")
    progress: Mapped[int] = mapped_column(default=0, comment="hundredths of the work that is due")
    poster_at: Mapped[int | None] = mapped_column(
        BigId, comment="milliseconds: the moment chosen for the still; NULL: none is shown"
    )
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interviews.id"), index=True)

    derivatives: Mapped[list[Derivative]] = relationship(back_populates="media", order_by="Derivative.width")


class Derivative(Guarded, Base):
    """A copy without metadata: made again at will, deleted with its original."""

    __tablename__ = "derivatives"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    kind: Mapped[str] = mapped_column(default="image")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int]
    mime: Mapped[str]
    sha256: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)

    media: Mapped[Media] = relationship(back_populates="derivatives")
