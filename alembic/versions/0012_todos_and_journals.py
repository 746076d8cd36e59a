"""Stored calendar items are events, to-dos or journals; when a commitment was said to be done"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KIND = sa.String(length=32)


def upgrade() -> None:
    # All that is stored so far are events; the rest is rendered at the next start.
    with op.batch_alter_table("event_bytes") as table:
        table.add_column(sa.Column("component", _KIND, nullable=False, server_default="vevent"))
    with op.batch_alter_table("event_bytes") as table:
        table.alter_column("component", existing_type=_KIND, server_default=None)
    with op.batch_alter_table("commitment") as table:
        table.add_column(sa.Column("done_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("commitment") as table:
        table.drop_column("done_at")
    # An older version would serve every row as an event. Without the stamp of what made them, the
    # events beside them are rendered anew, and these with them, should there be a way up again.
    others = "SELECT negotiation_id FROM event_bytes WHERE component <> 'vevent'"
    op.execute(f"UPDATE event_bytes SET stamp = '' WHERE negotiation_id IN ({others})")
    op.execute("DELETE FROM event_bytes WHERE component <> 'vevent'")
    with op.batch_alter_table("event_bytes") as table:
        table.drop_column("component")
