"""What a list of press accounts or documents can be narrowed by is found by an index, whatever there is of them"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = {
    "press": (("publication",), ("country",), ("city",)),
    "documents": (("jurisdiction", "record_id"), ("form", "record_id"), ("term_used", "record_id")),
    "records": (("kind", "language"),),
}


def upgrade() -> None:
    for table, columns in INDEXES.items():
        for each in columns:
            op.create_index(_name(table, each), table, [*each, "public_from", "public_until"])


def downgrade() -> None:
    for table, columns in INDEXES.items():
        for each in columns:
            op.drop_index(_name(table, each), table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_values_{'_'.join(columns)}"
