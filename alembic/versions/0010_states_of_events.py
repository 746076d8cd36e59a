"""The state that a stored event tells of: who hides cancelled ones or wants reminders needs it"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_bytes", sa.Column("state", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("event_bytes") as batch:
        batch.drop_column("state")
