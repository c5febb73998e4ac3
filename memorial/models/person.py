"""Persons, their names in any script, relations, and reversible merges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from memorial.db import Base, BigId
from memorial.models.guarded import Guarded


class Person(Guarded, Base):
    """Somebody with names. `never` is for whoever is accused of a crime: no entry anywhere."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    listed: Mapped[str] = mapped_column(comment="remembrance, authority or never")
    record_id: Mapped[int | None] = mapped_column(
        ForeignKey("records.id"), index=True, comment="their remembrance"
    )
    external_id: Mapped[str | None] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="", comment="how the collection files them; for the desk")
    roles: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")

    names: Mapped[list[PersonName]] = relationship(back_populates="person", order_by="PersonName.rank")


class PersonName(Guarded, Base):
    """A name as somebody writes it. Its own part decides who sees it, so a pseudonym can stand instead."""

    __tablename__ = "person_names"
    __table_args__ = (
        Index("ix_person_names_person_rank", "person_id", "rank"),
        Index("ix_person_names_sort_key", "sort_key"),  # who is of the same name, for the desk
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    text: Mapped[str]
    script: Mapped[str] = mapped_column(default="", comment="ISO 15924, e.g. Latn, Cyrl, Armn")
    language: Mapped[str] = mapped_column(default="und")
    kind: Mapped[str] = mapped_column(
        default="full", comment="full, birth, married, nickname, patronymic, printed, pseudonym"
    )
    rank: Mapped[int] = mapped_column(default=0, comment="0 leads; a pseudonym ranks after every real name")
    listed: Mapped[str] = mapped_column(default="authority", comment="the person's, for lists")
    sort_key: Mapped[str] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))

    person: Mapped[Person] = relationship(back_populates="names")


class WrittenName(Guarded, Base):
    """A written name of a person or place, and the keys under which it is found (domain/name_match.py).

    Guarded as the row is that holds the name. The full-text structure over `keys` is made by the
    migrations (`fts_names`, on PostgreSQL over a stored vector `fts_keys`).
    """

    __tablename__ = "written_names"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    thing: Mapped[str] = mapped_column(
        comment="whose name: record:ID, or person:ID of somebody without a page"
    )
    kind: Mapped[str] = mapped_column(comment="remembrance, person or place")
    text: Mapped[str] = mapped_column(comment="as it is written")
    keys: Mapped[str] = mapped_column(comment="domain/name_match.py, separated by single spaces")


class Relation(Guarded, Base):
    """How one person stands to another; the other may be unnamed or not in the archive."""

    __tablename__ = "relations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    relation: Mapped[str]
    other_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    other_as_given: Mapped[str] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))


class SameAs(Guarded, Base):
    """Two persons read as one: a link that is shown as a union and can be taken back."""

    __tablename__ = "same_as"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
