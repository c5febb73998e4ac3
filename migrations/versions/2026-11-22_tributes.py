"""Tributes: quiet signs apart from words, and the index by which a page reads its first ones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IN_ORDER = ["record_id", "quiet", "created_at", "public_id", "public_from", "public_until"]
PUBLIC = sa.text("public_from IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "tributes",
        sa.Column(
            "quiet", sa.Boolean(), nullable=False, server_default=sa.false(), comment="a sign, not words"
        ),
    )
    op.execute("UPDATE tributes SET quiet = (form <> 'memory')")
    op.create_index(
        "ix_tributes_public_record_id_quiet_created_at_public_id",
        "tributes",
        IN_ORDER,
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )


def downgrade() -> None:
    op.drop_index("ix_tributes_public_record_id_quiet_created_at_public_id", "tributes")
    with op.batch_alter_table("tributes") as table:
        table.drop_column("quiet")
