"""A record can bear a statement of rights and labels of communities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("records") as table:
        table.add_column(
            sa.Column(
                "rights_statement",
                sa.String(),
                nullable=False,
                server_default="",
                comment="address of a statement of rights or a licence (domain/rights.py)",
            )
        )
        table.add_column(
            sa.Column(
                "labels",
                JSON,
                nullable=False,
                server_default="[]",
                comment="labels of communities, in their words",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("records") as table:
        table.drop_column("labels")
        table.drop_column("rights_statement")
