"""Items (pieces of work), what was said about them, and who has confirmed what. Rules: domain/workflow.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class Item(Base):
    """A piece of work: it has the state, the taker and the due date. `version` is compared on every change."""

    __tablename__ = "items"
    __table_args__ = (
        Index("ix_items_state_waiting_since_id", "state", "waiting_since", "id"),
        Index("ix_items_kind_state", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id"), comment="the content it is about"
    )
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    taken_until: Mapped[datetime | None]
    assigned_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), index=True, comment="who is asked to see to it; others may still take it"
    )
    waiting_since: Mapped[datetime]
    due_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(default="und")
    flags: Mapped[list[Any]] = mapped_column(
        default=list, comment="graphic, minor, death, sexual_violence, media …"
    )
    precedence: Mapped[int] = mapped_column(default=0, comment="-1 before all others, 1 after them")
    round: Mapped[int] = mapped_column(default=1, comment="how often it came back")
    approved_revision_id: Mapped[int | None] = mapped_column(
        comment="the content whose proof the family approved"
    )
    facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="what the kind needs besides; no words of families"
    )
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ItemCheck(Base):
    """A line of the checklist that somebody has looked at for this content, or a hint that is none here.

    A line counts for its revision; a hint stays dismissed as long as the same is seen at the same place.
    """

    __tablename__ = "item_checks"
    __table_args__ = (UniqueConstraint("item_id", "revision_id", "check"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    check: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    # Of a hint: why it is none, as age ciphertext in base64 under the contribution's or archive's key.
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Confirmation(Base):
    """Somebody asks for an act that needs two people; it counts for this content and this act alone."""

    __tablename__ = "confirmations"
    __table_args__ = (UniqueConstraint("item_id", "verb", "revision_id", "actor"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    verb: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class Recusal(Base):
    """This account does not work on this item: it said so, or the archive set it."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("item_id", "account_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    set_by: Mapped[str]
    at: Mapped[datetime]


class Message(AtTheDesk, Base):
    """What desk and family said to each other, or colleagues among themselves. Deletable, never in a chain."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    direction: Mapped[str] = mapped_column(comment="to_family, to_desk or among_desk")
    author: Mapped[str] = mapped_column(comment="account:ID, family or command:name")
    body: Mapped[bytes] = mapped_column(
        LargeBinary, comment="age ciphertext under the contribution's or archive's key"
    )
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    revision_id: Mapped[int | None] = mapped_column(
        BigId, index=True, comment="the content that these words are the reason for; no key, it may be gone"
    )
