"""Plenary and caucus sessions, adjournments, counter-proposals and holidays"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TRACK_BY_KIND = "(track_id IS NULL) = (kind IN ('plenary', 'caucus'))"
_CAUCUS_BY_KIND = "(caucus_id IS NOT NULL) = (kind = 'caucus')"
# What rows of the older tables can't say; a downgrade drops it with all that hangs on it.
_NEW_SESSIONS = "SELECT id FROM session WHERE track_id IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("negotiation") as table:
        table.add_column(
            sa.Column("holidays", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
    with op.batch_alter_table("negotiation") as table:
        table.alter_column("holidays", existing_type=sa.JSON(), server_default=None)
    op.create_table(
        "caucus",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("founded_by_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["founded_by_id"], ["party.id"], name=op.f("fk_caucus_founded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_caucus_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caucus")),
    )
    op.create_index(op.f("ix_caucus_negotiation_id"), "caucus", ["negotiation_id"])
    op.create_table(
        "caucus_party",
        sa.Column("caucus_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["caucus_id"], ["caucus.id"], name=op.f("fk_caucus_party_caucus_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_caucus_party_party_id")),
        sa.PrimaryKeyConstraint("caucus_id", "party_id", name=op.f("pk_caucus_party")),
    )
    op.create_index(op.f("ix_caucus_party_party_id"), "caucus_party", ["party_id"])
    with op.batch_alter_table("session") as table:
        table.alter_column("track_id", existing_type=sa.String(length=32), nullable=True)
        for name in ("caucus_id", "continues_id", "instead_of_id"):
            table.add_column(sa.Column(name, sa.String(length=32), nullable=True))
        table.create_foreign_key(op.f("fk_session_caucus_id"), "caucus", ["caucus_id"], ["id"])
        for name in ("continues_id", "instead_of_id"):
            table.create_foreign_key(op.f(f"fk_session_{name}"), "session", [name], ["id"])
        table.create_unique_constraint(op.f("uq_session_caucus_id_number"), ["caucus_id", "number"])
        table.create_check_constraint(op.f("ck_session_track_by_kind"), _TRACK_BY_KIND)
        table.create_check_constraint(op.f("ck_session_caucus_by_kind"), _CAUCUS_BY_KIND)
    op.create_index(
        "uq_session_plenary_number",
        "session",
        ["negotiation_id", "number"],
        unique=True,
        sqlite_where=sa.text("kind = 'plenary'"),
        postgresql_where=sa.text("kind = 'plenary'"),
    )
    op.create_table(
        "session_party",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_session_party_party_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_party_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "party_id", name=op.f("pk_session_party")),
    )
    op.create_index(op.f("ix_session_party_party_id"), "session_party", ["party_id"])
    with op.batch_alter_table("agenda_item") as table:
        table.add_column(sa.Column("carried_to_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(
            op.f("fk_agenda_item_carried_to_id"), "agenda_item", ["carried_to_id"], ["id"]
        )
    with op.batch_alter_table("outbox_event") as table:
        table.add_column(sa.Column("caucus_id", sa.String(length=32), nullable=True))
        table.create_foreign_key(op.f("fk_outbox_event_caucus_id"), "caucus", ["caucus_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("outbox_event") as table:
        table.drop_constraint(op.f("fk_outbox_event_caucus_id"), type_="foreignkey")
        table.drop_column("caucus_id")
    op.execute("UPDATE agenda_item SET state = 'dropped' WHERE state = 'carried_over'")
    with op.batch_alter_table("agenda_item") as table:
        table.drop_constraint(op.f("fk_agenda_item_carried_to_id"), type_="foreignkey")
        table.drop_column("carried_to_id")
    op.drop_table("session_party")
    _drop_what_is_new()
    op.drop_index("uq_session_plenary_number", table_name="session")
    with op.batch_alter_table("session") as table:
        table.drop_constraint(op.f("ck_session_caucus_by_kind"), type_="check")
        table.drop_constraint(op.f("ck_session_track_by_kind"), type_="check")
        table.drop_constraint(op.f("uq_session_caucus_id_number"), type_="unique")
        for name in ("instead_of_id", "continues_id", "caucus_id"):
            table.drop_constraint(op.f(f"fk_session_{name}"), type_="foreignkey")
            table.drop_column(name)
        table.alter_column("track_id", existing_type=sa.String(length=32), nullable=False)
    op.drop_table("caucus_party")
    op.drop_table("caucus")
    with op.batch_alter_table("negotiation") as table:
        table.drop_column("holidays")


def _drop_what_is_new() -> None:
    """Sessions without a track have no place in the older tables; newer words get older ones.

    Back up first: these sessions are gone after it, with all that was recorded of them.
    """
    outcomes = f"SELECT id FROM outcome WHERE session_id IN ({_NEW_SESSIONS})"
    summaries = f"SELECT id FROM summary WHERE session_id IN ({_NEW_SESSIONS})"
    for statement in (
        f"UPDATE session SET continues_id = NULL WHERE continues_id IN ({_NEW_SESSIONS})",
        f"UPDATE session SET instead_of_id = NULL WHERE instead_of_id IN ({_NEW_SESSIONS})",
        f"UPDATE commitment SET session_id = NULL WHERE session_id IN ({_NEW_SESSIONS})",
        f"DELETE FROM outcome_source WHERE outcome_id IN ({outcomes})",
        f"DELETE FROM outcome WHERE session_id IN ({_NEW_SESSIONS})",
        f"DELETE FROM summary_revision WHERE summary_id IN ({summaries})",
    ):
        op.execute(statement)
    for table in (
        "summary", "agenda_item", "attendance", "booking", "outbox_event", "session_change",
        "session_team",
    ):  # fmt: skip
        op.execute(f"DELETE FROM {table} WHERE session_id IN ({_NEW_SESSIONS})")
    for statement in (
        f"DELETE FROM event_bytes WHERE object_id IN ({_NEW_SESSIONS}) OR audience = 'caucus'",
        f"DELETE FROM session WHERE id IN ({_NEW_SESSIONS})",
        "UPDATE session SET status = 'cancelled' WHERE status = 'postponed'",
        "UPDATE session SET close_kind = 'concluded' WHERE close_kind = 'adjourned_to_date'",
    ):
        op.execute(statement)
    newer = "'postponed', 'reinstated', 'opened', 'adjourned', 'recomputed'"
    op.execute(f"DELETE FROM session_change WHERE kind IN ({newer})")
