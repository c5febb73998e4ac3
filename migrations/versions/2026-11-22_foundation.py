"""Every table of the house: consent, records, people, statements, media, work, accounts, audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False, comment="lower case"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "languages",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="what they read",
        ),
        sa.Column(
            "password_hash",
            sa.String(),
            nullable=False,
            comment="Argon2id; empty until the invitation is used",
        ),
        sa.Column(
            "invitation_hash", sa.String(), nullable=False, comment="SHA-256 of the invitation's token"
        ),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True, comment="encrypted to the archive's key"),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "totp_last", sa.Integer(), nullable=False, comment="last time step used: a code counts once"
        ),
        sa.Column(
            "recovery_hashes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="SHA-256 of unused recovery codes",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 … without gaps",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor", sa.String(), nullable=False, comment="account:ID, family:REF, command:name or system"
        ),
        sa.Column("second", sa.String(), nullable=False, comment="the other person, where two are needed"),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False, comment="kind:public_id"),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column(
            "note_hash", sa.String(), nullable=False, comment="keyed hash of the note, which lies in messages"
        ),
        sa.Column("details", sa.String(), nullable=False, comment="canonical JSON of ids and numbers"),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_thing"), ["thing"], unique=False)

    op.create_table(
        "boundaries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_boundaries")),
    )
    op.create_table(
        "consent_forms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "approved_by",
            sa.String(),
            nullable=False,
            comment="who approved this language's wording; empty: nobody",
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_forms")),
        sa.UniqueConstraint(
            "name", "version", "language", name=op.f("uq_consent_forms_name_version_language")
        ),
    )
    op.create_table(
        "contributions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False, comment="the ref in /my/{ref}"),
        sa.Column(
            "locator", sa.String(), nullable=False, comment="the first eight digits of the return code"
        ),
        sa.Column(
            "code_hash", sa.String(), nullable=False, comment="Argon2id of the secret digits with a pepper"
        ),
        sa.Column("code_shown", sa.Boolean(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True, comment="NULL once the key is destroyed"),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "answers",
            sa.LargeBinary(),
            nullable=True,
            comment="the draft's answers, age ciphertext under the contribution's key",
        ),
        sa.Column("send_key", sa.String(), nullable=True, comment="one form sent many times is one record"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erase_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_hold", sa.String(), nullable=False, comment="ground; empty: none"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("locator", name=op.f("uq_contributions_locator")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contributions_public_id")),
        sa.UniqueConstraint("send_key", name=op.f("uq_contributions_send_key")),
    )
    op.create_table(
        "destroyed_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contribution", sa.String(), nullable=False, comment="the contribution's public id"),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destroyed_keys")),
        sa.UniqueConstraint("contribution", name=op.f("uq_destroyed_keys_contribution")),
    )
    op.create_table(
        "heads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "epoch", sa.Integer(), nullable=False, comment="moved on by every publication and withdrawal"
        ),
        sa.Column("audit_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("audit_hash", sa.String(), nullable=False),
        sa.Column("ledger_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trusted_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "time_distrusted", sa.Boolean(), nullable=False, comment="until a person confirms the clock"
        ),
        sa.Column(
            "restored_locked",
            sa.Boolean(),
            nullable=False,
            comment="contributed parts stay hidden until two confirm",
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_heads_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heads")),
    )
    op.create_table(
        "imported_objects",
        sa.Column("file", sa.String(), nullable=False, comment="kind of file: press_accounts, figures …"),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column(
            "thing", sa.String(), nullable=False, comment="record:ID, statement:ID, source:ID or person:ID"
        ),
        sa.Column("leftovers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "unmatched",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="references that match nothing yet",
        ),
        sa.Column(
            "absent",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="known fields that the object does not have",
        ),
        sa.Column("form", sa.String(), nullable=False, comment="json or csv: CSV never overwrites JSON"),
        sa.Column(
            "line", sa.Integer(), nullable=False, comment="where it stood in the file; the order of an export"
        ),
        sa.Column(
            "sha256", sa.String(), nullable=False, comment="of the object as it was read, canonical JSON"
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("file", "external_id", name=op.f("pk_imported_objects")),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False, comment="SHA-256 of the canonical windows"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("hash", name=op.f("uq_policies_hash")),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "custody_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "verb",
            sa.String(),
            nullable=False,
            comment="received, contact_shown, sealed_read, checked, erased …",
        ),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_custody_events_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_events")),
    )
    with op.batch_alter_table("custody_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_custody_events_contribution_id"), ["contribution_id"], unique=False
        )

    op.create_table(
        "parties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="archive, contributor, narrator, guardian, next_of_kin, third_person, rights_holder",
        ),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "contact", sa.LargeBinary(), nullable=True, comment="age ciphertext; NULL where none was left"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_parties_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "policy_windows",
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "closes",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="never NULL: for ever is a far future",
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_policy_windows_policy_id")),
        sa.PrimaryKeyConstraint("policy_id", "audience", "use", name=op.f("pk_policy_windows")),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False, comment="its page"),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "external_id", sa.String(), nullable=True, comment="its id in the file it was imported from"
        ),
        sa.Column("sort_day", sa.Date(), nullable=True, comment="projection of the page's own date"),
        sa.Column("sort_key", sa.String(), nullable=False, comment="projection of the page's title, folded"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="number of the content that stands now"),
        sa.Column("content_note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_records_contribution_id")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_records_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("external_id", name=op.f("uq_records_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_records_public_id")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_records_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_records_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            "ix_records_public_kind_id",
            ["kind", "id", "public_from", "public_until"],
            unique=False,
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_records_public_kind_sort_day_id",
            ["kind", "sort_day", "id", "public_from", "public_until"],
            unique=False,
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_records_public_kind_sort_key_id",
            ["kind", "sort_key", "id", "public_from", "public_until"],
            unique=False,
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )

    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "second_factor_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="NULL: signed in by password alone",
        ),
        sa.Column(
            "stepped_up_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="last proof of presence, for contacts and erasure",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)

    op.create_table(
        "uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("bytes_wanted", sa.Integer(), nullable=False),
        sa.Column("bytes_safe", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_uploads_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("public_id", name=op.f("uq_uploads_public_id")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="1, 2, 3 … within the record"),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(), nullable=False, comment="need, release or will"),
        sa.Column(
            "will",
            sa.String(),
            nullable=False,
            comment="canonical JSON keyed by part; for need and release a list of parts",
        ),
        sa.Column(
            "authority", sa.String(), nullable=False, comment="in whose name, e.g. self, guardian, desk"
        ),
        sa.Column("method", sa.String(), nullable=False, comment="code, paper, interview, command, desk"),
        sa.Column("form_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False, comment="keyed hash of what supports the entry"),
        sa.Column(
            "basis",
            sa.String(),
            nullable=False,
            comment="consent, quotation_right, public_record, licence, legitimate_interest",
        ),
        sa.Column("recorded_by", sa.String(), nullable=False, comment="account:ID, family or command"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["consent_forms.id"], name=op.f("fk_ledger_form_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_ledger_party_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_ledger_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("record_id", "position", name=op.f("uq_ledger_record_id_position")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_party_id"), ["party_id"], unique=False)
        batch_op.create_index("ix_ledger_record_id_party_id", ["record_id", "party_id"], unique=False)

    op.create_table(
        "parts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "key",
            sa.String(),
            nullable=False,
            comment="its name in the ledger, unique within the record; holds no words",
        ),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="page, text, name, pseudonym, photograph, transcript, notice …",
        ),
        sa.Column(
            "root_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the original it is derived from",
        ),
        sa.Column(
            "added", sa.Integer(), nullable=False, comment="entries in the record's ledger when it was added"
        ),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_parts_contribution_id")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_parts_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_parts_record_id")),
        sa.ForeignKeyConstraint(["root_id"], ["parts.id"], name=op.f("fk_parts_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
        sa.UniqueConstraint("record_id", "key", name=op.f("uq_parts_record_id_key")),
    )
    with op.batch_alter_table("parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parts_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parts_record_id"), ["record_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False, comment="mistake, take_down, question"),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_reports_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reports_public_id")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_record_id"), ["record_id"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="see services/describe.py",
        ),
        sa.Column(
            "sha256",
            sa.String(),
            nullable=False,
            comment="of the content, keyed by the contribution where there is one",
        ),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_revisions_contribution_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_revisions_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_revisions_record_id_number")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("phase", sa.String(), nullable=False, comment="before, during or after"),
        sa.Column("place_words", sa.String(), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.Column("claimants", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "account_ids",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="external ids of the statements about it",
        ),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_events_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_events_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_events_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_events_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_part_id"), ["part_id"], unique=False)

    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "revision_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the content it is about",
        ),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "flags",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="graphic, minor, death, sexual_violence, media …",
        ),
        sa.Column("round", sa.Integer(), nullable=False, comment="how often it came back"),
        sa.Column(
            "approved_revision_id",
            sa.Integer(),
            nullable=True,
            comment="the content whose proof the family approved",
        ),
        sa.Column(
            "facts",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="what the kind needs besides; no words of families",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_items_contribution_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_items_record_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_items_report_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_items_revision_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["accounts.id"], name=op.f("fk_items_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_public_id")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index("ix_items_kind_state", ["kind", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_record_id"), ["record_id"], unique=False)
        batch_op.create_index(
            "ix_items_state_waiting_since_id", ["state", "waiting_since", "id"], unique=False
        )

    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role", sa.String(), nullable=False, comment="photograph, portrait, scan, audio, video, file"
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, comment="of the plain file as received"),
        sa.Column("bytes", sa.Integer(), nullable=False, comment="of the plain file"),
        sa.Column("mime", sa.String(), nullable=False, comment="found by content"),
        sa.Column("width", sa.Integer(), nullable=True, comment="pixels, upright"),
        sa.Column("height", sa.Integer(), nullable=True, comment="pixels, upright"),
        sa.Column("storage_key", sa.String(), nullable=False, comment="named by the ciphertext's SHA-256"),
        sa.Column(
            "file_name",
            sa.String(),
            nullable=False,
            comment="as the family's device named it; for custody only",
        ),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("content_note", sa.String(), nullable=False),
        sa.Column(
            "graphic", sa.Boolean(), nullable=False, comment="nothing is loaded before the reader asks"
        ),
        sa.Column("captured_edtf", sa.String(), nullable=False),
        sa.Column("captured_words", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "damaged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="found damaged by the fixity round; not served",
        ),
        sa.Column("due", sa.String(), nullable=False, comment="what is left to do; empty when done"),
        sa.Column("failed", sa.String(), nullable=False, comment="why the work that is due cannot be done"),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_media_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_media_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_media_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_media_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("public_id", name=op.f("uq_media_public_id")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_media_storage_key")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_record_id"), ["record_id"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("listed", sa.String(), nullable=False, comment="remembrance, authority or never"),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="their remembrance",
        ),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column(
            "label", sa.String(), nullable=False, comment="how the collection files them; for the desk"
        ),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_persons_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_persons_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_persons_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_persons_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("external_id", name=op.f("uq_persons_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_persons_public_id")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persons_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_persons_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_persons_record_id"), ["record_id"], unique=False)

    op.create_table(
        "places",
        sa.Column("form", sa.String(), nullable=False, comment="town, village, region, monument, street …"),
        sa.Column("within", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False, comment="as the source puts it"),
        sa.Column("stated_by", sa.String(), nullable=False, comment="who says that it stands"),
        sa.Column("initiator", sa.String(), nullable=False),
        sa.Column(
            "latitude", sa.Double(), nullable=True, comment="degrees, WGS 84; projection of the statement"
        ),
        sa.Column(
            "longitude", sa.Double(), nullable=True, comment="degrees, WGS 84; projection of the statement"
        ),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_places_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_places_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_places_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_places_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_places")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_places_part_id"), ["part_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="figure, account or term"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_questions_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_questions_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_questions_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("slug", name=op.f("uq_questions_slug")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_part_id"), ["part_id"], unique=False)

    op.create_table(
        "record_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("as_given", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_record_links_contribution_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["records.id"], name=op.f("fk_record_links_other_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_record_links_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_record_links_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_links_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_links")),
        sa.UniqueConstraint(
            "record_id", "relation", "as_given", name=op.f("uq_record_links_record_id_relation_as_given")
        ),
    )
    with op.batch_alter_table("record_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_links_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_record_links_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_links_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_links_record_id"), ["record_id"], unique=False)

    op.create_table(
        "sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the press account or document that is this work",
        ),
        sa.Column("csl_type", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False, comment="as the collection names its kind"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("alternative_title", sa.String(), nullable=False),
        sa.Column(
            "label", sa.String(), nullable=False, comment="short, for a line: title or publication, and date"
        ),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("container_title", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("publisher_place", sa.String(), nullable=False),
        sa.Column("authors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("editors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("year", sa.String(), nullable=False),
        sa.Column("pages", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_sources_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_sources_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_sources_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_sources_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("external_id", name=op.f("uq_sources_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sources_public_id")),
    )
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sources_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sources_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            "ix_sources_public_sort_key_id",
            ["sort_key", "id", "public_from", "public_until"],
            unique=False,
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_sources_record_id"), ["record_id"], unique=False)

    op.create_table(
        "texts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.String(),
            nullable=False,
            comment="title, quotation, fragment, summary, life, testimony, excerpt, note …",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="order among texts of one role"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("markup", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("translator", sa.String(), nullable=False),
        sa.Column(
            "translates_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the text it translates",
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_texts_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_texts_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_texts_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_texts_record_id")),
        sa.ForeignKeyConstraint(["translates_id"], ["texts.id"], name=op.f("fk_texts_translates_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_texts_public_id")),
    )
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_texts_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_texts_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            "ix_texts_record_id_role_position", ["record_id", "role", "position"], unique=False
        )

    op.create_table(
        "tributes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_tributes_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_tributes_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_tributes_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_tributes_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tributes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tributes_public_id")),
    )
    with op.batch_alter_table("tributes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tributes_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tributes_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tributes_record_id"), ["record_id"], unique=False)

    op.create_table(
        "confirmations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_confirmations_item_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_confirmations_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint(
            "item_id",
            "verb",
            "revision_id",
            "actor",
            name=op.f("uq_confirmations_item_id_verb_revision_id_actor"),
        ),
    )
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmations_item_id"), ["item_id"], unique=False)

    op.create_table(
        "derivatives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_derivatives_contribution_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_derivatives_media_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_derivatives_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_derivatives_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivatives")),
        sa.UniqueConstraint("public_id", name=op.f("uq_derivatives_public_id")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_derivatives_storage_key")),
    )
    with op.batch_alter_table("derivatives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_derivatives_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_derivatives_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_derivatives_part_id"), ["part_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("country_code", sa.String(), nullable=False, comment="ISO 3166-1 alpha-2"),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False, comment="resolution, declaration, judgment, speech …"),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("term_used", sa.String(), nullable=False),
        sa.Column("term_basis", sa.String(), nullable=False, comment="whose word the term is"),
        sa.Column(
            "excerpt_is", sa.String(), nullable=False, comment="the document's own words, or a report of it"
        ),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_documents_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_documents_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_documents_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_documents_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_documents_source_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_source_id"), ["source_id"], unique=False)

    op.create_table(
        "item_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_item_checks_account_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_checks_item_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_item_checks_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_checks")),
        sa.UniqueConstraint(
            "item_id", "revision_id", "check", name=op.f("uq_item_checks_item_id_revision_id_check")
        ),
    )
    with op.batch_alter_table("item_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_checks_item_id"), ["item_id"], unique=False)

    op.create_table(
        "masks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("ends", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_masks_contribution_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_masks_media_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_masks_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_masks_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masks")),
    )
    with op.batch_alter_table("masks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_masks_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_masks_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_masks_part_id"), ["part_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("direction", sa.String(), nullable=False, comment="to_family, to_desk or among_desk"),
        sa.Column("author", sa.String(), nullable=False, comment="account:ID, family or command:name"),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="age ciphertext under the contribution's or archive's key",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_messages_contribution_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_messages_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_item_id"), ["item_id"], unique=False)

    op.create_table(
        "person_names",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False, comment="ISO 15924, e.g. Latn, Cyrl, Armn"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="full, birth, married, nickname, patronymic, printed, pseudonym",
        ),
        sa.Column(
            "rank", sa.Integer(), nullable=False, comment="0 leads; a pseudonym ranks after every real name"
        ),
        sa.Column("listed", sa.String(), nullable=False, comment="the person's, for lists"),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_person_names_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_person_names_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_names_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_person_names_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_person_names_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_person_names_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_names")),
    )
    with op.batch_alter_table("person_names", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_names_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_person_names_part_id"), ["part_id"], unique=False)
        batch_op.create_index("ix_person_names_person_rank", ["person_id", "rank"], unique=False)
        batch_op.create_index(
            "ix_person_names_public_listed_sort_key_id",
            ["listed", "sort_key", "id", "public_from", "public_until"],
            unique=False,
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_person_names_record_id"), ["record_id"], unique=False)

    op.create_table(
        "press",
        sa.Column("form", sa.String(), nullable=False, comment="quotation, paraphrase or mention_only"),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("byline", sa.String(), nullable=False, comment="as printed"),
        sa.Column(
            "byline_doubt", sa.String(), nullable=False, comment="who is believed to have written it, and why"
        ),
        sa.Column("dateline", sa.String(), nullable=False),
        sa.Column("time_as_printed", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False, comment="as a source states it"),
        sa.Column("medium_general_knowledge", sa.String(), nullable=False),
        sa.Column(
            "attribution",
            sa.String(),
            nullable=False,
            comment="how sure the attribution is: high, medium, low",
        ),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "persons_named",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="as the account writes them",
        ),
        sa.Column(
            "places_named",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="as the account writes them",
        ),
        sa.Column(
            "figures_named",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="the printed words that hold figures",
        ),
        sa.Column("media_cited", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "segments",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="pieces of the quotation: [begins at, ends before, place in the source]",
        ),
        sa.Column(
            "figure_ids",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="external ids of statements",
        ),
        sa.Column(
            "account_ids",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="external ids of statements",
        ),
        sa.Column(
            "see_also",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="external ids of other press accounts",
        ),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_press_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_press_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_press_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_press_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_press_source_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_press")),
    )
    with op.batch_alter_table("press", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_press_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_press_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_press_source_id"), ["source_id"], unique=False)

    op.create_table(
        "recusals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recusals_account_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_recusals_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
        sa.UniqueConstraint("item_id", "account_id", name=op.f("uq_recusals_item_id_account_id")),
    )
    with op.batch_alter_table("recusals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusals_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusals_item_id"), ["item_id"], unique=False)

    op.create_table(
        "relations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("other_as_given", sa.String(), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_relations_contribution_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_relations_other_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_relations_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_relations_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_relations_policy_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_relations_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relations_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relations_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relations_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "remembrances",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_remembrances_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_remembrances_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_remembrances_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_remembrances_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_remembrances_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_remembrances")),
    )
    with op.batch_alter_table("remembrances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_remembrances_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_remembrances_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remembrances_person_id"), ["person_id"], unique=False)

    op.create_table(
        "same_as",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_same_as_contribution_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_same_as_other_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_same_as_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_same_as_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_same_as_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_as")),
    )
    with op.batch_alter_table("same_as", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_same_as_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_same_as_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_same_as_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_same_as_person_id"), ["person_id"], unique=False)

    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thing", sa.String(), nullable=False, comment="record:ID, person:ID or source:ID"),
        sa.Column("entry_part", sa.String(), nullable=False, comment="key of the part"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False, comment="folded tokens, separated by single spaces"),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_search_entries_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_search_entries_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_search_entries_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_search_entries_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_search_entries_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_search_entries_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("thing", "entry_part", name=op.f("uq_search_entries_thing_entry_part")),
    )
    with op.batch_alter_table("search_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_entries_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_search_entries_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_entries_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_entries_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_entries_source_id"), ["source_id"], unique=False)

    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("ends", sa.Integer(), nullable=True, comment="milliseconds"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("synopsis", sa.String(), nullable=False),
        sa.Column("keywords", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_segments_contribution_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_segments_media_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_segments_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_segments_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segments_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_segments_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_segments_part_id"), ["part_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the record it is about",
        ),
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the person it is about",
        ),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "property",
            sa.String(),
            nullable=False,
            comment="killed_total, fate, birth_year, coordinates, name, term, account …",
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value_text", sa.String(), nullable=False),
        sa.Column("value_number", sa.Double(), nullable=True),
        sa.Column("value_low", sa.Double(), nullable=True),
        sa.Column("value_high", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False, comment="exact, at_least, about, range …"),
        sa.Column("scope", sa.String(), nullable=False, comment="what exactly it counts or covers"),
        sa.Column("stated_by", sa.String(), nullable=False, comment="who says so"),
        sa.Column("speaker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("speaker_role", sa.String(), nullable=False),
        sa.Column(
            "speaker_side",
            sa.String(),
            nullable=False,
            comment="as the collection files the speaker; for the desk",
        ),
        sa.Column(
            "speaker_accused",
            sa.Boolean(),
            nullable=False,
            comment="the statement stays; its speaker gets no entry",
        ),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source_as_given", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False, comment="who reported the words"),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("said_edtf", sa.String(), nullable=False, comment="when it was said or printed"),
        sa.Column("said_earliest", sa.Date(), nullable=True),
        sa.Column("as_of_edtf", sa.String(), nullable=False, comment="the time it speaks of"),
        sa.Column("as_printed", sa.String(), nullable=False),
        sa.Column(
            "form",
            sa.String(),
            nullable=False,
            comment="direct speech, reported speech, document, paraphrase, summary",
        ),
        sa.Column(
            "wording",
            sa.String(),
            nullable=False,
            comment="whose words the value is: summary where they are the archive's own",
        ),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column(
            "corroboration",
            sa.String(),
            nullable=False,
            comment="confirmed, uncorroborated, disputed, pending, rejected; empty: not assessed",
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("conflict_group", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_statements_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_statements_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_statements_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_statements_policy_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_statements_question_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_statements_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_statements_source_id")),
        sa.ForeignKeyConstraint(["speaker_id"], ["persons.id"], name=op.f("fk_statements_speaker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("external_id", name=op.f("uq_statements_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_statements_public_id")),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_question_id"), ["question_id"], unique=False)
        batch_op.create_index("ix_statements_record_id_property", ["record_id", "property"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_speaker_id"), ["speaker_id"], unique=False)

    op.create_table(
        "testimonies",
        sa.Column(
            "stood",
            sa.String(),
            nullable=False,
            comment="survivor, eyewitness, relative, rescuer, journalist, official, other",
        ),
        sa.Column("stood_words", sa.String(), nullable=False, comment="in their own words, where other"),
        sa.Column("told_at", sa.String(), nullable=False, comment="place of telling, as given"),
        sa.Column("medium", sa.String(), nullable=False, comment="text, audio or video"),
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the narrator",
        ),
        sa.Column(
            "record_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_testimonies_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_testimonies_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_testimonies_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_testimonies_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_testimonies_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_testimonies")),
    )
    with op.batch_alter_table("testimonies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_testimonies_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_testimonies_part_id"), ["part_id"], unique=False)

    op.create_table(
        "transcripts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="verbatim, edited, summary, translation, audio_description",
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("translates_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_transcripts_contribution_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_transcripts_media_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_transcripts_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_transcripts_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_transcripts_record_id")),
        sa.ForeignKeyConstraint(
            ["translates_id"], ["transcripts.id"], name=op.f("fk_transcripts_translates_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transcripts_public_id")),
    )
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcripts_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcripts_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcripts_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcripts_record_id"), ["record_id"], unique=False)

    op.create_table(
        "citations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "cited_source_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="a source that is itself cited",
        ),
        sa.Column(
            "relation",
            sa.String(),
            nullable=False,
            comment="supports, reproduced_in, mentioned_in, caption …",
        ),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("as_given", sa.String(), nullable=False),
        sa.Column(
            "occurrences", sa.Integer(), nullable=True, comment="how often the source has it, where counted"
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["cited_source_id"], ["sources.id"], name=op.f("fk_citations_cited_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_citations_contribution_id")
        ),
        sa.ForeignKeyConstraint(["name_id"], ["person_names.id"], name=op.f("fk_citations_name_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_citations_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_citations_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_citations_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_citations_record_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_citations_source_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_citations_statement_id")),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_citations_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
    )
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citations_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_name_id"), ["name_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_text_id"), ["text_id"], unique=False)

    op.create_table(
        "cues",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transcript_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("ends", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column(
            "words",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="[word, starts, ends] where the source has them",
        ),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_cues_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_cues_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_cues_policy_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcripts.id"], name=op.f("fk_cues_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cues")),
    )
    with op.batch_alter_table("cues", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cues_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cues_part_id"), ["part_id"], unique=False)
        batch_op.create_index("ix_cues_transcript_id_position", ["transcript_id", "position"], unique=False)

    op.create_table(
        "name_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False, comment="which rule of domain/names.py made it"),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_name_keys_contribution_id")
        ),
        sa.ForeignKeyConstraint(["name_id"], ["person_names.id"], name=op.f("fk_name_keys_name_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_name_keys_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_name_keys_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_keys")),
        sa.UniqueConstraint("name_id", "key", "rule", name=op.f("uq_name_keys_name_id_key_rule")),
    )
    with op.batch_alter_table("name_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_keys_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index("ix_name_keys_key", ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_name_keys_name_id"), ["name_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_name_keys_part_id"), ["part_id"], unique=False)

    op.create_table(
        "rivals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("as_given", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "public_from", sa.DateTime(timezone=True), nullable=True, comment="opening of (public, view), UTC"
        ),
        sa.Column(
            "public_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="closing of (public, view), UTC",
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column(
            "part_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="what it can be shown or withheld with",
        ),
        sa.Column(
            "policy_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="projection of the ledger; NULL allows nothing",
        ),
        sa.Column(
            "contribution_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose code opens it; NULL is the archive's own",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_rivals_contribution_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["statements.id"], name=op.f("fk_rivals_other_id")),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_rivals_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_rivals_policy_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_rivals_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rivals")),
    )
    with op.batch_alter_table("rivals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rivals_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rivals_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rivals_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rivals_statement_id"), ["statement_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rivals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rivals_statement_id"))
        batch_op.drop_index(batch_op.f("ix_rivals_part_id"))
        batch_op.drop_index(batch_op.f("ix_rivals_other_id"))
        batch_op.drop_index(batch_op.f("ix_rivals_contribution_id"))

    op.drop_table("rivals")
    with op.batch_alter_table("name_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_name_keys_part_id"))
        batch_op.drop_index(batch_op.f("ix_name_keys_name_id"))
        batch_op.drop_index("ix_name_keys_key")
        batch_op.drop_index(batch_op.f("ix_name_keys_contribution_id"))

    op.drop_table("name_keys")
    with op.batch_alter_table("cues", schema=None) as batch_op:
        batch_op.drop_index("ix_cues_transcript_id_position")
        batch_op.drop_index(batch_op.f("ix_cues_part_id"))
        batch_op.drop_index(batch_op.f("ix_cues_contribution_id"))

    op.drop_table("cues")
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_citations_text_id"))
        batch_op.drop_index(batch_op.f("ix_citations_statement_id"))
        batch_op.drop_index(batch_op.f("ix_citations_source_id"))
        batch_op.drop_index(batch_op.f("ix_citations_record_id"))
        batch_op.drop_index(batch_op.f("ix_citations_person_id"))
        batch_op.drop_index(batch_op.f("ix_citations_part_id"))
        batch_op.drop_index(batch_op.f("ix_citations_name_id"))
        batch_op.drop_index(batch_op.f("ix_citations_contribution_id"))

    op.drop_table("citations")
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transcripts_record_id"))
        batch_op.drop_index(batch_op.f("ix_transcripts_part_id"))
        batch_op.drop_index(batch_op.f("ix_transcripts_media_id"))
        batch_op.drop_index(batch_op.f("ix_transcripts_contribution_id"))

    op.drop_table("transcripts")
    with op.batch_alter_table("testimonies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_testimonies_part_id"))
        batch_op.drop_index(batch_op.f("ix_testimonies_contribution_id"))

    op.drop_table("testimonies")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statements_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_statements_source_id"))
        batch_op.drop_index("ix_statements_record_id_property")
        batch_op.drop_index(batch_op.f("ix_statements_question_id"))
        batch_op.drop_index(batch_op.f("ix_statements_person_id"))
        batch_op.drop_index(batch_op.f("ix_statements_part_id"))
        batch_op.drop_index(batch_op.f("ix_statements_contribution_id"))

    op.drop_table("statements")
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_segments_part_id"))
        batch_op.drop_index(batch_op.f("ix_segments_media_id"))
        batch_op.drop_index(batch_op.f("ix_segments_contribution_id"))

    op.drop_table("segments")
    with op.batch_alter_table("search_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_entries_source_id"))
        batch_op.drop_index(batch_op.f("ix_search_entries_record_id"))
        batch_op.drop_index(batch_op.f("ix_search_entries_person_id"))
        batch_op.drop_index(batch_op.f("ix_search_entries_part_id"))
        batch_op.drop_index(batch_op.f("ix_search_entries_contribution_id"))

    op.drop_table("search_entries")
    with op.batch_alter_table("same_as", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_same_as_person_id"))
        batch_op.drop_index(batch_op.f("ix_same_as_part_id"))
        batch_op.drop_index(batch_op.f("ix_same_as_other_id"))
        batch_op.drop_index(batch_op.f("ix_same_as_contribution_id"))

    op.drop_table("same_as")
    with op.batch_alter_table("remembrances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remembrances_person_id"))
        batch_op.drop_index(batch_op.f("ix_remembrances_part_id"))
        batch_op.drop_index(batch_op.f("ix_remembrances_contribution_id"))

    op.drop_table("remembrances")
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relations_person_id"))
        batch_op.drop_index(batch_op.f("ix_relations_part_id"))
        batch_op.drop_index(batch_op.f("ix_relations_other_id"))
        batch_op.drop_index(batch_op.f("ix_relations_contribution_id"))

    op.drop_table("relations")
    with op.batch_alter_table("recusals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recusals_item_id"))
        batch_op.drop_index(batch_op.f("ix_recusals_account_id"))

    op.drop_table("recusals")
    with op.batch_alter_table("press", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_press_source_id"))
        batch_op.drop_index(batch_op.f("ix_press_part_id"))
        batch_op.drop_index(batch_op.f("ix_press_contribution_id"))

    op.drop_table("press")
    with op.batch_alter_table("person_names", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_names_record_id"))
        batch_op.drop_index(
            "ix_person_names_public_listed_sort_key_id",
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.drop_index("ix_person_names_person_rank")
        batch_op.drop_index(batch_op.f("ix_person_names_part_id"))
        batch_op.drop_index(batch_op.f("ix_person_names_contribution_id"))

    op.drop_table("person_names")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_item_id"))
        batch_op.drop_index(batch_op.f("ix_messages_contribution_id"))

    op.drop_table("messages")
    with op.batch_alter_table("masks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_masks_part_id"))
        batch_op.drop_index(batch_op.f("ix_masks_media_id"))
        batch_op.drop_index(batch_op.f("ix_masks_contribution_id"))

    op.drop_table("masks")
    with op.batch_alter_table("item_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_checks_item_id"))

    op.drop_table("item_checks")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_source_id"))
        batch_op.drop_index(batch_op.f("ix_documents_part_id"))
        batch_op.drop_index(batch_op.f("ix_documents_contribution_id"))

    op.drop_table("documents")
    with op.batch_alter_table("derivatives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_derivatives_part_id"))
        batch_op.drop_index(batch_op.f("ix_derivatives_media_id"))
        batch_op.drop_index(batch_op.f("ix_derivatives_contribution_id"))

    op.drop_table("derivatives")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmations_item_id"))

    op.drop_table("confirmations")
    with op.batch_alter_table("tributes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tributes_record_id"))
        batch_op.drop_index(batch_op.f("ix_tributes_part_id"))
        batch_op.drop_index(batch_op.f("ix_tributes_contribution_id"))

    op.drop_table("tributes")
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.drop_index("ix_texts_record_id_role_position")
        batch_op.drop_index(batch_op.f("ix_texts_part_id"))
        batch_op.drop_index(batch_op.f("ix_texts_contribution_id"))

    op.drop_table("texts")
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sources_record_id"))
        batch_op.drop_index(
            "ix_sources_public_sort_key_id",
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_sources_part_id"))
        batch_op.drop_index(batch_op.f("ix_sources_contribution_id"))

    op.drop_table("sources")
    with op.batch_alter_table("record_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_links_record_id"))
        batch_op.drop_index(batch_op.f("ix_record_links_part_id"))
        batch_op.drop_index(batch_op.f("ix_record_links_other_id"))
        batch_op.drop_index(batch_op.f("ix_record_links_contribution_id"))

    op.drop_table("record_links")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_part_id"))
        batch_op.drop_index(batch_op.f("ix_questions_contribution_id"))

    op.drop_table("questions")
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_places_part_id"))
        batch_op.drop_index(batch_op.f("ix_places_contribution_id"))

    op.drop_table("places")
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persons_record_id"))
        batch_op.drop_index(batch_op.f("ix_persons_part_id"))
        batch_op.drop_index(batch_op.f("ix_persons_contribution_id"))

    op.drop_table("persons")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_record_id"))
        batch_op.drop_index(batch_op.f("ix_media_part_id"))
        batch_op.drop_index(batch_op.f("ix_media_due"))
        batch_op.drop_index(batch_op.f("ix_media_contribution_id"))

    op.drop_table("media")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_state_waiting_since_id")
        batch_op.drop_index(batch_op.f("ix_items_record_id"))
        batch_op.drop_index("ix_items_kind_state")
        batch_op.drop_index(batch_op.f("ix_items_contribution_id"))

    op.drop_table("items")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_part_id"))
        batch_op.drop_index(batch_op.f("ix_events_contribution_id"))

    op.drop_table("events")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_contribution_id"))

    op.drop_table("revisions")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_record_id"))

    op.drop_table("reports")
    with op.batch_alter_table("parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parts_record_id"))
        batch_op.drop_index(batch_op.f("ix_parts_contribution_id"))

    op.drop_table("parts")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_record_id_party_id")
        batch_op.drop_index(batch_op.f("ix_ledger_party_id"))

    op.drop_table("ledger")
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_contribution_id"))

    op.drop_table("uploads")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_records_public_kind_sort_key_id",
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_records_public_kind_sort_day_id",
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_records_public_kind_id",
            sqlite_where=sa.text("public_from IS NOT NULL"),
            postgresql_where=sa.text("public_from IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_records_part_id"))
        batch_op.drop_index(batch_op.f("ix_records_contribution_id"))

    op.drop_table("records")
    op.drop_table("policy_windows")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_contribution_id"))

    op.drop_table("parties")
    with op.batch_alter_table("custody_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_custody_events_contribution_id"))

    op.drop_table("custody_events")
    op.drop_table("settings")
    op.drop_table("policies")
    op.drop_table("imported_objects")
    op.drop_table("heads")
    op.drop_table("destroyed_keys")
    op.drop_table("contributions")
    op.drop_table("consent_forms")
    op.drop_table("boundaries")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_thing"))

    op.drop_table("audit")
    op.drop_table("accounts")
