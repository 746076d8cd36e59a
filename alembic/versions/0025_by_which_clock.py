"""By which clock somebody reads times first: until now everybody by that of the place."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("times", sa.String(length=32), nullable=False, server_default="venue")
    )
    with op.batch_alter_table("person") as table:
        table.alter_column("times", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.drop_column("times")
