"""Sources (works, in CSL terms) and citations (the place in a work that supports something)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import Dated, Guarded, public_index


class Source(Guarded, Dated, Base):
    """A work. `csl_type` and the fields are those of the Citation Style Language."""

    __tablename__ = "sources"
    __table_args__ = (
        public_index("sources", "sort_key", "id"),
        Index("ix_sources_csl_type_sort_key_id", "csl_type", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    record_id: Mapped[int | None] = mapped_column(
        ForeignKey("records.id"), index=True, comment="the press account or document that is this work"
    )
    csl_type: Mapped[str] = mapped_column(default="document")
    form: Mapped[str] = mapped_column(default="", comment="as the collection names its kind")
    title: Mapped[str] = mapped_column(default="")
    alternative_title: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(
        default="", comment="short, for a line: title or publication, and date"
    )
    sort_key: Mapped[str] = mapped_column(default="")
    container_title: Mapped[str] = mapped_column(default="")
    publisher: Mapped[str] = mapped_column(default="")
    publisher_place: Mapped[str] = mapped_column(default="")
    authors: Mapped[list[Any]] = mapped_column(default=list)
    editors: Mapped[list[Any]] = mapped_column(default=list)
    year: Mapped[str] = mapped_column(default="")
    pages: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="und")
    url: Mapped[str] = mapped_column(default="", comment="where the work itself can be read or seen")
    archived_url: Mapped[str] = mapped_column(default="", comment="a copy of that page in a web archive")
    accessed_edtf: Mapped[str] = mapped_column(default="", comment="when the address was last read")
    abstract: Mapped[str] = mapped_column(default="", comment="what it is about, as somebody states it")
    abstract_by: Mapped[str] = mapped_column(default="", comment="who says what it is about")
    note: Mapped[str] = mapped_column(default="")


class Citation(Guarded, Base):
    """Where something is supported. `as_given` stays as written, also where no source matches it."""

    __tablename__ = "citations"
    # What rests on a work is paged in the order of the rows.
    __table_args__ = (Index("ix_citations_source_id_id", "source_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    text_id: Mapped[int | None] = mapped_column(ForeignKey("texts.id"), index=True)
    name_id: Mapped[int | None] = mapped_column(ForeignKey("person_names.id"), index=True)
    cited_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("sources.id"), index=True, comment="a source that is itself cited"
    )
    relation: Mapped[str] = mapped_column(
        default="supports", comment="supports, reproduced_in, mentioned_in, caption …"
    )
    locator: Mapped[str] = mapped_column(default="")
    as_given: Mapped[str] = mapped_column(default="")
    occurrences: Mapped[int | None] = mapped_column(comment="how often the source has it, where counted")
    position: Mapped[int] = mapped_column(default=0)
