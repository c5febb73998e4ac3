"""Letters that are due; drafts that were reminded of; what began under attack, and what comes first"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contribution_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="question, message, ready, published, draft"),
        sa.Column("since", MOMENT, nullable=False, comment="when it became due"),
        sa.Column("due_at", MOMENT, nullable=False, comment="not to be tried before"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name="fk_letters_contribution_id_contributions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("contribution_id", name="uq_letters_contribution_id"),
    )
    op.create_index("ix_letters_due_at", "letters", ["due_at"])
    with op.batch_alter_table("contributions") as table:
        table.add_column(
            sa.Column("reminded_at", MOMENT, nullable=True, comment="when a letter about the draft was due")
        )
        table.add_column(
            sa.Column("proof", sa.String(), nullable=True, comment="the challenge it was begun with, once")
        )
        table.create_unique_constraint("uq_contributions_proof", ["proof"])
        table.create_index("ix_contributions_created_at", ["created_at"])
        table.create_index("ix_contributions_changed_at", ["changed_at"])
    op.add_column(
        "items",
        sa.Column(
            "precedence",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="-1 before all others, 1 after them",
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("items") as table:
        table.drop_column("precedence")
    with op.batch_alter_table("contributions") as table:
        table.drop_index("ix_contributions_changed_at")
        table.drop_index("ix_contributions_created_at")
        table.drop_constraint("uq_contributions_proof", type_="unique")
        table.drop_column("proof")
        table.drop_column("reminded_at")
    op.drop_index("ix_letters_due_at", "letters")
    op.drop_table("letters")
