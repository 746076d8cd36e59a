"""Several times may be asked about for a session, and each is held; warnings are acknowledged."""

import sqlalchemy as sa
from alembic import op

from negotiations.models import no_overlap

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll",
        *_of_every_row(),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        *_keys(
            "poll", negotiation_id="negotiation", session_id="session", opened_by_id="person",
            ended_by_id="person",
        ),
    )  # fmt: skip
    for column in ("negotiation_id", "session_id"):
        op.create_index(op.f(f"ix_poll_{column}"), "poll", [column])
    op.create_index(
        "uq_poll_open", "poll", ["session_id"], unique=True,
        sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"),
    )  # fmt: skip
    op.create_table(
        "poll_option",
        *_of_every_row(),
        sa.Column("poll_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("local_end", sa.DateTime(), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("fold", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_keys("poll_option", poll_id="poll", session_id="session"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_poll_option_end_after_start")),
        sa.UniqueConstraint(
            "poll_id", "position", name=op.f("uq_poll_option_poll_id_position")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_poll_option_uid")),
    )  # fmt: skip
    op.create_index(op.f("ix_poll_option_session_id"), "poll_option", ["session_id"])
    op.create_table(
        "vote",
        *_of_every_row(),
        sa.Column("option_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("how", sa.String(length=500), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("vote", option_id="poll_option", party_id="party", person_id="person"),
        sa.UniqueConstraint("option_id", "party_id", name=op.f("uq_vote_option_id_party_id")),
    )
    op.create_table(
        "acknowledgement",
        *_of_every_row(),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        *_keys("acknowledgement", session_id="session", person_id="person"),
        sa.UniqueConstraint(
            "session_id", "kind", "facts", name=op.f("uq_acknowledgement_session_id_kind_facts")
        ),
    )
    with op.batch_alter_table("booking") as table:
        table.add_column(sa.Column("option_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(op.f("fk_booking_option_id"), "poll_option", ["option_id"], ["id"])
        table.drop_constraint(op.f("uq_booking_session_id_resource_no"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_booking_session_id_resource_no_starts_at"),
            ["session_id", "resource_no", "starts_at"],
        )
    _guard()


def downgrade() -> None:
    op.execute("DELETE FROM booking WHERE option_id IS NOT NULL")
    with op.batch_alter_table("booking") as table:
        table.drop_constraint(op.f("uq_booking_session_id_resource_no_starts_at"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_booking_session_id_resource_no"), ["session_id", "resource_no"]
        )
        table.drop_constraint(op.f("fk_booking_option_id"), type_="foreignkey")
        table.drop_column("option_id")
    _guard()
    # What calendars were told of them: programs drop what is there no more.
    op.execute("DELETE FROM event_bytes WHERE object_id IN (SELECT id FROM poll_option)")
    for table_name in ("acknowledgement", "vote", "poll_option", "poll"):
        op.drop_table(table_name)


def _guard() -> None:
    """The triggers that went with the table; PostgreSQL's constraint has stayed."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in no_overlap.statements("sqlite"):
            op.execute(statement)


def _of_every_row() -> list["sa.Column[object]"]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _keys(table: str, **others: str) -> list[sa.Constraint]:
    """The primary key, and the foreign keys of the columns that name rows of other tables."""
    return [
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in others.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
