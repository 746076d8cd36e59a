"""The words of what can be searched, once for each audience"""

import sqlalchemy as sa
from alembic import op

from negotiations.models import word_index

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("reader_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("track_id", sa.String(length=32), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_search_entry_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_search_entry_session_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_search_entry_track_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entry")),
        sa.UniqueConstraint(
            "object_id",
            "audience",
            "reader_id",
            name=op.f("uq_search_entry_object_id_audience_reader_id"),
        ),
    )
    op.create_index(op.f("ix_search_entry_negotiation_id"), "search_entry", ["negotiation_id"])
    for statement in word_index.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in word_index.removal(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("search_entry")
