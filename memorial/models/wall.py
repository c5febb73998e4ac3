"""The wall of names as it is read: names on their shelves in order, and what was counted of it for an epoch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded, public_index

# Compared by code point, whatever the collation of the database: ranges of shelves and keys depend on it.
Plain = String().with_variant(String(collation="C"), "postgresql")


class WallName(Guarded, Base):
    """A name on one shelf (`domain/wall.py`). A projection, written by `services.wall_index` alone.

    Of the names of one part the leading one stands here. Guarded as the name is; on a shelf of a place or an age
    as the statement is that says so, and read together with the name, so that it takes both.
    """

    __tablename__ = "wall_names"
    __table_args__ = (public_index("wall_names", "shelf", "sort_key", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shelf: Mapped[str] = mapped_column(Plain, comment="az/name, az/family, az/name/place/… of domain/wall.py")
    sort_key: Mapped[str] = mapped_column(Plain, comment="the name by the alphabet of the shelf's language")
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    name_id: Mapped[int] = mapped_column(ForeignKey("person_names.id"), index=True)
    label: Mapped[str] = mapped_column(default="", comment="the place, as the statement has it")


class WallUnnamed(Guarded, Base):
    """A remembrance that may have no name to show: no name of theirs is guarded as the page is.

    Of all others it is certain that whoever sees the page sees a name. A projection, written by
    `services.wall_index` alone, and guarded as the page is.
    """

    __tablename__ = "wall_unnamed"
    __table_args__ = (public_index("wall_unnamed", "public_id", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True, autoincrement=False)
    public_id: Mapped[str] = mapped_column(unique=True, comment="the page's, in whose order they stand")


class WallCount(Base):
    """What one shelf held for the public, and for how long that stands: one epoch, between two boundaries."""

    __tablename__ = "wall_counts"

    shelf: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    opens: Mapped[datetime | None] = mapped_column(comment="the next moment at which something may open")
    closes: Mapped[datetime | None] = mapped_column(comment="and close")
    total: Mapped[int]
    letters: Mapped[list[Any]] = mapped_column(comment="the first figures of the keys there are")


class WallAnchor(Base):
    """The number of one row of a shelf, so that a page that holds the row knows all its numbers. No words."""

    __tablename__ = "wall_anchors"

    shelf: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, comment="a WallName")
    number: Mapped[int]
