"""Names of persons and places are found by how they sound: one line a written name, and its index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAMP = sa.DateTime(timezone=True)
GUARD = (
    ("part_id", NUMBER, False, "what it can be shown or withheld with"),
    ("policy_id", NUMBER, True, "projection of the ledger; NULL allows nothing"),
    ("public_from", STAMP, True, "opening of (public, view), UTC"),
    ("public_until", STAMP, True, "closing of (public, view), UTC"),
    ("contribution_id", NUMBER, True, "whose code opens it; NULL is the archive's own"),
    ("sealed", sa.Boolean(), False, "kept dark: the consent officer alone"),
)
POINTS_TO = {"part_id": "parts", "policy_id": "policies", "contribution_id": "contributions"}


def upgrade() -> None:
    op.drop_table("name_keys")  # nothing was ever written into it
    _make(
        "written_names",
        ("record_id", NUMBER, True, None, "records"),
        ("person_id", NUMBER, True, None, "persons"),
        ("thing", sa.String(), False, "whose name: record:ID, or person:ID of somebody without a page", ""),
        ("kind", sa.String(), False, "remembrance, person or place", ""),
        ("text", sa.String(), False, "as it is written", ""),
        ("keys", sa.String(), False, "domain/name_match.py, separated by single spaces", ""),
    )
    for column in ("record_id", "person_id", "part_id", "contribution_id"):
        op.create_index(f"ix_written_names_{column}", "written_names", [column])
    _fill()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE fts_names USING fts5(keys, content='written_names', content_rowid='id',"
            " tokenize='ascii', detail=none, prefix='3 4 5')"
        )
        op.execute("INSERT INTO fts_names(rowid, keys) SELECT id, keys FROM written_names")
    else:
        # Stored, or a search would make every name's words anew to look whether it answers.
        op.execute(
            "ALTER TABLE written_names ADD COLUMN fts_keys tsvector"
            " GENERATED ALWAYS AS (to_tsvector('simple', keys)) STORED"
        )
        op.execute("CREATE INDEX fts_names ON written_names USING gin (fts_keys)")


# A person's name is its record's, where they have a page; a place's are its title and its spellings.
GUARDED = ", ".join(f"it.{name}" for name, *_ in GUARD)
HELD = (
    f"SELECT it.record_id, it.person_id, of.listed, it.text, {GUARDED} FROM person_names it"
    " JOIN persons of ON of.id = it.person_id WHERE of.listed <> 'never' ORDER BY it.id",
    f"SELECT it.record_id, NULL, 'place', it.body, {GUARDED} FROM texts it JOIN records of ON of.id = it.record_id"
    " WHERE of.kind = 'place' AND it.role = 'title' ORDER BY it.id",
    f"SELECT it.record_id, NULL, 'place', it.value_text, {GUARDED} FROM statements it"
    " JOIN records of ON of.id = it.record_id WHERE of.kind = 'place' AND it.property = 'name' ORDER BY it.id",
)
MANY = 1_000


def _fill() -> None:
    from memorial.domain.name_match import keys

    columns = ("record_id", "person_id", "thing", "kind", "text", "keys", *(name for name, *_ in GUARD))
    order = sa.text(
        f"INSERT INTO written_names ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})"
    )
    connection = op.get_bind()
    for asked in HELD:
        found = connection.execute(sa.text(asked)).all()
        for start in range(0, len(found), MANY):
            rows = []
            for record_id, person_id, listed, text, *guard in found[start : start + MANY]:
                named = record_id is not None
                values = (
                    record_id, None if named else person_id,
                    f"record:{record_id}" if named else f"person:{person_id}",
                    "person" if listed == "authority" else listed, text, " ".join(keys(text)), *guard,
                )  # fmt: skip
                rows.append(dict(zip(columns, values, strict=True)))
            connection.execute(order, rows)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_names")
    op.drop_table("written_names")
    _make(
        "name_keys",
        ("name_id", NUMBER, False, None, "person_names"),
        ("key", sa.String(), False, None, ""),
        ("rule", sa.String(), False, "which rule of domain/names.py made it", ""),
        unique=("name_id", "key", "rule"),
    )
    for column in ("name_id", "part_id", "contribution_id", "key"):
        op.create_index(f"ix_name_keys_{column}", "name_keys", [column])


def _make(
    made: str, *own: tuple[str, sa.types.TypeEngine, bool, str | None, str], unique: tuple[str, ...] = ()
) -> None:
    columns = [sa.Column("id", NUMBER, nullable=False)]
    points_to = dict(POINTS_TO)
    for name, sort, nullable, comment, table in own:
        columns.append(sa.Column(name, sort, nullable=nullable, comment=comment))
        if table:
            points_to[name] = table
    columns += [
        sa.Column(name, sort, nullable=nullable, comment=comment) for name, sort, nullable, comment in GUARD
    ]
    constraints = [
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{made}_{column}")
        for column, table in points_to.items()
    ]
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=f"uq_{made}_{'_'.join(unique)}"))
    op.create_table(made, *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{made}"), *constraints)
