"""Letters that are due. What they say and to whom is found when they are sent: services/letters.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId


class Letter(Base):
    """One letter on its way to a family, at most one for each contribution. No address and no word of it."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), unique=True)
    kind: Mapped[str] = mapped_column(comment="question, message, ready, published, draft")
    since: Mapped[datetime] = mapped_column(comment="when it became due")
    due_at: Mapped[datetime] = mapped_column(index=True, comment="not to be tried before")
    tries: Mapped[int] = mapped_column(default=0)
