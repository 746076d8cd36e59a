"""What stands in the matrix is kept as it is told; the next start fills the table."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _made_anew(
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=True),
    )


def downgrade() -> None:
    _made_anew(
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
        sa.Column("effective_on", sa.String(length=10), nullable=False),
        sa.Column("certainty", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=True),
        sa.Column("outcome_id", sa.String(length=32), nullable=False),
    )


def _made_anew(*told: "sa.Column[object]") -> None:
    op.drop_table("standing_outcome")
    op.create_table(
        "standing_outcome",
        sa.Column("track_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        *told,
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_standing_outcome_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["track.id"], name=op.f("fk_standing_outcome_track_id")
        ),
        sa.PrimaryKeyConstraint("track_id", "issue_id", name=op.f("pk_standing_outcome")),
    )
