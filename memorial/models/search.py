"""What search finds: one folded entry per part, guarded as the part is.

The full-text structures over `search_entries.body` are made by the migrations (FTS5 on
SQLite, a stored vector `fts_words` with two indexes on PostgreSQL): one of what some day is
public, one for the desk.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class SearchEntry(Guarded, Base):
    """The words of one part of one record (or of a person or source) after `names.fold`."""

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("thing", "entry_part"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"), index=True)
    thing: Mapped[str] = mapped_column(comment="record:ID, person:ID or source:ID")
    entry_part: Mapped[str] = mapped_column(comment="key of the part")
    kind: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="und")
    tokens: Mapped[int] = mapped_column(default=0, server_default="0", comment="words in the body")
    body: Mapped[str] = mapped_column(comment="folded tokens, separated by single spaces")
