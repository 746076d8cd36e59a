"""Sessions as invitations for calendar programs: until now nobody asked for any."""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WALLED = ("invitation",)


def _only(condition: str) -> dict[str, sa.TextClause]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def _one_gathering(condition: str) -> None:
    op.drop_index("uq_mail_one_gathering", "mail")
    op.create_index(
        "uq_mail_one_gathering", "mail", ["person_id", "negotiation_id"], unique=True,
        **_only(condition),
    )  # fmt: skip


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column(
        "person", sa.Column("invitations", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("person") as table:
        table.alter_column("invitations", server_default=None)
    op.add_column("attendance", sa.Column("answered_by", sa.String(length=32), nullable=True))
    op.add_column("attendance", sa.Column("answered_sequence", sa.Integer(), nullable=True))
    op.add_column("attendance", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("from_change", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.String(length=32), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_invitation_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_invitation_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "person_id", "session_id", name=op.f("uq_invitation_person_id_session_id")
        ),
    )
    op.create_index(op.f("ix_invitation_session_id"), "invitation", ["session_id"])
    op.create_index(
        "ix_invitation_open", "invitation", ["ends_at"], **_only("cancelled_at IS NULL")
    )  # fmt: skip
    _one_gathering("gathering AND session_id IS NULL")
    op.create_index(
        "uq_mail_one_of_session", "mail", ["person_id", "session_id"], unique=True,
        **_only("gathering AND session_id IS NOT NULL"),
    )  # fmt: skip
    for statement in (
        *row_walls.renewal(dialect, ["mail"]), *row_walls.statements(dialect, WALLED),
    ):  # fmt: skip
        op.execute(statement)


def downgrade() -> None:
    for statement in row_walls.removal(op.get_bind().dialect.name, WALLED):
        op.execute(statement)
    # Older versions know none of these, and one mail that gathers for each person and talks.
    of_them = "mail_id IN (SELECT id FROM mail WHERE kind = 'scheduling')"
    op.execute(f"DELETE FROM mail_event WHERE {of_them}")
    op.execute(f"UPDATE notice SET mail_id = NULL WHERE {of_them}")
    op.execute("DELETE FROM mail WHERE kind = 'scheduling'")
    op.execute("UPDATE mail SET gathering = false WHERE gathering AND session_id IS NOT NULL")
    op.drop_index("uq_mail_one_of_session", "mail")
    _one_gathering("gathering")
    op.drop_table("invitation")
    with op.batch_alter_table("attendance") as table:
        for column in ("answered_at", "answered_sequence", "answered_by"):
            table.drop_column(column)
    with op.batch_alter_table("person") as table:
        table.drop_column("invitations")
