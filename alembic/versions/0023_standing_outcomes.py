"""What stands in each cell of the matrix and what of it has changed; who is to do what"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing_outcome",
        sa.Column("track_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_standing_outcome_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["track.id"], name=op.f("fk_standing_outcome_track_id")
        ),
        sa.PrimaryKeyConstraint("track_id", "issue_id", name=op.f("pk_standing_outcome")),
    )
    op.create_table(
        "matrix_change",
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_matrix_change_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("negotiation_id", "part", name=op.f("pk_matrix_change")),
    )
    op.create_index(
        op.f("ix_matrix_change_negotiation_id_number"),
        "matrix_change",
        ["negotiation_id", "number"],
    )
    with op.batch_alter_table("commitment") as table:
        table.add_column(sa.Column("person_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(op.f("fk_commitment_person_id"), "person", ["person_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("commitment") as table:
        table.drop_constraint(op.f("fk_commitment_person_id"), type_="foreignkey")
        table.drop_column("person_id")
    op.drop_table("matrix_change")
    op.drop_table("standing_outcome")
