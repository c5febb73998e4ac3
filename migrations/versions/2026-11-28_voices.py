"""Voices: interviews, what recordings consist of, transcripts as they are written and as they were released, masks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NEW = ("draft_steps", "draft_cues", "transcript_drafts", "interviews")
ADDED = {
    "segments": ("excerpt", "subjects", "persons", "places", "spots", "links"),
    "masks": (
        "public_id", "sound", "picture", "taken_out", "placed_by", "placed_at", "lifted_by", "lifted_at",
    ),
    "transcripts": ("machine", "version", "released_at"),
    "media": ("interview_id", "poster_at", "progress", "probed", "length"),
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("interviewers", JSON, nullable=False, comment="names, as they wish to be named"),
        sa.Column("others_present", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False, comment="as given"),
        sa.Column("languages", JSON, nullable=False, comment="BCP 47"),
        sa.Column("equipment", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("agreed", sa.String(), nullable=False, comment="what was agreed, in plain words"),
        sa.Column("public_from", TIME, nullable=True, comment="opening of (public, view), UTC"),
        sa.Column("public_until", TIME, nullable=True, comment="closing of (public, view), UTC"),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="kept dark: the consent officer alone"),
        sa.Column("part_id", BIG, nullable=False, comment="what it can be shown or withheld with"),
        sa.Column("policy_id", BIG, nullable=True, comment="projection of the ledger; NULL allows nothing"),
        sa.Column(
            "contribution_id", BIG, nullable=True, comment="whose code opens it; NULL is the archive's own"
        ),
        sa.Column("date_edtf", sa.String(), nullable=False),
        sa.Column("date_words", sa.String(), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_interviews_contribution_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_interviews_part_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_interviews_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_interviews_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        sa.UniqueConstraint("public_id", name=op.f("uq_interviews_public_id")),
    )
    op.create_index(op.f("ix_interviews_contribution_id"), "interviews", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_interviews_part_id"), "interviews", ["part_id"], unique=False)
    op.create_index(op.f("ix_interviews_record_id"), "interviews", ["record_id"], unique=False)
    op.create_table(
        "transcript_drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "public_id", sa.String(), nullable=False, comment="also that of the transcript it is released as"
        ),
        sa.Column("media_id", BIG, nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("contribution_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False, comment="one of domain/transcript.KINDS, or chapters"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("translates_id", BIG, nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("chapters", JSON, nullable=False, comment="domain/transcript.Segment as objects"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="counts its steps; whoever saves names the one they saw",
        ),
        sa.Column(
            "released", sa.Integer(), nullable=True, comment="the version that stands on the page; NULL: none"
        ),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False, comment="account:ID, command:name or machine"),
        sa.Column("begun_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_transcript_drafts_contribution_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_transcript_drafts_media_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_transcript_drafts_record_id")),
        sa.ForeignKeyConstraint(
            ["translates_id"], ["transcript_drafts.id"], name=op.f("fk_transcript_drafts_translates_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transcript_drafts_public_id")),
    )
    op.create_index(
        op.f("ix_transcript_drafts_contribution_id"), "transcript_drafts", ["contribution_id"], unique=False
    )
    op.create_index(op.f("ix_transcript_drafts_media_id"), "transcript_drafts", ["media_id"], unique=False)
    op.create_index(op.f("ix_transcript_drafts_record_id"), "transcript_drafts", ["record_id"], unique=False)
    op.create_table(
        "draft_cues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("contribution_id", BIG, nullable=True),
        sa.Column("position", BIG, nullable=False, comment="with room between neighbours"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("ends", sa.Integer(), nullable=False, comment="milliseconds"),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_draft_cues_contribution_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["transcript_drafts.id"], name=op.f("fk_draft_cues_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_cues")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_cues_draft_id_number")),
    )
    op.create_index(op.f("ix_draft_cues_contribution_id"), "draft_cues", ["contribution_id"], unique=False)
    op.create_index("ix_draft_cues_draft_id_position", "draft_cues", ["draft_id", "position"], unique=False)
    op.create_table(
        "draft_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("contribution_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column(
            "changes", JSON, nullable=False, comment="[number, before, after] of each line that changed"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_draft_steps_contribution_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["transcript_drafts.id"], name=op.f("fk_draft_steps_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_steps")),
        sa.UniqueConstraint("draft_id", "version", name=op.f("uq_draft_steps_draft_id_version")),
    )
    op.create_index(op.f("ix_draft_steps_contribution_id"), "draft_steps", ["contribution_id"], unique=False)
    with op.batch_alter_table("media") as table:
        table.add_column(
            sa.Column("length", BIG, nullable=True, comment="of a recording, milliseconds, as it was probed")
        )
        table.add_column(
            sa.Column(
                "probed", JSON, nullable=False, server_default="{}", comment="what a recording consists of"
            )
        )
        table.add_column(
            sa.Column(
                "progress", sa.Integer(), nullable=False, server_default="0",
                comment="hundredths of the work that is due",
            )
        )  # fmt: skip
        table.add_column(
            sa.Column(
                "poster_at", BIG, nullable=True,
                comment="milliseconds: the moment chosen for the still; NULL: none is shown",
            )
        )  # fmt: skip
        table.add_column(sa.Column("interview_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_media_interview_id"), "interviews", ["interview_id"], ["id"])
        table.create_index(op.f("ix_media_interview_id"), ["interview_id"])
    with op.batch_alter_table("transcripts") as table:
        table.add_column(
            sa.Column(
                "machine", sa.Boolean(), nullable=False, server_default=sa.false(),
                comment="made by a machine, and read by nobody yet",
            )
        )  # fmt: skip
        table.add_column(
            sa.Column(
                "version", sa.Integer(), nullable=False, server_default="1", comment="counts its releases"
            )
        )
        table.add_column(sa.Column("released_at", TIME, nullable=True))
        table.alter_column(
            "made_by", existing_type=sa.String(), existing_nullable=False,
            comment="who transcribed or translated, as named on the page",
        )  # fmt: skip
    with op.batch_alter_table("segments") as table:
        table.add_column(
            sa.Column(
                "excerpt", sa.String(), nullable=False, server_default="", comment="how its words begin"
            )
        )
        for name, comment in (
            ("subjects", None),
            ("persons", "names, as the chapter's writer gives them"),
            ("places", None),
            ("spots", "domain/transcript.Spot as objects"),
            ("links", "domain/transcript.Link as objects"),
        ):
            table.add_column(sa.Column(name, JSON, nullable=False, server_default="[]", comment=comment))
    _number_the_cues()
    _masks()


def _number_the_cues() -> None:
    with op.batch_alter_table("cues") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
    op.execute("UPDATE cues SET number = id")
    with op.batch_alter_table("cues") as table:
        table.alter_column(
            "number", existing_type=sa.Integer(), nullable=False,
            comment="its address in the page, c-118: kept when lines are split, joined or retimed; a translation's line "
            "has the number of the line that it translates",
        )  # fmt: skip
        table.alter_column(
            "body", existing_type=sa.String(), existing_nullable=False,
            comment="domain/transcript.py says which marks it may hold",
        )  # fmt: skip
        table.create_unique_constraint(op.f("uq_cues_transcript_id_number"), ["transcript_id", "number"])


def _masks() -> None:
    with op.batch_alter_table("masks") as table:
        table.add_column(sa.Column("public_id", sa.String(), nullable=True))
        table.add_column(
            sa.Column(
                "sound", sa.String(), nullable=False, server_default="silence",
                comment="silence, tone, or empty: the sound stays",
            )
        )  # fmt: skip
        table.add_column(
            sa.Column(
                "picture", sa.Boolean(), nullable=False, server_default=sa.false(),
                comment="the picture is blurred in the span",
            )
        )  # fmt: skip
        table.add_column(
            sa.Column(
                "taken_out", sa.LargeBinary(), nullable=True,
                comment="age ciphertext: the words, and where each stood",
            )
        )  # fmt: skip
        table.add_column(sa.Column("placed_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("placed_at", TIME, nullable=True))
        table.add_column(sa.Column("lifted_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("lifted_at", TIME, nullable=True))
    op.execute("UPDATE masks SET public_id = CAST(id AS VARCHAR)")
    with op.batch_alter_table("masks") as table:
        table.alter_column("public_id", existing_type=sa.String(), nullable=False)
        table.alter_column("reason", existing_type=sa.String(), comment="fit to be read by everyone")
        table.create_unique_constraint(op.f("uq_masks_public_id"), ["public_id"])


def downgrade() -> None:
    with op.batch_alter_table("masks") as table:
        table.drop_constraint(op.f("uq_masks_public_id"), type_="unique")
        table.alter_column("reason", existing_type=sa.String(), comment=None)
    with op.batch_alter_table("transcripts") as table:
        table.alter_column("made_by", existing_type=sa.String(), existing_nullable=False, comment=None)
    with op.batch_alter_table("cues") as table:
        table.drop_constraint(op.f("uq_cues_transcript_id_number"), type_="unique")
        table.alter_column("body", existing_type=sa.String(), existing_nullable=False, comment=None)
        table.drop_column("number")
    with op.batch_alter_table("media") as table:
        table.drop_index(op.f("ix_media_interview_id"))
        table.drop_constraint(op.f("fk_media_interview_id"), type_="foreignkey")
    for name, columns in ADDED.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
    for name in NEW:
        op.drop_table(name)
