"""What helps the desk besides its items: saved views, care for who reads, files looked after, one act on many items."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class SavedView(Base):
    """Filters of the queue under a name. Its owner's alone, or everybody's at the desk."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="as they stand in the address")
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class GraphicDay(Base):
    """What an account with a limit of its own opened today that is marked graphic. Nobody is shown it; it goes with the day."""

    __tablename__ = "graphic_days"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    day: Mapped[date] = mapped_column(comment="by the account's own clock")
    items: Mapped[list[Any]] = mapped_column(default=list, comment="ids of items, so that none counts twice")


class FileCheck(Base):
    """When a stored file was last read whole and compared with its name, and what was found."""

    __tablename__ = "file_checks"

    storage_key: Mapped[str] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(index=True)
    fault: Mapped[str] = mapped_column(default="", comment="damaged or missing; empty: as it was written")


class BulkAct(Base):
    """One act on many items: previewed, done in the background, taken back as one. Its lines say of each what came."""

    __tablename__ = "bulk_acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    verb: Mapped[str]
    state: Mapped[str] = mapped_column(comment="previewed, running, done, stopped, undoing or undone")
    version: Mapped[int] = mapped_column(default=1)
    note_hash: Mapped[str] = mapped_column(
        default="", comment="keyed hash of the note, which lies in messages"
    )
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="ids, keys and filters")
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), index=True, comment="whose act it is, or whose taking back"
    )
    made_by: Mapped[str] = mapped_column(comment="account:ID")
    made_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="", comment="account:ID")
    undone_at: Mapped[datetime | None]


class BulkNote(AtTheDesk, Base):
    """The words that go with a bulk act, until it is over: then they lie with each item."""

    __tablename__ = "bulk_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_acts.id"), unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, comment="age ciphertext under the archive's key")


class BulkLine(Base):
    """One item of a bulk act, and what came of it."""

    __tablename__ = "bulk_lines"
    __table_args__ = (
        UniqueConstraint("bulk_id", "item_id"),
        Index("ix_bulk_lines_bulk_id_outcome_id", "bulk_id", "outcome", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_acts.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    outcome: Mapped[str] = mapped_column(default="", comment="empty: not yet; done, refused, undone, kept")
    reason: Mapped[str] = mapped_column(default="", comment="why it was refused, or not taken back")
    found: Mapped[int] = mapped_column(comment="the item's version when the act was previewed")
    left: Mapped[int] = mapped_column(default=0, comment="and after the act: taken back only from there")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what is needed to take it back")
    at: Mapped[datetime | None]
