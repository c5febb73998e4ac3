"""Somebody asks to read what is kept for researchers. Who they are and what for lies as ciphertext."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class Application(AtTheDesk, Base):
    """One application; its item at the desk has the state. Approved, it has an account that ends."""

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    email_hash: Mapped[str] = mapped_column(index=True, comment="keyed hash: who has asked already")
    body: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="name, address, institution, purpose as age ciphertext; NULL once forgotten"
    )
    language: Mapped[str]
    conditions: Mapped[str] = mapped_column(comment="SHA-256 of the conditions as they were agreed to")
    send_key: Mapped[str | None] = mapped_column(
        unique=True, comment="one form sent many times is one application"
    )
    agreed_at: Mapped[datetime]
    reads_until: Mapped[datetime | None] = mapped_column(comment="set by whoever approves")
