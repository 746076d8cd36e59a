"""PostgreSQL itself keeps drafts of minutes, and what search knows of one side, from the others"""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WALLED = ("summary_revision", "search_entry")
# Until now what was rendered for the secretariat was nobody's secret.
BEFORE = "audience <> 'caucus' OR '*' = ANY ((SELECT wall.readers())::text[])"


OF_ITS_SESSION = """
UPDATE summary_revision SET negotiation_id = (SELECT session.negotiation_id FROM summary
    JOIN session ON session.id = summary.session_id WHERE summary.id = summary_revision.summary_id)
"""


def upgrade() -> None:
    op.add_column(
        "summary_revision", sa.Column("negotiation_id", sa.String(length=32), nullable=True)
    )
    op.execute(OF_ITS_SESSION)
    with op.batch_alter_table("summary_revision") as table:
        table.alter_column("negotiation_id", nullable=False)
        table.create_foreign_key(
            op.f("fk_summary_revision_negotiation_id"), "negotiation", ["negotiation_id"], ["id"]
        )
    dialect = op.get_bind().dialect.name
    for statement in (
        *row_walls.renewed_functions(dialect),
        *row_walls.statements(dialect, WALLED),
        *row_walls.renewal(dialect, ["event_bytes"]),
        *row_walls.word_search(dialect),
    ):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (
        *row_walls.word_search_removal(dialect),
        *row_walls.removal(dialect, WALLED),
    ):
        op.execute(statement)
    with op.batch_alter_table("summary_revision") as table:
        table.drop_constraint(op.f("fk_summary_revision_negotiation_id"), type_="foreignkey")
        table.drop_column("negotiation_id")
    if dialect == "postgresql":
        op.execute(f"ALTER POLICY readers ON event_bytes USING ({BEFORE}) WITH CHECK ({BEFORE})")
