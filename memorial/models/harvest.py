"""What harvesters were offered: which records may be reused, since when, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base


class HarvestMark(Base):
    """The last time that what the public may reuse of a record changed. It holds no words, and outlives an erasure.

    A record that came by an import, open at once, and of which nothing was decided since has none: its own day of change is
    enough.
    """

    __tablename__ = "harvest_marks"
    # Many share a moment: what was decided at once, or ends on the same day.
    __table_args__ = tuple(
        Index(f"ix_harvest_marks_{column}_record_id", column, "record_id")
        for column in ("at", "opens", "closes")
    )

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True, autoincrement=False)
    public_id: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]
    opens: Mapped[datetime | None] = mapped_column(comment="of (public, reuse); NULL: not allowed")
    closes: Mapped[datetime | None]
    offered: Mapped[bool] = mapped_column(default=False, comment="whether it was open before that")
