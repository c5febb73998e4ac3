"""Contributions, uploads under way, destroyed keys, tributes and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk, Guarded, public_index


class Contribution(Base):
    """What one family is writing or has sent. The code, the key, custody and erasure belong to it."""

    __tablename__ = "contributions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, comment="the ref in /my/{ref}")
    locator: Mapped[str] = mapped_column(unique=True, comment="the first eight digits of the return code")
    code_hash: Mapped[str] = mapped_column(comment="Argon2id of the secret digits with a pepper")
    code_shown: Mapped[bool] = mapped_column(default=False)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, comment="NULL once the key is destroyed")
    task: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    answers: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="the draft's answers, age ciphertext under the contribution's key"
    )
    send_key: Mapped[str | None] = mapped_column(
        unique=True, comment="one form sent many times is one record"
    )
    created_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None] = mapped_column(comment="kept dark since; NULL: not sealed")
    erase_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    legal_hold: Mapped[str] = mapped_column(default="", comment="ground; empty: none")
    reminded_at: Mapped[datetime | None] = mapped_column(comment="when a letter about the draft was due")
    proof: Mapped[str | None] = mapped_column(unique=True, comment="the challenge it was begun with, once")


class DestroyedKey(Base):
    """Append-only: keys that are gone for good; replayed after a restore. Holds no words."""

    __tablename__ = "destroyed_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution: Mapped[str] = mapped_column(unique=True, comment="the contribution's public id")
    destroyed_at: Mapped[datetime]


class Upload(AtTheDesk, Base):
    """A file on its way, or whole: how much of it is safe. Its bytes lie in pieces, each a ciphertext of its own."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), index=True)
    media_id: Mapped[int | None] = mapped_column(
        ForeignKey("media.id"), index=True, comment="what it became once all of it was safe"
    )
    page: Mapped[str] = mapped_column(default="photographs", comment="the page it was chosen on")
    file_name: Mapped[str] = mapped_column(default="")
    fingerprint: Mapped[str] = mapped_column(
        default="", comment="by which the family's browser knows the file again"
    )
    bytes_wanted: Mapped[int] = mapped_column(BigId)
    bytes_safe: Mapped[int] = mapped_column(BigId, default=0)
    storage_key: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None] = mapped_column(index=True, comment="when its last piece came")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when all of it was safe")


class UploadPiece(AtTheDesk, Base):
    """A stretch of a file that is on disk, encrypted under the contribution's key; gone once it is assembled."""

    __tablename__ = "upload_pieces"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), index=True)
    begins_at: Mapped[int] = mapped_column(BigId, comment="of the plain file's bytes")
    bytes: Mapped[int] = mapped_column(BigId, comment="of the plain stretch")
    storage_key: Mapped[str] = mapped_column(unique=True, comment="named by the ciphertext's SHA-256")


class Tribute(Guarded, Base):
    """A memory or a quiet sign left on somebody's page, moderated like all else."""

    __tablename__ = "tributes"
    __table_args__ = (public_index("tributes", "record_id", "quiet", "created_at", "public_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    form: Mapped[str] = mapped_column(default="memory", comment="memory, candle or blossom")
    quiet: Mapped[bool] = mapped_column(default=False, comment="a sign, not words")
    body: Mapped[str] = mapped_column(default="")
    signed: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="und")
    created_at: Mapped[datetime]


class Report(AtTheDesk, Base):
    """A mistake reported, or a request to take something down. Its contact is ciphertext."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("contributions.id"), index=True, comment="whose code the answer comes back by"
    )
    page: Mapped[str] = mapped_column(default="", comment="address of the page it is about")
    kind: Mapped[str] = mapped_column(comment="mistake, take_down, question")
    ground: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
