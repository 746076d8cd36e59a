"""A party that is asked into a caucus can say no, and that it did is kept"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("caucus_party") as table:
        table.add_column(sa.Column("declined_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    # Without the answer they would count as asked still.
    op.execute("DELETE FROM caucus_party WHERE declined_at IS NOT NULL")
    with op.batch_alter_table("caucus_party") as table:
        table.drop_column("declined_at")
