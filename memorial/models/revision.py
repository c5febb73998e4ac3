"""Revisions: the content of a record as it stood. Every change makes one; a citation names it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class Revision(AtTheDesk, Base):
    """What one contribution (or the archive itself) says in a record, as a whole.

    A proposed revision has no `applied_at`. Old ones are for the desk; the address shows today's.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        Index("ix_revisions_record_id_thing_number", "record_id", "thing", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    number: Mapped[int]
    thing: Mapped[str] = mapped_column(
        default="", comment="the object of a collection that it is about: figures:fig-12 (decision 0012)"
    )
    content: Mapped[dict[str, Any]] = mapped_column(comment="see services/describe.py")
    sha256: Mapped[str] = mapped_column(
        comment="of the content, keyed by the contribution where there is one"
    )
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
