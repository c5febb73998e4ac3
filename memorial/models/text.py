"""Texts: titles, quotations, summaries, lives, testimonies, excerpts, notes, with role and language."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class Text(Guarded, Base):
    """A piece of prose. `markup` marks the tiny allow-list of domain/markup.py; all else is plain text."""

    __tablename__ = "texts"
    __table_args__ = (Index("ix_texts_record_id_role_position", "record_id", "role", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    role: Mapped[str] = mapped_column(
        comment="title, quotation, fragment, summary, life, testimony, excerpt, note …"
    )
    position: Mapped[int] = mapped_column(default=0, comment="order among texts of one role")
    language: Mapped[str] = mapped_column(default="und")
    body: Mapped[str]
    markup: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str] = mapped_column(default="")
    translator: Mapped[str] = mapped_column(default="")
    translates_id: Mapped[int | None] = mapped_column(
        ForeignKey("texts.id"), comment="the text it translates"
    )
    note: Mapped[str] = mapped_column(default="")
