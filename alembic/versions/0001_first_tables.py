"""First tables"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from negotiations.models import no_overlap

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_audit_entry_chain_number")),
    )
    op.create_table(
        "negotiation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=2000), nullable=False),
        sa.Column("home_tz", sa.String(length=64), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("window_sequence", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "open",
                "suspended",
                "concluded",
                "abandoned",
                name="negotiationstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("symbol_prefix", sa.String(length=16), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "all_parties",
                "silence",
                "secretariat",
                name="approval",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("travel_buffer_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
        sa.UniqueConstraint("slug", name=op.f("uq_negotiation_slug")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("resource_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("resource_no", name=op.f("uq_person_resource_no")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column(
            "scope",
            sa.Enum("read", "write", name="tokenscope", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "feed",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_feed_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_feed_token_sha256")),
    )
    op.create_index(op.f("ix_feed_person_id"), "feed", ["person_id"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("link_sha256", sa.String(length=64), nullable=False),
        sa.Column("link_expires_at", UTCDateTime(), nullable=False),
        sa.Column("signed_in_at", UTCDateTime(), nullable=True),
        sa.Column("cookie_sha256", sa.String(length=64), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("cookie_sha256", name=op.f("uq_login_cookie_sha256")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_login_link_sha256")),
    )
    op.create_index(op.f("ix_login_person_id"), "login", ["person_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agency",
                "jurisdiction",
                "state_body",
                "requester",
                "mediator",
                "observer",
                name="partykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("ocd_division_id", sa.String(length=300), nullable=True),
        sa.Column("same_as", sa.JSON(), nullable=False),
        sa.Column("parent", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_party_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("negotiation_id", "slug", name=op.f("uq_party_negotiation_id_slug")),
    )
    op.create_index(
        "uq_party_one_agency",
        "party",
        ["negotiation_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'agency'"),
        postgresql_where=sa.text("kind = 'agency'"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("citation", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column(
            "certainty",
            sa.Enum("A", "B", "C", name="certainty", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_source_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_negotiation_id"), "source", ["negotiation_id"], unique=False)
    op.create_table(
        "issue",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("raised_by_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_issue_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["raised_by_id"], ["party.id"], name=op.f("fk_issue_raised_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("negotiation_id", "code", name=op.f("uq_issue_negotiation_id_code")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "coordinator",
                "note_taker",
                "head",
                "deputy",
                "delegate",
                "counsel",
                "adviser",
                "party_note_taker",
                "observer",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_membership_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_membership_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_one_side",
        "membership",
        ["negotiation_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("resource_no", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_team_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("party_id", "name", name=op.f("uq_team_party_id_name")),
        sa.UniqueConstraint("resource_no", name=op.f("uq_team_resource_no")),
    )
    op.create_table(
        "track",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.String(length=32), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "not_started",
                "scheduling",
                "active",
                "adjourned",
                "concluded",
                "withdrawn",
                name="trackstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("closed_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_track_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_track_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint(
            "negotiation_id", "party_id", name=op.f("uq_track_negotiation_id_party_id")
        ),
    )
    op.create_table(
        "event_bytes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "public",
                "public_jurisdiction",
                "track",
                "secretariat",
                name="eventaudience",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("track_id", sa.String(length=32), nullable=True),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("revised_at", UTCDateTime(), nullable=False),
        sa.Column("stamp", sa.String(length=200), nullable=False),
        sa.Column("defect", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_event_bytes_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_event_bytes_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_bytes")),
        sa.UniqueConstraint(
            "object_id", "audience", name=op.f("uq_event_bytes_object_id_audience")
        ),
    )
    op.create_index(
        op.f("ix_event_bytes_negotiation_id"), "event_bytes", ["negotiation_id"], unique=False
    )
    op.create_index(op.f("ix_event_bytes_track_id"), "event_bytes", ["track_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("track_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("joint", "technical", "call", name="sessionkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "confirmed",
                "in_progress",
                "held",
                "cancelled",
                name="sessionstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("local_end", sa.DateTime(), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("fold", sa.Integer(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=True),
        sa.Column("room", sa.String(length=300), nullable=True),
        sa.Column("access_note", sa.String(length=1000), nullable=True),
        sa.Column("conference_url", sa.String(length=500), nullable=True),
        sa.Column("chair_id", sa.String(length=32), nullable=True),
        sa.Column("note_taker_id", sa.String(length=32), nullable=True),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancel_reason", sa.String(length=1000), nullable=True),
        sa.Column(
            "close_kind",
            sa.Enum(
                "concluded",
                "adjourned_sine_die",
                "broken_off",
                name="closekind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
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
        sa.Column("basis_note", sa.String(length=500), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("public_copy", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "status <> 'held' OR close_kind IS NOT NULL",
            name=op.f("ck_session_held_has_close_kind"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_session_end_after_start")),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_session_chair_id")),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_session_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["note_taker_id"], ["person.id"], name=op.f("fk_session_note_taker_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_session_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("track_id", "number", name=op.f("uq_session_track_id_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_session_uid")),
    )
    op.create_index(op.f("ix_session_negotiation_id"), "session", ["negotiation_id"], unique=False)
    op.create_index(op.f("ix_session_starts_at"), "session", ["starts_at"], unique=False)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "without_debate",
                "for_information",
                "for_discussion",
                "for_decision",
                "procedural",
                name="itemkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "adopted", "dropped", name="itemstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_agenda_item_issue_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_agenda_item_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint(
            "session_id", "position", name=op.f("uq_agenda_item_session_id_position")
        ),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column(
            "rsvp",
            sa.Enum(
                "needs_action",
                "accepted",
                "tentative",
                "declined",
                name="rsvp",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "actual",
            sa.Enum(
                "unknown",
                "present",
                "absent",
                "left_early",
                name="presence",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "remote",
                "unknown",
                name="attendancemode",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("indispensable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_attendance_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "session_id", "person_id", name=op.f("uq_attendance_session_id_person_id")
        ),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("resource_no", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_end_after_start")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_booking_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint(
            "session_id", "resource_no", name=op.f("uq_booking_session_id_resource_no")
        ),
    )
    op.create_index(op.f("ix_booking_resource_no"), "booking", ["resource_no"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("issue_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("beneficiary_id", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "in_progress",
                "done",
                "disputed",
                "dropped",
                name="commitmentstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_commitment_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_commitment_issue_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_commitment_owner_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_commitment_session_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_commitment_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    op.create_index(op.f("ix_commitment_track_id"), "commitment", ["track_id"], unique=False)
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("track_id", sa.String(length=32), nullable=True),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_outbox_event_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_outbox_event_session_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_outbox_event_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    op.create_index(
        op.f("ix_outbox_event_negotiation_id"), "outbox_event", ["negotiation_id"], unique=False
    )
    op.create_table(
        "session_change",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "created",
                "accepted",
                "declined",
                "confirmed",
                "moved",
                "relocated",
                "agenda",
                "cancelled",
                "closed",
                "published",
                name="changekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("from_start", sa.DateTime(), nullable=True),
        sa.Column("from_tz", sa.String(length=64), nullable=True),
        sa.Column("from_fold", sa.Integer(), nullable=True),
        sa.Column("to_start", sa.DateTime(), nullable=True),
        sa.Column("to_tz", sa.String(length=64), nullable=True),
        sa.Column("to_fold", sa.Integer(), nullable=True),
        sa.Column("from_place", sa.String(length=500), nullable=True),
        sa.Column("to_place", sa.String(length=500), nullable=True),
        sa.Column("party_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("recorded_by", sa.String(length=16), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_session_change_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_change_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_change_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_change")),
        sa.UniqueConstraint(
            "session_id", "number", name=op.f("uq_session_change_session_id_number")
        ),
    )
    op.create_table(
        "session_team",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_team_session_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_session_team_team_id")),
        sa.PrimaryKeyConstraint("session_id", "team_id", name=op.f("pk_session_team")),
    )
    op.create_table(
        "summary",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", name="summarystate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_summary_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
        sa.UniqueConstraint("session_id", name=op.f("uq_summary_session_id")),
    )
    op.create_table(
        "summary_revision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_summary_revision_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summary.id"], name=op.f("fk_summary_revision_summary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_revision")),
        sa.UniqueConstraint(
            "summary_id", "number", name=op.f("uq_summary_revision_summary_id_number")
        ),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "not_reached",
                "noted",
                "clarified",
                "deferred",
                "referred",
                "ad_referendum",
                "agreed_in_principle",
                "tentatively_agreed",
                "agreed",
                "declined",
                "withdrawn",
                "impasse",
                name="outcomevalue",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
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
        sa.Column(
            "certainty",
            sa.Enum("A", "B", "C", name="certainty", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("revision_id", sa.String(length=32), nullable=True),
        sa.Column("supersedes_id", sa.String(length=32), nullable=True),
        sa.Column("set_by_id", sa.String(length=32), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "value <> 'declined' OR (reason IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_outcome_declined_has_reason_and_decider"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["party.id"], name=op.f("fk_outcome_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_outcome_issue_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["summary_revision.id"], name=op.f("fk_outcome_revision_id")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_outcome_session_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_outcome_set_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["outcome.id"], name=op.f("fk_outcome_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_outcome_supersedes_id")),
    )
    op.create_index(op.f("ix_outcome_session_id"), "outcome", ["session_id"], unique=False)
    op.create_index(
        "uq_outcome_first",
        "outcome",
        ["session_id", "issue_id"],
        unique=True,
        sqlite_where=sa.text("supersedes_id IS NULL"),
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "outcome_source",
        sa.Column("outcome_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_source_outcome_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_outcome_source_source_id")
        ),
        sa.PrimaryKeyConstraint("outcome_id", "source_id", name=op.f("pk_outcome_source")),
    )
    for statement in no_overlap.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("outcome_source")
    op.drop_table("outcome")
    op.drop_table("summary_revision")
    op.drop_table("summary")
    op.drop_table("session_team")
    op.drop_table("session_change")
    op.drop_table("outbox_event")
    op.drop_table("commitment")
    op.drop_table("booking")
    op.drop_table("attendance")
    op.drop_table("agenda_item")
    op.drop_table("session")
    op.drop_table("event_bytes")
    op.drop_table("track")
    op.drop_table("team")
    op.drop_table("membership")
    op.drop_table("issue")
    op.drop_table("source")
    op.drop_table("party")
    op.drop_table("login")
    op.drop_table("feed")
    op.drop_table("api_token")
    op.drop_table("person")
    op.drop_table("negotiation")
    op.drop_table("audit_entry")
