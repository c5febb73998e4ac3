"""Files on their way lie in pieces; recordings have a language and a length; files larger than 2 GB"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LARGE = (("uploads", "bytes_wanted"), ("uploads", "bytes_safe"), ("media", "bytes"))
WORDS = {
    "language": "of a recording, in the family's words",
    "length_words": "of a recording, as the family knows it",
    "others": "is somebody seen or heard who did not agree: no, yes, not_sure or not said",
}
DUE = "what is left to do; empty when done"


def upgrade() -> None:
    with op.batch_alter_table("uploads") as table:
        table.add_column(_said("media_id", KEY, "what it became once all of it was safe"))
        table.add_column(_words("page", "the page it was chosen on", "photographs"))
        table.add_column(_words("fingerprint", "by which the family's browser knows the file again"))
        table.add_column(_said("changed_at", sa.DateTime(timezone=True), "when its last piece came"))
        table.alter_column(
            "ended_at", existing_type=sa.DateTime(timezone=True), comment="when all of it was safe"
        )
        table.create_foreign_key("fk_uploads_media_id", "media", ["media_id"], ["id"])
        table.create_index("ix_uploads_media_id", ["media_id"])
        table.create_index("ix_uploads_changed_at", ["changed_at"])
    op.create_table(
        "upload_pieces",
        sa.Column("id", KEY, nullable=False),
        sa.Column("upload_id", KEY, nullable=False),
        sa.Column("begins_at", KEY, nullable=False, comment="of the plain file's bytes"),
        sa.Column("bytes", KEY, nullable=False, comment="of the plain stretch"),
        sa.Column("storage_key", sa.String(), nullable=False, comment="named by the ciphertext's SHA-256"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_upload_pieces_upload_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_pieces"),
        sa.UniqueConstraint("storage_key", name="uq_upload_pieces_storage_key"),
    )
    op.create_index("ix_upload_pieces_upload_id", "upload_pieces", ["upload_id"])
    for name, comment in WORDS.items():
        op.add_column("media", _words(name, comment))
    with op.batch_alter_table("media") as table:
        table.alter_column("due", existing_type=sa.String(), comment=DUE.replace(";", ": assemble, copies;"))
    op.create_index("ix_media_received_at", "media", ["received_at"])
    _widen(sa.BigInteger())


def downgrade() -> None:
    _widen(sa.Integer())
    op.drop_index("ix_media_received_at", "media")
    with op.batch_alter_table("media") as table:
        table.alter_column("due", existing_type=sa.String(), comment=DUE)
        for name in WORDS:
            table.drop_column(name)
    op.drop_table("upload_pieces")
    with op.batch_alter_table("uploads") as table:
        table.alter_column("ended_at", existing_type=sa.DateTime(timezone=True), comment=None)
        table.drop_index("ix_uploads_changed_at")
        table.drop_index("ix_uploads_media_id")
        table.drop_constraint("fk_uploads_media_id", type_="foreignkey")
        for name in ("changed_at", "fingerprint", "page", "media_id"):
            table.drop_column(name)


def _words(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default, comment=comment)


def _said(name: str, kind: sa.types.TypeEngine[object], comment: str) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True, comment=comment)


def _widen(kind: sa.types.TypeEngine[int]) -> None:
    """SQLite's whole numbers have 64 bits already."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in LARGE:
            op.alter_column(table, column, type_=kind)
