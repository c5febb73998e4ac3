"""An event leads to the statements that speak of it, and they lead back"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("record_links") as table:
        table.add_column(
            sa.Column(
                "statement_id",
                BIG,
                nullable=True,
                comment="relation account: what somebody says of this event",
            )
        )
        table.create_foreign_key("fk_record_links_statement_id", "statements", ["statement_id"], ["id"])
        table.create_index("ix_record_links_statement_id", ["statement_id"])
    _link_what_is_there()


def _link_what_is_there() -> None:
    """Events of earlier imports name their accounts by the ids of the files; each that is here becomes a link."""
    bind = op.get_bind()
    statements = dict(
        bind.execute(sa.text("SELECT external_id, id FROM statements WHERE external_id IS NOT NULL")).all()
    )
    events = bind.execute(
        sa.text(
            "SELECT e.record_id, e.account_ids, e.part_id, e.policy_id, e.public_from, e.public_until, e.sealed"
            " FROM events e"
        )
    )
    for event in events.mappings().all():
        named = event["account_ids"]
        names = json.loads(named) if isinstance(named, str) else named or []
        for name in dict.fromkeys(name for name in names if name in statements):
            bind.execute(
                sa.text(
                    "INSERT INTO record_links (record_id, relation, as_given, statement_id, part_id, policy_id,"
                    " public_from, public_until, sealed) VALUES (:record_id, 'account', :name, :statement,"
                    " :part_id, :policy_id, :public_from, :public_until, :sealed)"
                ),
                {**event, "name": name, "statement": statements[name]},
            )


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM record_links WHERE relation = 'account'"))
    with op.batch_alter_table("record_links") as table:
        table.drop_index("ix_record_links_statement_id")
        table.drop_constraint("fk_record_links_statement_id", type_="foreignkey")
        table.drop_column("statement_id")
