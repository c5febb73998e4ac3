"""Evidence of a yes that staff entered, what waits for a second person, replaced codes, who a party is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "parties",
        sa.Column("who", sa.LargeBinary(), nullable=True, comment="in the desk's words, age ciphertext"),
    )
    op.create_table(
        "evidence",
        _key(),
        _text("public_id"),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column(
            "contribution_id", KEY, nullable=True, comment="under whose key it lies; NULL: the archive's"
        ),
        _text("method", "interview or paper"),
        sa.Column("agreed_on", sa.Date(), nullable=False, comment="the day on which it was said or signed"),
        _text("language", "in which the form was read out or signed"),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("present", sa.LargeBinary(), nullable=True, comment="who was there, age ciphertext"),
        sa.Column(
            "file_name",
            sa.LargeBinary(),
            nullable=True,
            comment="as staff's device named it, age ciphertext",
        ),
        _text("sha256", "of the plain file as received"),
        sa.Column("length", KEY, nullable=False, comment="of the plain file, in bytes"),
        _text("storage_key", "named by the ciphertext's SHA-256"),
        _text("added_by", "account:ID"),
        sa.Column("received_at", AT, nullable=False),
        _points("evidence", "record_id", "records"),
        _points("evidence", "contribution_id", "contributions"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint("public_id", name="uq_evidence_public_id"),
        sa.UniqueConstraint("storage_key", name="uq_evidence_storage_key"),
    )
    op.create_table(
        "proposals",
        _key(),
        _text("public_id"),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("evidence_id", KEY, nullable=True),
        _text("verb", "enter_yes or remove_party"),
        sa.Column("particulars", JSON, nullable=False, comment="ids, keys, days and hashes; no words"),
        _text("asked_by", "account:ID"),
        sa.Column("asked_at", AT, nullable=False),
        _text("outcome", "empty while it waits; done or dropped"),
        _text("ended_by", "account:ID"),
        sa.Column("ended_at", AT, nullable=True),
        _points("proposals", "item_id", "items"),
        _points("proposals", "evidence_id", "evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("public_id", name="uq_proposals_public_id"),
    )
    op.create_table(
        "former_codes",
        _key(),
        sa.Column("contribution_id", KEY, nullable=False),
        _text("locator", "the first eight digits of the return code"),
        _text("code_hash", "Argon2id of the secret digits with a pepper"),
        _text("why", "handed_on or lost"),
        sa.Column("replaced_at", AT, nullable=False),
        sa.Column(
            "until",
            AT,
            nullable=False,
            comment="from then on it is worth nothing, unless a removal waits",
        ),
        _points("former_codes", "contribution_id", "contributions"),
        sa.PrimaryKeyConstraint("id", name="pk_former_codes"),
        sa.UniqueConstraint("locator", name="uq_former_codes_locator"),
    )
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


INDEXES = (
    ("evidence", "record_id"),
    ("evidence", "contribution_id"),
    ("proposals", "item_id"),
    ("proposals", "evidence_id"),
    ("former_codes", "contribution_id"),
)


def downgrade() -> None:
    for table in ("former_codes", "proposals", "evidence"):
        op.drop_table(table)
    with op.batch_alter_table("parties") as table:
        table.drop_column("who")


def _key() -> sa.Column[int]:
    return sa.Column("id", KEY, nullable=False)


def _text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, comment=comment)


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")
