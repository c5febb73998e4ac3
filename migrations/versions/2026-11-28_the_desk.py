"""The desk: saved views, assignment, bulk acts, passkeys, applications of readers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.add_column(
            sa.Column(
                "preferences", JSON, nullable=False, server_default="{}",
                comment="how they work at the desk: services/preferences.py",
            )
        )  # fmt: skip
        table.add_column(
            sa.Column(
                "digest_at", TIME, nullable=True, comment="when the last digest went, or had nothing to say"
            )
        )
        table.add_column(
            sa.Column("ends_at", TIME, nullable=True, comment="an approved reader's; NULL: does not end")
        )
        table.add_column(
            sa.Column(
                "conditions_agreed", sa.String(), nullable=False, server_default="",
                comment="SHA-256 of the conditions for researchers as they were agreed to last",
            )
        )  # fmt: skip
    with op.batch_alter_table("sessions") as table:
        table.add_column(
            sa.Column(
                "challenge", sa.String(), nullable=False, server_default="",
                comment="what a passkey is to sign: purpose and value; empty once it was answered",
            )
        )  # fmt: skip
        table.add_column(sa.Column("challenge_until", TIME, nullable=True))
    op.create_index("ix_custody_events_actor_verb_at", "custody_events", ["actor", "verb", "at"])
    with op.batch_alter_table("items") as table:
        table.add_column(
            sa.Column(
                "assigned_to_id", BIG, nullable=True,
                comment="who is asked to see to it; others may still take it",
            )
        )  # fmt: skip
        table.create_foreign_key(op.f("fk_items_assigned_to_id"), "accounts", ["assigned_to_id"], ["id"])
        for name in ("has_media", "graphic"):
            table.add_column(
                sa.Column(
                    name, sa.Boolean(), nullable=False, server_default=sa.false(),
                    comment="follows the flags, for the queue's index",
                )
            )  # fmt: skip
        table.drop_index("ix_items_state_waiting_since_id")
        table.drop_index("ix_items_kind_state")
    with op.batch_alter_table("messages") as table:
        table.add_column(
            sa.Column(
                "revision_id", BIG, nullable=True,
                comment="the content that these words are the reason for; no key, it may be gone",
            )
        )  # fmt: skip
        table.create_index(op.f("ix_messages_revision_id"), ["revision_id"])
    _queue()
    _care()
    _passkeys()
    _applications()
    _saved_views()
    _bulk()
    _log_and_reports()
    # Who is of the same name: read for every item at the desk.
    op.create_index("ix_person_names_sort_key", "person_names", ["sort_key"])


LOG_INDEXES = {
    "audit": (["actor", "id"], ["verb", "id"], ["at"]),
    "custody_events": (["actor", "id"], ["verb", "id"], ["thing", "id"], ["at"]),
}


def _log_and_reports() -> None:
    for table, indexes in LOG_INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.create_table(
        "reckonings",
        sa.Column("name", sa.String(), nullable=False, comment="reports, chains"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reckonings")),
    )


ORDER = ("precedence", "waiting_since", "id")
OPEN = "state IN ('submitted', 'in_review', 'question', 'ready')"
QUEUE = {
    "ix_items_open": (ORDER, OPEN),
    "ix_items_kind_state": (("kind", "state", *ORDER), None),
    "ix_items_language": (("language", *ORDER), OPEN),
    "ix_items_media": (("graphic", "has_media", *ORDER), OPEN),
    "ix_items_returned": (ORDER, f"{OPEN} AND round > 1"),
    "ix_items_due_on": (("due_on", "waiting_since", "id"), f"{OPEN} AND due_on IS NOT NULL"),
    "ix_items_assigned_to_id": (("assigned_to_id", *ORDER), "assigned_to_id IS NOT NULL"),
    "ix_items_taken_by_id": (("taken_by_id", "taken_until"), "taken_by_id IS NOT NULL"),
}


def _queue() -> None:
    """One index for each way through what is open, and what the queue looked for in JSON as rows and columns."""
    for name, (columns, where) in QUEUE.items():
        only = sa.text(where) if where else None
        op.create_index(name, "items", list(columns), sqlite_where=only, postgresql_where=only)
    op.create_table(
        "item_passes",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_item_passes_account_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_passes_item_id")),
        sa.PrimaryKeyConstraint("account_id", "item_id", name=op.f("pk_item_passes")),
    )
    op.create_index(op.f("ix_item_passes_item_id"), "item_passes", ["item_id"])
    items = sa.table(
        "items", sa.column("id", BIG), sa.column("kind"), sa.column("precedence"), sa.column("flags", JSON),
        sa.column("facts", JSON), sa.column("has_media", sa.Boolean()), sa.column("graphic", sa.Boolean()),
    )  # fmt: skip
    connection = op.get_bind()
    for flag, column in (("media", items.c.has_media), ("graphic", items.c.graphic)):
        marked = sa.cast(items.c.flags, sa.String).contains(f'"{flag}"')
        connection.execute(items.update().where(marked).values({column: True}))
    first = items.update().where(items.c.kind == "take_down", items.c.precedence >= 0)
    connection.execute(first.values(precedence=-1))
    _passes(connection, items)


def _passes(connection: sa.Connection, items: sa.TableClause) -> None:
    """An item remembered among its facts which accounts had let it pass."""
    passes = sa.table("item_passes", sa.column("account_id", BIG), sa.column("item_id", BIG))
    marked = sa.cast(items.c.facts, sa.String).contains('"passed:')
    for item_id, facts in connection.execute(sa.select(items.c.id, items.c.facts).where(marked)).all():
        gone = {key: key.split(":")[1] for key in facts if key.startswith("passed:")}
        for account_id in gone.values():
            connection.execute(passes.insert().values(account_id=int(account_id), item_id=item_id))
        left = {key: value for key, value in facts.items() if key not in gone}
        connection.execute(items.update().where(items.c.id == item_id).values(facts=left))


def _care() -> None:
    op.create_table(
        "graphic_days",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="by the account's own clock"),
        sa.Column("items", JSON, nullable=False, comment="ids of items, so that none counts twice"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_graphic_days_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_graphic_days")),
    )
    op.create_table(
        "file_checks",
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column(
            "fault", sa.String(), nullable=False, comment="damaged or missing; empty: as it was written"
        ),
        sa.PrimaryKeyConstraint("storage_key", name=op.f("pk_file_checks")),
    )
    op.create_index(op.f("ix_file_checks_checked_at"), "file_checks", ["checked_at"])


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("credential", sa.String(), nullable=False, comment="the credential's id, base64url"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="what its owner calls the device"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_passkeys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_account_id"), "passkeys", ["account_id"])


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("email_hash", sa.String(), nullable=False, comment="keyed hash: who has asked already"),
        sa.Column(
            "body", sa.LargeBinary(), nullable=True,
            comment="name, address, institution, purpose as age ciphertext; NULL once forgotten",
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "conditions", sa.String(), nullable=False,
            comment="SHA-256 of the conditions as they were agreed to",
        ),
        sa.Column(
            "send_key", sa.String(), nullable=True,
            comment="one form sent many times is one application",
        ),
        sa.Column("agreed_at", TIME, nullable=False),
        sa.Column("reads_until", TIME, nullable=True, comment="set by whoever approves"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_applications_item_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_applications_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("public_id", name=op.f("uq_applications_public_id")),
        sa.UniqueConstraint("item_id", name=op.f("uq_applications_item_id")),
        sa.UniqueConstraint("send_key", name=op.f("uq_applications_send_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_applications_account_id"), "applications", ["account_id"])
    op.create_index(op.f("ix_applications_email_hash"), "applications", ["email_hash"])


def _saved_views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", JSON, nullable=False, comment="as they stand in the address"),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_views_account_id_name")),
    )
    op.create_index(op.f("ix_saved_views_account_id"), "saved_views", ["account_id"])


def _bulk() -> None:
    op.create_table(
        "bulk_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column(
            "state", sa.String(), nullable=False,
            comment="previewed, running, done, stopped, undoing or undone",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "note_hash", sa.String(), nullable=False,
            comment="keyed hash of the note, which lies in messages",
        ),
        sa.Column("particulars", JSON, nullable=False, comment="ids, keys and filters"),
        sa.Column(
            "account_id", BIG, nullable=False, comment="whose act it is, or whose taking back"
        ),
        sa.Column("made_by", sa.String(), nullable=False, comment="account:ID"),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("begun_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("undone_by", sa.String(), nullable=False, comment="account:ID"),
        sa.Column("undone_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bulk_acts_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulk_acts_public_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_bulk_acts_account_id"), "bulk_acts", ["account_id"])
    op.create_table(
        "bulk_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("bulk_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="age ciphertext under the archive's key"),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_acts.id"], name=op.f("fk_bulk_notes_bulk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_notes")),
        sa.UniqueConstraint("bulk_id", name=op.f("uq_bulk_notes_bulk_id")),
    )
    op.create_table(
        "bulk_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("bulk_id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column(
            "outcome", sa.String(), nullable=False, comment="empty: not yet; done, refused, undone, kept"
        ),
        sa.Column("reason", sa.String(), nullable=False, comment="why it was refused, or not taken back"),
        sa.Column(
            "found", sa.Integer(), nullable=False, comment="the item's version when the act was previewed"
        ),
        sa.Column(
            "left", sa.Integer(), nullable=False, comment="and after the act: taken back only from there"
        ),
        sa.Column("before", JSON, nullable=False, comment="what is needed to take it back"),
        sa.Column("at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_acts.id"], name=op.f("fk_bulk_lines_bulk_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_bulk_lines_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_lines")),
        sa.UniqueConstraint("bulk_id", "item_id", name=op.f("uq_bulk_lines_bulk_id_item_id")),
    )
    op.create_index("ix_bulk_lines_bulk_id_outcome_id", "bulk_lines", ["bulk_id", "outcome", "id"])
    op.create_index(op.f("ix_bulk_lines_item_id"), "bulk_lines", ["item_id"])


def downgrade() -> None:
    op.drop_index("ix_person_names_sort_key", "person_names")
    for table, indexes in LOG_INDEXES.items():
        for columns in indexes:
            op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
    for table in (
        "reckonings",
        "bulk_lines",
        "bulk_notes",
        "bulk_acts",
        "saved_views",
        "applications",
        "passkeys",
        "item_passes",
        "graphic_days",
        "file_checks",
    ):
        op.drop_table(table)
    with op.batch_alter_table("messages") as table:
        table.drop_index(op.f("ix_messages_revision_id"))
        table.drop_column("revision_id")
    for name in QUEUE:
        op.drop_index(name, "items")
    with op.batch_alter_table("items") as table:
        table.drop_constraint(op.f("fk_items_assigned_to_id"), type_="foreignkey")
        for column in ("assigned_to_id", "has_media", "graphic"):
            table.drop_column(column)
        table.create_index("ix_items_state_waiting_since_id", ["state", "waiting_since", "id"])
        table.create_index("ix_items_kind_state", ["kind", "state"])
    op.drop_index("ix_custody_events_actor_verb_at", "custody_events")
    with op.batch_alter_table("sessions") as table:
        for column in ("challenge_until", "challenge"):
            table.drop_column(column)
    with op.batch_alter_table("accounts") as table:
        for column in ("conditions_agreed", "ends_at", "digest_at", "preferences"):
            table.drop_column(column)
