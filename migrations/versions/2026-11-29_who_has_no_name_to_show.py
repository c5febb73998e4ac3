"""The wall of names knows who may have no name to show, instead of looking for them among all"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PUBLIC = sa.text("public_from IS NOT NULL")
GUARD = "part_id, policy_id, public_from, public_until, contribution_id, sealed"
SAME = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}
# As wall_index.index_unnamed asks.
FILL = """
INSERT INTO wall_unnamed (record_id, public_id, {guard})
SELECT r.id, r.public_id, {of_page} FROM records r JOIN remembrances m ON m.record_id = r.id
WHERE NOT EXISTS (
    SELECT 1 FROM person_names n WHERE n.person_id = m.person_id AND n.sealed = r.sealed
    AND n.policy_id {same} r.policy_id AND n.contribution_id {same} r.contribution_id
)
"""


def upgrade() -> None:
    op.create_table(
        "wall_unnamed",
        sa.Column("record_id", BIG, nullable=False, autoincrement=False),
        sa.Column("public_id", sa.String(), nullable=False, comment="the page's, in whose order they stand"),
        sa.Column("public_from", MOMENT, comment="opening of (public, view), UTC"),
        sa.Column("public_until", MOMENT, comment="closing of (public, view), UTC"),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column("part_id", BIG, nullable=False, comment="what it can be shown or withheld with"),
        sa.Column("policy_id", BIG, comment="projection of the ledger; NULL allows nothing"),
        sa.Column("contribution_id", BIG, comment="whose code opens it; NULL is the archive's own"),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{table}.id"], name=f"fk_wall_unnamed_{name}_id")
            for name, table in (
                ("contribution", "contributions"), ("part", "parts"), ("policy", "policies"),
                ("record", "records"),
            )
        ),
        sa.PrimaryKeyConstraint("record_id", name="pk_wall_unnamed"),
        sa.UniqueConstraint("public_id", name="uq_wall_unnamed_public_id"),
    )  # fmt: skip
    for name in ("contribution_id", "part_id"):
        op.create_index(f"ix_wall_unnamed_{name}", "wall_unnamed", [name])
    op.create_index(
        "ix_wall_unnamed_public_public_id_record_id",
        "wall_unnamed",
        ["public_id", "record_id", "public_from", "public_until"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )
    of_page = ", ".join(f"r.{name}" for name in GUARD.split(", "))
    op.execute(FILL.format(guard=GUARD, of_page=of_page, same=SAME[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.drop_table("wall_unnamed")
