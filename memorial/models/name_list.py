"""Lists of names that came as files: which source each is, how its columns are read, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from memorial.db import Base, BigId
from memorial.models.guarded import AtTheDesk


class NameList(AtTheDesk, Base):
    """One file of names, read as what its source says. What it says lies in the rows of persons."""

    __tablename__ = "name_lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    name: Mapped[str] = mapped_column(
        index=True, comment="of its collection, and what the ids of its lines begin with"
    )
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(comment="of the file as it came")
    state: Mapped[str] = mapped_column(comment="previewed, running, matching, done, undoing or undone")
    version: Mapped[int] = mapped_column(default=1)
    plan: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="which column is what; domain/name_lists.py"
    )
    found: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="numbers: lines, persons, left out, remarks by kind"
    )
    place: Mapped[int] = mapped_column(default=0, comment="the last line of the file that is seen to")
    added: Mapped[int] = mapped_column(default=0)
    matches: Mapped[int] = mapped_column(default=0, comment="pairs that it put before the desk")
    kept: Mapped[list[Any]] = mapped_column(
        default=list, comment="[line, why] of what taking it back left where it is"
    )
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), index=True, comment="whose run or undoing it is; NULL: a command's"
    )
    made_by: Mapped[str] = mapped_column(comment="account:ID or command:name")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    note_hash: Mapped[str] = mapped_column(
        default="", comment="keyed hash of why it was taken back; the words: name_list_files"
    )


class NameListFile(AtTheDesk, Base):
    """The file as it came, its lines, and what was remarked: ciphertext under the archive's key."""

    __tablename__ = "name_list_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("name_lists.id"), unique=True)
    original: Mapped[bytes] = mapped_column(LargeBinary, comment="never altered")
    lines: Mapped[bytes] = mapped_column(LargeBinary, comment="packed JSON Lines: number, cells, remarks")
    remarks: Mapped[bytes] = mapped_column(LargeBinary, comment="packed JSON: the first thousand")
    note: Mapped[bytes | None] = mapped_column(LargeBinary, comment="why it was taken back")
