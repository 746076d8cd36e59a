"""Reminders before sessions, what people were told waits for them, and when they want to be told"""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WALLED = ("reminder", "notice")


def _row() -> list[sa.Column]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column(
        "person", sa.Column("reminders", sa.JSON(), nullable=False, server_default="[1440, 60]")
    )
    op.add_column(
        "person", sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    with op.batch_alter_table("person") as table:
        table.alter_column("reminders", server_default=None)
        table.alter_column("weekly", server_default=None)
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("session_id", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_mail_session_id"), "session", ["session_id"], ["id"])
    op.create_table(
        "reminder",
        *_row(),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_reminder_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "session_id", "starts_at", "minutes",
            name=op.f("uq_reminder_session_id_starts_at_minutes"),
        ),
    )  # fmt: skip
    op.create_table(
        "notice",
        *_row(),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.String(length=32), nullable=True),
        sa.Column("to_mail", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_notice_asked_by_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_notice_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "person_id", "subject", "stage", name=op.f("uq_notice_person_id_subject_stage")
        ),
    )
    op.create_index(op.f("ix_notice_mail_id"), "notice", ["mail_id"])
    op.create_index(
        "ix_notice_to_mail", "notice", ["created_at"],
        sqlite_where=sa.text("to_mail"), postgresql_where=sa.text("to_mail"),
    )  # fmt: skip
    op.create_table(
        "look",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_look")),
    )
    for statement in (
        *row_walls.renewal(dialect, ["mail"]), *row_walls.statements(dialect, WALLED),
    ):  # fmt: skip
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in row_walls.removal(dialect, WALLED):
        op.execute(statement)
    op.drop_table("look")
    op.drop_table("notice")
    op.drop_table("reminder")
    with op.batch_alter_table("mail") as table:
        table.drop_constraint(op.f("fk_mail_session_id"), type_="foreignkey")
        table.drop_column("starts_at")
        table.drop_column("session_id")
    with op.batch_alter_table("person") as table:
        table.drop_column("weekly")
        table.drop_column("reminders")
