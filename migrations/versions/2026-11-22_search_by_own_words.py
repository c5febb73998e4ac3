"""Search ranks by a hit's own words: an entry knows how many it has, PostgreSQL keeps its vectors

The words move to the end of their row on SQLite, so that a guard is read without reading past them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SPACES = "length(body) - length(replace(body, ' ', ''))"
ORDER = (
    "id", "record_id", "person_id", "source_id", "thing", "entry_part", "kind", "language", "tokens",
    "public_from", "public_until", "sealed", "part_id", "policy_id", "contribution_id", "body",
)  # fmt: skip


def upgrade() -> None:
    tokens = sa.Column(
        "tokens", sa.Integer(), nullable=False, server_default="0", comment="words in the body"
    )
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("search_entries", recreate="always", partial_reordering=[ORDER]) as table:
            table.add_column(tokens)
    else:
        op.add_column("search_entries", tokens)
        _index(
            "fts_words",
            "ADD COLUMN fts_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED",
        )
    op.execute(f"UPDATE search_entries SET tokens = {SPACES} + 1 WHERE body <> ''")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        _index("to_tsvector('simple', body)", "DROP COLUMN fts_words")
    with op.batch_alter_table("search_entries") as table:
        table.drop_column("tokens")


def _index(vector: str, change: str) -> None:
    """The two indexes over other vectors, kept in a column or made as they are asked for."""
    for name in ("fts_public", "fts_desk"):
        op.execute(f"DROP INDEX {name}")
    op.execute(f"ALTER TABLE search_entries {change}")
    op.execute(
        f"CREATE INDEX fts_public ON search_entries USING gin ({vector}) WHERE public_from IS NOT NULL"
    )
    op.execute(f"CREATE INDEX fts_desk ON search_entries USING gin ({vector})")
