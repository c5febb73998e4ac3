"""A page's number moves only with what its reader sees; a contribution knows that it is sealed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SEALED = (
    "UPDATE contributions SET sealed_at = coalesce(hidden_at, changed_at) WHERE EXISTS"
    " (SELECT 1 FROM records WHERE records.contribution_id = contributions.id AND records.sealed)"
)


def upgrade() -> None:
    op.add_column(
        "records",
        sa.Column(
            "skipped", sa.Integer(), nullable=False, server_default="0",
            comment="of `revision`: numbers that changed nothing on the page itself",
        ),
    )  # fmt: skip
    op.add_column(
        "records",
        sa.Column(
            "part_changes", JSON, nullable=False, server_default="{}",
            comment="part id -> [changes since the page was first there, the last of them]",
        ),
    )  # fmt: skip
    op.add_column(
        "contributions",
        sa.Column(
            "sealed_at", sa.DateTime(timezone=True), nullable=True,
            comment="kept dark since; NULL: not sealed",
        ),
    )  # fmt: skip
    op.execute(SEALED)


def downgrade() -> None:
    with op.batch_alter_table("contributions") as table:
        table.drop_column("sealed_at")
    with op.batch_alter_table("records") as table:
        table.drop_column("part_changes")
        table.drop_column("skipped")
