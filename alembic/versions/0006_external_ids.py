"""External ids of what was imported"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_id",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=254), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_external_id_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_id")),
        sa.UniqueConstraint(
            "negotiation_id",
            "kind",
            "external_id",
            name=op.f("uq_external_id_negotiation_id_kind_external_id"),
        ),
        sa.UniqueConstraint(
            "negotiation_id",
            "kind",
            "object_id",
            name=op.f("uq_external_id_negotiation_id_kind_object_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("external_id")
