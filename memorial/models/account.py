"""Accounts of the desk and of approved readers, and their sessions, which can be revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId


class Account(Base):
    """Somebody who signs in. Families have no account: they have a code."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, comment="lower case")
    name: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list, comment="what they read")
    password_hash: Mapped[str] = mapped_column(
        default="", comment="Argon2id; empty until the invitation is used"
    )
    invitation_hash: Mapped[str] = mapped_column(default="", comment="SHA-256 of the invitation's token")
    invited_until: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary, comment="encrypted to the archive's key")
    totp_confirmed_at: Mapped[datetime | None]
    totp_last: Mapped[int] = mapped_column(default=0, comment="last time step used: a code counts once")
    recovery_hashes: Mapped[list[Any]] = mapped_column(
        default=list, comment="SHA-256 of unused recovery codes"
    )
    preferences: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="how they work at the desk: services/preferences.py"
    )
    digest_at: Mapped[datetime | None] = mapped_column(
        comment="when the last digest went, or had nothing to say"
    )
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(comment="an approved reader's; NULL: does not end")
    conditions_agreed: Mapped[str] = mapped_column(
        default="", comment="SHA-256 of the conditions for researchers as they were agreed to last"
    )
    disabled_at: Mapped[datetime | None]

    @property
    def last_day(self) -> date | None:
        """The last day (UTC) on which they read as a researcher."""
        return (self.ends_at - timedelta(microseconds=1)).date() if self.ends_at else None


class Passkey(Base):
    """A key on somebody's device that signs them in beside TOTP (WebAuthn). Only its public half lies here."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True, comment="the credential's id, base64url")
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigId, default=0)
    name: Mapped[str] = mapped_column(default="", comment="what its owner calls the device")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccountSession(Base):
    """One signed-in browser. The cookie holds a token; here lies only its hash."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None] = mapped_column(comment="NULL: signed in by password alone")
    stepped_up_at: Mapped[datetime | None] = mapped_column(
        comment="last proof of presence, for contacts and erasure"
    )
    revoked_at: Mapped[datetime | None]
    challenge: Mapped[str] = mapped_column(
        default="", comment="what a passkey is to sign: purpose and value; empty once it was answered"
    )
    challenge_until: Mapped[datetime | None]
