"""What harvesters were offered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "harvest_marks",
        sa.Column("record_id", BIG, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("opens", TIME, nullable=True, comment="of (public, reuse); NULL: not allowed"),
        sa.Column("closes", TIME, nullable=True),
        sa.Column("offered", sa.Boolean(), nullable=False, comment="whether it was open before that"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_harvest_marks_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_harvest_marks")),
    )
    for column in ("at", "opens", "closes"):
        op.create_index(op.f(f"ix_harvest_marks_{column}"), "harvest_marks", [column])


def downgrade() -> None:
    op.drop_table("harvest_marks")
