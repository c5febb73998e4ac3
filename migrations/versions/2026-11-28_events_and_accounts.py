"""An event leads to the statements that speak of it; a statement may answer more than one question"""

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
    op.create_table(
        "also_answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("statement_id", BIG, nullable=False),
        sa.Column("question_id", BIG, nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until", sa.DateTime(timezone=True), nullable=True, comment="closing of (public, view), UTC"
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column("part_id", BIG, nullable=False, comment="what it can be shown or withheld with"),
        sa.Column(
            "policy_id", BIG, nullable=True, comment="projection of the ledger; NULL allows nothing"
        ),
        sa.Column("contribution_id", BIG, nullable=True, comment="whose code opens it; NULL is the archive's own"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_also_answers_{column}")
            for column, table in (
                ("statement_id", "statements"), ("question_id", "questions"), ("part_id", "parts"),
                ("policy_id", "policies"), ("contribution_id", "contributions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_also_answers"),
        sa.UniqueConstraint("statement_id", "question_id", name="uq_also_answers_statement_id_question_id"),
    )  # fmt: skip
    for column in ("question_id", "part_id", "contribution_id"):
        op.create_index(f"ix_also_answers_{column}", "also_answers", [column])
    _link_what_is_there()
    _answer_what_is_there()


GUARD = ("part_id", "policy_id", "public_from", "public_until", "sealed")


def _answer_what_is_there() -> None:
    """Statements of earlier imports keep all their topics; the first is their own question."""
    bind = op.get_bind()
    questions = dict(bind.execute(sa.text("SELECT slug, id FROM questions")).all())
    rows = bind.execute(
        sa.text(f"SELECT id, topics, {', '.join(GUARD)} FROM statements WHERE property = 'account'")
    )
    for row in rows.mappings().all():
        topics = json.loads(row["topics"]) if isinstance(row["topics"], str) else row["topics"] or []
        for slug in dict.fromkeys(str(topic).replace("_", "-") for topic in topics[1:]):
            if slug in questions:
                bind.execute(
                    sa.text(
                        f"INSERT INTO also_answers (statement_id, question_id, {', '.join(GUARD)}) VALUES"
                        f" (:id, :question, {', '.join(f':{name}' for name in GUARD)})"
                    ),
                    {**row, "question": questions[slug]},
                )


def _link_what_is_there() -> None:
    """Events of earlier imports name their accounts by the ids of the files; each that is here becomes a link."""
    bind = op.get_bind()
    statements = dict(
        bind.execute(sa.text("SELECT external_id, id FROM statements WHERE external_id IS NOT NULL")).all()
    )
    events = bind.execute(sa.text(f"SELECT record_id, account_ids, {', '.join(GUARD)} FROM events"))
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
    op.drop_table("also_answers")
    op.get_bind().execute(sa.text("DELETE FROM record_links WHERE relation = 'account'"))
    with op.batch_alter_table("record_links") as table:
        table.drop_index("ix_record_links_statement_id")
        table.drop_constraint("fk_record_links_statement_id", type_="foreignkey")
        table.drop_column("statement_id")
