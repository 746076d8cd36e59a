"""Office hours, busy blocks, and calendars that they are read from; of nobody anything is known."""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WALLED = ("availability", "busy_block", "busy_calendar")


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "availability",
        *_row(),
        sa.Column("party_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(party_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_availability_one_owner")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_availability_party_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_availability_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
        sa.UniqueConstraint("party_id", name=op.f("uq_availability_party_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_availability_person_id")),
    )
    op.create_table(
        "busy_calendar",
        *_row(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.String(length=4000), nullable=False),
        sa.Column("validators", sa.String(length=2000), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_busy_calendar_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendar")),
    )
    op.create_index(op.f("ix_busy_calendar_person_id"), "busy_calendar", ["person_id"])
    op.create_index("ix_busy_calendar_due_at", "busy_calendar", ["due_at"])
    op.create_table(
        "busy_block",
        *_row(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("calendar_id", sa.String(length=32), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_busy_block_end_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_block_person_id")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["busy_calendar.id"], name=op.f("fk_busy_block_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_block")),
    )
    op.create_index("ix_busy_block_person_id_ends_at", "busy_block", ["person_id", "ends_at"])
    op.create_index(
        "ix_busy_block_calendar_id", "busy_block", ["calendar_id"],
        sqlite_where=sa.text("calendar_id IS NOT NULL"),
        postgresql_where=sa.text("calendar_id IS NOT NULL"),
    )  # fmt: skip
    for statement in row_walls.statements(op.get_bind().dialect.name, WALLED):
        op.execute(statement)


def downgrade() -> None:
    for statement in row_walls.removal(op.get_bind().dialect.name, WALLED):
        op.execute(statement)
    for table in ("busy_block", "busy_calendar", "availability"):
        op.drop_table(table)
