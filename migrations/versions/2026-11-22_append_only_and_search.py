"""Append-only tables refuse changes, and the two full-text structures over search_entries

SQLite's INSERT OR REPLACE walks past a DELETE trigger, so a BEFORE INSERT trigger refuses
keys that exist; PostgreSQL's TRUNCATE walks past row triggers, so it has one of its own.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# table -> the keys by which a row could be replaced
APPEND_ONLY = {
    "ledger": ("id", "record_id, position"),
    "audit": ("id",),
    "custody_events": ("id",),
    "destroyed_keys": ("id", "contribution"),
    "boundaries": ("at",),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, keys in APPEND_ONLY.items():
            _refuse_on_sqlite(table, keys)
        for name in ("fts_public", "fts_desk"):
            op.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5(body, content='search_entries', content_rowid='id',"
                ' tokenize="unicode61 remove_diacritics 0", detail=full)'
            )
        _fill_on_sqlite()
    else:
        op.execute(
            "CREATE FUNCTION memorial_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END $$"
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION memorial_append_only()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION memorial_append_only()"
            )
        vector = "to_tsvector('simple', body)"
        op.execute(
            f"CREATE INDEX fts_public ON search_entries USING gin ({vector}) WHERE public_from IS NOT NULL"
        )
        op.execute(f"CREATE INDEX fts_desk ON search_entries USING gin ({vector})")


def _fill_on_sqlite() -> None:
    # The tables keep no copy of the words: after a way down and up they are told of them again.
    entries = "SELECT id, body FROM search_entries"
    op.execute(f"INSERT INTO fts_desk(rowid, body) {entries}")
    op.execute(f"INSERT INTO fts_public(rowid, body) {entries} WHERE public_from IS NOT NULL")


def _refuse_on_sqlite(table: str, keys: tuple[str, ...]) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        )
    for number, key in enumerate(keys):
        match = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {match})"
            f" BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("fts_public", "fts_desk"):
            op.execute(f"DROP TABLE {name}")
        for table, keys in APPEND_ONLY.items():
            for suffix in ("update", "delete", *(f"replace_{number}" for number in range(len(keys)))):
                op.execute(f"DROP TRIGGER {table}_no_{suffix}")
    else:
        for name in ("fts_public", "fts_desk"):
            op.execute(f"DROP INDEX {name}")
        for table in APPEND_ONLY:
            for suffix in ("change", "truncate"):
                op.execute(f"DROP TRIGGER {table}_no_{suffix} ON {table}")
        op.execute("DROP FUNCTION memorial_append_only()")
