"""Contributions, uploads under way, destroyed keys, tributes and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk, Guarded


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
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    erase_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    legal_hold: Mapped[str] = mapped_column(default="", comment="ground; empty: none")


class DestroyedKey(Base):
    """Append-only: keys that are gone for good; replayed after a restore. Holds no words."""

    __tablename__ = "destroyed_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution: Mapped[str] = mapped_column(unique=True, comment="the contribution's public id")
    destroyed_at: Mapped[datetime]


class Upload(AtTheDesk, Base):
    """A file on its way: received so far, and where the part that is safe lies."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), index=True)
    file_name: Mapped[str] = mapped_column(default="")
    bytes_wanted: Mapped[int]
    bytes_safe: Mapped[int] = mapped_column(default=0)
    storage_key: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Tribute(Guarded, Base):
    """A memory or a quiet sign left on somebody's page, moderated like all else."""

    __tablename__ = "tributes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    form: Mapped[str] = mapped_column(default="memory", comment="memory, candle or blossom")
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
