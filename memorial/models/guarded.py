"""The mark of every row that holds something of a record: which part it belongs to, and who may see it.

A class that inherits `Guarded` is read only through the gate: `session_for(reader)` adds its
rule to every ORM read. The four columns besides the part are projections of the ledger,
written by `services.consent` alone and never edited.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column


class Guarded:
    """Columns of a guarded row. A row without a policy is shown to nobody but custody."""

    @declared_attr
    @classmethod
    def part_id(cls) -> Mapped[int]:
        return mapped_column(
            ForeignKey("parts.id"), index=True, comment="what it can be shown or withheld with"
        )

    @declared_attr
    @classmethod
    def policy_id(cls) -> Mapped[int | None]:
        return mapped_column(
            ForeignKey("policies.id"), comment="projection of the ledger; NULL allows nothing"
        )

    public_from: Mapped[datetime | None] = mapped_column(comment="opening of (public, view), UTC")
    public_until: Mapped[datetime | None] = mapped_column(comment="closing of (public, view), UTC")

    @declared_attr
    @classmethod
    def contribution_id(cls) -> Mapped[int | None]:
        return mapped_column(
            ForeignKey("contributions.id"),
            index=True,
            comment="whose code opens it; NULL is the archive's own",
        )

    sealed: Mapped[bool] = mapped_column(default=False, comment="kept dark: the consent officer alone")


class AtTheDesk:
    """The mark of rows with words that no page shows: drafts, old revisions, messages, uploads, reports.

    They have no policy. A session of an audience (public, research) gets none of them.
    """


class Dated:
    """An uncertain date: EDTF, the words as given, and the earliest and latest day it can mean."""

    date_edtf: Mapped[str] = mapped_column(default="")
    date_words: Mapped[str] = mapped_column(default="")
    date_earliest: Mapped[date | None]
    date_latest: Mapped[date | None]
    date_note: Mapped[str] = mapped_column(default="")


def public_index(table: str, *columns: str) -> Index:
    """The partial index of a public list: only rows that some day are public, with both bounds in it."""
    from sqlalchemy import text

    return Index(
        f"ix_{table}_public_{'_'.join(columns)}",
        *columns,
        "public_from",
        "public_until",
        sqlite_where=text("public_from IS NOT NULL"),
        postgresql_where=text("public_from IS NOT NULL"),
    )


def values_index(table: str, *columns: str) -> Index:
    """The index by which the values of a column are found (services/list_values.py), and rows in their order.

    It is whole: a reader of an audience other than the public is told apart by policies, not by these two bounds.
    """
    return Index(f"ix_{table}_values_{'_'.join(columns)}", *columns, "public_from", "public_until")
