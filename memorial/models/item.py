"""Items (pieces of work), what was said about them, and who has confirmed what. Rules: domain/workflow.py.

The queue's indexes are below the class: each serves one way through what is open, in the order of the queue.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, UniqueConstraint, bindparam, literal
from sqlalchemy.orm import Mapped, mapped_column, validates

from memorial.db import Base, BigId
from memorial.domain.workflow import OPEN_STATES
from memorial.models.guarded import AtTheDesk


class Item(Base):
    """A piece of work: it has the state, the taker and the due date. `version` is compared on every change."""

    __tablename__ = "items"

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
        ForeignKey("accounts.id"), comment="who is asked to see to it; others may still take it"
    )
    waiting_since: Mapped[datetime]
    due_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(default="und")
    flags: Mapped[list[Any]] = mapped_column(
        default=list, comment="graphic, minor, death, sexual_violence, media …"
    )
    has_media: Mapped[bool] = mapped_column(default=False, comment="follows the flags, for the queue's index")
    graphic: Mapped[bool] = mapped_column(default=False, comment="follows the flags, for the queue's index")
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

    @validates("flags")
    def _follow(self, _name: str, flags: list[Any]) -> list[Any]:
        self.has_media, self.graphic = "media" in flags, "graphic" in flags
        return flags


def is_open() -> ColumnElement[bool]:
    """What waits at the desk. Written out: an index with this condition is taken only for a statement that says the same."""
    return Item.state.in_(bindparam("open_states", OPEN_STATES, expanding=True, literal_execute=True))


def came_back() -> ColumnElement[bool]:
    return Item.round > literal(1, literal_execute=True)


def _queue_index(name: str, *columns: Any, where: ColumnElement[bool] | None = None) -> Index:
    return Index(f"ix_items_{name}", *columns, sqlite_where=where, postgresql_where=where)


_ORDER = (Item.precedence, Item.waiting_since, Item.id)
_OPEN = Item.state.in_(OPEN_STATES)
_queue_index("open", *_ORDER, where=_OPEN)
_queue_index("kind_state", Item.kind, Item.state, *_ORDER)
_queue_index("language", Item.language, *_ORDER, where=_OPEN)
_queue_index("media", Item.graphic, Item.has_media, *_ORDER, where=_OPEN)
_queue_index("returned", *_ORDER, where=_OPEN & (Item.round > 1))
_queue_index("due_on", Item.due_on, Item.waiting_since, Item.id, where=_OPEN & Item.due_on.is_not(None))
_queue_index("assigned_to_id", Item.assigned_to_id, *_ORDER, where=Item.assigned_to_id.is_not(None))
_queue_index("taken_by_id", Item.taken_by_id, Item.taken_until, where=Item.taken_by_id.is_not(None))


class ItemPass(Base):
    """This account let the item pass: it is not offered to it again. Why is nobody's business."""

    __tablename__ = "item_passes"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)


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
