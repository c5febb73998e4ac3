"""What supports a yes that staff entered, and what one of them asked for until a second person agrees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class Evidence(AtTheDesk, Base):
    """A recording of what was said, or a scanned form. Encrypted like every original, and never served."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("contributions.id"), index=True, comment="under whose key it lies; NULL: the archive's"
    )
    method: Mapped[str] = mapped_column(comment="interview or paper")
    agreed_on: Mapped[date] = mapped_column(comment="the day on which it was said or signed")
    language: Mapped[str] = mapped_column(comment="in which the form was read out or signed")
    interpreter: Mapped[bool] = mapped_column(default=False)
    present: Mapped[bytes | None] = mapped_column(LargeBinary, comment="who was there, age ciphertext")
    file_name: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="as staff's device named it, age ciphertext"
    )
    sha256: Mapped[str] = mapped_column(comment="of the plain file as received")
    length: Mapped[int] = mapped_column(BigId, comment="of the plain file, in bytes")
    storage_key: Mapped[str] = mapped_column(unique=True, comment="named by the ciphertext's SHA-256")
    added_by: Mapped[str] = mapped_column(comment="account:ID")
    received_at: Mapped[datetime]


class Proposal(AtTheDesk, Base):
    """An act with its particulars, as one person asked for it. A second one agrees to exactly this, or it is dropped."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    verb: Mapped[str] = mapped_column(comment="enter_yes or remove_party")
    particulars: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="ids, keys, days and hashes; no words"
    )
    asked_by: Mapped[str] = mapped_column(comment="account:ID")
    asked_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="", comment="empty while it waits; done or dropped")
    ended_by: Mapped[str] = mapped_column(default="", comment="account:ID")
    ended_at: Mapped[datetime | None]
