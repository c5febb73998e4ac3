"""On PostgreSQL a name is found by one key, or by how a key begins, without gathering all who have it

An index of all words (GIN) gathers every name with a key before the first is read: fifteen milliseconds for a
beginning of three letters among a million names. Here one line a key of a name, in order, is read as far as it is
wanted. It takes some 2 KB a name. The table follows `written_names` by itself, as the other index does, which is
still asked for several words together. On SQLite nothing changes.
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEYS = "SELECT key, {row}.id FROM {rows}, unnest(string_to_array({row}.keys, ' ')) AS key"
INSERTED = "AFTER INSERT ON written_names REFERENCING NEW TABLE AS come FOR EACH STATEMENT"
DELETED = "AFTER DELETE ON written_names REFERENCING OLD TABLE AS gone FOR EACH STATEMENT"
CHANGED = "AFTER UPDATE ON written_names FOR EACH ROW WHEN (OLD.keys IS DISTINCT FROM NEW.keys)"
FOLLOWS = {
    "come": (INSERTED, f"INSERT INTO fts_name_keys {KEYS.format(row='come', rows='come')};"),
    "gone": (DELETED, "DELETE FROM fts_name_keys USING gone WHERE name_id = gone.id;"),
    "changed": (
        CHANGED,
        "DELETE FROM fts_name_keys WHERE name_id = OLD.id;"
        " INSERT INTO fts_name_keys SELECT key, NEW.id FROM unnest(string_to_array(NEW.keys, ' ')) AS key;",
    ),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute('CREATE TABLE fts_name_keys (key text COLLATE "C" NOT NULL, name_id bigint NOT NULL)')
    op.execute(f"INSERT INTO fts_name_keys {KEYS.format(row='it', rows='written_names it')}")
    op.execute("CREATE INDEX fts_name_keys_key ON fts_name_keys (key)")
    op.execute("CREATE INDEX fts_name_keys_name_id ON fts_name_keys (name_id)")
    op.execute("ANALYZE fts_name_keys")
    for name, (when, does) in FOLLOWS.items():
        op.execute(
            f"CREATE FUNCTION written_names_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {does} RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER written_names_{name} {when} EXECUTE FUNCTION written_names_{name}()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for name in FOLLOWS:
        op.execute(f"DROP TRIGGER written_names_{name} ON written_names")
        op.execute(f"DROP FUNCTION written_names_{name}()")
    op.execute("DROP TABLE fts_name_keys")
