"""Positions of both sides on each issue, and their sources"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_REFERENCES = {
    "track_id": "track",
    "issue_id": "issue",
    "party_id": "party",
    "session_id": "session",
    "supersedes_id": "position",
    "set_by_id": "person",
}


def upgrade() -> None:
    op.create_table(
        "position",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("attributed", sa.Boolean(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "live",
                "public_source",
                "invented_for_demo",
                name="basis",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "certainty",
            sa.Enum("A", "B", "C", name="certainty", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("supersedes_id", sa.String(length=32), nullable=True),
        sa.Column("set_by_id", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_position_{column}"))
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_position_supersedes_id")),
    )
    op.create_index(op.f("ix_position_track_id"), "position", ["track_id"])
    op.create_index(
        "uq_position_first",
        "position",
        ["track_id", "issue_id", "party_id"],
        unique=True,
        sqlite_where=sa.text("supersedes_id IS NULL"),
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "position_source",
        sa.Column("position_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_position_source_position_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_position_source_source_id")
        ),
        sa.PrimaryKeyConstraint("position_id", "source_id", name=op.f("pk_position_source")),
    )


def downgrade() -> None:
    op.drop_table("position_source")
    op.drop_table("position")
