"""The form of a tribute, and whose code a report is answered by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("tributes") as table:
        table.add_column(
            sa.Column(
                "form",
                sa.String(),
                nullable=False,
                server_default="memory",
                comment="memory, candle or blossom",
            )
        )
    with op.batch_alter_table("reports") as table:
        table.add_column(
            sa.Column("contribution_id", KEY, nullable=True, comment="whose code the answer comes back by")
        )
        table.add_column(
            sa.Column(
                "page",
                sa.String(),
                nullable=False,
                server_default="",
                comment="address of the page it is about",
            )
        )
        table.create_foreign_key(
            "fk_reports_contribution_id_contributions", "contributions", ["contribution_id"], ["id"]
        )
        table.create_index("ix_reports_contribution_id", ["contribution_id"])


def downgrade() -> None:
    with op.batch_alter_table("reports") as table:
        table.drop_index("ix_reports_contribution_id")
        table.drop_constraint("fk_reports_contribution_id_contributions", type_="foreignkey")
        table.drop_column("page")
        table.drop_column("contribution_id")
    with op.batch_alter_table("tributes") as table:
        table.drop_column("form")
