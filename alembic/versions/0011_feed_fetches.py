"""When each subscription was fetched last, and by which program"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed_fetch",
        sa.Column("feed_id", sa.String(length=32), nullable=False),
        sa.Column("fetched_at", UTCDateTime(), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("program_version", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_fetch_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_feed_fetch")),
    )


def downgrade() -> None:
    op.drop_table("feed_fetch")
