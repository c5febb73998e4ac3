"""Files that go with a message"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "enclosures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("contribution_id", KEY, nullable=False),
        sa.Column(
            "file_name", sa.LargeBinary(), nullable=False,
            comment="as the sender's device named it, age ciphertext",
        ),
        sa.Column("mime", sa.String(), nullable=False, comment="found by content"),
        sa.Column("sha256", sa.String(), nullable=False, comment="of the plain file as received"),
        sa.Column("bytes", KEY, nullable=False, comment="of the plain file"),
        sa.Column("storage_key", sa.String(), nullable=False, comment="named by the ciphertext's SHA-256"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_enclosures_message_id"),
        sa.ForeignKeyConstraint(["contribution_id"], ["contributions.id"], name="fk_enclosures_contribution_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enclosures"),
        sa.UniqueConstraint("public_id", name="uq_enclosures_public_id"),
        sa.UniqueConstraint("storage_key", name="uq_enclosures_storage_key"),
    )  # fmt: skip
    for column in ("message_id", "contribution_id"):
        op.create_index(f"ix_enclosures_{column}", "enclosures", [column])


def downgrade() -> None:
    op.drop_table("enclosures")
