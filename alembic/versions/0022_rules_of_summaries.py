"""Rules for summaries: days and template; whose an event is; at which table minutes are read

Talks there before get the usual rules; of the events only those of drafts are the secretariat's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

RULES = {
    "circulate_days": (sa.Integer(), "5"),
    "publish_days": (sa.Integer(), "21"),
    "summary_template": (sa.String(length=32), "action"),
}


def upgrade() -> None:
    for name, (kind, usual) in RULES.items():
        op.add_column("negotiation", sa.Column(name, kind, nullable=False, server_default=usual))
    op.add_column(
        "outbox_event",
        sa.Column("for_secretariat", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("event_bytes", sa.Column("session_id", sa.String(length=32), nullable=True))
    with op.batch_alter_table("negotiation") as table:
        for name in RULES:
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("outbox_event") as table:
        table.alter_column("for_secretariat", server_default=None)
    event = sa.table("outbox_event", sa.column("type"), sa.column("for_secretariat"))
    op.execute(
        event.update().where(event.c.type == "summary.saved").values(for_secretariat=sa.true())
    )


def downgrade() -> None:
    with op.batch_alter_table("event_bytes") as table:
        table.drop_column("session_id")
    with op.batch_alter_table("outbox_event") as table:
        table.drop_column("for_secretariat")
    with op.batch_alter_table("negotiation") as table:
        for name in reversed(RULES):
            table.drop_column(name)
