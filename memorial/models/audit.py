"""Audit, custody events, the heads of the chains, what the night counted, and the archive's own settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId, Json


class AuditEntry(Base):
    """Append-only and hash-chained: who did what to which thing, when. Ids and hashes, no words of families."""

    __tablename__ = "audit"
    # The log narrows by one of these and looks through no more than a stretch of what it finds there.
    __table_args__ = (
        Index("ix_audit_actor_id", "actor", "id"),
        Index("ix_audit_verb_id", "verb", "id"),
        Index("ix_audit_at", "at"),
    )

    id: Mapped[int] = mapped_column(
        BigId, primary_key=True, autoincrement=False, comment="1, 2, 3 … without gaps"
    )
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(comment="account:ID, family:REF, command:name or system")
    second: Mapped[str] = mapped_column(default="", comment="the other person, where two are needed")
    verb: Mapped[str]
    thing: Mapped[str] = mapped_column(index=True, comment="kind:public_id")
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    note_hash: Mapped[str] = mapped_column(
        default="", comment="keyed hash of the note, which lies in messages"
    )
    details: Mapped[str] = mapped_column(default="", comment="canonical JSON of ids and numbers")
    prev_hash: Mapped[str]
    hash: Mapped[str]


class CustodyEvent(Base):
    """Append-only: a contact was opened, a sealed row was read, an original was received or checked."""

    __tablename__ = "custody_events"
    __table_args__ = (
        Index("ix_custody_events_actor_id", "actor", "id"),
        Index("ix_custody_events_verb_id", "verb", "id"),
        Index("ix_custody_events_thing_id", "thing", "id"),
        Index("ix_custody_events_actor_verb_at", "actor", "verb", "at"),
        Index("ix_custody_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str] = mapped_column(comment="received, contact_shown, sealed_read, checked, erased …")
    thing: Mapped[str]
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    digest: Mapped[str] = mapped_column(default="")


class Head(Base):
    """One row: the publication epoch, the audit chain's head, the trusted time."""

    __tablename__ = "heads"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1, comment="moved on by every publication and withdrawal")
    audit_count: Mapped[int] = mapped_column(BigId, default=0)
    audit_hash: Mapped[str] = mapped_column(default="")
    ledger_count: Mapped[int] = mapped_column(BigId, default=0)
    trusted_time: Mapped[datetime]
    time_distrusted: Mapped[bool] = mapped_column(default=False, comment="until a person confirms the clock")
    restored_locked: Mapped[bool] = mapped_column(
        default=False, comment="contributed parts stay hidden until two confirm"
    )


class ArchiveSetting(Base):
    """What the community chose: name, sentence, motif, languages, contacts, support, texts, two-person acts."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class Reckoning(Base):
    """What a job of the night counted or looked through, kept until it does so again. Numbers and times, no names."""

    __tablename__ = "reckonings"

    name: Mapped[str] = mapped_column(primary_key=True, comment="reports, chains")
    at: Mapped[datetime]
    result: Mapped[dict[str, Any]]


class ImportedObject(Base):
    """What a file's object became, and the fields that have no home here, kept as they were."""

    __tablename__ = "imported_objects"

    file: Mapped[str] = mapped_column(primary_key=True, comment="kind of file: press_accounts, figures …")
    external_id: Mapped[str] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(comment="record:ID, statement:ID, source:ID or person:ID")
    leftovers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unmatched: Mapped[list[Any]] = mapped_column(default=list, comment="references that match nothing yet")
    absent: Mapped[list[Any]] = mapped_column(
        default=list, comment="known fields that the object does not have"
    )
    form: Mapped[str] = mapped_column(default="json", comment="json or csv: CSV never overwrites JSON")
    line: Mapped[int] = mapped_column(default=0, comment="where it stood in the file; the order of an export")
    sha256: Mapped[str] = mapped_column(comment="of the object as it was read, canonical JSON")
    imported_at: Mapped[datetime]
