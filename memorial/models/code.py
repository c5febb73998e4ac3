"""Return codes that another one has replaced, and that can take their contribution back for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId


class FormerCode(Base):
    """It opens nothing any more. Until a day it can end the code that took its place, so that no thief locks a
    family out."""

    __tablename__ = "former_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), index=True)
    locator: Mapped[str] = mapped_column(unique=True, comment="the first eight digits of the return code")
    code_hash: Mapped[str] = mapped_column(comment="Argon2id of the secret digits with a pepper")
    why: Mapped[str] = mapped_column(comment="handed_on or lost")
    replaced_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(
        comment="from then on it is worth nothing, unless a removal waits"
    )
