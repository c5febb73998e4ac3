"""Places are listed by the alphabet of their language, no longer by how search folds them"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from memorial.domain.names import fold, sort_key

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RECORDS = sa.table(
    "records", sa.column("id"), sa.column("kind"), sa.column("language"), sa.column("sort_key")
)
TEXTS = sa.table(
    "texts",
    sa.column("id"),
    sa.column("record_id"),
    sa.column("role"),
    sa.column("position"),
    sa.column("body"),
)


def _folded(title: str, language: str) -> str:
    return fold(title)[:200]


def _by_alphabet(title: str, language: str) -> str:
    return sort_key(title, language)[:200]


def _change(old: Callable[[str, str], str], new: Callable[[str, str], str]) -> None:
    """Only keys that the old rule made are made anew."""
    connection = op.get_bind()
    wanted = (
        sa.select(RECORDS.c.id, RECORDS.c.language, RECORDS.c.sort_key, TEXTS.c.body)
        .join(TEXTS, TEXTS.c.record_id == RECORDS.c.id)
        .where(RECORDS.c.kind == "place", TEXTS.c.role == "title")
        .order_by(RECORDS.c.id, TEXTS.c.position, TEXTS.c.id)
    )
    seen = set()
    for row in connection.execute(wanted).all():
        if row.id in seen or row.sort_key != old(row.body, row.language):
            continue
        seen.add(row.id)
        key = new(row.body, row.language)
        connection.execute(RECORDS.update().where(RECORDS.c.id == row.id).values(sort_key=key))


def upgrade() -> None:
    _change(_folded, _by_alphabet)


def downgrade() -> None:
    _change(_by_alphabet, _folded)
