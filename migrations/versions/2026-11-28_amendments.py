"""Revisions say which object of a collection they are about"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ix_revisions_record_id_thing_number"


def upgrade() -> None:
    with op.batch_alter_table("revisions") as table:
        table.add_column(
            sa.Column(
                "thing", sa.String(), nullable=False, server_default="",
                comment="the object of a collection that it is about: figures:fig-12 (decision 0012)",
            )
        )  # fmt: skip
    op.create_index(NAME, "revisions", ["record_id", "thing", "number"])


def downgrade() -> None:
    op.drop_index(NAME, table_name="revisions")
    with op.batch_alter_table("revisions") as table:
        table.drop_column("thing")
