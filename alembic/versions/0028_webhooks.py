"""Programs that are told what happens; of what happened before they are told nothing."""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WALLED = ("webhook_endpoint", "webhook_delivery")


def _only(condition: str) -> dict[str, sa.TextClause]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("former_salt", sa.String(length=64), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_as", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_webhook_endpoint_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    for column in ("negotiation_id", "owner_id"):
        op.create_index(op.f(f"ix_webhook_endpoint_{column}"), "webhook_endpoint", [column])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=True),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=2048), nullable=False),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("ended_as", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outbox_event.id"], name=op.f("fk_webhook_delivery_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_delivery_endpoint_id_event_id")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_webhook_delivery_event_id"), "webhook_delivery", ["event_id"])
    op.create_index(
        "ix_webhook_delivery_waiting", "webhook_delivery", ["endpoint_id", "due_at"],
        **_only("ended_as IS NULL"),
    )  # fmt: skip
    op.add_column(
        "outbox_event",
        sa.Column("to_webhooks", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("outbox_event") as table:
        table.alter_column("to_webhooks", server_default=None)
    op.create_index("ix_outbox_event_to_webhooks", "outbox_event", ["at"], **_only("to_webhooks"))
    for statement in row_walls.statements(op.get_bind().dialect.name, WALLED):
        op.execute(statement)


def downgrade() -> None:
    for statement in row_walls.removal(op.get_bind().dialect.name, WALLED):
        op.execute(statement)
    op.drop_index("ix_outbox_event_to_webhooks", "outbox_event")
    with op.batch_alter_table("outbox_event") as table:
        table.drop_column("to_webhooks")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
