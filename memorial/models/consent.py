"""Parts, parties, the ledger, policies and what they are projected to. Rules: `domain/consent.py`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId


class Part(Base):
    """Whatever of a record can be shown or withheld by itself."""

    __tablename__ = "parts"
    __table_args__ = (UniqueConstraint("record_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    key: Mapped[str] = mapped_column(
        comment="its name in the ledger, unique within the record; holds no words"
    )
    kind: Mapped[str] = mapped_column(comment="page, text, name, pseudonym, photograph, transcript, notice …")
    root_id: Mapped[int | None] = mapped_column(
        ForeignKey("parts.id"), comment="the original it is derived from"
    )
    added: Mapped[int] = mapped_column(default=0, comment="entries in the record's ledger when it was added")
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)


class Policy(Base):
    """One result of the fold, kept once however many parts share it."""

    __tablename__ = "policies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the canonical windows")


class PolicyWindow(Base):
    """What a policy allows: an audience, a use, from when until when (half-open, UTC)."""

    __tablename__ = "policy_windows"

    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    use: Mapped[str] = mapped_column(primary_key=True)
    opens: Mapped[datetime]
    closes: Mapped[datetime] = mapped_column(comment="never NULL: for ever is a far future")


class Boundary(Base):
    """A moment at which something opens or closes without a transaction. Insert-only."""

    __tablename__ = "boundaries"

    at: Mapped[datetime] = mapped_column(primary_key=True)


class Party(Base):
    """Someone whose yes a part needs. Contact details are ciphertext under the contribution's key."""

    __tablename__ = "parties"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(
        comment="archive, contributor, narrator, guardian, next_of_kin, third_person, rights_holder"
    )
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    contact: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="age ciphertext; NULL where none was left"
    )
    who: Mapped[bytes | None] = mapped_column(LargeBinary, comment="in the desk's words, age ciphertext")


class LedgerEntry(Base):
    """Append-only and hash-chained per record: who is needed, and what each party said. Holds no words."""

    __tablename__ = "ledger"
    __table_args__ = (UniqueConstraint("record_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    position: Mapped[int] = mapped_column(comment="1, 2, 3 … within the record")
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    act: Mapped[str] = mapped_column(comment="need, release or will")
    will: Mapped[str] = mapped_column(
        comment="canonical JSON keyed by part; for need and release a list of parts"
    )
    authority: Mapped[str] = mapped_column(default="", comment="in whose name, e.g. self, guardian, desk")
    method: Mapped[str] = mapped_column(default="", comment="code, paper, interview, command, desk")
    form_id: Mapped[int | None] = mapped_column(ForeignKey("consent_forms.id"))
    language: Mapped[str] = mapped_column(default="")
    interpreter: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(default="", comment="keyed hash of what supports the entry")
    basis: Mapped[str] = mapped_column(
        default="consent", comment="consent, quotation_right, public_record, licence, legitimate_interest"
    )
    recorded_by: Mapped[str] = mapped_column(default="", comment="account:ID, family or command")
    recorded_at: Mapped[datetime]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class ConsentForm(Base):
    """What exactly was agreed to, in which language. A text is never changed, only followed by a version."""

    __tablename__ = "consent_forms"
    __table_args__ = (UniqueConstraint("name", "version", "language"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    approved_by: Mapped[str] = mapped_column(
        default="", comment="who approved this language's wording; empty: nobody"
    )
    approved_at: Mapped[datetime | None]


Index("ix_ledger_record_id_party_id", LedgerEntry.record_id, LedgerEntry.party_id)
