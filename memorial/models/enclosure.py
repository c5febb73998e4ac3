"""Files that go with a message between a family and the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class Enclosure(AtTheDesk, Base):
    """A file sent with a message, encrypted under the contribution's key; for its two sides, never a page's."""

    __tablename__ = "enclosures"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), index=True)
    file_name: Mapped[bytes] = mapped_column(
        LargeBinary, comment="as the sender's device named it, age ciphertext"
    )
    mime: Mapped[str] = mapped_column(comment="found by content")
    sha256: Mapped[str] = mapped_column(comment="of the plain file as received")
    bytes: Mapped[int] = mapped_column(BigId, comment="of the plain file")
    storage_key: Mapped[str] = mapped_column(unique=True, comment="named by the ciphertext's SHA-256")
    received_at: Mapped[datetime]
