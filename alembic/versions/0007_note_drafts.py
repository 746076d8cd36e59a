"""Texts kept when a save of a summary was refused"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note_draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=80), nullable=True),
        sa.Column(
            "why", sa.Enum("stale", name="keptwhy", native_enum=False, length=32), nullable=False
        ),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_note_draft_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_note_draft_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_draft")),
        sa.UniqueConstraint(
            "session_id",
            "person_id",
            "sha256",
            name=op.f("uq_note_draft_session_id_person_id_sha256"),
        ),
    )
    op.create_index(op.f("ix_note_draft_person_id"), "note_draft", ["person_id"])


def downgrade() -> None:
    op.drop_table("note_draft")
