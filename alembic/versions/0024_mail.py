"""Mails that wait and those that went; who did what is announced, and of what people are told

Of what happened before nobody is told by mail.
"""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WALLED = ("mail", "mail_event")


def _only(condition: str) -> dict[str, sa.TextClause]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("negotiation_id", sa.String(length=32), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("actor_id", sa.String(length=32), nullable=True),
        sa.Column("gathering", sa.Boolean(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("ended_as", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id")),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_mail_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_mail_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    for column in ("address", "actor_id"):
        op.create_index(op.f(f"ix_mail_{column}"), "mail", [column])
    op.create_index(
        "uq_mail_one_gathering", "mail", ["person_id", "negotiation_id"], unique=True,
        **_only("gathering"),
    )  # fmt: skip
    op.create_index("ix_mail_waiting", "mail", ["due_at"], **_only("ended_as IS NULL"))
    op.create_table(
        "mail_event",
        sa.Column("mail_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mail_event_mail_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outbox_event.id"], name=op.f("fk_mail_event_event_id")
        ),
        sa.PrimaryKeyConstraint("mail_id", "event_id", name=op.f("pk_mail_event")),
    )
    with op.batch_alter_table("outbox_event") as table:
        table.add_column(sa.Column("person_id", sa.String(length=32), nullable=True))
        table.add_column(
            sa.Column("to_mail", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_foreign_key(op.f("fk_outbox_event_person_id"), "person", ["person_id"], ["id"])
    op.add_column(
        "person", sa.Column("by_mail", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    for name, column in (("outbox_event", "to_mail"), ("person", "by_mail")):
        with op.batch_alter_table(name) as table:
            table.alter_column(column, server_default=None)
    op.create_index("ix_outbox_event_to_mail", "outbox_event", ["at"], **_only("to_mail"))
    for statement in row_walls.statements(op.get_bind().dialect.name, WALLED):
        op.execute(statement)


def downgrade() -> None:
    for statement in row_walls.removal(op.get_bind().dialect.name, WALLED):
        op.execute(statement)
    op.drop_index("ix_outbox_event_to_mail", "outbox_event")
    op.drop_table("mail_event")
    op.drop_table("mail")
    with op.batch_alter_table("person") as table:
        table.drop_column("by_mail")
    with op.batch_alter_table("outbox_event") as table:
        table.drop_constraint(op.f("fk_outbox_event_person_id"), type_="foreignkey")
        table.drop_column("to_mail")
        table.drop_column("person_id")
