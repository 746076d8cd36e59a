"""What each calendar address may show at most, the addresses before it, and who ended it

An address made before this shows what its owner's seats of this moment show; so it does again
after going down and up.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FEED = sa.table("feed", sa.column("id", sa.String), sa.column("sides", sa.JSON))
SEATED = sa.text(
    "SELECT feed.id, membership.negotiation_id, membership.party_id, party.kind FROM feed "
    "JOIN membership ON membership.person_id = feed.person_id AND membership.ended_at IS NULL "
    "LEFT JOIN party ON party.id = membership.party_id"
)


def upgrade() -> None:
    op.add_column("feed", sa.Column("sides", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "feed", sa.Column("shows_links", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("feed", sa.Column("former_until", UTCDateTime(), nullable=True))
    op.add_column("feed", sa.Column("ended_by", sa.String(length=32), nullable=True))
    op.create_table(
        "former_address",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("feed_id", sa.String(length=32), nullable=False),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_former_address_feed_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_former_address")),
    )
    op.create_index(op.f("ix_former_address_feed_id"), "former_address", ["feed_id"])
    _fill()


def _fill() -> None:
    """Each side as access.scope writes it."""
    connection = op.get_bind()
    sides: dict[str, dict[str, str]] = {}
    for feed_id, negotiation_id, party_id, kind in connection.execute(SEATED):
        side = "secretariat"
        if party_id is not None:
            side = f"{'agency' if kind == 'agency' else 'jurisdiction'} {party_id}"
        sides.setdefault(feed_id, {})[negotiation_id] = side
    for feed_id, held in sides.items():
        connection.execute(FEED.update().where(FEED.c.id == feed_id).values(sides=held))


def downgrade() -> None:
    op.drop_table("former_address")
    for name in ("ended_by", "former_until", "shows_links", "sides"):
        op.drop_column("feed", name)
