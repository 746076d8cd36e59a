"""Which version of its calendar each subscription was given last"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_fetch", sa.Column("served", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("feed_fetch") as table:
        table.drop_column("served")
