"""Document requests"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _state() -> sa.Enum:
    return sa.Enum(
        "drafted",
        "submitted",
        "perfected",
        "processing",
        "disposed",
        "appealed",
        "litigated",
        "ordered",
        "produced",
        "closed",
        name="requeststate",
        native_enum=False,
        length=32,
    )


def _disposition() -> sa.Enum:
    return sa.Enum(
        "granted",
        "partial",
        "denied",
        "no_records",
        "referred",
        "withdrawn",
        name="disposition",
        native_enum=False,
        length=32,
    )


def _certainty() -> sa.Enum:
    return sa.Enum("A", "B", "C", name="certainty", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "document_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("requester_id", sa.String(length=32), nullable=False),
        sa.Column("holder_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=1000), nullable=False),
        sa.Column(
            "legal_basis",
            sa.Enum(
                "voluntary",
                "foia",
                "state_records_act",
                "court_order",
                name="legalbasis",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=300), nullable=True),
        sa.Column("state", _state(), nullable=False),
        sa.Column("disposition", _disposition(), nullable=True),
        sa.Column(
            "basis",
            sa.Enum(
                "live",
                "public_source",
                "invented_for_demo",
                name="basis",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("certainty", _certainty(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("public_copy", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state <> 'disposed' OR disposition IS NOT NULL",
            name=op.f("ck_document_request_disposed_has_disposition"),
        ),
        sa.CheckConstraint(
            "requester_id <> holder_id", name=op.f("ck_document_request_holder_is_another")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["party.id"], name=op.f("fk_document_request_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_document_request_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["party.id"], name=op.f("fk_document_request_requester_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_request")),
    )
    op.create_index(
        op.f("ix_document_request_negotiation_id"), "document_request", ["negotiation_id"]
    )
    op.create_table(
        "document_request_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "state",
                "hearing",
                "motion",
                "deadline",
                "release",
                "note",
                name="requesteventkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("state", _state(), nullable=True),
        sa.Column("disposition", _disposition(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("certainty", _certainty(), nullable=False),
        sa.Column("supersedes_id", sa.String(length=32), nullable=True),
        sa.Column("set_by_id", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'deadline' OR due_on IS NOT NULL",
            name=op.f("ck_document_request_event_deadline_has_day"),
        ),
        sa.CheckConstraint(
            "kind <> 'state' OR state IS NOT NULL",
            name=op.f("ck_document_request_event_state_has_state"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["document_request.id"],
            name=op.f("fk_document_request_event_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_document_request_event_set_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["document_request_event.id"],
            name=op.f("fk_document_request_event_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_request_event")),
        sa.UniqueConstraint(
            "request_id", "number", name=op.f("uq_document_request_event_request_id_number")
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_document_request_event_supersedes_id")),
    )
    op.create_table(
        "document_request_party",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_document_request_party_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["document_request.id"],
            name=op.f("fk_document_request_party_request_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "party_id", name=op.f("pk_document_request_party")),
    )
    op.create_table(
        "document_request_session",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["document_request.id"],
            name=op.f("fk_document_request_session_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_document_request_session_session_id")
        ),
        sa.PrimaryKeyConstraint(
            "request_id", "session_id", name=op.f("pk_document_request_session")
        ),
    )
    op.create_index(
        op.f("ix_document_request_session_session_id"), "document_request_session", ["session_id"]
    )
    op.create_table(
        "document_request_source",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["document_request_event.id"],
            name=op.f("fk_document_request_source_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_document_request_source_source_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "source_id", name=op.f("pk_document_request_source")),
    )


def downgrade() -> None:
    op.drop_table("document_request_source")
    op.drop_table("document_request_session")
    op.drop_table("document_request_party")
    op.drop_table("document_request_event")
    op.drop_table("document_request")
