"""What feeds are made of counts its changes, so that what is kept in memory can be compared"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "ix_event_bytes_negotiation_id_audience_generation"


def upgrade() -> None:
    op.create_table(
        "generation",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("risen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_generation")),
    )
    op.create_index(op.f("ix_generation_changed_at"), "generation", ["changed_at"])
    op.add_column(
        "event_bytes",
        sa.Column("generation", sa.BigInteger(), nullable=False, server_default="0"),
    )
    with op.batch_alter_table("event_bytes") as table:
        table.alter_column("generation", server_default=None)
        table.create_index(op.f(INDEX), ["negotiation_id", "audience", "generation"])
    _begin()


def _begin() -> None:
    """No date that a calendar program has seen may be given again."""
    events = sa.table(
        "event_bytes",
        sa.column("negotiation_id", sa.String),
        sa.column("audience", sa.String),
        sa.column("revised_at", UTCDateTime()),
    )
    newest = sa.select(
        events.c.negotiation_id, events.c.audience, sa.func.max(events.c.revised_at)
    ).group_by(events.c.negotiation_id, events.c.audience)
    generations = sa.table(
        "generation", *map(sa.column, ("key", "number", "changed_at", "risen_at"))
    )
    for negotiation_id, audience, revised_at in op.get_bind().execute(newest).all():
        keys = [f"events:{negotiation_id}:{audience}"]
        if audience == "track":
            keys.append(f"tracks:{negotiation_id}")
        risen_at = int(revised_at.timestamp())
        rows = [{"key": key, "number": 1, "changed_at": 0, "risen_at": risen_at} for key in keys]
        op.get_bind().execute(sa.insert(generations), rows)


def downgrade() -> None:
    with op.batch_alter_table("event_bytes") as table:
        table.drop_index(op.f(INDEX))
        table.drop_column("generation")
    op.drop_table("generation")
