"""Notes of sessions, their revisions, and texts kept when a save of one was refused"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _row() -> list[sa.Column]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _place(table: str) -> list[sa.schema.SchemaItem]:
    audience = sa.Enum(
        "mine", "caucus", "secretariat", name="noteaudience", native_enum=False, length=32
    )
    return [
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("audience", audience, nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f(f"fk_{table}_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f(f"fk_{table}_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f("_".join(("uq", table, *columns))))


def _of_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "note",
        *_row(),
        *_place("note"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _unique("note", "session_id", "audience", "owner_id", "item_id"),
    )
    op.create_table(
        "note_revision",
        *_row(),
        sa.Column("note_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_revision_note_id")),
        _of_person("note_revision", "author_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_revision")),
        _unique("note_revision", "note_id", "number"),
    )
    op.create_table(
        "kept_note",
        *_row(),
        *_place("kept_note"),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=80), nullable=True),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        _of_person("kept_note", "person_id"),
        _unique("kept_note", "session_id", "owner_id", "item_id", "person_id", "sha256"),
    )
    op.create_index(op.f("ix_kept_note_person_id"), "kept_note", ["person_id"])


def downgrade() -> None:
    for table in ("kept_note", "note_revision", "note"):
        op.drop_table(table)
