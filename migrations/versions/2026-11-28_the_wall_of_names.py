"""The wall of names has rows of its own, by the alphabet of each language; names have no public index any more"""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from memorial.services.wall_index import AT_ONCE, GUARD, rows_of

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PUBLIC = sa.text("public_from IS NOT NULL")
NAMES, WALL = "ix_person_names_public_listed_sort_key_id", "ix_wall_names_public_shelf_sort_key_id"


def upgrade() -> None:
    _create()
    _fill()
    op.drop_index(NAMES, "person_names")


def _create() -> None:
    op.create_table(
        "wall_names",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "shelf", PLAIN, nullable=False,
            comment="az/name, az/family, az/name/place/… of domain/wall.py",
        ),
        sa.Column(
            "sort_key", PLAIN, nullable=False,
            comment="the name by the alphabet of the shelf's language",
        ),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("name_id", BIG, nullable=False),
        sa.Column("label", sa.String(), nullable=False, comment="the place, as the statement has it"),
        sa.Column("public_from", MOMENT, comment="opening of (public, view), UTC"),
        sa.Column("public_until", MOMENT, comment="closing of (public, view), UTC"),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column("part_id", BIG, nullable=False, comment="what it can be shown or withheld with"),
        sa.Column("policy_id", BIG, comment="projection of the ledger; NULL allows nothing"),
        sa.Column("contribution_id", BIG, comment="whose code opens it; NULL is the archive's own"),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{table}.id"], name=f"fk_wall_names_{name}_id")
            for name, table in (
                ("contribution", "contributions"), ("name", "person_names"), ("part", "parts"),
                ("policy", "policies"), ("record", "records"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wall_names"),
    )  # fmt: skip
    for name in ("contribution_id", "name_id", "part_id", "record_id"):
        op.create_index(f"ix_wall_names_{name}", "wall_names", [name])
    order = ["shelf", "sort_key", "id", "public_from", "public_until"]
    op.create_index(WALL, "wall_names", order, sqlite_where=PUBLIC, postgresql_where=PUBLIC)
    op.create_table(
        "wall_counts",
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("opens", MOMENT, comment="the next moment at which something may open"),
        sa.Column("closes", MOMENT, comment="and close"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("letters", JSON, nullable=False, comment="the first figures of the keys there are"),
        sa.PrimaryKeyConstraint("shelf", name="pk_wall_counts"),
    )
    op.create_table(
        "wall_anchors",
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("row_id", BIG, nullable=False, autoincrement=False, comment="a WallName"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shelf", "row_id", name="pk_wall_anchors"),
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


def _fill() -> None:
    """The names that are there. Times are copied as they are stored."""
    connection = op.get_bind()
    persons = _table("remembrances", "record_id", "person_id")
    names = _table("person_names", "id", "person_id", "text", "rank", *GUARD)
    facts = _table("statements", "id", "person_id", "property", "value_text", "value_number", *GUARD)
    wall = _table("wall_names", "shelf", "sort_key", "record_id", "name_id", "label", *GUARD)
    after = 0
    while True:
        wanted = sa.select(persons).where(persons.c.record_id > after).order_by(persons.c.record_id)
        some = connection.execute(wanted.limit(AT_ONCE)).all()
        if not some:
            return
        hanging = []
        for table in (names, facts):
            found = defaultdict(list)
            ids = [row.person_id for row in some]
            for row in connection.execute(sa.select(table).where(table.c.person_id.in_(ids))).mappings():
                found[row["person_id"]].append(row)
            hanging.append(found)
        rows = [row for p in some for row in rows_of(p.record_id, *(each[p.person_id] for each in hanging))]
        if rows:
            connection.execute(wall.insert(), rows)
        after = some[-1].record_id


def downgrade() -> None:
    columns = ["listed", "sort_key", "id", "public_from", "public_until"]
    op.create_index(NAMES, "person_names", columns, sqlite_where=PUBLIC, postgresql_where=PUBLIC)
    for name in ("wall_anchors", "wall_counts", "wall_names"):
        op.drop_table(name)
