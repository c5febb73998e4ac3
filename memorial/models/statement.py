"""Statements: attributed assertions about a record, a person, a place or a question. Rules: domain/statements.py."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class Question(Guarded, Base):
    """What rival statements answer, such as how many were killed, or who fired on the columns."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(comment="figure, account or term")
    title: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")

    statements: Mapped[list[Statement]] = relationship(back_populates="question")


class Statement(Guarded, Base):
    """Who says what, counting what, as of when, in which source. Figures are never summed."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_record_id_property", "record_id", "property"),
        Index("ix_statements_source_id_id", "source_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), comment="the record it is about")
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("persons.id"), index=True, comment="the person it is about"
    )
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    property: Mapped[str] = mapped_column(
        comment="killed_total, fate, birth_year, coordinates, name, term, account …"
    )
    position: Mapped[int] = mapped_column(default=0)
    value_text: Mapped[str] = mapped_column(default="")
    value_number: Mapped[float | None]
    value_low: Mapped[float | None]
    value_high: Mapped[float | None]
    unit: Mapped[str] = mapped_column(default="")
    qualifier: Mapped[str] = mapped_column(default="", comment="exact, at_least, about, range …")
    scope: Mapped[str] = mapped_column(default="", comment="what exactly it counts or covers")
    stated_by: Mapped[str] = mapped_column(default="", comment="who says so")
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    speaker_role: Mapped[str] = mapped_column(default="")
    speaker_side: Mapped[str] = mapped_column(
        default="", comment="as the collection files the speaker; for the desk"
    )
    speaker_accused: Mapped[bool] = mapped_column(
        default=False, comment="the statement stays; its speaker gets no entry"
    )
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    source_as_given: Mapped[str] = mapped_column(default="")
    via: Mapped[str] = mapped_column(default="", comment="who reported the words")
    locator: Mapped[str] = mapped_column(default="")
    said_edtf: Mapped[str] = mapped_column(default="", comment="when it was said or printed")
    said_earliest: Mapped[date | None]
    as_of_edtf: Mapped[str] = mapped_column(default="", comment="the time it speaks of")
    as_printed: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(
        default="", comment="direct speech, reported speech, document, paraphrase, summary"
    )
    wording: Mapped[str] = mapped_column(
        default="", comment="whose words the value is: summary where they are the archive's own"
    )
    certainty: Mapped[str] = mapped_column(default="")
    corroboration: Mapped[str] = mapped_column(
        default="", comment="confirmed, uncorroborated, disputed, pending, rejected; empty: not assessed"
    )
    language: Mapped[str] = mapped_column(default="und")
    topics: Mapped[list[Any]] = mapped_column(default=list)
    conflict_group: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    question: Mapped[Question | None] = relationship(back_populates="statements")


class Rival(Guarded, Base):
    """Two statements that answer each other; kept as written where the other is not in the archive."""

    __tablename__ = "rivals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"), index=True)
    as_given: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)


class AlsoAnswers(Guarded, Base):
    """A statement that answers another question besides its own, and so stands on that page too."""

    __tablename__ = "also_answers"
    __table_args__ = (UniqueConstraint("statement_id", "question_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
