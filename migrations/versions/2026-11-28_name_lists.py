"""Lists of names as sources: the files that came, how they are read, and how far each is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "name_lists",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column(
            "name", sa.String(), nullable=False,
            comment="of its collection, and what the ids of its lines begin with",
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, comment="of the file as it came"),
        sa.Column(
            "state", sa.String(), nullable=False, comment="previewed, running, matching, done, undoing or undone"
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", JSON, nullable=False, comment="which column is what; domain/name_lists.py"),
        sa.Column("found", JSON, nullable=False, comment="numbers: lines, persons, left out, remarks by kind"),
        sa.Column("place", sa.Integer(), nullable=False, comment="the last line of the file that is seen to"),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False, comment="pairs that it put before the desk"),
        sa.Column("kept", JSON, nullable=False, comment="[line, why] of what taking it back left where it is"),
        sa.Column(
            "account_id", BIG, nullable=True, comment="whose run or undoing it is; NULL: a command's"
        ),
        sa.Column("made_by", sa.String(), nullable=False, comment="account:ID or command:name"),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column(
            "note_hash", sa.String(), nullable=False,
            comment="keyed hash of why it was taken back; the words: name_list_files",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_name_lists"),
        sa.UniqueConstraint("public_id", name="uq_name_lists_public_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_name_lists_source_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_name_lists_account_id"),
    )  # fmt: skip
    for column in ("source_id", "name", "account_id"):
        op.create_index(f"ix_name_lists_{column}", "name_lists", [column])
    op.create_table(
        "name_list_files",
        sa.Column("id", BIG, nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False, comment="never altered"),
        sa.Column(
            "lines", sa.LargeBinary(), nullable=False, comment="packed JSON Lines: number, cells, remarks"
        ),
        sa.Column("remarks", sa.LargeBinary(), nullable=False, comment="packed JSON: the first thousand"),
        sa.Column("note", sa.LargeBinary(), nullable=True, comment="why it was taken back"),
        sa.PrimaryKeyConstraint("id", name="pk_name_list_files"),
        sa.UniqueConstraint("list_id", name="uq_name_list_files_list_id"),
        sa.ForeignKeyConstraint(["list_id"], ["name_lists.id"], name="fk_name_list_files_list_id"),
    )


def downgrade() -> None:
    op.drop_table("name_list_files")
    op.drop_table("name_lists")
