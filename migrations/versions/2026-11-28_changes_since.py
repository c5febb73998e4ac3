"""What changed since a moment is found along an index; what opens or ends by the clock has a mark from its first day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PUBLIC = sa.text("public_from IS NOT NULL")
COLUMNS = ("at", "opens", "closes")
# Both windows of the page: from the later opening to the earlier closing, where either is of a clock's making.
MARK = """
INSERT INTO harvest_marks (record_id, public_id, kind, language, at, opens, closes, offered)
SELECT r.id, r.public_id, r.kind, r.language, r.changed_at,
       CASE WHEN v.opens > u.opens THEN v.opens ELSE u.opens END,
       CASE WHEN v.closes < u.closes THEN v.closes ELSE u.closes END, :never
FROM records r
JOIN policy_windows v ON v.policy_id = r.policy_id AND v.audience = 'public' AND v.use = 'view'
JOIN policy_windows u ON u.policy_id = r.policy_id AND u.audience = 'public' AND u.use = 'reuse'
WHERE (v.opens > '1970-01-02' OR u.opens > '1970-01-02' OR v.closes < '9000-01-01' OR u.closes < '9000-01-01')
  AND v.opens < u.closes AND u.opens < v.closes
  AND NOT EXISTS (SELECT 1 FROM harvest_marks m WHERE m.record_id = r.id)
"""


def upgrade() -> None:
    op.create_index(
        "ix_records_public_kind_changed_at_id",
        "records",
        ["kind", "changed_at", "id", "public_from", "public_until"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )
    for column in COLUMNS:
        op.drop_index(f"ix_harvest_marks_{column}", "harvest_marks")
        op.create_index(f"ix_harvest_marks_{column}_record_id", "harvest_marks", [column, "record_id"])
    op.execute(sa.text(MARK).bindparams(never=False))


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_harvest_marks_{column}_record_id", "harvest_marks")
        op.create_index(f"ix_harvest_marks_{column}", "harvest_marks", [column])
    op.drop_index("ix_records_public_kind_changed_at_id", "records")
