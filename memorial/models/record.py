"""Records, one base table for all kinds, and one detail table per kind, composed one-to-one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from memorial.db import Base, BigId
from memorial.models.guarded import Dated, Guarded, public_index, values_index

KINDS = ("testimony", "press", "remembrance", "document", "event", "place", "collection")


class Record(Guarded, Base):
    """One thing with a page and a permanent address. It has no state: see the ledger and its items.

    `collection` is the record of an imported collection as a whole: what belongs to no page of
    its own (figures, sources, people named) hangs on its one part (docs/decisions/0004).
    """

    __tablename__ = "records"
    __table_args__ = (
        public_index("records", "kind", "sort_day", "id"),
        public_index("records", "kind", "sort_key", "id"),
        public_index("records", "kind", "id"),
        public_index("records", "kind", "changed_at", "id"),
        values_index("records", "kind", "language"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    # No foreign key: a page's part points to its record, and the record to that part.
    part_id: Mapped[int] = mapped_column(index=True, comment="its page")
    slug: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="und")
    external_id: Mapped[str | None] = mapped_column(
        unique=True, comment="its id in the file it was imported from"
    )
    sort_day: Mapped[date | None] = mapped_column(comment="projection of the page's own date")
    sort_key: Mapped[str] = mapped_column(default="", comment="projection of the page's title, folded")
    revision: Mapped[int] = mapped_column(default=1, comment="number of the content that stands now")
    skipped: Mapped[int] = mapped_column(
        default=0, comment="of `revision`: numbers that changed nothing on the page itself"
    )
    part_changes: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="part id -> [changes since the page was first there, the last of them]"
    )
    content_note: Mapped[str] = mapped_column(default="")
    rights_statement: Mapped[str] = mapped_column(
        default="", comment="address of a statement of rights or a licence (domain/rights.py)"
    )
    labels: Mapped[list[Any]] = mapped_column(default=list, comment="labels of communities, in their words")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    press: Mapped[Press | None] = relationship(back_populates="record")
    testimony: Mapped[Testimony | None] = relationship(back_populates="record")
    remembrance: Mapped[Remembrance | None] = relationship(back_populates="record")
    document: Mapped[Document | None] = relationship(back_populates="record")
    event: Mapped[Event | None] = relationship(back_populates="record")
    place: Mapped[Place | None] = relationship(back_populates="record")


class Detail(Guarded):
    """A kind's own row; its guard is its page's."""

    @declared_attr
    @classmethod
    def record_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("records.id"), primary_key=True, autoincrement=False)


class Press(Detail, Dated, Base):
    """A press account: where and when printed, by whom, and how surely."""

    __tablename__ = "press"
    __table_args__ = (
        values_index("press", "publication"),
        values_index("press", "country"),
        values_index("press", "city"),
    )

    form: Mapped[str] = mapped_column(default="quotation", comment="quotation, paraphrase or mention_only")
    publication: Mapped[str] = mapped_column(default="")
    byline: Mapped[str] = mapped_column(default="", comment="as printed")
    byline_doubt: Mapped[str] = mapped_column(
        default="", comment="who is believed to have written it, and why"
    )
    dateline: Mapped[str] = mapped_column(default="")
    time_as_printed: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    edition: Mapped[str] = mapped_column(default="")
    medium: Mapped[str] = mapped_column(default="", comment="as a source states it")
    medium_general_knowledge: Mapped[str] = mapped_column(default="")
    attribution: Mapped[str] = mapped_column(
        default="", comment="how sure the attribution is: high, medium, low"
    )
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"), index=True)
    persons_named: Mapped[list[Any]] = mapped_column(default=list, comment="as the account writes them")
    places_named: Mapped[list[Any]] = mapped_column(default=list, comment="as the account writes them")
    figures_named: Mapped[list[Any]] = mapped_column(
        default=list, comment="the printed words that hold figures"
    )
    media_cited: Mapped[list[Any]] = mapped_column(default=list)
    segments: Mapped[list[Any]] = mapped_column(
        default=list, comment="pieces of the quotation: [begins at, ends before, place in the source]"
    )
    figure_ids: Mapped[list[Any]] = mapped_column(default=list, comment="external ids of statements")
    account_ids: Mapped[list[Any]] = mapped_column(default=list, comment="external ids of statements")
    see_also: Mapped[list[Any]] = mapped_column(default=list, comment="external ids of other press accounts")

    record: Mapped[Record] = relationship(back_populates="press")


class Testimony(Detail, Dated, Base):
    """What somebody lived through or saw, in their own words. The date is when it was told."""

    __tablename__ = "testimonies"

    stood: Mapped[str] = mapped_column(
        default="", comment="survivor, eyewitness, relative, rescuer, journalist, official, other"
    )
    stood_words: Mapped[str] = mapped_column(default="", comment="in their own words, where other")
    told_at: Mapped[str] = mapped_column(default="", comment="place of telling, as given")
    medium: Mapped[str] = mapped_column(default="text", comment="text, audio or video")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), comment="the narrator")

    record: Mapped[Record] = relationship(back_populates="testimony")


class Remembrance(Detail, Base):
    """Somebody who died, is missing, or is remembered. Facts about them are statements."""

    __tablename__ = "remembrances"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)

    record: Mapped[Record] = relationship(back_populates="remembrance")


class Document(Detail, Dated, Base):
    """A resolution, judgment, report, letter or proclamation. Rival dates are statements."""

    __tablename__ = "documents"
    __table_args__ = (
        values_index("documents", "jurisdiction", "record_id"),
        values_index("documents", "form", "record_id"),
        values_index("documents", "term_used", "record_id"),
    )

    body: Mapped[str] = mapped_column(default="")
    jurisdiction: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(default="", comment="ISO 3166-1 alpha-2")
    scope: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="", comment="resolution, declaration, judgment, speech …")
    number: Mapped[str] = mapped_column(default="")
    term_used: Mapped[str] = mapped_column(default="")
    term_basis: Mapped[str] = mapped_column(default="", comment="whose word the term is")
    excerpt_is: Mapped[str] = mapped_column(default="", comment="the document's own words, or a report of it")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"), index=True)

    record: Mapped[Record] = relationship(back_populates="document")


class Event(Detail, Dated, Base):
    """An entry of the timeline. Rival accounts are statements about its record."""

    __tablename__ = "events"

    phase: Mapped[str] = mapped_column(default="", comment="before, during or after")
    place_words: Mapped[str] = mapped_column(default="")
    contested: Mapped[bool] = mapped_column(default=False)
    claimants: Mapped[list[Any]] = mapped_column(default=list)
    account_ids: Mapped[list[Any]] = mapped_column(
        default=list, comment="external ids of the statements about it"
    )

    record: Mapped[Record] = relationship(back_populates="event")


class Place(Detail, Dated, Base):
    """A place, a monument, a museum. Spellings and coordinates are statements; these are projections."""

    __tablename__ = "places"

    form: Mapped[str] = mapped_column(default="", comment="town, village, region, monument, street …")
    within: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="", comment="as the source puts it")
    stated_by: Mapped[str] = mapped_column(default="", comment="who says that it stands")
    initiator: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None] = mapped_column(comment="degrees, WGS 84; projection of the statement")
    longitude: Mapped[float | None] = mapped_column(comment="degrees, WGS 84; projection of the statement")

    record: Mapped[Record] = relationship(back_populates="place")


ACCOUNT = "account"  # the relation of an event to a statement that speaks of it


class RecordLink(Guarded, Base):
    """One record points to another (see also, names, retells), or to a statement that speaks of it.

    Kept as written where nothing matches.
    """

    __tablename__ = "record_links"
    __table_args__ = (UniqueConstraint("record_id", "relation", "as_given"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    relation: Mapped[str]
    as_given: Mapped[str] = mapped_column(default="")
    statement_id: Mapped[int | None] = mapped_column(
        ForeignKey("statements.id"), index=True, comment="relation account: what somebody says of this event"
    )
