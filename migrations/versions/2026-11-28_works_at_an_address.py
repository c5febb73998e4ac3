"""Works have an address, a copy elsewhere and what they are about; what rests on a work is paged along an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = {
    "url": "where the work itself can be read or seen",
    "archived_url": "a copy of that page in a web archive",
    "accessed_edtf": "when the address was last read",
    "abstract": "what it is about, as somebody states it",
    "abstract_by": "who says what it is about",
}


def upgrade() -> None:
    with op.batch_alter_table("sources") as table:
        for name, comment in COLUMNS.items():
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default="", comment=comment))
    op.create_index("ix_sources_csl_type_sort_key_id", "sources", ["csl_type", "sort_key", "id"])
    op.create_index("ix_citations_cited_source_id", "citations", ["cited_source_id"])
    for table_name in ("citations", "statements"):
        op.create_index(f"ix_{table_name}_source_id_id", table_name, ["source_id", "id"])
        op.drop_index(f"ix_{table_name}_source_id", table_name)


def downgrade() -> None:
    for table_name in ("citations", "statements"):
        op.create_index(f"ix_{table_name}_source_id", table_name, ["source_id"])
        op.drop_index(f"ix_{table_name}_source_id_id", table_name)
    op.drop_index("ix_citations_cited_source_id", "citations")
    op.drop_index("ix_sources_csl_type_sort_key_id", "sources")
    with op.batch_alter_table("sources") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
