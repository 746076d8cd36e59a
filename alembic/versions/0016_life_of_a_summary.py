"""How a summary is circulated, decided on, agreed and published

Summaries there before this are drafts, as they were. What was decided, remarked and published is
lost on the way down.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OF = {"revision_id": "summary_revision", "summary_id": "summary", "party_id": "party"}
NEW = ("published_summary", "summary_comment", "summary_decision", "circulation")


def upgrade() -> None:
    op.add_column(
        "negotiation", sa.Column("comment_days", sa.Integer(), nullable=False, server_default="7")
    )
    with op.batch_alter_table("negotiation") as table:
        table.alter_column("comment_days", server_default=None)
    op.add_column("summary", sa.Column("rule", sa.String(length=32), nullable=True))
    op.add_column("summary", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("summary", sa.Column("agreed_as", sa.String(length=32), nullable=True))
    op.add_column("summary", sa.Column("agreed_at", UTCDateTime(), nullable=True))
    op.add_column("summary_revision", sa.Column("shared_at", UTCDateTime(), nullable=True))
    _circulation()
    _decisions()
    _published()


def _table(name: str, *columns: sa.Column[object], unique: tuple[str, ...] = ()) -> None:
    """A table with what every row has, and keys for the columns that name another row."""
    keys = [
        sa.ForeignKeyConstraint(
            [one], [f"{OF.get(one, 'person')}.id"], name=op.f(f"fk_{name}_{one}")
        )
        for one in (column.name for column in columns)
        if one.endswith("_id")
    ]
    once = [sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}"))]
    op.create_table(
        name,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(once if unique else []),
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _circulation() -> None:
    _table(
        "circulation",
        _id("revision_id"),
        _id("party_id"),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        unique=("revision_id", "party_id"),
    )


def _decisions() -> None:
    _table(
        "summary_decision",
        _id("revision_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _id("party_id"),
        _id("person_id", nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        unique=("revision_id", "number"),
    )
    _table(
        "summary_comment",
        _id("revision_id"),
        _id("party_id"),
        _id("person_id", nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
    )
    op.create_index(op.f("ix_summary_comment_revision_id"), "summary_comment", ["revision_id"])


def _published() -> None:
    _table(
        "published_summary",
        _id("summary_id"),
        _id("revision_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        _id("published_by_id", nullable=True),
        unique=("summary_id", "number"),
    )


def downgrade() -> None:
    for name in NEW:
        op.drop_table(name)
    op.drop_column("summary_revision", "shared_at")
    for name in ("agreed_at", "agreed_as", "due_on", "rule"):
        op.drop_column("summary", name)
    op.drop_column("negotiation", "comment_days")
